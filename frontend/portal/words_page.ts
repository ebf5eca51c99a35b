// The pages about the key itself, in this browser: a new one, shown before it counts, and the door.
import { codeToNumbers, codeToWords } from "../crypto/case_key.ts";
import { Api, ApiError } from "./api.ts";
import { CaseSecrets } from "./submission.ts";
import type { Thread } from "./thread.ts";
import { showProblems, type View } from "./view.ts";
import { changeWords, closeDoor } from "./words.ts";

export interface WordsPageEnd {
  /** Back to the case; with other secrets if the words were changed. */
  back(secrets: CaseSecrets): Promise<void>;
  closed(): void;
}

export class WordsPage {
  private readonly main = document.querySelector("main")!;
  private next: CaseSecrets | undefined; // shown, and not used yet

  constructor(
    private readonly view: View, private readonly thread: Thread, private readonly secrets: CaseSecrets,
    private readonly end: WordsPageEnd,
  ) {}

  private get api(): Api {
    return new Api(this.secrets.token);
  }

  private wire(submit: (form: HTMLFormElement) => Promise<void>): void {
    let isBusy = false;
    this.main.querySelectorAll("form").forEach((form) => form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (isBusy) return;
      isBusy = true;
      void submit(form).finally(() => { isBusy = false; });
    }));
    this.main.querySelector('a[href="/case"]')!.addEventListener("click", (event) => {
      event.preventDefault();
      this.forgetNext();
      void this.end.back(this.secrets);
    });
  }

  private forgetNext(): void {
    this.next?.wipe();
    this.next = undefined;
  }

  show(problem = ""): void {
    this.forgetNext();
    this.view.show("words", "words", {});
    this.wire(async (form) => (form.querySelector("#sure") ? this.close(form) : this.showNext()));
    if (problem) showProblems(this.view, this.main, [{ field: "sure", text: this.view.text(problem) }]);
  }

  private showNext(): void {
    this.next = CaseSecrets.random(this.secrets.org);
    this.view.show("new-key", "new_key", {
      words: codeToWords(this.next.key).split(" ").map((word) => ({ word })), numbers: codeToNumbers(this.next.key),
    });
    this.wire(() => this.use());
  }

  private problemOf(error: unknown): string {
    const isClosed = error instanceof ApiError && error.code === "closed";
    return isClosed ? "problem.words.closed" : "problem.words.failed";
  }

  private async use(): Promise<void> {
    const next = this.next!;
    if (this.thread.read.readersWhoStay.length === 0) return this.show("problem.words.nobody");
    try {
      await changeWords(this.api, this.thread, this.secrets, next);
    } catch (error) {
      // The answer may have been lost: then the new key opens the case. Only where the old one still
      // does is it said that nothing has changed; else both are to be kept.
      const opens = (secrets: CaseSecrets) => new Api(secrets.token).readCase().then(() => true, () => false);
      if (!(await opens(next))) {
        if (await opens(this.secrets)) return this.show(this.problemOf(error));
        const text = this.view.text("script.problem.words_unknown");
        return showProblems(this.view, this.main, [{ field: "use", text }]);
      }
    }
    this.next = undefined;
    this.secrets.wipe();
    await this.end.back(next);
  }

  private async close(form: HTMLFormElement): Promise<void> {
    if (!form.querySelector<HTMLInputElement>("#sure")!.checked) return this.show("problem.words.sure");
    try {
      await closeDoor(this.api, this.thread, this.secrets);
    } catch (error) {
      const isGone = await this.api.readCase().then(() => false, (e: unknown) => e instanceof ApiError && e.status === 404);
      if (!isGone) return this.show(this.problemOf(error));
    }
    this.end.closed();
  }
}
