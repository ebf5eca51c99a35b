// A reporter's case, opened and verified in this browser; the twin of read_thread() in
// server/app/mailbox.cpp. What fails is not shown as anybody's words, and is said loudly.
import { recipientOf } from "../crypto/age.ts";
import { concat, CryptoError, equal, fromBase64url, random, toBase64url } from "../crypto/bytes.ts";
import { caseId, reporterIdentity } from "../crypto/case_key.ts";
import { CaseThread, type ThreadEntry } from "../crypto/case_thread.ts";
import { checkChains, headsOf, type FaultKind } from "../crypto/chains.ts";
import { earlierDirectories, type Directory, type DirectoryMember } from "../crypto/directory.ts";
import { signStatement } from "../crypto/ed25519.ts";
import { envelopeHash, sealEnvelope } from "../crypto/envelope.ts";
import { openEpochGrant } from "../crypto/epoch_grant.ts";
import { newEpoch, type Giver, type NewReporterKeys } from "../crypto/new_epoch.ts";
import { reporter, type AttachmentRef, type Kind, type Manifest, type Statement } from "../crypto/statement.ts";
import { ApiError, type Api, type CaseReply, type CaseRow } from "./api.ts";
import { verifiedDirectory } from "./organisation.ts";
import type { CaseSecrets } from "./submission.ts";

export type FaultName = "not_readable" | "wrong_signer" | "chain_fork" | "chain_gap" | "missing_head" | "no_report" | "keys";
export interface Fault {
  what: FaultName;
  day: number; // 0: none
}
export type Entry = ThreadEntry;
export interface Reader {
  member: DirectoryMember;
  since: number;
  hasOpened: boolean;
}
export interface Thread {
  row: CaseRow;
  today: number;
  maxReportBytes: number;
  id: Uint8Array;
  read: CaseThread;
  giver: Giver; // the reporter, as who hands on keys
  faults: Fault[];
}

const chainFault: Record<FaultKind, FaultName> = {
  fork: "chain_fork", gap: "chain_gap", missing_head: "missing_head",
};
const threadFault: Record<string, FaultName> = {
  bad_signature: "wrong_signer", unknown_author: "wrong_signer", no_key_holder: "wrong_signer",
  two_epochs: "keys", old_epoch: "keys", bad_access: "keys", bad_epoch: "keys", no_epoch_key: "keys",
};

export const memberOf = (thread: Thread, id: Uint8Array): DirectoryMember | undefined => thread.read.find(id);
export const manifestOf = (thread: Thread): Manifest | undefined => thread.read.manifest;

function directoryOf(reply: CaseReply, org: Uint8Array): Directory | undefined {
  if (reply.directory === null) return undefined;
  try {
    return verifiedDirectory(reply.signers_notes, reply.directory, org, 0);
  } catch {
    return undefined; // then nobody's message verifies, which is shown
  }
}

interface Known {
  id: Uint8Array;
  secrets: Uint8Array[];
  reporterKey: Uint8Array;
  reporterRecipient: Uint8Array;
}

/** The case's id as this key makes it: what the server says is only compared. */
function byFirstWords(secrets: CaseSecrets): Known {
  const reporterRecipient = recipientOf(reporterIdentity(secrets.key, secrets.org));
  const id = caseId(secrets.org, secrets.recipient, reporterRecipient, secrets.verifyKey);
  return { id, secrets: [secrets.identity], reporterKey: secrets.verifyKey, reporterRecipient };
}

/** After a change of words this key does not make the id; what it signed then says which it is. */
async function byNewWords(reply: CaseReply, secrets: CaseSecrets): Promise<Known> {
  const id = fromBase64url(reply.case.case_id, 32);
  const sealed = fromBase64url(reply.epochs[0]?.sealed ?? "");
  const identity = reporterIdentity(secrets.key, secrets.org);
  const authorKey = (from: Uint8Array) => (equal(from, reporter) ? secrets.verifyKey : undefined);
  const reader = { identity, me: reporter, org: secrets.org, caseId: id, authorKey };
  const held = await openEpochGrant(sealed, reader);
  if (held.firstEpoch !== 0) throw new CryptoError("malformed");
  const reporterRecipient = fromBase64url(reply.reporter_recipient, 1216);
  const made = caseId(secrets.org, recipientOf(held.secrets[0]!), reporterRecipient, held.verifyKey);
  if (!equal(made, id)) throw new CryptoError("wrong_case");
  return { id, secrets: held.secrets, reporterKey: held.verifyKey, reporterRecipient };
}

/** What may be right after all by a version of the directory before the newest. */
const maybeFormer = ["unknown_author", "no_key_holder", "bad_access", "bad_epoch"];

/** `earlierNotes`: of the directory, fetched only where the newest does not explain the thread. */
export async function readThread(
  reply: CaseReply, secrets: CaseSecrets, earlierNotes: () => Promise<string[]> = async () => [],
): Promise<Thread> {
  const directory = directoryOf(reply, secrets.org);
  const thread = await readWith(reply, secrets, directory, []);
  const hasDoubt = thread.read.faults.some(({ what }) => maybeFormer.includes(what));
  if (!directory || directory.version < 2 || !hasDoubt) return thread;
  const former = earlierDirectories(await earlierNotes(), directory);
  return former.length > 0 ? readWith(reply, secrets, directory, former) : thread;
}

