// Goal: with scripts on nothing that a reporter writes, and no secret of hers, leaves her browser unsealed. A whole
// dialogue in Chromium and Firefox through a line that records every byte, then a search of the recording, of all
// files of the service and of its memory. The same search finds everything in a dialogue with scripts off.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";

import { compile, find, scan_files, scan_memory } from "../scan/scanner.mjs";
import { launch, names } from "./support/browsers.mjs";
import { open_thread } from "./support/epochs.mjs";
import { messages_of, text_of } from "./support/html.mjs";
import { Member } from "./support/member.mjs";
import { bodies_of, read_notes, write_note } from "./support/notes.mjs";
import { Line } from "./support/proxy.mjs";
import { Reporter } from "./support/reporter.mjs";
import * as person from "./support/sealing_reporter.mjs";
import { start_service } from "./support/service.mjs";
import { twin } from "./support/twin.mjs";

let service, folder, org;
before(async () => {
  service = await start_service();
  org = Buffer.from((await (await fetch(`${service.console}/api/v1/organisation`)).json()).org, "base64url");
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-sealed-"));
});
after(async () => {
  await service?.remove();
  fs.rmSync(folder, { recursive: true, force: true });
});

const marker = () => crypto.randomBytes(12).toString("hex");

/** What one dialogue says; every part can be told from chance. */
function dialogue() {
  const say = { text: `Rapport ${marker()} æøå وثيقة 🙈`, reply: `Svar ${marker()}`, answer: `Answer ${marker()}`,
    note: `Note ${marker()}`, name: `Åse ${marker()}`, contact: `${marker()}@example.org`, file_name: `${marker()}.txt`, content: `Innhold ${marker()}\n`.repeat(5000) };
  const file = path.join(folder, say.file_name);
  fs.writeFileSync(file, say.content);
  return { ...say, file };
}

/** The secrets that a key makes, and the words themselves. */
function secrets_of(key) {
  const code = twin.caseKey.parseCode(key);
  const derived = ["caseIdentity", "reporterIdentity", "reporterSigningSeed", "identityShareA", "identityShareB"];
  return [
    { name: "key words", content: key }, { name: "key", content: code },
    ...derived.map((name) => ({ name, content: twin.caseKey[name](code, org) })),
  ];
}

const markers_of = (said) => ["text", "reply", "answer", "note", "name", "contact", "file_name"]
  .map((name) => ({ name, content: said[name] })).concat({ name: "content", content: said.content.slice(0, 40) });

/** A note among colleagues; returns the handling identity and all that passed between console and service meanwhile. */
async function write_note_on_the_line(member, id, body) {
  const line = (await Line.to(service.console)).record();
  const own = member.api.base;
  member.api.base = `${line.url}/api/v1`;
  const thread = await open_thread(member, id);
  assert.equal((await write_note(member, id, thread, body)).status, 201);
  const read = await read_notes(member, id, thread);
  assert.deepEqual(bodies_of(read), [body]);
  member.api.base = own;
  await line.close();
  return { recorded: Buffer.concat(line.recorded), identity: read.identities.get(0) };
}

async function investigator_answers(said) {
  const member = await Member.log_in(service, service.with_role("investigator")[0]);
  const id = await member.case_that_begins(said.text);
  const thread = await member.open(id);
  assert.deepEqual(thread.faults, []);
  const [report, reply] = thread.entries.map(({ statement }) => statement);
  assert.equal(report.body, said.text);
  assert.equal(report.sealedBy, "browser");
  assert.equal(report.manifest.identityGiven, true);
  assert.equal(reply.body, said.reply);
  for (const { attachments: [file] } of [report, reply]) {
    assert.equal(file.name, said.file_name);
    assert.equal(Buffer.from(await member.download(id, file, thread)).toString(), said.content);
  }
  await member.write(id, { body: said.answer, files: [{ name: said.file_name, content: Buffer.from(said.content) }] });
  const notes = await write_note_on_the_line(member, id, said.note);
  return { member, id, console_line: notes };
}

