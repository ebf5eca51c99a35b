// Both twins read tests/vectors; what the C++ side sealed, opens here, and is judged the same.
import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";

import { argon2id } from "hash-wasm";
import { MLKEM768X25519 } from "@noble/post-quantum/hybrid.js";

import { verifyAct } from "./act.ts";
import * as age from "./age.ts";
import { attachmentBucket, openAttachment, StoredHasher } from "./attachment.ts";
import { be32, concat, CryptoError, fromBase64url, utf8 } from "./bytes.ts";
import * as keys from "./case_key.ts";
import { CaseThread } from "./case_thread.ts";
import { checkChains } from "./chains.ts";
import { verifyCheckpoint } from "./checkpoint.ts";
import * as directory from "./directory.ts";
import * as letters from "./disclosure.ts";
import { verifyKeyOf, verifyRaw } from "./ed25519.ts";
import { envelopeHash, openEnvelope } from "./envelope.ts";
import { encodeCaseNote, openCaseNote, sealCaseNote } from "./case_note.ts";
import { openHandlingGrant, sealHandlingGrant } from "./handling_grant.ts";
import { NoteThread } from "./note_thread.ts";
import { openEpochGrant, sealEpochGrant } from "./epoch_grant.ts";
import { openGrant, recipientHash } from "./grant.ts";
import { labelledHash, sha256 } from "./hash.ts";
import { openIdentity } from "./identity.ts";
import * as keyring from "./keyring.ts";
import { encodeKeyringFile } from "./keyring_file.ts";
import { dayLeaf, dayLeaves, eventHash } from "./log_event.ts";
import { merkleRoot, verifyConsistency, verifyInclusion } from "./merkle.ts";
import { unpackSigned } from "./signed_plaintext.ts";
import { decodeStatement, encodeStatement } from "./statement.ts";
import { parseStrictJson } from "./strict_json.ts";
import { readSubmission, submissionFront } from "./submission_file.ts";

/* eslint-disable @typescript-eslint/no-explicit-any -- vectors are data without a type */
const folder = ["tests/vectors", "../tests/vectors"].find((path) => fs.existsSync(path))!;
const read = (name: string): any => JSON.parse(fs.readFileSync(`${folder}/${name}.json`, "utf8"));
const fromHex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** "success", or the name of the error. */
async function verdict(act: () => unknown): Promise<string> {
  try {
    await act();
    return "success";
  } catch (error) {
    if (error instanceof CryptoError) return error.code;
    throw error;
  }
}

