// A server that lies, against both clients that read: whatever it forges, replays, re-orders, drops, moves or swaps is
// noticed, each with its own message. What cannot be noticed stands in SECURITY.md under "Not promised".
import assert from "node:assert/strict";
import test from "node:test";

import * as age from "../crypto/age.ts";
import { fromBase64url, random, toBase64url, utf8 } from "../crypto/bytes.ts";
import { caseNoteHash } from "../crypto/case_note.ts";
import { headsOf } from "../crypto/chains.ts";
import { noteHash, signDirectory, signSignersNote, type Directory, type DirectoryMember } from "../crypto/directory.ts";
import { verifyKeyOf } from "../crypto/ed25519.ts";
import { envelopeHash, sealEnvelope } from "../crypto/envelope.ts";
import { openGrant, sealGrant, type Role } from "../crypto/grant.ts";
import { reporter, type Statement } from "../crypto/statement.ts";
import type { NewNote } from "../console/api.ts";
import { Memory } from "../console/memory.ts";
import { checkNotes, openNotes, writeNote } from "../console/notes.ts";
import type { Session } from "../console/session.ts";
import { check, openCase } from "../console/thread.ts";
import { verifiedDirectory as consoleDirectory } from "../console/known_directory.ts";
import type { CaseReply } from "./api.ts";
import { readOrganisation, verifiedDirectory } from "./organisation.ts";
import { compareProof } from "./proof.ts";
import { chooseRecipients } from "./recipients.ts";
import { CaseSecrets, sealReport } from "./submission.ts";
import { readThread, type Thread } from "./thread.ts";

const b64 = toBase64url;
const org = random(16);
const today = Math.floor(Date.now() / 86_400_000);
const signers = ["one", "two", "three"].map((name) => ({ name, seed: random(32) }));
const note0 = signSignersNote({
  number: 0, org, threshold: 2, logKey: new Uint8Array(32).fill(7),
  signers: signers.map(({ name, seed }) => ({ name, office: "Hall", key: verifyKeyOf(seed), isAdministrator: name === "one" })),
}, signers);

interface Person {
  listed: DirectoryMember;
  identity: Uint8Array;
  signing: Uint8Array;
}
function person(name: string, role: Role): Person {
  const identity = random(32);
  const signing = random(32);
  return {
    identity, signing,
    listed: {
      member: random(16), person: random(16), name, office: "Office", role, recipient: age.recipientOf(identity),
      verifyKey: verifyKeyOf(signing), sinceDay: today - 9, isDefault: role === "investigator" && name !== "Mats",
    },
  };
}
const [ingrid, jonas, mats, kari, liv] = [
  person("Ingrid", "investigator"), person("Jonas", "investigator"), person("Mats", "investigator"),
  person("Kari", "custodian"), person("Liv", "alternate"),
] as [Person, Person, Person, Person, Person];
const directory: Directory = {
  org, version: 1, day: today - 9, expiresDay: today + 300, previous: new Uint8Array(32),
  members: [ingrid, jonas, mats, kari, liv].map(({ listed }) => listed),
};
const directoryNote = signDirectory(directory, signers.slice(0, 2));
const organisation = () => readOrganisation({
  org: b64(org), today, max_report_bytes: 1 << 30, signers_notes: [note0], directory: directoryNote, closed: [],
});

interface Wire {
  grants: { member: string; sealed: string }[];
  case_recipient: string;
  reporter_recipient: string;
  identity: string;
  report: string;
}
interface Stored {
  secrets: CaseSecrets;
  wire: Wire;
  id: Uint8Array;
  thread: Thread;
  sealed: string[]; // envelopes in the server's order
  epochs?: { epoch: number; sealed: string }[]; // the reporter's copies
}

async function reply(stored: Omit<Stored, "thread">): Promise<CaseReply> {
  return {
    today, max_report_bytes: 1 << 30, signers_notes: [note0], directory: directoryNote,
    case: {
      case_id: b64(stored.id), state: "received", received_day: today, acknowledge_due_day: today + 7, acknowledged_day: null,
      feedback_due_day: today + 97, feedback_day: null, opened_day: null, opened_count: 1,
    },
    reporter_recipient: stored.wire.reporter_recipient, has_new_words: false, epochs: stored.epochs ?? [],
    envelopes: stored.sealed.map((sealed, i) => ({ position: i + 1, day: today, sealed })),
  };
}

