// The report form with scripts on: the same pages, but text, name and files never leave this
// browser unsealed. If sealing fails nothing is sent; the way without sealing here is offered, and
// taken only by a person who was told what it means.
import { CryptoError, equal, fromBase64url, random, toBase64url, utf8 } from "../crypto/bytes.ts";
import { codeToNumbers, codeToWords } from "../crypto/case_key.ts";
import type { DirectoryMember } from "../crypto/directory.ts";
import type { AttachmentRef } from "../crypto/statement.ts";
import { Api, ApiError, ConnectionLost } from "./api.ts";
import { acknowledgeDue, feedbackDue } from "./dates.ts";
import { holdSecret, releaseSecret } from "./leaving.ts";
import { mentions, wordsOfReport } from "./mentions.ts";
import { localToday, readOrganisation, type Organisation } from "./organisation.ts";
import { Cancelled, persist } from "./patience.ts";
import { chooseRecipients, type Recipients } from "./recipients.ts";
import { chosenFiles, SendingPage, totalSize } from "./sending.ts";
import { CaseSecrets, sealReport, type Draft } from "./submission.ts";
import { cleanText, focusHeading, isTooLong, sayNoConnection, showProblems, tellScriptsRun, tellServerSeals, type Problem, View } from "./view.ts";

const maxNameBytes = 500;
const maxExcluded = 12;
const reportFiles = 5;

const known: Record<string, string> = {
  not_receiving: "problem.not_receiving", directory_changed: "problem.to.changed", storage: "problem.storage",
};

/**
 * What to say of trouble with the server or with what it served. Nothing for trouble in this browser:
 * only then is the way without sealing here offered, never because a server would like it.
 */
function problemOf(error: unknown): string | undefined {
  if (error instanceof ConnectionLost) return "script.problem.connection";
  if (error instanceof ApiError) return known[error.code] ?? "script.problem.refused";
  if (!(error instanceof CryptoError)) return undefined;
  return error.code === "too_large" ? "problem.text.too_long" : "script.problem.directory";
}

/** Who would get a key and seems to be mentioned. */
function mentionsView(view: View, { readers, custodian }: Recipients, words: string) {
  const found = [...readers, ...(custodian ? [custodian] : [])].filter((member) => mentions(words, member));
  return {
    has_mentions: found.length > 0,
    mentions: found.map((member) => ({
      mention: view.text(member === custodian ? "mentions.custodian" : "mentions.reader", { who: view.person(member) }),
      leave: view.text("mentions.leave", { name: member.name }), member: toBase64url(member.member),
    })),
  };
}

class ReportPage {
  private readonly main = document.querySelector("main")!;
  private readonly api = new Api(random(32));
  private page: Node[] = []; // the form while another page is shown
  private isSealing = false;
  private sending: SendingPage | undefined;

  constructor(private readonly form: HTMLFormElement) {
    form.addEventListener("submit", this.onSubmit);
    // Only our own step back: links within a page are history too.
    addEventListener("popstate", (event) => (event.state as { step?: string } | null)?.step === "form" && this.stepBack());
    addEventListener("pageshow", (event) => event.persisted && this.takeOver());
    View.load().catch(() => undefined); // said when the form is sent
  }

