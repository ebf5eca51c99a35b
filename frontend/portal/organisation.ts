// The organisation as its signers vouch for it: verified here, not believed.
import { CryptoError, equal, fromBase64url } from "../crypto/bytes.ts";
import { noteHash, verifyDirectory, verifySignersChain, type Directory } from "../crypto/directory.ts";
import type { OrganisationReply } from "./api.ts";

export interface Organisation {
  org: Uint8Array;
  today: number; // days since 1970, by this device's clock
  maxReportBytes: number;
  directory: Directory; // members: those who may get a grant today
  directoryHash: Uint8Array;
}

export const localToday = (): number => Math.floor(Date.now() / 86_400_000);

/** `today` 0 accepts an expired one: its keys still tell who wrote what. */
export function verifiedDirectory(notes: string[], directory: string, org: Uint8Array, today: number): Directory {
  const signers = verifySignersChain(notes);
  if (!equal(signers.org, org)) throw new CryptoError("wrong_org");
  return verifyDirectory(directory, signers, today);
}

/** The server may name people who have left: that takes readers away and never adds one. */
export function readOrganisation(reply: OrganisationReply): Organisation {
  const org = fromBase64url(reply.org, 16);
  const today = localToday();
  const directory = verifiedDirectory(reply.signers_notes, reply.directory, org, today);
  const closed = reply.closed.map((id) => fromBase64url(id, 16));
  const members = directory.members.filter((member) => !closed.some((id) => equal(id, member.member)));
  return {
    org, today, maxReportBytes: reply.max_report_bytes,
    directory: { ...directory, members }, directoryHash: noteHash(reply.directory),
  };
}
