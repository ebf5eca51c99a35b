// Coming back with scripts on: the key stays in this browser; the server sees the look-up token and
// sealed bytes. The page is the one the server would show.
import { openAttachment } from "../crypto/attachment.ts";
import { equal, fromBase64url, toBase64url } from "../crypto/bytes.ts";
import { parseCode } from "../crypto/case_key.ts";
import type { AttachmentRef } from "../crypto/statement.ts";
import { cleanFileName } from "../shared/file_name.ts";
import { Api, ApiError, ConnectionLost } from "./api.ts";
import { caseView, comparedView } from "./case_view.ts";
import { holdSecret, releaseSecret } from "./leaving.ts";
import { Cancelled, persist } from "./patience.ts";
import { compareProof, maxProofBytes } from "./proof.ts";
import { chosenFiles, SendingPage, totalSize } from "./sending.ts";
import { CaseSecrets } from "./submission.ts";
import { readThread, renewed, reply, shownEntries, type Entry, type Thread } from "./thread.ts";
import { cleanText, isTooLong, sayNoConnection, showProblems, View, type Problem } from "./view.ts";
import { WordsPage } from "./words_page.ts";

const idleMinutes = 20;

class CasePage {
  private readonly main = document.querySelector("main")!;
  private readonly returnPage: Node[];
  private secrets: CaseSecrets | undefined;
  private keptText = "";
  private idleTimer = 0;
  private isBusy = false;

