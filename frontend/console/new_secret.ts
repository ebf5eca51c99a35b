// Showing a secret once and having it typed back: passphrases (seven words) and recovery codes
// (twelve). Used by enrolment and by the account page.
import { html, nothing } from "lit";

import { equal, random } from "../crypto/bytes.ts";
import { codeToNumbers, codeToWords, generatePassphrase, parseCode } from "../crypto/case_key.ts";
import { normalisedPassphrase } from "../crypto/keyring.ts";
import { t } from "./text.ts";
import { alertBox, textField, View, wordList } from "./view.ts";

export type SecretKind = "passphrase" | "code";

export class NewSecret extends View {
  static override properties = {
    kind: {}, step: {}, last: { type: Boolean }, again: { state: true }, error: { state: true },
  };
  declare kind: SecretKind;
  declare step: string;
  declare last: boolean;
  private again = false;
  private error: string | null = null;
  private passphrase = "";
  private code = new Uint8Array(0);

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.kind === "code") this.code = random(16) as Uint8Array<ArrayBuffer>;
    else this.passphrase = generatePassphrase();
    void this.focusOn("h1, h2");
  }

  private turn(again: boolean): void {
    this.again = again;
    this.error = null;
    void this.focusOn(again ? "input" : "h1, h2");
  }

  private isRight(typed: string): boolean {
    if (this.kind === "passphrase") return normalisedPassphrase(typed) === this.passphrase;
    try {
      return equal(parseCode(typed), this.code);
    } catch {
      return false;
    }
  }

  private submit(event: Event): void {
    event.preventDefault();
    if (!this.isRight(this.field("again"))) {
      this.error = t(this.kind === "code" ? "enrol.code_mismatch" : "enrol.pass_mismatch");
      return void this.focusOn("input");
    }
    const detail = { passphrase: this.passphrase, code: this.code };
    this.dispatchEvent(new CustomEvent("done", { detail }));
  }

  private shown(isCode: boolean) {
    return html`<h1 class="ds-heading" data-size="md" tabindex="-1">${t(isCode ? "enrol.code_title" : "enrol.pass_title")}</h1>
      <p class="lead">${t(isCode ? "enrol.code_lead" : "enrol.pass_lead")}</p>
      ${wordList(isCode ? codeToWords(this.code) : this.passphrase)}
      ${isCode
        ? html`<p class="quiet">${t("enrol.code_numbers")}</p>
            <p class="numbers" translate="no">${codeToNumbers(this.code)}</p>`
        : nothing}
      <div class="row screen-only">
        <button type="button" class="ds-button" @click=${() => this.turn(true)}>
          ${t(isCode ? "enrol.code_done" : "enrol.pass_done")}
        </button>
        ${isCode
          ? html`<button type="button" class="ds-button" data-variant="secondary" @click=${() => print()}>
              ${t("enrol.print")}
            </button>`
          : nothing}
      </div>`;
  }

  private typedBack(isCode: boolean) {
    return html`<h1 class="ds-heading" data-size="md">${t(isCode ? "enrol.code_again_title" : "enrol.pass_again_title")}</h1>
      <form class="panel" novalidate @submit=${(event: Event) => this.submit(event)}>
        ${alertBox(this.error)}
        ${textField({
          name: "again",
          label: t(isCode ? "login.code" : "login.passphrase"),
          hint: t(isCode ? "enrol.code_again_lead" : "enrol.pass_again_lead"),
          invalid: this.error !== null,
        })}
        <div class="row">
          <button class="ds-button">${t(this.last ? "enrol.finish" : "enrol.next")}</button>
          <button type="button" class="ds-button" data-variant="tertiary" @click=${() => this.turn(false)}>
            ${t("enrol.look_again")}
          </button>
        </div>
      </form>`;
  }

  protected override render() {
    const isCode = this.kind === "code";
    return html`<section class="stack">
      ${this.step ? html`<p class="quiet">${this.step}</p>` : nothing}
      ${this.again ? this.typedBack(isCode) : this.shown(isCode)}
    </section>`;
  }
}

customElements.define("tillit-new-secret", NewSecret);
