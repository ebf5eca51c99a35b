// What every part of the console's page shares: light DOM, so that Designsystemet's classes apply;
// one place that tells assistive technology what happened; one that puts an error into words.
import { html, LitElement, nothing, type TemplateResult } from "lit";

import { CryptoError } from "../crypto/bytes.ts";
import { ApiError } from "./api.ts";
import { t, tCode } from "./text.ts";

export abstract class View extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected field(name: string): string {
    const input = this.querySelector<HTMLInputElement | HTMLTextAreaElement>(`[name="${name}"]`);
    return input?.value ?? "";
  }

  protected async focusOn(selector: string): Promise<void> {
    await this.updateComplete;
    this.querySelector<HTMLElement>(selector)?.focus();
  }
}

/** Read out by screen readers, once, without moving the focus. */
export function announce(text: string): void {
  const region = document.querySelector("[data-live]");
  if (region) region.textContent = text;
}

export function errorText(error: unknown): string {
  if (error instanceof ApiError && error.status === 413) return t("error.files_too_large");
  if (error instanceof ApiError || error instanceof CryptoError) return tCode("error", error.code, "error.unknown");
  return t("error.unknown");
}

export function alertBox(text: string | null, colour: "danger" | "warning" | "info" | "success" = "danger") {
  if (!text) return nothing;
  return html`<div class="ds-alert" data-color=${colour} role=${colour === "danger" ? "alert" : "status"}>
    <p class="ds-paragraph">${text}</p>
  </div>`;
}

interface Field {
  name: string;
  label: string;
  hint?: string;
  type?: "text" | "password";
  value?: string;
  invalid?: boolean;
  autocomplete?: string;
}

/** A labelled text field; words that are secret are shown or hidden as their owner likes. */
export function textField(field: Field): TemplateResult {
  const hint = `${field.name}-hint`;
  return html`<div class="ds-field">
    <label class="ds-label" data-weight="medium" for=${field.name}>${field.label}</label>
    ${field.hint ? html`<p class="hint" id=${hint}>${field.hint}</p>` : nothing}
    <input
      class="ds-input"
      id=${field.name}
      name=${field.name}
      type=${field.type ?? "text"}
      value=${field.value || nothing}
      aria-describedby=${field.hint ? hint : nothing}
      aria-invalid=${field.invalid ? "true" : nothing}
      autocomplete=${field.autocomplete ?? "off"}
      autocapitalize="none"
      spellcheck="false"
      translate="no"
    />
  </div>`;
}

/** The words of a passphrase or a code, numbered, as the heroes of their page. */
export function wordList(words: string): TemplateResult {
  return html`<ol class="words" translate="no">
    ${words.split(" ").map((word) => html`<li>${word}</li>`)}
  </ol>`;
}

export function working(text: string | null): TemplateResult | typeof nothing {
  return text ? html`<p class="working" role="status"><span class="working__mark" aria-hidden="true"></span>${text}</p>` : nothing;
}
