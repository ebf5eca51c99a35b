// Handing on what internal notes are sealed to (docs/protocol.md §7.11): a new handling identity to all
// who handle the case now, every one there is to a further colleague; the twin of crypto/new_handling.cpp.
import { recipientOf } from "./age.ts";
import type { CaseThread } from "./case_thread.ts";
import type { DirectoryMember } from "./directory.ts";
import { recipientHash } from "./grant.ts";
import { sealHandlingGrant } from "./handling_grant.ts";
import type { Giver, SealedGrant } from "./new_epoch.ts";
import type { NoteThread } from "./note_thread.ts";

type HandlingGiver = Pick<Giver, "org" | "caseId" | "me" | "signing">;

const sealFor = (giver: HandlingGiver, to: DirectoryMember, epoch: number, secret: Uint8Array): Promise<Uint8Array> =>
  sealHandlingGrant(
    {
      org: giver.org, caseId: giver.caseId, epoch, from: giver.me, to: to.member,
      toRecipientHash: recipientHash(to.recipient), secret, recipientHash: recipientHash(recipientOf(secret)),
    },
    giver.signing,
    to.recipient,
  );

/** `secret`: 32 random bytes, for the thread's epoch. `readers`: thread.readersWhoStay. */
export async function newHandling(
  thread: CaseThread, giver: HandlingGiver, secret: Uint8Array, readers: DirectoryMember[],
): Promise<SealedGrant[]> {
  const grants: SealedGrant[] = [];
  for (const to of readers) {
    grants.push({ member: to.member, sealed: await sealFor(giver, to, thread.epoch, secret) });
  }
  return grants;
}

/** All that the giver has, for a further member. */
export async function handlingFor(
  notes: NoteThread, giver: HandlingGiver, member: DirectoryMember,
): Promise<{ epoch: number; sealed: Uint8Array }[]> {
  const copies = [];
  for (const [epoch, secret] of notes.identities) {
    copies.push({ epoch, sealed: await sealFor(giver, member, epoch, secret) });
  }
  return copies;
}