for (const v of read("case_key").derived) {
  test(`case key ${v.words.slice(0, 30)}…: everything it derives`, () => {
    const key = fromHex(v.entropy);
    const org = fromHex(v.org);
    assert.equal(keys.codeToWords(key), v.words);
    assert.equal(keys.codeToNumbers(key), v.numbers);
    const token = keys.lookupToken(key, org);
    assert.equal(hex(token), v.lookup_token);
    assert.equal(hex(keys.lookupHash(token)), v.lookup_hash);
    assert.equal(hex(keys.reporterIdentity(key, org)), v.reporter_identity);
    assert.equal(hex(keys.caseIdentity(key, org)), v.case_identity);
    const [a, b] = [keys.identityShareA(key, org), keys.identityShareB(key, org)];
    assert.equal(hex(a), v.identity_share_a);
    assert.equal(hex(b), v.identity_share_b);
    assert.equal(hex(keys.identityEnvelopeSeed(a, b)), v.identity_envelope_seed);
    assert.equal(hex(keys.reporterSigningSeed(key, org)), v.reporter_signing_seed);
    const verify = verifyKeyOf(fromHex(v.reporter_signing_seed));
    assert.equal(hex(verify), v.verify_key);
    const recipient = age.recipientOf(fromHex(v.case_identity));
    const reporter = age.recipientOf(fromHex(v.reporter_identity));
    assert.equal(hex(sha256(recipient)), v.case_recipient_sha256);
    assert.equal(hex(sha256(reporter)), v.reporter_recipient_sha256);
    assert.equal(hex(recipientHash(recipient)), v.case_recipient_hash);
    const id = keys.caseId(org, recipient, reporter, verify);
    assert.equal(hex(id), v.case_id);
    assert.equal(keys.shortCaseId(id), v.short_case_id);
  });
}
for (const v of read("case_key").accept) {
  test(`case key is read: ${v.comment}`, () => assert.equal(hex(keys.parseCode(v.text)), v.entropy));
}
for (const v of read("case_key").reject) {
  test(`case key is refused: ${v.comment}`, async () =>
    assert.equal(await verdict(() => keys.parseCode(v.text)), v.error));
}
for (const v of read("case_key").typed_fingerprints) {
  test(`a typed fingerprint: ${v.comment}`, () => assert.equal(keys.saysFingerprint(v.typed, fromHex(v.hash)), v.is_it));
}
const submissions = read("submission_file");
/** The file that a case describes; as tests/support/submission_vectors.h puts it together. */
function submissionVector(v: any): Uint8Array {
  const head = utf8(v.head.replace(/"\$(\w+)"/g, (_: string, name: string) => JSON.stringify(submissions.parts[name])));
  const then = (v.then ?? []).map((name: string) => fromBase64url(submissions.parts[name]));
  const file = concat(utf8(v.magic ?? "TILLITs1"), be32(v.length ?? head.length), sha256(head), head, ...then, fromHex(v.append ?? ""));
  if (v.flip !== undefined) file[v.flip]! ^= 1;
  if (v.flip_from_end !== undefined) file[file.length - v.flip_from_end]! ^= 1;
  return file.subarray(0, Math.min(file.length - (v.cut_from_end ?? 0), v.cut ?? file.length));
}
for (const v of submissions.cases) {
  test(`submission file: ${v.comment}`, async () => {
    const file = submissionVector(v);
    assert.equal(await verdict(() => readSubmission(file)), v.expect);
    if (v.expect !== "success") return;
    assert.equal(hex(sha256(file)), v.file_sha256);
    const { head, attachments } = await readSubmission(file);
    assert.deepEqual(concat(submissionFront(head), ...attachments), file);
  });
}
test("fingerprints in words", () => {
  for (const v of read("case_key").fingerprints) assert.equal(keys.fingerprintWords(fromHex(v.hash)), v.words);
});

for (const v of read("statement_accept").accept) {
  test(`statement is read: ${v.comment}`, () => {
    const statement = decodeStatement(utf8(v.text));
    assert.equal(statement.body, v.body);
    assert.equal(statement.seq, v.seq);
    const same = new TextDecoder().decode(encodeStatement(statement)) === v.text;
    assert.equal(same, v.re_encodes_the_same);
  });
}
for (const v of read("statement_reject").reject) {
  test(`statement is refused: ${v.comment}`, async () => {
    const bytes = v.hex === undefined ? utf8(v.text) : fromHex(v.hex);
    const act = () => (v.level === "json" ? parseStrictJson(bytes) : decodeStatement(bytes));
    assert.equal(await verdict(act), v.error);
    assert.equal(await verdict(() => decodeStatement(bytes)), "malformed");
  });
}

const envelopes = read("envelope");
for (const v of envelopes.cases) {
  test(`envelope: ${v.comment}`, async () => {
    const sealed = fromBase64url(v.sealed);
    const open = async () => {
      const unverified = await openEnvelope(sealed, fromHex(envelopes.case_identity));
      return unverified.verify(
        fromHex(envelopes.verify_key), fromHex(envelopes.org), fromHex(envelopes.case_id), envelopes.epoch,
      );
    };
    assert.equal(await verdict(open), v.expect);
    if (v.envelope_hash) assert.equal(hex(envelopeHash(sealed)), v.envelope_hash);
    if (v.expect === "success" && v.statement) {
      assert.deepEqual(await open(), decodeStatement(utf8(v.statement)));
    }
  });
}

const grants = read("grant");
for (const v of grants.cases) {
  test(`grant: ${v.comment}`, async () => {
    const expected = {
      org: fromHex(grants.org),
      caseId: fromHex(grants.case_id),
      caseRecipient: age.recipientOf(fromHex(grants.case_identity)),
      reporterRecipient: age.recipientOf(fromHex(grants.reporter_identity)),
    };
    const open = () => openGrant(fromBase64url(v.sealed), fromHex(grants.member_identity), expected);
    assert.equal(await verdict(open), v.expect);
  });
}

