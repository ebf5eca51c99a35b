// Goal: the log leaves the service as one file, and anybody can look through it without the service: an untouched one
// holds, a changed byte is found, and a checkpoint kept elsewhere finds out a log begun anew. The auditor's page shows what
// was done and hands out the same file; many missed days are closed for somebody who says that the clock is right.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";

import { ConsolePage } from "./support/console_page.mjs";
import { Reporter } from "./support/reporter.mjs";
import { run_program, shifted, start_service, until } from "./support/service.mjs";

const verify = (...args) => run_program(["audit", "verify", ...args]);

async function exported(service) {
  const file = path.join(service.directory, "log.json");
  const made = await run_program(["audit", "export", "--data", service.data, "--out", file]);
  assert.equal(made.code, 0, made.stderr);
  assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  return file;
}

test("the log of a running service", async (t) => {
  const service = await start_service();
  const other = await start_service();
  const file = await exported(service);
  const good = fs.readFileSync(file);
  const log = JSON.parse(good);
  const checkpoint = path.join(service.directory, "checkpoint.txt");
  fs.writeFileSync(checkpoint, log.days.at(-1).checkpoint);

  await t.test("begins when the first directory is published, and holds", async () => {
    assert.equal(log.days.length, 1);
    const seen = await verify(file, "--checkpoint", checkpoint);
    assert.equal(seen.code, 0, seen.stdout + seen.stderr);
    assert.match(seen.stdout, /The log holds/);
  });

  await t.test("a changed byte is found, and the file is named", async () => {
    for (const at of [10, Math.floor(good.length / 2), good.length - 20]) {
      const bad = Buffer.from(good);
      bad[at] ^= 1;
      fs.writeFileSync(path.join(service.directory, "bad.json"), bad);
      const seen = await verify(path.join(service.directory, "bad.json"));
      assert.equal(seen.code, 3, `byte ${at}: ${seen.stdout}`);
      assert.match(seen.stdout, /PROBLEM/);
    }
  });

  await t.test("a checkpoint of another log is none of this one", async () => {
    const theirs = path.join(other.directory, "theirs.txt");
    fs.writeFileSync(theirs, JSON.parse(fs.readFileSync(await exported(other), "utf8")).days[0].checkpoint);
    const seen = await verify(file, "--checkpoint", theirs);
    assert.equal(seen.code, 4, seen.stdout);
  });

  await t.test("a file that is not there is trouble, not a verdict", async () => {
    assert.equal((await verify(path.join(service.directory, "none.json"))).code, 1);
  });

  await t.test("its key lies beside the database, readable by its owner only, and another one closes nothing", async () => {
    const key = path.join(service.data, "orgs/default/log.key");
    assert.equal(fs.statSync(key).mode & 0o777, 0o600);
    assert.ok(!good.includes(JSON.parse(fs.readFileSync(key, "utf8")).seed));
    await service.stop();
    fs.rmSync(key);
    await service.serve();
    assert.equal(fs.statSync(key).mode & 0o777, 0o600);
    const again = JSON.parse(fs.readFileSync(await exported_again(service), "utf8"));
    assert.deepEqual(again.days, log.days);
  });

  await service.remove();
  await other.remove();
});

async function exported_again(service) {
  fs.rmSync(path.join(service.directory, "log.json"));
  return exported(service);
}

const checkpoint_of = async (service) => (await fetch(`${service.portal}/log/checkpoint`)).text();
const days_of = async (service) => Number((await checkpoint_of(service)).split("\n")[1]);

