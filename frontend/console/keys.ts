// Beside the thread: who holds keys of this case, and how that is changed.
import { html, nothing } from "lit";

import { equal, toBase64url, utf8 } from "../crypto/bytes.ts";
import type { DirectoryMember } from "../crypto/directory.ts";
import { giveAccess, isAlone, isLastReader, removeReader, stepBack, whoCouldJoin, whoCouldLeave } from "./hand_over.ts";
import { isLive } from "./known_directory.ts";
import { session } from "./session.ts";
import { dayText, t } from "./text.ts";
import { manifestOf, memberOf, myId, type OpenCase } from "./thread.ts";
import { alertBox, announce, errorText, View, working } from "./view.ts";

type Act = "give" | "remove" | "leave";
const maxReasonBytes = 1000;

export class KeysView extends View {
  static override properties = {
    open: { attribute: false }, act: { state: true }, busy: { state: true }, error: { state: true },
  };
  declare open: OpenCase;
  private act: Act | null = null;
  private busy = false;
  private error: string | null = null;

  private begin(act: Act): void {
    this.act = act;
    this.error = null;
    void this.focusOn(act === "leave" ? "#keys-reason" : "#keys-who");
  }

  private cancel(): void {
    this.act = null;
    void this.focusOn("[data-begin]");
  }

  private choices(): DirectoryMember[] {
    return this.act === "give" ? whoCouldJoin(this.open) : whoCouldLeave(this.open, session);
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy || !this.act) return;
    const reason = this.field("reason").trim();
    const who = this.choices().find(({ member }) => toBase64url(member) === this.field("who"));
    if (this.act !== "leave" && !who) return this.refuse(t("keys.no_choice"), "#keys-who");
    if (reason === "") return this.refuse(t("keys.no_reason"), "#keys-reason");
    if (utf8(reason).length > maxReasonBytes) return this.refuse(t("keys.long_reason"), "#keys-reason");
    this.busy = true;
    this.error = null;
    try {
      await this.perform(this.act, who, reason);
    } catch (error) {
      this.error = errorText(error);
    } finally {
      this.busy = false;
    }
  }

  private refuse(problem: string, field: string): void {
    this.error = problem;
    void this.focusOn(field);
  }

  private async perform(act: Act, who: DirectoryMember | undefined, reason: string): Promise<void> {
    if (act === "leave") {
      await stepBack(this.open, reason, session);
      announce(t("keys.left"));
      this.dispatchEvent(new Event("back", { bubbles: true }));
      return;
    }
    if (act === "give") await giveAccess(this.open, who!, reason, session);
    else await removeReader(this.open, who!, reason, session);
    announce(t(act === "give" ? "keys.given" : "keys.removed", { name: who!.name }));
    this.act = null;
    this.dispatchEvent(new Event("changed", { bubbles: true }));
  }

  private holder(member: Uint8Array) {
    const known = memberOf(this.open, member);
    const ack = this.open.entries.find(({ statement }) => statement.kind === "ack" && equal(statement.from, member));
    const name = known?.name ?? t("keys.unknown");
    const isCustodian = known?.role === "custodian";
    const opened = ack ? t("keys.opened", { day: dayText(ack.day, this.open.file.today) }) : t("keys.not_opened");
    const reads = isCustodian ? t("keys.share") : opened;
    return html`<li>
      <b>${equal(member, myId(session)) ? t("keys.you", { name }) : name}</b>
      <span class="quiet">${known ? `${known.office} · ` : nothing}${isLive(this.open.known, member) ? reads : t("keys.account_closed")}</span>
    </li>`;
  }

  private form(act: Act) {
    const choices = this.choices();
    return html`<form class="stack" novalidate aria-labelledby="keys-act" @submit=${(event: Event) => this.submit(event)}>
      <h3 class="ds-heading" data-size="2xs" id="keys-act">${t(`keys.${act}`)}</h3>
      <p>${t(`keys.${act}_lead`)}</p>
      ${alertBox(this.error)}
      ${act === "leave"
        ? nothing
        : html`<div class="ds-field">
            <label class="ds-label" data-weight="medium" for="keys-who">${t("keys.who")}</label>
            <select class="ds-input" id="keys-who" name="who">
              <option value="">${t("keys.choose")}</option>
              ${choices.map(({ member, name, office }) => html`<option value=${toBase64url(member)}>${name}, ${office}</option>`)}
            </select>
          </div>`}
      <div class="ds-field">
        <label class="ds-label" data-weight="medium" for="keys-reason">${t("keys.reason")}</label>
        <p class="hint" id="keys-reason-hint">${t("keys.reason_hint")}</p>
        <textarea class="ds-input" id="keys-reason" name="reason" rows="3" dir="auto" translate="no" aria-describedby="keys-reason-hint"></textarea>
      </div>
      ${working(this.busy ? t("app.working") : null)}
      <div class="row">
        <button class="ds-button" data-size="sm" aria-disabled=${this.busy ? "true" : nothing}>${t(`keys.${act}_do`)}</button>
        <button class="ds-button" type="button" data-variant="tertiary" data-size="sm" @click=${() => this.cancel()}>${t("app.cancel")}</button>
      </div>
    </form>`;
  }

  private button(act: Act) {
    return html`<button class="ds-button" data-variant="secondary" data-size="sm" data-begin=${act} @click=${() => this.begin(act)}>
      ${t(`keys.${act}`)}
    </button>`;
  }

  private acts() {
    if (this.open.file.case.state === "closed" || !manifestOf(this.open)) return nothing;
    if (this.act) return this.form(this.act);
    return html`<div class="choices">
      ${whoCouldJoin(this.open).length > 0 ? this.button("give") : nothing}
      ${whoCouldLeave(this.open, session).length > 0 ? this.button("remove") : nothing}
      ${isLastReader(this.open) ? nothing : this.button("leave")}
    </div>`;
  }

  /** How the only one with a key gets a second. */
  private wayOut(): "keys.alone_closed" | "keys.alone_give" | "keys.alone_nobody" {
    if (this.open.file.case.state === "closed") return "keys.alone_closed";
    return whoCouldJoin(this.open).length > 0 ? "keys.alone_give" : "keys.alone_nobody";
  }

  protected override render() {
    const { read } = this.open;
    const holders = read.holders.filter((held) => !held.isLeaving).map(({ member }) => member);
    const excluded = this.open.grant.excluded.map((person) => person.name).join(", ");
    return html`<section class="panel">
      <h2 class="ds-heading" data-size="2xs">${t("keys.title")}</h2>
      <p>${t(manifestOf(this.open) ? "keys.lead" : "keys.no_report")}</p>
      <ul class="holders">
        ${holders.map((member) => this.holder(member))}
      </ul>
      ${excluded ? html`<p>${t("keys.excluded", { names: excluded })}</p>` : nothing}
      ${isAlone(this.open) ? alertBox(`${t("keys.alone")} ${t(this.wayOut())}`, "warning") : nothing}
      ${read.isDoorClosed ? html`<p>${t("keys.door_closed")}</p>` : nothing}
      ${this.acts()}
    </section>`;
  }
}

customElements.define("tillit-keys", KeysView);
