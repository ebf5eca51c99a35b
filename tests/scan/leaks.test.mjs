// Goal: what a reporter gave is readable in no file, no log, and, a second after log-out, in no memory of the service.
// Each scan first shows that it can find what it looks for: a planted file, an open session, a build that does not wipe.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";

import { form_for, numbers_of, words_of } from "../e2e/support/html.mjs";
import { Member } from "../e2e/support/member.mjs";
import { Reporter } from "../e2e/support/reporter.mjs";
import { program, sleep, start_service } from "../e2e/support/service.mjs";
import { twin } from "../e2e/support/twin.mjs";
import { scan_files, scan_memory } from "./scanner.mjs";

const unwiped = process.env.TILLIT_BIN_UNWIPED ?? program + "_unwiped";
const mark = (what) => `mk-${what}-${crypto.randomBytes(9).toString("hex")}-æ`;

/** Everything one reporter gives, all of it unmistakable. */
function story(name) {
  const marks = {};
  for (const part of ["text", "filename", "content", "identity", "contact", "reply", "replyname", "replycontent"]) {
    marks[part] = mark(part);
  }
  return { name, marks };
}

const around = (marker) => Buffer.concat([crypto.randomBytes(70_000), Buffer.from(marker), crypto.randomBytes(70_000)]);

/** Reports, comes back, replies with a file and looks. `extra` collects secrets of the session. */
async function tell(service, { marks }) {
  const reporter = new Reporter(service.portal);
  const prepared = await reporter.prepare({ text: `I saw ${marks.text} with my eyes`, identity: { name: marks.identity, contact: marks.contact } });
  const files = [{ name: `${marks.filename}.bin`, content: around(marks.content) }];
  const page = await reporter.follow(await reporter.send_report(prepared, files));
  const words = words_of(page.html);
  const numbers = numbers_of(page.html);
  assert.ok(words && numbers, "the key page");
  await reporter.follow(await reporter.post("/key/done", form_for(page.html, "/key/done").fields));
  const thread = await reporter.come_back(words);
  assert.ok(thread.html.includes(marks.text), "the report is read again");
  await reporter.reply(marks.reply, [{ name: `${marks.replyname}.bin`, content: around(marks.replycontent) }]);
  const [report] = await reporter.messages();
  const file = await reporter.get(report.files[0].href);
  assert.ok(file.body.includes(marks.content), "her file is read again");
  const form_token = new Map(form_for((await reporter.get("/case")).html, "/case/reply").fields).get("form_token");
  return { reporter, words, numbers, form_token };
}

function secrets_of(service_org, { words, numbers, reporter, form_token }) {
  const key = twin.caseKey.parseCode(words);
  const word = words.split(" ");
  const number = numbers.split(/\s+/);
  const needles = [
    { name: "key bytes", content: Buffer.from(key) },
    { name: "lookup token", content: Buffer.from(twin.caseKey.lookupToken(key, service_org)) },
    { name: "case identity", content: Buffer.from(twin.caseKey.caseIdentity(key, service_org)) },
    { name: "reporter identity", content: Buffer.from(twin.caseKey.reporterIdentity(key, service_org)) },
    { name: "signing seed", content: Buffer.from(twin.caseKey.reporterSigningSeed(key, service_org)) },
    { name: "share a", content: Buffer.from(twin.caseKey.identityShareA(key, service_org)) },
    { name: "share b", content: Buffer.from(twin.caseKey.identityShareB(key, service_org)) },
    { name: "form token", content: form_token },
  ];
  for (const at of [0, 4, 8]) {
    needles.push({ name: "key words", content: word.slice(at, at + 4).join(" ") });
    needles.push({ name: "key words in the page", content: word.slice(at, at + 4).join("</li>\n<li>") });
    needles.push({ name: "key numbers", content: number.slice(at, at + 4).join(" ") });
  }
  for (const [name, value] of reporter.cookies) needles.push({ name: `cookie ${name}`, content: value });
  return needles;
}

const marks_of = (one) => Object.entries(one.marks).map(([part, content]) => ({ name: part, content }));
const named = (owner, needles) => needles.map((n) => ({ ...n, name: `${owner}: ${n.name}` }));

