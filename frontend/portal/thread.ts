// A reporter's case, opened and verified in this browser; the twin of read_thread() in
// server/app/mailbox.cpp. What fails is not shown as anybody's words, and is said loudly.
import { recipientOf } from "../crypto/age.ts";
import { CryptoError, equal, fromBase64url, toBase64url } from "../crypto/bytes.ts";
import { caseId, reporterIdentity } from "../crypto/case_key.ts";
import { checkChains, headsOf, type ChainEntry, type FaultKind } from "../crypto/chains.ts";
import type { Directory, DirectoryMember } from "../crypto/directory.ts";
import { envelopeHash, openEnvelope, sealEnvelope } from "../crypto/envelope.ts";
import { recipientHash, type Role } from "../crypto/grant.ts";
import { reporter, type AttachmentRef, type Manifest, type Statement } from "../crypto/statement.ts";
import { ApiError, type Api, type CaseReply, type CaseRow } from "./api.ts";
import { verifiedDirectory } from "./organisation.ts";
import type { CaseSecrets } from "./submission.ts";

export type FaultName = "not_readable" | "wrong_signer" | "chain_fork" | "chain_gap" | "missing_head" | "no_report";
export interface Fault {
  what: FaultName;
  day: number; // 0: none
}
export interface Entry extends ChainEntry {
  day: number;
}
export interface Reader {
  member: DirectoryMember;
  role: Role;
  hasOpened: boolean;
}
export interface Thread {
  row: CaseRow;
  today: number;
  maxReportBytes: number;
  id: Uint8Array;
  entries: Entry[];
  faults: Fault[];
  manifest: Manifest | undefined;
  directory: Directory | undefined;
}

const chainFault: Record<FaultKind, FaultName> = {
  fork: "chain_fork", gap: "chain_gap", missing_head: "missing_head",
};

export const memberOf = (thread: Thread, id: Uint8Array): DirectoryMember | undefined =>
  thread.directory?.members.find((member) => equal(member.member, id));

/** The case's id as this key makes it: what the server says is only compared. */
function ownCaseId(secrets: CaseSecrets): Uint8Array {
  const reporterRecipient = recipientOf(reporterIdentity(secrets.key, secrets.org));
  return caseId(secrets.org, secrets.recipient, reporterRecipient, secrets.verifyKey);
}

function verifyKeyFor(thread: Thread, author: Uint8Array, secrets: CaseSecrets): Uint8Array | undefined {
  if (equal(author, reporter)) return secrets.verifyKey;
  const member = memberOf(thread, author);
  const holdsGrant = thread.manifest?.grants.some(
    (grant) => equal(grant.member, author) && member && equal(grant.recipientHash, recipientHash(member.recipient)),
  );
  return holdsGrant ? member?.verifyKey : undefined;
}

async function openOne(thread: Thread, sealed: Uint8Array, day: number, secrets: CaseSecrets): Promise<void> {
  const opened = await openEnvelope(sealed, secrets.identity);
  const key = verifyKeyFor(thread, opened.claimedAuthor, secrets);
  if (!key) throw new CryptoError("bad_signature");
  const statement = opened.verify(key, secrets.org, thread.id);
  thread.entries.push({ statement, hash: envelopeHash(sealed), day });
  if (thread.entries.length === 1) thread.manifest = statement.manifest;
}

function directoryOf(reply: CaseReply, org: Uint8Array): Directory | undefined {
  if (reply.directory === null) return undefined;
  try {
    return verifiedDirectory(reply.signers_notes, reply.directory, org, 0);
  } catch {
    return undefined; // then nobody's message verifies, which is shown
  }
}

export async function readThread(reply: CaseReply, secrets: CaseSecrets): Promise<Thread> {
  const thread: Thread = {
    row: reply.case, today: reply.today, maxReportBytes: reply.max_report_bytes, id: ownCaseId(secrets),
    entries: [], faults: [], manifest: undefined, directory: directoryOf(reply, secrets.org),
  };
  for (const { sealed, day } of reply.envelopes) {
    try {
      await openOne(thread, fromBase64url(sealed), day, secrets);
    } catch (error) {
      const isSigner = error instanceof CryptoError && error.code === "bad_signature";
      thread.faults.push({ what: isSigner ? "wrong_signer" : "not_readable", day });
    }
  }
  for (const fault of checkChains(thread.entries)) thread.faults.push({ what: chainFault[fault.what], day: 0 });
  const saysAnotherCase = reply.case.case_id !== toBase64url(thread.id);
  if (!thread.manifest || saysAnotherCase) thread.faults.push({ what: "no_report", day: 0 });
  return thread;
}

const isShown = ({ statement }: Entry): boolean => ["report", "message", "identity_notice"].includes(statement.kind);

export const shownEntries = (thread: Thread): Entry[] => thread.entries.filter(isShown);

/** From signed statements only. */
export function readersOf(thread: Thread): Reader[] {
  return (thread.manifest?.grants ?? []).flatMap((grant) => {
    const member = memberOf(thread, grant.member);
    if (!member) return [];
    const hasOpened = thread.entries.some(({ statement }) => equal(statement.from, grant.member));
    return [{ member, role: member.role, hasOpened }];
  });
}

const tries = 20;

function nextStatement(thread: Thread, secrets: CaseSecrets, body: string, files: AttachmentRef[]): Statement {
  const own = thread.entries.filter(({ statement }) => equal(statement.from, reporter)).at(-1);
  return {
    org: secrets.org, caseId: thread.id, epoch: 0, kind: "message", from: reporter,
    seq: own ? own.statement.seq + 1 : 1, prev: own ? own.hash : new Uint8Array(32),
    heads: headsOf(thread.entries), sealedBy: "browser", body, state: "", attachments: files,
  };
}

/** Durable on return. Signs again when another device of the reporter was faster. */
export async function reply(
  api: Api, thread: Thread, secrets: CaseSecrets, body: string, files: AttachmentRef[],
  send: (sealed: object) => Promise<unknown>,
): Promise<void> {
  let current = thread;
  for (let attempt = 1; ; attempt += 1) {
    const statement = nextStatement(current, secrets, body, files);
    const sealed = await sealEnvelope(statement, secrets.signing, secrets.recipient);
    try {
      await send({
        seq: statement.seq, prev: toBase64url(statement.prev), sealed: toBase64url(sealed),
        attachments: files.map((file) => toBase64url(file.id)),
      });
      return;
    } catch (error) {
      const isRace = error instanceof ApiError && error.code === "not_successor";
      if (!isRace || attempt === tries) throw error;
      current = await readThread(await api.readCase(), secrets);
    }
  }
}
