// The auditor's page: the log's newest checkpoint, its finished days, and all of it as a file. What
// stands here the service says; the file proves it, looked through elsewhere (`tillit audit verify`).
import { html, nothing } from "lit";

import { fromBase64url } from "../crypto/bytes.ts";
import { noCase, type LogEvent } from "../crypto/log_event.ts";
import { memberById, type KnownDirectory } from "./known_directory.ts";
import { offer } from "./save.ts";
import { session } from "./session.ts";
import { dayText, t, tCode, tn } from "./text.ts";
import { alertBox, announce, errorText, View, working } from "./view.ts";

const daysAtOnce = 30;

interface Shown {
  events: LogEvent[];
  erased: number;
}

function parse(text: string): LogEvent {
  return JSON.parse(text) as LogEvent;
}

function timeText(event: LogEvent): string {
  if (event.minute === 0) return "";
  return new Date(event.minute * 60_000).toISOString().slice(11, 16);
}

export class LogView extends View {
  static override properties = {
    page: { state: true }, shown: { state: true }, count: { state: true }, saving: { state: true }, error: { state: true },
  };
  private page: { today: number; days: number[]; checkpoint: string } | null = null;
  private shown = new Map<number, Shown>();
  private count = daysAtOnce;
  private saving = false;
  private error: string | null = null;
  private known: KnownDirectory | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      this.known = await session.directory();
      this.page = await session.api.log();
    } catch (error) {
      this.error = errorText(error);
    }
  }

  private async open(event: Event, day: number): Promise<void> {
    if (!(event.target as HTMLDetailsElement).open || this.shown.has(day)) return;
    try {
      const { events } = await session.api.logDay(day);
      const texts = events.map((one) => one.event).filter((text) => text !== "");
      const parsed = texts.map(parse).sort((a, b) => a.minute - b.minute);
      this.shown = new Map(this.shown).set(day, { events: parsed, erased: events.length - texts.length });
    } catch (error) {
      this.error = errorText(error);
    }
  }

  private async save(): Promise<void> {
    this.saving = true;
    this.error = null;
    try {
      offer(await session.api.logExport(), "tillit-log.json");
      announce(t("log.saved"));
    } catch (error) {
      this.error = errorText(error);
    }
    this.saving = false;
  }

  private who(event: LogEvent): string {
    if (event.by !== "member") return t(event.by === "reporter" ? "log.by.reporter" : "log.by.operator");
    const listed = this.known ? memberById(this.known, fromBase64url(event.member, 16)) : undefined;
    return listed?.name ?? t("log.by.unlisted");
  }

  private row(event: LogEvent) {
    return html`<tr>
      <td>${timeText(event)}</td>
      <td>${tCode("log.kind", event.kind, "log.kind.other")}</td>
      <td><bdi>${this.who(event)}</bdi></td>
      <td translate="no">${event.case === noCase ? nothing : event.case.slice(0, 8)}</td>
      <td>${t(event.act ? "log.signed" : "log.server_says")}</td>
    </tr>`;
  }

  private events({ events, erased }: Shown) {
    const none = events.length === 0 && erased === 0;
    return html`${none ? html`<p class="quiet">${t("log.nothing")}</p>` : nothing}
      ${events.length > 0
        ? html`<div class="log__scroll" tabindex="0" role="region" aria-label=${t("log.events")}><table class="log__events">
            <thead><tr><th>${t("log.column.time")}</th><th>${t("log.column.what")}</th><th>${t("log.column.who")}</th>
              <th>${t("log.column.case")}</th><th>${t("log.column.proof")}</th></tr></thead>
            <tbody>${events.map((event) => this.row(event))}</tbody>
          </table></div>`
        : nothing}
      ${erased > 0 ? html`<p class="quiet">${tn("log.erased", erased)}</p>` : nothing}`;
  }

  private day(day: number, today: number) {
    const shown = this.shown.get(day);
    return html`<li><details @toggle=${(event: Event) => this.open(event, day)}>
      <summary>${dayText(day, today)}</summary>
      ${shown ? this.events(shown) : working(t("log.loading"))}
    </details></li>`;
  }

  private days() {
    const { days, today, checkpoint } = this.page!;
    if (days.length === 0) return html`<p>${t("log.none")}</p>`;
    const newest = [...days].reverse().slice(0, this.count);
    return html`<section class="panel">
        <h2 class="ds-heading" data-size="xs">${t("log.checkpoint")}</h2>
        <p class="hint">${t("log.checkpoint_hint")}</p>
        <pre class="log__checkpoint" tabindex="0" translate="no">${checkpoint}</pre>
      </section>
      <section class="panel">
        <h2 class="ds-heading" data-size="xs">${t("log.export")}</h2>
        <p class="hint">${t("log.export_hint")}</p>
        <div class="row"><button class="ds-button" ?disabled=${this.saving} @click=${() => this.save()}>${t("log.export_start")}</button></div>
      </section>
      <section class="panel">
        <h2 class="ds-heading" data-size="xs">${t("log.days")}</h2>
        <ul class="log__days">${newest.map((day) => this.day(day, today))}</ul>
        ${this.count < days.length
          ? html`<button class="ds-button" data-variant="secondary" @click=${() => (this.count += daysAtOnce)}>${t("log.more")}</button>`
          : nothing}
      </section>`;
  }

  protected override render() {
    return html`<div class="work stack">
      <h1 class="ds-heading" data-size="md" tabindex="-1">${t("log.title")}</h1>
      <p class="lead">${t("log.lead")}</p>
      ${alertBox(this.error)} ${this.page ? this.days() : this.error ? nothing : working(t("log.loading"))}
    </div>`;
  }
}

customElements.define("tillit-log", LogView);
