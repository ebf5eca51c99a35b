// What the twin must do by itself; what both twins must agree on stands in vectors.test.ts.
import assert from "node:assert/strict";
import test from "node:test";

import * as age from "./age.ts";
import { attachmentBucket, openAttachment, pieceBytes, sealAttachment } from "./attachment.ts";
import { concat, equal, fromBase64url, random, toBase64url, utf8 } from "./bytes.ts";
import * as keys from "./case_key.ts";
import { checkChains, headsOf, type ChainEntry } from "./chains.ts";
import { verifyKeyOf, verifyRaw } from "./ed25519.ts";
import { envelopeHash, openEnvelope, sealEnvelope } from "./envelope.ts";
import { openGrant, recipientHash, sealGrant, type Grant } from "./grant.ts";
import { openIdentity, sealIdentity } from "./identity.ts";
import { unwrapKeyring, wrapKeyring } from "./keyring.ts";
import { decodeStatement, encodeStatement, reporter, type Statement } from "./statement.ts";
import { parseStrictJson } from "./strict_json.ts";

const code = (expected: string) => ({ name: "CryptoError", code: expected });
const org = random(16);
const key = random(16);
const seed = keys.caseIdentity(key, org);
const recipient = age.recipientOf(seed);
const reporterRecipient = age.recipientOf(keys.reporterIdentity(key, org));
const signing = keys.reporterSigningSeed(key, org);
const verify = verifyKeyOf(signing);
const caseId = keys.caseId(org, recipient, reporterRecipient, verify);

function statement(more: Partial<Statement> = {}): Statement {
  return {
    org, caseId, epoch: 0, kind: "message", from: reporter, seq: 1, prev: new Uint8Array(32),
    heads: [], sealedBy: "browser", body: "Hei, 你好 🙂", state: "", attachments: [], ...more,
  };
}

function bytesOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + 7) & 255);
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value);
  return concat(...parts);
}

test("base64url decodes only what encodes to the same text", () => {
  for (let length = 0; length < 40; length += 1) {
    const bytes = random(length);
    assert.deepEqual(fromBase64url(toBase64url(bytes)), bytes);
  }
  for (const text of ["A", "AB=", "A+", "AB", "é"]) assert.throws(() => fromBase64url(text), code("malformed"));
});

test("a code comes back from its words, its numbers and its prefixes", () => {
  for (let i = 0; i < 50; i += 1) {
    const fresh = random(16);
    assert.deepEqual(keys.parseCode(keys.codeToWords(fresh)), fresh);
    assert.deepEqual(keys.parseCode(keys.codeToNumbers(fresh)), fresh);
    const lines = keys.codeToWords(fresh).split(" ").map((w, n) => `${n + 1}. ${w.slice(0, 4).toUpperCase()}`);
    assert.deepEqual(keys.parseCode(lines.join("\n")), fresh);
  }
});

test("a code with a wrong word says what is wrong", () => {
  const text = keys.codeToWords(new Uint8Array(16));
  assert.throws(() => keys.parseCode(text.replace(/about$/, "zoo")), code("wrong_checksum"));
  assert.throws(() => keys.parseCode(text.replace(/about$/, "")), code("wrong_count"));
  assert.throws(() => keys.parseCode(text.replace(/about$/, "aboutt")), code("not_words"));
});

test("an age file opens with its identity alone, for all sizes around a chunk", async () => {
  for (const size of [0, 1, 65535, 65536, 65537]) {
    const plain = bytesOf(size);
    const sealed = await age.seal(plain, recipient);
    assert.equal(sealed.length, age.sealedSize(size));
    assert.deepEqual(await age.open(sealed, seed), plain);
    await assert.rejects(age.open(sealed, random(32)), code("not_authentic"));
    sealed[sealed.length - 1]! ^= 1;
    await assert.rejects(age.open(sealed, seed), code("not_authentic"));
  }
});

test("strict JSON refuses what two readers could read differently", () => {
  const refused: [string, string][] = [
    ['{"a":1,"a":2}', "duplicate_key"], ['{"a":1,"\\u0061":2}', "duplicate_key"], ["[]", "not_an_object"],
    ['{"a":1.0}', "bad_number"], ['{"a":-1}', "bad_number"], ['{"a":9007199254740992}', "bad_number"],
    ['{"a":01}', "not_json"], ['{"a":null}', "not_json"], ['{"a":"\\ud800"}', "not_json"],
    ['{"a":"\\u0000"}', "nul"], ['{"a":{"b":{"c":{"d":{}}}}}', "too_deep"], ['{"a":1} x', "not_json"],
    ["\ufeff{}", "not_json"], ['{"a":1,}', "not_json"], ["5", "not_an_object"],
  ];
  for (const [text, why] of refused) assert.throws(() => parseStrictJson(utf8(text)), code(why), text);
  assert.throws(() => parseStrictJson(Uint8Array.of(0x7b, 0xff, 0x7d)), code("not_utf8"));
  assert.deepEqual(parseStrictJson(utf8(' {"a" : [1, {"b":"\\ud83d\\ude42"}]} ')).get("a"), [
    1, new Map([["b", "🙂"]]),
  ]);
});

test("a statement decodes to itself and refuses an unknown key", () => {
  const text = encodeStatement(statement({ kind: "status", from: random(16), state: "closed" }));
  assert.deepEqual(encodeStatement(decodeStatement(text)), text);
  const more = utf8(new TextDecoder().decode(text).replace('{"t"', '{"x":1,"t"'));
  assert.throws(() => decodeStatement(more), code("malformed"));
});

