// Goal: the proof of lodgement that a running service makes holds, offline and against checkpoints seen elsewhere; and
// where many are asked for at once, all other pages answer, who must wait is told so, and nothing is lost by it.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test, { after, before } from "node:test";

import { form_for, text_of } from "./support/html.mjs";
import { exchange, Reporter } from "./support/reporter.mjs";
import { run_program, start_service, until } from "./support/service.mjs";
import { twin } from "./support/twin.mjs";

const messages = 60; // enough that making a proof takes a while
let service, other, reporter, key, token, first_checkpoint;

const checkpoint_of = async (one) => (await fetch(`${one.portal}/log/checkpoint`)).text();
const kept = (name, content) => {
  const file = path.join(service.directory, name);
  fs.writeFileSync(file, content);
  return file;
};
async function save_proof() {
  const page = await reporter.get("/case");
  assert.equal(page.status, 200);
  return reporter.post("/case/proof", form_for(page.html, "/case/proof").fields);
}
const ask_as_script = () => exchange(`${service.portal}/api/v1/case/proof`, { headers: { "x-tillit-token": token } });

before(async () => {
  service = await start_service();
  other = await start_service();
  first_checkpoint = await checkpoint_of(service);
  reporter = new Reporter(service.portal);
  ({ key } = await reporter.report({ text: "The bridge was never inspected." }));
  await reporter.come_back(key);
  for (let i = 1; i < messages; i += 1) await reporter.reply(`Inspection ${i} is missing, too.`);
  const { org } = await (await fetch(`${service.portal}/api/v1/organisation`)).json();
  token = twin.bytes.toBase64url(twin.caseKey.lookupToken(twin.caseKey.parseCode(key), twin.bytes.fromBase64url(org)));
});
after(async () => {
  await service?.remove();
  await other?.remove();
});

test("not before the day of the report is over, with scripts and without", async () => {
  assert.match(text_of((await save_proof()).html), /from tomorrow on/);
  assert.equal((await ask_as_script()).status, 409);
});

test("from the day after it holds, and is compared with checkpoints seen elsewhere", async () => {
  service.shift_days(1);
  await service.restart();
  await until(async () => (await checkpoint_of(service)) !== first_checkpoint, "the day is closed");
  await reporter.come_back(key);
  const reply = await save_proof();
  assert.match(reply.headers["content-disposition"], /attachment/);
  const proof = kept("proof.json", reply.body);
  const verify = (...seen) => run_program(["receipt", "verify", proof, ...seen.flatMap((file) => ["--checkpoint", file])]);
  const plain = await verify();
  assert.equal(plain.code, 0, plain.stdout);
  assert.match(plain.stdout, new RegExp(`and ${messages - 1} further messages`));

  const shown = kept("shown.txt", await checkpoint_of(service));
  const same = await verify(shown);
  assert.equal(same.code, 0, same.stdout);
  assert.match(same.stdout, /the same days, unchanged/);
  const earlier = await verify(shown, kept("earlier.txt", first_checkpoint));
  assert.equal(earlier.code, 5, earlier.stdout);
  assert.ok(earlier.stdout.endsWith(fs.readFileSync(shown, "utf8")), "with the one line that may be handed on");
  const theirs = await verify(kept("theirs.txt", await checkpoint_of(other)), kept("earlier.txt", first_checkpoint));
  assert.equal(theirs.code, 4, theirs.stdout);
});

test("many at once: who must wait is told so, all others are served, and nothing is lost", { timeout: 120_000 }, async (t) => {
  let is_over = false;
  const counts = { 200: 0, 503: 0 };
  const hammer = async () => {
    while (!is_over) {
      const { status, html } = await ask_as_script();
      counts[status] += 1;
      if (status === 503) assert.deepEqual(JSON.parse(html), { error: "busy" });
    }
  };
  const hammers = Array.from({ length: 12 }, hammer);
  try {
    const busy = await until(async () => {
      const reply = await save_proof();
      if (reply.status === 503) return reply;
      assert.equal(reply.status, 200);
      return undefined;
    }, "one who asks without scripts must wait", 60);
    assert.match(text_of(busy.html), /Too many at once Wait a minute, then go back and try again\./);

    for (let i = 0; i < 20; i += 1) {
      const began = Date.now();
      for (const page of ["/", "/report", "/log"]) assert.equal((await fetch(service.portal + page)).status, 200);
      assert.ok(Date.now() - began < 3000, "pages come while proofs are made");
    }
    const { key: another } = await new Reporter(service.portal).report({ text: "Reported meanwhile." });
    assert.ok(another);
    assert.match((await reporter.reply("Written meanwhile.")).html, /Written meanwhile\./, "and the session that had to wait goes on");
  } finally {
    is_over = true;
    await Promise.all(hammers);
  }
  t.diagnostic(`proofs made ${counts[200]}, told to wait ${counts[503]}`);
  assert.ok(counts[200] > 0 && counts[503] > 0);
  assert.deepEqual(Object.keys(counts), ["200", "503"], "no other answer");
  const late = await save_proof();
  assert.equal(late.status, 200);
  const seen = await run_program(["receipt", "verify", kept("late.json", late.body)]);
  assert.equal(seen.code, 0, seen.stdout);
});
