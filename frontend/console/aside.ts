// Beside the thread: dates, state, and what is known of the reporter's identity.
import { html } from "lit";

import "./keys.ts";
import { emptyDraft, send } from "./send.ts";
import { session } from "./session.ts";
import { dayText, t, tCode } from "./text.ts";
import { manifestOf, type OpenCase } from "./thread.ts";
import { alertBox, announce, errorText, View } from "./view.ts";

const settable = ["acknowledged", "investigating", "waiting_for_reporter", "closed"] as const;

export class AsideView extends View {
  static override properties = { open: { attribute: false }, busy: { state: true }, error: { state: true } };
  declare open: OpenCase;
  private busy = false;
  private error: string | null = null;

  private async set(state: string): Promise<void> {
    if (this.busy || !state) return;
    this.busy = true;
    this.error = null;
    try {
      await send(this.open, { ...emptyDraft("status"), state, outerState: state }, session);
      const said = tCode("state", state, "state.unknown");
      announce(state === "acknowledged" ? t("act.confirmed") : t("act.state_done", { state: said }));
      this.dispatchEvent(new Event("changed", { bubbles: true }));
    } catch (error) {
      this.error = errorText(error);
    } finally {
      this.busy = false;
    }
  }

  private dates() {
    const row = this.open.file.case;
    const day = (value: number) => dayText(value, this.open.file.today);
    const item = (label: string, value: number) => html`<dt>${label}</dt><dd>${day(value)}</dd>`;
    return html`<section class="panel">
      <h2 class="ds-heading" data-size="2xs">${t("dates.title")}</h2>
      <dl>
        ${item(t("dates.received"), row.received_day)}
        ${row.acknowledged_day === null
          ? item(t("dates.confirm_due"), row.acknowledge_due_day)
          : item(t("dates.confirmed"), row.acknowledged_day)}
        ${row.feedback_day === null
          ? html`<dt>${t("dates.feedback_due")}</dt><dd><b>${day(row.feedback_due_day)}</b></dd>`
          : item(t("dates.feedback_given"), row.feedback_day)}
      </dl>
    </section>`;
  }

  private state() {
    const now = this.open.file.case.state;
    return html`<section class="panel">
      <h2 class="ds-heading" data-size="2xs">${t("act.state_title")}</h2>
      ${alertBox(this.error)}
      <p>${tCode("state", now, "state.unknown")}</p>
      ${now === "received"
        ? html`<button class="ds-button" data-size="sm" @click=${() => this.set("acknowledged")}>${t("act.confirm")}</button>`
        : html`<div class="ds-field">
              <label class="ds-label" for="state">${t("act.state")}</label>
              <select class="ds-input" data-size="sm" id="state" name="state">
                ${settable.filter((state) => state !== now).map((state) => html`<option value=${state}>${t(`state.${state}`)}</option>`)}
              </select>
            </div>
            <button class="ds-button" data-variant="secondary" data-size="sm" @click=${() => this.set(this.field("state"))}>
              ${t("act.state_set")}
            </button>`}
    </section>`;
  }

  private identity() {
    const manifest = manifestOf(this.open);
    const key = manifest?.identityGiven ? "identity.given" : manifest ? "identity.not_given" : "identity.no_report";
    return html`<section class="panel">
      <h2 class="ds-heading" data-size="2xs">${t("identity.title")}</h2>
      <p>${t(key)}</p>
    </section>`;
  }

  protected override render() {
    return html`${this.dates()} ${this.state()} <tillit-keys .open=${this.open}></tillit-keys> ${this.identity()}`;
  }
}

customElements.define("tillit-aside", AsideView);
