import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";

import { utf8 } from "../crypto/bytes.ts";
import type { DirectoryMember } from "../crypto/directory.ts";
import type { Role } from "../crypto/grant.ts";
import { sha256 } from "../crypto/hash.ts";
import { nameForStatement } from "../shared/file_name.ts";
import { ApiError, ConnectionLost } from "./api.ts";
import { acknowledgeDue, addMonths, feedbackDue } from "./dates.ts";
import { mentions, wordsOf, wordsOfReport } from "./mentions.ts";
import { Cancelled, persist, type Watcher } from "./patience.ts";
import { chooseRecipients } from "./recipients.ts";
import { cleanText } from "./view.ts";

function member(number: number, role: Role, isDefault = false, person = number): DirectoryMember {
  const id = (n: number) => new Uint8Array(16).fill(n);
  return {
    member: id(number), person: id(person), name: `P${number}`, office: "", role, recipient: new Uint8Array(1216),
    verifyKey: new Uint8Array(32), sinceDay: 0, isDefault,
  };
}
const ingrid = member(1, "investigator", true);
const jonas = member(2, "investigator", true);
const mats = member(3, "investigator");
const kari = member(4, "custodian");
const liv = member(5, "alternate");
const members = [ingrid, jonas, mats, kari, liv];
const names = (people: { name: string }[]) => people.map(({ name }) => name);

test("a report goes to exactly those who are ticked", () => {
  const chosen = chooseRecipients(members, [ingrid.member, jonas.member], []);
  assert.deepEqual(names(chosen.readers), ["P1", "P2"]);
  assert.equal(chosen.custodian, kari);
  assert.deepEqual(chosen.excluded, []);
  assert.equal(chosen.fallsToAlternate, false);
});

test("who is unticked is excluded, in all of that person's roles", () => {
  const jonasAsCustodian = member(6, "custodian", false, 2);
  const chosen = chooseRecipients([...members.slice(0, 3), jonasAsCustodian, kari, liv], [ingrid.member], []);
  assert.deepEqual(names(chosen.excluded), ["P2"]);
  assert.deepEqual(names(chosen.readers), ["P1"]);
  assert.equal(chosen.custodian, kari);
});

test("when nobody is left the alternate receives, and without one nobody does", () => {
  const chosen = chooseRecipients(members, [], []);
  assert.equal(chosen.fallsToAlternate, true);
  assert.deepEqual(names(chosen.readers), ["P5"]);
  assert.deepEqual(chooseRecipients(members, [], [liv.member]).readers, []);
});

test("nobody reads and guards the name of one case", () => {
  const ingridAsCustodian = member(7, "custodian", false, 1);
  const chosen = chooseRecipients([ingrid, ingridAsCustodian], [ingrid.member], []);
  assert.equal(chosen.custodian, undefined);
});

test("months are counted as the regulation does", () => {
  const day = (text: string) => Date.parse(text) / 86_400_000;
  assert.equal(addMonths(day("2026-11-30"), 3), day("2027-02-28"));
  assert.equal(addMonths(day("2027-11-30"), 3), day("2028-02-29"));
  assert.equal(addMonths(day("2026-05-15"), 3), day("2026-08-15"));
  assert.equal(acknowledgeDue(day("2026-11-22")), day("2026-11-29"));
  assert.equal(feedbackDue(day("2026-11-22")), day("2027-02-28"));
});

test("a text is cleaned as the server does it", () => {
  assert.equal(cleanText("a\r\nb\n"), "a\nb\n");
  assert.equal(cleanText(" \t\r\n"), "");
  assert.equal(cleanText("a\0b"), "ab");
  assert.equal(cleanText("half \ud83d"), "half \ufffd");
});

test("a name cut in the middle of a character is still text that every reader takes", () => {
  const name = nameForStatement("x".repeat(119) + "🙈.jpg");
  assert.equal(name, "x".repeat(119) + "\ufffd");
  assert.equal(nameForStatement(""), "file");
});

interface MentionVectors {
  cases: { comment: string; text: string; name: string; office: string; expect: boolean }[];
  characters: { last: number; sha256: string };
}
const folder = ["tests/vectors", "../tests/vectors"].find((path) => fs.existsSync(path))!;
const vectors = JSON.parse(fs.readFileSync(`${folder}/mentions.json`, "utf8")) as MentionVectors;

test("mentions.json: who seems to be mentioned", () => {
  assert.ok(vectors.cases.length > 40);
  for (const one of vectors.cases) assert.equal(mentions(wordsOf(one.text), one), one.expect, one.comment);
});

test("mentions.json: what is a word, and how it is lowered", () => {
  const { last, sha256: expected } = vectors.characters;
  const text = Array.from({ length: last }, (_, i) => `${String.fromCodePoint(i + 1)} `).join("");
  assert.equal(Buffer.from(sha256(utf8(wordsOf(text)))).toString("hex"), expected);
});

test("text, name and names of files are searched, those of files also where their letters are in two parts", () => {
  const ase = { name: "Åse Ødegård", office: "" };
  const found = (text: string, name: string, files: string[]) => mentions(wordsOfReport(text, name, files.map((file) => ({ name: file }))), ase);
  assert.deepEqual([found("Ødegård", "", []), found("", "Ødegård", []), found("", "", ["a.txt", "Ødegård.txt"])], [true, true, true]);
  assert.ok(found("", "", ["Ødegård.txt".normalize("NFD")]));
  assert.ok(!found("a", "b", ["c.txt"]));
});

/** A watcher that never wants to wait. */
function hasty(): Watcher & { waits: number[]; abort: () => void } {
  const controller = new AbortController();
  const waits: number[] = [];
  return { waits, abort: () => controller.abort(), signal: controller.signal, waiting: (s) => void waits.push(s), tryNow: async () => undefined };
}

test("a lost connection is tried again and told so, a refusal is not", async () => {
  const watcher = hasty();
  const seen: boolean[] = [];
  const result = await persist(watcher, async (isAgain) => {
    seen.push(isAgain);
    if (seen.length < 3) throw seen.length === 1 ? new ConnectionLost() : new ApiError(503, "busy");
    return "done";
  });
  assert.equal(result, "done");
  assert.deepEqual(seen, [false, true, true]);
  assert.deepEqual(watcher.waits, [1, 2, 0]);
  await assert.rejects(persist(hasty(), async () => { throw new ApiError(503, "not_receiving"); }), ApiError);
  await assert.rejects(persist(hasty(), async () => { throw new ApiError(422, "upload"); }), ApiError);
});

test("a server without room for files is asked a few times, not without end", async () => {
  const watcher = hasty();
  await assert.rejects(persist(watcher, async () => { throw new ApiError(503, "full"); }), ApiError);
  assert.deepEqual(watcher.waits, [1, 2, 4, 8, 15]);
});

test("waiting can be stopped", async () => {
  const watcher = { ...hasty(), tryNow: () => new Promise<void>(() => undefined) };
  const controller = new AbortController();
  const running = persist({ ...watcher, signal: controller.signal }, async () => { throw new ConnectionLost(); });
  setTimeout(() => controller.abort(), 5);
  await assert.rejects(running, Cancelled);
});
