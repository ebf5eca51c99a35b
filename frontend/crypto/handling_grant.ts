// The handling identity of one epoch, handed to one who handles the case (docs/protocol.md §7.11): what
// internal notes are sealed to; the twin of crypto/handling_grant.cpp.
import * as age from "./age.ts";
import { CryptoError, equal, toBase64url, utf8 } from "./bytes.ts";
import { signStatement, verifyStatement } from "./ed25519.ts";
import { maxEpoch } from "./epoch_grant.ts";
import { grantPlainBytes, openGrantPlain, recipientHash } from "./grant.ts";
import { packSigned } from "./signed_plaintext.ts";
import { FieldReader, parseStrictJson } from "./strict_json.ts";

const magic = "TILLITh1";
const type = "handling_grant";

export interface HandlingGrant {
  org: Uint8Array;
  caseId: Uint8Array;
  epoch: number;
  from: Uint8Array;
  to: Uint8Array;
  toRecipientHash: Uint8Array;
  secret: Uint8Array; // the handling identity
  recipientHash: Uint8Array; // of its recipient
}

function encode(grant: HandlingGrant): Uint8Array {
  return utf8(
    JSON.stringify({
      t: type,
      org: toBase64url(grant.org),
      case_id: toBase64url(grant.caseId),
      epoch: grant.epoch,
      from: toBase64url(grant.from),
      to: toBase64url(grant.to),
      to_recipient_hash: toBase64url(grant.toRecipientHash),
      secret: toBase64url(grant.secret),
      recipient_hash: toBase64url(grant.recipientHash),
    }),
  );
}

export async function sealHandlingGrant(grant: HandlingGrant, from: Uint8Array, to: Uint8Array): Promise<Uint8Array> {
  const text = encode(grant);
  return age.seal(packSigned(magic, { statement: text, signature: signStatement(type, text, from) }, grantPlainBytes), to);
}

function read(text: Uint8Array): HandlingGrant {
  const fields = new FieldReader(parseStrictJson(text));
  if (fields.text("t", 16) !== type) throw new CryptoError("malformed");
  const grant = {
    org: fields.bytes("org", 16),
    caseId: fields.bytes("case_id", 32),
    epoch: fields.integer("epoch", maxEpoch),
    from: fields.bytes("from", 16),
    to: fields.bytes("to", 16),
    toRecipientHash: fields.bytes("to_recipient_hash", 32),
    secret: fields.bytes("secret", 32),
    recipientHash: fields.bytes("recipient_hash", 32),
  };
  fields.done();
  const givesIt = equal(recipientHash(age.recipientOf(grant.secret)), grant.recipientHash);
  if (!givesIt) throw new CryptoError("malformed");
  return grant;
}

function decode(text: Uint8Array): HandlingGrant {
  try {
    return read(text);
  } catch {
    throw new CryptoError("malformed");
  }
}

export interface HandlingGrantReader {
  identity: Uint8Array;
  me: Uint8Array;
  org: Uint8Array;
  caseId: Uint8Array;
  /** The key of an author, or nothing if he may not hand on the handling identity of that epoch. */
  authorKey(from: Uint8Array, epoch: number): Uint8Array | undefined;
}

export async function openHandlingGrant(sealed: Uint8Array, reader: HandlingGrantReader): Promise<HandlingGrant> {
  const parts = await openGrantPlain(magic, sealed, reader.identity);
  const grant = decode(parts.statement);
  const key = reader.authorKey(grant.from, grant.epoch);
  if (!key) throw new CryptoError("unknown_author");
  if (!verifyStatement(type, parts.statement, parts.signature, key)) throw new CryptoError("bad_signature");
  const mine = recipientHash(age.recipientOf(reader.identity));
  if (!equal(grant.to, reader.me) || !equal(grant.toRecipientHash, mine)) throw new CryptoError("not_for_me");
  if (!equal(grant.org, reader.org) || !equal(grant.caseId, reader.caseId)) throw new CryptoError("wrong_case");
  return grant;
}
