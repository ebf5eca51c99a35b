// Goal: kill -9 at random moments, under eight busy clients, loses no report whose key was shown and shows no key of
// a report that is not there. 20 kills in the normal run, 200 with --long (which writes docs/long-runs/kill.md).
//
// The build under test says where each submission stands (server/app/stages.h) and pauses there for some
// milliseconds, so that kills also fall into the short moments around the commit.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import http from "node:http";
import test from "node:test";

import { Member } from "../e2e/support/member.mjs";
import { dice, is_long, seed, write_result } from "../support/long_run.mjs";
import { messages_of, words_of } from "../e2e/support/html.mjs";
import { Reporter } from "../e2e/support/reporter.mjs";
import { run_program, sleep, start_service, until } from "../e2e/support/service.mjs";

const kills = Number(process.env.TILLIT_KILLS ?? (is_long ? 200 : 20));
const clients = 8;
const pause_ms = 50;
const most_file_bytes = 2 * 1024 * 1024;

const sha256 = (bytes) => crypto.createHash("sha256").update(bytes).digest("hex");

const noise = crypto.randomBytes(most_file_bytes);

class Client {
  constructor(number, world) {
    this.world = world;
    this.name = `client${number}`;
    this.random = dice(this.name);
    this.count = 0;
  }

  async one_report() {
    const marker = `${this.name}/${(this.count += 1)} æøå`;
    const size = Math.floor(this.random() * most_file_bytes);
    const start = Math.floor(this.random() * (most_file_bytes - size));
    const content = noise.subarray(start, start + size);
    const reporter = new Reporter(this.world.service.portal, { agent: this.world.agent });
    const prepared = await reporter.prepare({ text: marker });
    const reply = await reporter.send_report(prepared, [{ name: "bevis.bin", content }]);
    const key = words_of(reply.html);
    // An answer without a key (too many connections, say) promises nothing; that it is rare is asserted below.
    if (key) this.world.shown.push({ marker, key, hash: sha256(content), size });
    else this.world.refused.push(`${reply.status} ${marker}`);
  }

  async run() {
    while (!this.world.is_over) {
      await this.world.open_door;
      try {
        await this.one_report();
      } catch {
        await sleep(5); // the connection was cut by a kill; the next round waits at the door
      }
    }
  }
}

/** The last stage of each thread that had a submission in hand. */
function stages_at_death(log) {
  const last = new Map();
  for (const [, stage, thread] of log.matchAll(/^([rsca]) (\d+)$/gm)) last.set(thread, stage);
  return new Set(last.values());
}

async function opens_by_key(service, { marker, key, hash, size }) {
  const reporter = new Reporter(service.portal);
  const page = await reporter.come_back(key);
  const [message] = messages_of(page.html);
  assert.equal(message?.body, marker, `the report of a shown key is there: ${marker}`);
  const file = size === 0 ? undefined : await reporter.get(message.files[0].href);
  if (file) assert.equal(sha256(file.body), hash, `its file is whole: ${marker}`);
  await reporter.leave();
}

test(`${kills} kills lose no report whose key was shown`, { timeout: 3_600_000 }, async (t) => {
  const service = await start_service({
    extra_stdio: ["pipe"],
    env: { TILLIT_TEST_STAGES: `3:${pause_ms}` },
  });
  const world = { service, shown: [], refused: [], is_over: false, agent: new http.Agent({ keepAlive: false }) };
  let open, stage_log;
  const close_door = () => (world.open_door = new Promise((done) => (open = done)));
  const listen = () => {
    stage_log = "";
    service.child.stdio[3].on("data", (d) => (stage_log += d));
  };
  const fell = { "during an upload": 0, "between seal and commit": 0, "between commit and answer": 0 };
  const random = dice("kills");
  let checked = 0;
  try {
    listen();
    close_door();
    const running = Array.from({ length: clients }, (_, i) => new Client(i, world).run());
    for (let kill = 0; kill < kills; kill += 1) {
      open();
      // Blind as to who stands where, but not before the clients are at work again.
      const commits = 1 + Math.floor(random() * 6);
      await until(() => (stage_log.match(/^c/gm) ?? []).length >= commits, "the clients are busy", 60);
      await sleep(random() * 150);
      close_door();
      await service.kill();
      const stages = stages_at_death(stage_log);
      if (stages.has("r")) fell["during an upload"] += 1;
      if (stages.has("s")) fell["between seal and commit"] += 1;
      if (stages.has("c")) fell["between commit and answer"] += 1;
      await service.serve();
      listen();
      for (; checked < world.shown.length; checked += 1) await opens_by_key(service, world.shown[checked]);
    }
    world.is_over = true;
    open();
    await Promise.all(running);
    for (; checked < world.shown.length; checked += 1) await opens_by_key(service, world.shown[checked]);

    // And for the people it was meant for: every case in the database opens, each shown report exactly once.
    const reader = await Member.log_in(service, service.with_role("investigator")[0]);
    const seen = new Map();
    const cases = await reader.cases();
    for (const { case_id } of cases) {
      const { entries, faults } = await reader.open(case_id);
      assert.deepEqual(faults, []);
      const [report] = entries;
      seen.set(report.statement.body, (seen.get(report.statement.body) ?? 0) + 1);
    }
    for (const { marker } of world.shown) assert.equal(seen.get(marker), 1, `an investigator has it once: ${marker}`);
    await service.stop();
    const sound = await run_program(["check", "--data", service.data]);
    assert.match(sound.stdout, /the database is whole/, sound.stdout + sound.stderr);

    const lines = [
      `${kills} kills, ${clients} clients, files of 0 to 2 MiB`,
      `${world.shown.length} keys shown, all open; ${cases.length - world.shown.length} reports stored whose key a kill kept back`,
      ...Object.entries(fell).map(([when, count]) => `${count} kills fell ${when}`),
    ];
    for (const line of [`seed ${seed}`, ...lines]) t.diagnostic(line);
    const least = Math.max(1, Math.floor(kills / 20));
    for (const [when, count] of Object.entries(fell)) assert.ok(count >= least, `at least ${least} kills ${when}: ${count}`);
    assert.ok(world.shown.length >= kills, `clients were busy: ${world.shown.length} keys`);
    assert.ok(world.refused.length <= world.shown.length / 20, `few were refused: ${world.refused.slice(0, 5)}`);
    if (is_long) write_result("kill", "kill -9", "tests/run.sh --long e2e", lines);
  } finally {
    world.is_over = true;
    open?.();
    await service.remove();
  }
});