/** A message as honest software makes it from what it has read. */
async function message(stored: Stored, author: Person | "reporter", more: Partial<Statement> = {}): Promise<string> {
  const from = author === "reporter" ? reporter : author.listed.member;
  const { read } = await readThread(await reply(stored), stored.secrets);
  const { entries } = read;
  const mine = entries.filter(({ statement }) => b64(statement.from) === b64(from)).at(-1);
  const statement: Statement = {
    org, caseId: stored.id, epoch: read.epoch, kind: "message", from, seq: (mine?.statement.seq ?? 0) + 1,
    prev: mine?.hash ?? new Uint8Array(32), heads: headsOf(entries), sealedBy: "browser", body: "words", state: "",
    attachments: [], ...more,
  };
  const signing = author === "reporter" ? stored.secrets.signing : author.signing;
  return b64(await sealEnvelope(statement, signing, read.recipient));
}

/** Report, answer, reply, answer: four envelopes of two authors. */
async function dialogue(): Promise<Stored> {
  const about = organisation();
  const secrets = CaseSecrets.random(org);
  const to = chooseRecipients(about.directory.members, [ingrid.listed.member, jonas.listed.member], []);
  const wire = (await sealReport(about, secrets, to, { text: "The report", name: "", contact: "" }, [])) as Wire;
  const first = await readThread(await reply({ secrets, wire, id: random(32), sealed: [wire.report] }), secrets);
  const stored: Stored = { secrets, wire, id: first.id, thread: first, sealed: [wire.report] };
  for (const author of [ingrid, "reporter", ingrid] as const) stored.sealed.push(await message(stored, author));
  return stored;
}

async function reporterSees(stored: Stored, act: (lie: CaseReply) => CaseReply | void): Promise<string[]> {
  const honest = await reply(stored);
  const thread = await readThread(act(honest) ?? honest, stored.secrets);
  return [...new Set(thread.faults.map(({ what }) => what))].sort();
}

function sessionOf(who: Person, memory = new Memory(new Uint8Array(0)), served = directoryNote): Session {
  const api = { directory: async () => ({ signers_notes: [note0], directory: served }), earlierDirectories: async () => ({ directories: [] }) };
  const keyring = { identity: who.identity, signing: who.signing };
  const directoryOnce = () => consoleDirectory(api as never, memory, org);
  return { org, keyring, memory, me: { member: b64(who.listed.member) }, directory: directoryOnce } as unknown as Session;
}

function caseFile(stored: Stored, who: Person) {
  const grant = stored.wire.grants.find(({ member }) => member === b64(who.listed.member))!;
  return {
    today, grant: grant.sealed, identity: stored.wire.identity, read_position: 0, epochs: [] as { epoch: number; sealed: string }[],
    case: { case_id: b64(stored.id), case_recipient: stored.wire.case_recipient, reporter_recipient: stored.wire.reporter_recipient },
    grantees: stored.wire.grants.map(({ member }) => member),
    envelopes: stored.sealed.map((sealed, i) => {
      const { statement, hash } = stored.thread.read.entries[i]!;
      return { position: i + 1, day: today, author: b64(statement.from), seq: statement.seq, hash: b64(hash), sealed };
    }),
  };
}
type File = ReturnType<typeof caseFile>;

/** The faults that an investigator's console shows; or the reason why it does not open the case at all. */
async function consoleSees(stored: Stored, act: (lie: File) => void, session = sessionOf(ingrid)): Promise<string[]> {
  stored.thread = await readThread(await reply(stored), stored.secrets);
  const file = caseFile(stored, ingrid);
  act(file);
  try {
    const open = await openCase(file as never, session);
    return [...new Set(check(open, session).faults.map(({ kind }) => kind))];
  } catch (error) {
    return [`refused: ${(error as { code?: string }).code}`];
  }
}

const flipped = (text: string): string => text.slice(0, -20) + (text.at(-20) === "A" ? "B" : "A") + text.slice(-19);

test("an honest server raises no alarm", async () => {
  const stored = await dialogue();
  assert.deepEqual(await reporterSees(stored, () => undefined), []);
  assert.deepEqual(await consoleSees(stored, () => undefined), []);
});

