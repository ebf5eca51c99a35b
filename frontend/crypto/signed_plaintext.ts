// What lies inside every sealed statement (docs/protocol.md §5.3):
//   magic (8) ‖ u32be n ‖ statement (n) ‖ signature (64) ‖ zeros to the size
import { be32, concat, CryptoError, equal, isZero, readBe32, utf8 } from "./bytes.ts";

export const frameBytes = 8 + 4 + 64;

export interface SignedParts {
  statement: Uint8Array;
  signature: Uint8Array;
}

export function packSigned(magic: string, parts: SignedParts, size: number): Uint8Array {
  const { statement, signature } = parts;
  if (frameBytes + statement.length > size) throw new CryptoError("too_large");
  const out = new Uint8Array(size);
  out.set(concat(utf8(magic), be32(statement.length), statement, signature));
  return out;
}

/** Throws "malformed" if the magic is another, the length does not fit or a padding byte is not zero. */
export function unpackSigned(magic: string, plain: Uint8Array): SignedParts {
  if (plain.length < frameBytes || !equal(plain.subarray(0, 8), utf8(magic))) {
    throw new CryptoError("malformed");
  }
  const length = readBe32(plain, 8);
  if (length > plain.length - frameBytes) throw new CryptoError("malformed");
  if (!isZero(plain.subarray(frameBytes + length))) throw new CryptoError("malformed");
  return {
    statement: plain.subarray(12, 12 + length),
    signature: plain.subarray(12 + length, frameBytes + length),
  };
}