  private readonly onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const target = (event.submitter as HTMLButtonElement | null)?.getAttribute("formaction") ?? "";
    const wantsName = /\?name=([01])$/.exec(target)?.[1];
    if (wantsName) void this.guarded(() => this.askName(wantsName === "1"));
    else void this.guarded(() => this.check());
  };

  /** Runs one step at a time; what it throws is shown and nothing is sent. */
  private async guarded(step: () => Promise<void>): Promise<void> {
    if (this.isSealing) return;
    this.isSealing = true;
    try {
      await step();
    } catch (error) {
      await this.failed(error);
    } finally {
      this.isSealing = false;
    }
  }

  private async askName(wanted: boolean): Promise<void> {
    const view = await View.load();
    const place = this.form.querySelector("[data-name-fields]")!;
    place.replaceChildren(view.render(wanted ? "name-fields" : "name-offer", {}));
    tellScriptsRun(place);
    place.querySelector<HTMLElement>(wanted ? "input" : "button")!.focus();
  }

  private field = (name: string): string => {
    const value = new FormData(this.form).get(name);
    return typeof value === "string" ? cleanText(value) : "";
  };

  private ids(name: string): Uint8Array[] {
    return new FormData(this.form).getAll(name).map((id) => fromBase64url(String(id), 16));
  }

  private draft = (): Draft => ({
    text: this.field("text"), name: this.field("name"), contact: this.field("contact"),
  });

  private problems(view: View, draft: Draft, about: Organisation, to: Recipients): Problem[] {
    const problems: Problem[] = [];
    const add = (field: string, key: string) => problems.push({ field, text: view.text(key) });
    if (draft.text === "") add("text", "problem.text.empty");
    if (isTooLong(draft.text)) add("text", "problem.text.too_long");
    const { members } = about.directory;
    const isKnown = (id: Uint8Array) => members.some((m) => m.member.every((byte, i) => byte === id[i]));
    if (![...this.ids("to"), ...this.ids("not")].every(isKnown)) add("to", "problem.to.changed");
    else if (to.readers.length === 0) add("to", "problem.to.nobody");
    else if (to.excluded.length > maxExcluded) add("to", "problem.to.too_many");
    const hasName = draft.name !== "" || draft.contact !== "";
    if ([draft.name, draft.contact].some((text) => utf8(text).length > maxNameBytes)) add("name", "problem.name.too_long");
    else if (hasName && !to.custodian) add("name", "problem.name.no_custodian");
    return problems;
  }

  private async check(): Promise<void> {
    const view = await View.load();
    const about = readOrganisation(await this.api.organisation());
    const to = chooseRecipients(about.directory.members, this.ids("to"), this.ids("not"));
    const draft = this.draft();
    const problems = this.problems(view, draft, about, to);
    showProblems(view, this.main, problems);
    if (problems.length > 0) return;
    this.page = [...this.main.childNodes];
    history.replaceState({ step: "form" }, "");
    history.pushState({ step: "check" }, "");
    this.showCheck(view, draft, about, to, []);
  }

  private showCheck(view: View, draft: Draft, about: Organisation, to: Recipients, problems: Problem[]): void {
    const hasIdentity = draft.name !== "" || draft.contact !== "";
    const kept = [...this.main.querySelectorAll("input[type=file]")]; // of a check page that is shown anew
    view.show("check", "check", {
      ...draft, has_identity: hasIdentity, is_alternate: to.fallsToAlternate,
      receiver_names: view.list(to.readers.map((reader) => view.person(reader))),
      excluded_names: view.list(to.excluded.map(({ name }) => name)),
      files_hint: view.text("check.files.hint", { limit: view.size(about.maxReportBytes) }),
      files: view.fileInputs(reportFiles),
    });
    kept.forEach((input) => this.main.querySelector(`#${input.id}`)!.replaceWith(input));
    const [edit, send] = [...this.main.querySelectorAll("form")];
    const suggest = () => {
      const words = wordsOfReport(draft.text, draft.name, chosenFiles(send!));
      this.main.querySelector("#mentions")!.replaceChildren(view.render("mentions", mentionsView(view, to, words)));
    };
    suggest();
    send!.addEventListener("change", suggest);
    edit!.addEventListener("submit", (event) => {
      event.preventDefault();
      const { value } = event.submitter as HTMLButtonElement;
      if (value) this.leaveOut(view, draft, about, value);
      else if ((history.state as { step?: string } | null)?.step === "check") history.back();
      else this.showForm();
    });
    send!.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.guarded(() => this.send(view, draft, about, to, chosenFiles(send!)));
    });
    showProblems(view, this.main, problems);
  }

  /** As if the form had been filled in so; then the check page again, or the form where that cannot be. */
  private leaveOut(view: View, draft: Draft, about: Organisation, left: string): void {
    const { members } = about.directory;
    const idOf = ({ member }: DirectoryMember) => toBase64url(member);
    const { person } = members.find((one) => idOf(one) === left)!;
    for (const one of members.filter((other) => equal(other.person, person))) {
      for (const name of ["to", "not"]) {
        const box = this.form.querySelector<HTMLInputElement>(`#${name}-${idOf(one)}`);
        if (box) box.checked = name === "not";
      }
    }
    const to = chooseRecipients(members, this.ids("to"), this.ids("not"));
    const problems = this.problems(view, draft, about, to);
    if (problems.length === 0) return this.showCheck(view, draft, about, to, []);
    this.showForm();
    showProblems(view, this.main, problems);
  }

  private takeOver(): void {
    this.form.removeEventListener("submit", this.onSubmit);
    this.form.addEventListener("submit", this.onSubmit);
    tellScriptsRun();
  }

  /** While it is sent, a step back stops it where that is still possible. */
  private stepBack(): void {
    if (this.sending) this.sending.stop();
    else this.showForm();
  }

  /** Back from the check page, or from one that failed: the form as it was. */
  private showForm(): void {
    if (this.page.length === 0) return;
    this.main.replaceChildren(...this.page);
    this.page = [];
    focusHeading(this.main);
  }

  private async send(view: View, draft: Draft, about: Organisation, to: Recipients, files: File[]): Promise<void> {
    if (totalSize(files) > about.maxReportBytes) {
      const limit = view.size(about.maxReportBytes);
      return showProblems(view, this.main, [{ field: "file1", text: view.text("script.problem.files", { limit }) }]);
    }
    const check = [...this.main.childNodes];
    const secrets = CaseSecrets.random(about.org);
    const api = new Api(random(32)); // what an attempt leaves behind is not in the way of the next
    const page = (this.sending = new SendingPage(view, files));
    holdSecret(() => secrets.wipe(), true);
    const uploaded: AttachmentRef[] = [];
    let kept: { missing: string[]; today: number };
    try {
      const { stored, missing } = await page.upload(api, secrets.recipient);
      uploaded.push(...stored);
      page.say(view.text("script.sending.report"));
      const sealed = await sealReport(about, secrets, to, draft, stored);
      page.cannotStop();
      const { today } = await persist(page, () => api.report(sealed));
      kept = { missing, today: Number.isInteger(today) ? today : localToday() };
    } catch (error) {
      secrets.wipe();
      releaseSecret();
      for (const { id } of uploaded) void api.dropUpload(toBase64url(id)).catch(() => undefined);
      this.main.replaceChildren(...check);
      if (!(error instanceof Cancelled)) throw error;
      if ((history.state as { step?: string } | null)?.step === "form") this.showForm();
      return;
    } finally {
      this.sending = undefined;
    }
    this.showKey(view, secrets, to, kept.missing, kept.today);
  }

  private showKey(view: View, secrets: CaseSecrets, to: Recipients, missing: string[], today: number): void {
    this.page = [];
    this.form.reset();
    const readers = view.list(to.readers.map((reader) => view.person(reader)));
    view.show("key", "key", {
      stored: view.text("key.stored", { names: readers }),
      words: codeToWords(secrets.key).split(" ").map((word) => ({ word })),
      numbers: codeToNumbers(secrets.key),
      has_missing: missing.length > 0, missing: missing.map((name) => ({ missing_name: name })),
      come_back: view.dayWithWeekday(acknowledgeDue(today) + 1),
      confirm_by: view.day(acknowledgeDue(today), today), hear_by: view.day(feedbackDue(today), today),
    });
    secrets.wipe();
    holdSecret(() => undefined, true);
    this.main.querySelector("form")!.addEventListener("submit", (event) => {
      event.preventDefault();
      releaseSecret();
      const day = view.dayWithWeekday(acknowledgeDue(today) + 1);
      view.show("done", "done", { come_back: view.text("done.come_back", { day }) });
    });
  }

  private async failed(error: unknown): Promise<void> {
    const view = await View.load().catch(() => undefined);
    if (!view) return sayNoConnection();
    const key = problemOf(error);
    const heading = this.main.querySelector("h1")!;
    if (key) {
      const field = this.main.querySelector("#text") ? "text" : "send";
      return showProblems(view, this.main, [{ field, text: view.text(key) }]);
    }
    showProblems(view, this.main, []);
    this.main.querySelector("[data-failed]")?.remove();
    heading.after(view.render("failed", {}));
    const alert = this.main.querySelector<HTMLElement>("[data-failed]")!;
    alert.querySelector("button")!.addEventListener("click", () => this.sendUnsealed());
    alert.focus();
  }

  /** Chosen by a person who has read what it means. */
  private sendUnsealed(): void {
    this.showForm();
    tellServerSeals();
    this.form.removeEventListener("submit", this.onSubmit);
    this.form.requestSubmit();
  }
}

export const enhanceReport = (form: HTMLFormElement): void => void new ReportPage(form);
