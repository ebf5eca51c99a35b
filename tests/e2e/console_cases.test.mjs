// Goal: the console keeps its cases apart, whatever is chosen while something is still under way. A real browser against the real service; only the line is meddled with.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { open_browser } from "../looks/looks.mjs";
import { Member } from "./support/member.mjs";
import { Reporter } from "./support/reporter.mjs";
import { start_service, until } from "./support/service.mjs";

let service, browser, person, ingrid;
const ids = {};

before(async () => {
  service = await start_service();
  [person] = service.with_role("investigator");
  for (const text of ["apple", "birch"]) await new Reporter(service.portal).report({ text });
  ingrid = await Member.log_in(service, person);
  for (const text of ["apple", "birch"]) ids[text] = await ingrid.case_that_begins(text);
  browser = await open_browser();
});
after(async () => {
  await browser?.close();
  await service?.remove();
});

async function log_in() {
  const context = await browser.newContext();
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  await page.goto(service.console);
  await page.fill("[name=login]", person.login);
  await page.fill("[name=secret]", person.passphrase);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await page.locator("tillit-inbox li").nth(1).waitFor();
  return page;
}

const short_of = async (page, text) => {
  const rows = await ingrid.cases();
  return page.locator(".inbox__item").nth(rows.findIndex(({ case_id }) => case_id === ids[text]));
};
const choose = async (page, text) => (await short_of(page, text)).click();
const shown = (page) => page.locator("tillit-case h1").textContent().then((title) => title.trim());
const report_of = (page) => page.locator("tillit-case tillit-message").first().textContent();
const shows = (page, text) => page.locator("tillit-case tillit-message", { hasText: text }).first().waitFor();
const bodies = async (text) => (await ingrid.open(ids[text])).entries.map(({ statement }) => statement.body).filter(Boolean);

/** Requests to this address wait until the returned function is called. */
async function hold(page, pattern, method) {
  let release;
  const gate = new Promise((done) => (release = done));
  let held = 0;
  await page.route(pattern, async (route) => {
    if (route.request().method() === method) {
      held += 1;
      await gate;
    }
    await route.continue().catch(() => {});
  });
  return { release, held: () => held };
}

test("a case that is still opening never shows under another that was chosen meanwhile", async () => {
  const page = await log_in();
  const read = [];
  page.on("request", (request) => {
    const [, id] = /cases\/([^/]+)\/read$/.exec(request.url()) ?? [];
    if (id) read.push([id, request.postDataJSON().position]);
  });
  const line = await hold(page, `**/cases/${ids.apple}/envelopes`, "POST"); // the acknowledgement
  await choose(page, "apple");
  await until(() => line.held() > 0, "nothing was sent");
  await choose(page, "birch");
  await shows(page, "birch");
  line.release();
  await until(async () => (await ingrid.open(ids.apple)).entries.length === 2, "no acknowledgement");
  await page.waitForTimeout(500);
  assert.equal(await shown(page), "birch");
  assert.match(await report_of(page), /birch/);
  const end = (await ingrid.open(ids.birch)).entries.length;
  for (const [id, position] of read) assert.ok(id !== ids.birch || position <= end, "each case is read to its own end");
  assert.deepEqual(read.filter(([id]) => id === ids.apple), [], "what was not looked at is not read");
  await page.context().close();
});

test("files chosen in one case are not sent in another; a message under way is not lost from sight", async () => {
  const page = await log_in();
  await choose(page, "apple");
  await shows(page, "apple");
  await page.setInputFiles("[name=files]", { name: "apple.txt", mimeType: "text/plain", buffer: Buffer.from("of the apple") });
  await page.fill("[name=body]", "to the apple");
  await choose(page, "birch");
  await shows(page, "birch");
  assert.equal(await page.inputValue("[name=body]"), "");
  assert.equal(await page.locator("[name=files]").evaluate((input) => input.files.length), 0);
  await choose(page, "apple");
  await shows(page, "apple");
  const line = await hold(page, `**/cases/${ids.apple}/envelopes`, "POST");
  await page.locator("tillit-reply button").click();
  await until(() => line.held() > 0, "nothing was sent");
  await choose(page, "birch");
  await shows(page, "birch");
  await page.fill("[name=body]", "to the birch");
  await choose(page, "apple");
  await page.locator("tillit-reply .working").waitFor();
  await page.locator("tillit-reply form").evaluate((form) => form.requestSubmit()); // does nothing: it is under way
  line.release();
  await shows(page, "to the apple");
  assert.equal(await page.inputValue("[name=body]"), "");
  assert.deepEqual(await bodies("apple"), ["apple", "to the apple"]);
  await choose(page, "birch");
  await shows(page, "birch");
  assert.equal(await page.inputValue("[name=body]"), "to the birch", "a draft is its own case's");
  await page.context().close();
});
