import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";

import { fromBase64url, random, toBase64url, utf8 } from "../crypto/bytes.ts";
import { ApiError, type CaseRow } from "./api.ts";
import { dueOf } from "./due.ts";
import { doubtAbout, verifiedDirectory } from "./known_directory.ts";
import { Memory } from "./memory.ts";
import { cleanFileName } from "../shared/file_name.ts";
import { dayText, sizeText, t, tCode, tn } from "./text.ts";

const today = 20_779; // 22 November 2026
const row = (more: Partial<CaseRow>): CaseRow => ({
  case_id: "", received_day: today - 10, acknowledged_day: today - 9, acknowledge_due_day: today - 3,
  feedback_due_day: today + 60, feedback_day: null, state: "investigating", unread: false, last_position: 1, ...more,
});

test("what is due is said in words", () => {
  const cases: [Partial<CaseRow>, string, string][] = [
    [{ acknowledged_day: null, acknowledge_due_day: today }, "Confirm today", "danger"],
    [{ acknowledged_day: null, acknowledge_due_day: today + 1 }, "Confirm tomorrow", "warning"],
    [{ acknowledged_day: null, acknowledge_due_day: today - 3 }, "Overdue since 19 November", "danger"],
    [{ feedback_due_day: today + 9 }, "Feedback in 9 days", "warning"],
    [{ feedback_due_day: today }, "Feedback today", "danger"],
    [{ feedback_due_day: today - 400 }, "Overdue since 18 October 2025", "danger"],
    [{ feedback_due_day: today - 1, feedback_day: today - 5 }, "Being investigated", "neutral"],
    [{ state: "waiting_for_reporter" }, "Waiting for reporter", "neutral"],
    [{ state: "closed", feedback_due_day: today - 1 }, "Closed", "success"],
    [{ state: "something new" }, "Unknown state", "neutral"],
  ];
  for (const [more, text, colour] of cases) assert.deepEqual(dueOf(row(more), today), { text, colour });
});

test("a file name from outside cannot name a place, hide its ending or be empty", () => {
  const cases: [string, string][] = [
    ["../../etc/passwd", "passwd"], ["C:\\temp\\a.txt", "a.txt"], ["bill\u202egnp.exe", "billgnp.exe"],
    [".bashrc", "bashrc"], ["", "file"], ["///", "file"], ["con.txt", "_con.txt"], ["a\u0000b\n.pdf", "ab.pdf"],
    ["bilde “1” – صورة.jpg", "bilde “1” – صورة.jpg"],
  ];
  for (const [name, clean] of cases) assert.equal(cleanFileName(name), clean);
  const long = cleanFileName(`${"x".repeat(500)}.pdf`);
  assert.equal(long.length, 120);
  assert.ok(long.endsWith(".pdf"));
});

test("memory keeps what was pinned and what was seen, and drops the oldest cases", () => {
  const memory = new Memory(new Uint8Array(0));
  memory.pin("org", 0, { version: 2, hash: "h" });
  const head = { author: random(16), seq: 3, hash: random(32) };
  for (let i = 0; i < 250; i += 1) memory.rememberHeads(`case ${i}`, [head]);
  assert.ok(memory.isChanged);
  const again = new Memory(memory.toBytes());
  assert.equal(again.organisation, "org");
  assert.deepEqual(again.directory, { version: 2, hash: "h" });
  assert.deepEqual(again.heads("case 249"), [
    { author: toBase64url(head.author), seq: 3, hash: toBase64url(head.hash) },
  ]);
  assert.deepEqual(again.heads("case 1"), []);
  again.rememberHeads("case 249", [head]);
  assert.equal(again.isChanged, false);
  assert.deepEqual(new Memory(utf8("not json")).heads("case 1"), []);
});

test("texts are filled in, counted and found by code", () => {
  assert.equal(t("inbox.received", { day: "1 May" }), "Received 1 May");
  assert.equal(tn("inbox.count", 1), "1 case");
  assert.equal(tn("inbox.count", 3), "3 cases");
  assert.equal(tCode("error", "no such code", "error.unknown"), t("error.unknown"));
  assert.equal(dayText(today, today), "22 November");
  assert.equal(dayText(today - 365, today), "22 November 2025");
  assert.equal(sizeText(1536), "1.5 KB");
});

const folder = ["tests/vectors", "../tests/vectors"].find((path) => fs.existsSync(path))!;
const { histories, signers_first } = JSON.parse(
  fs.readFileSync(`${folder}/directory.json`, "utf8"),
);
const notes: string[] = histories[0].notes;
const history = async (earlier: string[], isBroken = false) => {
  const api = {
    directory: async () => ({ signers_notes: [signers_first[0].note], directory: histories[0].newest }),
    earlierDirectories: async () => {
      if (isBroken) throw new ApiError(0, "offline");
      return { directories: earlier };
    },
  };
  const org = JSON.parse(signers_first[0].note.split("\n")[1]).org as string;
  return verifiedDirectory(api as never, new Memory(new Uint8Array(0)), fromBase64url(org));
};

test("a report sealed to a list that had been replaced, or that nobody published, is noticed", async () => {
  const known = await history(notes);
  const published = known.directory!.day;
  const [second, first] = known.earlier;
  assert.equal(doubtAbout(known, 3, known.hash, published + 300), null);
  assert.equal(doubtAbout(known, 2, known.directory!.previous, published), null);
  assert.equal(doubtAbout(known, 2, known.directory!.previous, published + 1), null, "open over midnight");
  assert.equal(doubtAbout(known, 2, known.directory!.previous, published + 2), "superseded");
  assert.equal(doubtAbout(known, 1, second!.previous, published + 2), "superseded");
  assert.equal(doubtAbout(known, 2, known.hash, published), "unknown_list");
  assert.equal(doubtAbout(known, 4, known.hash, published), "unknown_list");
  assert.equal(first!.version, 1);
});

test("a service that keeps earlier lists back is noticed by the reports sealed to them", async () => {
  const known = await history([]);
  assert.equal(doubtAbout(known, 2, known.directory!.previous, known.directory!.day), "unknown_list");
});

test("earlier lists that did not come are asked for again, and alarm nobody", async () => {
  await assert.rejects(history(notes, true), { code: "offline" });
});

test("the auditor's page has words for every kind of event that the service records", () => {
  const source = fs.readFileSync(`${folder}/../../server/app/log.h`, "utf8");
  const kinds = [...source.matchAll(/^inline constexpr std::string_view k\w+ =\s+"(\w+)";/gm)].map(([, kind]) => kind!);
  assert.ok(kinds.length >= 17, kinds.join());
  for (const kind of kinds) assert.notEqual(tCode("log.kind", kind, "log.kind.other"), t("log.kind.other"), kind);
});
