// A submission file (docs/protocol.md §4.6) in the making: sealed pieces go into blobs, which the
// browser may keep outside the script's memory.
import { sealAttachment } from "../crypto/attachment.ts";
import { fromBase64url, random } from "../crypto/bytes.ts";
import type { AttachmentRef } from "../crypto/statement.ts";
import { submissionFront, type SubmissionHead } from "../crypto/submission_file.ts";
import { nameForStatement } from "../shared/file_name.ts";
import type { Organisation } from "../portal/organisation.ts";
import type { Recipients } from "../portal/recipients.ts";
import { breathe, CaseSecrets, sealReport, type Draft } from "../portal/submission.ts";

interface SealedFile {
  ref: AttachmentRef;
  listed: SubmissionHead["attachments"][number];
  pieces: Blob[];
}

async function sealFile(file: File, caseRecipient: Uint8Array): Promise<SealedFile> {
  const id = random(16);
  const pieces: Blob[] = [];
  const { storedSize, storedHash } = await sealAttachment(file.stream(), file.size, caseRecipient, async (piece) => {
    pieces.push(new Blob([piece as BlobPart]));
    await breathe();
  });
  return {
    ref: {
      id, name: nameForStatement(file.name), type: file.type.slice(0, 100) || "application/octet-stream",
      size: file.size, storedHash,
    },
    listed: { id, storedSize, storedHash },
    pieces,
  };
}

/** What is sent to a server otherwise, as the head of a file. */
function headOf(org: Uint8Array, wire: Awaited<ReturnType<typeof sealReport>>, files: SealedFile[]): SubmissionHead {
  return {
    org, lookupHash: fromBase64url(wire.lookup_hash, 32), caseRecipient: fromBase64url(wire.case_recipient),
    reporterRecipient: fromBase64url(wire.reporter_recipient), verifyKey: fromBase64url(wire.verify_key, 32),
    grants: wire.grants.map(({ member, sealed }) => ({ member: fromBase64url(member, 16), sealed: fromBase64url(sealed) })),
    identity: fromBase64url(wire.identity), report: fromBase64url(wire.report),
    attachments: files.map(({ listed }) => listed),
  };
}

export async function sealToBlob(
  about: Organisation, secrets: CaseSecrets, to: Recipients, draft: Draft, chosen: File[], say: (name?: string) => void,
): Promise<Blob> {
  const files: SealedFile[] = [];
  for (const file of chosen) {
    say(file.name);
    files.push(await sealFile(file, secrets.recipient));
  }
  say();
  const wire = await sealReport(about, secrets, to, draft, files.map(({ ref }) => ref));
  const front = submissionFront(headOf(about.org, wire, files));
  return new Blob([front as BlobPart, ...files.flatMap(({ pieces }) => pieces)], { type: "application/octet-stream" });
}
