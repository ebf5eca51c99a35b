// What a reader of the case knows of the reporter's identity, and may do about it: ask, and open what
// was disclosed. A name that is shown lives in this element and goes with it.
import { html, nothing } from "lit";

import { CryptoError } from "../crypto/bytes.ts";
import type { Identity } from "../crypto/identity.ts";
import "./asking.ts";
import { custodianOf, openTheIdentity, readLetters, threadFaults, type Correspondence } from "./letters.ts";
import { requestView } from "./request.ts";
import { session } from "./session.ts";
import { t } from "./text.ts";
import type { OpenCase } from "./thread.ts";
import { alertBox, announce, errorText, View, working } from "./view.ts";

export type Looking = "reading" | "asking" | "opening" | "shown";

export class IdentityView extends View {
  static override properties = {
    open: { attribute: false }, all: { state: true }, looking: { state: true }, identity: { state: true }, error: { state: true },
  };
  declare open: OpenCase;
  private all: Correspondence[] = [];
  private looking: Looking = "reading";
  private identity: Identity | null = null;
  private error: string | null = null;

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("open")) return;
    const before = changed.get("open") as OpenCase | undefined;
    if (before?.file.case.case_id !== this.open.file.case.case_id) this.forget();
    void this.load();
  }

  private forget(): void {
    this.all = [];
    this.looking = "reading";
    this.identity = null;
    this.error = null;
  }

  private async load(): Promise<void> {
    const wanted = this.open;
    try {
      const all = await readLetters(wanted, session);
      if (wanted === this.open) this.all = all;
    } catch (error) {
      if (wanted === this.open) this.error = errorText(error);
    }
  }

  private async show(one: Correspondence): Promise<void> {
    if (this.looking === "opening") return;
    this.error = null;
    this.looking = "opening";
    try {
      this.identity = await openTheIdentity(this.open, one, session);
      this.looking = "shown";
      announce(t("identity.opened"));
      void this.focusOn("#identity-name");
      await this.load();
    } catch (error) {
      this.looking = "reading";
      this.error = error instanceof CryptoError ? t("identity.does_not_open") : errorText(error);
    }
  }

  private hide(): void {
    this.identity = null;
    this.looking = "reading";
    void this.focusOn("#identity-title");
  }

  private leftAsking(): void {
    this.looking = "reading";
    void this.focusOn("#identity-title");
  }

  private opened(identity: Identity) {
    return html`<div class="ds-alert" data-color="info" id="identity-name" tabindex="-1">
      <dl>
        ${identity.name ? html`<dt>${t("identity.name")}</dt><dd dir="auto" translate="no">${identity.name}</dd>` : nothing}
        ${identity.contact ? html`<dt>${t("identity.contact")}</dt><dd dir="auto" translate="no">${identity.contact}</dd>` : nothing}
      </dl>
      <div class="row">
        <button class="ds-button" data-variant="secondary" data-size="sm" @click=${() => this.hide()}>${t("identity.hide")}</button>
      </div>
    </div>`;
  }

  private request(one: Correspondence) {
    const more = threadFaults(this.open, one);
    const mayOpen = one.disclosure && one.faults.length === 0;
    return html`<li class="letter">
      ${requestView(this.open, one, more)}
      ${mayOpen && this.looking !== "shown"
        ? html`<p class="quiet">${t("identity.open_hint")}</p>
            <div class="row"><button class="ds-button" data-size="sm" @click=${() => this.show(one)}>${t("identity.open")}</button></div>`
        : nothing}
    </li>`;
  }

  private requests() {
    const custodian = custodianOf(this.open);
    const isWaiting = this.all.some(({ row }) => row.state === "open" && row.from === session.me?.member);
    const hasShare = this.all.some(({ disclosure, faults }) => disclosure !== null && faults.length === 0);
    const mayAsk = custodian && !isWaiting && !hasShare && this.looking === "reading";
    return html`${this.all.length > 0 ? html`<ul class="letters">${this.all.map((one) => this.request(one))}</ul>` : nothing}
      ${working(this.looking === "opening" ? t("identity.opening") : null)}
      ${this.identity ? this.opened(this.identity) : nothing}
      ${this.looking === "asking"
        ? html`<tillit-asking .open=${this.open} @left=${() => this.leftAsking()}></tillit-asking>`
        : nothing}
      ${custodian ? nothing : html`<p>${t("identity.no_custodian")}</p>`}
      ${mayAsk
        ? html`<div class="row">
            <button class="ds-button" data-variant="secondary" data-size="sm" @click=${() => (this.looking = "asking")}>${t("identity.ask")}</button>
          </div>`
        : nothing}`;
  }

  protected override render() {
    return html`<section class="panel" aria-labelledby="identity-title">
      <h2 class="ds-heading" data-size="2xs" id="identity-title" tabindex="-1">${t("identity.open_title")}</h2>
      <p>${t("identity.open_lead")}</p>
      ${alertBox(this.error)} ${this.requests()}
    </section>`;
  }
}

customElements.define("tillit-identity", IdentityView);
