// Goal: who holds keys changes in front of everybody, in real browsers: a colleague steps back and loses what comes later,
// another is given a key, the reporter notices one line; a case key is changed and a door closed, with scripts and without.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";

import { launch } from "./support/browsers.mjs";
import { Devices } from "./support/devices.mjs";
import { open_thread, renew, write } from "./support/epochs.mjs";
import { form_for, messages_of, text_of, words_of } from "./support/html.mjs";
import { Reporter } from "./support/reporter.mjs";
import * as person from "./support/sealing_reporter.mjs";
import { start_service, until } from "./support/service.mjs";

let service, ingrid, jonas, liv;
const devices = new Devices(() => service);
const member_of = (who) => devices.member_of(who);
before(async () => {
  service = await start_service();
  [ingrid, jonas] = service.with_role("investigator");
  [liv] = service.with_role("alternate");
  for (const who of [ingrid, jonas, liv]) await member_of(who);
});
after(() => service?.remove());

async function report(text) {
  const reporter = new Reporter(service.portal);
  const { key } = await reporter.report({ text });
  return { reporter, key, case_id: await (await member_of(ingrid)).case_that_begins(text) };
}

const console_at = (who, case_id) => devices.console_at(who, case_id);

const bodies = (thread) => thread.read.entries.map(({ statement }) => statement.body).filter(Boolean);

test("a colleague steps back in the console; the reporter answers without scripts; nobody but who stays reads it", { timeout: 180_000 }, async () => {
  const { reporter, key, case_id } = await report("First: a tender was written for one bidder.");
  const desk = await console_at(jonas, case_id);
  try {
    await desk.open();
    await desk.press("Step back from this case");
    await desk.press("Step back");
    await desk.page.locator("[role=alert]").filter({ hasText: "Write why." }).waitFor();
    await desk.page.fill("#keys-reason", "I know the bidder.");
    await desk.press("Step back");
    await desk.page.waitForSelector("tillit-keys", { state: "detached" });
  } finally {
    await desk.close();
  }
  const left = await member_of(jonas);
  assert.equal((await left.api.call("GET", `/cases/${case_id}`)).status, 404);
  assert.ok(!(await left.cases()).some((one) => one.case_id === case_id));

  await reporter.come_back(key);
  await reporter.reply("Written after Jonas left.");
  const page = await reporter.get("/case");
  assert.match(text_of(page.html), new RegExp(`${jonas.name} stepped back from this case on`));
  assert.match(text_of(page.html), /The keys were renewed on/);
  const readers = text_of(page.html.slice(page.html.indexOf("Who can read this case")));
  assert.ok(!readers.includes(`${jonas.name}, `) || !readers.includes(`${jonas.name}, Investigator, since`));

  const thread = await open_thread(await member_of(ingrid), case_id);
  assert.equal(thread.read.epoch, 1);
  assert.ok(bodies(thread).includes("Written after Jonas left."));
});

test("opening a case renews its keys where somebody has left, and a further colleague is given one", { timeout: 180_000 }, async () => {
  const { key, case_id } = await report("Second: the same hours were paid twice.");
  const { leave } = await import("./support/epochs.mjs");
  assert.equal((await leave(await member_of(jonas), case_id)).status, 201);
  const desk = await console_at(ingrid, case_id);
  try {
    await desk.open();
    await desk.page.locator(".did").filter({ hasText: "The keys were renewed by You" }).or(desk.page.locator(".did").filter({ hasText: "keys were renewed" })).first().waitFor();
    await desk.page.locator("tillit-keys").filter({ hasText: "only one who can open this case" }).waitFor();
    await desk.page.locator(".inbox__item[aria-current] .inbox__alone").waitFor();
    await desk.press("Give a colleague a key");
    await desk.page.selectOption("#keys-who", { label: await desk.page.locator("#keys-who option").filter({ hasText: liv.name }).textContent() });
    await desk.page.fill("#keys-reason", "A second pair of eyes.");
    await desk.press("Give the key");
    await desk.page.locator(".holders").filter({ hasText: liv.name }).waitFor();
    await desk.page.locator(".inbox__item[aria-current] .inbox__alone").waitFor({ state: "detached" });
    assert.equal(await desk.page.locator("tillit-case [role=alert]").count(), 0, "no fault is shown");
  } finally {
    await desk.close();
  }
  const joined = await member_of(liv);
  assert.equal((await write(joined, case_id, "I have read it from the beginning.")).status, 201);
  assert.equal((await renew(joined, case_id)).status, 201);
  // The reporter, with scripts on, reads and writes in the newest epoch.
  const browser = await launch("firefox", { scripts: true });
  try {
    const page = await browser.page();
    await person.come_back(page, service.portal, key);
    await person.reply(page, "Thank you, Liv.");
    const html = await page.html();
    assert.match(text_of(html), new RegExp(`${ingrid.name} gave ${liv.name} a key on`));
    assert.deepEqual(messages_of(html).map((m) => m.body).slice(-2), ["I have read it from the beginning.", "Thank you, Liv."]);
  } finally {
    await browser.close();
  }
  const thread = await open_thread(await member_of(ingrid), case_id);
  assert.deepEqual([thread.read.epoch, bodies(thread).at(-1)], [2, "Thank you, Liv."]);
});

