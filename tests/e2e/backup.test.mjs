// Goal: a backup made while reports come in holds every case that was confirmed before it began, whole, with its files;
// restored elsewhere the reporter comes back with her key, investigators with their own, and the log still holds.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import test, { after, before } from "node:test";

import { scan_files } from "../scan/scanner.mjs";
import { messages_of } from "./support/html.mjs";
import { Member } from "./support/member.mjs";
import { Reporter } from "./support/reporter.mjs";
import { run_program, start_service } from "./support/service.mjs";

const file = { name: "ledger.bin", content: crypto.randomBytes(3_000_000) };
const text = "The invoices were split in three.";
let service, restored, key, backup, recovery;

async function tillit(...args) {
  const end = await run_program(args);
  assert.equal(end.code, 0, end.stdout + end.stderr);
  return end.stdout;
}

/** Reports one after the other until told to stop; the keys of what was confirmed before and after `mark()`. */
function keep_reporting(portal) {
  const confirmed = [];
  let is_over = false;
  const all = (async () => {
    while (!is_over) confirmed.push((await new Reporter(portal).report({ text: `Report ${confirmed.length}` })).key);
  })();
  return { confirmed, stop: () => ((is_over = true), all) };
}

before(async () => {
  service = await start_service();
  recovery = path.join(service.directory, "recovery.key");
  backup = path.join(service.directory, "backup.age");
  const reporter = new Reporter(service.portal);
  ({ key } = await reporter.report({ text, files: [file] }));
});
after(async () => {
  await restored?.remove();
  await service?.remove();
});

test("a backup is made while reports come in, and holds what was confirmed before", { timeout: 120_000 }, async (t) => {
  await tillit("backup", "key", "--out", recovery);
  const traffic = keep_reporting(service.portal);
  while (traffic.confirmed.length < 5) await new Promise((done) => setTimeout(done, 50));
  const before = [...traffic.confirmed];
  await tillit("backup", "create", "--data", service.data, "--to", `${recovery}.pub`, "--out", backup);
  const until = traffic.confirmed.length;
  while (traffic.confirmed.length < until + 3) await new Promise((done) => setTimeout(done, 50));
  await traffic.stop();
  t.diagnostic(`${before.length} reports confirmed before, ${traffic.confirmed.length - before.length} during and after`);

  assert.match(await tillit("backup", "verify", backup, "--key", recovery), /database is sound/);
  const data = path.join(service.directory, "elsewhere");
  await tillit("backup", "restore", backup, "--key", recovery, "--data", path.join(data, "data"));
  restored = await start_service({ directory: data, demo: false });
  restored.people = service.people;

  const reporter = new Reporter(restored.portal);
  const page = await reporter.come_back(key);
  assert.deepEqual(messages_of(page.html).map((m) => m.body), [text]);
  const [{ files: [link] }] = messages_of(page.html);
  assert.deepEqual((await reporter.get(link.href)).body, file.content, "bit for bit");
  const opens = async (one) => /action="\/leave"/.test((await new Reporter(restored.portal).come_back(one)).html);
  for (const one of before) assert.ok(await opens(one));
  assert.ok(!(await opens(traffic.confirmed.at(-1))), "what came after the backup is not in it");
});

test("investigators open their cases there and answer, and the log holds", { timeout: 60_000 }, async () => {
  const member = await Member.log_in(restored, restored.with_role("investigator")[0]);
  const id = await member.case_that_begins(text.slice(0, 12));
  await member.write(id, { body: "We are back." });
  const page = await new Reporter(restored.portal).come_back(key);
  assert.deepEqual(messages_of(page.html).map((m) => m.body), [text, "We are back."]);
});

test("the backup holds nothing in clear, and the server's own secrets do not open it", { timeout: 60_000 }, async () => {
  const folder = path.join(service.directory, "only-backup");
  fs.mkdirSync(folder);
  fs.copyFileSync(backup, path.join(folder, "backup.age"));
  const needles = [{ name: "text", content: text }, { name: "organisation", content: "Fjordvik kommune" }];
  assert.deepEqual(scan_files(folder, needles), []);
  fs.writeFileSync(path.join(folder, "planted"), `x${text}x`);
  assert.ok(scan_files(folder, needles).length > 0, "control: the search finds");
  const db_key = path.join(service.data, "orgs/default/db.key");
  const end = await run_program(["backup", "verify", backup, "--key", db_key]);
  assert.equal(end.code, 1);
});
