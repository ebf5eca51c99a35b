// Goal: a report that was sealed on a machine without a network reaches its readers through a form without scripts, as one
// file that nobody on the way can read; a file that is not right is refused with a reason, and nothing is left of it.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";

import { text_of } from "./support/html.mjs";
import { Member } from "./support/member.mjs";
import { Reporter } from "./support/reporter.mjs";
import { fetch_directory, hand_in, seal } from "./support/sealed_file.mjs";
import { program, start_service } from "./support/service.mjs";
import { twin } from "./support/twin.mjs";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-hand-in-"));
let service, about;
before(async () => {
  service = await start_service({ init: ["--max-report-mib", "4"] });
  about = await fetch_directory(service, folder);
});
after(async () => {
  await service?.remove();
  fs.rmSync(folder, { recursive: true, force: true });
});

const investigator = () => Member.log_in(service, service.with_role("investigator")[0]);
const count_cases = async () => (await (await investigator()).cases()).length;
/** The limit stands beside the signed notes, so a list with another one verifies. */
function list_with_limit(max_report_bytes) {
  const file = path.join(folder, `list-${max_report_bytes}.json`);
  fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(about.directory)), max_report_bytes }));
  return file;
}
function attachment_of(where, bytes) {
  const file = path.join(where, `of-${bytes}.bin`);
  fs.writeFileSync(file, crypto.randomBytes(bytes));
  return file;
}
const member_names = () => JSON.parse(JSON.parse(fs.readFileSync(about.directory)).directory.split("\n")[1]).members;

test("sealed at home, handed in without scripts, read by those it names, followed up with the key", async () => {
  const attachment = path.join(folder, "bilde av gården.jpg");
  fs.writeFileSync(attachment, crypto.randomBytes(2_100_000));
  const identity = path.join(folder, "me.txt");
  fs.writeFileSync(identity, "Ola Nordmann\nola@example.test\n");
  const sealed = await seal(folder, { ...about, text: "Carried on a stick\r\nto the library", attach: [attachment], more: ["--identity", identity] });
  assert.equal(sealed.code, 0, sealed.stderr);
  assert.ok(sealed.key, "the key is shown");
  assert.equal(fs.statSync(sealed.file).mode & 0o777, 0o600);
  const content = fs.readFileSync(sealed.file);
  for (const word of ["Carried on", "bilde av", "Nordmann", "ola@example", sealed.key.split(" ").slice(0, 2).join(" ")]) {
    assert.ok(!content.includes(word), `the file does not hold ${word}`);
  }
  assert.ok(content.includes("TILLITs1") && content.includes("lookup_hash"), "and the search finds what is there");

  const page = await hand_in(service.portal, content);
  assert.equal(page.status, 200, page.html);
  assert.match(text_of(page.html), /Your case key is the one that you were shown when you sealed/);
  assert.equal(page.headers["set-cookie"], undefined);

  const ingrid = await investigator();
  const id = await ingrid.case_that_begins("Carried on a stick\nto the library");
  const thread = await ingrid.open(id);
  assert.equal(thread.entries[0].statement.sealedBy, "cli");
  assert.equal(thread.entries[0].statement.manifest.identityGiven, true);
  assert.deepEqual(thread.faults, []);
  const [ref] = thread.entries[0].statement.attachments;
  assert.equal(ref.name, "bilde av gården.jpg");
  assert.ok((await ingrid.download(id, ref, thread)).equals(fs.readFileSync(attachment)));

  const reporter = new Reporter(service.portal);
  assert.equal((await reporter.come_back(sealed.key)).status, 200);
  assert.match((await reporter.messages())[0].body, /to the library/);
});

test("the same file once more is a success and no second case", async () => {
  const { file } = await seal(folder, { ...about, text: "Only once" });
  const content = fs.readFileSync(file);
  assert.equal((await hand_in(service.portal, content)).status, 200);
  const before_it = await count_cases();
  assert.equal((await hand_in(service.portal, content)).status, 200);
  assert.equal(await count_cases(), before_it);
});

