// What the reporter's script shows: the server's own templates with texts put in, and the texts it
// fills itself. The rules are those of server/portal/templates.cpp.
import fs from "node:fs";
import path from "node:path";

const pages = ["case", "check", "compared", "done", "door", "failed", "key", "left", "mentions", "name-fields", "name-offer", "new-key", "problems", "sending", "words"];
// The frame stays as the server sent it, and nothing is carried in hidden fields here.
const left_out = new Set(["head", "foot", "carried"]);
const filled_here = ["case.", "check.files.", "day.", "done.come_back", "key.stored", "list.", "mentions.", "month.", "person", "problem.", "proof.busy", "proof.compared.", "proof.later",
  "return.", "script.", "size.", "title.", "weekday."];

export const escaped = (text) => text.replace(/[&<>"']/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[c]);

function assemble(here, name, texts) {
  const file = ["templates", "portal/templates"].map((folder) => path.join(here, folder, `${name}.html`)).find(fs.existsSync);
  return fs.readFileSync(file, "utf8")
    .replace(/\{\{> ([\w-]+)\}\}\n?/g, (_, part) => (left_out.has(part) ? "" : assemble(here, part, texts)))
    .replace(/\{\{t\.([\w.]+)\}\}/g, (_, key) => {
      if (!(key in texts)) throw new Error(`no text for ${key} in ${name}.html`);
      return escaped(texts[key]);
    });
}

export const part = assemble;

export function script_texts(here, language) {
  const texts = JSON.parse(fs.readFileSync(path.join(here, "locales", `portal.${language}.json`), "utf8"));
  const wanted = Object.entries(texts).filter(([key]) => filled_here.some((prefix) => key.startsWith(prefix)));
  return {
    templates: Object.fromEntries(pages.map((name) => [name, assemble(here, name, texts)])),
    texts: Object.fromEntries(wanted),
  };
}
