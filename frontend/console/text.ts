// Every word the console shows stands in locales/console.LANGUAGE.json; here they are filled in.
import en from "../locales/console.en.json";

export type TextKey = keyof typeof en;
type Values = Record<string, string | number>;

const texts: Record<string, string> = en;
const language = "en";
const plurals = new Intl.PluralRules(language);

export function t(key: TextKey, values: Values = {}): string {
  return texts[key]!.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

type CountedKey<K> = K extends `${infer Stem}.other` ? Stem : never;

/** A text that differs by number: KEY.one, KEY.other. */
export function tn(key: CountedKey<TextKey>, count: number, values: Values = {}): string {
  const exact = `${key}.${plurals.select(count)}`;
  return t((exact in texts ? exact : `${key}.other`) as TextKey, { count, ...values });
}

/** A text for a code from elsewhere, or a general one. */
export function tCode(prefix: string, code: string, otherwise: TextKey): string {
  const key = `${prefix}.${code}`;
  return t((key in texts ? key : otherwise) as TextKey);
}

const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
const dayAndYear = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "long", year: "numeric", timeZone: "UTC",
});

/** Days since 1970-01-01 as people say them; the year where it is not this one. */
export function dayText(day: number, today: number): string {
  const date = new Date(day * 86_400_000);
  const sameYear = date.getUTCFullYear() === new Date(today * 86_400_000).getUTCFullYear();
  return (sameYear ? dayFormat : dayAndYear).format(date);
}

export function sizeText(bytes: number): string {
  if (bytes < 1024) return t("size.bytes", { count: bytes });
  const [value, unit] = bytes < 1024 * 1024 ? [bytes / 1024, "size.kib"] : [bytes / 1024 / 1024, "size.mib"];
  return t(unit as TextKey, { count: (value as number).toFixed((value as number) < 10 ? 1 : 0) });
}
