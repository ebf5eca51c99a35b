// A member's own account: new passphrase, new recovery code, and the organisation's eight words.
import { html, nothing } from "lit";

import "./new_secret.ts";
import { offer } from "./save.ts";
import { session } from "./session.ts";
import { t, tCode } from "./text.ts";
import { alertBox, announce, errorText, View, working } from "./view.ts";

type Doing = "nothing" | "passphrase" | "code" | "sealing";

export class AccountView extends View {
  static override properties = { doing: { state: true }, error: { state: true }, done: { state: true }, fingerprint: { state: true } };
  private doing: Doing = "nothing";
  private error: string | null = null;
  private done: string | null = null;
  private fingerprint = "";

  override connectedCallback(): void {
    super.connectedCallback();
    if (session.needsPassphrase) this.doing = "passphrase";
    void session.directory().then(
      (known) => (this.fingerprint = known.fingerprint),
      () => undefined,
    );
    void this.focusOn("h1");
  }

  private async run(act: () => Promise<void>, done: string): Promise<void> {
    this.doing = "sealing";
    this.error = null;
    try {
      await act();
      this.done = done;
      announce(done);
    } catch (error) {
      this.error = errorText(error);
    }
    this.doing = "nothing";
    void this.focusOn("h1");
  }

  private newSecret(kind: "passphrase" | "code") {
    const onDone = (event: CustomEvent<{ passphrase: string; code: Uint8Array }>) => {
      const { passphrase, code } = event.detail;
      if (kind === "code") return this.run(() => session.changeRecoveryCode(code), t("account.code_changed"));
      return this.run(() => session.changePassphrase(passphrase), t("account.pass_changed"));
    };
    return html`${session.needsPassphrase ? alertBox(t("account.pass_due"), "warning") : nothing}
      <tillit-new-secret kind=${kind} last @done=${onDone}></tillit-new-secret>
      ${session.needsPassphrase
        ? nothing
        : html`<button class="ds-button" data-variant="tertiary" @click=${() => (this.doing = "nothing")}>${t("app.cancel")}</button>`}`;
  }

  private async export(): Promise<void> {
    this.done = null;
    this.error = null;
    try {
      offer(await session.exportKeyring(), `${session.me!.login}.tillit-keyring`);
      this.done = t("account.exported");
      announce(this.done);
    } catch (error) {
      this.error = errorText(error);
    }
  }

  private start(kind: "passphrase" | "code"): void {
    this.done = null;
    this.error = null;
    this.doing = kind;
  }

  private offer(kind: "passphrase" | "code") {
    const stem = kind === "code" ? "account.code" : "account.pass";
    return html`<section class="panel">
      <h2 class="ds-heading" data-size="xs">${t(`${stem}_title`)}</h2>
      <p>${t(`${stem}_lead`)}</p>
      <div class="row">
        <button class="ds-button" data-variant="secondary" @click=${() => this.start(kind)}>${t(`${stem}_start`)}</button>
      </div>
    </section>`;
  }

  private overview() {
    const me = session.me!;
    return html`<h1 class="ds-heading" data-size="md" tabindex="-1">${t("account.title")}</h1>
      ${alertBox(this.error)} ${alertBox(this.done, "success")}
      <section class="panel">
        <p>${t("account.who", { name: me.name, office: me.office })}</p>
        <dl>
          <dt>${t("account.login")}</dt>
          <dd translate="no">${me.login}</dd>
          <dt>${t("account.role")}</dt>
          <dd>${tCode("role", me.role, "state.unknown")}</dd>
        </dl>
        ${this.fingerprint
          ? html`<div>
              <h2 class="ds-heading" data-size="2xs">${t("account.fingerprint")}</h2>
              <p translate="no"><b>${this.fingerprint}</b></p>
              <p class="hint">${t("account.fingerprint_hint")}</p>
            </div>`
          : nothing}
      </section>
      ${this.offer("passphrase")} ${this.offer("code")}
      <section class="panel">
        <h2 class="ds-heading" data-size="xs">${t("account.export_title")}</h2>
        <p>${t("account.export_lead")}</p>
        <div class="row">
          <button class="ds-button" data-variant="secondary" @click=${() => void this.export()}>${t("account.export_start")}</button>
        </div>
      </section>`;
  }

  private body() {
    if (this.doing === "sealing") {
      return html`<h1 class="ds-heading" data-size="md" tabindex="-1">${t("account.title")}</h1>${working(t("enrol.making"))}`;
    }
    if (this.doing === "passphrase" || this.doing === "code") return this.newSecret(this.doing);
    return this.overview();
  }

  protected override render() {
    return html`<div class="gate">${this.body()}</div>`;
  }
}

customElements.define("tillit-account", AccountView);