test("a changed envelope", async () => {
  const stored = await dialogue();
  assert.deepEqual(await reporterSees(stored, (lie) => void (lie.envelopes[1]!.sealed = flipped(lie.envelopes[1]!.sealed))),
    ["chain_gap", "missing_head", "not_readable"]);
  assert.ok((await consoleSees(stored, (lie) => void (lie.envelopes[1]!.sealed = flipped(lie.envelopes[1]!.sealed)))).includes("not_sealed"));
});

test("a message dropped from the middle, and one dropped from the tail", async () => {
  const stored = await dialogue();
  assert.deepEqual(await reporterSees(stored, (lie) => void lie.envelopes.splice(1, 1)), ["chain_gap", "missing_head"]);
  assert.ok((await consoleSees(stored, (lie) => void lie.envelopes.splice(1, 1))).includes("gap"));
  // The tail: only who has seen it can miss it.
  const memory = new Memory(new Uint8Array(0));
  const session = sessionOf(ingrid, memory);
  assert.deepEqual(await consoleSees(stored, () => undefined, session), []);
  const later = sessionOf(ingrid, new Memory(memory.toBytes()));
  assert.deepEqual(await consoleSees(stored, (lie) => void lie.envelopes.pop(), later), ["missing_head"]);
});

/** A proof of what the server had then, in the layout of §10.7; what a comparison does not look at is made up. */
function proofOf(stored: Stored): string {
  const envelopes = stored.sealed.map((sealed, i) => ({
    author: b64(stored.thread.read.entries[i]!.statement.from), seq: i + 1, hash: b64(envelopeHash(fromBase64url(sealed))), day: today,
    salt: "", event: "", index: 0, width: 64, path: "", root: "", day_index: 0, day_path: "",
  }));
  const proof = { t: "receipt", signers_notes: [note0], checkpoint: "", report: stored.wire.report, envelopes };
  return `${JSON.stringify(proof)}\n`;
}

async function compared(stored: Stored, proof: string, act: (lie: CaseReply) => void = () => undefined) {
  const lie = await reply(stored);
  act(lie);
  const thread = await readThread(lie, stored.secrets);
  const { said, held, missing } = await compareProof(thread, utf8(proof));
  return { faults: thread.faults.length, said, held: held.length, missing: missing.map(({ author }) => b64(author)) };
}

test("drops the tail, found by the reporter with a receipt", async () => {
  const stored = await dialogue();
  stored.thread = await readThread(await reply(stored), stored.secrets);
  const proof = proofOf(stored);
  assert.deepEqual(await compared(stored, proof), { faults: 0, said: "all_here", held: 4, missing: [] });
  // Without the proof nobody could tell: no fault is found.
  assert.deepEqual(await compared(stored, proof, (lie) => void lie.envelopes.pop()),
    { faults: 0, said: "missing", held: 4, missing: [b64(ingrid.listed.member)] });
  assert.deepEqual(await compared(stored, proof, (lie) => void lie.envelopes.splice(1)),
    { faults: 0, said: "missing", held: 4, missing: [ingrid.listed.member, reporter, ingrid.listed.member].map(b64) });
  const last = stored.sealed.pop()!;
  stored.thread = await readThread(await reply(stored), stored.secrets);
  const another = await message(stored, ingrid, { body: "another" });
  stored.sealed.push(last);
  assert.deepEqual(await compared(stored, proof, (lie) => void (lie.envelopes[3]!.sealed = another)),
    { faults: 0, said: "missing", held: 4, missing: [b64(ingrid.listed.member)] });
  assert.deepEqual((await compared(stored, proof, (lie) => void (lie.envelopes = []))).missing.length, 4, "its own case, though nothing is left of it");
});

