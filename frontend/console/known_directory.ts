// The directory as this client verified it, with what its memory says against it.
import { CryptoError, equal, toBase64url } from "../crypto/bytes.ts";
import { fingerprintWords } from "../crypto/case_key.ts";
import {
  earlierDirectories, noteHash, organisationFingerprint, verifyDirectory, verifySignersChain, type Directory, type DirectoryMember,
} from "../crypto/directory.ts";
import { ApiError, type Api } from "./api.ts";
import type { Memory } from "./memory.ts";

export type DirectoryWarning =
  | "none" | "unverified" | "expired" | "other_organisation" | "older_directory" | "older_signers" | "changed_directory";

export interface KnownDirectory {
  directory: Directory | null;
  hash: Uint8Array;
  fingerprint: string;
  warning: DirectoryWarning;
  earlier: Directory[]; // newest first
  signers: string[]; // their names: who can renew it
  closed: string[]; // ids of members whose account the service has closed, as it says
}

export type Doubt = "superseded" | "unknown_list";

/**
 * Why a report sealed under this directory needs a second look: the reporter may have been shown an
 * old list of receivers. A page may have been open over midnight, so the day after is no ground.
 */
export function doubtAbout(known: KnownDirectory, version: number, hash: Uint8Array, receivedDay: number): Doubt | null {
  if (!known.directory || (version === known.directory.version && equal(hash, known.hash))) return null;
  let after = known.directory;
  for (const directory of known.earlier) {
    if (directory.version === version && equal(after.previous, hash)) {
      return receivedDay <= after.day + 1 ? null : "superseded";
    }
    after = directory;
  }
  return "unknown_list";
}

/** Whether this member can still log in. */
export const isLive = (known: KnownDirectory, id: Uint8Array): boolean => !known.closed.includes(toBase64url(id));

/** As listed last, also in a version before the newest. */
export function memberById(known: KnownDirectory, id: Uint8Array): DirectoryMember | undefined {
  const versions = [...(known.directory ? [known.directory] : []), ...(known.earlier ?? [])];
  return versions.flatMap(({ members }) => members).find(({ member }) => equal(member, id));
}

/** Compares with what this client saw before; only what passes is remembered. */
function compare(memory: Memory, org: string, signers: number, version: number, hash: string): DirectoryWarning {
  if (memory.organisation !== undefined && memory.organisation !== org) return "other_organisation";
  if ((memory.signers ?? 0) > signers) return "older_signers";
  const seen = memory.directory;
  if (seen && seen.version > version) return "older_directory";
  if (seen && seen.version === version && seen.hash !== hash) return "changed_directory";
  memory.pin(org, signers, { version, hash });
  return "none";
}

export async function verifiedDirectory(api: Api, memory: Memory, org: Uint8Array): Promise<KnownDirectory> {
  const { signers_notes, directory, closed = [] } = await api.directory();
  const first = signers_notes[0];
  const nothing = { directory: null, hash: new Uint8Array(32), fingerprint: "", earlier: [], signers: [], closed };
  if (first === undefined || directory === null) {
    return { ...nothing, warning: memory.directory ? "older_directory" : "none" };
  }
  const today = Math.floor(Date.now() / 86_400_000);
  try {
    const signers = verifySignersChain(signers_notes);
    if (!equal(signers.org, org)) throw new CryptoError("wrong_org");
    const fingerprint = organisationFingerprint(first);
    let warning: DirectoryWarning = "none";
    let read: Directory;
    try {
      read = verifyDirectory(directory, signers, today);
    } catch (error) {
      if (!(error instanceof CryptoError && error.code === "expired")) throw error;
      read = verifyDirectory(directory, signers, 0); // keys in it still tell who wrote what
      warning = "expired";
    }
    const hash = noteHash(directory);
    const compared = compare(memory, toBase64url(fingerprint), signers.number, read.version, toBase64url(hash));
    if (compared !== "none") warning = compared;
    const notes = read.version > 1 ? (await api.earlierDirectories()).directories : [];
    const earlier = earlierDirectories(notes, read);
    const names = signers.signers.map(({ name }) => name);
    return { directory: read, hash, fingerprint: fingerprintWords(fingerprint), warning, earlier, signers: names, closed };
  } catch (error) {
    if (error instanceof ApiError) throw error; // no answer says nothing against a list
    return { ...nothing, warning: "unverified" };
  }
}
