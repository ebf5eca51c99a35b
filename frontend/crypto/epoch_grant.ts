// Keys of a case handed on by one of its holders (docs/protocol.md §7.7): case identities of one or
// more epochs, sealed to a member or to the reporter; the twin of crypto/epoch_grant.cpp.
import * as age from "./age.ts";
import { CryptoError, equal, fromBase64url, toBase64url, utf8 } from "./bytes.ts";
import { signStatement, verifyStatement } from "./ed25519.ts";
import { grantPlainBytes, openGrantPlain, recipientHash } from "./grant.ts";
import { packSigned } from "./signed_plaintext.ts";
import { FieldReader, parseStrictJson } from "./strict_json.ts";

const magic = "TILLITg2";
const type = "epoch_grant";
export const maxEpoch = 31; // so that all secrets of a case fit one grant

export interface EpochGrant {
  org: Uint8Array;
  caseId: Uint8Array;
  from: Uint8Array; // a member, or zeros: the reporter
  to: Uint8Array; // likewise
  toRecipientHash: Uint8Array;
  firstEpoch: number;
  secrets: Uint8Array[]; // of firstEpoch, firstEpoch + 1, …: at least one
  share?: Uint8Array | undefined; // b, for a further investigator
  verifyKey: Uint8Array; // the reporter's first: with it, the case id can be checked
}

function encode(grant: EpochGrant): Uint8Array {
  return utf8(
    JSON.stringify({
      t: type,
      org: toBase64url(grant.org),
      case_id: toBase64url(grant.caseId),
      from: toBase64url(grant.from),
      to: toBase64url(grant.to),
      to_recipient_hash: toBase64url(grant.toRecipientHash),
      first_epoch: grant.firstEpoch,
      secrets: grant.secrets.map(toBase64url),
      ...(grant.share ? { identity_share: toBase64url(grant.share) } : {}),
      verify_key: toBase64url(grant.verifyKey),
    }),
  );
}

export async function sealEpochGrant(grant: EpochGrant, from: Uint8Array, to: Uint8Array): Promise<Uint8Array> {
  const text = encode(grant);
  return age.seal(packSigned(magic, { statement: text, signature: signStatement(type, text, from) }, grantPlainBytes), to);
}

function read(text: Uint8Array): EpochGrant {
  const fields = new FieldReader(parseStrictJson(text));
  if (fields.text("t", 16) !== type) throw new CryptoError("malformed");
  const grant: EpochGrant = {
    org: fields.bytes("org", 16),
    caseId: fields.bytes("case_id", 32),
    from: fields.bytes("from", 16),
    to: fields.bytes("to", 16),
    toRecipientHash: fields.bytes("to_recipient_hash", 32),
    firstEpoch: fields.integer("first_epoch", maxEpoch),
    secrets: fields.list("secrets", maxEpoch + 1).map((item) => {
      if (typeof item !== "string") throw new CryptoError("malformed");
      return fromBase64url(item, 32);
    }),
    share: fields.has("identity_share") ? fields.bytes("identity_share", 32) : undefined,
    verifyKey: fields.bytes("verify_key", 32),
  };
  fields.done();
  const isInRange = grant.secrets.length > 0 && grant.firstEpoch + grant.secrets.length - 1 <= maxEpoch;
  if (!isInRange) throw new CryptoError("malformed");
  return grant;
}

function decode(text: Uint8Array): EpochGrant {
  try {
    return read(text);
  } catch {
    throw new CryptoError("malformed");
  }
}

export interface EpochGrantReader {
  identity: Uint8Array;
  me: Uint8Array; // zeros: the reporter
  org: Uint8Array;
  caseId: Uint8Array;
  /** The key of an author, or nothing if he may not hand on keys. */
  authorKey(from: Uint8Array): Uint8Array | undefined;
}

export async function openEpochGrant(sealed: Uint8Array, reader: EpochGrantReader): Promise<EpochGrant> {
  const parts = await openGrantPlain(magic, sealed, reader.identity);
  const grant = decode(parts.statement);
  const key = reader.authorKey(grant.from);
  if (!key) throw new CryptoError("unknown_author");
  if (!verifyStatement(type, parts.statement, parts.signature, key)) throw new CryptoError("bad_signature");
  const mine = recipientHash(age.recipientOf(reader.identity));
  if (!equal(grant.to, reader.me) || !equal(grant.toRecipientHash, mine)) throw new CryptoError("not_for_me");
  if (!equal(grant.org, reader.org) || !equal(grant.caseId, reader.caseId)) throw new CryptoError("wrong_case");
  return grant;
}
