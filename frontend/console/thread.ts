// A case, opened and verified in this browser: grant → case identity → every envelope's signature
// and place in its author's chain. Nothing that fails is hidden: it becomes a fault that is shown.
import { recipientOf } from "../crypto/age.ts";
import { CryptoError, equal, fromBase64url, isZero, toBase64url } from "../crypto/bytes.ts";
import { caseId as caseIdOf } from "../crypto/case_key.ts";
import { CaseThread, isHandler, type ThreadEntry } from "../crypto/case_thread.ts";
import { checkChains, headsOf } from "../crypto/chains.ts";
import { openEpochGrant } from "../crypto/epoch_grant.ts";
import { openGrant, type Role } from "../crypto/grant.ts";
import { sha256 } from "../crypto/hash.ts";
import type { AttachmentRef, Exclusion, Head, Manifest, Statement } from "../crypto/statement.ts";
import type { CaseFile, EpochCopy, StoredEnvelope } from "./api.ts";
import { memberById, type KnownDirectory } from "./known_directory.ts";
import type { Session } from "./session.ts";

export type Entry = ThreadEntry;
export interface Fault {
  kind: string; // a key of the catalogue under "fault."
  author: string; // name, or "" where it is not known
  place: number;
}
/** What a member holds of a case: by the reporter's own grant, or by a colleague's later one. */
export interface HeldGrant {
  org: Uint8Array;
  to: Uint8Array;
  secrets: Uint8Array[]; // case identities of epoch 0, 1, …; none for custodians
  share: Uint8Array | undefined;
  verifyKey: Uint8Array; // the reporter's first
  reporterRecipient: Uint8Array;
  excluded: Exclusion[];
}
/** A case by the member's own grant, read or only guarded. */
export interface HeldCase {
  file: CaseFile;
  id: Uint8Array;
  grant: HeldGrant;
  known: KnownDirectory;
}
export interface OpenCase extends HeldCase {
  read: CaseThread;
  entries: Entry[]; // of `read`
}

export function authorName(known: KnownDirectory, author: Uint8Array): string {
  return isZero(author) ? "" : (memberById(known, author)?.name ?? "");
}

export const memberOf = (open: OpenCase, id: Uint8Array) => memberById(open.known, id);

export const manifestOf = (open: OpenCase): Manifest | undefined =>
  open.read.manifest;

export const myId = (session: Session): Uint8Array => fromBase64url(session.me!.member, 16);

export const hasAcknowledged = (open: OpenCase, member: Uint8Array): boolean =>
  open.entries.some(({ statement }) => statement.kind === "ack" && equal(statement.from, member));

/** Whether this member holds or held a key: a colleague without one has no say in the thread. */
export const everHeld = (open: OpenCase, member: Uint8Array): boolean =>
  open.read.held.flat().some((held) => equal(held.member, member));

/** The key of the epoch in which the file was sent. */
export function secretOf(open: OpenCase, file: AttachmentRef): Uint8Array {
  const entry = open.entries.find(({ statement }) => statement.attachments.includes(file));
  return open.read.secrets[entry?.statement.epoch ?? open.read.epoch]!;
}

/** Opens envelopes and adds them; each that fails becomes a fault instead. */
export async function addEnvelopes(open: OpenCase, epochs: EpochCopy[], stored: StoredEnvelope[]): Promise<void> {
  for (const { epoch, sealed } of epochs) open.read.offer(epoch, fromBase64url(sealed));
  for (const envelope of stored) {
    const outside = {
      author: fromBase64url(envelope.author), seq: envelope.seq, hash: fromBase64url(envelope.hash),
    };
    await open.read.add(fromBase64url(envelope.sealed), envelope.position, envelope.day, outside);
  }
}

function manifestFaults(open: OpenCase): Fault[] {
  const manifest = manifestOf(open);
  const fault = (kind: string): Fault => ({ kind, author: "", place: 0 });
  if (!manifest) return [fault("no_report")];
  const faults: Fault[] = [];
  const listed = open.read.holders.filter((held) => !held.isLeaving).map(({ member }) => toBase64url(member)).sort();
  const stored = [...open.file.grantees].sort();
  if (JSON.stringify(listed) !== JSON.stringify(stored)) faults.push(fault("other_grantees"));
  const mine = open.read.holder(open.grant.to);
  if (!mine || !equal(mine.grantHash, sha256(fromBase64url(open.file.grant)))) faults.push(fault("other_grant"));
  if (open.read.isShut) faults.push(fault("left_out"));
  const identity = sha256(fromBase64url(open.file.identity));
  if (!equal(manifest.identityHash, identity)) faults.push(fault("other_identity"));
  return faults;
}

