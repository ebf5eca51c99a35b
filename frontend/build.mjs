// Builds everything the two listeners serve: node build.mjs --out DIR [--metafile FILE]
//
//   DIR/portal/assets/*    tillit-HASH.css, icons
//   DIR/portal/hand-in/tillit-seal.html   one file that works without a network
//   DIR/console/index.html, DIR/console/assets/*
//   DIR/templates, DIR/locales   copied as they are
//   DIR/manifest.json      {"portal": {"css": "/assets/…"}, "console": {…}}
//   DIR/hashes.json        path, SHA-256 and size of all that is served, for `tillit site`
//
// The same sources give the same bytes: names carry a hash of the content, nothing carries a time,
// a path or a host name. A .gz lies beside each file that shrinks, for servers that send it as it is.
import { build } from "esbuild";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { Assets } from "./tools/assets.mjs";
import { lean_noble } from "./tools/lean_noble.mjs";
import { list_of_hashes } from "./tools/hashes.mjs";
import { offline_pack, offline_page } from "./tools/offline.mjs";
import { stylesheet } from "./tools/styles.mjs";
import { script_texts } from "./tools/texts.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const targets = ["chrome109", "firefox115", "safari16.4"];

function argument(name) {
  const at = process.argv.indexOf(name);
  return at > 0 ? process.argv[at + 1] : undefined;
}

function sources(folder, extensions) {
  if (!fs.existsSync(folder)) return "";
  return fs
    .readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => extensions.some((e) => name.endsWith(e)))
    .sort()
    .map((name) => fs.readFileSync(path.join(folder, name), "utf8"))
    .join("\n");
}

function copy_folder(from, to) {
  fs.rmSync(to, { recursive: true, force: true });
  if (fs.existsSync(from)) fs.cpSync(from, to, { recursive: true });
}

const inputs = {}; // what each script is made of, for --metafile

/** One script with all that it is made of. */
async function bundle(name, entry, define, format = "esm") {
  const result = await build({
    entryPoints: [entry],
    absWorkingDir: here,
    bundle: true,
    minify: true,
    format,
    target: targets,
    charset: "utf8",
    legalComments: "none",
    define: { "process.env.NODE_ENV": '"production"', ...define },
    conditions: ["production", "browser"],
    loader: { ".json": "json" },
    plugins: [lean_noble],
    write: false,
    metafile: true,
    logLevel: "warning",
  });
  inputs[name] = Object.keys(result.metafile.inputs).sort();
  return result.outputFiles[0];
}

/** Its name is known before whatever refers to it is built. */
async function script(assets, name, entry, define) {
  return assets.add(`${name}.js`, (await bundle(name, entry, define)).contents);
}

/** The one page that is no part of the site: to be saved and opened without a network. */
async function build_offline(out, assets) {
  const folder = path.join(here, "offline");
  const style = await stylesheet({
    classes_in: sources(folder, [".html", ".ts"]) + sources(path.join(here, "templates"), ["problems.html"]),
    own: [path.join(here, "styles", "tillit.css")],
    targets,
  });
  const pack = JSON.stringify(offline_pack(here, "en"));
  const { text } = await bundle("offline", path.join(folder, "main.ts"), { PACK: pack }, "iife");
  fs.mkdirSync(path.join(out, "portal", "hand-in"), { recursive: true });
  assets.write(path.join(out, "portal", "hand-in", "tillit-seal.html"), offline_page(here, "en", { script: text, style: style.trim() }));
}

async function build_portal(out) {
  const assets = new Assets(path.join(out, "portal", "assets"));
  const css = await stylesheet({
    assets,
    classes_in: sources(path.join(here, "templates"), [".html"]) + sources(path.join(here, "portal"), [".html", ".ts"]),
    own: [path.join(here, "styles", "tillit.css")],
    targets,
  });
  await build_offline(out, assets);
  return {
    css: assets.add("tillit.css", css),
    js: await script(assets, "reporter", path.join(here, "portal", "main.ts"), {}),
    texts: assets.add("texts.en.json", JSON.stringify(script_texts(here, "en"))),
  };
}

async function build_console(out) {
  const assets = new Assets(path.join(out, "console", "assets"));
  const manifest = {};
  const folder = path.join(here, "console");
  if (!fs.existsSync(path.join(folder, "main.ts"))) return manifest;
  manifest.css = assets.add(
    "console.css",
    await stylesheet({
      assets,
      classes_in: sources(folder, [".ts", ".html"]),
      own: [path.join(here, "styles", "console.css")],
      targets,
    }),
  );
  manifest.worker = await script(assets, "worker", path.join(folder, "worker.ts"), {});
  manifest.js = await script(assets, "console", path.join(folder, "main.ts"), {
    WORKER_URL: JSON.stringify(manifest.worker),
  });
  manifest.icon = assets.add("mark.svg", fs.readFileSync(path.join(folder, "mark.svg")));
  const page = fs
    .readFileSync(path.join(folder, "index.html"), "utf8")
    .replaceAll("{{icon}}", manifest.icon)
    .replaceAll("{{css}}", manifest.css)
    .replaceAll("{{js}}", manifest.js);
  assets.write(path.join(out, "console", "index.html"), page);
  return manifest;
}

const out = argument("--out");
if (!out) {
  console.error("usage: node build.mjs --out DIR");
  process.exit(2);
}
const target = path.resolve(out);
fs.mkdirSync(target, { recursive: true });
const manifest = { portal: await build_portal(target), console: await build_console(target) };
fs.writeFileSync(path.join(target, "hashes.json"), list_of_hashes(target));
copy_folder(path.join(here, "templates"), path.join(target, "templates"));
copy_folder(path.join(here, "locales"), path.join(target, "locales"));
fs.writeFileSync(path.join(target, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
if (argument("--metafile")) fs.writeFileSync(argument("--metafile"), JSON.stringify(inputs));