test("a report whose key nobody could read is not left there to be handed in", async () => {
  const file = path.join(folder, "no-key.tillit");
  const text_file = path.join(folder, "no-key.txt");
  fs.writeFileSync(text_file, "A full disk behind the pipe");
  const seal_to = (target) => {
    const out = fs.openSync(target, "w");
    const args = ["seal", "--directory", about.directory, "--fingerprint", about.words, "--text", text_file, "--out", file, "--key-to-stdout"];
    const run = spawnSync(program, args, { stdio: ["ignore", out, "pipe"] });
    fs.closeSync(out);
    return run.status;
  };
  assert.equal(seal_to("/dev/full"), 1);
  assert.ok(!fs.existsSync(file));
  assert.equal(seal_to(path.join(folder, "key.txt")), 0, "control");
  assert.ok(fs.existsSync(file));
});

test("who is excluded gets no grant; --only names the readers", async () => {
  const [, jonas] = service.with_role("investigator");
  const sealed = await seal(folder, { ...about, text: "Not for him", more: ["--exclude", jonas.name] });
  assert.match(sealed.stderr, new RegExp(`Excluded[^]*${jonas.name}`));
  assert.equal((await hand_in(service.portal, fs.readFileSync(sealed.file))).status, 200);
  const excluded = member_names().find(({ name }) => name === jonas.name).member;
  const { head } = await twin.submissionFile.readSubmission(new Uint8Array(fs.readFileSync(sealed.file)));
  const granted = head.grants.map(({ member }) => twin.bytes.toBase64url(member));
  assert.ok(granted.length >= 2 && !granted.includes(excluded));
  const only = await seal(folder, { ...about, more: ["--only", jonas.name] });
  const of_only = (await twin.submissionFile.readSubmission(new Uint8Array(fs.readFileSync(only.file)))).head.grants;
  assert.ok(of_only.some(({ member }) => twin.bytes.toBase64url(member) === excluded));
  const unknown = await seal(folder, { ...about, more: ["--exclude", "Nobody Such"] });
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /nobody called Nobody Such/);
});

test("a directory of somebody else, an unsigned one, and no words at all: nothing is sealed", async () => {
  const wrong = await seal(folder, { ...about, words: "zoo ".repeat(8) });
  assert.equal(wrong.code, 3, wrong.stderr);
  const none = await seal(folder, { directory: about.directory, words: "" });
  assert.notEqual(none.code, 0);
  const reply = JSON.parse(fs.readFileSync(about.directory));
  const forged = path.join(folder, "forged.json");
  fs.writeFileSync(forged, JSON.stringify({ ...reply, directory: reply.directory.replace("Ingrid", "Ingrod") }));
  const meddled = await seal(folder, { ...about, directory: forged });
  assert.equal(meddled.code, 1);
  assert.match(meddled.stderr, /not signed/);
  for (const { file, key } of [wrong, none, meddled]) assert.ok(!key && !fs.existsSync(file));
  const unchecked = await seal(folder, { directory: about.directory });
  assert.equal(unchecked.code, 0);
  assert.match(unchecked.stderr, /NOT COMPARED/);
});

test("an existing file is not overwritten, and without a text or a way to show the key nothing is sealed", async () => {
  const out = path.join(folder, "taken.tillit");
  fs.writeFileSync(out, "mine");
  assert.equal((await seal(folder, { ...about, out })).code, 1);
  assert.equal(fs.readFileSync(out, "utf8"), "mine");
  const empty = await seal(folder, { ...about, text: " \r\n" });
  assert.equal(empty.code, 1);
  assert.ok(!fs.existsSync(empty.file));
});

test("files that the organisation would not take are refused before anything is sealed or a key is shown", async () => {
  const fits = path.join(folder, "fits.bin");
  const over = path.join(folder, "over.bin");
  fs.writeFileSync(fits, crypto.randomBytes(600_000));
  fs.writeFileSync(over, crypto.randomBytes(400_001));
  const limited = { ...about, directory: list_with_limit(1_000_000) };
  const pair = await seal(folder, { ...limited, attach: [fits, over] });
  assert.equal(pair.code, 1);
  assert.match(pair.stderr, /too large: this organisation takes up to 1000000 bytes[^]*Nothing was sealed/);
  const many = await seal(folder, { ...limited, attach: Array(17).fill(attachment_of(folder, 1)) });
  assert.match(many.stderr, /at most sixteen files/);
  const pipe = path.join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const piped = seal(folder, { ...limited, attach: [fits, pipe] });
  fs.promises.writeFile(pipe, fs.readFileSync(over)).catch((error) => assert.equal(error.code, "EPIPE"));
  assert.match((await piped).stderr, /too large/);
  for (const { file, key, code } of [pair, many, await piped]) assert.ok(code === 1 && !key && !fs.existsSync(file));
  fs.truncateSync(over, 400_000);
  const exact = await seal(folder, { ...limited, attach: [fits, over] });
  assert.ok(exact.code === 0 && exact.key, exact.stderr);
});