test("a proof of another case, and what is no proof, get their own words", async () => {
  const [stored, other] = [await dialogue(), await dialogue()];
  for (const one of [stored, other]) one.thread = await readThread(await reply(one), one.secrets);
  const said = async (proof: string) => (await compared(stored, proof)).said;
  const proof = proofOf(stored);
  assert.equal(await said(proof), "all_here");
  assert.equal(await said(proofOf(other)), "another_case");
  const mixed = JSON.parse(proof);
  mixed.report = other.wire.report;
  assert.equal(await said(`${JSON.stringify(mixed)}\n`), "no_proof");
  const changed = (act: (made: Record<string, unknown>) => void) => {
    const made = JSON.parse(proof);
    act(made);
    return `${JSON.stringify(made)}\n`;
  };
  const first = (made: Record<string, unknown>) => (made["envelopes"] as Record<string, unknown>[])[0]!;
  for (const wrong of [
    "", "{}\n", "null\n", "[]\n", proof.slice(0, -1), ` ${proof}`, proof.slice(0, 500), proof.replace('"day"', '"day":1,"day"'),
    changed((made) => void (made["t"] = "log")), changed((made) => void (made["envelopes"] = [])), changed((made) => void (made["envelopes"] = 1)),
    changed((made) => void (made["report"] = 7)), changed((made) => void (first(made)["author"] = "x")), changed((made) => void (first(made)["day"] = 1e9)),
    changed((made) => void (first(made)["day"] = "soon")), changed((made) => void (made["envelopes"] = [null])),
  ]) assert.equal(await said(wrong), "no_proof", wrong.slice(0, 80));
  assert.equal((await compareProof(stored.thread, new Uint8Array([0xff, 0xfe]))).said, "no_proof");
});

test("messages in another order", async () => {
  const stored = await dialogue();
  const swap = <T>(list: T[]) => void list.splice(1, 2, list[2]!, list[1]!);
  assert.deepEqual(await reporterSees(stored, (lie) => swap(lie.envelopes)), ["missing_head"]);
  assert.deepEqual(await consoleSees(stored, (lie) => swap(lie.envelopes)), ["missing_head"]);
});

test("a message delivered twice, and two with one number", async () => {
  const stored = await dialogue();
  assert.deepEqual(await reporterSees(stored, (lie) => void lie.envelopes.push(lie.envelopes[1]!)), ["chain_fork"]);
  const other = await message(stored, ingrid, { seq: 2, prev: new Uint8Array(32).fill(1), body: "another" });
  assert.ok((await reporterSees(stored, (lie) => void lie.envelopes.push({ position: 5, day: today, sealed: other }))).includes("chain_fork"));
});

test("a message moved from another case, or sealed for another organisation", async () => {
  const [stored, other] = [await dialogue(), await dialogue()];
  assert.ok((await reporterSees(stored, (lie) => void (lie.envelopes[1]!.sealed = other.sealed[1]!))).includes("not_readable"));
  const elsewhere = await message(stored, ingrid, { org: random(16) });
  assert.deepEqual(await reporterSees(stored, (lie) => void lie.envelopes.push({ position: 5, day: today, sealed: elsewhere })), ["not_readable"]);
  const wrongCase = await message(stored, ingrid, { caseId: random(32) });
  assert.deepEqual(await reporterSees(stored, (lie) => void lie.envelopes.push({ position: 5, day: today, sealed: wrongCase })), ["not_readable"]);
});

test("a message by the server itself, by a stranger, and by a colleague without a key", async () => {
  const stored = await dialogue();
  const forged = await message(stored, { ...ingrid, signing: random(32) });
  const stranger = await message(stored, person("Nobody", "investigator"));
  const colleague = await message(stored, mats);
  for (const sealed of [forged, stranger, colleague]) {
    assert.deepEqual(await reporterSees(stored, (lie) => void lie.envelopes.push({ position: 5, day: today, sealed })), ["wrong_signer"]);
  }
  const as = (author: Person, sealed: string) => (lie: File) => {
    lie.envelopes.push({ position: 5, day: today, author: b64(author.listed.member), seq: 1, hash: b64(envelopeHash(fromBase64url(sealed))), sealed });
  };
  assert.deepEqual(await consoleSees(stored, as(ingrid, forged)), ["bad_signature"]);
  assert.deepEqual(await consoleSees(stored, as(mats, colleague)), ["no_key_holder"]);
});

test("another case under the reporter's key, or none", async () => {
  const stored = await dialogue();
  assert.deepEqual(await reporterSees(stored, (lie) => void (lie.case.case_id = b64(random(32)))), ["no_report"]);
  assert.deepEqual(await reporterSees(stored, (lie) => void (lie.envelopes = [])), ["no_report"]);
});

