// Chains of a thread (docs/protocol.md §5.5): per author by seq and prev, across authors by heads.
import { equal, isZero, toBase64url } from "./bytes.ts";
import type { Head, Statement } from "./statement.ts";

export type FaultKind = "fork" | "gap" | "missing_head";
export interface ChainFault {
  what: FaultKind;
  author: Uint8Array;
  seq: number;
}
/** What chains are made of, whatever else a statement says. */
export interface ChainEntry {
  hash: Uint8Array;
  statement: Pick<Statement, "from" | "seq" | "prev" | "heads">;
}

/** What is wrong with a thread as a whole, in the server's order. */
export function checkChains(thread: ChainEntry[]): ChainFault[] {
  const faults = new Map<string, ChainFault>();
  const delivered = new Map<string, Uint8Array[]>();
  const place = (author: Uint8Array, seq: number) => `${toBase64url(author)} ${seq}`;
  const holds = (author: Uint8Array, seq: number, hash: Uint8Array) =>
    (delivered.get(place(author, seq)) ?? []).some((known) => equal(known, hash));
  const add = (what: FaultKind, author: Uint8Array, seq: number) => {
    const key = `${what} ${place(author, seq)}`;
    if (!faults.has(key)) faults.set(key, { what, author, seq });
  };
  for (const { hash, statement: s } of thread) {
    const here = place(s.from, s.seq);
    if (delivered.has(here)) add("fork", s.from, s.seq);
    const follows = s.seq === 1 ? isZero(s.prev) : holds(s.from, s.seq - 1, s.prev);
    if (!follows) add("gap", s.from, s.seq);
    for (const head of s.heads) {
      if (!holds(head.author, head.seq, head.hash)) add("missing_head", head.author, head.seq);
    }
    delivered.set(here, [...(delivered.get(here) ?? []), hash]);
  }
  return [...faults.values()];
}

/** The last envelope of every author, for the next statement's `heads`. */
export function headsOf(thread: ChainEntry[]): Head[] {
  const heads: Head[] = [];
  for (const { hash, statement: s } of thread) {
    const head = { author: s.from, seq: s.seq, hash };
    const known = heads.findIndex((other) => equal(other.author, s.from));
    if (known < 0) heads.push(head);
    else if (s.seq >= heads[known]!.seq) heads[known] = head;
  }
  return heads;
}
