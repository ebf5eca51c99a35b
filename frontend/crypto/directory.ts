// Signers and directory (docs/protocol.md §3): whom reporters encrypt to, signed by people.
import * as age from "./age.ts";
import { CryptoError, equal, isZero, toBase64, toBase64url, utf8 } from "./bytes.ts";
import { roles, type Role } from "./grant.ts";
import { labelledHash, sha256 } from "./hash.ts";
import { countSigners, parseNote, signNote, type NamedSeed, type Note } from "./notes.ts";
import { isPersonName } from "./statement.ts";
import { FieldReader, parseStrictJson, type Json } from "./strict_json.ts";

export interface Signer {
  name: string;
  office: string;
  key: Uint8Array;
  isAdministrator: boolean;
}
export interface SignersNote {
  number: number;
  org: Uint8Array;
  signers: Signer[];
  threshold: number;
  logKey: Uint8Array; // signs the checkpoints of the log (§10.3)
}
export interface DirectoryMember {
  member: Uint8Array;
  person: Uint8Array;
  name: string;
  office: string;
  role: Role;
  recipient: Uint8Array;
  verifyKey: Uint8Array;
  sinceDay: number;
  isDefault: boolean;
}
export interface Directory {
  org: Uint8Array;
  version: number;
  day: number;
  expiresDay: number;
  previous: Uint8Array;
  members: DirectoryMember[];
}

const maxDirectoryDays = 400;
const maxMembers = 256;
const maxName = 96;
const b64 = toBase64url;

function asMalformed<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw new CryptoError("malformed");
  }
}

// --- signers ---

function readSigner(item: Json): Signer {
  const read = new FieldReader(item);
  const signer = {
    name: read.text("name", maxName),
    office: read.text("office", maxName),
    key: read.bytes("key", 32),
    isAdministrator: read.boolean("administrator"),
  };
  read.done();
  return signer;
}

function isSoundSigners(note: SignersNote): boolean {
  const { signers, threshold } = note;
  const distinct = new Set(signers.map((signer) => toBase64(signer.key))).size === signers.length;
  return (
    signers.length >= 2 && signers.length <= 5 && threshold >= 2 && threshold <= signers.length &&
    signers.some((signer) => !signer.isAdministrator) && distinct &&
    signers.every((signer) => isPersonName(signer.name) && isPersonName(signer.office))
  );
}

function decodeSigners(json: string): SignersNote {
  return asMalformed(() => {
    const read = new FieldReader(parseStrictJson(utf8(json)));
    const isSigners = read.text("t", 16) === "signers";
    const note: SignersNote = {
      org: read.bytes("org", 16),
      number: read.integer("number"),
      threshold: read.integer("threshold"),
      signers: read.list("signers", 5).map(readSigner),
      logKey: read.bytes("log_key", 32),
    };
    read.done();
    if (!isSigners || !isSoundSigners(note)) throw new CryptoError("malformed");
    return note;
  });
}

function checkThreshold(note: Note, type: "signers" | "directory", by: SignersNote): void {
  if (countSigners(note, type, by.signers) < by.threshold) throw new CryptoError("below_threshold");
}

export function signSignersNote(note: SignersNote, signers: NamedSeed[]): string {
  const json = JSON.stringify({
    t: "signers",
    org: b64(note.org),
    number: note.number,
    threshold: note.threshold,
    signers: note.signers.map((signer) => ({
      name: signer.name,
      office: signer.office,
      key: b64(signer.key),
      administrator: signer.isAdministrator,
    })),
    log_key: b64(note.logKey),
  });
  return signNote("signers", json, signers);
}

/** Note 0 stands on its own: signed by its own threshold. */
export function verifyFirstSignersNote(text: string): SignersNote {
  const note = parseNote("signers", text);
  const signers = decodeSigners(note.json);
  if (signers.number !== 0) throw new CryptoError("wrong_order");
  checkThreshold(note, "signers", signers);
  return signers;
}

/** Both thresholds: the old signers hand over, the new ones show that they hold their keys. */
export function verifyNextSignersNote(text: string, previous: SignersNote): SignersNote {
  const note = parseNote("signers", text);
  const signers = decodeSigners(note.json);
  if (!equal(signers.org, previous.org)) throw new CryptoError("wrong_org");
  if (signers.number !== previous.number + 1) throw new CryptoError("wrong_order");
  checkThreshold(note, "signers", previous);
  checkThreshold(note, "signers", signers);
  return signers;
}