test("an envelope fills its bucket and verifies for its author and case alone", async () => {
  for (const [length, bucket] of [[1, 4096], [4000, 16384], [60000, 65536], [250000, 262144]]) {
    const sealed = await sealEnvelope(statement({ body: "x".repeat(length!) }), signing, recipient);
    assert.equal(sealed.length, age.sealedSize(bucket!));
    const opened = await openEnvelope(sealed, seed);
    assert.equal(opened.verify(verify, org, caseId).body.length, length);
    assert.throws(() => opened.verify(verifyKeyOf(random(32)), org, caseId), code("bad_signature"));
    assert.throws(() => opened.verify(verify, org, random(32)), code("wrong_case"));
    assert.throws(() => opened.verify(verify, org, caseId, 1), code("wrong_case"));
  }
  await assert.rejects(sealEnvelope(statement({ body: "x".repeat(262144) }), signing, recipient), code("too_large"));
});

test("a fork, a gap and a head never delivered are found", () => {
  const entry = (s: Statement): ChainEntry => ({ statement: s, hash: envelopeHash(encodeStatement(s)) });
  const first = entry(statement());
  const second = entry(statement({ seq: 2, prev: first.hash }));
  const other = entry(statement({ seq: 2, prev: first.hash, body: "another" }));
  const ahead = entry(statement({ from: random(16), heads: [{ author: reporter, seq: 3, hash: random(32) }] }));
  assert.deepEqual(checkChains([first, second]), []);
  assert.equal(headsOf([first, second])[0]!.seq, 2);
  assert.equal(checkChains([first, second, other])[0]!.what, "fork");
  assert.equal(checkChains([second])[0]!.what, "gap");
  assert.equal(checkChains([first, ahead])[0]!.what, "missing_head");
});

test("a grant opens for its addressee and this case alone", async () => {
  const memberSeed = random(32);
  const member = age.recipientOf(memberSeed);
  const grant: Grant = {
    org, caseId, epoch: 0, to: random(16), toRecipientHash: recipientHash(member), dirVersion: 1,
    dirHash: random(32), role: "investigator", secret: seed, share: keys.identityShareB(key, org),
    verifyKey: verify, reporterRecipientHash: recipientHash(reporterRecipient),
    excluded: [{ person: random(16), name: "Kari Nordmann" }],
  };
  const expected = { org, caseId, caseRecipient: recipient, reporterRecipient };
  const sealed = await sealGrant(grant, signing, member);
  assert.deepEqual(await openGrant(sealed, memberSeed, expected), grant);
  await assert.rejects(openGrant(sealed, random(32), expected), code("not_sealed"));
  await assert.rejects(openGrant(sealed, memberSeed, { ...expected, caseId: random(32) }), code("wrong_case"));
  const forged = await sealGrant({ ...grant, secret: random(32) }, signing, member);
  await assert.rejects(openGrant(forged, memberSeed, expected), code("wrong_case"));
  const signedByOther = await sealGrant(grant, random(32), member);
  await assert.rejects(openGrant(signedByOther, memberSeed, expected), code("bad_signature"));
});

test("an identity opens with both shares, not with one", async () => {
  const shares = { a: keys.identityShareA(key, org), b: keys.identityShareB(key, org) };
  const identity = { org, caseId, given: true, name: "Åse", contact: "ase@example.org" };
  const sealed = await sealIdentity(identity, signing, shares);
  assert.equal(sealed.length, age.sealedSize(4096));
  assert.deepEqual(await openIdentity(sealed, shares, verify, { org, caseId }), identity);
  const alone = { a: new Uint8Array(32), b: shares.b };
  await assert.rejects(openIdentity(sealed, alone, verify, { org, caseId }), code("not_sealed"));
});

test("an attachment comes back bit for bit, or not at all", async () => {
  for (const size of [0, 1, 65536, 65537, 3 * pieceBytes + 5]) {
    const content = bytesOf(size);
    const pieces: Uint8Array[] = [];
    const { storedSize, storedHash } = await sealAttachment(
      new Blob([content]).stream(), size, recipient, async (piece) => void pieces.push(piece.slice()),
    );
    const stored = concat(...pieces);
    assert.equal(stored.length, storedSize);
    assert.equal(storedSize, age.sealedSize(attachmentBucket(size)));
    assert.ok(pieces.slice(0, -1).every((piece) => piece.length === pieceBytes));
    const open = async (bytes: Uint8Array, hash = storedHash) =>
      readAll(await openAttachment(new Blob([bytes as BlobPart]).stream(), seed, size, hash));
    assert.ok(equal(await open(stored), content));
    await assert.rejects(open(stored, random(32)), code("not_authentic"));
    await assert.rejects(open(stored.subarray(0, stored.length - 70000)));
  }
});

test("a keyring opens with its key, person and version alone", () => {
  const keyring = { identity: random(32), signing: random(32), heads: utf8("{}") };
  const wrap = random(32);
  const place = { org, person: random(16), version: 3 };
  const wrapped = wrapKeyring(keyring, wrap, place);
  assert.deepEqual(unwrapKeyring(wrapped, wrap, place), keyring);
  assert.throws(() => unwrapKeyring(wrapped, wrap, { ...place, version: 4 }), code("not_authentic"));
  assert.throws(() => unwrapKeyring(wrapped, random(32), place), code("not_authentic"));
});

test("a torsion key and a non-canonical S are refused", () => {
  const torsion = fromBase64url("7f-f____________________________________f38").slice(0, 32);
  assert.equal(verifyRaw(utf8("x"), new Uint8Array(64), torsion), false);
  assert.equal(verifyRaw(utf8("x"), new Uint8Array(64), Uint8Array.of(1, ...new Uint8Array(31))), false);
});
