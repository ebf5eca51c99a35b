// The cases a member holds keys for, newest first. Titles are decrypted here, in the background, for
// cases that this member opened before; a case nobody here has opened stays shut until it is chosen.
import { html, nothing } from "lit";

import { CryptoError, fromBase64url } from "../crypto/bytes.ts";
import { shortCaseId } from "../crypto/case_key.ts";
import type { CaseRow } from "./api.ts";
import { dueOf } from "./due.ts";
import { isAlone } from "./hand_over.ts";
import { session } from "./session.ts";
import { dayText, t, tn } from "./text.ts";
import { hasAcknowledged, manifestOf, myId, openCase, titleOf, type OpenCase } from "./thread.ts";
import { alertBox, errorText, View, working } from "./view.ts";

const pageSize = 20;
const states = ["", "received", "acknowledged", "investigating", "waiting_for_reporter", "closed"] as const;

/** What this session has learnt of a case; forgotten with the keys. */
const titles = new Map<string, string>();
const alone = new Set<string>(); // cases to which nobody else holds a key

/** What a case is called; never more than is known of it. */
export function titleText(open: OpenCase): string {
  if (!manifestOf(open)) return t("case.no_report");
  return titleOf(open) || t("case.no_text");
}

export function rememberTitle(caseId: string, open: OpenCase): void {
  titles.set(caseId, titleText(open));
  rememberReaders(caseId, open);
}

function rememberReaders(caseId: string, open: OpenCase): void {
  if (isAlone(open)) alone.add(caseId);
  else alone.delete(caseId);
}

export function retitle(caseId: string, title: string): void {
  titles.set(caseId, title);
}
session.addEventListener("phase", () => {
  if (session.phase === "in") return;
  titles.clear();
  alone.clear();
});

export class InboxView extends View {
  static override properties = {
    selected: {}, rows: { state: true }, busy: { state: true }, error: { state: true }, filter: { state: true },
  };
  declare selected: string;
  private rows: CaseRow[] = [];
  private today = 0;
  private total = 0;
  private next: string | null = null;
  private busy = true;
  private error: string | null = null;
  private filter = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load(false);
  }

  /** Called by the page when something in a case changed. */
  async refresh(): Promise<void> {
    await this.load(false);
  }

  private async load(more: boolean): Promise<void> {
    this.busy = true;
    this.error = null;
    const query = new URLSearchParams({ limit: String(pageSize) });
    if (more && this.next) query.set("after", this.next);
    if (this.filter) query.set("state", this.filter);
    try {
      const page = await session.api.cases(query);
      this.rows = more ? [...this.rows, ...page.cases] : page.cases;
      this.today = page.today;
      this.total = page.total;
      this.next = page.next;
      void this.readTitles(page.cases);
    } catch (error) {
      this.error = errorText(error);
    } finally {
      this.busy = false;
    }
  }

  private async readTitles(rows: CaseRow[]): Promise<void> {
    for (const row of rows) {
      if (titles.has(row.case_id) || session.phase !== "in" || !this.isConnected) continue;
      const title = await this.readTitle(row.case_id).catch(() => null);
      if (session.phase !== "in") continue;
      if (title !== null) titles.set(row.case_id, title);
      this.requestUpdate();
    }
  }

  private async readTitle(caseId: string): Promise<string | null> {
    const file = await session.api.case(caseId);
    try {
      const open = await openCase(file, session);
      rememberReaders(caseId, open);
      return hasAcknowledged(open, myId(session)) ? titleText(open) : null;
    } catch (error) {
      if (error instanceof CryptoError && error.code === "custodian") return this.custodianTitle(caseId);
      if (error instanceof CryptoError) return t("inbox.unreadable");
      throw error;
    }
  }

  private async custodianTitle(caseId: string): Promise<string> {
    const { requests } = await session.api.identityRequests(caseId);
    return t(requests.some(({ state }) => state === "open") ? "inbox.custodian_asked" : "inbox.custodian");
  }

  private choose(event: Event, caseId: string): void {
    event.preventDefault();
    this.dispatchEvent(new CustomEvent("open-case", { detail: caseId, bubbles: true }));
  }

  private setFilter(event: Event): void {
    this.filter = (event.target as HTMLSelectElement).value;
    void this.load(false);
  }

  private row(row: CaseRow) {
    const due = dueOf(row, this.today);
    const isOpen = row.case_id === this.selected;
    return html`<li>
      <a
        class="inbox__item"
        href="/"
        aria-current=${isOpen ? "true" : nothing}
        @click=${(event: Event) => this.choose(event, row.case_id)}
      >
        <span class="inbox__top">
          <span translate="no">${shortCaseId(fromBase64url(row.case_id))}</span>
          <span class="ds-tag" data-size="sm" data-color=${due.colour}>${due.text}</span>
        </span>
        <b>
          ${row.unread ? html`<span class="inbox__new">${t("inbox.unread")}</span>` : nothing}
          ${titles.get(row.case_id) ?? t("inbox.not_opened")}
        </b>
        <span class="quiet">${t("inbox.received", { day: dayText(row.received_day, this.today) })}</span>
        ${alone.has(row.case_id) ? html`<span class="inbox__alone">${t("inbox.alone")}</span>` : nothing}
      </a>
    </li>`;
  }

  private empty() {
    if (this.busy || this.error || this.rows.length > 0) return nothing;
    if (this.filter) return html`<p class="inbox__note">${t("inbox.empty_filter")}</p>`;
    return html`<div class="inbox__note">
      <p class="ds-heading" data-size="2xs">${t("inbox.empty_title")}</p>
      <p class="quiet">${t("inbox.empty")}</p>
    </div>`;
  }

  protected override render() {
    return html`<div class="inbox__head">
        <h1 class="ds-heading" data-size="xs" tabindex="-1">${t("inbox.title")}</h1>
        <span class="quiet">${this.rows.length > 0 && !this.filter ? tn("inbox.count", this.total) : nothing}</span>
        <label class="inbox__filter">
          <span class="ds-sr-only">${t("inbox.state")}</span>
          <select class="ds-input" data-size="sm" @change=${(event: Event) => this.setFilter(event)}>
            ${states.map((state) => html`<option value=${state}>${t(state ? `state.${state}` : "inbox.all")}</option>`)}
          </select>
        </label>
      </div>
      ${alertBox(this.error)} ${this.empty()}
      <ul class="inbox__list">
        ${this.rows.map((row) => this.row(row))}
      </ul>
      ${working(this.busy ? t("inbox.loading") : null)}
      ${this.next && !this.busy
        ? html`<button class="ds-button inbox__more" data-variant="secondary" data-size="sm" @click=${() => this.load(true)}>
            ${t("inbox.more")}
          </button>`
        : nothing}`;
  }
}

customElements.define("tillit-inbox", InboxView);
