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

/** SHA-256 over the SHA-256 of each 1 MiB piece of the stored object. */
export class StoredHasher {
  private piece = newSha256();
  private readonly outer = newSha256();
  private inPiece = 0;

  update(stored: Uint8Array): void {
    for (let rest = stored; rest.length > 0; ) {
      const part = rest.subarray(0, pieceBytes - this.inPiece);
      this.piece.update(part);
      this.inPiece += part.length;
      rest = rest.subarray(part.length);
      if (this.inPiece === pieceBytes) this.endPiece();
    }
  }

  private endPiece(): void {
    this.outer.update(this.piece.digest());
    this.piece = newSha256();
    this.inPiece = 0;
  }

  finish(): Uint8Array {
    if (this.inPiece > 0) this.endPiece();
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
    outer.update(sha256(bytes));
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
function unpad(size: number, hashIsRight: () => boolean): TransformStream<Uint8Array, Uint8Array> {
  let seen = 0;
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      const content = chunk.subarray(0, Math.max(0, size - seen));
      seen += chunk.length;
      if (!isZero(chunk.subarray(content.length))) throw new CryptoError("not_authentic");
      if (content.length > 0) controller.enqueue(content);
    },
    flush() {
      if (seen > attachmentBucket(size) || !hashIsRight()) throw new CryptoError("not_authentic");
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
    transform(chunk, controller) {
      hasher.update(chunk);
      controller.enqueue(chunk);
    },
  });
  const plain = await age.openStream(stored.pipeThrough(tap), caseIdentity);
  return plain.pipeThrough(unpad(size, () => equal(hasher.finish(), storedHash)));
}
