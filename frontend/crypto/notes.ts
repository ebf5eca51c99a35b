// Signed notes (docs/protocol.md §3.1): "tillit/v1/TYPE", a line of strict JSON, an empty line, then
// "— NAME BASE64(keyhash4 ‖ sig64)" lines; the twin of crypto/note.cpp.
import { concat, CryptoError, equal, fromBase64, toBase64, utf8 } from "./bytes.ts";
import { signStatement, verifyKeyOf, verifyStatement } from "./ed25519.ts";
import { sha256 } from "./hash.ts";

export type NoteType = "signers" | "directory";
export interface NoteSignature {
  name: string;
  keyHash: Uint8Array;
  signature: Uint8Array;
}
export interface Note {
  text: string; // the two lines with their line feeds: what is signed
  json: string;
  signatures: NoteSignature[];
}
export interface NoteKey {
  name: string;
  key: Uint8Array;
}
export interface NamedSeed {
  name: string;
  seed: Uint8Array;
}

const maxNoteBytes = 1024 * 1024;
const maxSignatures = 32;

/** Names in signature lines hold neither spaces nor plus signs. */
const noteName = (name: string): string => name.replace(/[ +]/g, "_");

function noteKeyHash(name: string, key: Uint8Array): Uint8Array {
  return sha256(concat(utf8(name), Uint8Array.of(0x0a, 0xff), utf8("tillit/v1/sig"), key)).subarray(0, 4);
}

function signatureLine(type: NoteType, text: string, signer: NamedSeed): string {
  const name = noteName(signer.name);
  const hash = noteKeyHash(name, verifyKeyOf(signer.seed));
  return `\u2014 ${name} ${toBase64(concat(hash, signStatement(type, utf8(text), signer.seed)))}\n`;
}

export function signNote(type: NoteType, json: string, signers: NamedSeed[]): string {
  const text = `tillit/v1/${type}\n${json}\n`;
  return `${text}\n${signers.map((signer) => signatureLine(type, text, signer)).join("")}`;
}

function parseSignature(line: string): NoteSignature {
  const match = /^\u2014 ([^ +]+) ([A-Za-z0-9+/]{91}=)$/u.exec(line);
  if (!match) throw new CryptoError("malformed");
  const bytes = fromBase64(match[2]!);
  return { name: match[1]!, keyHash: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

export function parseNote(type: NoteType, note: string): Note {
  const lines = note.split("\n");
  const [header, json, empty, ...rest] = lines;
  const hasShape = header === `tillit/v1/${type}` && json !== undefined && json !== "" && empty === "";
  if (!hasShape || note.includes("\0") || utf8(note).length > maxNoteBytes) throw new CryptoError("malformed");
  if (rest.pop() !== "" || rest.length === 0 || rest.length > maxSignatures) throw new CryptoError("malformed");
  return { text: `${header}\n${json}\n`, json, signatures: rest.map(parseSignature) };
}

/** How many distinct keys signed. A line that names a known key and does not verify spoils the note. */
export function countSigners(note: Note, type: NoteType, keys: NoteKey[]): number {
  const signed = new Set<string>();
  for (const line of note.signatures) {
    const known = keys.find(
      ({ name, key }) => noteName(name) === line.name && equal(noteKeyHash(noteName(name), key), line.keyHash),
    );
    if (!known) continue;
    if (!verifyStatement(type, utf8(note.text), line.signature, known.key)) {
      throw new CryptoError("bad_signature");
    }
    signed.add(toBase64(known.key));
  }
  return signed.size;
}
