// Internal notes of a case (docs/protocol.md §7.11–7.12): read and verified like the thread, written
// under a key that the reporter does not have.
import { recipientOf } from "../crypto/age.ts";
import { equal, fromBase64url, random, toBase64url } from "../crypto/bytes.ts";
import { caseNoteHash, sealCaseNote, type CaseNote } from "../crypto/case_note.ts";
import { checkChains, headsOf } from "../crypto/chains.ts";
import { newHandling } from "../crypto/new_handling.ts";
import { NoteThread } from "../crypto/note_thread.ts";
import { signedAct } from "./acts.ts";
import type { NewNote } from "./api.ts";
import { renewIfDue } from "./hand_over.ts";
import { isRace, lastPosition, readNew, tries } from "./send.ts";
import type { Session } from "./session.ts";
import { authorName, myId, type Fault, type OpenCase } from "./thread.ts";

/** Every note that the service has, over the thread as it was read. */
export async function openNotes(open: OpenCase, session: Session): Promise<NoteThread> {
  const { handling, notes } = await session.api.notes(open.file.case.case_id);
  const reader = { org: open.grant.org, caseId: open.id, me: myId(session), identity: session.keyring.identity };
  const read = new NoteThread(reader, open.read);
  for (const { sealed } of handling) await read.offer(fromBase64url(sealed));
  for (const note of notes) {
    const outside = { author: fromBase64url(note.author), seq: note.seq, hash: fromBase64url(note.hash) };
    await read.add(fromBase64url(note.sealed), note.position, note.day, outside);
  }
  return read;
}

/** What is wrong with the notes as they stand; remembers their heads if nothing is. */
export function checkNotes(open: OpenCase, notes: NoteThread, session: Session): Fault[] {
  const caseId = open.file.case.case_id;
  const faults: Fault[] = notes.faults.map(({ what, position }) => ({ kind: what, author: "", place: position }));
  for (const { what, author, seq } of checkChains(notes.entries)) {
    faults.push({ kind: what, author: authorName(open.known, author), place: seq });
  }
  for (const head of session.memory.heads(caseId, "notes")) {
    const isThere = notes.entries.some(({ hash, statement }) => statement.seq === head.seq && toBase64url(hash) === head.hash);
    if (isThere) continue;
    faults.push({ kind: "missing_head", author: authorName(open.known, fromBase64url(head.author)), place: head.seq });
  }
  if (faults.length === 0) session.memory.rememberHeads(caseId, headsOf(notes.entries), "notes");
  return faults;
}

async function nextNote(open: OpenCase, notes: NoteThread, body: string, session: Session): Promise<NewNote> {
  const { read } = open;
  const me = myId(session);
  const known = notes.identities.get(read.epoch);
  const secret = known ?? random(32);
  const heads = headsOf(notes.entries);
  const mine = heads.find(({ author }) => equal(author, me));
  const note: CaseNote = {
    org: open.grant.org, caseId: open.id, epoch: read.epoch, from: me, seq: (mine?.seq ?? 0) + 1,
    prev: mine?.hash ?? new Uint8Array(32), heads, body,
  };
  const { signing } = session.keyring;
  const sealed = await sealCaseNote(note, signing, recipientOf(secret));
  const made: NewNote = {
    epoch: note.epoch, seq: note.seq, prev: toBase64url(note.prev), sealed: toBase64url(sealed),
    act: signedAct(session, "note", caseNoteHash(sealed)),
  };
  if (known) return made;
  const giver = { org: note.org, caseId: note.caseId, me, signing };
  const grants = await newHandling(read, giver, secret, read.readersWhoStay);
  const handed = grants.map((grant) => ({ member: toBase64url(grant.member), sealed: toBase64url(grant.sealed) }));
  return { ...made, handling: { thread: lastPosition(open), grants: handed } };
}

/** Where a colleague was faster, thread and notes are read again and the note is signed anew. */
export async function writeNote(open: OpenCase, body: string, session: Session): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await renewIfDue(open, session); // whoever has left shall not read this
    const notes = await openNotes(open, session);
    try {
      await session.api.postNote(open.file.case.case_id, await nextNote(open, notes, body, session));
      return;
    } catch (error) {
      if (!isRace(error) || attempt === tries) throw error;
      await readNew(open, session);
    }
  }
}
