// Goal: the log leaves the service as one file, and anybody can look through it without the service: an untouched one
// holds, a changed byte is found, and a checkpoint kept elsewhere finds out a log begun anew.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";

import { run_program, start_service } from "./support/service.mjs";

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
