// Log in with passphrase or recovery code; unlock what was locked.
import { html, nothing } from "lit";

import { CryptoError } from "../crypto/bytes.ts";
import { ApiError } from "./api.ts";
import { session } from "./session.ts";
import { t, tCode } from "./text.ts";
import { alertBox, errorText, textField, View, working } from "./view.ts";

/** `tillit console --connect` says so in the page that it serves itself. */
const isLocal = document.querySelector('meta[name="tillit-served-by"]')?.getAttribute("content") === "this-machine";

type Way = "passphrase" | "code" | "unlock";

export class LoginView extends View {
  static override properties = { way: { state: true }, busy: { state: true }, error: { state: true }, shown: { state: true } };
  private shown = false;
  private way: Way = "passphrase";
  private busy = false;
  private error: string | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.way = session.phase === "locked" ? "unlock" : "passphrase";
    void this.focusOn(session.lastLogin ? "[name=secret]" : "[name=login]");
  }

  private turn(way: Way): void {
    this.way = way;
    this.error = null;
    void this.focusOn("[name=secret]");
  }

  private explain(error: unknown): string {
    if (error instanceof ApiError && error.status === 429) {
      return t("login.slow", { count: Number(error.body["retry_after_s"] ?? 60) });
    }
    const isCode = this.way === "code";
    if (error instanceof ApiError && error.status === 401) return t(isCode ? "login.wrong_code" : "login.wrong");
    if (error instanceof CryptoError && error.code === "not_authentic") {
      return t(this.way === "unlock" ? "login.wrong_passphrase" : "login.keyring");
    }
    if (error instanceof CryptoError && isCode) return tCode("login.code", error.code, "login.code_not_words");
    return errorText(error);
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const typed = this.field("login").trim() || session.lastLogin;
    const login = typed.replace(/[A-Z]/g, (letter) => letter.toLowerCase()); // as the service keeps it
    const secret = this.field("secret");
    if (!secret.trim() || (this.way !== "unlock" && !login)) {
      this.error = t("login.missing");
      return void this.focusOn(login ? "[name=secret]" : "[name=login]");
    }
    this.busy = true;
    this.error = null;
    try {
      if (this.way === "unlock") await session.unlock(secret);
      else if (this.way === "code") await session.loginWithRecoveryCode(login, secret);
      else await session.login(login, secret);
    } catch (error) {
      this.error = this.explain(error);
      void this.focusOn("[name=secret]");
    } finally {
      this.busy = false;
    }
  }

  private lead() {
    if (this.way === "unlock") return t("login.locked", { name: session.me?.name ?? "" });
    return t(this.way === "code" ? "login.lead_code" : "login.lead");
  }

  private links() {
    if (this.way === "unlock") {
      return html`<button type="button" class="ds-button" data-variant="tertiary" @click=${() => session.logout()}>
        ${t("login.other")}
      </button>`;
    }
    const isCode = this.way === "code";
    return html`<button
      type="button"
      class="ds-button"
      data-variant="tertiary"
      @click=${() => this.turn(isCode ? "passphrase" : "code")}
    >
      ${t(isCode ? "login.with_passphrase" : "login.with_code")}
    </button>`;
  }

  protected override render() {
    const isCode = this.way === "code";
    const notice = session.notice && !this.error ? t(`login.${session.notice}`) : null;
    return html`<main class="gate" id="main">
      <h1 class="ds-heading" data-size="md" tabindex="-1">
        ${t(this.way === "unlock" ? "login.locked_title" : "login.title")}
      </h1>
      <p class="lead">${this.lead()}</p>
      ${alertBox(notice, "info")}
      <form class="panel" novalidate @submit=${(event: Event) => this.submit(event)}>
        ${alertBox(this.error)}
        ${this.way === "unlock"
          ? nothing
          : textField({ name: "login", label: t("login.login"), value: session.lastLogin, autocomplete: "username" })}
        ${textField({
          name: "secret",
          label: t(isCode ? "login.code" : "login.passphrase"),
          hint: t(isCode ? "login.code_hint" : "login.passphrase_hint"),
          type: this.shown ? "text" : "password",
          invalid: this.error !== null,
        })}
        <label class="check">
          <input class="ds-input" type="checkbox" .checked=${this.shown} @change=${() => (this.shown = !this.shown)} />
          ${t("login.show")}
        </label>
        ${working(this.busy ? t("login.stretching") : null)}
        <div class="row">
          <button class="ds-button" aria-disabled=${this.busy ? "true" : nothing}>
            ${t(this.way === "unlock" ? "login.unlock" : "login.submit")}
          </button>
          ${this.links()}
        </div>
      </form>
      <p class="quiet">${t(isLocal ? "app.served_here" : "app.served")}</p>
    </main>`;
  }
}

customElements.define("tillit-login", LoginView);
