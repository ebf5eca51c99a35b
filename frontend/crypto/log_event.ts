// Events and days of the log (docs/protocol.md §10.1, §10.2), as far as a reader needs them; the twin of
// crypto/log_event.h and crypto/log_day.h.
import { be32, concat, toBase64url, utf8 } from "./bytes.ts";
import { labelledHash } from "./hash.ts";
import { merkleLeaf } from "./merkle.ts";

const minDayLeaves = 64;

/** SHA-256(0x00 ‖ salt ‖ event) */
export const eventHash = (salt: Uint8Array, event: string): Uint8Array => merkleLeaf(concat(salt, utf8(event)));

/** The day's events among fillers, ascending. */
export function dayLeaves(events: Uint8Array[], seed: Uint8Array): Uint8Array[] {
  let width = minDayLeaves;
  while (width < events.length) width *= 2;
  const leaves = [...events];
  for (let i = 0; leaves.length < width; i += 1) {
    leaves.push(merkleLeaf(labelledHash("tillit/v1/log-filler", seed, be32(i))));
  }
  const compare = (a: Uint8Array, b: Uint8Array): number => {
    const at = a.findIndex((byte, index) => byte !== b[index]);
    return at < 0 ? 0 : a[at]! - b[at]!;
  };
  return leaves.sort(compare);
}

export const dayLeaf = (day: number, dayRoot: Uint8Array): Uint8Array =>
  merkleLeaf(labelledHash("tillit/v1/log-day", be32(day), dayRoot));

/** What a page shows of an event. The service made it; its hash is in the day's tree. */
export interface LogEvent {
  kind: string;
  by: "reporter" | "member" | "operator";
  member: string; // base64url
  case: string; // base64url, a random reference
  day: number;
  minute: number;
  object: string;
  act: string;
  signature: string;
}

export const noCase = toBase64url(new Uint8Array(16));
