// The console's frame: bar, demonstration band, and the one view that the moment asks for. Where one
// is stands in memory, not in the address: case ids stay out of the browser's history.
import { html, nothing } from "lit";
import { keyed } from "lit/directives/keyed.js";

import "./account.ts";
import type { CaseView } from "./case.ts";
import "./case.ts";
import "./concerns_view.ts";
import { takeToken } from "./enrol.ts";
import type { InboxView } from "./inbox.ts";
import "./log.ts";
import "./login.ts";
import { session } from "./session.ts";
import { t } from "./text.ts";
import { View, working } from "./view.ts";

type Place = { name: "inbox" } | { name: "case"; id: string } | { name: "account" };

const places: Place[] = [{ name: "inbox" }];

export class App extends View {
  static override properties = { place: { state: true }, failed: { state: true }, token: { state: true } };
  private place: Place = places[0]!;
  private failed = false;
  private token = takeToken();

  override connectedCallback(): void {
    this.replaceChildren();
    super.connectedCallback();
    session.addEventListener("phase", () => this.onPhase());
    addEventListener("popstate", (event) => {
      this.place = places[Number(event.state ?? 0)] ?? places[0]!;
    });
    void this.start();
  }

  private async start(): Promise<void> {
    this.failed = false;
    try {
      await session.start();
    } catch {
      this.failed = true;
    }
  }

  private onPhase(): void {
    if (session.phase === "out") this.place = places[0]!;
    if (session.needsPassphrase) this.place = { name: "account" };
    this.requestUpdate();
  }

  private go(place: Place): void {
    this.place = place;
    places.push(place);
    history.pushState(places.length - 1, "", "/");
    if (place.name === "inbox") void this.focusOn("tillit-inbox h1");
  }

  protected override updated(): void {
    const organisation = session.organisation?.name;
    document.title = organisation ? t("app.bar", { organisation }) : t("app.title");
  }

  private refreshInbox(): void {
    void this.querySelector<InboxView>("tillit-inbox")?.refresh();
  }

  /** Choosing the case that is open looks again, for what others did meanwhile. */
  private choose(id: string): void {
    const isOpen = this.place.name === "case" && this.place.id === id;
    if (isOpen) void this.querySelector<CaseView>("tillit-case")?.refresh();
    else this.go({ name: "case", id });
  }

  private bar() {
    const isIn = session.phase === "in";
    return html`<header>
      ${session.organisation?.demo ? html`<p class="demo">${t("app.demo")}</p>` : nothing}
      <div class="bar"><span class="bar__org"><span class="bar__mark" aria-hidden="true"></span>
        <span>${t("app.bar", { organisation: session.organisation?.name ?? "" })}</span></span>
      ${isIn
        ? html`<nav class="bar__side">
            <span class="quiet bar__who">${session.me?.office}</span>
            <button class="ds-button" data-variant="tertiary" data-size="sm" data-color="neutral" @click=${() =>
              this.go(this.place.name === "account" ? places[0]! : { name: "account" })}>
              ${t(this.place.name !== "account" ? "app.account" : this.isAuditor ? "app.log" : "app.inbox")}
            </button>
            <button class="ds-button" data-variant="tertiary" data-size="sm" data-color="neutral" @click=${() => session.logout()}>${t("app.logout")}</button>
            <button class="ds-button" data-variant="secondary" data-size="sm" data-color="neutral" @click=${() => session.lock()}>${t("app.lock")}</button>
          </nav>`
        : nothing}
      </div>
    </header>`;
  }

  /** Auditors have the log instead of cases. */
  private get isAuditor(): boolean {
    return session.me?.role === "auditor";
  }

  private desk() {
    if (this.place.name === "account") return html`<main id="main"><tillit-account></tillit-account></main>`;
    if (this.isAuditor) return html`<main id="main"><tillit-log></tillit-log></main>`;
    const id = this.place.name === "case" ? this.place.id : "";
    return html`<div
      class="console ${id ? "console--case" : ""}"
      @open-case=${(event: CustomEvent<string>) => this.choose(event.detail)}
      @back=${() => this.go({ name: "inbox" })}
      @seen=${() => this.refreshInbox()}
    >
      <nav class="inbox" aria-label=${t("inbox.title")}><tillit-inbox .selected=${id}></tillit-inbox></nav>
      <main id="main">${keyed(id, id ? this.shown(id) : html`<p class="quiet choose">${t("app.choose")}</p>`)}</main>
    </div>`;
  }

  /** A view of its own for each case: what one still waits for, holds or says never shows in another. */
  private shown(id: string) {
    return html`<tillit-case .caseId=${id}></tillit-case>`;
  }

  private body() {
    if (this.failed) {
      return html`<main class="gate" id="main"><h1 class="ds-heading" data-size="md">${t("app.failed")}</h1>
        <p class="lead">${t("app.failed_hint")}</p>
        <div class="row"><button class="ds-button" @click=${() => this.start()}>${t("app.retry")}</button></div></main>`;
    }
    if (session.phase === "starting") {
      return html`<main class="gate" id="main"><h1 class="ds-heading" data-size="md">${t("app.title")}</h1>${working(t("app.starting"))}</main>`;
    }
    if (this.token !== null) {
      return html`<tillit-enrol .token=${this.token} @left=${() => (this.token = null)}></tillit-enrol>`;
    }
    if (session.phase === "in") return html`<tillit-concerns></tillit-concerns>${this.desk()}`;
    return html`${keyed(session.phase, html`<tillit-login></tillit-login>`)}`;
  }

  protected override render() {
    return html`${session.organisation ? this.bar() : nothing} ${this.body()}
      <p class="ds-sr-only" aria-live="polite" data-live></p>`;
  }
}

customElements.define("tillit-app", App);
