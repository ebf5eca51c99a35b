// Members' keys (docs/protocol.md §7): wrapped under a generated passphrase or a recovery code.
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";

import { be32, concat, CryptoError, random, utf8 } from "./bytes.ts";
import { derive, labelledHash } from "./hash.ts";

export interface LoginKeys {
  auth: Uint8Array; // sent to the server, which stores its hash
  wrap: Uint8Array; // never leaves
}
export interface Keyring {
  identity: Uint8Array;
  signing: Uint8Array;
  heads: Uint8Array; // JSON that the console remembers between sessions; may be empty
}

export const argon2Parameters = { iterations: 3, memorySize: 64 * 1024, parallelism: 1, hashLength: 32 };

export function loginSalt(org: Uint8Array, login: string): Uint8Array {
  return labelledHash("tillit/v1/login-salt", org, utf8(login)).subarray(0, 16);
}

/** Lower case, one space between words: what a person types for what was shown. */
export function normalisedPassphrase(text: string): string {
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return lower.split(/[ \t\n\r]+/).filter((word) => word !== "").join(" ");
}

/** From what Argon2id gave; it is slow, so a worker computes it (docs/adr/0002). */
export function loginKeysFrom(stretched: Uint8Array, org: Uint8Array): LoginKeys {
  return {
    auth: derive(stretched, org, "tillit/v1/auth-key"),
    wrap: derive(stretched, org, "tillit/v1/wrap-key"),
  };
}

export function recoveryKeys(code: Uint8Array, org: Uint8Array): LoginKeys {
  return {
    auth: derive(code, org, "tillit/v1/recovery-auth"),
    wrap: derive(code, org, "tillit/v1/recovery-wrap"),
  };
}

export const authHash = (auth: Uint8Array): Uint8Array => labelledHash("tillit/v1/auth-hash", auth);

function associated(org: Uint8Array, person: Uint8Array, version: number): Uint8Array {
  return concat(utf8("tillit/v1/keyring\0"), org, person, be32(version));
}

export interface KeyringPlace {
  org: Uint8Array;
  person: Uint8Array;
  version: number;
}

export function wrapKeyring(keyring: Keyring, wrap: Uint8Array, place: KeyringPlace): Uint8Array {
  const nonce = random(24);
  const ad = associated(place.org, place.person, place.version);
  const plain = concat(keyring.identity, keyring.signing, keyring.heads);
  const sealed = xchacha20poly1305(wrap, nonce, ad).encrypt(plain);
  plain.fill(0);
  return concat(nonce, sealed);
}

export function unwrapKeyring(wrapped: Uint8Array, wrap: Uint8Array, place: KeyringPlace): Keyring {
  if (wrapped.length < 24 + 64 + 16) throw new CryptoError("not_authentic");
  const ad = associated(place.org, place.person, place.version);
  let plain: Uint8Array;
  try {
    plain = xchacha20poly1305(wrap, wrapped.subarray(0, 24), ad).decrypt(wrapped.subarray(24));
  } catch {
    throw new CryptoError("not_authentic");
  }
  return { identity: plain.slice(0, 32), signing: plain.slice(32, 64), heads: plain.slice(64) };
}
