// C2SP signed notes with Ed25519: text ‖ empty line ‖ "— NAME BASE64(keyhash4 ‖ sig64)" lines.
import { concat, CryptoError, equal, fromBase64, toBase64, utf8 } from "./bytes.ts";
import { signRaw, verifyKeyOf, verifyRaw } from "./ed25519.ts";
import { sha256 } from "./hash.ts";

export interface NoteSignature {
  name: string;
  keyHash: Uint8Array;
  signature: Uint8Array;
}
export interface Note {
  text: string; // with its last newline: these bytes are signed
  signatures: NoteSignature[];
}

/** First four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key). */
export function noteKeyHash(name: string, key: Uint8Array): Uint8Array {
  return sha256(concat(utf8(name), Uint8Array.of(0x0a, 0x01), key)).subarray(0, 4);
}

export function signNote(text: string, signers: { name: string; seed: Uint8Array }[]): string {
  const lines = signers.map(({ name, seed }) => {
    const signature = signRaw(utf8(text), seed);
    return `\u2014 ${name} ${toBase64(concat(noteKeyHash(name, verifyKeyOf(seed)), signature))}\n`;
  });
  return `${text}\n${lines.join("")}`;
}

export function parseNote(note: string): Note {
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n")) throw new CryptoError("malformed");
  const signatures = note
    .slice(split + 2, -1)
    .split("\n")
    .map((line) => {
      const match = /^\u2014 ([^ +\n]+) ([A-Za-z0-9+/=]+)$/u.exec(line);
      if (!match) throw new CryptoError("malformed");
      const bytes = fromBase64(match[2]!);
      if (bytes.length !== 68) throw new CryptoError("malformed");
      return { name: match[1]!, keyHash: bytes.subarray(0, 4), signature: bytes.subarray(4) };
    });
  return { text: note.slice(0, split + 1), signatures };
}

/** How many distinct keys signed. A line that names a key and does not verify spoils the note. */
export function countSignatures(note: Note, keys: { name: string; key: Uint8Array }[]): number {
  const signed = new Set<string>();
  for (const line of note.signatures) {
    const known = keys.find(
      ({ name, key }) => name === line.name && equal(noteKeyHash(name, key), line.keyHash),
    );
    if (!known) continue;
    if (!verifyRaw(utf8(note.text), line.signature, known.key)) throw new CryptoError("bad_signature");
    signed.add(toBase64(known.key));
  }
  return signed.size;
}
