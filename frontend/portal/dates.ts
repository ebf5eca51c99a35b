// Due days as the law counts them; the twin of server/app/days.cpp.

/** The same day of the month `months` later, or that month's last day (Regulation 1182/71, art. 3). */
export function addMonths(day: number, months: number): number {
  const date = new Date(day * 86_400_000);
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return Math.floor(first.getTime() / 86_400_000) + Math.min(date.getUTCDate(), last) - 1;
}

/** Directive (EU) 2019/1937 art. 9(1)(b). */
export const acknowledgeDue = (received: number): number => received + 7;
/** Art. 9(1)(f): three months from the end of the seven days, as long as nothing was acknowledged. */
export const feedbackDue = (received: number): number => addMonths(acknowledgeDue(received), 3);