test("a file that is not right is refused with a reason, and nothing is left of it", async (t) => {
  const big = path.join(folder, "big.bin");
  fs.writeFileSync(big, crypto.randomBytes(1_500_000));
  const { file } = await seal(folder, { ...about, text: "Broken on the way", attach: [big] });
  const good = fs.readFileSync(file);
  const flipped = (at) => Buffer.concat([good.subarray(0, at), Buffer.from([good[at] ^ 1]), good.subarray(at + 1)]);
  const huge = path.join(folder, "huge.bin");
  fs.writeFileSync(huge, crypto.randomBytes(8_200_000));
  const too_large = fs.readFileSync((await seal(folder, { ...about, directory: list_with_limit(1 << 30), attach: [huge] })).file);
  const other_service = await start_service();
  const elsewhere = fs.mkdtempSync(path.join(folder, "other-"));
  const other = await seal(elsewhere, { ...(await fetch_directory(other_service, elsewhere)), text: "Not for here" });
  await other_service.remove();
  const before_it = await count_cases();
  const cases = {
    "another kind of file": [Buffer.from("%PDF-1.7 my report in clear"), /not a sealed file/],
    "an empty file": [Buffer.alloc(0), /not a sealed file|None was sent/],
    "cut off in the head": [good.subarray(0, 5000), /ends too early/],
    "cut off in the attachment": [good.subarray(0, good.length - 1), /ends too early/],
    "a flipped bit in the head": [flipped(4000), /not as it was made/],
    "a flipped bit in the attachment": [flipped(good.length - 4000), /not as it was made/],
    "more at the end": [Buffer.concat([good, Buffer.from("x")]), /not as it was made/],
    "more than a report may have": [too_large, /too large/],
    "another organisation": [fs.readFileSync(other.file), /another organisation/],
  };
  for (const [name, [content, says]] of Object.entries(cases)) {
    await t.test(name, async () => {
      const page = await hand_in(service.portal, content);
      assert.equal(page.status, 422, page.html);
      assert.match(text_of(page.html), says);
      assert.match(page.html, /id="submission-problem"/);
    });
  }
  assert.equal(await count_cases(), before_it);
  assert.equal((await hand_in(service.portal, good)).status, 200, "the whole one is taken afterwards");
  assert.equal(await count_cases(), before_it + 1);
});

test("a form that is not a form, no file, two files", async () => {
  const reporter = new Reporter(service.portal);
  const parts = { field: "submission", name: "a", content: Buffer.from("x") };
  assert.equal((await reporter.post("/hand-in", [])).status, 422);
  assert.equal((await reporter.post("/hand-in", [parts, parts])).status, 400);
  assert.equal((await reporter.post("/hand-in", [["admin", "1"]])).status, 400);
  assert.equal((await reporter.post("/hand-in", [{ ...parts, field: "other" }])).status, 400);
  const json = await reporter.send("/hand-in", { method: "POST", body: "{}", headers: { "content-type": "application/json" } });
  assert.equal(json.status, 415);
  const nothing = await reporter.post("/hand-in", [{ field: "submission", name: "", content: Buffer.alloc(0) }]);
  assert.equal(nothing.status, 422);
  assert.match(text_of(nothing.html), /None was sent/);
});

test("the way there is found from the form and from other ways", async () => {
  for (const where of ["/report", "/sealing", "/other-ways"]) {
    assert.match((await new Reporter(service.portal).get(where)).html, /href="\/hand-in"/);
  }
  assert.equal((await new Reporter(service.portal).get("/hand-in")).status, 200);
});
