// Internal notes of those who handle a case, without a browser: the console's API with the console's crypto.
import assert from "node:assert/strict";

import { twin } from "./twin.mjs";

const { toBase64url: b64, fromBase64url: raw, random } = twin.bytes;

/** The notes over a thread as epochs.mjs opens it, verified: NoteThread. */
export async function read_notes(member, case_id, { read, giver }) {
  const { handling, notes } = await member.api.ok("GET", `/cases/${case_id}/notes`);
  const thread = new twin.noteThread.NoteThread({ ...giver, identity: member.keyring.identity }, read);
  for (const { sealed } of handling) await thread.offer(raw(sealed));
  for (const note of notes) {
    const outside = { author: raw(note.author), seq: note.seq, hash: raw(note.hash) };
    await thread.add(raw(note.sealed), note.position, note.day, outside);
  }
  assert.deepEqual(thread.faults, []);
  assert.deepEqual(twin.chains.checkChains(thread.entries), []);
  return thread;
}

export const bodies_of = (notes) => notes.entries.map(({ statement }) => statement.body);

/** What a further colleague is handed, as the API takes it. */
export async function handing_on(member, case_id, thread, to) {
  const copies = await twin.newHandling.handlingFor(await read_notes(member, case_id, thread), thread.giver, to);
  return copies.map(({ epoch, sealed }) => ({ epoch, sealed: b64(sealed) }));
}

/** The next note as the API takes it. */
export async function next_note(member, notes, { read, giver }, body) {
  const known = notes.identities.get(read.epoch);
  const secret = known ?? random(32);
  const made = known ? undefined : await twin.newHandling.newHandling(read, giver, secret, read.readersWhoStay);
  const heads = twin.chains.headsOf(notes.entries);
  const mine = heads.find((head) => b64(head.author) === b64(member.id));
  const note = {
    org: giver.org, caseId: giver.caseId, epoch: read.epoch, from: member.id, seq: (mine?.seq ?? 0) + 1,
    prev: mine?.hash ?? new Uint8Array(32), heads, body,
  };
  const sealed = await twin.caseNote.sealCaseNote(note, member.keyring.signing, twin.age.recipientOf(secret));
  const handling = made && {
    thread: read.entries.at(-1).position, grants: made.map((grant) => ({ member: b64(grant.member), sealed: b64(grant.sealed) })),
  };
  return { epoch: note.epoch, seq: note.seq, prev: b64(note.prev), sealed: b64(sealed), ...(handling ? { handling } : {}) };
}

/** Returns the answer of the service. */
export async function write_note(member, case_id, thread, body) {
  const note = await next_note(member, await read_notes(member, case_id, thread), thread, body);
  return member.api.call("POST", `/cases/${case_id}/notes`, note);
}
