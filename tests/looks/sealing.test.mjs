// Goal: every page that the reporter's script shows has its pictures against the real service, and axe finds nothing on
// any of them; every act of it works by keyboard alone.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";

import { words_of } from "../e2e/support/html.mjs";
import { Member } from "../e2e/support/member.mjs";
import { proof_of } from "../e2e/support/proof.mjs";
import { start_service } from "../e2e/support/service.mjs";
import { contact_sheet, inspect, open_browser, pictures_folder, views } from "./looks.mjs";

const pictures = pictures_folder("sealing");
const long_word = "Wolfeschlegelsteinhausenbergerdorffvoralternwarengewissenhaftschaferswessenschafe";
let service, browser, folder;

before(async () => {
  fs.rmSync(pictures, { recursive: true, force: true });
  fs.mkdirSync(pictures, { recursive: true });
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-looks-sealing-"));
  service = await start_service();
  browser = await open_browser();
});
after(async () => {
  await browser?.close();
  await service?.remove();
  fs.rmSync(folder, { recursive: true, force: true });
});

const taken = new Set();
class Desk {
  static async open() {
    const desk = new Desk();
    desk.context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
    desk.context.setDefaultTimeout(20_000);
    desk.page = await desk.context.newPage();
    desk.problems = [];
    desk.page.on("pageerror", (error) => desk.problems.push(`page: ${error}`));
    desk.page.on("console", (message) => message.text().includes("Content Security Policy") && desk.problems.push(message.text()));
    return desk;
  }
  async look(name) {
    taken.add(name);
    for (const view of views) {
      const found = await inspect(this.page, view, path.join(pictures, `${name}.${view.name}.png`));
      this.problems.push(...found.map((problem) => `${name} ${view.name}: ${problem}`));
    }
    await this.page.setViewportSize({ width: 1280, height: 900 });
  }
  see(selector) {
    return this.page.locator(selector).first().waitFor();
  }
  async end() {
    await this.context.close();
    assert.deepEqual(this.problems, []);
  }
  async form() {
    await this.page.goto(service.portal + "/report");
    await this.see("[data-with-script]:not([hidden])");
  }
  async to_check(text) {
    await this.form();
    await this.page.fill("#text", text);
    await this.page.click("#report-form .row button");
    await this.see('form[action="/report/edit"]');
  }
}

/** Named like somebody who would get a key. */
function berg() {
  const file = path.join(folder, "berg.txt");
  fs.writeFileSync(file, "x");
  return file;
}

function film() {
  const file = path.join(folder, `${long_word}.bin`);
  fs.writeFileSync(file, crypto.randomBytes(3 << 20));
  return file;
}

test("the form, the check page, sealing, a broken connection, the key, the end", async () => {
  const desk = await Desk.open();
  const { page } = desk;
  await desk.form();
  await desk.look("form");
  await page.click("#report-form .row button", { noWaitAfter: true });
  await page.evaluate(() => document.querySelector("#text").removeAttribute("required"));
  await page.click("#report-form .row button");
  await desk.see(".ds-error-summary");
  await desk.look("form-problem");
  await page.click('[data-name-fields] button[formaction="/report/edit?name=1"]');
  await desk.see("#name");
  await desk.look("form-name");
  await page.fill("#name", `${long_word} ${long_word}`);
  await page.fill("#text", "The invoices for the new school were split in three. Æ, ø, å.");
  await page.click("#report-form .row button.ds-button");
  await desk.see('form[action="/report/edit"]');
  await desk.look("check");
  await page.setInputFiles("input[name=file1]", berg());
  await desk.see("#mentions .ds-alert");
  await desk.look("check-mentions");
  await page.click('form[action="/report/edit"] button');
  await desk.see("#report-form");
  assert.match(await page.inputValue("#name"), /^Wolfe/, "going back keeps what was written");
  await page.click('[data-name-fields] button[formaction="/report/edit?name=0"]');
  await page.click("#report-form .row button.ds-button");
  await desk.see('form[action="/report/edit"]');

  await page.setInputFiles("input[name=file1]", film());
  await page.route("**/api/v1/uploads/**", (route) => route.abort());
  await page.click('form[action="/report"] button');
  await desk.see("#try-now:not([hidden])");
  await desk.look("sending-waiting");
  await page.unroute("**/api/v1/uploads/**");
  await page.click("#try-now");
  await desk.see('form[action="/key/done"]');
  await desk.look("key");
  assert.ok(words_of(await page.content()));
  await page.click('form[action="/key/done"] button');
  await page.waitForFunction(() => !document.querySelector('form[action="/key/done"]'));
  await desk.look("done");
  await desk.end();
});

