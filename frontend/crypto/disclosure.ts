// Letters about the identity (docs/protocol.md §4.5): request, refusal, disclosure of a share and
// opening; the twin of crypto/disclosure.cpp. Who may write which letter comes from the directory
// that the reader verified, never from the server.
import * as age from "./age.ts";
import { CryptoError, equal, isZero, toBase64url as b64, utf8 } from "./bytes.ts";
import type { DirectoryMember } from "./directory.ts";
import { signStatement, verifyStatement } from "./ed25519.ts";
import { recipientHash } from "./grant.ts";
import { labelledHash } from "./hash.ts";
import { frameBytes, packSigned, unpackSigned, type SignedParts } from "./signed_plaintext.ts";
import { FieldReader, parseStrictJson } from "./strict_json.ts";

const magic = "TILLITl1";
const plainBytes = 4096;
const maxGroundBytes = 32;
export const maxRequestTextBytes = 1200;
export const maxExemptionBytes = 600;
export const maxReasonBytes = 1200;

const toldWords = ["yes", "exempt"] as const;
export type ReporterTold = (typeof toldWords)[number];

interface Beginning {
  org: Uint8Array;
  caseId: Uint8Array;
  request: Uint8Array; // in a request its random id, else letterHash of the request it speaks of
  from: Uint8Array;
}
export interface IdentityRequest extends Beginning {
  t: "identity_request";
  custodian: Uint8Array;
  ground: string;
  text: string;
  told: ReporterTold;
  exemption: string; // not empty exactly if exempt
  notice: Uint8Array; // envelopeHash of the notice in the thread; zeros exactly if exempt
}
export interface Disclosure extends Beginning {
  t: "disclosure";
  to: Uint8Array;
  toRecipientHash: Uint8Array;
  ground: string;
  told: ReporterTold;
  share: Uint8Array; // a
}
export interface Refusal extends Beginning {
  t: "refusal";
  reason: string;
}
export interface Opening extends Beginning {
  t: "opening";
  disclosure: Uint8Array; // letterHash of the disclosure that is used
}
export type Letter = IdentityRequest | Disclosure | Refusal | Opening;
type Type = Letter["t"];
type LetterOf<T extends Type> = Extract<Letter, { t: T }>;

/** A verified letter; `hash` is what other letters call it. */
export interface Opened<L extends Letter> {
  letter: L;
  hash: Uint8Array;
}

/** What a reader knows beforehand. */
export interface LetterReader {
  identity: Uint8Array;
  member: Uint8Array;
  org: Uint8Array;
  caseId: Uint8Array;
  directory: Pick<DirectoryMember, "member" | "person" | "role" | "verifyKey">[];
  excluded: Uint8Array[]; // persons, from the reader's own grant
}

// --- JSON ---

function fieldsOf(letter: Letter): Record<string, string> {
  switch (letter.t) {
    case "identity_request":
      return {
        custodian: b64(letter.custodian), ground: letter.ground, text: letter.text,
        reporter_told: letter.told, exemption: letter.exemption, notice: b64(letter.notice),
      };
    case "disclosure":
      return {
        to: b64(letter.to), to_recipient_hash: b64(letter.toRecipientHash), ground: letter.ground,
        reporter_told: letter.told, identity_share: b64(letter.share),
      };
    case "refusal":
      return { reason: letter.reason };
    case "opening":
      return { disclosure: b64(letter.disclosure) };
  }
}

function encode(letter: Letter): Uint8Array {
  const { t, org, caseId, request, from } = letter;
  const beginning = { t, org: b64(org), case_id: b64(caseId), request: b64(request), from: b64(from) };
  return utf8(JSON.stringify({ ...beginning, ...fieldsOf(letter) }));
}

/** The same for each reader's copy (docs/protocol.md §4.5). */
export const letterHash = (letter: Letter): Uint8Array => labelledHash("tillit/v1/letter", encode(letter));

function refuse(isWrong: boolean): void {
  if (isWrong) throw new CryptoError("malformed");
}

function readGround(read: FieldReader): string {
  const ground = read.text("ground", maxGroundBytes);
  refuse(!/^[a-z_]+$/.test(ground));
  return ground;
}

function readRequest(read: FieldReader, beginning: Beginning): IdentityRequest {
  const letter: IdentityRequest = {
    t: "identity_request", ...beginning,
    custodian: read.bytes("custodian", 16),
    ground: readGround(read),
    text: read.text("text", maxRequestTextBytes),
    told: read.word("reporter_told", toldWords),
    exemption: read.text("exemption", maxExemptionBytes),
    notice: read.bytes("notice", 32),
  };
  const isExempt = letter.told === "exempt";
  refuse(letter.text === "" || (letter.exemption !== "") !== isExempt || isZero(letter.notice) !== isExempt);
  return letter;
}

function readFields(t: Type, read: FieldReader, beginning: Beginning): Letter {
  switch (t) {
    case "identity_request":
      return readRequest(read, beginning);
    case "disclosure":
      return {
        t, ...beginning,
        to: read.bytes("to", 16),
        toRecipientHash: read.bytes("to_recipient_hash", 32),
        ground: readGround(read),
        told: read.word("reporter_told", toldWords),
        share: read.bytes("identity_share", 32),
      };
    case "refusal": {
      const reason = read.text("reason", maxReasonBytes);
      refuse(reason === "");
      return { t, ...beginning, reason };
    }
    case "opening":
      return { t, ...beginning, disclosure: read.bytes("disclosure", 32) };
  }
}