const identities = read("identity");
for (const v of identities.cases) {
  test(`identity: ${v.comment}`, async () => {
    const shares = { a: fromHex(identities.share_a), b: fromHex(identities.share_b) };
    const expected = { org: fromHex(identities.org), caseId: fromHex(identities.case_id) };
    const open = () => openIdentity(fromBase64url(v.sealed), shares, fromHex(identities.verify_key), expected);
    assert.equal(await verdict(open), v.expect);
  });
}

const disclosures = read("disclosure");
for (const v of disclosures.cases) {
  test(`${v.letter}, read by ${v.reader}: ${v.comment}`, async () => {
    const who = disclosures.readers[v.reader];
    const me: letters.LetterReader = {
      identity: fromHex(who.identity),
      member: fromHex(who.member),
      org: fromHex(disclosures.org),
      caseId: fromHex(disclosures.case_id),
      directory: disclosures.directory.map((m: any) => ({
        member: fromHex(m.member), person: fromHex(m.person), role: m.role, verifyKey: fromHex(m.verify_key),
      })),
      excluded: disclosures.excluded.map(fromHex),
    };
    const sealed = fromBase64url(v.sealed);
    const open = async (): Promise<letters.Opened<letters.Letter>> => {
      if (v.letter === "request") return letters.openRequest(sealed, me);
      const answered = await letters.openRequest(fromBase64url(who.answered), me);
      if (v.letter === "refusal") return letters.openRefusal(sealed, me, answered);
      if (v.letter === "opening") return letters.openOpening(sealed, me, answered);
      return letters.openDisclosure(sealed, me, answered);
    };
    assert.equal(await verdict(open), v.expect);
    if (v.expect !== "success") return;
    const { letter, hash } = await open();
    assert.equal(hex(hash), v.hash);
    if (letter.t === "disclosure") assert.equal(hex(letter.share), disclosures.share_a);
    // What this twin writes for the same letter is what the other wrote.
    const again = await letters.sealLetter(letter, new Uint8Array(32), age.recipientOf(me.identity));
    const { statement } = unpackSigned("TILLITl1", await age.open(again, me.identity));
    assert.equal(new TextDecoder().decode(statement), v.statement);
  });
}

const threads = read("case_thread");
/** Who reads a thread of case_thread.json. */
function readerOf(name: string) {
  const identities = new Map<string, Uint8Array>([
    ["reporter", fromHex(threads.reporter_identity)], ["new reporter", fromHex(threads.new_reporter_identity)],
  ]);
  const members = threads.directory.map((m: any) => {
    identities.set(m.name, fromHex(m.identity));
    return {
      name: m.name, member: fromHex(m.member), person: fromHex(m.person), role: m.role, verifyKey: fromHex(m.verify_key),
      recipient: age.recipientOf(fromHex(m.identity)),
    };
  });
  const mine = members.find((m: any) => m.name === name);
  return {
    org: fromHex(threads.org), caseId: fromHex(threads.case_id), me: mine?.member ?? new Uint8Array(16),
    identity: identities.get(name)!, reporterKey: fromHex(threads.reporter_key),
    reporterRecipient: age.recipientOf(identities.get("reporter")!), directory: { members } as any,
  };
}

for (const v of threads.cases) {
  test(`thread, read by ${v.reader}: ${v.comment}`, async () => {
    const reader = readerOf(v.reader);
    const thread = new CaseThread(reader, threads.secrets.slice(0, v.reader === "new reporter" ? 2 : 1).map(fromHex));
    for (const [epoch, name] of Object.entries(v.offered)) {
      thread.offer(Number(epoch), fromBase64url(threads.objects[name as string]));
    }
    let position = 0;
    for (const name of v.envelopes) await thread.add(fromBase64url(threads.objects[name]), (position += 1), 1);
    assert.deepEqual(
      {
        epoch: thread.epoch, entries: thread.entries.length, faults: thread.faults.map(({ what }) => what),
        holders: thread.holders.map(({ member }) => thread.find(member)!.name), is_due: thread.isEpochDue,
        is_shut: thread.isShut,
      },
      v.expect,
    );
  });
}