/** All notes from number 0 on, each verified by the one before it; the newest. */
export function verifySignersChain(notes: readonly string[]): SignersNote {
  const [first, ...later] = notes;
  if (first === undefined) throw new CryptoError("malformed");
  return later.reduce((before, note) => verifyNextSignersNote(note, before), verifyFirstSignersNote(first));
}

export const organisationFingerprint = (signersNote0: string): Uint8Array =>
  labelledHash("tillit/v1/org", utf8(signersNote0));

// --- directory ---

function readMember(item: Json): DirectoryMember {
  const read = new FieldReader(item);
  const member = {
    member: read.bytes("member", 16),
    person: read.bytes("person", 16),
    name: read.text("name", maxName),
    office: read.text("office", maxName),
    role: read.word("role", roles),
    recipient: read.bytes("recipient", age.recipientBytes),
    verifyKey: read.bytes("verify_key", 32),
    sinceDay: read.integer("since_day"),
    isDefault: read.boolean("default"),
  };
  read.done();
  if (!isPersonName(member.name) || !isPersonName(member.office) || isZero(member.member)) {
    throw new CryptoError("malformed");
  }
  return member;
}

function isSoundDirectory(directory: Directory): boolean {
  const { version, day, expiresDay, members } = directory;
  if (version === 0 || (version === 1) !== isZero(directory.previous)) return false;
  if (expiresDay < day || expiresDay - day > maxDirectoryDays) return false;
  const distinct = new Set(members.map((member) => b64(member.member))).size === members.length;
  return distinct && members.every((member) => age.isRecipient(member.recipient));
}

function decodeDirectory(json: string): Directory {
  return asMalformed(() => {
    const read = new FieldReader(parseStrictJson(utf8(json)));
    const isDirectory = read.text("t", 16) === "directory";
    const directory: Directory = {
      org: read.bytes("org", 16),
      version: read.integer("version"),
      day: read.integer("day"),
      expiresDay: read.integer("expires_day"),
      previous: read.bytes("previous", 32),
      members: read.list("members", maxMembers).map(readMember),
    };
    read.done();
    if (!isDirectory || !isSoundDirectory(directory)) throw new CryptoError("malformed");
    return directory;
  });
}

export function signDirectory(directory: Directory, signers: NamedSeed[]): string {
  const json = JSON.stringify({
    t: "directory",
    org: b64(directory.org),
    version: directory.version,
    day: directory.day,
    expires_day: directory.expiresDay,
    previous: b64(directory.previous),
    members: directory.members.map((member) => ({
      member: b64(member.member),
      person: b64(member.person),
      name: member.name,
      office: member.office,
      role: member.role,
      recipient: b64(member.recipient),
      verify_key: b64(member.verifyKey),
      since_day: member.sinceDay,
      default: member.isDefault,
    })),
  });
  return signNote("directory", json, signers);
}

/** Signatures first: what nobody signed is not worth the work of reading. */
export function verifyDirectory(text: string, signers: SignersNote, today: number): Directory {
  const note = parseNote("directory", text);
  checkThreshold(note, "directory", signers);
  const directory = decodeDirectory(note.json);
  if (!equal(directory.org, signers.org)) throw new CryptoError("wrong_org");
  if (today > directory.expiresDay) throw new CryptoError("expired");
  return directory;
}

function unverifiedDirectory(text: string): Directory | undefined {
  try {
    return decodeDirectory(parseNote("directory", text).json);
  } catch {
    return undefined;
  }
}

/**
 * The versions before `newest`, newest first, vouched for by the chain of hashes that ends in it.
 * Stops where `notes` (any order) lacks one.
 */
export function earlierDirectories(notes: readonly string[], newest: Directory): Directory[] {
  const byHash = new Map(notes.map((note) => [toBase64(noteHash(note)), note]));
  const earlier: Directory[] = [];
  for (let after = newest; after.version > 1; after = earlier.at(-1)!) {
    const note = byHash.get(toBase64(after.previous));
    const before = note === undefined ? undefined : unverifiedDirectory(note);
    if (!before || before.version + 1 !== after.version || !equal(before.org, newest.org)) break;
    earlier.push(before);
  }
  return earlier;
}

export const noteHash = (note: string): Uint8Array => sha256(utf8(note));

/** What the signer types: 8 words of this hash. */
export const memberFingerprint = (
  org: Uint8Array,
  person: Uint8Array,
  recipient: Uint8Array,
  verifyKey: Uint8Array,
): Uint8Array => labelledHash("tillit/v1/member", org, person, recipient, verifyKey);
