// Merkle trees of RFC 6962 over SHA-256 (docs/protocol.md §10.2); the twin of crypto/merkle.h.
import { concat, equal } from "./bytes.ts";
import { sha256 } from "./hash.ts";

export const merkleLeaf = (entry: Uint8Array): Uint8Array => sha256(concat(Uint8Array.of(0), entry));
export const merkleNode = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  sha256(concat(Uint8Array.of(1), left, right));

/** The largest power of two below `count` (>= 2). */
function split(count: number): number {
  let k = 1;
  while (k * 2 < count) k *= 2;
  return k;
}

export function merkleRoot(leaves: Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array());
  if (leaves.length === 1) return leaves[0]!;
  const k = split(leaves.length);
  return merkleNode(merkleRoot(leaves.slice(0, k)), merkleRoot(leaves.slice(k)));
}

interface Place {
  node: number;
  last: number;
}
const half = (value: number): number => Math.floor(value / 2);
const up = ({ node, last }: Place): Place => ({ node: half(node), last: half(last) });

/** A rightmost node without a sibling goes up until it has one. */
function climb(place: Place): Place {
  let at = place;
  while (at.node % 2 === 0 && at.node !== 0) at = up(at);
  return at;
}

export function verifyInclusion(
  leaf: Uint8Array, index: number, size: number, proof: Uint8Array[], root: Uint8Array,
): boolean {
  if (index >= size) return false;
  let place = { node: index, last: size - 1 };
  let hash = leaf;
  for (const sibling of proof) {
    if (place.last === 0) return false;
    if (place.node % 2 === 1 || place.node === place.last) {
      hash = merkleNode(sibling, hash);
      place = climb(place);
    } else {
      hash = merkleNode(hash, sibling);
    }
    place = up(place);
  }
  return place.last === 0 && equal(hash, root);
}

const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));

export function verifyConsistency(
  oldSize: number, size: number, oldRoot: Uint8Array, root: Uint8Array, proof: Uint8Array[],
): boolean {
  if (oldSize === 0 || oldSize > size) return false;
  if (oldSize === size) return proof.length === 0 && equal(oldRoot, root);
  const path = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  if (path.length === 0) return false;
  let place = { node: oldSize - 1, last: size - 1 };
  while (place.node % 2 === 1) place = up(place);
  let [before, after] = [path[0]!, path[0]!];
  for (const step of path.slice(1)) {
    if (place.last === 0) return false;
    if (place.node % 2 === 1 || place.node === place.last) {
      before = merkleNode(step, before);
      after = merkleNode(step, after);
      place = climb(place);
    } else {
      after = merkleNode(after, step);
    }
    place = up(place);
  }
  return place.last === 0 && equal(before, oldRoot) && equal(after, root);
}
