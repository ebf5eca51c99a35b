// What is due in a case, in words that a tired person understands.
import type { CaseRow } from "./api.ts";
import { dayText, t, tCode, tn } from "./text.ts";

export interface Due {
  text: string;
  colour: "danger" | "warning" | "neutral" | "success" | "info";
}

const soonDays = 14;

function feedbackDue(row: CaseRow, today: number): Due | null {
  const days = row.feedback_due_day - today;
  if (row.feedback_day !== null || days > soonDays) return null;
  if (days < 0) return { text: t("due.overdue", { day: dayText(row.feedback_due_day, today) }), colour: "danger" };
  if (days === 0) return { text: t("due.feedback_today"), colour: "danger" };
  return { text: tn("due.feedback_in", days), colour: "warning" };
}

function confirmDue(row: CaseRow, today: number): Due {
  const days = row.acknowledge_due_day - today;
  if (days < 0) return { text: t("due.overdue", { day: dayText(row.acknowledge_due_day, today) }), colour: "danger" };
  if (days === 0) return { text: t("due.confirm_today"), colour: "danger" };
  return { text: tn("due.confirm_in", days), colour: "warning" };
}

export function dueOf(row: CaseRow, today: number): Due {
  if (row.state === "closed") return { text: t("state.closed"), colour: "success" };
  if (row.acknowledged_day === null) return confirmDue(row, today);
  const feedback = feedbackDue(row, today);
  if (feedback) return feedback;
  return { text: tCode("state", row.state, "state.unknown"), colour: "neutral" };
}
