// Envelopes (docs/protocol.md §5): one message, signed, padded to a bucket, sealed to the case.
import * as age from "./age.ts";
import { CryptoError, equal } from "./bytes.ts";
import { signStatement, verifyStatement } from "./ed25519.ts";
import { labelledHash } from "./hash.ts";
import { frameBytes, packSigned, unpackSigned, type SignedParts } from "./signed_plaintext.ts";
import { decodeStatement, encodeStatement, type Kind, type Statement } from "./statement.ts";

const magic = "TILLITe1";
export const envelopeBuckets = [4096, 16384, 65536, 262144];

export const bucketOf = (bytes: number): number | undefined =>
  envelopeBuckets.find((bucket) => bytes <= bucket);

export async function sealEnvelope(
  statement: Statement,
  author: Uint8Array,
  caseRecipient: Uint8Array,
): Promise<Uint8Array> {
  const text = encodeStatement(statement);
  const size = bucketOf(frameBytes + text.length);
  if (!size) throw new CryptoError("too_large");
  decodeStatement(text); // nothing goes out that no reader would accept
  const parts = { statement: text, signature: signStatement("envelope", text, author) };
  return age.seal(packSigned(magic, parts, size), caseRecipient);
}

/** An envelope whose age layer is open and whose signature is not checked yet. */
export class UnverifiedEnvelope {
  constructor(
    private readonly statement: Statement,
    private readonly parts: SignedParts,
  ) {}

  get claimedAuthor(): Uint8Array {
    return this.statement.from;
  }
  get claimedKind(): Kind {
    return this.statement.kind;
  }

  /** The statement, if `author` signed it and it speaks of this organisation, case and epoch. */
  verify(author: Uint8Array, org: Uint8Array, caseId: Uint8Array, epoch = 0): Statement {
    if (!verifyStatement("envelope", this.parts.statement, this.parts.signature, author)) {
      throw new CryptoError("bad_signature");
    }
    const s = this.statement;
    if (!equal(s.org, org) || !equal(s.caseId, caseId) || s.epoch !== epoch) {
      throw new CryptoError("wrong_case");
    }
    return s;
  }
}

export async function openEnvelope(sealed: Uint8Array, caseIdentity: Uint8Array): Promise<UnverifiedEnvelope> {
  if (sealed.length > age.sealedSize(envelopeBuckets[3]!)) throw new CryptoError("too_large");
  let plain: Uint8Array;
  try {
    plain = await age.open(sealed, caseIdentity);
  } catch {
    throw new CryptoError("not_sealed");
  }
  if (bucketOf(plain.length) !== plain.length) throw new CryptoError("malformed");
  const parts = unpackSigned(magic, plain);
  return new UnverifiedEnvelope(decodeStatement(parts.statement), parts);
}

/** Names an envelope in chains. */
export const envelopeHash = (sealed: Uint8Array): Uint8Array =>
  labelledHash("tillit/v1/envelope", sealed);
