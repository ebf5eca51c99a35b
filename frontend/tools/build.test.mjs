import assert from "node:assert/strict";
import crypto from "node:crypto";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";

const frontend = fs.existsSync("frontend/build.mjs") ? "frontend" : ".";
const work = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-build-"));
const [first, second] = ["first", "second"].map((name) => path.join(work, name));

function files(folder) {
  return fs
    .readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => fs.statSync(path.join(folder, name)).isFile())
    .sort();
}
const packedSize = (name) => fs.statSync(path.join(first, `${name}.gz`)).size;
const asset = (wing, address) => path.join(wing, address);

before(() => {
  for (const out of [first, second]) {
    const run = spawnSync(process.execPath, [path.join(frontend, "build.mjs"), "--out", out, "--metafile", `${out}.json`], { encoding: "utf8" });
    assert.equal(run.status, 0, run.stderr);
  }
});
after(() => fs.rmSync(work, { recursive: true, force: true }));

test("two builds of the same sources are the same bytes", () => {
  assert.deepEqual(files(first), files(second));
  for (const name of files(first)) {
    assert.ok(fs.readFileSync(path.join(first, name)).equals(fs.readFileSync(path.join(second, name))), name);
  }
});

test("what is served names no other host, no source map and no inline script or style", () => {
  const names = files(first).filter((name) => /assets|index\.html/.test(name) && !name.endsWith(".gz"));
  assert.ok(names.length > 5);
  for (const name of names) {
    const text = fs.readFileSync(path.join(first, name), "utf8").replaceAll("http://www.w3.org/", "");
    const hosts = text.match(/https?:\/\/[a-z0-9-]+\.[a-z][a-z0-9.-]+/gi) ?? [];
    assert.deepEqual(hosts, [], name);
    assert.ok(!text.includes("sourceMappingURL"), name);
    if (name.endsWith(".html")) assert.doesNotMatch(text, /<style|<script(?![^>]*src=)|\son[a-z]+=|\sstyle=/);
    if (name.endsWith(".css")) assert.doesNotMatch(text, /url\(["']?(data:|https?:|\/\/)|@import/);
  }
});

test("the offline page holds all it needs, names no host, and its policy the hashes of just its script and style", () => {
  const page = fs.readFileSync(path.join(first, "portal/hand-in/tillit-seal.html"), "utf8");
  const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page)[1];
  const hash = (text) => `'sha256-${crypto.createHash("sha256").update(text).digest("base64")}'`;
  const [, style] = /<style>([^]*?)<\/style>/.exec(page);
  const [, script] = /<script>([^]*?)<\/script>/.exec(page);
  assert.equal(policy, `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; form-action 'none'; base-uri 'none'`);
  const frame = page.replace(style, "").replace(script, "");
  assert.doesNotMatch(frame, /\s(src|srcset|action|on[a-z]+|style)=|<link|<base|\{\{/);
  assert.deepEqual(page.replaceAll("http://www.w3.org/", "").match(/https?:\/\/[a-z0-9-]+\.[a-z][a-z0-9.-]+/gi) ?? [], []);
  assert.doesNotMatch(script, /\bfetch\(["'`/]|XMLHttpRequest|WebSocket|sendBeacon|EventSource|importScripts/);
  assert.ok(Buffer.byteLength(page) <= 300_000);
});

test("no script holds a library twice, and the reporter's holds nothing of the console", () => {
  const scripts = JSON.parse(fs.readFileSync(`${first}.json`, "utf8"));
  assert.ok(scripts.reporter.length > 20 && scripts.console.length > 20);
  for (const [name, inputs] of Object.entries(scripts)) {
    const homes = new Map(); // package → the folders it comes from
    for (const input of inputs) {
      const found = /^(.*node_modules\/)((?:@[^/]+\/)?[^/]+)\//.exec(input);
      if (found) homes.set(found[2], (homes.get(found[2]) ?? new Set()).add(found[1]));
    }
    assert.ok(homes.size > 0, name);
    for (const [library, folders] of homes) assert.equal(folders.size, 1, `${library} in ${name}: ${[...folders]}`);
  }
  assert.deepEqual(scripts.reporter.filter((input) => input.startsWith("console/")), []);
});

test("the reporter's script stays within 60 KB, gzip, its word list included", () => {
  const { portal } = JSON.parse(fs.readFileSync(path.join(first, "manifest.json"), "utf8"));
  const script = fs.readFileSync(asset(path.join(first, "portal"), portal.js), "utf8");
  assert.ok(script.includes("abandon") && script.includes("zoo"), "the word list is in it");
  assert.ok(packedSize(asset("portal", portal.js)) <= 60_000);
  assert.ok(packedSize(asset("portal", portal.texts)) <= 10_000);
});

test("log-in and portal styles stay within their budgets, gzip", () => {
  const manifest = JSON.parse(fs.readFileSync(path.join(first, "manifest.json"), "utf8"));
  const { css, js, worker } = manifest.console;
  const login = packedSize("console/index.html") +
    [css, js, worker].reduce((sum, address) => sum + packedSize(asset("console", address)), 0);
  assert.ok(login <= 150_000, `console log-in: ${login} bytes`);
  assert.ok(packedSize(asset("portal", manifest.portal.css)) <= 15_000);
});
