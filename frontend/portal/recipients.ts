// Who gets a key to a new report; the twin of choose_recipients in server/app/intake.cpp.
import { equal } from "../crypto/bytes.ts";
import type { DirectoryMember } from "../crypto/directory.ts";
import type { Exclusion } from "../crypto/statement.ts";

export interface Recipients {
  readers: DirectoryMember[];
  custodian: DirectoryMember | undefined;
  fallsToAlternate: boolean;
  excluded: Exclusion[];
}

const isIn = (ids: Uint8Array[], id: Uint8Array) => ids.some((other) => equal(other, id));

function exclusions(members: DirectoryMember[], ticked: Uint8Array[], also: Uint8Array[]): Exclusion[] {
  const excluded: Exclusion[] = [];
  for (const member of members) {
    const wasUnticked = member.role === "investigator" && member.isDefault && !isIn(ticked, member.member);
    if (!wasUnticked && !isIn(also, member.member)) continue;
    if (excluded.some((e) => equal(e.person, member.person))) continue;
    excluded.push({ person: member.person, name: member.name });
  }
  return excluded;
}

/** A default receiver who was unticked is excluded: of the person, in all of that person's roles. */
export function chooseRecipients(members: DirectoryMember[], ticked: Uint8Array[], also: Uint8Array[]): Recipients {
  const excluded = exclusions(members, ticked, also);
  const left = members.filter((member) => !excluded.some((e) => equal(e.person, member.person)));
  let readers = left.filter((member) => member.role === "investigator" && isIn(ticked, member.member));
  const fallsToAlternate = readers.length === 0;
  if (fallsToAlternate) readers = left.filter((member) => member.role === "alternate");
  // Nobody may hold both halves of one identity (protocol §4.4).
  const custodian = left.find(
    (member) => member.role === "custodian" && !readers.some((reader) => equal(reader.person, member.person)),
  );
  return { readers, custodian, fallsToAlternate, excluded };
}