const handedOn = read("epoch_grant");
for (const v of handedOn.cases) {
  test(`keys handed on: ${v.comment}`, async () => {
    const author = fromHex(handedOn.author);
    const reader = {
      identity: fromHex(handedOn.identity), me: fromHex(handedOn.me), org: fromHex(handedOn.org), caseId: fromHex(handedOn.case_id),
      authorKey: (from: Uint8Array) => (hex(from) === hex(author) ? fromHex(handedOn.author_key) : undefined),
    };
    const open = () => openEpochGrant(fromBase64url(v.sealed), reader);
    assert.equal(await verdict(open), v.expect);
    if (v.expect !== "success") return;
    // What this twin writes for the same grant is what the other wrote.
    const again = await sealEpochGrant(await open(), new Uint8Array(32), age.recipientOf(reader.identity));
    const { statement } = unpackSigned("TILLITg2", await age.open(again, reader.identity));
    assert.equal(new TextDecoder().decode(statement), v.statement);
  });
}

const handed = read("handling_grant");
for (const v of handed.cases) {
  test(`what notes are sealed to: ${v.comment}`, async () => {
    const reader = {
      identity: fromHex(handed.identity), me: fromHex(handed.me), org: fromHex(handed.org), caseId: fromHex(handed.case_id),
      authorKey: (from: Uint8Array, epoch: number) => {
        assert.ok(epoch === 3 || epoch === 31, "the one of the grant is asked for");
        return hex(from) === handed.author ? fromHex(handed.author_key) : undefined;
      },
    };
    const open = () => openHandlingGrant(fromBase64url(v.sealed), reader);
    assert.equal(await verdict(open), v.expect);
    if (v.expect !== "success") return;
    const again = await sealHandlingGrant(await open(), new Uint8Array(32), age.recipientOf(reader.identity));
    const { statement } = unpackSigned("TILLITh1", await age.open(again, reader.identity));
    assert.equal(new TextDecoder().decode(statement), v.statement);
  });
}

const single = read("case_note");
for (const v of single.cases) {
  test(`a note: ${v.comment}`, async () => {
    const identity = fromHex(single.identity);
    const open = async () =>
      (await openCaseNote(fromBase64url(v.sealed), identity)).verify(
        fromHex(single.author_key), fromHex(single.org), fromHex(single.case_id),
      );
    assert.equal(await verdict(open), v.expect);
    if (v.expect !== "success") return;
    assert.equal(new TextDecoder().decode(encodeCaseNote(await open())), v.statement);
    const again = await sealCaseNote(await open(), new Uint8Array(32), age.recipientOf(identity));
    const { statement } = unpackSigned("TILLITn1", await age.open(again, identity));
    assert.equal(new TextDecoder().decode(statement), v.statement);
  });
}

const noteThreads = read("note_thread");
for (const v of noteThreads.cases) {
  test(`notes, read by ${v.reader}: ${v.comment}`, async () => {
    const reader = readerOf(v.reader);
    const thread = new CaseThread(reader, [fromHex(threads.secrets[0])]);
    for (const [epoch, name] of Object.entries(v.offered)) {
      thread.offer(Number(epoch), fromBase64url(threads.objects[name as string]));
    }
    let position = 0;
    for (const name of v.thread) await thread.add(fromBase64url(threads.objects[name]), (position += 1), 1);
    assert.deepEqual(thread.faults, []);
    const notes = new NoteThread(reader, thread);
    for (const name of v.grants) await notes.offer(fromBase64url(noteThreads.objects[name]));
    position = 0;
    for (const name of v.notes) await notes.add(fromBase64url(noteThreads.objects[name]), (position += 1), 1);
    const found = {
      epochs: [...notes.identities.keys()], entries: notes.entries.length, faults: notes.faults.map(({ what }) => what),
      chain: checkChains(notes.entries).map(({ what }) => what),
    };
    assert.deepEqual(found, v.expect);
  });
}

const attachments = read("attachment");
test("attachment buckets", () => {
  for (const v of attachments.buckets) assert.equal(attachmentBucket(v.content), v.bucket);
});
test("stored hashes", async () => {
  for (const v of attachments.stored_hashes) {
    const hasher = new StoredHasher();
    await hasher.update(Uint8Array.from({ length: v.size }, (_, i) => i % 251));
    assert.equal(hex(await hasher.finish()), v.stored_hash);
  }
});
async function readStream(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value);
  return concat(...parts);
}
for (const v of attachments.cases) {
  test(`attachment: ${v.comment}`, async () => {
    const sealed = fromBase64url(attachments.files[v.file]);
    const open = async () => {
      const stored = new Blob([sealed as BlobPart]).stream();
      const hash = fromHex(v.stored_hash);
      return readStream(await openAttachment(stored, fromHex(attachments.case_identity), v.size, hash));
    };
    assert.equal(await verdict(open), v.expect);
    if (v.content !== undefined) assert.equal(new TextDecoder().decode(await open()), v.content);
  });
}

