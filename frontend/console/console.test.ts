import assert from "node:assert/strict";
import test from "node:test";

import { random, toBase64url, utf8 } from "../crypto/bytes.ts";
import type { CaseRow } from "./api.ts";
import { dueOf } from "./due.ts";
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
