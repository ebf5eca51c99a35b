// Enrolment by a one-time link: keys are made here and leave only wrapped (protocol §3, §7).
import { html } from "lit";

import { recipientOf } from "../crypto/age.ts";
import { fromBase64url, random, toBase64url, wipe } from "../crypto/bytes.ts";
import { fingerprintWords } from "../crypto/case_key.ts";
import { memberFingerprint } from "../crypto/directory.ts";
import { verifyKeyOf } from "../crypto/ed25519.ts";
import { recoveryKeys, wrapKeyring, type Keyring } from "../crypto/keyring.ts";
import { ApiError, type Invitation } from "./api.ts";
import "./new_secret.ts";
import { session } from "./session.ts";
import { loginKeys } from "./stretch.ts";
import { t } from "./text.ts";
import { alertBox, errorText, View, wordList, working } from "./view.ts";

type Step = "looking" | "refused" | "welcome" | "passphrase" | "code" | "sealing" | "failed" | "done";

/** Taken from the address bar at once, so that it stays in no history and no screenshot. */
export function takeToken(): string | null {
  if (location.pathname !== "/enrol") return null;
  const token = location.hash.slice(1);
  history.replaceState(null, "", "/enrol");
  return token;
}

export class EnrolView extends View {
  static override properties = { token: {}, step: { state: true }, error: { state: true } };
  declare token: string;
  private step: Step = "looking";
  private error: string | null = null;
  private invitation: Invitation | null = null;
  private passphrase = "";
  private code = new Uint8Array(0); // kept until the service has the keys, so that nothing is written down twice
  private fingerprint = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void this.look();
  }

  private to(step: Step): void {
    this.step = step;
    void this.focusOn("h1");
  }

  private async look(): Promise<void> {
    try {
      this.invitation = await session.api.lookAtInvitation(this.token);
      this.to("welcome");
    } catch (error) {
      this.error = error instanceof ApiError && error.status === 404 ? null : errorText(error);
      this.to("refused");
    }
  }

  private async finish(code: Uint8Array): Promise<void> {
    this.code = code as Uint8Array<ArrayBuffer>;
    this.error = null;
    this.to("sealing");
    const keyring: Keyring = { identity: random(32), signing: random(32), heads: new Uint8Array(0) };
    try {
      await this.register(keyring, code);
      this.passphrase = "";
      wipe(code);
      this.to("done");
    } catch (error) {
      const isUsed = error instanceof ApiError && error.status === 404;
      this.error = isUsed ? null : errorText(error);
      this.to(isUsed ? "refused" : "failed");
    } finally {
      wipe(keyring.identity, keyring.signing);
    }
  }

  private async register(keyring: Keyring, code: Uint8Array): Promise<void> {
    const { org: orgText, person: personText, login } = this.invitation!;
    const org = fromBase64url(orgText, 16);
    const person = fromBase64url(personText, 16);
    const recipient = recipientOf(keyring.identity);
    const verifyKey = verifyKeyOf(keyring.signing);
    const keys = await loginKeys(this.passphrase, org, login);
    const recovery = recoveryKeys(code, org);
    await session.api.enrol({
      token: this.token,
      recipient: toBase64url(recipient),
      verify_key: toBase64url(verifyKey),
      auth: toBase64url(keys.auth),
      keyring: toBase64url(wrapKeyring(keyring, keys.wrap, { org, person, version: 1 })),
      recovery_auth: toBase64url(recovery.auth),
      recovery_keyring: toBase64url(wrapKeyring(keyring, recovery.wrap, { org, person, version: 0 })),
    });
    wipe(keys.auth, keys.wrap, recovery.auth, recovery.wrap);
    this.fingerprint = fingerprintWords(memberFingerprint(org, person, recipient, verifyKey));
    session.lastLogin = login;
  }

  private leave(): void {
    history.replaceState(null, "", "/");
    this.dispatchEvent(new Event("left"));
  }

  private welcome() {
    const { name, organisation, office } = this.invitation!;
    return html`<h1 class="ds-heading" data-size="md" tabindex="-1">${t("enrol.title", { name })}</h1>
      <p class="lead">${t("enrol.lead", { organisation, office })}</p>
      <div class="row">
        <button class="ds-button" @click=${() => this.to("passphrase")}>${t("enrol.start")}</button>
      </div>`;
  }

  private refused() {
    return html`<h1 class="ds-heading" data-size="md" tabindex="-1">${t("enrol.no_token_title")}</h1>
      <p class="lead">${this.error ?? t("enrol.no_token")}</p>`;
  }

  private done() {
    const { organisation, login } = this.invitation!;
    return html`<h1 class="ds-heading" data-size="md" tabindex="-1">${t("enrol.done_title")}</h1>
      <p class="lead">${t("enrol.done_lead", { organisation })}</p>
      ${wordList(this.fingerprint)}
      <p>${t("enrol.done_user", { login })}</p>
      <div class="row">
        <button class="ds-button" @click=${() => this.leave()}>${t("enrol.done_login")}</button>
      </div>`;
  }

  private body() {
    switch (this.step) {
      case "looking":
        return html`<h1 class="ds-heading" data-size="md" tabindex="-1">${t("enrol.looking_title")}</h1>${working(t("app.working"))}`;
      case "welcome":
        return this.welcome();
      case "passphrase":
        return html`<tillit-new-secret
          kind="passphrase"
          step=${t("enrol.step", { step: 1 })}
          @done=${(event: CustomEvent<{ passphrase: string }>) => {
            this.passphrase = event.detail.passphrase;
            this.step = "code";
          }}
        ></tillit-new-secret>`;
      case "code":
        return html`<tillit-new-secret
          kind="code"
          last
          step=${t("enrol.step", { step: 3 })}
          @done=${(event: CustomEvent<{ code: Uint8Array }>) => this.finish(event.detail.code)}
        ></tillit-new-secret>`;
      case "sealing":
        return html`<h1 class="ds-heading" data-size="md" tabindex="-1">${t("enrol.sealing_title")}</h1>${working(t("enrol.making"))}`;
      case "failed":
        return html`<h1 class="ds-heading" data-size="md" tabindex="-1">${t("enrol.failed_title")}</h1>
          ${alertBox(this.error)}
          <p class="lead">${t("enrol.failed_hint")}</p>
          <div class="row"><button class="ds-button" @click=${() => this.finish(this.code)}>${t("app.retry")}</button></div>`;
      case "done":
        return this.done();
      default:
        return this.refused();
    }
  }

  protected override render() {
    return html`<main class="gate" id="main">${this.body()}</main>`;
  }
}

customElements.define("tillit-enrol", EnrolView);
