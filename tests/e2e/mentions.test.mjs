// Goal: where a report mentions somebody who would get a key, the check page suggests to leave that person out, in both
// forms and in real browsers; a press does it, and nothing else that was written or chosen changes.
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";

import { launch, names } from "./support/browsers.mjs";
import { text_of } from "./support/html.mjs";
import { Member } from "./support/member.mjs";
import { Line } from "./support/proxy.mjs";
import * as person from "./support/sealing_reporter.mjs";
import { start_service, until } from "./support/service.mjs";

let service, folder, ingrid, jonas, liv;
before(async () => {
  service = await start_service();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-mentions-"));
  [ingrid, jonas] = await Promise.all(service.with_role("investigator").slice(0, 2).map((who) => Member.log_in(service, who)));
  liv = await Member.log_in(service, service.with_role("alternate")[0]);
});
after(async () => {
  await service?.remove();
  fs.rmSync(folder, { recursive: true, force: true });
});

const name_of = (n) => service.with_role("investigator")[n].name;
const family_of = (n) => name_of(n).split(" ").at(-1);
const file_named = (name) => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, "evidence");
  return file;
};
const leave = "#mentions p:nth-of-type(2) button[name=leave]"; // of the first who is mentioned
const check_of = async (page) => text_of(await page.html());
const count_of = async (member) => (await member.cases()).length;
const mentions = (html, n) => html.includes(`seems to mention ${name_of(n)}`);

for (const name of names) {
  test(`${name}: with scripts on, found in this browser, in text and file names`, { timeout: 180_000 }, async () => {
    const line = (await Line.to(service.portal)).record();
    const browser = await launch(name, { scripts: true });
    const before_us = await Promise.all([ingrid, jonas].map(count_of));
    try {
      const page = await browser.page();
      const said = `In May ${family_of(0).toUpperCase()}s office paid twice.`;
      await person.write_report(page, line.url, { text: said });
      assert.ok(mentions(await check_of(page), 0), "mentioned in the text");
      assert.ok(!mentions(await check_of(page), 1));
      await page.choose('input[name="file1"]', file_named(`2026 ${family_of(1)}.txt`));
      await until(async () => mentions(await check_of(page), 1), "mentioned in the name of a file");
      const asked = line.requests.length;
      await page.press_only(leave);
      await until(async () => !mentions(await check_of(page), 0), "the suggestion goes");
      const left = await check_of(page);
      assert.ok(left.includes(said) && mentions(await page.html(), 1), "text and file are still there");
      assert.match(left, new RegExp(`Who gets no key ${name_of(0)}`));
      assert.equal(line.requests.length, asked, "nothing was asked of the server");

      await page.press_only('form[action="/report/edit"] button');
      await until(() => page.has("#report-form"), "the form comes");
      assert.equal(await page.value("#text"), said);
      await page.press_only("#report-form .row button");
      await until(() => page.has('form[action="/report/edit"]'), "the check page comes");
      assert.match(await check_of(page), new RegExp(`Who gets no key ${name_of(0)}`), "the form has it as chosen there");
      await person.seal_and_send(page);
      assert.deepEqual(await Promise.all([ingrid, jonas].map(count_of)), [before_us[0], before_us[1] + 1]);
      assert.ok(!Buffer.concat(line.recorded).includes("leave="), "nothing of a mention was sent");
    } finally {
      await browser.close();
      await line.close();
    }
  });

  test(`${name}: with scripts on, chosen files stay, and with nobody left it goes to the alternate`, { timeout: 180_000 }, async () => {
    const browser = await launch(name, { scripts: true });
    const before_us = await count_of(liv);
    try {
      const page = await browser.page();
      await person.write_report(page, service.portal, { text: `${name_of(0)} and ${name_of(1)} know.` });
      await page.choose('input[name="file2"]', file_named("plan.txt"));
      for (const n of [0, 1]) {
        await page.press_only(leave);
        await until(async () => !mentions(await check_of(page), n), "the suggestion goes");
      }
      assert.match(await check_of(page), /so it goes to the alternate/);
      await person.seal_and_send(page);
      const id = await liv.case_that_begins(`${name_of(0)} and`);
      const { entries } = await liv.open(id);
      assert.deepEqual(entries[0].statement.attachments.map((file) => file.name), ["plan.txt"]);
      assert.deepEqual(entries[0].statement.manifest.excluded.map((one) => one.name), [name_of(0), name_of(1)]);
      assert.equal(await count_of(liv), before_us + 1);
    } finally {
      await browser.close();
    }
  });

  test(`${name}: with scripts off, found by the server`, { timeout: 180_000 }, async () => {
    const browser = await launch(name, { scripts: false });
    const before_us = await Promise.all([ingrid, jonas].map(count_of));
    try {
      const page = await browser.page();
      await page.go(`${service.portal}/report`);
      const said = `Ask ${family_of(0)}, but not <b>me</b>.`;
      await page.fill("#text", said);
      await page.press_button('form[action="/report/check"] .row button');
      assert.ok(mentions(await check_of(page), 0) && !mentions(await check_of(page), 1));
      await page.press_button(leave);
      assert.ok(!mentions(await check_of(page), 0));
      assert.ok((await check_of(page)).includes(said), "the text is still there");
      assert.equal(await page.has(leave), false);
      await page.press_button('form[action="/report"] button');
      assert.ok(await page.has('form[action="/key/done"]'));
      assert.deepEqual(await Promise.all([ingrid, jonas].map(count_of)), [before_us[0], before_us[1] + 1]);
    } finally {
      await browser.close();
    }
  });
}
