// A case as its custodian has it: no report, no message, only requests for the share she keeps, each
// verified. She agrees or refuses; a share that was handed over cannot be taken back, so it is asked
// twice.
import { html, nothing } from "lit";

import { utf8 } from "../crypto/bytes.ts";
import { maxReasonBytes } from "../crypto/disclosure.ts";
import { retitle } from "./inbox.ts";
import { disclose, readLetters, refuse, type Correspondence } from "./letters.ts";
import { nameOf, requestView } from "./request.ts";
import { session } from "./session.ts";
import { t } from "./text.ts";
import type { HeldCase } from "./thread.ts";
import { alertBox, announce, errorText, View, working } from "./view.ts";

export type Answering = "reading" | "agreeing" | "refusing" | "sending";

export class CustodianView extends View {
  static override properties = {
    held: { attribute: false }, all: { state: true }, answering: { state: true }, error: { state: true },
  };
  declare held: HeldCase;
  private all: Correspondence[] | null = null;
  private answering: Answering = "reading";
  private error: string | null = null;

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("held")) return;
    this.all = null;
    this.answering = "reading";
    this.error = null;
    void this.load();
  }

  private async load(): Promise<void> {
    const wanted = this.held;
    try {
      const all = await readLetters(wanted, session);
      if (wanted !== this.held) return;
      this.all = all;
      const isAsked = all.some(({ row }) => row.state === "open");
      retitle(wanted.file.case.case_id, t(isAsked ? "inbox.custodian_asked" : "inbox.custodian"));
      const { case_id, last_position } = wanted.file.case;
      await session.api.read(case_id, last_position);
      this.dispatchEvent(new Event("seen", { bubbles: true }));
    } catch (error) {
      if (wanted === this.held) this.error = errorText(error);
    }
  }

  private async send(act: () => Promise<void>, done: string, before: Answering): Promise<void> {
    this.answering = "sending";
    this.error = null;
    try {
      await act();
      announce(done);
      this.answering = "reading";
      await this.load();
      await this.focusOn(".letter");
    } catch (error) {
      this.answering = before;
      this.error = errorText(error);
    }
  }

  private agree(one: Correspondence): Promise<void> {
    return this.send(() => disclose(this.held, one, session), t("answer.disclosed"), "agreeing");
  }

  private async refuse(event: Event, one: Correspondence): Promise<void> {
    event.preventDefault();
    const reason = this.field("reason").trim();
    const isLong = utf8(reason).length > maxReasonBytes;
    this.error = !reason ? t("answer.no_reason") : isLong ? t("ask.too_long") : null;
    if (this.error) return this.focusOn("[name=reason]");
    return this.send(() => refuse(this.held, one, reason, session), t("answer.refused"), "refusing");
  }

  private async turn(to: Answering, focus: string): Promise<void> {
    this.answering = to;
    this.error = null;
    await this.focusOn(focus);
  }

  private cancel() {
    return html`<button class="ds-button" type="button" data-variant="tertiary" @click=${() => this.turn("reading", "[data-answers] button")}>
      ${t("app.cancel")}
    </button>`;
  }

  private agreeing(one: Correspondence) {
    const name = nameOf(this.held, one.request!.letter.from);
    return html`<p id="agree" tabindex="-1">${t("answer.sure", { name })}</p>
      <div class="row">
        <button class="ds-button" @click=${() => this.agree(one)}>${t("answer.agree_sure")}</button>
        ${this.cancel()}
      </div>`;
  }

  private refusing(one: Correspondence) {
    return html`<form class="stack" novalidate @submit=${(event: Event) => this.refuse(event, one)}>
      <div class="ds-field">
        <label class="ds-label" data-weight="medium" for="reason">${t("answer.reason")}</label>
        <p class="hint" id="reason-hint">${t("answer.reason_hint")}</p>
        <textarea class="ds-input" id="reason" name="reason" rows="4" dir="auto" translate="no" aria-describedby="reason-hint"></textarea>
      </div>
      <div class="row">
        <button class="ds-button">${t("answer.refuse_sure")}</button>
        ${this.cancel()}
      </div>
    </form>`;
  }

  private answers(one: Correspondence) {
    if (one.row.state !== "open" || !one.request || one.faults.length > 0) return nothing;
    if (this.answering === "sending") return working(t("answer.sending"));
    if (this.answering === "agreeing") return this.agreeing(one);
    if (this.answering === "refusing") return this.refusing(one);
    return html`<p class="quiet">${t("answer.hint")}</p>
      <div class="row" data-answers>
        <button class="ds-button" @click=${() => this.turn("agreeing", "#agree")}>${t("answer.agree")}</button>
        <button class="ds-button" data-variant="secondary" @click=${() => this.turn("refusing", "#reason")}>${t("answer.refuse")}</button>
      </div>`;
  }

  protected override render() {
    const newestFirst = [...(this.all ?? [])].reverse();
    return html`<div class="stack"><p class="lead">${t("case.custodian")}</p>
      ${alertBox(this.error)} ${working(this.all || this.error ? null : t("case.opening"))}
      ${this.all?.length === 0 ? html`<p>${t("answer.none")}</p>` : nothing}
      <ul class="letters">
        ${newestFirst.map((one) => html`<li class="panel letter" tabindex="-1">${requestView(this.held, one)} ${this.answers(one)}</li>`)}
      </ul></div>`;
  }
}

customElements.define("tillit-custodian", CustodianView);