/** Chain faults, and threads that end before what this client remembers. */
function chainFaults(open: OpenCase, session: Session): Fault[] {
  const faults = checkChains(open.entries).map((fault) => ({
    kind: fault.what, author: authorName(open.known, fault.author), place: fault.seq,
  }));
  for (const head of session.memory.heads(open.file.case.case_id)) {
    const isThere = open.entries.some(
      ({ hash, statement }) => statement.seq === head.seq && toBase64url(hash) === head.hash,
    );
    if (isThere) continue;
    const author = authorName(open.known, fromBase64url(head.author));
    faults.push({ kind: "missing_head", author, place: head.seq });
  }
  return faults;
}

export interface Checked {
  faults: Fault[];
  heads: Head[];
}

/** All faults of the case as it stands; remembers its heads if there are none. */
export function check(open: OpenCase, session: Session): Checked {
  const heads = headsOf(open.entries);
  const read = open.read.faults.map(({ what, position }) => ({ kind: what, author: "", place: position }));
  const faults = [...read, ...manifestFaults(open), ...chainFaults(open, session)];
  if (faults.length === 0) session.memory.rememberHeads(open.file.case.case_id, heads);
  return { faults, heads };
}

interface Expected {
  org: Uint8Array;
  caseId: Uint8Array;
  caseRecipient: Uint8Array;
  reporterRecipient: Uint8Array;
}

/** The reporter's grant: signed by the key that the case id certifies. */
async function fromReporter(sealed: Uint8Array, identity: Uint8Array, expected: Expected): Promise<HeldGrant> {
  const grant = await openGrant(sealed, identity, expected);
  const secrets = grant.secret ? [grant.secret] : [];
  return { ...grant, secrets, share: grant.share, reporterRecipient: expected.reporterRecipient };
}

/** A colleague's grant: signed by somebody of the directory, and again for the case of this id. */
async function fromColleague(
  sealed: Uint8Array, identity: Uint8Array, me: Uint8Array, expected: Expected, known: KnownDirectory,
): Promise<HeldGrant> {
  const { org, caseId, reporterRecipient } = expected;
  const authorKey = (from: Uint8Array) => {
    const member = memberById(known, from);
    return member && isHandler(member.role as Role) ? member.verifyKey : undefined;
  };
  const grant = await openEpochGrant(sealed, { identity, me, org, caseId, authorKey });
  const made = caseIdOf(org, recipientOf(grant.secrets[0]!), reporterRecipient, grant.verifyKey);
  if (grant.firstEpoch !== 0 || !equal(made, caseId)) throw new CryptoError("wrong_case");
  return { ...grant, share: grant.share, reporterRecipient, excluded: [] }; // the report says who is excluded
}

export async function holdCase(file: CaseFile, session: Session): Promise<HeldCase> {
  const id = fromBase64url(file.case.case_id, 32);
  const expected = {
    org: session.org,
    caseId: id,
    caseRecipient: fromBase64url(file.case.case_recipient, 1216),
    reporterRecipient: fromBase64url(file.case.reporter_recipient, 1216),
  };
  const known = await session.directory();
  const sealed = fromBase64url(file.grant);
  const { identity } = session.keyring;
  const grant = await fromReporter(sealed, identity, expected).catch((error: unknown) => {
    const isOther = error instanceof CryptoError && error.code === "malformed";
    if (!isOther) throw error;
    return fromColleague(sealed, identity, myId(session), expected, known);
  });
  if (!equal(grant.to, myId(session))) throw new CryptoError("not_for_me");
  return { file, id, grant, known };
}

/** Throws "custodian" for members who hold a share and no case identity. */
export async function openCase(file: CaseFile, session: Session): Promise<OpenCase> {
  const held = await holdCase(file, session);
  const { org, secrets, verifyKey, reporterRecipient } = held.grant;
  if (secrets.length === 0) throw new CryptoError("custodian");
  const reader = {
    org, caseId: held.id, me: myId(session), identity: session.keyring.identity, reporterKey: verifyKey,
    reporterRecipient, directory: held.known.directory ?? undefined, former: held.known.earlier,
  };
  const read = new CaseThread(reader, secrets);
  const open: OpenCase = { ...held, read, entries: read.entries };
  await addEnvelopes(open, file.epochs, file.envelopes);
  open.grant.excluded = read.manifest?.excluded ?? [];
  return open;
}

const maxTitle = 80;

/** The first line that says something, for the inbox. */
export function titleOf(open: OpenCase): string {
  const report = open.entries.find((entry) => entry.statement.kind === "report");
  const line = report?.statement.body.split("\n").map((text) => text.trim()).find((text) => text !== "") ?? "";
  return line.length > maxTitle ? `${line.slice(0, maxTitle - 1).trimEnd()}…` : line;
}

export const isMine = (statement: Statement, session: Session): boolean =>
  equal(statement.from, myId(session));
