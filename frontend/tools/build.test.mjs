import assert from "node:assert/strict";
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
    const run = spawnSync(process.execPath, [path.join(frontend, "build.mjs"), "--out", out], { encoding: "utf8" });
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

test("log-in and portal styles stay within their budgets, gzip", () => {
  const manifest = JSON.parse(fs.readFileSync(path.join(first, "manifest.json"), "utf8"));
  const { css, js, worker } = manifest.console;
  const login = packedSize("console/index.html") +
    [css, js, worker].reduce((sum, address) => sum + packedSize(asset("console", address)), 0);
  assert.ok(login <= 150_000, `console log-in: ${login} bytes`);
  assert.ok(packedSize(asset("portal", manifest.portal.css)) <= 15_000);
});
