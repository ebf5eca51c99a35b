// Signers as people run them: a key file on a stick, words read out, proposals that travel as files.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { run_program } from "./service.mjs";

const private_file = (file, text) => {
  fs.writeFileSync(file, text, { mode: 0o600 });
  return file;
};

/** A signer of her own: {name, key, card, passphrase, passphrase_file, words}. */
export async function new_signer(folder, name, office, more = []) {
  const key = path.join(folder, `${name.replaceAll(" ", "-")}.age`);
  const made = await run_program(["signer", "create", "--out", key, "--name", name, "--office", office, ...more]);
  assert.equal(made.code, 0, made.stderr);
  const shown = made.stdout.split("\n").filter((line) => line.startsWith("  ")).map((line) => line.trim());
  assert.deepEqual(shown.map((line) => line.split(" ").length), [7, 8], "a passphrase and the words to read out");
  const [passphrase, words] = shown;
  return { name, key, card: `${key}.card`, passphrase, words, passphrase_file: private_file(`${key}.pass`, `${passphrase}\n`) };
}

/** The demonstration's own two, whose passphrases lie in a file. */
export function demo_signers(data, folder) {
  const at = (name) => path.join(data, "demo-signers", name);
  const lines = fs.readFileSync(at("passphrases.txt"), "utf8").split("\n");
  return [["director", "Municipal director"], ["representative", "Employee representative"]].map(([file, name], i) => ({
    name, key: at(`${file}.age`), card: at(`${file}.age.card`), passphrase: lines[i],
    passphrase_file: private_file(path.join(folder, `${file}.pass`), `${lines[i]}\n`),
  }));
}

/** `words`: what the signer types, one line for each person asked about. */
export function sign(signer, proposal, words = []) {
  return run_program(["signer", "sign", proposal, "--key", signer.key, "--passphrase-file", signer.passphrase_file, "--yes"],
    { input: words.map((line) => `${line}\n`).join("") });
}