test("an unsigned member, a directory by one signer, an expired and an older one", async () => {
  const more = { ...directory, members: [...directory.members, person("Spy", "investigator").listed] };
  assert.throws(() => verifiedDirectory([note0], signDirectory(more, signers.slice(0, 1)), org, today), { code: "below_threshold" });
  const unsigned = directoryNote.replace(/"name":"Mats"/, '"name":"Mots"');
  assert.throws(() => verifiedDirectory([note0], unsigned, org, today), { code: "bad_signature" });
  assert.throws(() => verifiedDirectory([note0], directoryNote, org, today + 301), { code: "expired" });
  assert.throws(() => verifiedDirectory([note0], directoryNote, random(16), today), { code: "wrong_org" });
  const second = { ...directory, version: 2, previous: noteHash(directoryNote) };
  const memory = new Memory(new Uint8Array(0));
  const newer = signDirectory(second, signers.slice(1));
  assert.equal((await sessionOf(ingrid, memory, newer).directory()).warning, "none");
  assert.equal((await sessionOf(ingrid, new Memory(memory.toBytes())).directory()).warning, "older_directory");
});

test("a grant dropped, re-sealed to somebody else, or for a recipient that was swapped", async () => {
  const stored = await dialogue();
  assert.deepEqual(await consoleSees(stored, (lie) => void lie.grantees.pop()), ["other_grantees"]);
  assert.deepEqual(await consoleSees(stored, (lie) => void lie.grantees.push(b64(mats.listed.member))), ["other_grantees"]);
  // A colluding colleague hands on what he has: his grant, sealed anew to Ingrid.
  const mine = stored.wire.grants.find(({ member }) => member === b64(jonas.listed.member))!;
  const expected = {
    org, caseId: stored.id, caseRecipient: stored.secrets.recipient, reporterRecipient: fromBase64url(stored.wire.reporter_recipient),
  };
  const grant = await openGrant(fromBase64url(mine.sealed), jonas.identity, expected);
  const forged = await sealGrant({ ...grant, to: ingrid.listed.member }, random(32), ingrid.listed.recipient);
  assert.deepEqual(await consoleSees(stored, (lie) => void (lie.grant = b64(forged))), ["refused: bad_signature"]);
  assert.deepEqual(await consoleSees(stored, (lie) => void (lie.grant = mine.sealed)), ["refused: not_sealed"]);
  const other = age.recipientOf(random(32));
  assert.deepEqual(await consoleSees(stored, (lie) => void (lie.case.case_recipient = b64(other))), ["refused: wrong_case"]);
});

test("another identity envelope", async () => {
  const [stored, other] = [await dialogue(), await dialogue()];
  assert.deepEqual(await consoleSees(stored, (lie) => void (lie.identity = other.wire.identity)), ["other_identity"]);
});

/** A server of internal notes: what each member was handed, and all notes in order. */
class NotesServer {
  handed: { to: string; epoch: number; sealed: string }[] = [];
  notes: { position: number; author: string; seq: number; hash: string; day: number; sealed: string }[] = [];

  session(who: Person, memory = new Memory(new Uint8Array(0))): Session {
    const member = b64(who.listed.member);
    const api = {
      notes: async () => structuredClone({ handling: this.handed.filter(({ to }) => to === member), notes: this.notes }),
      postNote: async (_: string, note: NewNote) => {
        for (const { member: to, sealed } of note.handling?.grants ?? []) this.handed.push({ to, epoch: note.epoch, sealed });
        const hash = b64(caseNoteHash(fromBase64url(note.sealed)));
        this.notes.push({ position: this.notes.length + 1, author: member, seq: note.seq, hash, day: today, sealed: note.sealed });
      },
    };
    return Object.assign(sessionOf(who, memory), { api });
  }
}

