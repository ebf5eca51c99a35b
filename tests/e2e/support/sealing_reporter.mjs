// A person with scripts on, in a real browser: the same pages, one step after the other.
import assert from "node:assert/strict";

import { text_of, words_of } from "./html.mjs";
import { until } from "./service.mjs";

async function see(page, selector, what, seconds = 60) {
  await until(() => page.has(selector), what, seconds);
}

/** Fills in the form and goes to the check page; nothing is sent yet. */
export async function write_report(page, portal, { text, identity }) {
  await page.go(portal + "/");
  await page.press_button('a[href="/report"]');
  await page.fill("#text", text);
  if (identity) {
    await page.press_only('[data-name-fields] button[formaction="/report/edit?name=1"]');
    await see(page, "#name", "the fields for a name come");
    assert.equal(await page.value("#text"), text, "asking for the name field keeps the text");
    await page.fill("#name", identity.name);
    await page.fill("#contact", identity.contact);
  }
  await page.press_only("#report-form .row button");
  await see(page, 'form[action="/report/edit"]', "the check page comes");
}

/** From the check page to the key; returns its words. */
export async function seal_and_send(page, files = [], seconds = 120) {
  for (const [i, file] of files.entries()) await page.choose(`input[name="file${i + 1}"]`, file);
  await page.press_only('form[action="/report"] button');
  await see(page, 'form[action="/key/done"]', "the key page comes", seconds);
  const key = words_of(await page.html());
  assert.ok(key, "the key is shown");
  return key;
}

export async function finish(page, key) {
  await page.press_only('form[action="/key/done"] button');
  const is_next = async () => (await page.has("main h1")) && !(await page.has('form[action="/key/done"]'));
  await until(is_next, "another page than the key's comes");
  assert.ok(!text_of(await page.html()).includes(key.split(" ").slice(0, 3).join(" ")), "the key is shown once");
}

export async function come_back(page, portal, key) {
  await page.go(portal + "/");
  await page.press_button('a[href="/return"]');
  await page.fill("#key", key);
  await page.press_only("#return-form .row button");
  await see(page, 'form[action="/leave"]', "the case opens");
}

export async function reply(page, text, files = []) {
  await page.fill("#text", text);
  for (const [i, file] of files.entries()) await page.choose(`input[name="file${i + 1}"]`, file);
  await page.press_only('form[action="/case/reply"] button');
  await see(page, "#sent:not(.on-arrival)", "the reply is stored");
}
