// A proof of lodgement that the reporter kept, beside the thread as it is shown now (docs/protocol.md §10.7.4); the twin
// of server/app/mailbox_proof.cpp. The file is read here and nothing of it is sent.
import { CryptoError, fromBase64url, fromUtf8, toBase64url } from "../crypto/bytes.ts";
import { envelopeHash, openEnvelope } from "../crypto/envelope.ts";
import type { Thread } from "./thread.ts";

export const maxProofBytes = 4 << 20;

/** An entry of a proof, as far as it is compared. */
export interface Held {
  author: Uint8Array;
  hash: string; // of the envelope, base64url
  day: number;
}
export interface Comparison {
  said: "all_here" | "missing" | "another_case" | "no_proof";
  held: Held[];
  missing: Held[];
}

function readProof(file: Uint8Array): { report: Uint8Array; held: Held[] } {
  const text = fromUtf8(file);
  const proof = JSON.parse(text);
  const report = fromBase64url(proof.report);
  const held: Held[] = proof.envelopes.map((entry: Record<string, string>) => {
    const day = Number(entry["day"]);
    if (!(day >= 0 && day < 1e8)) throw new CryptoError("malformed"); // no date
    return { author: fromBase64url(entry["author"]!, 16), hash: entry["hash"], day };
  });
  const isWhole = JSON.stringify(proof) + "\n" === text && proof.t === "receipt";
  if (!isWhole || held[0]!.hash !== toBase64url(envelopeHash(report))) throw new CryptoError("malformed");
  return { report, held };
}

/** Whether all that a proof of this case holds still stands in the thread, opened and verified. */
export async function compareProof({ read, giver }: Thread, file: Uint8Array): Promise<Comparison> {
  const nothing = { held: [], missing: [] };
  let proof;
  try {
    proof = readProof(file);
  } catch {
    return { said: "no_proof", ...nothing };
  }
  try {
    // By the keys and not by what the thread begins with now, which somebody may have exchanged.
    (await openEnvelope(proof.report, read.secrets[0]!)).verify(giver.reporterKey, giver.org, giver.caseId);
  } catch {
    return { said: "another_case", ...nothing };
  }
  const shown = new Set(read.entries.map(({ hash }) => toBase64url(hash)));
  const missing = proof.held.filter(({ hash }) => !shown.has(hash));
  return { said: missing.length > 0 ? "missing" : "all_here", held: proof.held, missing };
}
