// Internal notes (docs/protocol.md §7.12): what colleagues who handle a case write to one another; the
// twin of crypto/case_note.cpp. Not the signed notes of notes.ts, which are files for everybody.
import * as age from "./age.ts";
import { CryptoError, equal, isZero, toBase64url, utf8 } from "./bytes.ts";
import { signStatement, verifyStatement } from "./ed25519.ts";
import { bucketOf, envelopeBuckets } from "./envelope.ts";
import { maxEpoch } from "./epoch_grant.ts";
import { labelledHash } from "./hash.ts";
import { frameBytes, packSigned, unpackSigned, type SignedParts } from "./signed_plaintext.ts";
import { maxStatementBytes, readHeads, writeHeads, type Head } from "./statement.ts";
import { FieldReader, parseStrictJson } from "./strict_json.ts";

const magic = "TILLITn1";
const type = "note";

export interface CaseNote {
  org: Uint8Array;
  caseId: Uint8Array;
  epoch: number;
  from: Uint8Array; // a member
  seq: number;
  prev: Uint8Array;
  heads: Head[]; // the last note of every author that the writer has verified
  body: string; // not empty
}

export function encodeCaseNote(note: CaseNote): Uint8Array {
  return utf8(
    JSON.stringify({
      t: type,
      org: toBase64url(note.org),
      case_id: toBase64url(note.caseId),
      epoch: note.epoch,
      from: toBase64url(note.from),
      seq: note.seq,
      prev: toBase64url(note.prev),
      heads: writeHeads(note.heads),
      body: note.body,
    }),
  );
}

function read(text: Uint8Array): CaseNote {
  const fields = new FieldReader(parseStrictJson(text));
  if (fields.text("t", 16) !== type) throw new CryptoError("malformed");
  const note = {
    org: fields.bytes("org", 16),
    caseId: fields.bytes("case_id", 32),
    epoch: fields.integer("epoch", maxEpoch),
    from: fields.bytes("from", 16),
    seq: fields.integer("seq"),
    prev: fields.bytes("prev", 32),
    heads: readHeads(fields),
    body: fields.text("body", maxStatementBytes),
  };
  fields.done();
  const isConsistent = !isZero(note.from) && note.seq !== 0 && (note.seq === 1) === isZero(note.prev) && note.body !== "";
  if (!isConsistent) throw new CryptoError("malformed");
  return note;
}

/** Throws "malformed" for whatever a strict reader refuses. */
export function decodeCaseNote(text: Uint8Array): CaseNote {
  try {
    return read(text);
  } catch {
    throw new CryptoError("malformed");
  }
}

export async function sealCaseNote(note: CaseNote, author: Uint8Array, handling: Uint8Array): Promise<Uint8Array> {
  const text = encodeCaseNote(note);
  const size = bucketOf(frameBytes + text.length);
  if (!size) throw new CryptoError("too_large");
  decodeCaseNote(text); // nothing goes out that no reader would accept
  return age.seal(packSigned(magic, { statement: text, signature: signStatement(type, text, author) }, size), handling);
}

/** A note whose age layer is open and whose signature is not checked yet. */
export class UnverifiedNote {
  constructor(
    private readonly note: CaseNote,
    private readonly parts: SignedParts,
  ) {}

  get claimedAuthor(): Uint8Array {
    return this.note.from;
  }
  get claimedEpoch(): number {
    return this.note.epoch;
  }

  /** The note, if `author` signed it and it speaks of this organisation and case. */
  verify(author: Uint8Array, org: Uint8Array, caseId: Uint8Array): CaseNote {
    if (!verifyStatement(type, this.parts.statement, this.parts.signature, author)) throw new CryptoError("bad_signature");
    if (!equal(this.note.org, org) || !equal(this.note.caseId, caseId)) throw new CryptoError("wrong_case");
    return this.note;
  }
}

export async function openCaseNote(sealed: Uint8Array, handling: Uint8Array): Promise<UnverifiedNote> {
  if (sealed.length > age.sealedSize(envelopeBuckets[3]!)) throw new CryptoError("too_large");
  let plain: Uint8Array;
  try {
    plain = await age.open(sealed, handling);
  } catch {
    throw new CryptoError("not_sealed");
  }
  if (bucketOf(plain.length) !== plain.length) throw new CryptoError("malformed");
  const parts = unpackSigned(magic, plain);
  return new UnverifiedNote(decodeCaseNote(parts.statement), parts);
}

/** Names a note in chains and in the log. */
export const caseNoteHash = (sealed: Uint8Array): Uint8Array => labelledHash("tillit/v1/note", sealed);