test("no file of the data directory and no log holds anything readable", { timeout: 180_000 }, async () => {
  const service = await start_service();
  try {
    const one = story("reporter");
    const session = await tell(service, one);
    const kari = await Member.log_in(service, service.with_role("investigator")[0]);
    const [{ case_id }] = await kari.cases();
    const answer = { body: mark("answer"), name: mark("answername"), content: mark("answercontent") };
    await kari.write(case_id, { body: answer.body, files: [{ name: answer.name, content: around(answer.content) }] });
    assert.ok((await session.reporter.get("/case")).html.includes(answer.body));
    const needles = [
      ...marks_of(one),
      ...Object.entries(answer).map(([name, content]) => ({ name: `answer ${name}`, content })),
      ...secrets_of(kari.org, session),
      { name: "member's identity", content: Buffer.from(kari.keyring.identity) },
    ];
    const look = () => scan_files(service.directory, needles);
    assert.deepEqual(look(), [], "while it runs, write-ahead log included");

    const planted = path.join(service.data, "planted");
    for (const { content } of needles) {
      fs.writeFileSync(planted, Buffer.concat([crypto.randomBytes(1000), Buffer.from(content), crypto.randomBytes(10)]));
      assert.ok(look().length > 0, "a planted file is found");
    }
    fs.rmSync(planted);
    await session.reporter.leave();
    await service.stop();
    assert.deepEqual(look(), [], "after a clean stop");
  } finally {
    await service.remove();
  }
});

/** Ten sessions that ended and four that are open. Returns the hits for each kind of owner. */
async function fourteen(options) {
  const service = await start_service(options);
  try {
    const member = await Member.log_in(service, service.with_role("investigator")[0]);
    const ended = [];
    const open = [];
    for (let i = 0; i < 14; i += 1) {
      const one = story(`reporter ${i}`);
      (i % 7 < 2 ? open : ended).push({ ...one, session: await tell(service, one) });
    }
    for (const { session } of ended) {
      session.secrets = secrets_of(member.org, session);
      await session.reporter.leave();
    }
    await sleep(1000);
    const needles = [
      ...ended.flatMap((one) => named("ended", [...marks_of(one), ...one.session.secrets])),
      ...open.flatMap((one) => named("open", [...marks_of(one), ...secrets_of(member.org, one.session)])),
    ];
    const { hits, scanned_bytes } = scan_memory(service.pid, needles);
    for (const one of open) assert.equal((await one.session.reporter.get("/case")).status, 200, "the open ones live");
    return { ended: hits.filter((h) => h.name.startsWith("ended")), open: hits.filter((h) => h.name.startsWith("open")), scanned_bytes };
  } finally {
    await service.remove();
  }
}

const summary = (hits) => {
  const count = new Map();
  for (const h of hits) {
    const line = `${h.name} (${h.how}) in ${h.where}`;
    count.set(line, (count.get(line) ?? 0) + 1);
  }
  return [...count].map(([line, n]) => `${n}x ${line}`).sort();
};

test("a second after log-out, memory holds nothing of ten ended sessions", { timeout: 300_000 }, async (t) => {
  const found = await fourteen({});
  assert.ok(found.open.some((h) => h.name === "open: case identity"), "an open session is found, so the scan can see");
  t.diagnostic(`${(found.scanned_bytes / 2 ** 20).toFixed(0)} MiB of writable memory read`);
  assert.deepEqual(summary(found.ended), []);
  // The reporter's identity opens the keys of later epochs.
  const kept_open = ["case identity", "reporter identity", "signing seed", "form token"].map((name) => `open: ${name}`);
  // Of an open session only its keys and its form token stay, not what was written or read in it.
  const kept = new Set(found.open.map((h) => h.name));
  for (const name of kept) assert.ok(kept_open.includes(name), name);
});

test("the same scan finds the ten in a build that does not wipe", { timeout: 300_000 }, async (t) => {
  assert.ok(fs.existsSync(unwiped), `the control build is there: ${unwiped}`);
  const found = await fourteen({ binary: unwiped });
  for (const line of summary(found.ended)) t.diagnostic(`without wiping: ${line}`);
  assert.ok(found.ended.length > 0);
});