/** From the case page: a new key is shown, and used. Returns its words. */
async function change_key_in_browser(page) {
  await page.press_only('a[href="/case/words"]');
  await until(() => page.has('form[action="/case/words/new"]'), "the page about the key");
  await page.press_only('form[action="/case/words/new"] button');
  await until(() => page.has('form[action="/case/words/use"]'), "the new key");
  const words = words_of(await page.html());
  assert.ok(words, "twelve words are shown");
  await page.press_only('form[action="/case/words/use"] button');
  await until(() => page.has('form[action="/leave"]'), "back at the case");
  return words;
}

for (const scripts of [false, true]) {
  test(`a changed key goes on with the case, the old one opens nothing; a closed door neither (scripts ${scripts ? "on" : "off"})`, { timeout: 180_000 }, async () => {
    const { key, case_id } = await report(`Third: a van that nobody drives, ${scripts}.`);
    const browser = await launch("chromium", { scripts });
    try {
      const page = await browser.page();
      const enter = async (words) => {
        if (scripts) return person.come_back(page, service.portal, words);
        await page.go(service.portal + "/return");
        await page.fill("#key", words);
        return page.press_button("#return-form .row button");
      };
      await enter(key);
      const words = await change_key_in_browser(page);
      assert.match(text_of(await page.html()), /You changed your case key on/);
      assert.notEqual(words, key);
      const old = new Reporter(service.portal);
      assert.equal((await old.come_back(key)).status, 422, "the old words open nothing");
      const fresh = new Reporter(service.portal);
      assert.equal((await fresh.come_back(words)).status, 200);
      await fresh.reply("Under the new key.");

      // The other way of opening reads it too.
      await enter(words);
      assert.deepEqual(messages_of(await page.html()).map((m) => m.body).at(-1), "Under the new key.");
      const thread = await open_thread(await member_of(ingrid), case_id);
      assert.ok(bodies(thread).includes("Under the new key."));

      await page.press_only('a[href="/case/words"]');
      await until(() => page.has("#sure"), "the page about the key");
      await page.press_only('form[action="/case/words/close"] button');
      await until(async () => text_of(await page.html()).includes("Tick the box first."), "a box that was not ticked");
      await page.tick("#sure", true);
      await page.press_only('form[action="/case/words/close"] button');
      await until(async () => text_of(await page.html()).includes("Your door is closed"), "the door is closed");
      assert.equal((await new Reporter(service.portal).come_back(words)).status, 422);
    } finally {
      await browser.close();
    }
    const { read } = await open_thread(await member_of(ingrid), case_id);
    assert.equal(read.isDoorClosed, true);
    assert.equal((await write(await member_of(ingrid), case_id, "Noted.")).status, 201);
  });
}

test("a new key that was shown and not used changes nothing", async () => {
  const { key } = await report("Fourth: keys.");
  const reporter = new Reporter(service.portal);
  await reporter.come_back(key);
  const about = await reporter.get("/case/words");
  const shown = await reporter.post("/case/words/new", form_for(about.html, "/case/words/new").fields);
  const words = words_of(shown.html);
  assert.equal((await new Reporter(service.portal).come_back(words)).status, 422);
  assert.equal((await new Reporter(service.portal).come_back(key)).status, 200);
  assert.equal((await reporter.post("/case/words/close", [["form_token", "wrong"], ["sure", "1"]])).status, 422);
  assert.equal((await new Reporter(service.portal).come_back(key)).status, 200);
});
