// The page that is shown while files and report are sealed and sent: how far it is, what it waits
// for, and a way to stop.
import type { AttachmentRef } from "../crypto/statement.ts";
import type { Api } from "./api.ts";
import { Cancelled, type Watcher } from "./patience.ts";
import { uploadFile } from "./upload.ts";
import { focusHeading, type View } from "./view.ts";

const slowMinutes = 5; // from here on other ways are offered

export class SendingPage implements Watcher {
  private readonly abort = new AbortController();
  private readonly main = document.querySelector("main")!;
  private wake: () => void = () => undefined;
  private readonly started = performance.now();

  constructor(private readonly view: View, private readonly files: File[]) {
    const listed = files.map((file, index) => ({ index, file_name: file.name, file_size: view.size(file.size) }));
    this.main.replaceChildren(view.render("sending", { has_files: files.length > 0, files: listed }));
    this.button("cancel").addEventListener("click", () => this.abort.abort());
    this.button("try-now").addEventListener("click", () => this.wake());
    focusHeading(this.main);
  }

  private button = (id: string) => this.main.querySelector<HTMLButtonElement>(`#${id}`)!;

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  say(text: string): void {
    this.main.querySelector("#sending-now")!.textContent = text;
  }

  waiting(seconds: number): void {
    this.button("try-now").hidden = seconds === 0;
    this.say(seconds === 0 ? this.view.text("script.sending.back") : this.view.text("script.sending.waiting", { seconds }));
  }

  tryNow(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }

  stop(): void {
    if (!this.button("cancel").hidden) this.abort.abort();
  }

  /** From here on stopping would leave it open whether the report is stored. */
  cannotStop(): void {
    this.button("cancel").hidden = true;
  }

  private progress(index: number, share: number): void {
    this.main.querySelector<HTMLProgressElement>(`#file-${index}`)!.value = share;
    const done = totalSize(this.files.slice(0, index)) + share * this.files[index]!.size;
    const left = ((performance.now() - this.started) / done) * (totalSize(this.files) - done);
    const minutes = Math.ceil(left / 60_000);
    if (minutes >= 2 && share < 1) this.say(this.view.text("script.sending.left", { name: this.files[index]!.name, minutes }));
    this.main.querySelector<HTMLElement>("#sending-slow")!.hidden = minutes < slowMinutes;
  }

  /** Those that got through, and the names of those that did not. Throws Cancelled. */
  async upload(api: Api, caseRecipient: Uint8Array): Promise<{ stored: AttachmentRef[]; missing: string[] }> {
    const stored: AttachmentRef[] = [];
    const missing: string[] = [];
    for (const [index, file] of this.files.entries()) {
      this.say(this.view.text("script.sending.file", { name: file.name }));
      try {
        stored.push(await uploadFile(api, file, caseRecipient, this, (share) => this.progress(index, share)));
        this.progress(index, 1);
      } catch (error) {
        if (error instanceof Cancelled) throw error;
        missing.push(file.name); // the report is worth more than one of its files
      }
    }
    return { stored, missing };
  }
}

/** What the file inputs of a form hold. */
export function chosenFiles(form: HTMLFormElement): File[] {
  const inputs = [...form.querySelectorAll<HTMLInputElement>("input[type=file]")];
  return inputs.flatMap((input) => [...(input.files ?? [])]);
}

export const totalSize = (files: File[]): number => files.reduce((sum, file) => sum + file.size, 0);
