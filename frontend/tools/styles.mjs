// One stylesheet from Designsystemet's theme, the components that the pages use, and our own file.
import { transform } from "esbuild";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);
const packages = path.join(path.dirname(require.resolve("esbuild/package.json")), "..");
const theme_file = path.join(packages, "@digdir/designsystemet-theme/src/themes/designsystemet.css");
const components = path.join(packages, "@digdir/designsystemet-css/dist/src");

const layers = "@layer ds.theme, ds.base, ds.components, tillit;\n";

/** Top-level blocks of a stylesheet, each with its prelude; strings and comments hold no braces here. */
function blocks(css) {
  const found = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < css.length; i += 1) {
    if (css[i] === "{") depth += 1;
    if (css[i] === ";" && depth === 0) start = i + 1;
    if (css[i] !== "}") continue;
    depth -= 1;
    if (depth !== 0) continue;
    found.push(css.slice(start, i + 1).trim());
    start = i + 1;
  }
  return found;
}

/** The theme without what we never ask for: brand colours, and light rules that :root states already. */
function theme() {
  const css = fs.readFileSync(theme_file, "utf8").replace(/\/\*[^]*?\*\//g, "");
  const unused = [/^@layer [^{]*\{\s*\[data-color="brand/, /^@media \(prefers-color-scheme: light\)/];
  unused.push(/^@layer ds\.theme\.typography\.secondary/);
  return blocks(css)
    .filter((block) => !unused.some((rule) => rule.test(block)))
    .join("\n")
    .replace(/^\s*--ds-color-brand\d[^;]*;\n/gm, "");
}

/** Files of the components whose class (ds-NAME) stands somewhere in the pages. */
function used_components(text) {
  const names = new Set([...text.matchAll(/\bds-([a-z]+(?:-[a-z]+)*)/g)].map((match) => match[1]));
  const typographic = new Set(["heading", "label", "paragraph", "base"]);
  return [...names]
    .sort()
    .filter((name) => !typographic.has(name) && fs.existsSync(path.join(components, `${name}.css`)));
}

function read(names) {
  return names.map((name) => fs.readFileSync(path.join(components, `${name}.css`), "utf8")).join("\n");
}

/** Icons inside the stylesheet would need img-src data:, which the pages' policy does not give. */
function icons_as_files(css, assets) {
  return css.replace(/url\((["']?)data:image\/svg\+xml;charset=utf-8,([^"')]+)\1\)/g, (_, __, text) => {
    return `url("${assets.add("icon.svg", decodeURIComponent(text))}")`;
  });
}

/** `assets`: where icons go as files; without, they stay inside, for a page whose policy allows that. */
export async function stylesheet({ assets, classes_in, own, targets }) {
  const base = `@layer ds.base{${read(["base", "heading", "label", "paragraph"])}}`;
  const parts = `@layer ds.components{${read(used_components(classes_in))}}`;
  const ours = own.filter((file) => fs.existsSync(file)).map((file) => fs.readFileSync(file, "utf8"));
  const whole = [layers, theme(), base, parts, ...ours].join("\n").replace(/@charset "[^"]*";/g, "");
  const { code } = await transform(assets ? icons_as_files(whole, assets) : whole, {
    loader: "css",
    minify: true,
    target: targets,
    charset: "utf8",
    legalComments: "none",
  });
  if (assets && /url\(["']?data:/.test(code)) throw new Error("a data: address is left in the stylesheet");
  return code;
}
