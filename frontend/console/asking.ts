// The form by which a reader of the case asks its custodian for the reporter's identity. The reporter
// is told in the same act, in words that stand here before they are sent, unless an exemption is
// recorded.
import { html, nothing } from "lit";

import { utf8 } from "../crypto/bytes.ts";
import { maxExemptionBytes, maxRequestTextBytes } from "../crypto/disclosure.ts";
import { grounds } from "./grounds.ts";
import { ask, custodianOf, type Asking } from "./letters.ts";
import { session } from "./session.ts";
import { t } from "./text.ts";
import type { OpenCase } from "./thread.ts";
import { alertBox, announce, errorText, View, working } from "./view.ts";

const maxNoticeBytes = 2000;

export class AskingView extends View {
  static override properties = {
    open: { attribute: false }, isExempt: { state: true }, busy: { state: true }, error: { state: true },
  };
  declare open: OpenCase;
  private isExempt = false;
  private busy = false;
  private error: string | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.focusOn("#ask-ground");
  }

  private value(name: string): string {
    return this.querySelector<HTMLSelectElement | HTMLTextAreaElement>(`[name="${name}"]`)?.value.trim() ?? "";
  }

  /** The field that is wrong, and why. */
  private problem(asking: Asking): [string, string] | null {
    const isLong = (text: string, max: number) => utf8(text).length > max;
    if (!asking.ground) return ["#ask-ground", t("ask.no_ground")];
    if (!asking.text) return ["#ask-text", t("ask.no_text")];
    if (isLong(asking.text, maxRequestTextBytes)) return ["#ask-text", t("ask.too_long")];
    if (this.isExempt && !asking.exemption) return ["#ask-exemption", t("ask.no_exemption")];
    if (isLong(asking.exemption, maxExemptionBytes)) return ["#ask-exemption", t("ask.too_long")];
    const isUnfinished = asking.notice === "" || asking.notice === t("ask.notice_words").trim();
    if (!this.isExempt && isUnfinished) return ["#ask-notice", t("ask.no_notice")];
    if (isLong(asking.notice, maxNoticeBytes)) return ["#ask-notice", t("ask.too_long")];
    return null;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const asking: Asking = {
      ground: this.value("ground"),
      text: this.value("text"),
      notice: this.isExempt ? "" : this.value("notice"),
      exemption: this.isExempt ? this.value("exemption") : "",
    };
    const problem = this.problem(asking);
    this.error = problem?.[1] ?? null;
    if (problem) return void this.focusOn(problem[0]);
    this.busy = true;
    try {
      await ask(this.open, asking, session);
      announce(t("ask.done"));
      this.dispatchEvent(new Event("changed", { bubbles: true }));
      this.dispatchEvent(new Event("left", { bubbles: true }));
    } catch (error) {
      this.error = errorText(error);
    } finally {
      this.busy = false;
    }
  }

  private area(name: string, rows: number, value = "") {
    return html`<div class="ds-field">
      <label class="ds-label" data-weight="medium" for="ask-${name}">${t(`ask.${name}` as "ask.text")}</label>
      <p class="hint" id="ask-${name}-hint">${t(`ask.${name}_hint` as "ask.text_hint")}</p>
      <textarea class="ds-input" id="ask-${name}" name=${name} rows=${rows} dir="auto" translate="no"
        aria-describedby="ask-${name}-hint" .value=${value}></textarea>
    </div>`;
  }

  private told() {
    const choice = (isExempt: boolean, label: string) => html`<label class="check">
      <input class="ds-input" type="radio" name="told" .checked=${this.isExempt === isExempt} @change=${() => (this.isExempt = isExempt)} /> ${label}
    </label>`;
    return html`<fieldset class="ds-fieldset">
        <legend class="ds-label" data-weight="medium">${t("ask.told")}</legend>
        ${choice(false, t("ask.told_yes"))} ${choice(true, t("ask.told_exempt"))}
      </fieldset>
      <div ?hidden=${this.isExempt}>${this.area("notice", 5, t("ask.notice_words"))}</div>
      <div ?hidden=${!this.isExempt}>${this.area("exemption", 3)}</div>`;
  }

  protected override render() {
    const custodian = custodianOf(this.open);
    if (!custodian) return nothing;
    return html`<form class="stack" novalidate aria-labelledby="ask-title" @submit=${(event: Event) => this.submit(event)}>
      <h3 class="ds-heading" data-size="2xs" id="ask-title">${t("ask.title")}</h3>
      <p>${t("ask.lead", { name: custodian.name })}</p>
      ${alertBox(this.error)}
      <div class="ds-field">
        <label class="ds-label" data-weight="medium" for="ask-ground">${t("ask.ground")}</label>
        <select class="ds-input" id="ask-ground" name="ground">
          <option value="">${t("ask.choose")}</option>
          ${grounds.map((ground) => html`<option value=${ground}>${t(`ground.${ground}`)}</option>`)}
        </select>
      </div>
      ${this.area("text", 5)} ${this.told()} ${working(this.busy ? t("ask.sending") : null)}
      <div class="row">
        <button class="ds-button" aria-disabled=${this.busy ? "true" : nothing}>${t("ask.send")}</button>
        <button class="ds-button" type="button" data-variant="tertiary" @click=${() => this.dispatchEvent(new Event("left", { bubbles: true }))}>
          ${t("app.cancel")}
        </button>
      </div>
    </form>`;
  }
}

customElements.define("tillit-asking", AskingView);