const notes = read("directory");
const first = () => directory.verifyFirstSignersNote(notes.signers_first[0].note);
for (const v of notes.signers_first) {
  test(`first signers note: ${v.comment}`, async () => {
    assert.equal(await verdict(() => directory.verifyFirstSignersNote(v.note)), v.expect);
    assert.equal(hex(directory.noteHash(v.note)), v.note_hash);
    if (v.organisation_fingerprint) {
      const fingerprint = directory.organisationFingerprint(v.note);
      assert.equal(hex(fingerprint), v.organisation_fingerprint);
      assert.equal(keys.fingerprintWords(fingerprint), v.words);
    }
  });
}
for (const v of notes.signers_next) {
  test(`next signers note: ${v.comment}`, async () =>
    assert.equal(await verdict(() => directory.verifyNextSignersNote(v.note, first())), v.expect));
}
for (const v of notes.chains) {
  test(`rotation: ${v.comment}`, async () => {
    assert.equal(await verdict(() => directory.verifySignersChain(v.notes)), v.expect);
    if (!v.directory) return;
    const signers = directory.verifySignersChain(v.notes);
    const { note, today, expect } = v.directory;
    assert.equal(await verdict(() => directory.verifyDirectory(note, signers, today)), expect);
  });
}
for (const v of notes.histories) {
  test(`earlier directories: ${v.comment}`, () => {
    const newest = directory.verifyDirectory(v.newest, first(), 0);
    const versions = directory.earlierDirectories(v.notes, newest).map(({ version }) => version);
    assert.deepEqual(versions, v.versions);
  });
}
for (const v of notes.directories) {
  test(`directory: ${v.comment}`, async () =>
    assert.equal(await verdict(() => directory.verifyDirectory(v.note, first(), v.today)), v.expect));
}
test("a member's fingerprint", () => {
  const v = notes.member_fingerprint;
  const args = [v.org, v.person, v.recipient, v.verify_key].map(fromHex) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const hash = directory.memberFingerprint(...args);
  assert.equal(hex(hash), v.hash);
  assert.equal(keys.fingerprintWords(hash), v.words);
});

for (const v of read("keyring").logins) {
  test(`log-in keys: ${v.comment}`, async () => {
    const org = fromHex(v.org);
    const stretched = await argon2id({
      password: utf8(keyring.normalisedPassphrase(v.passphrase)),
      salt: keyring.loginSalt(org, v.login),
      outputType: "binary",
      ...keyring.argon2Parameters,
    });
    const made = keyring.loginKeysFrom(stretched, org);
    assert.equal(hex(made.auth), v.auth_key);
    assert.equal(hex(made.wrap), v.wrap_key);
    assert.equal(hex(keyring.authHash(made.auth)), v.auth_hash);
  });
}
test("recovery code", () => {
  const v = read("keyring").recovery;
  const code = fromHex(v.code);
  assert.equal(keys.codeToWords(code), v.words);
  assert.equal(keys.codeToNumbers(code), v.numbers);
  const made = keyring.recoveryKeys(code, fromHex(v.org));
  assert.deepEqual([hex(made.auth), hex(made.wrap)], [v.auth_key, v.wrap_key]);
});
test("keyring file: as written", () => {
  const [v] = read("keyring").files;
  const text = encodeKeyringFile({
    org: fromHex(v.org), member: fromHex(v.member), person: fromHex(v.person), login: v.login, version: v.version,
    keyring: fromHex(v.keyring), signersNotes: v.signers_notes, directory: v.directory,
  });
  assert.equal(text, v.text);
});
for (const v of read("keyring").wrapped) {
  test(`wrapped keyring: ${v.comment}`, () => {
    const place = { org: fromHex(v.org), person: fromHex(v.person), version: v.version };
    const opened = keyring.unwrapKeyring(fromBase64url(v.wrapped), fromHex(v.wrap_key), place);
    assert.deepEqual([hex(opened.identity), hex(opened.signing)], [v.identity, v.signing]);
    assert.equal(new TextDecoder().decode(opened.heads), v.heads);
  });
}

