// Grants (docs/protocol.md §4.2): the case identity, or a share of the identity envelope's, for one
// member; the twin of crypto/grant.cpp.
import * as age from "./age.ts";
import { CryptoError, equal, toBase64url, utf8 } from "./bytes.ts";
import { caseId as caseIdOf } from "./case_key.ts";
import { signStatement, verifyStatement } from "./ed25519.ts";
import { labelledHash } from "./hash.ts";
import { packSigned, unpackSigned, type SignedParts } from "./signed_plaintext.ts";
import { readExcluded, writeExcluded, type Exclusion } from "./statement.ts";
import { FieldReader, parseStrictJson } from "./strict_json.ts";

const magic = "TILLITg1";
export const grantPlainBytes = 4096;
export const roles = ["investigator", "custodian", "alternate", "administrator", "auditor"] as const;
export type Role = (typeof roles)[number];

export interface Grant {
  org: Uint8Array;
  caseId: Uint8Array;
  epoch: number;
  to: Uint8Array;
  toRecipientHash: Uint8Array;
  dirVersion: number;
  dirHash: Uint8Array;
  role: Role;
  secret?: Uint8Array | undefined; // investigators and alternates: the case identity
  share?: Uint8Array | undefined; // investigators and alternates: b; custodians: a
  verifyKey: Uint8Array;
  reporterRecipientHash: Uint8Array;
  excluded: Exclusion[];
}

export const recipientHash = (recipient: Uint8Array): Uint8Array =>
  labelledHash("tillit/v1/recipient", recipient);

function encodeGrant(grant: Grant): Uint8Array {
  return utf8(
    JSON.stringify({
      t: "grant",
      org: toBase64url(grant.org),
      case_id: toBase64url(grant.caseId),
      epoch: grant.epoch,
      to: toBase64url(grant.to),
      to_recipient_hash: toBase64url(grant.toRecipientHash),
      dir_version: grant.dirVersion,
      dir_hash: toBase64url(grant.dirHash),
      role: grant.role,
      ...(grant.secret ? { secret: toBase64url(grant.secret) } : {}),
      ...(grant.share ? { identity_share: toBase64url(grant.share) } : {}),
      verify_key: toBase64url(grant.verifyKey),
      reporter_recipient_hash: toBase64url(grant.reporterRecipientHash),
      excluded: writeExcluded(grant.excluded),
    }),
  );
}

export async function sealGrant(grant: Grant, reporter: Uint8Array, member: Uint8Array): Promise<Uint8Array> {
  const text = encodeGrant(grant);
  const parts = { statement: text, signature: signStatement("grant", text, reporter) };
  return age.seal(packSigned(magic, parts, grantPlainBytes), member);
}

function readGrant(text: Uint8Array): Grant {
  const read = new FieldReader(parseStrictJson(text));
  if (read.text("t", 16) !== "grant") throw new CryptoError("malformed");
  const grant: Grant = {
    org: read.bytes("org", 16),
    caseId: read.bytes("case_id", 32),
    epoch: read.integer("epoch"),
    to: read.bytes("to", 16),
    toRecipientHash: read.bytes("to_recipient_hash", 32),
    dirVersion: read.integer("dir_version"),
    dirHash: read.bytes("dir_hash", 32),
    role: read.word("role", roles),
    secret: read.has("secret") ? read.bytes("secret", 32) : undefined,
    share: read.has("identity_share") ? read.bytes("identity_share", 32) : undefined,
    verifyKey: read.bytes("verify_key", 32),
    reporterRecipientHash: read.bytes("reporter_recipient_hash", 32),
    excluded: readExcluded(read),
  };
  read.done();
  const reads = grant.role === "investigator" || grant.role === "alternate";
  const hasItsParts = (grant.secret !== undefined) === reads && grant.share !== undefined;
  if (!(reads || grant.role === "custodian") || !hasItsParts) throw new CryptoError("malformed");
  return grant;
}

function decodeGrant(text: Uint8Array): Grant {
  try {
    return readGrant(text);
  } catch {
    throw new CryptoError("malformed");
  }
}

export interface ExpectedCase {
  org: Uint8Array;
  caseId: Uint8Array;
  caseRecipient: Uint8Array;
  reporterRecipient: Uint8Array;
}

export async function openGrantPlain(magic: string, sealed: Uint8Array, member: Uint8Array): Promise<SignedParts> {
  if (sealed.length !== age.sealedSize(grantPlainBytes)) throw new CryptoError("not_sealed");
  let plain: Uint8Array;
  try {
    plain = await age.open(sealed, member);
  } catch {
    throw new CryptoError("not_sealed");
  }
  return unpackSigned(magic, plain);
}

/**
 * Opens and checks: addressee, signature by the key it carries, and that case identity, reporter
 * recipient and verify key give the case id. The id certifies both recipients and the key that
 * signed: whoever made another grant for this case would have to find a second preimage.
 */
export async function openGrant(sealed: Uint8Array, member: Uint8Array, expected: ExpectedCase): Promise<Grant> {
  const parts = await openGrantPlain(magic, sealed, member);
  const grant = decodeGrant(parts.statement);
  if (!verifyStatement("grant", parts.statement, parts.signature, grant.verifyKey)) {
    throw new CryptoError("bad_signature");
  }
  if (!equal(grant.toRecipientHash, recipientHash(age.recipientOf(member)))) {
    throw new CryptoError("not_for_me");
  }
  const { org, caseId, caseRecipient, reporterRecipient } = expected;
  const isThisCase =
    equal(grant.org, org) &&
    equal(grant.caseId, caseId) &&
    equal(caseIdOf(org, caseRecipient, reporterRecipient, grant.verifyKey), caseId) &&
    equal(grant.reporterRecipientHash, recipientHash(reporterRecipient)) &&
    (!grant.secret || equal(age.recipientOf(grant.secret), caseRecipient));
  if (!isThisCase) throw new CryptoError("wrong_case");
  return grant;
}
