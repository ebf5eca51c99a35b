// Goal: signers work as people run them. Keys never touch the server, every new key is vouched for by words that its
// owner reads out, a lost signer is replaced by those who remain, and the portal takes reports all the while.
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";

import { Api } from "./support/member.mjs";
import { demo_signers, new_signer, sign } from "./support/signers.mjs";
import { packages, twin } from "./support/twin.mjs";
import { run_program, start_service, until } from "./support/service.mjs";

let service, work, director, representative, auditor;
const file = (name) => path.join(work, name);
const run = (...args) => run_program([args[0], args[1], "--data", service.data, ...args.slice(2)]);
const ok = async (made) => {
  const done = await made;
  assert.equal(done.code, 0, done.stderr);
  return done.stdout;
};
const newest = async () => (await (await fetch(`${service.portal}/api/v1/organisation`)).json());
const as_proposal = (name) => JSON.parse(fs.readFileSync(file(name), "utf8"));

before(async () => {
  work = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-signers-"));
  service = await start_service();
  [director, representative] = demo_signers(service.data, work);
  auditor = await new_signer(work, "Municipal auditor", "Audit");
});
after(async () => {
  await service?.remove();
  fs.rmSync(work, { recursive: true, force: true });
});

test("any age program opens a signer's key file, with the passphrase only", async () => {
  const { Decrypter } = await import(pathToFileURL(packages.resolve("age-encryption")));
  const open = (passphrase) => {
    const age = new Decrypter();
    age.addPassphrase(passphrase);
    return age.decrypt(fs.readFileSync(auditor.key), "text");
  };
  const key = JSON.parse(await open(auditor.passphrase));
  assert.equal(key.name, "Municipal auditor");
  await assert.rejects(open("another passphrase altogether"));
  assert.equal(fs.statSync(auditor.key).mode & 0o777, 0o600);
  assert.ok(!fs.readFileSync(auditor.card, "utf8").includes(key.seed), "the card is public");
});

test("nothing is signed where the words are not those that were read out", async () => {
  await ok(run("signers", "propose", "--out", file("third"), "--add", auditor.card));
  const before = fs.readFileSync(file("third"), "utf8");
  const wrong = await sign(director, file("third"), [director.words ?? "one two three four five six seven eight"]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /not the words of the keys proposed for Municipal auditor/);
  assert.equal((await sign(director, file("third"))).code, 1, "nor without any words");
  assert.equal(fs.readFileSync(file("third"), "utf8"), before);
});

test("a third signer comes in when both of the others have signed", async () => {
  await ok(sign(director, file("third"), [auditor.words.toUpperCase()]));
  const early = await run("signers", "publish", file("third"));
  assert.equal(early.code, 1);
  assert.match(early.stderr, /too few signers/);
  const shown = await ok(sign(representative, file("third"), [auditor.words]));
  assert.match(shown, /ADDED {5}Municipal auditor, Audit/);
  await ok(run("signers", "publish", file("third")));
  await until(async () => (await newest()).signers_notes.length === 2, "the service follows", 15);
});

test("a signer is lost: those who remain replace him and sign a directory, published together", async () => {
  await ok(run("signers", "propose", "--out", file("without"), "--remove", representative.name));
  await ok(sign(director, file("without")));
  await ok(sign(auditor, file("without")));
  const alone = await run("signers", "publish", file("without"));
  assert.equal(alone.code, 1);
  assert.match(alone.stderr, /--directory/);
  await ok(run("directory", "propose", "--out", file("next"), "--signers", file("without")));
  await ok(sign(director, file("next")));
  const lost = await sign(representative, file("next"));
  assert.equal(lost.code, 1);
  assert.match(lost.stderr, /not one of those who sign this/);
  await ok(sign(auditor, file("next")));
  await ok(run("signers", "publish", file("without"), "--directory", file("next")));
  await until(async () => (await newest()).signers_notes.length === 3, "the service follows", 15);
  const { org, signers_notes, directory } = await newest();
  const today = Math.floor(Date.now() / 86_400_000);
  const verified = twin.organisation.verifiedDirectory(signers_notes, directory, twin.bytes.fromBase64url(org), today);
  assert.equal(verified.version, 2);
  assert.equal((await fetch(`${service.portal}/report`)).status, 200);
});

test("a new reader is listed once her words were typed by enough signers", async () => {
  const added = await ok(run("user", "add", "--login", "mona", "--name", "Mona Lie", "--office", "Audit"));
  const token = /#(\S+)/.exec(added)[1];
  const api = new Api(service.console);
  const look = await api.ok("POST", "/enrolment/look", { token });
  const raw = twin.bytes.fromBase64url;
  const keys = { identity: twin.bytes.random(32), signing: twin.bytes.random(32) };
  const recipient = twin.age.recipientOf(keys.identity);
  const verify_key = twin.ed25519.verifyKeyOf(keys.signing);
  const b64 = twin.bytes.toBase64url;
  const some = b64(twin.bytes.random(32));
  const ring = b64(twin.bytes.random(104));
  await api.ok("POST", "/enrolment", { token, recipient: b64(recipient), verify_key: b64(verify_key), auth: some, keyring: ring,
    recovery_auth: some, recovery_keyring: ring });
  const print = twin.directory.memberFingerprint(raw(look.org), raw(look.person), recipient, verify_key);
  const words = twin.caseKey.fingerprintWords(print);

  await ok(run("directory", "propose", "--out", file("mona"), "--days", "200"));
  assert.equal(as_proposal("mona").signers_notes.length, 3);
  const swapped = await sign(director, file("mona"), [auditor.words]);
  assert.match(swapped.stderr, /not the words of the keys proposed for Mona Lie/);
  assert.match(await ok(sign(director, file("mona"), [words])), /ADDED {5}Mona Lie, Audit, investigator/);
  await ok(sign(auditor, file("mona"), [words]));
  await ok(run("directory", "publish", file("mona")));
  const again = await run("directory", "publish", file("mona"));
  assert.match(again.stderr, /does not follow/);
  await until(async () => (await (await fetch(`${service.portal}/report`)).text()).includes("Mona Lie"), "the form offers her", 15);
});
