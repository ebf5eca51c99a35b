// Ed25519 with the strict rule of docs/protocol.md §5: S < L, A and R canonical, of prime order.
// noble's verification multiplies by the cofactor, libsodium's does not; where A and R are in the
// prime-order subgroup both come to the same verdict, so that is checked here first.
import { ed25519 } from "@noble/curves/ed25519.js";

import { concat, utf8 } from "./bytes.ts";
import { sha256 } from "./hash.ts";

const order = 2n ** 252n + 27742317777372353535851937790883648493n;

export const verifyKeyOf = (seed: Uint8Array): Uint8Array => ed25519.getPublicKey(seed);
export const signRaw = (message: Uint8Array, seed: Uint8Array): Uint8Array =>
  ed25519.sign(message, seed);

function isPrimeOrderPoint(bytes: Uint8Array): boolean {
  try {
    const point = ed25519.Point.fromBytes(bytes, false);
    return !point.is0() && point.isTorsionFree();
  } catch {
    return false;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

export function verifyRaw(message: Uint8Array, signature: Uint8Array, key: Uint8Array): boolean {
  if (signature.length !== 64 || key.length !== 32) return false;
  if (littleEndian(signature.subarray(32)) >= order) return false;
  if (!isPrimeOrderPoint(key) || !isPrimeOrderPoint(signature.subarray(0, 32))) return false;
  return ed25519.verify(signature, message, key, { zip215: false });
}

/** "tillit/v1/sig/" ‖ type ‖ 0x00 ‖ SHA-256(statement) */
function signedMessage(type: string, statement: Uint8Array): Uint8Array {
  return concat(utf8(`tillit/v1/sig/${type}\0`), sha256(statement));
}

export function signStatement(type: string, statement: Uint8Array, seed: Uint8Array): Uint8Array {
  return signRaw(signedMessage(type, statement), seed);
}

export function verifyStatement(
  type: string,
  statement: Uint8Array,
  signature: Uint8Array,
  key: Uint8Array,
): boolean {
  return verifyRaw(signedMessage(type, statement), signature, key);
}
