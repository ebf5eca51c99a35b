// tillit-seal.html: page, style, script and texts in one file that asks nobody for anything. Its policy names the
// hashes of its own script and style, and nothing else may run or be reached.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";

import { escaped, part } from "./texts.mjs";

const texts_needed = ["seal.", "problem.", "person", "list.", "size."];
const hash = (text) => `'sha256-${crypto.createHash("sha256").update(text).digest("base64")}'`;

function all_texts(here, language) {
  const read = (name) => JSON.parse(fs.readFileSync(path.join(here, "locales", `${name}.${language}.json`), "utf8"));
  return { ...read("portal"), ...read("seal") };
}

/** What the script shows by itself; see portal/view.ts. */
export function offline_pack(here, language) {
  const texts = all_texts(here, language);
  const wanted = Object.entries(texts).filter(([key]) => texts_needed.some((prefix) => key.startsWith(prefix)));
  return { templates: { problems: part(here, "problems", texts) }, texts: Object.fromEntries(wanted) };
}

export function offline_page(here, language, { script, style }) {
  if (/<\/script|<!--/i.test(script) || /<\/style/i.test(style)) throw new Error("the offline page would end too early");
  const texts = all_texts(here, language);
  const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; form-action 'none'; base-uri 'none'`;
  const values = { lang: language, policy, script, style };
  return fs.readFileSync(path.join(here, "offline", "page.html"), "utf8")
    .replace(/\{\{t\.([\w.]+)\}\}/g, (_, key) => {
      if (!(key in texts)) throw new Error(`no text for ${key} in the offline page`);
      return escaped(texts[key]);
    })
    .replace(/\{\{(\w+)\}\}/g, (_, name) => values[name]);
}