test("the auditor's page", { timeout: 180_000 }, async (t) => {
  const service = await start_service();
  t.after(() => service.remove());
  const added = await run_program(["user", "add", "--data", service.data, "--login", "leo", "--name", "Leo Holm", "--office", "Audit",
    "--role", "auditor", "--console", service.console]);
  assert.equal(added.code, 0, added.stderr);
  const desk = await ConsolePage.open(service);
  t.after(() => desk.close());
  const passphrase = await desk.enrol(/\/enrol#\S+/.exec(added.stdout)[0]);
  await new Reporter(service.portal).report({ text: "Nothing of this stands in the log." });
  const before = await checkpoint_of(service);
  service.shift_days(1);
  await service.restart();
  await until(async () => (await days_of(service)) === 2, "the day is closed");
  await desk.log_in({ login: "leo", passphrase });

  await t.test("shows the checkpoint that everybody is shown", async () => {
    assert.equal((await desk.page.locator(".log__checkpoint").textContent()).trim(), (await checkpoint_of(service)).trim());
    assert.equal(await desk.page.locator("tillit-inbox").count(), 0, "and no cases");
  });

  await t.test("shows what was done on a finished day, in words", async () => {
    assert.equal(await desk.page.locator(".log__days summary").count(), 2);
    await desk.page.locator(".log__days summary").first().click();
    await desk.page.waitForSelector(".log__events tbody tr");
    const rows = await desk.page.locator(".log__events tbody tr").evaluateAll((all) =>
      all.map((row) => [...row.cells].map((cell) => cell.innerText.trim())));
    const of = (what) => rows.filter(([, said]) => said === what);
    assert.deepEqual(of("A report was stored").map(([time, , who]) => [time, who]), [["", "A reporter"]], "without a time of day");
    assert.equal(of("A person enrolled").length, 5);
    assert.deepEqual([of("Signers were published").length, of("A directory was published").length], [1, 1]);
    assert.equal(rows.length, 8);
    assert.ok(of("A person enrolled").some(([time, , who]) => who === service.people[0].name && /^\d\d:\d\d$/.test(time)));
    await desk.page.locator(".log__days summary").nth(1).click();
    await desk.see(".log__days p", "Nothing was recorded on this day.");
  });

  await t.test("saves a log that `tillit audit verify` takes, and that continues an older checkpoint", async () => {
    const download = desk.page.waitForEvent("download");
    await desk.press("Save the log");
    const saved = path.join(service.directory, "saved.json");
    await (await download).saveAs(saved);
    const older = path.join(service.directory, "older.txt");
    fs.writeFileSync(older, before);
    const seen = await verify(saved, "--checkpoint", older);
    assert.equal(seen.code, 0, seen.stdout);
    assert.match(seen.stdout, /Days: +2\nEvents: +8,/);
    fs.writeFileSync(saved, fs.readFileSync(saved, "utf8").replace("A", "B"));
    assert.equal((await verify(saved)).code, 3);
  });
});

test("many missed days are closed for somebody who says that the clock is right", async (t) => {
  const service = await start_service();
  t.after(() => service.remove());
  const before = await checkpoint_of(service);
  assert.equal(await days_of(service), 1);
  const close = (...more) => run_program(["audit", "close", "--data", service.data, ...more], { env: shifted(45) });
  service.shift_days(45);
  await service.restart();
  await until(() => /more than 40 are over .* run `tillit audit close`/.test(service.log()), "the service says why it closes none");
  assert.equal(await days_of(service), 1);

  const asked = await close();
  assert.equal(asked.code, 3);
  assert.match(asked.stdout, /^45 days are to be closed, the last one \d{4}-\d+-\d+ .*\nNothing was done\./);
  assert.equal(await days_of(service), 1);

  const done = await close("--yes");
  assert.equal(done.code, 0, done.stdout + done.stderr);
  assert.match(done.stdout, /^Closed: 45$/m);
  assert.equal(await days_of(service), 46);
  const kept = path.join(service.directory, "kept.txt");
  fs.writeFileSync(kept, before);
  const seen = await verify(await exported(service), "--checkpoint", kept);
  assert.equal(seen.code, 0, seen.stdout);

  const again = await close("--yes");
  assert.equal(again.code, 0);
  assert.match(again.stdout, /^0 days .*\nClosed: 0$/m);
});
