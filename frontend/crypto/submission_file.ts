// A whole sealed submission as one file (docs/protocol.md §4.6); the twin of crypto/submission_file.h.
import * as age from "./age.ts";
import { attachmentBucket, StoredHasher } from "./attachment.ts";
import { be32, concat, CryptoError, equal, fromBase64url, readBe32, toBase64url, utf8 } from "./bytes.ts";
import { envelopeBuckets } from "./envelope.ts";
import { sha256 } from "./hash.ts";
import { FieldReader, parseStrictJson, type Json } from "./strict_json.ts";

export interface SubmissionHead {
  org: Uint8Array;
  lookupHash: Uint8Array;
  caseRecipient: Uint8Array;
  reporterRecipient: Uint8Array;
  verifyKey: Uint8Array;
  grants: { member: Uint8Array; sealed: Uint8Array }[];
  identity: Uint8Array;
  report: Uint8Array;
  attachments: { id: Uint8Array; storedSize: number; storedHash: Uint8Array }[]; // in the order in which they follow
}

const magic = utf8("TILLITs1");
const fixedBytes = 8 + 4 + 32;
const maxHeadBytes = 1024 * 1024;
export const maxSubmissionFiles = 16;
const maxGrants = 64;
const sealedSmall = age.sealedSize(4096); // grants and identity envelopes

/** Whether a sealed attachment can be this long: one of the buckets of §6, sealed. */
export function isAttachmentStoredSize(storedSize: number): boolean {
  if (storedSize > 2 ** 52) return false;
  for (let bucket = 0; ; ) {
    bucket = attachmentBucket(bucket + 1);
    const sealed = age.sealedSize(bucket);
    if (sealed >= storedSize) return sealed === storedSize;
  }
}

function encodeHead(head: SubmissionHead): Uint8Array {
  const b64 = toBase64url;
  return utf8(
    JSON.stringify({
      t: "submission", org: b64(head.org), lookup_hash: b64(head.lookupHash), case_recipient: b64(head.caseRecipient),
      reporter_recipient: b64(head.reporterRecipient), verify_key: b64(head.verifyKey),
      grants: head.grants.map(({ member, sealed }) => ({ member: b64(member), sealed: b64(sealed) })),
      identity: b64(head.identity), report: b64(head.report),
      attachments: head.attachments.map(({ id, storedSize, storedHash }) => ({
        id: b64(id), stored_size: storedSize, stored_hash: b64(storedHash),
      })),
    }),
  );
}

const isSealed = (sealed: Uint8Array) => sealed.length === sealedSmall && age.isStrictHybridFile(sealed);
const areDistinct = (ids: Uint8Array[]) => new Set(ids.map(toBase64url)).size === ids.length;

function readGrant(item: Json) {
  const read = new FieldReader(item);
  const grant = { member: read.bytes("member", 16), sealed: fromBase64url(read.text("sealed", maxHeadBytes)) };
  read.done();
  return grant;
}

function readFile(item: Json) {
  const read = new FieldReader(item);
  const file = {
    id: read.bytes("id", 16), storedSize: read.integer("stored_size"), storedHash: read.bytes("stored_hash", 32),
  };
  read.done();
  return file;
}

function isSound({ grants, identity, report, attachments }: SubmissionHead): boolean {
  return (
    grants.length > 0 && areDistinct(grants.map(({ member }) => member)) && grants.every(({ sealed }) => isSealed(sealed)) &&
    areDistinct(attachments.map(({ id }) => id)) && attachments.every((file) => isAttachmentStoredSize(file.storedSize)) &&
    isSealed(identity) && envelopeBuckets.some((bucket) => report.length === age.sealedSize(bucket)) && age.isStrictHybridFile(report)
  );
}

function decodeHead(text: Uint8Array): SubmissionHead {
  try {
    const read = new FieldReader(parseStrictJson(text));
    const isSubmission = read.text("t", 16) === "submission";
    const head: SubmissionHead = {
      org: read.bytes("org", 16), lookupHash: read.bytes("lookup_hash", 32),
      caseRecipient: read.bytes("case_recipient", age.recipientBytes),
      reporterRecipient: read.bytes("reporter_recipient", age.recipientBytes), verifyKey: read.bytes("verify_key", 32),
      grants: read.list("grants", maxGrants).map(readGrant),
      identity: fromBase64url(read.text("identity", maxHeadBytes)), report: fromBase64url(read.text("report", maxHeadBytes)),
      attachments: read.list("attachments", maxSubmissionFiles).map(readFile),
    };
    read.done();
    if (isSubmission && isSound(head)) return head;
  } catch {
    // said below, whatever it was
  }
  throw new CryptoError("malformed");
}

/** Everything before the attachments. */
export function submissionFront(head: SubmissionHead): Uint8Array {
  const text = encodeHead(head);
  if (text.length > maxHeadBytes) throw new CryptoError("too_large");
  decodeHead(text);
  return concat(magic, be32(text.length), sha256(text), text);
}

async function checkAttachment(sealed: Uint8Array, { storedSize, storedHash }: SubmissionHead["attachments"][number]): Promise<void> {
  if (sealed.length >= age.headerBytes && !age.isStrictHeader(sealed)) throw new CryptoError("malformed");
  if (sealed.length < storedSize) throw new CryptoError("truncated");
  const hasher = new StoredHasher();
  await hasher.update(sealed);
  if (!equal(await hasher.finish(), storedHash)) throw new CryptoError("damaged");
}

/** A whole file that lies in memory: its head and its sealed attachments, or why it is none. */
export async function readSubmission(file: Uint8Array): Promise<{ head: SubmissionHead; attachments: Uint8Array[] }> {
  const start = file.subarray(0, magic.length);
  if (!equal(start, magic)) {
    throw new CryptoError("not_a_submission");
  }
  if (file.length < fixedBytes) throw new CryptoError("truncated");
  const size = readBe32(file, 8);
  if (size > maxHeadBytes) throw new CryptoError("too_large");
  let at = fixedBytes + size;
  if (file.length < at) throw new CryptoError("truncated");
  const text = file.subarray(fixedBytes, at);
  if (!equal(sha256(text), file.subarray(12, fixedBytes))) throw new CryptoError("damaged");
  const head = decodeHead(text);
  const attachments: Uint8Array[] = [];
  for (const listed of head.attachments) {
    const sealed = file.subarray(at, at + listed.storedSize);
    await checkAttachment(sealed, listed);
    attachments.push(sealed);
    at += listed.storedSize;
  }
  if (at < file.length) throw new CryptoError("trailing");
  return { head, attachments };
}
