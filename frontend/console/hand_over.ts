// Who holds keys of a case, changed (docs/protocol.md §7.7–7.8): a further colleague, somebody who
// leaves, and the next epoch without her. Every act is an envelope of the thread.
import { equal, random, toBase64url } from "../crypto/bytes.ts";
import { isHandler } from "../crypto/case_thread.ts";
import type { DirectoryMember } from "../crypto/directory.ts";
import { accessGrant, newEpoch, type Giver } from "../crypto/new_epoch.ts";
import { handlingFor } from "../crypto/new_handling.ts";
import { isLive } from "./known_directory.ts";
import { openNotes } from "./notes.ts";
import { emptyDraft, isRace, nextStatement, readNew, sealAct, tries } from "./send.ts";
import type { Session } from "./session.ts";
import { myId, type OpenCase } from "./thread.ts";

const giverOf = (open: OpenCase, session: Session): Giver => ({
  org: open.grant.org, caseId: open.id, me: myId(session), reporterKey: open.grant.verifyKey,
  reporterRecipient: open.grant.reporterRecipient, signing: session.keyring.signing,
});

/** Colleagues who could be given a key: they read, hold none, and were not excluded by the reporter. */
export function whoCouldJoin(open: OpenCase): DirectoryMember[] {
  const { read, grant, known } = open;
  return (known.directory?.members ?? []).filter(
    ({ member, role, person }) =>
      isHandler(role) && isLive(known, member) && !read.holder(member) && !grant.excluded.some((excluded) => equal(excluded.person, person)),
  );
}

/** Colleagues whose key could be taken away: they read, and are not oneself. */
export const whoCouldLeave = (open: OpenCase, session: Session): DirectoryMember[] =>
  open.read.readersWhoStay.filter(({ member }) => !equal(member, myId(session)));

/** Runs an act until nobody else was faster; reads what is new in between. False: not needed any more. */
async function persistently(open: OpenCase, session: Session, act: () => Promise<boolean>): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (!isRace(error) || attempt === tries) throw error;
      await readNew(open, session);
    }
  }
}

export async function giveAccess(open: OpenCase, member: DirectoryMember, reason: string, session: Session): Promise<void> {
  await renewIfDue(open, session);
  await persistently(open, session, async () => {
    const giver = giverOf(open, session);
    const { access, sealed } = await accessGrant(open.read, giver, member, open.grant.share);
    const handling = await handlingFor(await openNotes(open, session), giver, member); // old notes, too
    const statement = { ...nextStatement(open, { ...emptyDraft("access"), body: reason }, session), access };
    const act = await sealAct(open, statement, session, "access");
    await session.api.giveAccess(open.file.case.case_id, {
      ...act, member: toBase64url(member.member), grant: toBase64url(sealed),
      handling: handling.map((copy) => ({ epoch: copy.epoch, sealed: toBase64url(copy.sealed) })),
    });
    return true;
  });
}

/** One's own leaving. The next to open the case renews its keys. */
export async function stepBack(open: OpenCase, reason: string, session: Session): Promise<void> {
  await persistently(open, session, async () => {
    const statement = nextStatement(open, { ...emptyDraft("recusal"), body: reason }, session);
    await session.api.recuse(open.file.case.case_id, await sealAct(open, statement, session, "recusal"));
    return true;
  });
}

async function beginEpoch(open: OpenCase, readers: DirectoryMember[], reason: string, session: Session): Promise<void> {
  const epoch = await newEpoch(open.read, giverOf(open, session), random(32), readers);
  const statement = { ...nextStatement(open, { ...emptyDraft("epoch"), body: reason }, session), change: epoch.change };
  const act = await sealAct(open, statement, session, "epoch");
  await session.api.beginEpoch(open.file.case.case_id, {
    ...act,
    grants: epoch.grants.map(({ member, sealed }) => ({ member: toBase64url(member), sealed: toBase64url(sealed) })),
    reporter_copy: toBase64url(epoch.reporterCopy),
  });
}

/** New keys for those who stay, if somebody has left. */
export async function renewIfDue(open: OpenCase, session: Session): Promise<boolean> {
  if (!open.read.isEpochDue || open.read.readersWhoStay.length === 0) return false;
  const isDone = await persistently(open, session, async () => {
    if (!open.read.isEpochDue) return false; // a colleague did it
    await beginEpoch(open, open.read.readersWhoStay, "", session);
    return true;
  });
  await readNew(open, session);
  return isDone;
}

/** Takes a colleague's key away: new keys for everybody else. */
export async function removeReader(open: OpenCase, member: DirectoryMember, reason: string, session: Session): Promise<void> {
  await persistently(open, session, async () => {
    const stay = open.read.readersWhoStay.filter((reader) => !equal(reader.member, member.member));
    await beginEpoch(open, stay, reason, session);
    return true;
  });
}

/** A colleague whose account is closed reads no more, and can hand nothing on. */
const liveReaders = (open: OpenCase): DirectoryMember[] =>
  open.read.readersWhoStay.filter(({ member }) => isLive(open.known, member));

export const isLastReader = (open: OpenCase): boolean => liveReaders(open).length < 2;

/** As far as it is known: of a thread without its report, or by another's list, nothing can be said. */
export const isAlone = (open: OpenCase): boolean => !open.read.isShut && liveReaders(open).length === 1;
