// One message of a thread, or one line that says what a colleague did.
import { html, nothing } from "lit";

import { isZero } from "../crypto/bytes.ts";
import type { AttachmentRef } from "../crypto/statement.ts";
import { ApiError } from "./api.ts";
import { cleanFileName } from "../shared/file_name.ts";
import { canPreview, preview, save } from "./save.ts";
import { session } from "./session.ts";
import { dayText, sizeText, t, tCode } from "./text.ts";
import { authorName, isMine, type Entry, type OpenCase } from "./thread.ts";
import { alertBox, announce, errorText, View } from "./view.ts";

export class MessageView extends View {
  static override properties = {
    open: { attribute: false }, entry: { attribute: false },
    note: { state: true }, error: { state: true }, shown: { state: true },
  };
  declare open: OpenCase;
  declare entry: Entry;
  private note: string | null = null;
  private error: string | null = null;
  private shown: { id: AttachmentRef; text: string } | null = null;

  private who(): string {
    const { statement } = this.entry;
    if (isZero(statement.from)) return t("case.reporter");
    if (isMine(statement, session)) return t("case.you");
    return authorName(this.open.known, statement.from) || t("case.someone");
  }

  private async save(file: AttachmentRef): Promise<void> {
    const name = cleanFileName(file.name);
    this.error = null;
    this.note = t("app.working");
    try {
      await save(this.open, file, session, (done) => {
        this.note = t("file.progress", { name, done: sizeText(done), total: sizeText(file.size) });
      });
      this.note = t("file.saved", { name });
      announce(this.note);
    } catch (error) {
      this.note = null;
      const isCancelled = error instanceof DOMException && error.name === "AbortError";
      if (!isCancelled) this.error = `${t("file.failed", { name })} ${this.why(error)}`;
    }
  }

  /** Whatever breaks a stream of a file that was not cut off by the network is a fault of the file. */
  private why(error: unknown): string {
    return error instanceof ApiError || error instanceof TypeError
      ? errorText(error instanceof ApiError ? error : new ApiError(0, "offline"))
      : error instanceof Error && "code" in error && error.name === "CryptoError"
        ? errorText(error)
        : t("error.not_authentic");
  }

  private async show(file: AttachmentRef): Promise<void> {
    if (this.shown?.id === file) {
      this.shown = null;
      return;
    }
    try {
      this.shown = { id: file, text: await preview(this.open, file, session) };
    } catch (error) {
      this.error = `${t("file.failed", { name: cleanFileName(file.name) })} ${this.why(error)}`;
    }
  }

  private file(file: AttachmentRef) {
    const name = cleanFileName(file.name);
    const isShown = this.shown?.id === file;
    return html`<li>
      <span class="file__name" dir="auto">${name}</span>
      <span class="quiet">${sizeText(file.size)}</span>
      <button class="ds-button" data-variant="tertiary" data-size="sm" aria-label=${t("file.save", { name })} @click=${() => this.save(file)}>
        ${t("file.save_short")}
      </button>
      ${canPreview(file)
        ? html`<button class="ds-button" data-variant="tertiary" data-size="sm" aria-expanded=${isShown ? "true" : "false"} @click=${() => this.show(file)}>
            ${t(isShown ? "file.hide" : "file.show")}
          </button>`
        : nothing}
      ${isShown ? html`<pre class="file__text" dir="auto" tabindex="0">${this.shown!.text}</pre>` : nothing}
    </li>`;
  }

  private did() {
    const { statement, day } = this.entry;
    const mine = isMine(statement, session);
    const values = {
      name: this.who(),
      day: dayText(day, this.open.file.today),
      state: tCode("state", statement.state, "state.unknown"),
    };
    const key = statement.kind === "ack" ? "case.ack" : "case.status";
    return html`<p class="did">${t(mine ? `${key}_you` : key, values)}</p>`;
  }

  /** What was done to the keys of the case, with its reason. */
  private changed() {
    const { statement, day } = this.entry;
    const to = statement.access ? authorName(this.open.known, statement.access.member) || t("case.someone") : "";
    const kind = statement.change?.rekey ? "new_words" : statement.kind;
    const values = { name: this.who(), to, day: dayText(day, this.open.file.today) };
    const text = t(`case.${kind as "access" | "recusal" | "epoch" | "new_words" | "door_closed"}`, values);
    return html`<p class="did">${text}${statement.body ? html` <span dir="auto">${statement.body}</span>` : nothing}</p>`;
  }

  protected override render() {
    const { statement, day } = this.entry;
    if (statement.kind === "ack" || statement.kind === "status") return this.did();
    if (["access", "recusal", "epoch", "door_closed"].includes(statement.kind)) return this.changed();
    const sealed = t(`case.sealed_${statement.sealedBy}`);
    return html`<article class="msg ${isMine(statement, session) ? "msg--mine" : ""}">
      <header>
        <h3 class="msg__who">${this.who()}</h3>
        <span>${dayText(day, this.open.file.today)} · ${sealed} · ${t("case.valid")}</span>
      </header>
      ${statement.kind === "identity_notice" ? html`<p class="msg__kind">${t("case.notice")}</p>` : nothing}
      ${statement.body ? html`<p class="msg__text" dir="auto" translate="no">${statement.body}</p>` : nothing}
      ${statement.attachments.length > 0
        ? html`<ul class="files" aria-label=${t("case.files")}>
              ${statement.attachments.map((file) => this.file(file))}
            </ul>
            ${isMine(statement, session) ? nothing : html`<p class="quiet">${t("file.hostile")}</p>`}`
        : nothing}
      ${this.note ? html`<p class="quiet" role="status">${this.note}</p>` : nothing} ${alertBox(this.error)}
    </article>`;
  }
}

customElements.define("tillit-message", MessageView);
