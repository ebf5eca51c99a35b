// One request for an identity as everybody who may know of it sees it: who asks whom, on what ground,
// whether the reporter was told, what was answered, and every opening with its day.
import { html, nothing } from "lit";

import { equal } from "../crypto/bytes.ts";
import type { Opened, Opening } from "../crypto/disclosure.ts";
import type { Correspondence } from "./letters.ts";
import { session } from "./session.ts";
import { dayText, t, tCode } from "./text.ts";
import { authorName, myId, type HeldCase } from "./thread.ts";

export const groundText = (ground: string): string => tCode("ground", ground, "ground.other");

export const nameOf = (held: HeldCase, member: Uint8Array): string =>
  authorName(held.known, member) || t("case.someone");

const isMe = (member: Uint8Array): boolean => equal(member, myId(session));

/** "You …" or "NAME …", on a day. */
function did(held: HeldCase, key: "asked" | "refused" | "disclosed" | "opened", member: Uint8Array, day: number): string {
  const on = dayText(day, held.file.today);
  return isMe(member) ? t(`letter.${key}_you`, { day: on }) : t(`letter.${key}`, { name: nameOf(held, member), day: on });
}

function answered(held: HeldCase, { row, request, refusal }: Correspondence) {
  const { custodian } = request!.letter;
  if (row.state === "open") {
    return html`<p>${isMe(custodian) ? t("letter.waiting_you") : t("letter.waiting", { name: nameOf(held, custodian) })}</p>`;
  }
  const day = row.answered_day ?? row.day;
  if (row.state === "disclosed") return html`<p>${did(held, "disclosed", custodian, day)}</p>`;
  if (!refusal) return nothing;
  return html`<p>${did(held, "refused", custodian, day)}</p>
    <p class="msg__text" dir="auto" translate="no">${refusal.letter.reason}</p>`;
}

function faultBox(faults: string[]) {
  if (faults.length === 0) return nothing;
  return html`<div class="ds-alert" data-color="danger" role="alert">
    <p class="ds-paragraph">${t("letter.fault_lead")}</p>
    <ul>
      ${faults.map((fault) => html`<li>${tCode("letter.fault", fault, "letter.fault.other")}</li>`)}
    </ul>
  </div>`;
}

function openedLine(held: HeldCase, day: number, { letter }: Opened<Opening>) {
  return html`<li>${did(held, "opened", letter.from, day)}</li>`;
}

/** `more`: faults that only a reader of the thread can see. */
export function requestView(held: HeldCase, one: Correspondence, more: string[] = []) {
  const faults = faultBox([...one.faults, ...more]);
  if (!one.request) return faults;
  const { letter } = one.request;
  return html`${faults}
    <p><b>${did(held, "asked", letter.from, one.row.day)}</b></p>
    <dl>
      <dt>${t("letter.ground")}</dt>
      <dd>${groundText(letter.ground)}</dd>
      <dt>${t("letter.reporter")}</dt>
      <dd>${t(letter.told === "yes" ? "letter.told" : "letter.exempt")}</dd>
    </dl>
    ${letter.told === "exempt"
      ? html`<p class="quiet">${t("letter.exemption")}</p><p class="msg__text" dir="auto" translate="no">${letter.exemption}</p>`
      : nothing}
    <p class="quiet">${t("letter.text")}</p>
    <p class="msg__text" dir="auto" translate="no">${letter.text}</p>
    ${answered(held, one)}
    ${one.openings.length > 0
      ? html`<ul class="openings">${one.openings.map(({ day, opening }) => openedLine(held, day, opening))}</ul>`
      : nothing}`;
}
