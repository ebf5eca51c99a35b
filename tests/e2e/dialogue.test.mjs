// Goal: the main job in real browsers. Scripts off for the reporter, in Chromium and in Firefox: a report with text in
// three scripts and three files (one of 100 MiB), the key, coming back in a new browser, a reply; the console opens
// everything bit for bit and answers with a file, which the reporter reads bit for bit. The name stays shut to the
// investigator alone.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";

import { launch, names } from "./support/browsers.mjs";
import { messages_of, text_of, words_of } from "./support/html.mjs";
import { Member } from "./support/member.mjs";
import { Line } from "./support/proxy.mjs";
import { start_service, until } from "./support/service.mjs";
import { twin } from "./support/twin.mjs";

const { fromBase64url: from64 } = twin.bytes;

let service, folder, files;
before(async () => {
  service = await start_service();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-dialogue-"));
  files = [
    make_file("regneark.bin", 100 * 1024 * 1024, "one"),
    make_file("møte æøå.txt", 3000, "two"),
    make_file("صورة.jpg", 65536, "three"),
  ];
});
after(async () => {
  await service?.remove();
  fs.rmSync(folder, { recursive: true, force: true });
});

const sha256 = (bytes) => crypto.createHash("sha256").update(bytes).digest("hex");

/** A file of pseudo-random content that its seed fixes. */
function make_file(name, size, seed) {
  const key = crypto.createHash("sha256").update(seed).digest();
  const stream = crypto.createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  const hash = crypto.createHash("sha256");
  const file = path.join(folder, name);
  const handle = fs.openSync(file, "w");
  for (let left = size; left > 0; left -= 1 << 20) {
    const piece = stream.update(Buffer.alloc(Math.min(left, 1 << 20)));
    hash.update(piece);
    fs.writeSync(handle, piece);
  }
  fs.closeSync(handle);
  return { name, file, size, sha256: hash.digest("hex") };
}

const said = "Fakturaene ble delt i tre. Æ, ø og å.\nالفواتير مقسمة إلى ثلاثة أجزاء.\n🙈🙉🙊 & <script>alert(1)</script>";
const identity = { name: "Åse Ødegård", contact: "åse@example.org" };
const follow_up = "En ting til: الرقم ٧ 🚲";
const answer = "Takk for at du sa fra. شكرا 🙏";

async function hand_in(name) {
  const browser = await launch(name, { scripts: false });
  try {
    const page = await browser.page();
    await page.go(service.portal + "/");
    await page.press_button('a[href="/report"]');
    await page.fill("#text", said);
    await page.press_button('button[formaction="/report/edit?name=1"]');
    assert.equal(await page.value("#text"), said, "asking for the name field keeps the text");
    await page.fill("#name", identity.name);
    await page.fill("#contact", identity.contact);
    await page.press_button('form[action="/report/check"] .row button');
    const checked = text_of(await page.html());
    assert.ok(checked.includes("<script>alert(1)</script>"), "the check page shows the text as it was typed");
    assert.ok(checked.includes(identity.name));
    for (const [i, file] of files.entries()) await page.choose(`input[name="file${i + 1}"]`, file.file);
    const started = Date.now();
    await page.press_button('form[action="/report"] button', 180);
    const html = await page.html();
    const key = words_of(html);
    assert.ok(key, `the key page comes: ${text_of(html).slice(0, 500)}`);
    const seconds = (Date.now() - started) / 1000;
    await page.press_button('form[action="/key/done"] button');
    assert.ok(!(await page.html()).includes(key.split(" ")[0] + "</li>"), "the key is shown once");
    return { key, seconds };
  } finally {
    await browser.close();
  }
}

async function come_back(page, key) {
  await page.go(service.portal + "/");
  await page.press_button('a[href="/return"]');
  await page.fill("#key", key);
  await page.press_button('form[action="/return"] button');
}

