// What stands to go wrong for everybody, said to those who can still see to it that it is mended.
// `tillit check` says the same to whoever runs the service (server/cli/check.cpp).
import { isLive, type KnownDirectory } from "./known_directory.ts";
import { dayText, t, tn } from "./text.ts";

const reminderDays = 60; // docs/protocol.md 3.3.8
const fewestInvestigators = 2; // the portal takes no reports with fewer

export type Worry = "expires" | "expired" | "few_investigators";
export interface Concern {
  worry: Worry;
  text: string;
  colour: "danger" | "warning";
}

function expiry({ directory, signers }: KnownDirectory, today: number): Concern[] {
  const { expiresDay } = directory!;
  const left = expiresDay - today;
  if (left > reminderDays) return [];
  const day = dayText(expiresDay, today);
  const mend = t("concern.renew", { names: signers.join(", ") });
  if (left < 0) return [{ worry: "expired", text: `${t("concern.expired", { day })} ${mend}`, colour: "danger" }];
  if (left === 0) return [{ worry: "expires", text: `${t("concern.expires_today")} ${mend}`, colour: "danger" }];
  return [{ worry: "expires", text: `${tn("concern.expires", left, { day })} ${mend}`, colour: "warning" }];
}

function fewReaders(known: KnownDirectory): Concern[] {
  const left = known.directory!.members.filter((member) => member.role === "investigator" && isLive(known, member.member));
  if (left.length >= fewestInvestigators) return [];
  const [only] = left;
  const text = only ? t("concern.one_investigator", { name: only.name }) : t("concern.no_investigator");
  return [{ worry: "few_investigators", text: `${text} ${t("concern.invite", { names: known.signers.join(", ") })}`, colour: "danger" }];
}

/** Nothing of a directory that could not be verified: that is said elsewhere, and louder. */
export function concernsAbout(known: KnownDirectory, today: number): Concern[] {
  return known.directory ? [...expiry(known, today), ...fewReaders(known)] : [];
}
