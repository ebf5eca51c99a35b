// Whether a report seems to mention somebody who would get a key to it; the rule stands in server/portal/mentions.h, and
// tests/vectors/mentions.json holds both to it.
const capitals = /[A-ZÀ-ÖØ-ÞĀ-ĮĲ-ĶĹ-ŇŊ-ŽΑ-ΡΣ-ΫЀ-ЯḀ-ẔẠ-Ỿ]/g;
const between = /[^0-9a-zÀ-ÖØ-öø-\u1fff\u3040-\ud7ff]+/g;
const leastCharacters = 3;

/** A text cut into words: one space before each, and one at the end. */
export const wordsOf = (text: string): string =>
  ` ${text} `.replace(capitals, (letter) => letter.toLowerCase()).replace(between, " ");

/** Names of files are composed first: those of a Mac may hold a letter in two parts. */
export const wordsOfReport = (text: string, name: string, files: { name: string }[]): string =>
  wordsOf([text, name, ...files.map((file) => file.name.normalize())].join("\n"));

function holds(words: string, text: string): boolean {
  const sought = wordsOf(text).slice(0, -1);
  return sought.length > leastCharacters && (words.includes(`${sought} `) || words.includes(`${sought}s `));
}

/** `words`: of the whole report, as wordsOf() gives them. */
export function mentions(words: string, { name, office }: { name: string; office: string }): boolean {
  const family = wordsOf(name.split(" ").at(-1)!).split(" ");
  return [name, ...family, office].some((sought) => holds(words, sought));
}
