// What a member's client signs about its own act, for the log (docs/protocol.md §10.4); the twin of
// crypto/act.h. The service stores it in the log's event as it was signed.
import { CryptoError, equal, toBase64url, utf8 } from "./bytes.ts";
import { signStatement, verifyStatement } from "./ed25519.ts";
import { FieldReader, parseStrictJson } from "./strict_json.ts";

export interface Act {
  org: Uint8Array;
  kind: string;
  object: Uint8Array;
  member: Uint8Array;
  minute: number; // since 1970-01-01, by this machine's clock
}

const maxActBytes = 1024;
const maxKind = 32;

export const encodeAct = (act: Act): string =>
  JSON.stringify({
    t: "act",
    org: toBase64url(act.org),
    kind: act.kind,
    object: toBase64url(act.object),
    member: toBase64url(act.member),
    minute: act.minute,
  });

export const signAct = (statement: string, seed: Uint8Array): Uint8Array =>
  signStatement("act", utf8(statement), seed);

function decodeAct(statement: string): Act {
  try {
    if (utf8(statement).length > maxActBytes) throw new CryptoError("malformed");
    const read = new FieldReader(parseStrictJson(utf8(statement)));
    const isAct = read.text("t", 16) === "act";
    const act: Act = {
      org: read.bytes("org", 16),
      kind: read.text("kind", maxKind),
      object: read.bytes("object", 32),
      member: read.bytes("member", 16),
      minute: read.integer("minute"),
    };
    read.done();
    if (!isAct) throw new CryptoError("malformed");
    return act;
  } catch {
    throw new CryptoError("malformed");
  }
}

/** Against what it is said to be about; the minute is not compared. */
export function verifyAct(
  statement: string, signature: Uint8Array, key: Uint8Array, expected: Omit<Act, "minute">,
): Act {
  const act = decodeAct(statement);
  if (!verifyStatement("act", utf8(statement), signature, key)) throw new CryptoError("bad_signature");
  if (!equal(act.org, expected.org)) throw new CryptoError("wrong_org");
  const isAboutIt =
    act.kind === expected.kind && equal(act.object, expected.object) && equal(act.member, expected.member);
  if (!isAboutIt) throw new CryptoError("wrong_act");
  return act;
}
