// Goal: axe finds nothing on tillit-seal.html in any of its states, opened from a disk; and it can be used by keyboard.
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { fetch_directory } from "../e2e/support/sealed_file.mjs";
import { assets, start_service } from "../e2e/support/service.mjs";
import { inspect, open_browser, pictures_folder, views } from "./looks.mjs";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-offline-looks-"));
const pictures = pictures_folder("offline");
const address = pathToFileURL(path.join(assets, "portal/hand-in/tillit-seal.html")).href;
let about, browser;

before(async () => {
  fs.mkdirSync(pictures, { recursive: true });
  const service = await start_service();
  about = await fetch_directory(service, folder);
  await service.remove();
  browser = await open_browser();
});
after(async () => {
  await browser?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function look(page, name) {
  const problems = [];
  for (const view of views) problems.push(...await inspect(page, view, path.join(pictures, `${name}-${view.name}.png`)));
  assert.deepEqual(problems, [], name);
}

async function open_list(page, words = about.words) {
  await page.goto(address);
  await page.setInputFiles("#directory", about.directory);
  await page.fill("#words", words);
  await page.keyboard.press("Enter");
}

test("start, wrong words, form, empty text, key: axe finds nothing; enter and tab are enough", async () => {
  const page = await browser.newPage();
  await page.goto(address);
  await look(page, "start");
  await open_list(page, "zoo zoo");
  await page.waitForSelector("#words-problem");
  await look(page, "wrong-words");
  await open_list(page);
  await page.waitForSelector("#write:not([hidden])");
  assert.equal(await page.evaluate(() => document.activeElement.id), "text", "the text field has the focus");
  await look(page, "form");
  await page.fill("#text", "  ");
  await page.focus("#seal");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#text-problem");
  await look(page, "empty-text");
  await page.fill("#text", "What happened");
  await page.focus("#seal");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#done:not([hidden])");
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "H2", "the key's heading has the focus");
  await look(page, "key");
});
