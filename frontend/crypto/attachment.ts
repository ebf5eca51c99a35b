// Attachments (docs/protocol.md §6): content ‖ zeros to a bucket, one age file, as streams.
import * as age from "./age.ts";
import { CryptoError, equal, isZero } from "./bytes.ts";
import { newSha256, sha256 } from "./hash.ts";

export const pieceBytes = 1024 * 1024;
const minBucket = 64 * 1024;

/** The smallest of 2^k and 3·2^(k−1), from 64 KiB, that holds `contentBytes`. */
export function attachmentBucket(contentBytes: number): number {
  for (let power = minBucket; ; power *= 2) {
    if (contentBytes <= power) return power;
    if (contentBytes <= power * 1.5) return power * 1.5;
  }
}

/** The browser's own SHA-256 is ten times faster; it is missing on a plain-http onion. */
async function pieceHash(piece: Uint8Array): Promise<Uint8Array> {
  if (!globalThis.crypto.subtle) return sha256(piece);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", piece as BufferSource));
}

/** SHA-256 over the SHA-256 of each 1 MiB piece of the stored object. One call after the other. */
export class StoredHasher {
  private readonly outer = newSha256();
  private readonly held = new Uint8Array(pieceBytes);
  private used = 0;

  async update(stored: Uint8Array): Promise<void> {
    for (let rest = stored; rest.length > 0; ) {
      const part = rest.subarray(0, pieceBytes - this.used);
      this.held.set(part, this.used);
      this.used += part.length;
      rest = rest.subarray(part.length);
      if (this.used === pieceBytes) await this.endPiece();
    }
  }

  private async endPiece(): Promise<void> {
    this.outer.update(await pieceHash(this.held.subarray(0, this.used)));
    this.used = 0;
  }

  async finish(): Promise<Uint8Array> {
    if (this.used > 0) await this.endPiece();
    return this.outer.digest();
  }
}

/** Adds the zeros; `size` must be the length of the content. */
function pad(size: number): TransformStream<Uint8Array, Uint8Array> {
  let seen = 0;
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      seen += chunk.length;
      controller.enqueue(chunk);
    },
    flush(controller) {
      if (seen !== size) throw new CryptoError("truncated");
      for (let left = attachmentBucket(size) - size; left > 0; ) {
        const zeros = new Uint8Array(Math.min(left, minBucket));
        controller.enqueue(zeros);
        left -= zeros.length;
      }
    },
  });
}

export interface SealedAttachment {
  storedSize: number;
  storedHash: Uint8Array;
}

/** Seals a file in pieces of exactly 1 MiB but the last; `piece` is called for each, in order. */
export async function sealAttachment(
  content: ReadableStream<Uint8Array>,
  size: number,
  caseRecipient: Uint8Array,
  piece: (bytes: Uint8Array, index: number) => Promise<void>,
): Promise<SealedAttachment> {
  const sealed = await age.sealStream(content.pipeThrough(pad(size)), caseRecipient);
  const outer = newSha256();
  let held = new Uint8Array(pieceBytes);
  let used = 0;
  let index = 0;
  const emit = async (bytes: Uint8Array) => {
    outer.update(await pieceHash(bytes));
    await piece(bytes, index);
    index += 1;
  };
  const reader = sealed.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    for (let rest = next.value; rest.length > 0; ) {
      const part = rest.subarray(0, pieceBytes - used);
      held.set(part, used);
      used += part.length;
      rest = rest.subarray(part.length);
      if (used < pieceBytes) continue;
      await emit(held);
      held = new Uint8Array(pieceBytes);
      used = 0;
    }
  }
  if (used > 0) await emit(held.subarray(0, used));
  return {
    storedSize: used > 0 ? (index - 1) * pieceBytes + used : index * pieceBytes,
    storedHash: outer.digest(),
  };
}

/** Hands on exactly `size` bytes, then fails unless padding, length and hash were right. */
function unpad(size: number, hashIsRight: () => Promise<boolean>): TransformStream<Uint8Array, Uint8Array> {
  let seen = 0;
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      const content = chunk.subarray(0, Math.max(0, size - seen));
      seen += chunk.length;
      if (!isZero(chunk.subarray(content.length))) throw new CryptoError("not_authentic");
      if (content.length > 0) controller.enqueue(content);
    },
    async flush() {
      if (seen > attachmentBucket(size) || !(await hashIsRight())) throw new CryptoError("not_authentic");
      if (seen < attachmentBucket(size)) throw new CryptoError("truncated");
    },
  });
}

/**
 * Opens while streaming. Only the end of the stream without an error says that the whole was right:
 * a caller offers the file after that, or says loudly that it broke off.
 */
export async function openAttachment(
  stored: ReadableStream<Uint8Array>,
  caseIdentity: Uint8Array,
  size: number,
  storedHash: Uint8Array,
): Promise<ReadableStream<Uint8Array>> {
  const hasher = new StoredHasher();
  const tap = new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, controller) {
      await hasher.update(chunk);
      controller.enqueue(chunk);
    },
  });
  const plain = await age.openStream(stored.pipeThrough(tap), caseIdentity);
  return plain.pipeThrough(unpad(size, async () => equal(await hasher.finish(), storedHash)));
}