  constructor(private readonly form: HTMLFormElement, private readonly org: Uint8Array) {
    this.returnPage = [...this.main.childNodes];
    // A text from a page without scripts whose session had ended.
    this.keptText = form.querySelector<HTMLInputElement>("[name=kept_text]")?.value ?? "";
    View.load().catch(() => undefined);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.guarded(() => this.open());
    });
    for (const sign of ["keydown", "pointerdown", "scroll"]) addEventListener(sign, () => this.stayAwake(), { passive: true });
  }

  private async guarded(step: () => Promise<void>): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      await step();
    } catch (error) {
      const view = await View.load().catch(() => undefined);
      if (!view) return sayNoConnection();
      const key = error instanceof ConnectionLost ? "script.problem.connection" : "script.problem.case";
      const field = this.main.querySelector("#key") ? "key" : "text";
      showProblems(view, this.main, [{ field, text: view.text(key) }]);
    } finally {
      this.isBusy = false;
    }
  }

  private get api(): Api {
    return new Api(this.secrets!.token);
  }

  private async open(): Promise<void> {
    const view = await View.load();
    const input = this.form.querySelector<HTMLTextAreaElement>("#key")!;
    const refuse = () => showProblems(view, this.main, [{ field: "key", text: view.text("return.error") }]);
    try {
      this.secrets = new CaseSecrets(parseCode(input.value), this.org);
    } catch {
      return refuse();
    }
    try {
      const answer = await this.api.openCase();
      input.value = "";
      showProblems(view, this.main, []);
      this.show(view, await readThread(answer, this.secrets, this.api.earlierDirectories), this.keptText, []);
    } catch (error) {
      this.secrets.wipe();
      this.secrets = undefined;
      if (error instanceof ApiError && error.status === 404) return refuse();
      throw error;
    }
  }

  private show(view: View, thread: Thread, text: string, problems: Problem[], isSent = false): void {
    holdSecret(() => this.secrets?.wipe(), false);
    this.stayAwake();
    view.show("case", "case", caseView(view, thread));
    const box = this.main.querySelector<HTMLTextAreaElement>("textarea#text");
    if (box) box.value = text;
    if (isSent) this.main.querySelector("#sent")!.classList.remove("on-arrival");
    showProblems(view, this.main, problems);
    this.main.querySelectorAll("form").forEach((form) => form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.getAttribute("action") === "/leave") this.leave(view);
      else if (form.getAttribute("action") === "/case/proof") void this.guarded(() => this.proof(view, form));
      else if (form.getAttribute("action") === "/case/proof/compare") void this.guarded(() => this.compare(view, thread, form));
      else void this.guarded(() => this.send(view, thread, form));
    }));
    this.main.querySelector('a[href="/case/words"]')!.addEventListener("click", (event) => {
      event.preventDefault();
      this.showWords(view, thread);
    });
    this.main.querySelectorAll<HTMLAnchorElement>('a[href^="/case/file/"]').forEach((link) => {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        void this.save(view, thread, link);
      });
    });
  }

  private showWords(view: View, thread: Thread): void {
    this.keptText = this.main.querySelector<HTMLTextAreaElement>("textarea#text")?.value ?? "";
    new WordsPage(view, thread, this.secrets!, {
      back: (secrets) => this.guarded(async () => {
        this.secrets = secrets;
        this.show(view, await readThread(await this.api.readCase(), secrets, this.api.earlierDirectories), this.keptText, []);
      }),
      closed: () => {
        this.forget();
        this.keptText = "";
        view.show("door", "door", {});
      },
    }).show();
  }

  private replyProblem(view: View, thread: Thread, text: string, files: File[]): string {
    if (text === "" && files.length === 0) return view.text("problem.reply.empty");
    if (isTooLong(text)) return view.text("problem.text.too_long");
    if (totalSize(files) <= thread.maxReportBytes) return "";
    return view.text("script.problem.files", { limit: view.size(thread.maxReportBytes) });
  }

  private async send(view: View, thread: Thread, form: HTMLFormElement): Promise<void> {
    const text = cleanText(form.querySelector<HTMLTextAreaElement>("#text")!.value);
    const files = chosenFiles(form);
    const problem = this.replyProblem(view, thread, text, files);
    if (problem) return showProblems(view, this.main, [{ field: "text", text: problem }]);
    const again = (key: string, values = {}) =>
      this.show(view, thread, text, [{ field: "text", text: view.text(key, values) }]);
    const page = new SendingPage(view, files);
    this.keptText = text;
    const uploaded: AttachmentRef[] = [];
    const dropUploaded = () => uploaded.forEach(({ id }) => void this.api.dropUpload(toBase64url(id)).catch(() => undefined));
    try {
      // Files are sealed to the newest key: whoever has left shall not read them.
      thread = await persist(page, () => renewed(this.api, thread, this.secrets!));
      const { stored, missing } = await page.upload(this.api, thread.read.recipient);
      uploaded.push(...stored);
      if (missing.length > 0) {
        const limit = view.size(thread.maxReportBytes);
        dropUploaded();
        return again("problem.reply.file", { name: view.list(missing), limit });
      }
      page.cannotStop();
      page.say(view.text("script.sending.reply"));
      await reply(this.api, thread, this.secrets!, text, stored, (sealed) => persist(page, () => this.api.reply(sealed)));
    } catch (error) {
      if (error instanceof Cancelled) return this.show(view, thread, text, []);
      dropUploaded();
      const code = error instanceof ApiError ? error.code : "";
      // The page must know the new key before the files are chosen again.
      if (code === "keys_changed") {
        thread = await this.readAgain(page);
      }
      const isKnown = ["closed", "keys_changed", "thread_full"].includes(code);
      return again(isKnown ? `problem.reply.${code}` : "problem.reply.storage");
    }
    this.keptText = "";
    try {
      this.show(view, await this.readAgain(page), "", [], true);
    } catch {
      // Whatever stands in the way of reading: it was stored, and must not be sent once more.
      this.show(view, thread, "", [{ field: "text", text: view.text("script.problem.sent") }]);
    }
  }

  private readAgain(page: SendingPage): Promise<Thread> {
    return persist(page, async () => readThread(await this.api.readCase(), this.secrets!, this.api.earlierDirectories));
  }

  private findFile(thread: Thread, link: HTMLAnchorElement): { file: AttachmentRef; entry: Entry } | undefined {
    const id = fromBase64url(link.getAttribute("href")!.split("/").pop()!, 16);
    return shownEntries(thread)
      .flatMap((entry) => entry.statement.attachments.map((file) => ({ file, entry })))
      .find(({ file }) => equal(file.id, id));
  }

  /** Offered only after its last chunk and hash were verified (protocol §6). */
  private async save(view: View, thread: Thread, link: HTMLAnchorElement): Promise<void> {
    const found = this.findFile(thread, link);
    if (!found || !this.secrets) return;
    const { file, entry } = found;
    const say = (text: string) => {
      const note = link.parentElement!.querySelector("[role=status]") ?? document.createElement("span");
      note.setAttribute("role", "status");
      note.textContent = ` ${text}`;
      link.after(note);
    };
    say(view.text("script.file.opening"));
    try {
      const stored = await this.api.attachment(toBase64url(file.id));
      const content = await openAttachment(stored, thread.read.secrets[entry.statement.epoch]!, file.size, file.storedHash);
      this.offer(await new Response(content).blob(), cleanFileName(file.name));
      say(view.text("script.file.saved"));
    } catch {
      say(view.text("script.file.failed"));
    }
  }

  private offer(blob: Blob, name: string): void {
    const offered = document.createElement("a");
    offered.href = URL.createObjectURL(new Blob([blob], { type: "application/octet-stream" }));
    offered.download = name;
    offered.click();
    setTimeout(() => URL.revokeObjectURL(offered.href), 60_000);
  }

  /** On demand only: the file proves that its holder reported. */
  private async proof(view: View, form: HTMLFormElement): Promise<void> {
    const hint = form.querySelector(".hint")!;
    hint.setAttribute("role", "status");
    try {
      this.offer(await this.api.proof(), "proof.json");
    } catch (error) {
      if (error instanceof ApiError && error.code === "not_yet") hint.textContent = view.text("proof.later");
      else if (error instanceof ApiError && error.code === "busy") hint.textContent = view.text("proof.busy");
      else throw error;
    }
  }

  /** With the thread that is shown, and without asking the server anything. */
  private async compare(view: View, thread: Thread, form: HTMLFormElement): Promise<void> {
    const [file] = chosenFiles(form);
    const isSmall = file && file.size <= maxProofBytes;
    const compared = await compareProof(thread, new Uint8Array(isSmall ? await file.arrayBuffer() : []));
    form.querySelector("#compared")!.replaceChildren(view.render("compared", comparedView(view, thread, compared)));
  }

  private forget(): void {
    clearTimeout(this.idleTimer);
    this.secrets?.wipe();
    this.secrets = undefined;
    releaseSecret();
  }

  private leave(view: View): void {
    this.forget();
    this.keptText = "";
    view.show("left", "left", {});
  }

  private stayAwake(): void {
    if (!this.secrets) return;
    clearTimeout(this.idleTimer);
    this.idleTimer = window.setTimeout(() => void this.fallAsleep(), idleMinutes * 60_000);
  }

  /** Nobody has been here for a while: the thread goes, a text being written stays. */
  private async fallAsleep(): Promise<void> {
    if (this.isBusy) return this.stayAwake(); // something is being sent
    const view = await View.load();
    const written = this.main.querySelector<HTMLTextAreaElement>("textarea#text")?.value ?? "";
    if (written !== "") this.keptText = written;
    this.forget();
    this.main.replaceChildren(...this.returnPage);
    document.title = view.text("title.return");
    const text = view.text(this.keptText === "" ? "return.ended" : "return.kept");
    showProblems(view, this.main, [{ field: "key", text }]);
  }
}

export const enhanceReturn = (form: HTMLFormElement, org: Uint8Array): void => void new CasePage(form, org);
