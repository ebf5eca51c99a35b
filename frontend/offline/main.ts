// tillit-seal.html: a report sealed from one file on a disk. It asks nobody for anything; the page's own
// policy forbids it every connection.
import { codeToNumbers, codeToWords, saysFingerprint } from "../crypto/case_key.ts";
import { CryptoError, fromBase64url, toBase64url, utf8 } from "../crypto/bytes.ts";
import { organisationFingerprint, type DirectoryMember } from "../crypto/directory.ts";
import { maxSubmissionFiles } from "../crypto/submission_file.ts";
import { readOrganisation, type Organisation } from "../portal/organisation.ts";
import { chooseRecipients, type Recipients } from "../portal/recipients.ts";
import { chosenFiles, totalSize } from "../portal/sending.ts";
import { CaseSecrets, type Draft } from "../portal/submission.ts";
import { cleanText, isTooLong, type Pack, type Problem, showProblems, View } from "../portal/view.ts";
import { sealToBlob } from "./submission_blob.ts";

declare const PACK: Pack;

const view = new View(PACK);
const main = document.querySelector("main")!;
const part = <T extends HTMLElement>(selector: string) => main.querySelector<T>(selector)!;
const maxHere = 512 * 1024 * 1024; // sealed blobs stay in the browser's memory until they are saved
const maxNameBytes = 500;
const maxExcluded = 12;

class Problems extends Error {
  constructor(readonly list: Problem[]) {
    super("problems");
  }
}
const stop = (field: string, key: string, values = {}): never => {
  throw new Problems([{ field, text: view.text(key, values) }]);
};

/** The list as a browser on the portal verifies it, and the words beside it. */
async function readDirectory(): Promise<Organisation> {
  const [file] = part<HTMLInputElement>("#directory").files ?? [];
  if (!file) return stop("directory", "seal.problem.directory");
  let about: Organisation;
  let first: string;
  try {
    const reply = JSON.parse(await file.text());
    about = readOrganisation(reply);
    first = reply.signers_notes[0];
  } catch (error) {
    const isExpired = error instanceof CryptoError && error.code === "expired";
    return stop("directory", isExpired ? "seal.problem.expired" : "seal.problem.directory");
  }
  const typed = part<HTMLInputElement>("#words").value;
  if (!saysFingerprint(typed, organisationFingerprint(first))) stop("words", "seal.problem.words");
  return about;
}

function choice(member: DirectoryMember, name: "to" | "not", isTicked: boolean): HTMLElement {
  const field = document.createElement("div");
  const input = document.createElement("input");
  const label = document.createElement("label");
  const id = toBase64url(member.member);
  field.className = "ds-field";
  Object.assign(input, { type: "checkbox", name, value: id, id: `${name}-${id}`, className: "ds-input", checked: isTicked });
  Object.assign(label, { htmlFor: input.id, className: "ds-label", textContent: view.person(member) });
  field.append(input, label);
  return field;
}

const limitOf = (about: Organisation) => Math.min(about.maxReportBytes, maxHere);

function showForm(about: Organisation): void {
  const { members } = about.directory;
  const investigators = members.filter(({ role }) => role === "investigator");
  const others = members.filter(({ role }) => role === "custodian" || role === "alternate");
  part("[data-receivers]").replaceChildren(...investigators.map((member) => choice(member, "to", member.isDefault)));
  part("[data-not]").replaceChildren(...others.map((member) => choice(member, "not", false)));
  part("[data-others]").hidden = others.length === 0;
  part("[data-files-hint]").textContent = view.text("seal.files.hint", { limit: view.size(limitOf(about)) });
  part("#open").hidden = true;
  part("#write").hidden = false;
  part("#text").focus();
}

const ids = (name: string) => new FormData(part<HTMLFormElement>("#write")).getAll(name).map((id) => fromBase64url(String(id), 16));
const typed = (id: string) => cleanText(part<HTMLInputElement>(`#${id}`).value);

function checkFiles(about: Organisation, files: File[]): void {
  const isTooMany = files.length > maxSubmissionFiles;
  if (!isTooMany && totalSize(files) <= limitOf(about)) return;
  const limit = view.size(limitOf(about));
  // The program takes more only where it is this page, not the organisation, that sets the limit.
  if (isTooMany || about.maxReportBytes <= maxHere) stop("files", "seal.problem.files", { limit });
  stop("files", "seal.problem.files_here", { limit, most: view.size(about.maxReportBytes) });
}

function check(about: Organisation, to: Recipients, draft: Draft, files: File[]): void {
  if (draft.text === "") stop("text", "problem.text.empty");
  if (isTooLong(draft.text)) stop("text", "problem.text.too_long");
  if (to.readers.length === 0) stop("to", "problem.to.nobody");
  if (to.excluded.length > maxExcluded) stop("to", "problem.to.too_many");
  if ([draft.name, draft.contact].some((said) => utf8(said).length > maxNameBytes)) stop("name", "problem.name.too_long");
  if ((draft.name !== "" || draft.contact !== "") && !to.custodian) stop("name", "problem.name.no_custodian");
  checkFiles(about, files);
}

function showKey(secrets: CaseSecrets, to: Recipients, file: Blob): void {
  const words = codeToWords(secrets.key).split(" ");
  part("[data-readers]").textContent = view.text("seal.readers", { names: view.list(to.readers.map((one) => view.person(one))) });
  part(".words").replaceChildren(...words.map((word) => Object.assign(document.createElement("li"), { textContent: word })));
  part(".numbers").textContent = codeToNumbers(secrets.key);
  part<HTMLAnchorElement>("#save").href = URL.createObjectURL(file);
  part<HTMLFormElement>("#write").reset();
  part("#write").hidden = true;
  part("#done").hidden = false;
  part("#done h2").focus();
  addEventListener("beforeunload", (event) => event.preventDefault());
}

async function seal(about: Organisation): Promise<void> {
  const to = chooseRecipients(about.directory.members, ids("to"), ids("not"));
  const draft = { text: typed("text"), name: typed("name"), contact: typed("contact") };
  const files = chosenFiles(part<HTMLFormElement>("#write"));
  check(about, to, draft, files);
  const secrets = CaseSecrets.random(about.org);
  const progress = part("#progress");
  const say = (name?: string) =>
    (progress.textContent = name === undefined ? view.text("seal.working.report") : view.text("seal.working", { name }));
  progress.hidden = false;
  try {
    showKey(secrets, to, await sealToBlob(about, secrets, to, draft, files, say));
  } finally {
    progress.hidden = true;
    secrets.wipe();
  }
}

/** One step at a time; what it throws is shown beside its field, and nothing was made. */
function onSubmit(form: string, field: string, step: () => Promise<void>): void {
  let isBusy = false;
  part(form).addEventListener("submit", (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    showProblems(view, main, []);
    step()
      .catch((error: unknown) => {
        const failed = [{ field, text: view.text("seal.problem.failed") }];
        showProblems(view, main, error instanceof Problems ? error.list : failed);
      })
      .finally(() => (isBusy = false));
  });
}

let about: Organisation;
onSubmit("#open", "directory", async () => showForm((about = await readDirectory())));
onSubmit("#write", "text", () => seal(about));
part("#open").hidden = false;