function decode<T extends Type>(t: T, text: Uint8Array): LetterOf<T> {
  try {
    const read = new FieldReader(parseStrictJson(text));
    refuse(read.text("t", 16) !== t);
    const beginning: Beginning = {
      org: read.bytes("org", 16),
      caseId: read.bytes("case_id", 32),
      request: read.bytes("request", t === "identity_request" ? 16 : 32),
      from: read.bytes("from", 16),
    };
    const letter = readFields(t, read, beginning);
    read.done();
    return letter as LetterOf<T>;
  } catch {
    throw new CryptoError("malformed");
  }
}

// --- sealing and opening ---

/** Signs and seals to one reader. The same letter gives the same statement for each of them. */
export async function sealLetter(letter: Letter, author: Uint8Array, to: Uint8Array): Promise<Uint8Array> {
  const text = encode(letter);
  decode(letter.t, text);
  if (frameBytes + text.length > plainBytes) throw new CryptoError("too_large");
  const parts = { statement: text, signature: signStatement(letter.t, text, author) };
  return age.seal(packSigned(magic, parts, plainBytes), to);
}

async function openPlain(sealed: Uint8Array, identity: Uint8Array): Promise<SignedParts> {
  if (sealed.length !== age.sealedSize(plainBytes)) throw new CryptoError("not_sealed");
  let plain: Uint8Array;
  try {
    plain = await age.open(sealed, identity);
  } catch {
    throw new CryptoError("not_sealed");
  }
  return unpackSigned(magic, plain);
}

const find = (me: LetterReader, member: Uint8Array) => me.directory.find((m) => equal(m.member, member));

function mayWrite(role: string, t: Type): boolean {
  if (t === "disclosure" || t === "refusal") return role === "custodian";
  return role === "investigator" || role === "alternate";
}

/** Sealed to me, well-formed, signed by a listed member whose office may write it, of this case. */
async function open<T extends Type>(t: T, sealed: Uint8Array, me: LetterReader): Promise<Opened<LetterOf<T>>> {
  const parts = await openPlain(sealed, me.identity);
  const letter = decode(t, parts.statement);
  const author = find(me, letter.from);
  if (!author) throw new CryptoError("unknown_author");
  if (!verifyStatement(t, parts.statement, parts.signature, author.verifyKey)) {
    throw new CryptoError("bad_signature");
  }
  if (!equal(letter.org, me.org) || !equal(letter.caseId, me.caseId)) throw new CryptoError("wrong_case");
  if (!mayWrite(author.role, t)) throw new CryptoError("wrong_role");
  return { letter, hash: labelledHash("tillit/v1/letter", parts.statement) };
}

function isOnePerson(me: LetterReader, one: Uint8Array, other: Uint8Array): boolean {
  const [a, b] = [find(me, one), find(me, other)];
  return a !== undefined && b !== undefined && equal(a.person, b.person);
}

export async function openRequest(sealed: Uint8Array, me: LetterReader): Promise<Opened<IdentityRequest>> {
  const opened = await open("identity_request", sealed, me);
  const { from, custodian } = opened.letter;
  const asks = find(me, from)!;
  if (me.excluded.some((person) => equal(person, asks.person))) throw new CryptoError("excluded");
  if (isOnePerson(me, from, custodian)) throw new CryptoError("same_person");
  // Colleagues on the case get a copy; a custodian only what she is asked herself.
  const amCustodian = find(me, me.member)?.role === "custodian";
  if (amCustodian && !equal(custodian, me.member)) throw new CryptoError("not_for_me");
  return opened;
}

export async function openDisclosure(
  sealed: Uint8Array,
  me: LetterReader,
  answered: Opened<IdentityRequest>,
): Promise<Opened<Disclosure>> {
  const opened = await open("disclosure", sealed, me);
  const { letter } = opened;
  const request = answered.letter;
  if (isOnePerson(me, letter.from, letter.to)) throw new CryptoError("same_person");
  const mine = recipientHash(age.recipientOf(me.identity));
  if (!equal(letter.to, me.member) || !equal(letter.toRecipientHash, mine)) throw new CryptoError("not_for_me");
  const answers =
    equal(letter.request, answered.hash) && equal(request.from, me.member) &&
    equal(letter.from, request.custodian) && letter.ground === request.ground && letter.told === request.told;
  if (!answers) throw new CryptoError("wrong_request");
  return opened;
}

export async function openRefusal(
  sealed: Uint8Array,
  me: LetterReader,
  answered: Opened<IdentityRequest>,
): Promise<Opened<Refusal>> {
  const opened = await open("refusal", sealed, me);
  const { request, from } = opened.letter;
  if (!equal(request, answered.hash) || !equal(from, answered.letter.custodian)) throw new CryptoError("wrong_request");
  return opened;
}

export async function openOpening(
  sealed: Uint8Array,
  me: LetterReader,
  answered: Opened<IdentityRequest>,
): Promise<Opened<Opening>> {
  const opened = await open("opening", sealed, me);
  const { request, from } = opened.letter;
  if (!equal(request, answered.hash) || !equal(from, answered.letter.from)) throw new CryptoError("wrong_request");
  return opened;
}
