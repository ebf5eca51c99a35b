// Bytes and their texts; the twin of crypto/bytes.h.

export class CryptoError extends Error {
  /** `code` is the name that the C++ twin's enum has for the same fault; tests compare it. */
  constructor(readonly code: string) {
    super(code);
    this.name = "CryptoError";
  }
}

const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Well-formed UTF-8 only; a byte order mark stays a character. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CryptoError("not_utf8");
  }
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Time depends on the lengths only. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

export function isZero(bytes: Uint8Array): boolean {
  let seen = 0;
  for (const byte of bytes) seen |= byte;
  return seen === 0;
}

export function be32(value: number): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, value);
  return out;
}

export function readBe32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at);
}

export function random(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** Overwrites. JavaScript may have moved copies elsewhere: best effort, see SECURITY.md. */
export function wipe(...secrets: (Uint8Array | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0);
}

function toBinary(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x2000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x2000));
  }
  return text;
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(toBinary(bytes));
}

/** Canonical only: what decodes encodes to the same text again. */
export function fromBase64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new CryptoError("malformed");
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    throw new CryptoError("malformed");
  }
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  if (toBase64(bytes) !== text) throw new CryptoError("malformed");
  return bytes;
}

export function toBase64url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function fromBase64url(text: string, length?: number): Uint8Array {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new CryptoError("malformed");
  const padding = "=".repeat((4 - (text.length % 4)) % 4);
  if (padding.length === 3) throw new CryptoError("malformed");
  const bytes = fromBase64(text.replaceAll("-", "+").replaceAll("_", "/") + padding);
  if (length !== undefined && bytes.length !== length) throw new CryptoError("malformed");
  return bytes;
}