async function readWith(
  reply: CaseReply, secrets: CaseSecrets, directory: Directory | undefined, former: Directory[],
): Promise<Thread> {
  const faults: Fault[] = [];
  const known = reply.has_new_words ? await byNewWords(reply, secrets) : byFirstWords(secrets);
  const { id, reporterKey, reporterRecipient } = known;
  const giver = { org: secrets.org, caseId: id, me: reporter, reporterKey, reporterRecipient, signing: secrets.signing };
  const identity = reporterIdentity(secrets.key, secrets.org);
  const read = new CaseThread({ ...giver, identity, directory, former }, known.secrets);
  for (const { epoch, sealed } of reply.epochs) read.offer(epoch, fromBase64url(sealed));
  for (const { sealed, day, position } of reply.envelopes) await read.add(fromBase64url(sealed), position, day);
  for (const { what, day } of read.faults) faults.push({ what: threadFault[what] ?? "not_readable", day });
  for (const fault of checkChains(read.entries)) faults.push({ what: chainFault[fault.what], day: 0 });
  const saysAnotherCase = reply.case.case_id !== toBase64url(id);
  if (!read.manifest || saysAnotherCase) faults.push({ what: "no_report", day: 0 });
  return {
    row: reply.case, today: reply.today, maxReportBytes: reply.max_report_bytes, id, read, giver, faults,
  };
}

const isShown = ({ statement }: Entry): boolean => ["report", "message", "identity_notice"].includes(statement.kind);

export const shownEntries = (thread: Thread): Entry[] => thread.read.entries.filter(isShown);

/** From signed statements only. */
export function readersOf(thread: Thread): Reader[] {
  return thread.read.holders.flatMap((held) => {
    const member = memberOf(thread, held.member);
    if (!member || held.isLeaving) return [];
    const { entries } = thread.read;
    const access = entries.findLast(({ statement }) => statement.access && equal(statement.access.member, held.member));
    const hasOpened = entries.some(({ statement }) => equal(statement.from, held.member));
    return [{ member, since: access?.day ?? thread.row.received_day, hasOpened }];
  });
}

const tries = 20;

export function nextStatement({ read, giver }: Thread, kind: Kind, body = "", files: AttachmentRef[] = []): Statement {
  const own = read.entries.filter(({ statement }) => equal(statement.from, reporter)).at(-1);
  return {
    org: giver.org, caseId: giver.caseId, epoch: read.epoch, kind, from: reporter,
    seq: own ? own.statement.seq + 1 : 1, prev: own ? own.hash : new Uint8Array(32),
    heads: headsOf(read.entries), sealedBy: "browser", body, state: "", attachments: files,
  };
}

export interface SealedAct {
  epoch: number;
  seq: number;
  prev: string;
  sealed: string;
}

export async function sealAct(thread: Thread, statement: Statement): Promise<SealedAct> {
  const sealed = await sealEnvelope(statement, thread.giver.signing, thread.read.recipient);
  return { epoch: statement.epoch, seq: statement.seq, prev: toBase64url(statement.prev), sealed: toBase64url(sealed) };
}

const isRace = (error: unknown): boolean => error instanceof ApiError && error.code === "not_successor";

/** Seals and sends until nobody else was faster; reads the case again in between. */
export async function persistently<T>(api: Api, thread: Thread, secrets: CaseSecrets, act: (thread: Thread) => Promise<T>): Promise<T> {
  let current = thread;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act(current);
    } catch (error) {
      if (!isRace(error) || attempt === tries) throw error;
      current = await readThread(await api.readCase(), secrets, api.earlierDirectories);
    }
  }
}

/** What the reporter signs beside an envelope that the server cannot read (§7.8–7.10). */
export function signedAct(type: "epoch" | "rekey" | "door" | "reply", { giver }: Thread, sealed: string, ...words: Uint8Array[]): string {
  const statement = concat(giver.org, giver.caseId, ...words, envelopeHash(fromBase64url(sealed)));
  return toBase64url(signStatement(type, statement, giver.signing));
}

/** The body of POST /case/epochs, but its signature. */
export async function sealEpoch(thread: Thread, keys?: NewReporterKeys) {
  const epoch = await newEpoch(thread.read, thread.giver, random(32), thread.read.readersWhoStay, keys);
  const act = await sealAct(thread, { ...nextStatement(thread, "epoch"), change: epoch.change });
  const grants = epoch.grants.map(({ member, sealed }) => ({ member: toBase64url(member), sealed: toBase64url(sealed) }));
  return { ...act, grants, reporter_copy: toBase64url(epoch.reporterCopy) };
}

/** The thread as read again after the epoch that somebody's leaving asks for. */
export async function renewed(api: Api, thread: Thread, secrets: CaseSecrets): Promise<Thread> {
  if (!thread.read.isEpochDue || thread.read.readersWhoStay.length === 0) return thread;
  try {
    const body = await sealEpoch(thread);
    await api.beginEpoch({ ...body, signature: signedAct("epoch", thread, body.sealed) });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Somebody else did it, or it cannot be done: a reply must not be lost for it.
    if (!isRace(error)) return thread;
  }
  return readThread(await api.readCase(), secrets, api.earlierDirectories);
}

/**
 * Durable on return. Signs again when another device of the reporter was faster. Throws ApiError
 * "keys_changed" if files were sealed to a key that is not used any more.
 */
export async function reply(
  api: Api, thread: Thread, secrets: CaseSecrets, body: string, files: AttachmentRef[],
  send: (sealed: object) => Promise<unknown>,
): Promise<void> {
  const sealedFor = thread.read.epoch;
  await persistently(api, thread, secrets, async (read) => {
    const current = await renewed(api, read, secrets);
    if (files.length > 0 && current.read.epoch !== sealedFor) throw new ApiError(409, "keys_changed");
    const act = await sealAct(current, nextStatement(current, "message", body, files));
    const signature = signedAct("reply", current, act.sealed);
    await send({ ...act, attachments: files.map((file) => toBase64url(file.id)), signature });
  });
}
