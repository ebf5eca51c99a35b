// age v1 files with exactly one mlkem768x25519 stanza; the twin of crypto/age/age.h.
import { MLKEM768X25519 } from "@noble/post-quantum/hybrid.js";
import { bech32 } from "@scure/base";
import { Decrypter, Encrypter } from "age-encryption";

import { CryptoError, fromBase64 } from "./bytes.ts";

export const recipientBytes = 1216;
export const headerBytes = 1627;
const nonceBytes = 16;
const chunkBytes = 64 * 1024;
const tagBytes = 16;

export function recipientOf(seed: Uint8Array): Uint8Array {
  return MLKEM768X25519.getPublicKey(seed);
}

/**
 * Whether something can be sealed to these bytes. noble 0.5 lets coefficients of 3,329 and more pass,
 * which FIPS 203 §7.2 and libsodium refuse, so they are looked at here.
 */
export function isRecipient(bytes: Uint8Array): boolean {
  if (bytes.length !== recipientBytes) return false;
  for (let at = 0; at < 1152; at += 3) {
    const low = bytes[at]! | ((bytes[at + 1]! & 15) << 8);
    const high = (bytes[at + 1]! >> 4) | (bytes[at + 2]! << 4);
    if (low >= 3329 || high >= 3329) return false;
  }
  try {
    MLKEM768X25519.encapsulate(bytes); // fails for an X25519 part of low order
    return true;
  } catch {
    return false;
  }
}

function recipientText(recipient: Uint8Array): string {
  return bech32.encode("age1pq", bech32.toWords(recipient), false);
}

function identityText(seed: Uint8Array): string {
  return bech32.encodeFromBytes("AGE-SECRET-KEY-PQ-", seed).toUpperCase();
}

export function sealedSize(plainBytes: number): number {
  return headerBytes + nonceBytes + plainBytes + tagBytes * Math.max(1, Math.ceil(plainBytes / chunkBytes));
}

/** True if these first bytes are the header of a file of our profile, canonical throughout. */
export function isStrictHeader(bytes: Uint8Array): boolean {
  if (bytes.length < headerBytes) return false;
  const text = String.fromCharCode(...bytes.subarray(0, headerBytes));
  const match =
    /^age-encryption\.org\/v1\n-> mlkem768x25519 ([A-Za-z0-9+/]{1494})\n([A-Za-z0-9+/]{43})\n--- ([A-Za-z0-9+/]{43})\n$/.exec(
      text,
    );
  if (!match) return false;
  try {
    fromBase64(`${match[1]}==`);
    fromBase64(`${match[2]}=`);
    fromBase64(`${match[3]}=`);
    return true;
  } catch {
    return false;
  }
}

/** What a reader without a key can check: the header, and a length that the format can have. */
export function isStrictHybridFile(sealed: Uint8Array): boolean {
  if (!isStrictHeader(sealed)) return false;
  const payload = sealed.length - headerBytes - nonceBytes;
  if (payload < tagBytes) return false;
  const last = payload % (chunkBytes + tagBytes);
  return payload === tagBytes || last === 0 || last > tagBytes;
}

function encrypterTo(recipient: Uint8Array): Encrypter {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipientText(recipient));
  return encrypter;
}

export async function seal(plain: Uint8Array, recipient: Uint8Array): Promise<Uint8Array> {
  return encrypterTo(recipient).encrypt(plain);
}

function decrypter(seed: Uint8Array): Decrypter {
  const made = new Decrypter();
  made.addIdentity(identityText(seed));
  return made;
}

/** Throws "bad_header" for anything outside the profile, "not_sealed" for what does not open. */
export async function open(sealed: Uint8Array, seed: Uint8Array): Promise<Uint8Array> {
  if (!isStrictHybridFile(sealed)) throw new CryptoError("bad_header");
  try {
    return await decrypter(seed).decrypt(sealed);
  } catch {
    throw new CryptoError("not_authentic");
  }
}

export async function sealStream(
  plain: ReadableStream<Uint8Array>,
  recipient: Uint8Array,
): Promise<ReadableStream<Uint8Array>> {
  return encrypterTo(recipient).encrypt(plain);
}

/** Lets a stream pass once its first bytes are a header of the profile. */
function headerCheck(): TransformStream<Uint8Array, Uint8Array> {
  let held: Uint8Array | undefined = new Uint8Array(0);
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      if (!held) {
        controller.enqueue(chunk);
        return;
      }
      const joined = new Uint8Array(held.length + chunk.length);
      joined.set(held);
      joined.set(chunk, held.length);
      held = joined;
      if (held.length < headerBytes) return;
      if (!isStrictHeader(held)) throw new CryptoError("bad_header");
      controller.enqueue(held);
      held = undefined;
    },
    flush() {
      if (held) throw new CryptoError("bad_header");
    },
  });
}

/** Each chunk handed on is authentic; the whole is only when the stream ends without an error. */
export async function openStream(
  sealed: ReadableStream<Uint8Array>,
  seed: Uint8Array,
): Promise<ReadableStream<Uint8Array>> {
  return decrypter(seed).decrypt(sealed.pipeThrough(headerCheck()));
}