test("Enter in the name field goes on, and a step back while files are sent stops it", async () => {
  const desk = await Desk.open();
  const { page } = desk;
  await desk.form();
  await page.fill("#text", "Stopped half-way");
  await page.click('[data-name-fields] button[formaction="/report/edit?name=1"]');
  await page.fill("#name", "Åse");
  await page.press("#name", "Enter");
  await desk.see('form[action="/report/edit"]');
  assert.ok((await page.content()).includes("Åse"), "the name is still given");
  await page.setInputFiles("input[name=file1]", film());
  await page.route("**/api/v1/uploads/**", () => {}); // never answered
  await page.click('form[action="/report"] button');
  await desk.see("#cancel");
  await page.goBack();
  await desk.see("#report-form");
  assert.equal(await page.inputValue("#text"), "Stopped half-way");
  assert.equal(await page.inputValue("#name"), "Åse");
  await desk.end();
});

test("a server that refuses is not given the text in clear", async () => {
  const desk = await Desk.open();
  const { page } = desk;
  await desk.to_check("Not for the server");
  for (const status of [400, 422, 500]) {
    await page.route("**/api/v1/reports", (route) => route.fulfill({ status, json: { error: "upload" } }));
    await page.click('form[action="/report"] button');
    if (status !== 500) await desk.see(".ds-error-summary:has-text('did not take it')");
    else await desk.see("#try-now:not([hidden])");
    assert.equal(await page.locator("[data-failed]").count(), 0);
    if (status !== 500) await page.unroute("**/api/v1/reports");
  }
  await desk.end();
});

test("texts that cannot be loaded cost nobody a text", async () => {
  const desk = await Desk.open();
  const { page } = desk;
  await page.route("**/assets/texts*", (route) => route.abort());
  await desk.form();
  await page.fill("#text", "Written before the line broke");
  await page.click("#report-form .row button");
  await desk.see("[data-no-connection]:not([hidden])");
  await desk.look("form-no-texts");
  assert.equal(await page.inputValue("#text"), "Written before the line broke");
  await page.unroute("**/assets/texts*");
  await page.click("#report-form .row button");
  await desk.see('form[action="/report/edit"]');
  await desk.end();
});

test("a refusal, a server out of reach, sealing that fails, a file that does not get through", async () => {
  const desk = await Desk.open();
  const { page } = desk;
  await desk.form();
  await page.fill("#text", "Some text");
  await page.route("**/api/v1/organisation", (route) => route.abort());
  await page.click("#report-form .row button");
  await desk.see(".ds-error-summary");
  await desk.look("form-no-connection");
  assert.equal(await page.inputValue("#text"), "Some text");
  await page.unroute("**/api/v1/organisation");
  await page.route("**/api/v1/organisation", async (route) => {
    const reply = await route.fetch();
    const json = await reply.json();
    await route.fulfill({ response: reply, json: { ...json, directory: json.directory.replace('"version":1', '"version":2') } });
  });
  await page.click("#report-form .row button");
  await desk.see(".ds-error-summary:has-text('could not be verified')");
  assert.equal(await page.locator("[data-failed]").count(), 0, "a forger is not offered the text in clear");
  await desk.look("form-directory-forged");
  await page.unroute("**/api/v1/organisation");
  await page.click("#report-form .row button.ds-button");
  await desk.see('form[action="/report/edit"]');
  await page.route("**/api/v1/reports", (route) => route.fulfill({ status: 507, json: { error: "storage" } }));
  await page.click('form[action="/report"] button');
  await desk.see(".ds-error-summary");
  await desk.look("check-storage");
  await page.click('.ds-error-summary a');
  await desk.see('form[action="/report/edit"]');
  assert.equal(await page.locator("#report-form").count(), 0, "a link within the page is no step back");
  await page.unroute("**/api/v1/reports");
  await page.setInputFiles("input[name=file1]", film());
  await page.route("**/api/v1/uploads/**", (route) => route.fulfill({ status: 413, json: { error: "too_large" } }));
  await page.click('form[action="/report"] button');
  await desk.see('form[action="/key/done"]');
  await desk.look("key-missing-file");
  assert.ok((await page.content()).includes(long_word), "the file that is missing is named");
  await desk.end();
});

