// The identity envelope (docs/protocol.md §4.4): opens only with both shares.
import * as age from "./age.ts";
import { CryptoError, equal, toBase64url, utf8 } from "./bytes.ts";
import { identityEnvelopeSeed } from "./case_key.ts";
import { signStatement, verifyStatement } from "./ed25519.ts";
import { frameBytes, packSigned, unpackSigned } from "./signed_plaintext.ts";
import { FieldReader, parseStrictJson } from "./strict_json.ts";

const magic = "TILLITi1";
const plainBytes = 4096;

export interface Identity {
  org: Uint8Array;
  caseId: Uint8Array;
  given: boolean;
  name: string;
  contact: string;
}
export interface Shares {
  a: Uint8Array;
  b: Uint8Array;
}

function decodeIdentity(text: Uint8Array): Identity {
  try {
    const read = new FieldReader(parseStrictJson(text));
    const isIdentity = read.text("t", 16) === "identity";
    const identity = {
      org: read.bytes("org", 16),
      caseId: read.bytes("case_id", 32),
      given: read.boolean("given"),
      name: read.text("name", plainBytes),
      contact: read.text("contact", plainBytes),
    };
    read.done();
    const isEmpty = identity.name === "" && identity.contact === "";
    if (!isIdentity || identity.given === isEmpty) throw new CryptoError("malformed");
    return identity;
  } catch {
    throw new CryptoError("malformed");
  }
}

export async function sealIdentity(identity: Identity, reporter: Uint8Array, shares: Shares): Promise<Uint8Array> {
  const text = utf8(
    JSON.stringify({
      t: "identity",
      org: toBase64url(identity.org),
      case_id: toBase64url(identity.caseId),
      given: identity.given,
      name: identity.name,
      contact: identity.contact,
    }),
  );
  if (frameBytes + text.length > plainBytes) throw new CryptoError("too_large");
  decodeIdentity(text);
  const parts = { statement: text, signature: signStatement("identity", text, reporter) };
  const seed = identityEnvelopeSeed(shares.a, shares.b);
  return age.seal(packSigned(magic, parts, plainBytes), age.recipientOf(seed));
}

export async function openIdentity(
  sealed: Uint8Array,
  shares: Shares,
  reporter: Uint8Array,
  expected: { org: Uint8Array; caseId: Uint8Array },
): Promise<Identity> {
  if (sealed.length !== age.sealedSize(plainBytes)) throw new CryptoError("not_sealed");
  let plain: Uint8Array;
  try {
    plain = await age.open(sealed, identityEnvelopeSeed(shares.a, shares.b));
  } catch {
    throw new CryptoError("not_sealed");
  }
  const parts = unpackSigned(magic, plain);
  const identity = decodeIdentity(parts.statement);
  if (!verifyStatement("identity", parts.statement, parts.signature, reporter)) {
    throw new CryptoError("bad_signature");
  }
  if (!equal(identity.org, expected.org) || !equal(identity.caseId, expected.caseId)) {
    throw new CryptoError("wrong_case");
  }
  return identity;
}
