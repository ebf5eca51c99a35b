// SHA-256 with labels, and HKDF; the twin of the first part of crypto/primitives.h.
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";

import { concat, utf8 } from "./bytes.ts";

export const sha256 = (bytes: Uint8Array): Uint8Array => nobleSha256(bytes);
export const newSha256 = () => nobleSha256.create();

const zero = new Uint8Array(1);

/** SHA-256(label ‖ 0x00 ‖ parts…). Parts are of fixed length or carry their own. */
export function labelledHash(label: string, ...parts: Uint8Array[]): Uint8Array {
  return sha256(concat(utf8(label), zero, ...parts));
}

/** HKDF-SHA256 with info = label, 32 bytes. */
export function derive(ikm: Uint8Array, salt: Uint8Array, label: string): Uint8Array {
  return hkdf(nobleSha256, ikm, salt, utf8(label), 32);
}
