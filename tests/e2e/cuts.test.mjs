// Goal: a connection that breaks ten times costs a reporter nothing. A line cuts an upload of 50 MiB at random bytes,
// at least twice within a piece, once between the last piece and its answer and once between the report and its answer:
// one case, one file, bit for bit, and its sealed bytes have the hash that the browser made while sealing.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";

import { dice, seed } from "../support/long_run.mjs";
import { launch } from "./support/browsers.mjs";
import { text_of } from "./support/html.mjs";
import { Member } from "./support/member.mjs";
import { Line } from "./support/proxy.mjs";
import * as person from "./support/sealing_reporter.mjs";
import { start_service, until } from "./support/service.mjs";

const mib = 1024 * 1024;
let service, folder;
before(async () => {
  service = await start_service();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-cuts-"));
});
after(async () => {
  await service?.remove();
  fs.rmSync(folder, { recursive: true, force: true });
});

const sha256 = (bytes) => crypto.createHash("sha256").update(bytes).digest("hex");

/** Eight places within 64 MiB of sealed bytes, each in another piece and away from its ends. */
function places() {
  const next = dice("cuts");
  return Array.from({ length: 8 }, (_, i) => Math.floor((i * 6 + 1 + next() * 4) * mib) + 50_000);
}

test("ten cuts, one intact file", async (t) => {
  t.diagnostic(`seed ${seed}`);
  const content = crypto.randomBytes(50 * mib);
  const file = path.join(folder, "film.bin");
  fs.writeFileSync(file, content);
  const line = await Line.to(service.portal);
  const browser = await launch("chromium", { scripts: true });
  try {
    const page = await browser.page();
    const text = `Cut ${crypto.randomBytes(6).toString("hex")}`;
    await person.write_report(page, line.url, { text });
    line.cuts_at = places().map((at) => line.sent + at);
    line.cut_answer_of("POST /api/v1/uploads/"); // its completion, when the last piece has arrived
    const sealing = person.seal_and_send(page, [file], 240);
    await until(() => line.cuts >= 9, "eight cuts within pieces and one after the last", 200);
    line.cut_answer_of("POST /api/v1/reports");
    const key = await sealing;
    assert.equal(line.cuts, 10);
    assert.equal(line.cuts_at.length, 0, "every place was cut");

    const member = await Member.log_in(service, service.with_role("investigator")[0]);
    const cases = await member.cases();
    assert.equal(cases.length, 1, "one case, though the report was sent twice");
    const id = await member.case_that_begins(text);
    const thread = await member.open(id);
    const { attachments } = thread.entries[0].statement;
    assert.equal(attachments.length, 1);
    // download() fails unless the stored bytes have the hash that the browser signed.
    assert.equal(sha256(await member.download(id, attachments[0], thread)), sha256(content));
    assert.ok(key);
  } finally {
    await browser.close();
    await line.close();
  }
});

test("a person may stop while it waits, and has her text again", async () => {
  const file = path.join(folder, "film.bin");
  const line = await Line.to(service.portal);
  const browser = await launch("chromium", { scripts: true });
  try {
    const page = await browser.page();
    await person.write_report(page, line.url, { text: "I will stop" });
    line.cuts_at = [line.sent + 3 * mib];
    await page.choose('input[name="file1"]', file);
    await page.press_only('form[action="/report"] button');
    await until(() => line.cuts === 1, "the cut");
    await page.press_only("#cancel");
    await until(() => page.has('form[action="/report/edit"]'), "the check page comes back");
    await page.press_only('form[action="/report/edit"] button');
    await until(() => page.has("#report-form"), "the form comes back");
    assert.equal(await page.value("#text"), "I will stop");
  } finally {
    await browser.close();
    await line.close();
  }
});

test("a reply that was stored is never called unsent, whatever keeps the page from being read again", async () => {
  const browser = await launch("chromium", { scripts: true });
  try {
    const page = await browser.page();
    await person.write_report(page, service.portal, { text: "Report before a reply" });
    const key = await person.seal_and_send(page);
    await person.finish(page, key);
    await person.come_back(page, service.portal, key);
    // As when the door was closed on another device just then.
    await page.raw.evaluate(() => {
      const real = window.fetch;
      let is_stored = false;
      window.fetch = async (url, options) => {
        if (is_stored && String(url) === "/api/v1/case") return new Response('{"error":"not_found"}', { status: 404 });
        const reply = await real(url, options);
        if (String(url) === "/api/v1/case/envelopes") is_stored = reply.ok;
        return reply;
      };
    });
    await page.fill("#text", "Stored only once");
    await page.press_only('form[action="/case/reply"] button');
    await until(async () => text_of(await page.html()).includes("Your message was sent."), "it says that it was sent");
    assert.ok(!text_of(await page.html()).includes("Nothing was sent"));
    assert.equal(await page.value("#text"), "", "nothing to be sent once more");
    const member = await Member.log_in(service, service.with_role("investigator")[0]);
    const thread = await member.open(await member.case_that_begins("Report before a reply"));
    assert.deepEqual(thread.entries.map(({ statement }) => statement.body), ["Report before a reply", "Stored only once"]);
  } finally {
    await browser.close();
  }
});

test("if it cannot be sealed nothing is sent, and the other way is taken only on request", async () => {
  const line = (await Line.to(service.portal)).record();
  const browser = await launch("chromium", { scripts: true });
  try {
    const page = await browser.page();
    // As a browser whose source of random numbers fails.
    await person.write_report(page, line.url, { text: "Fails closed 4711" });
    await page.raw.evaluate(() => {
      crypto.getRandomValues = () => {
        throw new Error("no random numbers");
      };
    });
    await page.press_only('form[action="/report"] button');
    await until(() => page.has("[data-failed]"), "it says that sealing failed");
    assert.ok(!Buffer.concat(line.recorded).includes("Fails closed 4711"), "nothing was sent");
    await page.press_button("[data-failed] button");
    assert.ok((await page.html()).includes("Fails closed 4711"), "the server's check page");
    assert.ok(Buffer.concat(line.recorded).includes("Fails closed 4711"), "now the server has seen it, as was said");
  } finally {
    await browser.close();
    await line.close();
  }
});
