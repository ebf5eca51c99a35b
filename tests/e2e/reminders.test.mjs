// Goal: what stands to go wrong is said in time: a directory that expires from 60 days before, and that fewer than two
// investigators are left, to whoever runs the service (`tillit check`) and to members' clients, which are told who has left.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";

import { Member } from "./support/member.mjs";
import { run_program, shifted, start_service, until } from "./support/service.mjs";

const days_good = 365; // of the demonstration's directory
let service;
before(async () => {
  service = await start_service();
});
after(() => service.remove());

const check = async (days = 0) => (await run_program(["check", "--data", service.data], { env: shifted(days) })).stdout;

test("an expiring directory is said from 60 days before", async () => {
  assert.doesNotMatch(await check(days_good - 61), /expire/);
  assert.match(await check(days_good - 60), /look at {2}the directory expires in 60 days/);
  assert.match(await check(days_good), /look at {2}the directory expires in 0 days/);
  assert.match(await check(days_good + 1), /PROBLEM {2}the directory has expired/);
});

test("a closed account is no investigator any more, and members' clients learn of it", async () => {
  const [ingrid, jonas] = service.with_role("investigator");
  const member = await Member.log_in(service, ingrid);
  assert.deepEqual((await member.api.ok("GET", "/directory")).closed, []);
  assert.match(await check(), /at least two investigators/);
  const closed = await run_program(["user", "close", "--data", service.data, "--login", jonas.login]);
  assert.equal(closed.code, 0, closed.stderr);
  assert.match(await check(), /PROBLEM {2}fewer than two investigators/);
  const { members } = await member.directory();
  const his = members.find(({ name }) => name === jonas.name).member;
  const told = async () => (await member.api.ok("GET", "/directory")).closed;
  await until(async () => (await told()).length > 0, "the service follows", 15);
  assert.deepEqual(await told(), [his]);
  await until(async () => (await fetch(service.portal + "/report")).status !== 200, "the portal takes no reports", 15);
});
