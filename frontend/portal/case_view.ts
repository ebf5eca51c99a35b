// What the case page shows; the twin of server/portal/case_pages.cpp.
import { isZero, toBase64url } from "../crypto/bytes.ts";
import { shortCaseId } from "../crypto/case_key.ts";
import type { Comparison } from "./proof.ts";
import { manifestOf, memberOf, readersOf, shownEntries, type Entry, type Fault, type Reader, type Thread } from "./thread.ts";
import type { View } from "./view.ts";

const replyFiles = 3;

const isMine = ({ statement }: Entry): boolean => isZero(statement.from);

function faultText(view: View, { what, day }: Fault, today: number): string {
  if (what !== "not_readable" || day === 0) return view.text(`case.fault.${what}`);
  return view.text("case.fault.not_readable.day", { day: view.day(day, today) });
}

function authorText(view: View, thread: Thread, from: Uint8Array): string {
  const member = memberOf(thread, from);
  if (member) return view.person(member);
  return view.text(isZero(from) ? "case.you" : "case.someone");
}

function messageItem(view: View, thread: Thread, entry: Entry) {
  const { statement, day } = entry;
  return {
    notice: statement.kind === "identity_notice" ? view.text("case.notice.identity") : "",
    is_mine: isMine(entry), author: authorText(view, thread, statement.from), day: view.day(day, thread.today), body: statement.body,
    sealed_by: view.text(`case.sealed.${statement.sealedBy}`), has_files: statement.attachments.length > 0,
    files: statement.attachments.map((file) => ({
      file_id: toBase64url(file.id), file_name: file.name, file_size: view.size(file.size),
    })),
  };
}

function dates(view: View, { row, today }: Thread) {
  const say = (done: number | null, doneKey: string, due: number, dueKey: string) => ({
    label: view.text(done === null ? dueKey : doneKey), day: view.day(done ?? due, today),
  });
  const receipt = say(row.acknowledged_day, "case.confirmed", row.acknowledge_due_day, "case.confirm_by");
  const feedback = say(row.feedback_day, "case.heard", row.feedback_due_day, "case.hear_by");
  const lastOpened = row.opened_day === null
    ? view.text("case.first_time")
    : view.text("case.opened_count", { day: view.day(row.opened_day, today), count: row.opened_count });
  return {
    receipt_label: receipt.label, receipt_day: receipt.day,
    feedback_label: feedback.label, feedback_day: feedback.day, last_opened: lastOpened,
  };
}

function news(view: View, { row, today, ...thread }: Thread): string {
  const newest = Math.max(0, ...shownEntries({ row, today, ...thread }).filter((e) => !isMine(e)).map(({ day }) => day));
  if (newest === 0) {
    const due = row.acknowledged_day === null ? row.acknowledge_due_day : row.feedback_due_day;
    return view.text("case.news.none", { day: view.day(due + 1, today) });
  }
  const day = view.day(newest, today);
  if (row.opened_day !== null && newest < row.opened_day) {
    return view.text("case.news.nothing_new", { day: view.day(row.opened_day, today), news_day: day });
  }
  return view.text("case.news.newest", { day });
}

/** What happened to the keys, one line each. */
function changeLine(view: View, thread: Thread, { statement, day }: Entry): string[] {
  const name = (id: Uint8Array) => memberOf(thread, id)?.name ?? view.text("case.someone");
  const when = view.day(day, thread.today);
  if (statement.kind === "access") {
    return [view.text("case.change.access", { who: name(statement.from), to: name(statement.access!.member), day: when })];
  }
  if (statement.kind === "recusal") return [view.text("case.change.recusal", { who: name(statement.from), day: when })];
  if (statement.kind !== "epoch") return [];
  return [view.text(statement.change!.rekey ? "case.change.new_words" : "case.change.new_epoch", { day: when })];
}

function readerLine(view: View, { member, since, hasOpened }: Reader, { today }: Thread): string {
  const who = view.person(member);
  if (member.role === "custodian") return view.text("case.reader.custodian", { who });
  const key = hasOpened ? "case.reader.opened" : "case.reader.not_opened";
  return view.text(key, { who, day: view.day(since, today) });
}

/** What a comparison with a saved proof found; the twin of server/portal/compare_pages.cpp. */
export function comparedView(view: View, thread: Thread, { said, held, missing }: Comparison) {
  const day = (on: number) => view.day(on, thread.today);
  return {
    said_color: { all_here: "success", missing: "danger", another_case: "warning", no_proof: "warning" }[said],
    said: view.text(`proof.compared.${said}`, {
      held: held.length, missing: missing.length, day: day(Math.max(...held.map((one) => one.day), 0)),
    }),
    has_missing: missing.length > 0,
    missing: missing.map((one) => ({
      line: view.text("proof.compared.line", { who: authorText(view, thread, one.author), day: day(one.day) }),
    })),
  };
}

function stateColor(state: string): string {
  if (state === "waiting_for_reporter") return "warning";
  return state === "closed" ? "neutral" : "info";
}

export function caseView(view: View, thread: Thread) {
  const { row } = thread;
  const manifest = manifestOf(thread);
  const excluded = (manifest?.excluded ?? []).map(({ name }) => name);
  return {
    heading: view.text("case.heading", { id: shortCaseId(thread.id) }),
    state: view.text(`case.state.${row.state}`), state_color: stateColor(row.state),
    news: news(view, thread), can_write: row.state !== "closed", ...dates(view, thread),
    files_hint: view.text("case.reply.files.hint", { limit: view.size(thread.maxReportBytes) }),
    has_faults: thread.faults.length > 0,
    faults: thread.faults.map((fault) => ({ fault: faultText(view, fault, thread.today) })),
    messages: shownEntries(thread).map((entry) => messageItem(view, thread, entry)),
    reply_files: view.fileInputs(replyFiles),
    readers: readersOf(thread).map((reader) => ({ reader: readerLine(view, reader, thread) })),
    changes: thread.read.entries.flatMap((entry) => changeLine(view, thread, entry)).map((change) => ({ change })),
    excluded: excluded.length > 0 ? view.text("case.excluded", { names: view.list(excluded) }) : "",
    identity: view.text(manifest?.identityGiven ? "case.identity.given" : "case.identity.none"),
  };
}
