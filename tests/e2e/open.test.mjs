// Goal: `tillit open` reads what its owner may read, from database and keyring alone; and for each account alone, with the
// whole database, its key and all that account's secrets, the identity stays shut. An investigator and a custodian
// together open it, and the opening stands recorded for everybody who is to see it.
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";

import { launch } from "./support/browsers.mjs";
import { ask, disclose, read_request } from "./support/identity.mjs";
import { Member } from "./support/member.mjs";
import { Reporter } from "./support/reporter.mjs";
import { run_program, start_service } from "./support/service.mjs";
import { twin } from "./support/twin.mjs";

const { toBase64url: b64 } = twin.bytes;
const identity = { name: "Åse Ødegård", contact: "aase@example.org" };
const text = "The invoices were split.\u001b[2J\u009bA second line.";
const file = { name: "../proof of \u202etransfer.bin", content: Buffer.alloc(200_000, 7) };

let service, work, ingrid, jonas, kari, liv, case_id, keyring;
const devices = new Map();
const place = (name) => path.join(work, name);
const private_file = (name, content) => {
  fs.writeFileSync(place(name), content, { mode: 0o600 });
  return place(name);
};
async function member_of(person) {
  const device = devices.get(person.login);
  const member = await Member.log_in(service, person, device && [["tillit_device", device]]);
  devices.set(person.login, member.api.cookies.get("tillit_device"));
  return member;
}
/** `tillit open` with the secrets of these people. */
function open_as(people, args, secret = "passphrase") {
  const file = private_file(`secret-${Math.random()}`, people.map((person) => `${person[secret]}\n`).join(""));
  const who = people.flatMap((person) => ["--login", person.login]);
  return run_program(["open", "--data", service.data, ...who, "--passphrase-file", file,
    ...(secret === "recovery" ? ["--recovery"] : []), ...args]);
}
const is_shut = ({ code, stdout, stderr }) => {
  assert.notEqual(code, 0);
  assert.ok(!(stdout + stderr).includes(identity.name) && !(stdout + stderr).includes(identity.contact), "no name is shown");
  return stderr;
};
const openings = async () => (await read_request(await member_of(jonas), case_id, request)).row.openings_count;
let request;

before(async () => {
  work = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-open-"));
  service = await start_service();
  [ingrid, jonas] = service.with_role("investigator");
  [kari] = service.with_role("custodian");
  [liv] = service.with_role("alternate");
  await new Reporter(service.portal).report({ text, identity, files: [file] });
  await new Reporter(service.portal).report({ text: "Another case altogether." });
  case_id = await (await member_of(ingrid)).case_that_begins("The invoices");
});
after(async () => {
  await service?.remove();
  fs.rmSync(work, { recursive: true, force: true });
});

test("the console saves a keyring that opens with the passphrase only", { timeout: 120_000 }, async () => {
  const browser = await launch("chromium", { scripts: true });
  try {
    const page = (await browser.page()).raw;
    await page.context().addCookies([{ name: "tillit_device", value: devices.get(ingrid.login), url: service.console }]);
    await page.goto(service.console + "/");
    await page.fill('[name="login"]', ingrid.login);
    await page.fill('[name="secret"]', ingrid.passphrase);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await page.waitForSelector("tillit-inbox .inbox__item");
    await page.getByRole("button", { name: "Account", exact: true }).or(page.getByRole("link", { name: "Account", exact: true })).first().click();
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save my keyring", exact: true }).click();
    await (await saved).saveAs(place("ingrid.tillit-keyring"));
  } finally {
    await browser.close();
  }
  keyring = ["open", "--data", service.data, "--keyring", place("ingrid.tillit-keyring")];
  const wrong = await run_program([...keyring, "--passphrase-file", private_file("wrong", `${jonas.passphrase}\n`)]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /does not open the keyring of ingrid/);
  const right = await run_program([...keyring, "--passphrase-file", private_file("ingrid", `${ingrid.passphrase}\n`)]);
  assert.equal(right.code, 0, right.stderr);
  assert.match(right.stdout, /2 cases/);
});

test("a case is read and its files are saved, verified and under tame names", async () => {
  const id = twin.caseKey.shortCaseId(twin.bytes.fromBase64url(case_id));
  const out = place("out");
  const { code, stdout, stderr } = await run_program([...keyring, "--passphrase-file", place("ingrid"), "--case", id, "--out", out]);
  assert.equal(code, 0, stdout + stderr);
  assert.ok(stdout.includes("The invoices were split.") && stdout.includes("A second line."));
  assert.ok(!/[\u001b\u009b]/.test(stdout), "nothing that a terminal obeys");
  const [saved, ...more] = fs.readdirSync(out);
  assert.deepEqual(more, []);
  assert.match(saved, /^1-[A-Za-z0-9._-]+$/);
  assert.ok(fs.readFileSync(path.join(out, saved)).equals(file.content));
  assert.equal(fs.statSync(path.join(out, saved)).mode & 0o777, 0o600);
  assert.ok(!(stdout + stderr).includes(identity.name));
});

test("for each account alone the identity stays shut, by passphrase and by recovery code", { timeout: 120_000 }, async () => {
  for (const person of [ingrid, jonas, kari, liv]) {
    for (const secret of ["passphrase", "recovery"]) {
      const why = is_shut(await open_as([person], ["--case", case_id, "--identity"], secret));
      assert.match(why, person === liv ? /holds a key to no such case/ : /stays shut/, `${person.login}: ${why}`);
    }
  }
});

test("not even both together, before it was asked for and agreed to", async () => {
  assert.match(is_shut(await open_as([ingrid, kari], ["--case", case_id, "--identity"])), /no custodian has disclosed/);
  request = await ask(await member_of(ingrid), case_id, { notice: "We ask for your name." });
  assert.match(is_shut(await open_as([ingrid, kari], ["--case", case_id, "--identity"])), /no custodian has disclosed/);
});

test("once asked, announced and disclosed, the one who asked opens it, and each opening is recorded", async () => {
  await disclose(await member_of(kari), case_id, request);
  assert.equal(await openings(), 0);
  const alone = await open_as([ingrid], ["--case", case_id, "--identity"]);
  assert.equal(alone.code, 0, alone.stderr);
  assert.ok(alone.stdout.includes(identity.name) && alone.stdout.includes(identity.contact));
  assert.equal(await openings(), 1, "her colleague sees it");
  const together = await open_as([ingrid, kari], ["--case", case_id, "--identity"]);
  assert.ok(together.stdout.includes(identity.name), together.stderr);
  assert.equal(await openings(), 2);
  for (const person of [jonas, kari]) {
    is_shut(await open_as([person], ["--case", case_id, "--identity"]));
  }
  is_shut(await open_as([jonas, kari], ["--case", case_id, "--identity"]));
  is_shut(await open_as([ingrid, jonas], ["--case", case_id, "--identity"]));
});

test("another organisation's database is refused by the keyring", async () => {
  const other = await start_service();
  try {
    const { code, stderr } = await run_program(["open", "--data", other.data, ...keyring.slice(3), "--passphrase-file", place("ingrid")]);
    assert.equal(code, 1);
    assert.match(stderr, /not those that the keyring knows/);
  } finally {
    await other.remove();
  }
});
