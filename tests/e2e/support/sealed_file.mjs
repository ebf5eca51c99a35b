// A reporter with `tillit seal` on a machine of her own, and what the portal's form says of her file.
//
//   const { directory, words } = await fetch_directory(service, folder);
//   const { file, key } = await seal(folder, { directory, words, text, attach: [path], more: ["--exclude", name] });
//   const page = await hand_in(service.portal, fs.readFileSync(file));
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";

import { Reporter } from "./reporter.mjs";
import { run_program } from "./service.mjs";
import { twin } from "./twin.mjs";

/** The file that the portal offers, and the eight words as a poster would have them. */
export async function fetch_directory(service, folder) {
  const reply = await new Reporter(service.portal).get("/hand-in/directory");
  assert.equal(reply.status, 200);
  assert.match(reply.headers["content-disposition"] ?? "", /attachment.*tillit-directory\.json/);
  const directory = path.join(folder, "tillit-directory.json");
  fs.writeFileSync(directory, reply.body);
  const { signers_notes } = JSON.parse(reply.html);
  return { directory, words: twin.caseKey.fingerprintWords(twin.directory.organisationFingerprint(signers_notes[0])) };
}

/** Runs `tillit seal`; the result has the case key in words if there is one. */
export async function seal(folder, { directory, words, text = "Sealed at home", attach = [], more = [], out, key = ["--key-to-stdout"] }) {
  const name = crypto.randomBytes(4).toString("hex");
  const text_file = path.join(folder, `${name}.txt`);
  fs.writeFileSync(text_file, text);
  const file = out ?? path.join(folder, `${name}.tillit`);
  const check = words === undefined ? ["--no-fingerprint-check"] : ["--fingerprint", words];
  const run = await run_program(["seal", "--directory", directory, ...check, "--text", text_file,
    ...attach.flatMap((one) => ["--attach", one]), "--out", file, ...key, ...more]);
  return { ...run, file, key: /^ {2}((?:[a-z]+ ){11}[a-z]+)$/m.exec(run.stdout)?.[1] };
}

export function hand_in(portal, content, name = "report.tillit") {
  return new Reporter(portal).post("/hand-in", [{ field: "submission", name, content }]);
}
