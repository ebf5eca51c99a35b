// One case: opened in the browser, verified, acknowledged at the first opening, answered.
import { html, nothing } from "lit";

import { CryptoError, fromBase64url } from "../crypto/bytes.ts";
import { shortCaseId } from "../crypto/case_key.ts";
import "./aside.ts";
import "./custodian.ts";
import "./identity.ts";
import { renewIfDue } from "./hand_over.ts";
import { rememberTitle, titleText } from "./inbox.ts";
import "./message.ts";
import "./notes_view.ts";
import "./reply.ts";
import { emptyDraft, send } from "./send.ts";
import { session } from "./session.ts";
import { t, tCode, type TextKey } from "./text.ts";
import { doubtAbout } from "./known_directory.ts";
import { check, hasAcknowledged, holdCase, manifestOf, myId, openCase, type Fault, type HeldCase, type OpenCase } from "./thread.ts";
import { alertBox, announce, errorText, View, working } from "./view.ts";

export class CaseView extends View {
  static override properties = {
    caseId: { attribute: false }, open: { state: true }, held: { state: true }, faults: { state: true }, error: { state: true }, failure: { state: true },
  };
  declare caseId: string; // set once: another case is another element
  private open: OpenCase | null = null;
  private held: HeldCase | null = null; // of a custodian, who reads nothing
  private faults: Fault[] = [];
  private error: string | null = null;
  private failure: string | null = null; // code of why the case does not open

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("caseId")) void this.load();
  }

  private async load(): Promise<void> {
    this.open = null;
    this.held = null;
    this.error = null;
    this.failure = null;
    try {
      const file = await session.api.case(this.caseId);
      const held = session.me?.role === "custodian" ? await holdCase(file, session) : null;
      const open = held ? null : await openCase(file, session);
      if (!this.isConnected) return; // another was chosen meanwhile: this one was not looked at
      this.held = held;
      if (open) await this.opened(open);
    } catch (error) {
      if (error instanceof CryptoError) this.failure = error.code;
      else this.error = errorText(error);
    }
    void this.focusOn("h1");
  }

  private async opened(open: OpenCase): Promise<void> {
    const before = check(open, session);
    this.faults = before.faults;
    this.open = open;
    rememberTitle(this.caseId, open);
    const isClosed = open.file.case.state === "closed"; // takes nothing more, no ack either
    if (!isClosed && (await renewIfDue(open, session))) announce(t("keys.renewed"));
    if (before.faults.length === 0 && !isClosed && !hasAcknowledged(open, myId(session))) {
      await send(open, emptyDraft("ack"), session);
      announce(t("case.acknowledged"));
    }
    const last = Math.max(0, ...open.file.envelopes.map((envelope) => envelope.position), ...open.entries.map((e) => e.position));
    if (this.isConnected && last > open.file.read_position) await session.api.read(this.caseId, last);
    this.faults = check(open, session).faults;
    this.open = { ...open }; // a new object, so that the parts of the page look again
    this.dispatchEvent(new Event("seen", { bubbles: true }));
    void session.saveMemory();
  }

  /** After something was sent: the server's new days and state, the same thread, checked again. */
  private async changed(): Promise<void> {
    const open = await openCase(await session.api.case(this.caseId), session);
    this.open = open;
    this.faults = check(open, session).faults;
    rememberTitle(this.caseId, open);
    const last = Math.max(0, ...open.entries.map((entry) => entry.position));
    await session.api.read(this.caseId, last);
    this.dispatchEvent(new Event("seen", { bubbles: true }));
  }

  private onChanged(event: Event): Promise<void> {
    event.stopPropagation();
    return this.refresh();
  }

  async refresh(): Promise<void> {
    this.error = null;
    try {
      if (this.open) await this.changed();
      else await this.load();
    } catch (error) {
      this.error = errorText(error);
      announce(this.error);
    }
  }

  private faultText(fault: Fault): string {
    const author = fault.author || t("fault.author_reporter");
    const key = `fault.${fault.kind}` as TextKey;
    const text = tCode("fault", fault.kind, "fault.other") === t("fault.other") ? "fault.other" : key;
    return t(text, { place: fault.place, author });
  }

  private faultBox() {
    if (this.faults.length === 0) return nothing;
    return html`<div class="ds-alert" data-color="danger" role="alert">
      <h2 class="ds-heading" data-size="xs">${t("fault.title")}</h2>
      <p class="ds-paragraph">${t("fault.lead")}</p>
      <ul>
        ${this.faults.map((fault) => html`<li>${this.faultText(fault)}</li>`)}
      </ul>
    </div>`;
  }

  /** What was sealed to a list that is not the one of its day. */
  private doubtBox(open: HeldCase) {
    const manifest = "entries" in open ? manifestOf(open as OpenCase) : undefined;
    if (!manifest) return nothing;
    const doubt = doubtAbout(open.known, manifest.dirVersion, manifest.dirHash, open.file.case.received_day);
    return doubt ? alertBox(t(`directory.${doubt}`), doubt === "superseded" ? "warning" : "danger") : nothing;
  }

  private directoryBox(open: HeldCase) {
    const { warning } = open.known;
    const isOff = warning !== "none" && warning !== "expired"; // that one is no fault, and stands above every page
    return html`${isOff ? alertBox(t(`directory.${warning}`)) : nothing}
      ${this.doubtBox(open)}`;
  }

  private head(title: string) {
    return html`<div class="work__head">
      <button class="ds-button work__back" data-variant="tertiary" data-size="sm" @click=${() => this.dispatchEvent(new Event("back", { bubbles: true }))}>
        ${t("app.back")}
      </button>
      <p class="quiet" translate="no">${shortCaseId(fromBase64url(this.caseId))}</p>
      <h1 class="ds-heading" data-size="sm" tabindex="-1" dir="auto">${title}</h1>
    </div>`;
  }

  private shut() {
    if (this.held) {
      return html`${this.head(t("case.custodian_title"))} ${this.directoryBox(this.held)}
        <tillit-custodian .held=${this.held}></tillit-custodian>`;
    }
    if (this.failure) {
      return html`${this.head(t("case.failed_title"))}${alertBox(t("case.failed", { code: this.failure }))}`;
    }
    const title = t("case.title", { id: shortCaseId(fromBase64url(this.caseId)) });
    return html`${this.head(title)}${this.error ? alertBox(this.error) : working(t("case.opening"))}`;
  }

  private thread(open: OpenCase) {
    return html`<ol class="thread" aria-label=${t("case.thread")}>
      ${open.entries.map(
        (entry) => html`<li><tillit-message .open=${open} .entry=${entry}></tillit-message></li>`,
      )}
    </ol>`;
  }

  protected override render() {
    const open = this.open;
    if (!open) return html`<div class="work">${this.shut()}</div>`;
    return html`<div class="work" @changed=${(event: Event) => this.onChanged(event)}>
      ${this.head(titleText(open))} ${this.faultBox()} ${this.directoryBox(open)} ${alertBox(this.error)}
      <div class="cols">
        <div class="stack">
          <h2 class="ds-sr-only">${t("case.thread")}</h2>
          ${this.thread(open)}
          <tillit-reply .open=${open}></tillit-reply>
          <tillit-notes .open=${open}></tillit-notes>
          ${manifestOf(open)?.identityGiven ? html`<tillit-identity .open=${open}></tillit-identity>` : nothing}
        </div>
        <aside><tillit-aside class="aside" .open=${open}></tillit-aside></aside>
      </div>
    </div>`;
  }
}

customElements.define("tillit-case", CaseView);