async function write_more(name, key) {
  const browser = await launch(name, { scripts: false });
  try {
    const page = await browser.page();
    // As people type: numbers and words mixed up in case and space would do too; here four letters each, in capitals.
    await come_back(page, key.split(" ").map((word) => word.slice(0, 4).toUpperCase()).join("  "));
    const [report] = messages_of(await page.html());
    assert.equal(report?.body, said, "the reporter reads her own report");
    assert.deepEqual(report.files.map((f) => f.name), files.map((f) => f.name));
    await page.fill("#text", follow_up);
    await page.press_button('form[action="/case/reply"] button');
    assert.deepEqual(messages_of(await page.html()).map((m) => m.body), [said, follow_up]);
    await page.press_button('form[action="/leave"] button');
    await page.go(service.portal + "/case");
    assert.ok(!(await page.html()).includes(follow_up), "logged out");
  } finally {
    await browser.close();
  }
}

/** The save dialog of a browser cannot be pressed by a test; the same stream goes to a private file instead. */
function save_to_private_files() {
  window.showSaveFilePicker = async ({ suggestedName }) => {
    const folder = await navigator.storage.getDirectory();
    return folder.getFileHandle(suggestedName, { create: true });
  };
}

async function hash_of_private_file(page, name) {
  return page.evaluate(async (wanted) => {
    const folder = await navigator.storage.getDirectory();
    const file = await (await folder.getFileHandle(wanted)).getFile();
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, "0")).join("");
  }, name);
}

export async function log_in_at_console(page, person, url) {
  await page.goto(url + "/");
  await page.fill('[name="login"]', person.login);
  await page.fill('[name="secret"]', person.passphrase);
  await page.click("form .row button.ds-button");
  await page.waitForSelector("tillit-inbox", { timeout: 60_000 });
}

async function answer_at_console(answer_file) {
  const browser = await launch("chromium", { scripts: true });
  try {
    const { raw: page } = await browser.page();
    const complaints = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.addInitScript(save_to_private_files);
    const [kari] = service.with_role("investigator");
    await log_in_at_console(page, kari, service.console);
    // Cases of one day stand in no order; the new one carries its mark.
    await page.locator(".inbox__item", { has: page.locator(".inbox__new") }).first().click();
    await page.waitForSelector("tillit-message", { timeout: 60_000 });
    const texts = await page.locator(".msg__text").allTextContents();
    assert.deepEqual(texts, [said, follow_up], "the investigator reads the words bit for bit");
    assert.equal(await page.locator("tillit-case [data-color=danger]").count(), 0, "no alarm");
    for (const file of files) {
      const item = page.locator("tillit-message .files > li").filter({ hasText: file.name });
      if (file.size >= 32 * 1024 * 1024) {
        await item.locator("button").first().click();
        await page.waitForFunction((name) => document.querySelector("[data-live]")?.textContent?.includes(name) ||
          [...document.querySelectorAll("[role=status]")].some((e) => e.textContent.includes("checked and saved")), file.name, { timeout: 180_000 });
        assert.equal(await hash_of_private_file(page, file.name), file.sha256, file.name);
      } else {
        const [download] = await Promise.all([page.waitForEvent("download"), item.locator("button").first().click()]);
        assert.equal(download.suggestedFilename(), file.name);
        assert.equal(sha256(fs.readFileSync(await download.path())), file.sha256, file.name);
      }
    }
    await page.fill("#reply-body", answer);
    await page.setInputFiles("#reply-files", answer_file.file);
    await page.click("tillit-reply form .row button");
    await page.waitForFunction((text) => [...document.querySelectorAll(".msg__text")].some((e) => e.textContent === text), answer, { timeout: 60_000 });
    // That nobody is logged in yet is asked by a call that answers 401.
    assert.deepEqual(complaints.filter((text) => !text.includes("401 (Unauthorized)")), [], "the browser has nothing to complain about");
  } finally {
    await browser.close();
  }
}

