// Goal: the database key can come from a passphrase or from the system, with nothing beside the database that opens it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";

import { program, run_program, until } from "./support/service.mjs";

let folder, data, words;
before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-key-"));
  data = path.join(folder, "data");
  const made = await run_program(["init", "--data", data, "--name", "Fjordvik", "--passphrase"]);
  assert.equal(made.code, 0, made.stderr);
  words = /^ {2}((?:[a-z]+ ){6}[a-z]+)$/m.exec(made.stdout)?.[1];
  assert.ok(words, made.stdout);
});
after(() => fs.rmSync(folder, { recursive: true, force: true }));

/** A folder of credentials as systemd makes it, and `tillit check` with it. */
async function check_with(credentials) {
  const directory = fs.mkdtempSync(path.join(folder, "credentials-"));
  for (const [name, content] of Object.entries(credentials)) fs.writeFileSync(path.join(directory, name), content, { mode: 0o400 });
  return run_program(["check", "--data", data], { env: { CREDENTIALS_DIRECTORY: directory } });
}
const opens = /the database opens with its key/;

test("nothing on the disk opens it", () => {
  const files = fs.readdirSync(data, { recursive: true }).map(String).filter((name) => fs.statSync(path.join(data, name)).isFile());
  assert.ok(files.some((name) => name.endsWith("db.key.json")) && !files.some((name) => name.endsWith("db.key")), files.join());
  for (const name of files) assert.ok(!fs.readFileSync(path.join(data, name)).includes(words.split(" ").slice(0, 3).join(" ")), name);
});

test("the passphrase as a credential opens it, also in capitals and with more space", async () => {
  assert.match((await check_with({ "default.db.passphrase": words })).stdout, opens);
  assert.match((await check_with({ "default.db.passphrase": `  ${words.toUpperCase().replaceAll(" ", "  ")}\n` })).stdout, opens);
});

test("another passphrase is refused in words, and the database stays as it was", async () => {
  const database = path.join(data, "orgs/default/tillit.db");
  const before_it = fs.readFileSync(database);
  const wrong = await check_with({ "default.db.passphrase": words.split(" ").reverse().join(" ") });
  assert.notEqual(wrong.code, 0);
  assert.doesNotMatch(wrong.stdout, opens);
  assert.match(wrong.stdout + wrong.stderr, /key/);
  assert.ok(fs.readFileSync(database).equals(before_it));
});

test("without a terminal and without a credential it says what is missing", async () => {
  const lost = await run_program(["serve", "--data", data, "--assets", folder]);
  assert.notEqual(lost.code, 0);
  assert.match(lost.stdout + lost.stderr, /default\.db\.passphrase/);
});

test("at a terminal it asks, and does not show what is typed", async () => {
  const child = spawn("script", ["-qec", `'${program}' check --data '${data}'`, "/dev/null"], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.on("error", () => {}); // it may have ended before what is typed is read
  let shown = "";
  child.stdout.on("data", (bytes) => (shown += bytes));
  await until(() => /Passphrase of the database of default:/.test(shown), "the question", 20);
  child.stdin.write(words + "\n");
  await until(() => opens.test(shown), `the database opens: ${shown}`, 20);
  assert.ok(!shown.includes(words), "what was typed is not shown");
  child.kill();
});

test("a key file as a credential opens what init made with one", async () => {
  const plain = path.join(folder, "plain");
  assert.equal((await run_program(["init", "--data", plain, "--name", "Fjordvik"])).code, 0);
  const key_file = path.join(plain, "orgs/default/db.key");
  const key = fs.readFileSync(key_file);
  fs.rmSync(key_file);
  const directory = fs.mkdtempSync(path.join(folder, "credentials-"));
  fs.writeFileSync(path.join(directory, "default.db.key"), key, { mode: 0o400 });
  assert.notEqual((await run_program(["check", "--data", plain])).code, 0);
  assert.match((await run_program(["check", "--data", plain], { env: { CREDENTIALS_DIRECTORY: directory } })).stdout, opens);
  fs.chmodSync(path.join(directory, "default.db.key"), 0o644);
  const open_to_all = await run_program(["check", "--data", plain], { env: { CREDENTIALS_DIRECTORY: directory } });
  assert.doesNotMatch(open_to_all.stdout, opens);
});
