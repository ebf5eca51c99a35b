// Notes among colleagues, in a place, a colour and words of their own: nobody shall take this field for
// the one that writes to the reporter.
import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";

import { equal } from "../crypto/bytes.ts";
import type { NoteEntry, NoteThread } from "../crypto/note_thread.ts";
import { checkNotes, openNotes, writeNote } from "./notes.ts";
import { session } from "./session.ts";
import { dayText, t, tCode } from "./text.ts";
import { authorName, myId, type Fault, type OpenCase } from "./thread.ts";
import { alertBox, announce, errorText, View, working } from "./view.ts";

const maxCharacters = 20_000;

/** What is being written outlives a lock and an ended session, in memory; logging out drops it. */
const drafts = new Map<string, string>();
session.addEventListener("phase", () => {
  if (session.phase === "out" && session.notice === "logged_out") drafts.clear();
});

export class NotesView extends View {
  static override properties = {
    open: { attribute: false }, notes: { state: true }, faults: { state: true }, busy: { state: true }, error: { state: true },
  };
  declare open: OpenCase;
  private notes: NoteThread | null = null;
  private faults: Fault[] = [];
  private busy = false;
  private error: string | null = null;

  private get draft(): string {
    return `${session.me?.member} ${this.open.file.case.case_id}`;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("open")) void this.load();
  }

  private async load(): Promise<void> {
    const { open } = this;
    try {
      const notes = await openNotes(open, session);
      if (open !== this.open) return;
      this.faults = checkNotes(open, notes, session);
      this.notes = notes;
      void session.saveMemory();
    } catch (error) {
      if (open === this.open) this.error = errorText(error);
    }
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const body = this.field("note");
    this.error = !body.trim() ? t("notes.empty") : body.length > maxCharacters ? t("notes.too_long") : null;
    if (this.error) return void this.focusOn("#note");
    this.busy = true;
    const { open, draft } = this; // another case may be chosen while this note is on its way
    try {
      await writeNote(open, body, session);
      drafts.delete(draft);
      announce(t("notes.kept"));
      if (open === this.open) await this.load();
    } catch (error) {
      if (open === this.open) this.error = errorText(error);
      else announce(errorText(error));
    } finally {
      this.busy = false;
    }
  }

  private faultBox() {
    if (this.faults.length === 0) return nothing;
    const text = ({ kind, author, place }: Fault) =>
      tCode("notes.fault", kind, "notes.fault.other").replace("{author}", author || t("case.someone")).replace("{place}", String(place));
    return html`<div class="ds-alert" data-color="danger" role="alert">
      <h3 class="ds-heading" data-size="2xs">${t("notes.fault_title")}</h3>
      <ul>
        ${this.faults.map((fault) => html`<li>${text(fault)}</li>`)}
      </ul>
    </div>`;
  }

  private note({ statement, day }: NoteEntry) {
    const isMine = equal(statement.from, myId(session));
    const who = isMine ? t("case.you") : authorName(this.open.known, statement.from) || t("case.someone");
    return html`<li>
      <article class="note">
        <header>
          <h3 class="msg__who">${who}</h3>
          <span>${dayText(day, this.open.file.today)} · ${t("case.valid")}</span>
        </header>
        <p class="msg__text" dir="auto" translate="no">${statement.body}</p>
      </article>
    </li>`;
  }

  private list(notes: NoteThread) {
    if (notes.entries.length === 0) return this.faults.length === 0 ? html`<p class="quiet">${t("notes.none")}</p>` : nothing;
    return html`<ol class="thread" aria-label=${t("notes.title")}>
      ${notes.entries.map((entry) => this.note(entry))}
    </ol>`;
  }

  private form() {
    if (this.open.file.case.state === "closed") return html`<p>${t("notes.closed")}</p>`;
    return html`<form class="stack" novalidate @submit=${(event: Event) => this.submit(event)}>
      ${alertBox(this.error)}
      <div class="ds-field">
        <label class="ds-label" data-weight="medium" for="note">${t("notes.label")}</label>
        <p class="hint" id="note-hint">${t("notes.hint")}</p>
        <textarea class="ds-input" id="note" name="note" rows="3" dir="auto" aria-describedby="notes-who note-hint" translate="no"
          .value=${live(drafts.get(this.draft) ?? "")} @input=${() => drafts.set(this.draft, this.field("note"))}></textarea>
      </div>
      ${working(this.busy ? t("notes.sealing") : null)}
      <div class="row">
        <button class="ds-button" data-variant="secondary" aria-disabled=${this.busy ? "true" : nothing}>${t("notes.keep")}</button>
      </div>
    </form>`;
  }

  protected override render() {
    return html`<section class="panel notes" aria-labelledby="notes-title">
      <h2 class="ds-heading" data-size="2xs" id="notes-title">${t("notes.title")}</h2>
      <p id="notes-who"><b>${t("notes.who")}</b></p>
      ${this.faultBox()} ${this.notes ? this.list(this.notes) : this.error ? alertBox(this.error) : working(t("notes.opening"))}
      ${this.notes ? this.form() : nothing}
    </section>`;
  }
}

customElements.define("tillit-notes", NotesView);
