// Checkpoints of the log, exactly C2SP tlog-checkpoint (docs/protocol.md §10.3); the twin of
// crypto/checkpoint.h.
import { concat, CryptoError, equal, fromBase64, utf8 } from "./bytes.ts";
import { verifyRaw } from "./ed25519.ts";
import { sha256 } from "./hash.ts";

export interface Checkpoint {
  origin: string;
  size: number; // leaves: days
  root: Uint8Array;
}

const maxCheckpointBytes = 16 * 1024;

const keyHash = (name: string, key: Uint8Array): Uint8Array =>
  sha256(concat(utf8(`${name}\n\u0001`), key)).subarray(0, 4);

interface Line {
  name: string;
  bytes: Uint8Array;
}

function parseLine(line: string): Line {
  const match = /^\u2014 ([^ ]+) (\S+)$/u.exec(line);
  if (!match) throw new CryptoError("malformed");
  const bytes = fromBase64(match[2]!);
  if (bytes.length < 5) throw new CryptoError("malformed");
  return { name: match[1]!, bytes };
}

function parse(whole: string): { checkpoint: Checkpoint; text: string; lines: Line[] } {
  const end = whole.indexOf("\n\n");
  if (end < 0 || whole.includes("\0") || utf8(whole).length > maxCheckpointBytes) {
    throw new CryptoError("malformed");
  }
  const text = whole.slice(0, end + 1);
  const [origin, size, root] = text.split("\n") as [string, string | undefined, string | undefined];
  const lines = whole.slice(end + 2).split("\n");
  const isWhole = origin !== "" && /^(0|[1-9][0-9]{0,15})$/.test(size ?? "") && lines.pop() === "";
  if (!isWhole || Number(size) > Number.MAX_SAFE_INTEGER) throw new CryptoError("malformed");
  const hash = fromBase64(root ?? "");
  if (hash.length !== 32) throw new CryptoError("malformed");
  return { checkpoint: { origin, size: Number(size), root: hash }, text, lines: lines.map(parseLine) };
}

/** Signed by one of `keys` under `name`; lines of others are passed over, and so are extension lines. */
export function verifyCheckpoint(whole: string, origin: string, name: string, keys: Uint8Array[]): Checkpoint {
  const { checkpoint, text, lines } = parse(whole);
  let [isSigned, isForged] = [false, false];
  for (const line of lines) {
    for (const key of keys) {
      if (line.name !== name || !equal(line.bytes.subarray(0, 4), keyHash(name, key))) continue;
      const isGood = line.bytes.length === 68 && verifyRaw(utf8(text), line.bytes.subarray(4), key);
      isSigned ||= isGood;
      isForged ||= !isGood;
    }
  }
  if (checkpoint.origin !== origin) throw new CryptoError("wrong_log");
  if (isForged) throw new CryptoError("bad_signature");
  if (!isSigned) throw new CryptoError("not_signed");
  return checkpoint;
}
