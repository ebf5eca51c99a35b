// Handing on keys (docs/protocol.md §7.7–7.9): the next epoch for those who stay, the whole case for
// a further member; the twin of crypto/new_epoch.cpp.
import { recipientOf } from "./age.ts";
import type { CaseReader, CaseThread } from "./case_thread.ts";
import type { DirectoryMember } from "./directory.ts";
import { sealEpochGrant, type EpochGrant } from "./epoch_grant.ts";
import { recipientHash } from "./grant.ts";
import { sha256 } from "./hash.ts";
import { reporter, type EpochChange, type ManifestGrant } from "./statement.ts";

/** Who hands on: the reader of the thread, with the key that signs for it. */
export interface Giver extends Omit<CaseReader, "identity" | "directory"> {
  signing: Uint8Array;
}
export interface SealedGrant {
  member: Uint8Array;
  sealed: Uint8Array;
}
export interface NewEpoch {
  secret: Uint8Array;
  change: EpochChange;
  grants: SealedGrant[];
  reporterCopy: Uint8Array;
}
/** The reporter's keys from a new case key. */
export interface NewReporterKeys {
  recipient: Uint8Array;
  verifyKey: Uint8Array;
  signing: Uint8Array;
}

const grantOf = (giver: Giver, to: Uint8Array, recipient: Uint8Array, firstEpoch: number, secrets: Uint8Array[]): EpochGrant => ({
  org: giver.org, caseId: giver.caseId, from: giver.me, to, toRecipientHash: recipientHash(recipient),
  firstEpoch, secrets, verifyKey: giver.reporterKey,
});

const named = (member: DirectoryMember, sealed: Uint8Array): ManifestGrant => ({
  member: member.member, recipientHash: recipientHash(member.recipient), sha256: sha256(sealed),
});

/** `secret`: 32 random bytes. `readers`: who goes on, as thread.readersWhoStay or fewer. */
export async function newEpoch(
  thread: CaseThread, giver: Giver, secret: Uint8Array, readers: DirectoryMember[], keys?: NewReporterKeys,
): Promise<NewEpoch> {
  const next = thread.epoch + 1;
  const grants: SealedGrant[] = [];
  const listed: ManifestGrant[] = [];
  for (const member of readers) {
    const grant = grantOf(giver, member.member, member.recipient, next, [secret]);
    const sealed = await sealEpochGrant(grant, giver.signing, member.recipient);
    grants.push({ member: member.member, sealed });
    listed.push(named(member, sealed));
  }
  const to = keys?.recipient ?? thread.reporterRecipient;
  // With new words all epochs go along, signed with the new key: the old words will find nothing,
  // and whoever has the new ones trusts only what they signed.
  const copy = keys
    ? await sealEpochGrant(grantOf(giver, reporter, to, 0, [...thread.secrets.slice(0, next), secret]), keys.signing, to)
    : await sealEpochGrant(grantOf(giver, reporter, to, next, [secret]), giver.signing, to);
  const rekey = keys ? { reporterRecipient: keys.recipient, verifyKey: keys.verifyKey } : undefined;
  const change: EpochChange = {
    recipientHash: recipientHash(recipientOf(secret)), reporterHash: sha256(copy), grants: listed, rekey,
  };
  return { secret, change, grants, reporterCopy: copy };
}

/** All epochs for a further member; `share`: b, so that she may ask for the identity as others do. */
export async function accessGrant(
  thread: CaseThread, giver: Giver, member: DirectoryMember, share: Uint8Array | undefined,
): Promise<{ access: ManifestGrant; sealed: Uint8Array }> {
  const secrets = thread.secrets.slice(0, thread.epoch + 1);
  const grant = { ...grantOf(giver, member.member, member.recipient, 0, secrets), share };
  const sealed = await sealEpochGrant(grant, giver.signing, member.recipient);
  return { access: named(member, sealed), sealed };
}
