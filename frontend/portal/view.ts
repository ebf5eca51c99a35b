// Pages from the same templates and texts as the server's, filled in here (frontend/tools/texts.mjs
// packs them). Mustache escapes what is put in.
import Mustache from "mustache";

export interface Pack {
  templates: Record<string, string>;
  texts: Record<string, string>;
}
export type Values = Record<string, string | number>;

export class View {
  constructor(private readonly pack: Pack) {}

  private static loading: Promise<View> | undefined;

  /** Once; after a failure the next call tries again. */
  static load(): Promise<View> {
    View.loading ??= View.fetch().catch((error: unknown) => {
      View.loading = undefined;
      throw error;
    });
    return View.loading;
  }

  private static async fetch(): Promise<View> {
    const script = document.querySelector<HTMLScriptElement>("script[data-texts]")!;
    const reply = await globalThis.fetch(script.dataset["texts"]!, { credentials: "omit" });
    if (!reply.ok) throw new Error("texts");
    return new View((await reply.json()) as Pack);
  }

  text(key: string, values: Values = {}): string {
    const pattern = this.pack.texts[key];
    if (pattern === undefined) throw new Error(`no text for ${key}`);
    return pattern.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
  }

  day(day: number, today: number): string {
    const date = new Date(day * 86_400_000);
    const values = { day: date.getUTCDate(), month: this.text(`month.${date.getUTCMonth() + 1}`) };
    const year = date.getUTCFullYear();
    if (year === new Date(today * 86_400_000).getUTCFullYear()) return this.text("day.plain", values);
    return this.text("day.with_year", { ...values, year });
  }

  dayWithWeekday(day: number): string {
    const date = new Date(day * 86_400_000);
    return this.text("day.with_weekday", {
      weekday: this.text(`weekday.${date.getUTCDay()}`),
      day: date.getUTCDate(),
      month: this.text(`month.${date.getUTCMonth() + 1}`),
    });
  }

  /** Rounded up, in binary steps, as the server says it. */
  size(bytes: number): string {
    const steps = ["size.kb", "size.mb", "size.gb"];
    if (bytes < 1024) return this.text("size.bytes", { n: bytes });
    let unit = 1024;
    let step = 0;
    while (step + 1 < steps.length && bytes >= unit * 1024) {
      unit *= 1024;
      step += 1;
    }
    return this.text(steps[step]!, { n: Math.ceil(bytes / unit) });
  }

  person({ name, office }: { name: string; office: string }): string {
    return office === "" ? name : this.text("person", { name, office });
  }

  list(items: string[]): string {
    return items.reduce((out, next, i) => {
      if (i === 0) return next;
      return i + 1 < items.length
        ? this.text("list.comma", { first: out, next })
        : this.text("list.and", { first: out, last: next });
    }, "");
  }

  fileInputs(count: number) {
    return Array.from({ length: count }, (_, i) => ({
      file_field: `file${i + 1}`, file_label: this.text("check.files.label", { number: i + 1 }),
    }));
  }

  /** The page's content as nodes. Absent values are false, as with the server's renderer. */
  render(name: string, data: object): DocumentFragment {
    const template = document.createElement("template");
    template.innerHTML = Mustache.render(this.pack.templates[name]!, { in_browser: true, ...data });
    return template.content;
  }

  /** Shows a page in place of what is there, and tells where we are to who cannot see it. */
  show(name: string, title: string, data: object): HTMLElement {
    const main = document.querySelector("main")!;
    main.replaceChildren(this.render(name, data));
    document.title = this.text(`title.${title}`);
    window.scrollTo(0, 0);
    focusHeading(main);
    return main;
  }
}

export function focusHeading(inside: Element): void {
  const heading = inside.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus();
}

/** As the server reads a field: LF only, nothing that is not text, and only white space is empty. */
export function cleanText(text: string): string {
  const lines = text.replaceAll("\r\n", "\n").replaceAll("\0", "");
  const wellFormed = new TextDecoder().decode(new TextEncoder().encode(lines)); // no half characters
  return /^[ \t\n\r]*$/.test(wellFormed) ? "" : wellFormed;
}

const maxTextBytes = 200_000;
const maxJsonBytes = 240_000; // room is left in the largest envelope for manifest, heads and file names

/** Whether a text fits an envelope; quotes and line ends take more there than they seem to. */
export function isTooLong(text: string): boolean {
  const bytes = (said: string) => new TextEncoder().encode(said).length;
  return bytes(text) > maxTextBytes || bytes(JSON.stringify(text)) > maxJsonBytes;
}

export interface Problem {
  field: string;
  text: string;
}

/** A summary at the top that links to the fields, and a message beside each of them. */
export function showProblems(view: View, inside: Element, problems: Problem[]): void {
  inside.querySelectorAll("[data-problem]").forEach((old) => old.remove());
  inside.querySelectorAll("[aria-invalid]").forEach((field) => {
    field.removeAttribute("aria-invalid");
    const hints = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== `${field.id}-problem`);
    field.setAttribute("aria-describedby", hints.join(" "));
  });
  if (problems.length === 0) return;
  const listed = problems.map(({ field, text }) => ({ problem_field: field, problem_text: text }));
  const summary = document.createElement("div");
  summary.dataset["problem"] = "";
  summary.append(view.render("problems", { has_problems: true, problems: listed }));
  inside.querySelector("h1")!.after(summary);
  for (const { field, text } of problems) {
    const input = inside.querySelector(`#${field}`);
    const message = document.createElement("p");
    message.className = "ds-validation-message";
    message.dataset["problem"] = "";
    message.id = `${field}-problem`;
    message.textContent = text;
    if (input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement) {
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${message.id}`.trim());
      input.before(message);
    }
  }
  const target = summary.querySelector<HTMLElement>("[tabindex]") ?? summary.querySelector("a");
  target?.focus();
}

/** The other way round: a person has chosen that the server seals. */
export function tellServerSeals(): void {
  document.querySelectorAll<HTMLElement>("[data-with-script]").forEach((element) => (element.hidden = true));
  document.querySelectorAll<HTMLElement>("[data-without-script]").forEach((element) => (element.hidden = false));
}

/** Without texts there is one sentence, which came with the page; what was typed stays. */
export function sayNoConnection(): void {
  const sentence = document.querySelector<HTMLElement>("[data-no-connection]");
  if (!sentence) return;
  sentence.hidden = false;
  sentence.focus();
}

/** Sentences that are true only with, or only without, this script. */
export function tellScriptsRun(inside: ParentNode = document): void {
  inside.querySelectorAll<HTMLElement>("[data-with-script]").forEach((element) => (element.hidden = false));
  inside.querySelectorAll<HTMLElement>("[data-without-script]").forEach((element) => (element.hidden = true));
}