/** Both shares together open the name; here, because the product asks two people for them. */
async function identity_of(id, investigator, key) {
  const code = twin.caseKey.parseCode(key);
  const shares = { a: twin.caseKey.identityShareA(code, org), b: twin.caseKey.identityShareB(code, org) };
  const { page, grant } = await investigator.open(id);
  const expected = { org, caseId: Buffer.from(id, "base64url") };
  return twin.identity.openIdentity(Buffer.from(page.identity, "base64url"), shares, grant.verifyKey, expected);
}

const browsers = [...names.map((name) => ({ name, kind: name })), { name: "firefox like Tor Browser", kind: "firefox", like_tor: true }];
for (const { name, kind, like_tor } of browsers) {
  test(`${name}: a whole dialogue with scripts on, and nothing of it in what passed the line`, async (t) => {
    const said = dialogue();
    const line = (await Line.to(service.portal)).record();
    const browser = await launch(kind, { scripts: true, like_tor });
    let key, notes;
    try {
      const page = await browser.page();
      await person.write_report(page, line.url, { text: said.text, identity: said });
      const check = text_of(await page.html());
      assert.ok(check.includes(said.text) && check.includes(said.name), "the check page shows what was written");
      const started = Date.now();
      key = await person.seal_and_send(page, [said.file]);
      t.diagnostic(`${name}: sealed and stored in ${((Date.now() - started) / 1000).toFixed(1)} s`);
      await person.finish(page, key);

      await person.come_back(page, line.url, key);
      assert.deepEqual(messages_of(await page.html()).map((m) => m.body), [said.text]);
      await person.reply(page, said.reply, [said.file]);
      assert.deepEqual(messages_of(await page.html()).map((m) => m.body), [said.text, said.reply]);

      const { member, id, console_line } = await investigator_answers(said);
      notes = console_line;
      assert.equal((await identity_of(id, member, key)).name, said.name);

      await person.come_back(page, line.url, key);
      assert.deepEqual(messages_of(await page.html()).map((m) => m.body), [said.text, said.reply, said.answer]);
      const link = messages_of(await page.html())[2].files[0];
      const got = await page.download(`a[href="${link.href}"]`);
      assert.equal(fs.readFileSync(got.file, "utf8"), said.content, "the reporter reads the file bit for bit");
      await page.press_only('form[action="/leave"] button');
    } finally {
      await browser.close();
      await line.close();
    }
    const needles = [...markers_of(said), ...secrets_of(key), { name: "handling identity", content: notes.identity }];
    assert.ok(notes.recorded.includes(`/cases/`) && notes.recorded.includes("/notes"), "the console's line recorded the note");
    assert.deepEqual(find(compile(needles), notes.recorded), [], "nothing between console and service");
    assert.ok(Buffer.concat(line.recorded).includes("/api/v1/reports"), "the line recorded the dialogue");
    assert.deepEqual(find(compile(needles), Buffer.concat(line.recorded)), [], "nothing on the wire");
    assert.deepEqual(scan_files(service.directory, needles), [], "nothing in any file");
    assert.deepEqual(scan_memory(service.pid, needles).hits, [], "nothing in the service's memory");
  });
}

test("control: the same search finds a dialogue with scripts off", async () => {
  const said = dialogue();
  const line = (await Line.to(service.portal)).record();
  const reporter = new Reporter(line.url);
  const { key } = await reporter.report({
    text: said.text, identity: said, files: [{ name: said.file_name, content: Buffer.from(said.content) }],
  });
  await reporter.come_back(key);
  await reporter.reply(said.reply);
  await line.close();
  const hits = new Set(find(compile([...markers_of(said), { name: "key words", content: key }]), Buffer.concat(line.recorded))
    .map((hit) => hit.name));
  for (const name of ["text", "reply", "name", "contact", "file_name", "content", "key words"]) {
    assert.ok(hits.has(name), `found: ${name}`);
  }
});