async function read_answer(name, key, answer_file) {
  const browser = await launch(name, { scripts: false });
  try {
    const page = await browser.page();
    await come_back(page, key);
    const messages = messages_of(await page.html());
    assert.deepEqual(messages.map((m) => m.body), [said, follow_up, answer]);
    assert.ok(!(await page.has('[data-color="danger"]')), "no alarm");
    const [file] = messages[2].files;
    assert.equal(file.name, answer_file.name);
    const small = await page.download(`a[href="${file.href}"]`);
    assert.equal(small.name, answer_file.name);
    assert.equal(sha256(fs.readFileSync(small.file)), answer_file.sha256, "the answer's file");
    const own = await page.download(`a[href="${messages[0].files[0].href}"]`);
    assert.equal(sha256(fs.readFileSync(own.file)), files[0].sha256, "her own 100 MiB");
  } finally {
    await browser.close();
  }
}

async function name_needs_two() {
  const kari = await Member.log_in(service, service.with_role("investigator")[0]);
  const [{ case_id }] = await kari.cases();
  const { grant, page, entries } = await kari.open(case_id);
  const expected = { org: kari.org, caseId: from64(case_id) };
  const sealed = from64(page.identity);
  assert.equal(entries[0].statement.manifest.identityGiven, true);
  for (const a of [grant.share, new Uint8Array(32), grant.secret]) {
    const alone = twin.identity.openIdentity(sealed, { a, b: grant.share }, grant.verifyKey, expected);
    await assert.rejects(alone, /not_sealed/, "shut to the investigator alone");
  }
  const custodian = await Member.log_in(service, service.with_role("custodian")[0]);
  const view = await custodian.api.ok("GET", `/cases/${case_id}`);
  assert.deepEqual(view.envelopes, [], "the custodian gets no message");
  const held = await twin.grant.openGrant(from64(view.grant), custodian.keyring.identity, {
    ...expected, caseRecipient: from64(view.case.case_recipient), reporterRecipient: from64(view.case.reporter_recipient),
  });
  assert.equal(held.secret, undefined, "nor the case's key");
  const opened = await twin.identity.openIdentity(sealed, { a: held.share, b: grant.share }, grant.verifyKey, expected);
  assert.deepEqual([opened.name, opened.contact], [identity.name, identity.contact]);
}

for (const name of names) {
  test(`${name}, scripts off: report, key, return, reply, console, answer`, { timeout: 600_000 }, async (t) => {
    const answer_file = make_file(`svar til ${name} ø.bin`, 2_500_000, name);
    const { key, seconds } = await hand_in(name);
    t.diagnostic(`${name}: three files, 100 MiB in all, in ${seconds.toFixed(1)} s`);
    await write_more(name, key);
    await answer_at_console(answer_file);
    await read_answer(name, key, answer_file);
    await name_needs_two();
  });
}

test("a browser logged in at both sends neither cookie to the other", { timeout: 120_000 }, async () => {
  const [to_portal, to_console] = [await Line.to(service.portal), await Line.to(service.console)];
  const browser = await launch("chromium", { scripts: true });
  try {
    const { key } = await new (await import("./support/reporter.mjs")).Reporter(service.portal).report({ text: "two doors" });
    const page = await browser.page();
    await log_in_at_console(page.raw, service.with_role("investigator")[0], to_console.url);
    // Only the way without our script has a cookie; here it is the script that does not come.
    await page.raw.route("**/assets/reporter-*", (route) => route.abort());
    await page.go(to_portal.url + "/return");
    await page.fill("#key", key);
    await page.press_button('form[action="/return"] button');
    assert.match(await page.html(), /two doors/);
    // Both sessions live now; each side is visited again.
    await page.go(to_console.url + "/");
    await until(() => to_console.requests.some((r) => /tillit_console=/.test(r)), "the console's cookie goes to the console", 20);
    await page.go(to_portal.url + "/case");
    assert.match(await page.html(), /two doors/, "the session is alive");
    const cookies = (line) => new Set(line.requests.flatMap((r) => (/^cookie: (.*)$/im.exec(r)?.[1].split("; ") ?? []).map((c) => c.split("=")[0])));
    assert.ok(cookies(to_portal).size > 0 && cookies(to_console).size > 0);
    for (const cookie of cookies(to_portal)) assert.ok(!cookies(to_console).has(cookie), `${cookie} goes to one side only`);
  } finally {
    await browser.close();
    await to_portal.close();
    await to_console.close();
  }
});
