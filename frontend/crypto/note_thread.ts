// A case's internal notes as one who handles it follows them (docs/protocol.md §7.11–7.12): grants
// opened, every note verified in the server's order against what the case's thread says of who held
// keys; the twin of crypto/note_thread.cpp.
import { CryptoError, equal } from "./bytes.ts";
import { caseNoteHash, openCaseNote, type CaseNote } from "./case_note.ts";
import { isHandler, type CaseReader, type CaseThread, type Outside } from "./case_thread.ts";
import { openHandlingGrant, type HandlingGrant } from "./handling_grant.ts";

export interface NoteEntry {
  statement: CaseNote; // as chains.ts calls it
  hash: Uint8Array;
  position: number;
  day: number;
}
export interface NoteFault {
  what: string; // name of a CryptoError, or no_key_holder, old_epoch, outside_differs, bad_grant, two_identities
  position: number; // 0: of a grant
}

/** The key by which a handler signs who held a key of the case in that epoch. */
function handlerKey(thread: CaseThread, id: Uint8Array, epoch: number): Uint8Array {
  if (!isHandler(thread.find(id)?.role)) throw new CryptoError("unknown_author");
  const held = thread.held[epoch]?.find(({ member }) => equal(member, id));
  const listed = held && thread.listedAs(id, held.recipientHash);
  if (!listed || !isHandler(listed.role)) throw new CryptoError("no_key_holder");
  return listed.verifyKey;
}

export class NoteThread {
  readonly entries: NoteEntry[] = [];
  readonly faults: NoteFault[] = [];
  /** By epoch. Where one is missing nobody has written a note, or the reader was left out. */
  readonly identities = new Map<number, Uint8Array>();

  /** `thread`: read to its end. */
  constructor(
    private readonly reader: Pick<CaseReader, "org" | "caseId" | "me" | "identity">,
    private readonly thread: CaseThread,
  ) {}

  /**
   * Whoever held a key in that epoch may have made the identity; whoever holds one later may have been
   * handed it, and hand it on.
   */
  private giverKey(from: Uint8Array, epoch: number): Uint8Array | undefined {
    for (let at = epoch; at <= this.thread.epoch; at += 1) {
      try {
        return handlerKey(this.thread, from, at);
      } catch {
        // perhaps in a later one
      }
    }
    return undefined;
  }

  /** A handling grant as the server hands it out. All of them before the first note. */
  async offer(sealed: Uint8Array): Promise<void> {
    let grant: HandlingGrant;
    try {
      const authorKey = (from: Uint8Array, epoch: number) => this.giverKey(from, epoch);
      grant = await openHandlingGrant(sealed, { ...this.reader, authorKey });
    } catch (error) {
      // What was sealed to an earlier key of this member tells nothing.
      const isForMe = !(error instanceof CryptoError && error.code === "not_sealed");
      if (isForMe) this.faults.push({ what: "bad_grant", position: 0 });
      return;
    }
    const known = this.identities.get(grant.epoch);
    if (!known) this.identities.set(grant.epoch, grant.secret);
    else if (!equal(known, grant.secret)) this.faults.push({ what: "two_identities", position: 0 });
  }

  /** In the server's order. What does not verify becomes a fault and changes nothing else. */
  async add(sealed: Uint8Array, position: number, day: number, outside?: Outside): Promise<void> {
    try {
      const statement = await this.open(sealed);
      const hash = caseNoteHash(sealed);
      const saysTheSame =
        !outside || (equal(outside.author, statement.from) && outside.seq === statement.seq && equal(outside.hash, hash));
      if (!saysTheSame) throw new CryptoError("outside_differs");
      this.entries.push({ statement, hash, position, day });
    } catch (error) {
      this.faults.push({ what: error instanceof CryptoError ? error.code : "malformed", position });
    }
  }

  private async open(sealed: Uint8Array): Promise<CaseNote> {
    for (const [epoch, identity] of this.identities) {
      const opened = await openCaseNote(sealed, identity).catch((error: unknown) => {
        if (error instanceof CryptoError && error.code === "not_sealed") return undefined;
        throw error;
      });
      if (!opened) continue;
      const key = handlerKey(this.thread, opened.claimedAuthor, opened.claimedEpoch);
      const note = opened.verify(key, this.reader.org, this.reader.caseId);
      if (note.epoch !== epoch) throw new CryptoError("wrong_case");
      const before = this.entries.at(-1)?.statement.epoch ?? 0;
      if (note.epoch < before) throw new CryptoError("old_epoch");
      return note;
    }
    throw new CryptoError("not_sealed");
  }
}