/** Ingrid and Jonas write to one another: five notes. */
async function noted() {
  const stored = await dialogue();
  stored.thread = await readThread(await reply(stored), stored.secrets);
  const server = new NotesServer();
  const open = (who: Person, session: Session) => openCase(caseFile(stored, who) as never, session);
  for (const [i, who] of [ingrid, jonas, ingrid, jonas, ingrid].entries()) {
    const session = server.session(who);
    await writeNote(await open(who, session), `note ${i + 1}`, session);
  }
  const sees = async (who: Person, memory?: Memory): Promise<string[]> => {
    const session = server.session(who, memory);
    const case_ = await open(who, session);
    const notes = await openNotes(case_, session);
    return [...new Set(checkNotes(case_, notes, session).map(({ kind }) => kind))];
  };
  const bodies = async (who: Person) => {
    const session = server.session(who);
    return (await openNotes(await open(who, session), session)).entries.map(({ statement }) => statement.body);
  };
  return { server, sees, bodies };
}

test("notes: an honest server raises no alarm, and both read the same", async () => {
  const { server, sees, bodies } = await noted();
  assert.deepEqual(await sees(ingrid), []);
  assert.deepEqual(await sees(jonas), []);
  assert.deepEqual(await bodies(jonas), ["note 1", "note 2", "note 3", "note 4", "note 5"]);
  assert.equal(server.handed.length, 2, "one handling identity, for two");
});

test("notes: changed, dropped, re-ordered, delivered twice, filed as another's", async () => {
  const lies: [string[], (server: NotesServer) => void][] = [
    [["not_sealed"], ({ notes }) => void (notes[4]!.sealed = flipped(notes[4]!.sealed))],
    [["missing_head", "gap"], ({ notes }) => void notes.splice(1, 1)],
    [["missing_head"], ({ notes }) => void notes.splice(1, 2, notes[2]!, notes[1]!)],
    [["fork"], ({ notes }) => void notes.push(notes[4]!)],
    [["outside_differs"], ({ notes }) => void (notes[4]!.seq = 9)],
    [["outside_differs"], ({ notes }) => void (notes[4]!.author = b64(jonas.listed.member))],
  ];
  for (const [expected, lie] of lies) {
    const { server, sees } = await noted();
    lie(server);
    assert.deepEqual(await sees(jonas), expected);
  }
});

test("notes: a tail that was seen before is missed, by who remembers", async () => {
  const { server, sees } = await noted();
  const memory = new Memory(new Uint8Array(0));
  assert.deepEqual(await sees(jonas, memory), []);
  server.notes.splice(4, 1);
  assert.deepEqual(await sees(jonas, new Memory(memory.toBytes())), ["missing_head"]);
  assert.deepEqual(await sees(jonas), [], "control: who saw nothing before cannot tell");
  server.notes.splice(0);
  server.handed.splice(0);
  assert.deepEqual(await sees(jonas, new Memory(memory.toBytes())), ["missing_head"], "nor are all of them gone unnoticed");
});

test("notes: moved from another case, with its keys and without", async () => {
  const [one, other] = [await noted(), await noted()];
  one.server.notes[4]!.sealed = other.server.notes[4]!.sealed;
  assert.deepEqual(await one.sees(jonas), ["not_sealed"]);
  one.server.handed.push(...other.server.handed);
  assert.deepEqual(await one.sees(jonas), ["bad_grant", "not_sealed"]);
});

test("notes: the grant of somebody else, none, and two identities of one epoch", async () => {
  const { server, sees } = await noted();
  const [forIngrid, forJonas] = server.handed as [(typeof server.handed)[0], (typeof server.handed)[0]];
  server.handed = [{ ...forIngrid, to: forJonas.to }];
  assert.deepEqual(await sees(jonas), ["not_sealed"]);
  server.handed = [];
  assert.deepEqual(await sees(jonas), ["not_sealed"]);
  // A server that keeps the first identity from Jonas, so that his client makes another one.
  const late = new NotesServer();
  const stored = await dialogue();
  stored.thread = await readThread(await reply(stored), stored.secrets);
  const write = async (who: Person) => {
    const session = late.session(who);
    await writeNote(await openCase(caseFile(stored, who) as never, session), "a note", session);
  };
  await write(ingrid);
  const kept = late.handed.splice(0);
  await write(jonas);
  late.handed.unshift(...kept);
  const session = late.session(ingrid);
  const open = await openCase(caseFile(stored, ingrid) as never, session);
  const found = checkNotes(open, await openNotes(open, session), session).map(({ kind }) => kind);
  assert.deepEqual(found, ["two_identities", "not_sealed"]);
});
