// What tests that are too long for every run have in common: a random share of them in the normal run,
// the whole with --long, and then a file in docs/long-runs/ that says what was run and what came of it.
import { execFileSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const is_long = process.env.TILLIT_LONG === "1";
/** Fixes every choice of a run; TILLIT_SEED repeats one. */
export const seed = process.env.TILLIT_SEED ?? crypto.randomBytes(4).toString("hex");

/** A stream of numbers in [0, 1) that the seed and a name fix. */
export function dice(name) {
  let count = 0;
  return () => crypto.createHash("sha256").update(`${seed} ${name} ${count++}`).digest().readUInt32LE() / 2 ** 32;
}

/** All of them with --long; else a random tenth, at least one. */
export function share(all, name) {
  if (is_long) return all;
  const next = dice(name);
  const drawn = all.map((item) => ({ item, at: next() })).sort((a, b) => a.at - b.at);
  return drawn.slice(0, Math.ceil(all.length / 10)).map(({ item }) => item);
}

/** Writes docs/long-runs/NAME.md: title, command, commit (marked when the tree differs from it), seed, lines. */
export function write_result(name, title, command, lines) {
  const git = (...args) => execFileSync("git", args, { cwd: root }).toString().trim();
  const changed = git("status", "--porcelain", "--untracked-files=no") ? " with changes" : "";
  const head = `# ${title}\n\n\`${command}\`, commit ${git("rev-parse", "--short", "HEAD")}${changed}, seed ${seed}:\n`;
  const folder = path.join(root, "docs/long-runs");
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `${name}.md`), `${head}\n${lines.map((line) => `- ${line}`).join("\n")}\n`);
}
