// What a member's client remembers between sessions, sealed in the keyring: the organisation it
// knows, the newest directory it saw, and how far the threads of its cases went. A server that rolls
// one of them back is noticed by whoever remembers.
import { fromUtf8, toBase64url, utf8 } from "../crypto/bytes.ts";
import type { Head } from "../crypto/statement.ts";

interface Remembered {
  org?: string; // fingerprint of the organisation
  signers?: number;
  directory?: { version: number; hash: string };
  cases: Heads; // of threads
  notes: Heads; // of internal notes, whose chains are apart
}
type Heads = Record<string, Record<string, [number, string]>>; // case → author → seq, hash
type Chain = "cases" | "notes";

const maxCases = 200;

export class Memory {
  private remembered: Remembered = { cases: {}, notes: {} };
  isChanged = false;

  constructor(heads: Uint8Array) {
    if (heads.length === 0) return;
    try {
      const read = JSON.parse(fromUtf8(heads)) as Partial<Remembered>;
      this.remembered = { ...read, cases: read.cases ?? {}, notes: read.notes ?? {} };
    } catch {
      this.remembered = { cases: {}, notes: {} }; // written by another version: start afresh
    }
  }

  toBytes(): Uint8Array {
    return utf8(JSON.stringify(this.remembered));
  }

  get organisation(): string | undefined {
    return this.remembered.org;
  }
  get signers(): number | undefined {
    return this.remembered.signers;
  }
  get directory(): { version: number; hash: string } | undefined {
    return this.remembered.directory;
  }

  pin(org: string, signers: number, directory: { version: number; hash: string }): void {
    const before = JSON.stringify([this.remembered.org, this.remembered.signers, this.remembered.directory]);
    Object.assign(this.remembered, { org, signers, directory });
    this.isChanged ||= before !== JSON.stringify([org, signers, directory]);
  }

  heads(caseId: string, of: Chain = "cases"): { author: string; seq: number; hash: string }[] {
    const known = this.remembered[of][caseId] ?? {};
    return Object.entries(known).map(([author, [seq, hash]]) => ({ author, seq, hash }));
  }

  rememberHeads(caseId: string, heads: Head[], of: Chain = "cases"): void {
    const kept = this.remembered[of];
    const before = JSON.stringify(kept[caseId] ?? {});
    const now = Object.fromEntries(
      heads.map((head) => [toBase64url(head.author), [head.seq, toBase64url(head.hash)] as [number, string]]),
    );
    if (before === JSON.stringify(now)) return;
    delete kept[caseId]; // the newest stand last
    kept[caseId] = now;
    const ids = Object.keys(kept);
    for (const id of ids.slice(0, Math.max(0, ids.length - maxCases))) delete kept[id];
    this.isChanged = true;
  }
}
