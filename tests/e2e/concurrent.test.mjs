// Goal: two investigators and the reporter (on two devices) write to one case at the same moment, 100 times: nothing is
// lost, nobody is alarmed, and all see one order.
import assert from "node:assert/strict";
import test from "node:test";

import { messages_of } from "./support/html.mjs";
import { Member } from "./support/member.mjs";
import { Reporter } from "./support/reporter.mjs";
import { start_service } from "./support/service.mjs";

const rounds = Number(process.env.TILLIT_ROUNDS ?? 100);

test(`${rounds} times four writers at once`, { timeout: 900_000 }, async (t) => {
  const service = await start_service();
  try {
    const phone = new Reporter(service.portal);
    const { key } = await phone.report({ text: "the first of all" });
    await phone.come_back(key);
    const laptop = new Reporter(service.portal);
    await laptop.come_back(key);
    const [one, two] = await Promise.all(service.with_role("investigator").slice(0, 2).map((p) => Member.log_in(service, p)));
    const [{ case_id }] = await one.cases();
    let second_tries = 0;
    for (let round = 0; round < rounds; round += 1) {
      const told = await Promise.all([
        one.write(case_id, { body: `one ${round}` }),
        two.write(case_id, { body: `two ${round}` }),
        phone.reply(`phone ${round}`),
        laptop.reply(`laptop ${round}`),
      ]);
      second_tries += told[0].tries + told[1].tries - 2;
      assert.deepEqual(told.slice(2).map((page) => page.status), [200, 200], `the reporter was served in round ${round}`);
    }
    const expected = ["the first of all"];
    for (let round = 0; round < rounds; round += 1) {
      expected.push(`one ${round}`, `two ${round}`, `phone ${round}`, `laptop ${round}`);
    }
    const seen = [];
    for (const member of [one, two]) {
      const thread = await member.open(case_id);
      assert.deepEqual(thread.faults, [], "no alarm in the console");
      seen.push(thread.entries.filter((e) => ["report", "message"].includes(e.statement.kind)).map((e) => e.statement.body));
    }
    for (const device of [phone, laptop]) {
      const page = await device.get("/case");
      assert.doesNotMatch(page.html, /data-color="danger"/, "no alarm on the reporter's page");
      seen.push(messages_of(page.html).map((message) => message.body));
    }
    assert.deepEqual([...seen[0]].sort(), expected.sort(), "nothing lost, nothing twice");
    for (const other of seen.slice(1)) assert.deepEqual(other, seen[0], "one order on all sides");
    t.diagnostic(`${rounds} rounds of four writers, ${seen[0].length} messages, ${second_tries} signed a second time`);
  } finally {
    await service.remove();
  }
});
