// 128-bit codes as people write them (case keys, recovery codes), what a case key derives, and the
// other uses of the word list; the twin of crypto/case_key.h.
import { concat, CryptoError, random } from "./bytes.ts";
import { derive, labelledHash, sha256 } from "./hash.ts";
import { words } from "./words.ts";

const codeWords = 12;
const maxText = 1024;

/** Eleven bits from bit `first`, big-endian. */
function bits11(bytes: Uint8Array, first: number): number {
  let value = 0;
  for (let bit = first; bit < first + 11; bit += 1) {
    value = (value << 1) | ((bytes[bit >> 3]! >> (7 - (bit & 7))) & 1);
  }
  return value;
}

function indexes(code: Uint8Array): number[] {
  const whole = concat(code, sha256(code).subarray(0, 1));
  return Array.from({ length: codeWords }, (_, i) => bits11(whole, 11 * i));
}

export function codeToWords(code: Uint8Array): string {
  return indexes(code).map((index) => words[index]).join(" ");
}

export function codeToNumbers(code: Uint8Array): string {
  return indexes(code).map((index) => String(index + 1).padStart(4, "0")).join(" ");
}

/** A word, or the one word that begins with these four or more letters. */
export function wordIndex(letters: string): number | undefined {
  const exact = words.indexOf(letters);
  if (exact >= 0) return exact;
  if (letters.length < 4) return undefined;
  const found = words.findIndex((word) => word.startsWith(letters));
  return found >= 0 ? found : undefined;
}

const separator = /[ \t\n\v\f\r,.;:\-()\u00a0\u2000-\u200b\u2028\u2029\u202f\u3000\ufeff\u2010-\u2015]/;

/** Drops line numbers: beside words, one that says which word comes next; in 24 numbers, 1 to 12. */
function withoutLineNumbers(tokens: string[], numbersOnly: boolean): string[] {
  if (numbersOnly && tokens.length !== 2 * codeWords) return tokens;
  const kept: string[] = [];
  tokens.forEach((token, i) => {
    const isNumber = /^[0-9]/.test(token);
    const mayBeLine = isNumber && (!numbersOnly || i % 2 === 0);
    const isLine = mayBeLine && token.length <= 2 && Number(token) === kept.length + 1;
    if (!isLine) kept.push(token);
  });
  return kept;
}

/** Reads words, prefixes or numbers as docs/protocol.md §2.2 lists them. */
export function parseCode(text: string): Uint8Array {
  if (new TextEncoder().encode(text).length > maxText) throw new CryptoError("not_words");
  const runs = [...text.matchAll(/[A-Za-z]+|[0-9]+|[^A-Za-z0-9]/gu)].map((match) => match[0]);
  const marks = runs.filter((run) => !/^[A-Za-z0-9]/.test(run));
  const tokens = runs.filter((run) => /^[A-Za-z0-9]/.test(run)).map((run) => run.toLowerCase());
  const tooLong = tokens.some((token) => token.length > (/^[0-9]/.test(token) ? 4 : 8));
  const isStray = tooLong || marks.some((mark) => !separator.test(mark));
  const hasMore = tokens.length > 2 * codeWords;
  const first = tokens.slice(0, 2 * codeWords);
  const numbersOnly = !first.some((token) => /^[a-z]/.test(token));
  const kept = withoutLineNumbers(first, numbersOnly);
  const found = kept.map((token) => {
    if (!numbersOnly) return wordIndex(token);
    const number = Number(token);
    return number >= 1 && number <= words.length ? number - 1 : undefined;
  });
  if (isStray || found.includes(undefined)) throw new CryptoError("not_words");
  if (hasMore || kept.length !== codeWords) throw new CryptoError("wrong_count");
  return unpack(found as number[]);
}

function unpack(found: number[]): Uint8Array {
  let value = found.reduce((sum, index) => (sum << 11n) | BigInt(index), 0n);
  const checksum = Number(value & 15n);
  value >>= 4n;
  const code = new Uint8Array(16);
  for (let i = 15; i >= 0; i -= 1) {
    code[i] = Number(value & 255n);
    value >>= 8n;
  }
  if (sha256(code)[0]! >> 4 !== checksum) throw new CryptoError("wrong_checksum");
  return code;
}

// --- what a case key derives (protocol §2) ---

export const lookupToken = (key: Uint8Array, org: Uint8Array) => derive(key, org, "tillit/v1/lookup");
export const reporterIdentity = (key: Uint8Array, org: Uint8Array) =>
  derive(key, org, "tillit/v1/reporter-identity");
export const caseIdentity = (key: Uint8Array, org: Uint8Array) =>
  derive(key, org, "tillit/v1/case-identity");
export const identityShareA = (key: Uint8Array, org: Uint8Array) =>
  derive(key, org, "tillit/v1/identity-share-a");
export const identityShareB = (key: Uint8Array, org: Uint8Array) =>
  derive(key, org, "tillit/v1/identity-share-b");
export const reporterSigningSeed = (key: Uint8Array, org: Uint8Array) =>
  derive(key, org, "tillit/v1/reporter-signature");
export const lookupHash = (token: Uint8Array) => labelledHash("tillit/v1/lookup-hash", token);

export function identityEnvelopeSeed(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ b[i]!);
}

export function caseId(
  org: Uint8Array,
  caseRecipient: Uint8Array,
  reporterRecipient: Uint8Array,
  reporter: Uint8Array,
): Uint8Array {
  return labelledHash("tillit/v1/case-id", org, caseRecipient, reporterRecipient, reporter);
}

/** First 40 bits in Crockford's base32, as people see it. */
export function shortCaseId(id: Uint8Array): string {
  const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  let value = id.subarray(0, 5).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let text = "";
  for (let i = 0; i < 8; i += 1) {
    text = alphabet[Number(value & 31n)]! + text;
    value >>= 5n;
  }
  return text;
}

export function fingerprintWords(hash: Uint8Array, count = 8): string {
  return Array.from({ length: count }, (_, i) => words[bits11(hash, 11 * i)]).join(" ");
}

/** Whether somebody typed the eight words of this hash: any case, prefixes of four, anything that is no letter between. */
export function saysFingerprint(typed: string, hash: Uint8Array): boolean {
  if (new TextEncoder().encode(typed).length > maxText) return false;
  const said = (typed.match(/[A-Za-z]+/g) ?? []).map((word) => wordIndex(word.toLowerCase()));
  const expected = fingerprintWords(hash).split(" ").map((word) => words.indexOf(word));
  return said.length === expected.length && expected.every((index, i) => said[i] === index);
}

/** Seven words, 77 bits. 2,048 divides 65,536, so two random bytes have no bias. */
export function generatePassphrase(): string {
  const bytes = random(14);
  const text = Array.from({ length: 7 }, (_, i) => words[(bytes[2 * i]! * 256 + bytes[2 * i + 1]!) % 2048]);
  bytes.fill(0);
  return text.join(" ");
}
