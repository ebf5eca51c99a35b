// Goal: every page and state of the portal has a picture, and axe finds nothing on any of them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { contact_sheet, inspect, open_browser, pictures_folder, views } from "./looks.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const build = process.env.TILLIT_BUILD;
const assets = process.env.TILLIT_ASSETS ?? path.join(build, "assets");
const pages_dir = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-looks-"));
const pictures = pictures_folder("portal");
execFileSync(path.join(build, "bin", "portal_gallery"), [assets, pages_dir]);
const gallery = JSON.parse(fs.readFileSync(path.join(pages_dir, "gallery.json"), "utf8"));
const expected = JSON.parse(fs.readFileSync(path.join(here, "portal_pictures.json"), "utf8"));

let browser, server, base;

before(async () => {
  fs.rmSync(pictures, { recursive: true, force: true });
  fs.mkdirSync(pictures, { recursive: true });
  server = http.createServer((request, reply) => {
    const name = path.basename(request.url);
    const is_asset = request.url.startsWith("/assets/");
    const file = is_asset ? path.join(assets, "portal/assets", name) : path.join(pages_dir, `${name}.html`);
    if (!fs.existsSync(file)) return reply.writeHead(404).end();
    const type = { ".css": "text/css", ".svg": "image/svg+xml" }[path.extname(file)] ?? "text/html; charset=utf-8";
    reply.writeHead(200, { "content-type": type }).end(fs.readFileSync(file));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  base = `http://127.0.0.1:${server.address().port}/`;
  browser = await open_browser();
});

after(async () => {
  await browser?.close();
  server?.close();
  fs.rmSync(pages_dir, { recursive: true, force: true });
});

test("every route of the portal has its pictures, and every picture is of a route or an error", () => {
  for (const route of gallery.routes) assert.ok(expected[route], `${route} has no picture`);
  for (const [route, names] of Object.entries(expected)) {
    assert.ok(gallery.routes.includes(route), `${route} is no route any more`);
    if (names === "no page") continue;
    for (const name of names) assert.ok(gallery.pages.includes(name), `${route}: no picture ${name}`);
  }
  const used = new Set(Object.values(expected).flat());
  for (const name of gallery.pages) assert.ok(used.has(name) || name.startsWith("error-"), `${name} stands for no route`);
});

test("the check can find: a picture without a text is noticed, and so is something too wide", async () => {
  const page = await browser.newPage();
  await page.setContent('<html lang="en"><title>t</title><main><h1>x</h1><img src="x"><div style="width:2000px">y</div></main>');
  const problems = await inspect(page, views[2]);
  assert.ok(problems.some((p) => p.includes("image-alt")), problems.join("\n"));
  assert.ok(problems.some((p) => p.includes("stick out")), problems.join("\n"));
  await page.close();
});

for (const name of gallery.pages) {
  test(`${name}: axe finds nothing, light and dark, wide and narrow`, async () => {
    const page = await browser.newPage();
    const styles = [];
    page.on("response", (response) => styles.push([response.url(), response.status()]));
    await page.goto(base + name);
    assert.ok(styles.some(([url, status]) => url.endsWith(".css") && status === 200) || name === "bye", "no style sheet came");
    const problems = [];
    for (const view of views) {
      const picture = path.join(pictures, `${name}.${view.name}.png`);
      for (const problem of await inspect(page, view, picture)) problems.push(`${view.name}: ${problem}`);
    }
    await page.close();
    assert.deepEqual(problems, []);
  });
}

test("the contact sheet holds every page in every view", async () => {
  const count = await contact_sheet(browser, pictures, path.join(path.dirname(pictures), "portal-sheet.png"));
  assert.equal(count, gallery.pages.length * views.length);
});
