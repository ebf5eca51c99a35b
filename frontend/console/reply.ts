// Writing to the reporter, with files. Text stays in its field until it has been sent.
import { renewIfDue } from "./hand_over.ts";
import { html, nothing } from "lit";

import type { AttachmentRef } from "../crypto/statement.ts";
import { emptyDraft, send, upload } from "./send.ts";
import { session } from "./session.ts";
import { sizeText, t } from "./text.ts";
import type { OpenCase } from "./thread.ts";
import { alertBox, announce, errorText, View, working } from "./view.ts";

const maxFiles = 64;

/** What is being written outlives a lock and an ended session, in memory; logging out drops it. */
const drafts = new Map<string, string>();
/** What is on its way goes on when another case is chosen; whoever comes back waits for its end: what went wrong, or null. */
const underway = new Map<string, Promise<string | null>>();
session.addEventListener("phase", () => {
  if (session.phase === "out" && session.notice === "logged_out") drafts.clear();
});

export class ReplyView extends View {
  static override properties = { open: { attribute: false }, progress: { state: true }, error: { state: true } };
  declare open: OpenCase;
  private progress: string | null = null;
  private error: string | null = null;

  private get caseId(): string {
    return `${session.me?.member} ${this.open.file.case.case_id}`;
  }

  private get files(): File[] {
    return [...(this.querySelector<HTMLInputElement>("[name=files]")?.files ?? [])];
  }

  private async uploadAll(open: OpenCase, files: File[]): Promise<AttachmentRef[]> {
    const uploaded: AttachmentRef[] = [];
    for (const file of files) {
      uploaded.push(
        await upload(open, file, session, ({ name, done, total }) => {
          this.progress = t("reply.sealing", { name, done: sizeText(done), total: sizeText(total) });
        }),
      );
    }
    return uploaded;
  }

  private problem(body: string, files: File[]): string | null {
    if (!body.trim() && files.length === 0) return t("reply.empty");
    return files.length > maxFiles ? t("reply.too_many") : null;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    const left = underway.get(this.caseId);
    if (changed.has("open") && left && !this.progress) void this.finish(left);
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    if (this.progress) return;
    const body = this.field("body");
    const files = this.files;
    this.error = this.problem(body, files);
    if (this.error) return void this.focusOn("[name=body]");
    const feedback = this.querySelector<HTMLInputElement>("[name=feedback]")?.checked ?? false;
    const sending = this.send(body, files, feedback);
    underway.set(this.caseId, sending);
    await this.finish(sending);
  }

  private async finish(sending: Promise<string | null>): Promise<void> {
    this.progress ??= t("reply.sending");
    this.error = await sending;
    this.progress = null;
    underway.delete(this.caseId);
    if (this.error !== null || !this.isConnected) return;
    this.querySelector("form")?.reset();
    this.dispatchEvent(new Event("changed", { bubbles: true }));
  }

  /** What went wrong, in words; null if it was sent. */
  private async send(body: string, files: File[], feedback: boolean): Promise<string | null> {
    const { open } = this; // as it was when it was written
    const draft = this.caseId;
    this.progress = t("reply.sending");
    try {
      await renewIfDue(open, session);
      const sealedFor = open.read.epoch;
      const attachments = await this.uploadAll(open, files);
      this.progress = t("reply.sending");
      const outerState = open.file.case.state === "received" ? "acknowledged" : "";
      await send(open, { ...emptyDraft("message"), body, attachments, feedback, outerState }, session, sealedFor);
      drafts.delete(draft);
      announce(t("reply.sent"));
      return null;
    } catch (error) {
      return errorText(error);
    }
  }

  protected override render() {
    if (this.open.file.case.state === "closed") {
      return html`<section class="panel"><p>${t("reply.closed")}</p></section>`;
    }
    const isFirst = this.open.file.case.state === "received";
    return html`<section class="panel" aria-labelledby="reply-title">
      <h2 class="ds-heading" data-size="2xs" id="reply-title">${t("reply.title")}</h2>
      <form class="stack" novalidate @submit=${(event: Event) => this.submit(event)}>
        ${alertBox(this.error)}
        <div class="ds-field">
          <label class="ds-label" data-weight="medium" for="reply-body">${t("reply.label")}</label>
          <p class="hint" id="reply-hint">${t("reply.hint")} ${isFirst ? t("reply.confirm_note") : nothing}</p>
          <textarea class="ds-input" id="reply-body" name="body" rows="6" dir="auto" aria-describedby="reply-hint" translate="no"
            .value=${drafts.get(this.caseId) ?? ""} @input=${() => drafts.set(this.caseId, this.field("body"))}></textarea>
        </div>
        <div class="ds-field">
          <label class="ds-label" data-weight="medium" for="reply-files">${t("reply.files")}</label>
          <p class="hint" id="files-hint">${t("reply.files_hint")}</p>
          <input class="ds-input" type="file" id="reply-files" name="files" multiple aria-describedby="files-hint" />
        </div>
        ${this.open.file.case.feedback_day === null
          ? html`<label class="check"><input class="ds-input" type="checkbox" name="feedback" /> ${t("reply.feedback")}</label>`
          : nothing}
        ${working(this.progress)}
        <div class="row">
          <button class="ds-button" aria-disabled=${this.progress ? "true" : nothing}>${t("reply.send")}</button>
        </div>
      </form>
    </section>`;
  }
}

customElements.define("tillit-reply", ReplyView);
