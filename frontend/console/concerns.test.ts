import assert from "node:assert/strict";
import test from "node:test";

import { random, toBase64url } from "../crypto/bytes.ts";
import type { Directory, DirectoryMember } from "../crypto/directory.ts";
import type { Role } from "../crypto/grant.ts";
import { concernsAbout } from "./concerns.ts";
import { isAlone, isLastReader, whoCouldJoin } from "./hand_over.ts";
import type { KnownDirectory } from "./known_directory.ts";
import type { OpenCase } from "./thread.ts";

const today = 20_779; // 22 November 2026
const member = (name: string, role: Role): DirectoryMember => ({
  member: random(16), person: random(16), name, office: "", role, recipient: random(4), verifyKey: random(4), sinceDay: 0, isDefault: true,
});
const ingrid = member("Ingrid Berg", "investigator");
const jonas = member("Jonas Dahl", "investigator");
const liv = member("Liv Moen", "alternate");

function known(daysLeft: number, members = [ingrid, jonas, liv], closed: DirectoryMember[] = []): KnownDirectory {
  const directory: Directory = { org: random(16), version: 1, day: today, expiresDay: today + daysLeft, previous: random(32), members };
  return {
    directory, hash: random(32), fingerprint: "", warning: "none", earlier: [], signers: ["Anna Berg", "Bo Dahl"],
    closed: closed.map((one) => toBase64url(one.member)),
  };
}
const said = (about: KnownDirectory) => concernsAbout(about, today).map(({ text, colour }) => `${colour}: ${text}`);

test("an expiring directory is said from 60 days before, by name of those who can renew it", () => {
  assert.deepEqual(said(known(61)), []);
  const starts: [number, string][] = [
    [60, "warning: The list of receivers is good until 21 January 2027, for 60 more days. After that the portal takes no reports."],
    [2, "warning: The list of receivers is good until 24 November, for 2 more days."],
    [1, "warning: The list of receivers is good until 23 November, for one more day."],
    [0, "danger: The list of receivers is good for today. From tomorrow on the portal takes no reports."],
    [-1, "danger: The list of receivers was good until 21 November. The portal takes no reports now."],
  ];
  for (const [left, start] of starts) {
    const [text, ...more] = said(known(left));
    assert.deepEqual(more, []);
    assert.ok(text?.startsWith(start), text);
    assert.match(text!, /the signers \(Anna Berg, Bo Dahl\):/);
  }
});

test("fewer than two investigators who can log in are said, whoever else there is", () => {
  assert.deepEqual(said(known(100)), []);
  assert.deepEqual(said(known(100, [ingrid, jonas, liv], [liv])), []);
  for (const about of [known(100, [ingrid, liv]), known(100, [ingrid, jonas, liv], [jonas])]) {
    const [text, ...more] = said(about);
    assert.deepEqual(more, []);
    assert.match(text!, /^danger: Ingrid Berg is the only investigator left .* the signers \(Anna Berg, Bo Dahl\):/);
  }
  assert.match(said(known(100, [liv]))[0]!, /^danger: No investigator is left/);
  assert.equal(said(known(-1, [liv])).length, 2);
});

test("of a directory that could not be verified nothing is said here", () => {
  assert.deepEqual(said({ ...known(-1), directory: null }), []);
});

test("a case that only one can open is told, also where the other's account was closed", () => {
  const open = (readers: DirectoryMember[], about: KnownDirectory, isShut = false) =>
    ({ known: about, grant: { excluded: [] }, read: { readersWhoStay: readers, isShut, holder: () => undefined } }) as unknown as OpenCase;
  assert.equal(isAlone(open([ingrid, jonas], known(100))), false);
  assert.equal(isAlone(open([ingrid], known(100))), true);
  const closed = open([ingrid, jonas], known(100, [ingrid, jonas, liv], [jonas]));
  assert.equal(isAlone(closed), true);
  assert.equal(isLastReader(closed), true, "so she cannot leave");
  assert.deepEqual(whoCouldJoin(closed).map(({ name }) => name), ["Ingrid Berg", "Liv Moen"], "and nobody gives him a key");
  assert.equal(isAlone(open([], known(100))), false, "without its report nothing is known");
  assert.equal(isAlone(open([ingrid], known(100), true)), false, "nor by who was left out");
});
