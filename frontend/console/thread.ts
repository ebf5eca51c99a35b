// A case, opened and verified in this browser: grant → case identity → every envelope's signature
// and place in its author's chain. Nothing that fails is hidden: it becomes a fault that is shown.
import { CryptoError, equal, fromBase64url, isZero, toBase64url } from "../crypto/bytes.ts";
import { checkChains, headsOf, type ChainEntry } from "../crypto/chains.ts";
import { envelopeHash, openEnvelope } from "../crypto/envelope.ts";
import { openGrant, type Grant } from "../crypto/grant.ts";
import { sha256 } from "../crypto/hash.ts";
import type { Head, Manifest, Statement } from "../crypto/statement.ts";
import type { CaseFile, StoredEnvelope } from "./api.ts";
import { memberById, type KnownDirectory } from "./known_directory.ts";
import type { Session } from "./session.ts";

export interface Entry extends ChainEntry {
  position: number;
  day: number;
}
export interface Fault {
  kind: string; // a key of the catalogue under "fault."
  author: string; // name, or "" where it is not known
  place: number;
}
/** A case by the member's own grant, read or only guarded. */
export interface HeldCase {
  file: CaseFile;
  id: Uint8Array;
  grant: Grant;
  known: KnownDirectory;
}
export interface OpenCase extends HeldCase {
  entries: Entry[];
  faults: Fault[];
}

export function authorName(known: KnownDirectory, author: Uint8Array): string {
  return isZero(author) ? "" : (memberById(known, author)?.name ?? "");
}

export const memberOf = (open: OpenCase, id: Uint8Array) => memberById(open.known, id);

export const manifestOf = (open: OpenCase): Manifest | undefined =>
  open.entries.find((entry) => entry.statement.kind === "report")?.statement.manifest;

export const myId = (session: Session): Uint8Array => fromBase64url(session.me!.member, 16);

export const hasAcknowledged = (open: OpenCase, member: Uint8Array): boolean =>
  open.entries.some(({ statement }) => statement.kind === "ack" && equal(statement.from, member));

/** Whether the reporter gave this member a key: a colleague without one has no say in the thread. */
export const holdsGrant = (open: OpenCase, member: Uint8Array): boolean =>
  manifestOf(open)?.grants.some((grant) => equal(grant.member, member)) ?? false;

/** Everything the reader may rely on about one stored envelope, or why not. */
async function openOne(stored: StoredEnvelope, open: OpenCase): Promise<Entry> {
  const sealed = fromBase64url(stored.sealed);
  const hash = envelopeHash(sealed);
  const unverified = await openEnvelope(sealed, open.grant.secret!);
  const from = unverified.claimedAuthor;
  const key = isZero(from) ? open.grant.verifyKey : memberById(open.known, from)?.verifyKey;
  if (!key) throw new CryptoError("unknown_author");
  if (!isZero(from) && !holdsGrant(open, from)) throw new CryptoError("no_key_holder");
  const statement = unverified.verify(key, open.grant.org, open.id, open.grant.epoch);
  const saysTheSame =
    toBase64url(from) === stored.author && statement.seq === stored.seq && toBase64url(hash) === stored.hash;
  if (!saysTheSame) throw new CryptoError("outside_differs");
  return { position: stored.position, day: stored.day, hash, statement };
}

/** Opens envelopes and adds them; each that fails adds a fault instead. */
export async function addEnvelopes(open: OpenCase, stored: StoredEnvelope[]): Promise<void> {
  for (const envelope of stored) {
    try {
      open.entries.push(await openOne(envelope, open));
    } catch (error) {
      const kind = error instanceof CryptoError ? error.code : "malformed";
      open.faults.push({ kind, author: "", place: envelope.position });
    }
  }
}

function manifestFaults(open: OpenCase): Fault[] {
  const manifest = manifestOf(open);
  const fault = (kind: string): Fault => ({ kind, author: "", place: 0 });
  if (!manifest) return [fault("no_report")];
  const faults: Fault[] = [];
  const listed = manifest.grants.map((grant) => toBase64url(grant.member)).sort();
  const stored = [...open.file.grantees].sort();
  if (JSON.stringify(listed) !== JSON.stringify(stored)) faults.push(fault("other_grantees"));
  const mine = manifest.grants.find((grant) => equal(grant.member, open.grant.to));
  if (!mine || !equal(mine.sha256, sha256(fromBase64url(open.file.grant)))) faults.push(fault("other_grant"));
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
  const faults = [...open.faults, ...manifestFaults(open), ...chainFaults(open, session)];
  if (faults.length === 0) session.memory.rememberHeads(open.file.case.case_id, heads);
  return { faults, heads };
}

export async function holdCase(file: CaseFile, session: Session): Promise<HeldCase> {
  const id = fromBase64url(file.case.case_id, 32);
  const expected = {
    org: session.org,
    caseId: id,
    caseRecipient: fromBase64url(file.case.case_recipient, 1216),
    reporterRecipient: fromBase64url(file.case.reporter_recipient, 1216),
  };
  const grant = await openGrant(fromBase64url(file.grant), session.keyring.identity, expected);
  if (!equal(grant.to, myId(session))) throw new CryptoError("not_for_me");
  return { file, id, grant, known: await session.directory() };
}

/** Throws "custodian" for members who hold a share and no case identity. */
export async function openCase(file: CaseFile, session: Session): Promise<OpenCase> {
  const held = await holdCase(file, session);
  if (!held.grant.secret) throw new CryptoError("custodian");
  const open: OpenCase = { ...held, entries: [], faults: [] };
  await addEnvelopes(open, file.envelopes);
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
