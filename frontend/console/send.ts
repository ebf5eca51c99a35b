// Writing to a case: files are sealed and sent piece by piece, then the envelope that names them.
// Where somebody wrote at the same moment, the thread is read again, and what is said anew is signed
// as the successor of what is there now.
import { fromBase64url, toBase64url } from "../crypto/bytes.ts";
import { sealAttachment } from "../crypto/attachment.ts";
import { headsOf } from "../crypto/chains.ts";
import { envelopeHash, sealEnvelope } from "../crypto/envelope.ts";
import type { AttachmentRef, Kind, Statement } from "../crypto/statement.ts";
import { nameForStatement } from "../shared/file_name.ts";
import { signedAct, type ActKind } from "./acts.ts";
import { ApiError, type SealedAct } from "./api.ts";
import { renewIfDue } from "./hand_over.ts";
import type { Session } from "./session.ts";
import { addEnvelopes, isMine, myId, type OpenCase } from "./thread.ts";

export interface Draft {
  kind: Kind;
  body: string;
  attachments: AttachmentRef[];
  state: string; // what a status envelope says
  outerState: string; // what the server notes with it; "" leaves it
  feedback: boolean;
}

export const tries = 6;

export const emptyDraft = (kind: Kind): Draft => ({
  kind, body: "", attachments: [], state: "", outerState: "", feedback: false,
});

export function nextStatement(open: OpenCase, draft: Draft, session: Session): Statement {
  const mine = open.entries.filter(({ statement }) => isMine(statement, session)).at(-1);
  return {
    org: open.grant.org,
    caseId: open.id,
    epoch: open.read.epoch,
    kind: draft.kind,
    from: myId(session),
    seq: mine ? mine.statement.seq + 1 : 1,
    prev: mine ? mine.hash : new Uint8Array(32),
    heads: headsOf(open.entries),
    sealedBy: "browser",
    body: draft.body,
    state: draft.state,
    attachments: draft.attachments,
  };
}

/** How far the thread was read, whether it opened or not. */
export const lastPosition = ({ read }: OpenCase): number =>
  Math.max(0, ...read.entries.map((entry) => entry.position), ...read.faults.map((fault) => fault.position));

export async function readNew(open: OpenCase, session: Session): Promise<void> {
  const { epochs, envelopes } = await session.api.envelopesAfter(open.file.case.case_id, lastPosition(open));
  await addEnvelopes(open, epochs, envelopes);
}

/** An envelope as the API takes it; `kind`: what the log calls the act. */
export async function sealAct(
  open: OpenCase, statement: Statement, session: Session, kind: ActKind = "envelope",
): Promise<SealedAct> {
  const sealed = await sealEnvelope(statement, session.keyring.signing, open.read.recipient);
  return {
    epoch: statement.epoch, seq: statement.seq, prev: toBase64url(statement.prev), sealed: toBase64url(sealed),
    act: signedAct(session, kind, envelopeHash(sealed)),
  };
}

export const isRace = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 409 && error.code === "not_successor";

/** `sealedFor`: the epoch that the files were sealed to. */
export async function send(open: OpenCase, draft: Draft, session: Session, sealedFor = open.read.epoch): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await renewIfDue(open, session); // whoever has left shall not read this
    if (draft.attachments.length > 0 && open.read.epoch !== sealedFor) throw new ApiError(409, "keys_changed");
    const act = await sealAct(open, nextStatement(open, draft, session), session);
    try {
      await session.api.post(open.file.case.case_id, {
        ...act,
        attachments: draft.attachments.map((file) => toBase64url(file.id)),
        state: draft.outerState,
        feedback: draft.feedback,
      });
      break;
    } catch (error) {
      if (!isRace(error) || attempt === tries) throw error;
      await readNew(open, session);
    }
  }
  await readNew(open, session);
}

export interface Progress {
  name: string;
  done: number;
  total: number;
}

/** Seals and uploads one file. `progress` is told of bytes as stored. */
export async function upload(
  open: OpenCase,
  file: File,
  session: Session,
  progress: (now: Progress) => void,
): Promise<AttachmentRef> {
  const caseId = open.file.case.case_id;
  const recipient = open.read.recipient;
  const { id } = await session.api.startUpload(caseId);
  let done = 0;
  const sealed = await sealAttachment(file.stream(), file.size, recipient, async (piece, index) => {
    await session.api.putPiece(caseId, id, index, piece);
    done += piece.length;
    progress({ name: file.name, done: Math.min(done, file.size), total: file.size });
  });
  await session.api.completeUpload(caseId, id, sealed.storedSize);
  return {
    id: fromBase64url(id, 16),
    name: nameForStatement(file.name),
    type: file.type.slice(0, 100) || "application/octet-stream",
    size: file.size,
    storedHash: sealed.storedHash,
  };
}