test("the way back: wrong key, thread, reply, file, log out, by keyboard alone", async () => {
  const desk = await Desk.open();
  const { page } = desk;
  const press = async (key, times = 1) => { for (let i = 0; i < times; i += 1) await page.keyboard.press(key); };
  /** Tab until the element has the focus, then Enter. */
  const enter = async (selector) => {
    for (let i = 0; i < 60; i += 1) {
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return press("Enter");
      await press("Tab");
    }
    assert.fail(`${selector} cannot be reached by keyboard`);
  };
  await desk.form();
  await page.focus("#text");
  await page.keyboard.type("Written by keyboard alone.");
  await enter("#report-form .row button");
  await desk.see('form[action="/report/edit"]');
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1", "a new page begins at its heading");
  await enter('form[action="/report"] button');
  await desk.see('form[action="/key/done"]');
  const key = words_of(await page.content());
  await enter('form[action="/key/done"] button');

  await page.goto(service.portal + "/return");
  await desk.see("[data-with-script]:not([hidden])");
  await desk.look("return");
  await page.focus("#key");
  await page.keyboard.type("abandon ".repeat(11) + "about");
  await enter("#return-form .row button");
  await desk.see(".ds-error-summary");
  await desk.look("return-refused");
  await page.fill("#key", key);
  await page.focus("#key");
  await enter("#return-form .row button");
  await desk.see('form[action="/leave"]');
  await desk.look("case-one");
  const member = await Member.log_in(service, service.with_role("investigator")[0]);
  const id = await member.case_that_begins("Written by keyboard");
  await member.write(id, { body: "Thank you.", files: [{ name: `${long_word}.txt`, content: Buffer.from("answer") }] });
  await page.focus("textarea#text");
  await enter('form[action="/case/reply"] .row button');
  await desk.see(".ds-error-summary");
  await desk.look("case-empty-reply");
  await page.fill("textarea#text", "One thing more.");
  await page.focus("textarea#text");
  await enter('form[action="/case/reply"] .row button');
  await desk.see("#sent:not(.on-arrival)");
  await desk.look("case-three");
  assert.equal(await page.locator(".msg").count(), 3, "written as the successor of what came in between");
  const [saved] = await Promise.all([page.waitForEvent("download"), enter('a[href^="/case/file/"]')]);
  assert.equal(fs.readFileSync(await saved.path(), "utf8"), "answer");
  await desk.see("[role=status]:has-text('saved')");
  await desk.look("case-file-saved");
  await page.route("**/api/v1/case/attachments/*", (route) => route.fulfill({ status: 200, body: "not the file" }));
  await page.click('a[href^="/case/file/"]');
  await desk.see("[role=status]:has-text('could not be opened')");
  await desk.look("case-file-failed");
  const proof = async (name, ...entries) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, await proof_of(service, key, entries));
    return file;
  };
  await page.focus("textarea#text");
  await enter("details summary");
  await page.setInputFiles("#proof", await proof("whole.json"));
  await enter('form[action="/case/proof/compare"] button');
  await desk.see("#compared:has-text('still here')");
  await desk.look("case-compared");
  await page.setInputFiles("#proof", await proof("more.json", { author: new Uint8Array(16), day: 20_000, hash: new Uint8Array(32) }));
  await enter('form[action="/case/proof/compare"] button');
  await desk.see("#compared:has-text('Missing here')");
  await desk.look("case-compared-missing");
  await page.focus("textarea#text");
  await enter('form[action="/leave"] button');
  await page.waitForFunction(() => !document.querySelector('form[action="/leave"]'));
  await desk.look("left");
  await desk.end();
});

test("a thread that the server has tampered with says so", async () => {
  const desk = await Desk.open();
  const { page } = desk;
  await desk.to_check("A report that will be tampered with.");
  await page.click('form[action="/report"] button');
  await desk.see('form[action="/key/done"]');
  const key = words_of(await page.content());
  const come_back = async (act, name) => {
    const tampered = await Desk.open();
    await tampered.page.route("**/api/v1/case/open", async (route) => {
      const reply = await route.fetch();
      await route.fulfill({ response: reply, json: act(await reply.json()) });
    });
    await tampered.page.goto(service.portal + "/return");
    await tampered.see("[data-with-script]:not([hidden])");
    await tampered.page.fill("#key", key);
    await tampered.page.click("#return-form .row button");
    await tampered.see('form[action="/leave"]');
    await tampered.look(name);
    const alarms = await tampered.page.locator(".ds-alert[data-color=danger] li").allTextContents();
    await tampered.end();
    return alarms;
  };
  assert.deepEqual(await come_back((json) => json, "case-untouched"), []);
  const flip = (text) => text.slice(0, -40) + (text.at(-40) === "A" ? "B" : "A") + text.slice(-39);
  assert.ok((await come_back((json) => {
    json.envelopes[0].sealed = flip(json.envelopes[0].sealed);
    return json;
  }, "case-damaged")).some((text) => text.includes("cannot be opened")));
  assert.ok((await come_back((json) => ({ ...json, envelopes: [] }), "case-emptied")).some((text) => text.includes("not your report")));
  await desk.context.close();
});

test("a page that shows a key or a thread is empty when somebody comes back to it", async () => {
  const desk = await Desk.open();
  const { page } = desk;
  await desk.to_check("Nobody else shall see this.");
  await page.click('form[action="/report"] button');
  await desk.see('form[action="/key/done"]');
  const words = words_of(await page.content());
  page.on("dialog", (dialog) => dialog.accept());
  await page.goto(service.portal + "/safety");
  await page.goBack();
  await page.waitForTimeout(500);
  const html = await page.content();
  assert.ok(!html.includes(words.split(" ")[0] + "</li>"), "no key");
  assert.ok(!html.includes("Nobody else shall see this."), "no text");
  await desk.end();
});

test("the contact sheet holds all of them in every view", async () => {
  const count = await contact_sheet(browser, pictures, path.join(path.dirname(pictures), "sealing-sheet.png"));
  assert.equal(count, taken.size * views.length);
});