for (const v of read("chains").cases) {
  test(`chains: ${v.comment}`, () => {
    const author = (name: string) =>
      name === "reporter" ? new Uint8Array(16) : labelledHash("author", utf8(name)).subarray(0, 16);
    const hash = (name: string) => (name === "" ? new Uint8Array(32) : labelledHash("hash", utf8(name)));
    const thread = v.thread.map((s: any) => ({
      hash: hash(s.hash),
      statement: {
        from: author(s.author), seq: s.seq, prev: hash(s.prev),
        heads: s.heads.map((h: any) => ({ author: author(h.author), seq: h.seq, hash: hash(h.hash) })),
      },
    }));
    const faults = v.faults.map((f: any) => ({ what: f.what, author: author(f.author), seq: f.seq }));
    assert.deepEqual(checkChains(thread), faults);
  });
}

const log = read("log");
for (const v of log.trees) {
  test(`trees of the log: ${v.comment}`, () => {
    const leaves = v.leaves.map(fromHex) as Uint8Array[];
    const root = merkleRoot(leaves);
    const size = leaves.length;
    assert.equal(hex(root), v.root);
    leaves.forEach((leaf, i) => {
      const proof = v.inclusion[i].map(fromHex);
      assert.ok(verifyInclusion(leaf, i, size, proof, root));
      assert.ok(!verifyInclusion(leaf, i + 1, size, proof, root));
      assert.ok(!verifyInclusion(leaf, i, size, [...proof, root], root));
      const oldRoot = fromHex(v.consistency[i].old_root);
      const path = v.consistency[i].proof.map(fromHex);
      assert.ok(verifyConsistency(i + 1, size, oldRoot, root, path));
      assert.ok(!verifyConsistency(i + 1, size, sha256(oldRoot), root, path));
      assert.ok(!verifyConsistency(i + 1, size, oldRoot, sha256(root), path));
    });
  });
}
for (const v of log.events) {
  test(`event of the log: ${v.comment}`, () => assert.equal(hex(eventHash(fromHex(v.salt), v.event)), v.hash));
}
for (const v of log.acts) {
  test(`signed act: ${v.comment}`, async () => {
    const [org, object, member] = [v.org, v.object, v.member].map(fromHex) as [Uint8Array, Uint8Array, Uint8Array];
    const expected = { org, kind: v.kind, object, member };
    assert.equal(await verdict(() => verifyAct(v.statement, fromHex(v.signature), fromHex(v.key), expected)), v.expect);
  });
}
for (const v of log.days) {
  test(`day of the log: ${v.comment}`, () => {
    const leaves = dayLeaves(v.events.map(fromHex), fromHex(v.seed));
    assert.equal(leaves.length, v.width);
    assert.equal(hex(merkleRoot(leaves)), v.root);
    assert.equal(hex(dayLeaf(v.day, merkleRoot(leaves))), v.leaf);
  });
}
for (const v of log.checkpoints) {
  test(`checkpoint: ${v.comment}`, async () =>
    assert.equal(await verdict(() => verifyCheckpoint(v.text, v.origin, v.name, [fromHex(v.key)])), v.expect));
}

for (const v of read("ed25519")) {
  test(`ed25519: ${v.comment}`, () =>
    assert.equal(verifyRaw(fromHex(v.msg), fromHex(v.sig), fromHex(v.pub)), v.valid));
}

test("X-Wing: recipients, encapsulations, implicit rejection", () => {
  for (const v of read("xwing")) {
    const seed = fromHex(v.seed);
    assert.equal(hex(age.recipientOf(seed)), v.recipient);
    const made = MLKEM768X25519.encapsulate(fromHex(v.recipient), fromHex(v.randomness));
    assert.equal(hex(made.cipherText), v.encapsulation);
    assert.equal(hex(made.sharedSecret), v.shared);
    for (const damaged of v.damaged) {
      const text = fromHex(v.encapsulation);
      text[damaged.at]! ^= 1;
      const shared = MLKEM768X25519.decapsulate(text, seed);
      if (typeof damaged.shared === "string") assert.equal(hex(shared), damaged.shared);
    }
  }
});
