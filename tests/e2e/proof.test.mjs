// Goal: a reporter who kept a proof of lodgement finds out in real browsers what a server no longer shows: with scripts on
// nothing of the file is sent, with scripts off the server compares and the page says so.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";

import { launch, names } from "./support/browsers.mjs";
import { form_for, text_of } from "./support/html.mjs";
import { Member } from "./support/member.mjs";
import { proof_of } from "./support/proof.mjs";
import { Line } from "./support/proxy.mjs";
import { Reporter } from "./support/reporter.mjs";
import * as person from "./support/sealing_reporter.mjs";
import { start_service, until } from "./support/service.mjs";
import { twin } from "./support/twin.mjs";

let service, folder, key, files;

async function saved(name, content) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, await content);
  return file;
}

before(async () => {
  service = await start_service();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-proof-"));
  ({ key } = await new Reporter(service.portal).report({ text: "The proof was kept." }));
  const member = await Member.log_in(service, service.with_role("investigator")[0]);
  await member.write(await member.case_that_begins("The proof was kept."), { body: "Thank you." });
  const { key: another } = await new Reporter(service.portal).report({ text: "Another case." });
  const day = Math.floor(Date.now() / 86_400_000) - 1;
  const gone = [
    { author: member.id, day, hash: crypto.randomBytes(32) },
    { author: new Uint8Array(16), day, hash: crypto.randomBytes(32) },
  ];
  files = {
    whole: await saved("whole.json", proof_of(service, key)),
    more: await saved("more.json", proof_of(service, key, gone)),
    other: await saved("other.json", proof_of(service, another)),
    none: await saved("none.json", "{}"),
    large: await saved("large.json", Buffer.alloc(5 << 20, " ")),
  };
});
after(async () => {
  await service?.remove();
  fs.rmSync(folder, { recursive: true, force: true });
});

const form = 'form[action="/case/proof/compare"]';
const reader = () => service.with_role("investigator")[0].name;

/** What each file must be told to be, with `compare` as this browser does it. */
async function all_files(compare) {
  assert.match(await compare(files.whole), /All that your proof holds is still here \(messages and notices: 2, the newest of/);
  const missing = await compare(files.more);
  assert.match(missing, /Missing here or not readable, though your proof holds it \(2 of 4 messages and notices\):/);
  assert.match(missing, new RegExp(`messages and notices\\): ${reader()}[^.]*You, \\d+ .*Keep the file,`));
  assert.match(await compare(files.other), /This proof is of another case/);
  assert.match(await compare(files.none), /This file is no proof of a report/);
  assert.match(await compare(files.large), /This file is no proof of a report/);
}

for (const name of names) {
  test(`${name}: with scripts on the browser compares by itself`, { timeout: 180_000 }, async () => {
    const line = (await Line.to(service.portal)).record();
    const browser = await launch(name, { scripts: true });
    try {
      const page = await browser.page();
      await person.come_back(page, line.url, key);
      assert.match(text_of(await page.html()), /read in this browser only\. Nothing of it is sent/);
      await page.fill("#text", "Half a reply");
      await page.press_only("details summary");
      const sent = line.requests.length;
      let said = "";
      await all_files(async (file) => {
        await page.choose("#proof", file);
        await page.press_only(`${form} button`);
        const now = async () => text_of(/<div id="compared"[^>]*>([\s\S]*?)<div class="row">/.exec(await page.html())?.[1] ?? "");
        if (file === files.large) await page.settle(); // says what was said before
        else await until(async () => (await now()) !== said, "the comparison is said");
        return (said = await now());
      });
      assert.equal(await page.value("#text"), "Half a reply", "a reply being written stays");
      assert.equal(line.requests.length, sent, "nothing was asked of the server");
      const hash = JSON.parse(fs.readFileSync(files.more)).envelopes.at(-1).hash;
      assert.ok(!Buffer.concat(line.recorded).includes(hash), "nothing of the file was sent");
    } finally {
      await browser.close();
      await line.close();
    }
  });

  test(`${name}: with scripts off the server compares, and the page says so`, { timeout: 180_000 }, async () => {
    const browser = await launch(name, { scripts: false });
    try {
      const page = await browser.page();
      await page.go(`${service.portal}/return`);
      await page.fill("#key", key);
      await page.press_button("#return-form .row button");
      await all_files(async (file) => {
        await page.press_only("details summary");
        await page.choose("#proof", file);
        await page.press_button(`${form} button`);
        const said = text_of(await page.html());
        assert.match(said, /A server that hides messages could lie about this, too/);
        await page.press_button('main a[href="/case"]');
        return said;
      });
    } finally {
      await browser.close();
    }
  });
}

test("nothing of a file that was compared is stored", async () => {
  const hash = JSON.parse(fs.readFileSync(files.more)).envelopes.at(-1).hash;
  for (const name of fs.readdirSync(service.data, { recursive: true })) {
    const file = path.join(service.data, String(name));
    if (fs.statSync(file).isFile()) assert.ok(!fs.readFileSync(file).includes(hash), String(name));
  }
});

test("the service's own proof, from the day after: nothing is missing, with and without scripts", { timeout: 180_000 }, async () => {
  const checkpoint = async () => (await fetch(`${service.portal}/log/checkpoint`)).text();
  const first = await checkpoint();
  service.shift_days(1);
  await service.restart();
  await until(async () => (await checkpoint()) !== first, "the day is closed");
  const browser = await launch("chromium", { scripts: true });
  try {
    const page = await browser.page();
    await person.come_back(page, service.portal, key);
    const { file, name } = await page.download('form[action="/case/proof"] button');
    assert.equal(name, "proof.json");
    await page.press_only("details summary");
    await page.choose("#proof", file);
    await page.press_only(`${form} button`);
    await until(async () => /All that your proof holds is still here \(messages and notices: 2,/.test(text_of(await page.html())), "the comparison is said");
    const reporter = new Reporter(service.portal);
    await reporter.come_back(key);
    const parts = form_for((await reporter.get("/case")).html, "/case/proof/compare").fields;
    const reply = await reporter.post("/case/proof/compare", [...parts, { field: "proof", name, content: fs.readFileSync(file) }]);
    assert.equal(reply.status, 200);
    assert.match(text_of(reply.html), /All that your proof holds is still here \(messages and notices: 2,/);
  } finally {
    await browser.close();
  }
});
