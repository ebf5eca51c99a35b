// Goal: an identity opens with two people's consent and not otherwise, in real browsers: asked for with the reporter told,
// agreed to, recorded, then read; a refusal; forged, misaddressed and replayed disclosures each refused by its own words.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";

import { launch } from "./support/browsers.mjs";
import { messages_of, text_of } from "./support/html.mjs";
import { ask, disclose, disclosure_for, read_request } from "./support/identity.mjs";
import { Member } from "./support/member.mjs";
import { Reporter } from "./support/reporter.mjs";
import { come_back } from "./support/sealing_reporter.mjs";
import { start_service } from "./support/service.mjs";
import { twin } from "./support/twin.mjs";

const { toBase64url: b64, fromBase64url: raw, random } = twin.bytes;
const identity = { name: "Åse Ødegård", contact: "åse@example.org" };
const notice = "We have asked for the name you gave, because the police must know it, in case 4711.";

let service, ingrid, jonas, kari;
/** Cookie of each person's known device: log-ins from devices that are new are slowed down. */
const devices = new Map();
/** Logged in without a browser; a log-in ends the person's session before it. */
async function member_of(person) {
  const device = devices.get(person.login);
  const member = await Member.log_in(service, person, device && [["tillit_device", device]]);
  devices.set(person.login, member.api.cookies.get("tillit_device"));
  return member;
}
before(async () => {
  service = await start_service();
  [ingrid, jonas] = service.with_role("investigator");
  [kari] = service.with_role("custodian");
  for (const person of [ingrid, jonas, kari]) await member_of(person);
});
after(() => service?.remove());

/** A new report with a name in it: {reporter, key, case_id} as Ingrid finds it. */
async function report(text) {
  const reporter = new Reporter(service.portal);
  const { key } = await reporter.report({ text, identity });
  return { reporter, key, case_id: await (await member_of(ingrid)).case_that_begins(text) };
}

/** A browser of its own at the console, logged in. */
class Desk {
  static async open(person) {
    const desk = new Desk();
    desk.browser = await launch("chromium", { scripts: true });
    desk.page = (await desk.browser.page()).raw;
    desk.page.setDefaultTimeout(30_000);
    const device = devices.get(person.login);
    await desk.page.context().addCookies([{ name: "tillit_device", value: device, url: service.console }]);
    await desk.page.goto(service.console + "/");
    await desk.page.fill('[name="login"]', person.login);
    await desk.page.fill('[name="secret"]', person.passphrase);
    await desk.press("Log in");
    await desk.page.waitForSelector("tillit-inbox .inbox__item");
    return desk;
  }
  press(name) {
    return this.page.getByRole("button", { name, exact: true }).click();
  }
  see(selector, text) {
    return this.page.locator(selector).filter({ hasText: text }).first().waitFor();
  }
  /** The case as it is now, also if it is the one on the page. */
  async open_case(case_id) {
    if (await this.page.locator("tillit-case").count()) await this.page.evaluate(() => history.back());
    await this.page.waitForSelector(".choose");
    const name = twin.caseKey.shortCaseId(raw(case_id));
    await this.page.locator(".inbox__item").filter({ hasText: name }).click();
    await this.page.waitForSelector("tillit-identity h2, tillit-custodian .lead");
  }
  close() {
    return this.browser.close();
  }
}

/** The reporter's case page where her browser opens it itself. */
async function as_read_with_scripts(key) {
  const browser = await launch("chromium", { scripts: true });
  try {
    const page = await browser.page();
    await come_back(page, service.portal, key);
    return await page.html();
  } finally {
    await browser.close();
  }
}

async function ask_in_browser(desk) {
  await desk.press("Ask for the identity");
  await desk.page.selectOption("#ask-ground", "legal_duty");
  await desk.page.fill("#ask-text", "The police ask for the name, case 4711. The letter is in the file.");
  await desk.page.fill("#ask-notice", notice);
  await desk.press("Ask");
  await desk.see("tillit-identity .letter", "has not answered yet");
}

test("ask, the reporter sees the notice, the custodian agrees, the investigator reads the name", { timeout: 240_000 }, async () => {
  const { reporter, key, case_id } = await report("First: the invoices were split in three.");
  const desks = [];
  const at = async (person) => desks[desks.push(await Desk.open(person)) - 1];
  try {
    const asks = await at(ingrid);
    await asks.open_case(case_id);
    const before = await asks.page.content();
    assert.ok(!before.includes(identity.name) && !before.includes(identity.contact), "no name is on the page");
    await ask_in_browser(asks);
    await asks.see(".msg", "Prior notice: the identity is asked for");

    for (const html of [(await reporter.come_back(key)).html, await as_read_with_scripts(key)]) {
      assert.match(text_of(html), /We have asked the custodian to open the name you gave\./);
      assert.equal(messages_of(html).at(-1).body, notice);
    }

    const guards = await at(kari);
    await guards.see(".inbox__item", "identity is asked for");
    await guards.open_case(case_id);
    await guards.see(".letter", "The police ask for the name, case 4711.");
    await guards.see(".letter", "told beforehand");
    await guards.see(".letter", "A law obliges us");
    assert.ok(!(await guards.page.content()).includes("invoices were split"), "the custodian reads nothing of the report");
    await guards.press("Hand over my share");
    await guards.press("Yes, hand it over");
    await guards.see(".letter", "You handed over your share");
    await guards.see(".inbox__item", "You keep a share");

    await asks.open_case(case_id);
    await asks.see("tillit-identity .letter", "handed over the share");
    assert.ok(!(await asks.page.content()).includes(identity.name), "nothing is open before it is opened");
    let recorded_first = null;
    await asks.page.route("**/openings", async (route) => {
      recorded_first = !(await asks.page.content()).includes(identity.name);
      await route.continue();
    });
    await asks.press("Open the identity");
    await asks.see("#identity-name", identity.name);
    await asks.see("#identity-name", identity.contact);
    assert.equal(recorded_first, true, "the opening was written before the name was shown");
    await asks.see("tillit-identity .openings", "You opened the identity");

    // The custodian and a colleague see who opened it.
    await guards.open_case(case_id);
    await guards.see(".openings", /opened the identity/);
    const colleague = await at(jonas);
    await colleague.open_case(case_id);
    await colleague.see("tillit-identity .openings", /opened the identity/);
    assert.equal(await colleague.page.getByRole("button", { name: "Open the identity", exact: true }).count(), 0);
    assert.ok(!(await colleague.page.content()).includes(identity.name));
  } finally {
    await Promise.all(desks.map((desk) => desk.close()));
  }
});

test("if the opening cannot be written down, nothing is opened", { timeout: 120_000 }, async () => {
  const { case_id } = await report("Second: nothing is opened unrecorded.");
  const [asker, custodian] = [await member_of(ingrid), await member_of(kari)];
  await disclose(custodian, case_id, await ask(asker, case_id, { notice }));
  const desk = await Desk.open(ingrid);
  try {
    await desk.open_case(case_id);
    await desk.page.route("**/openings", (route) => route.abort());
    await desk.press("Open the identity");
    await desk.see("tillit-identity [role=alert]", "does not answer");
    assert.ok(!(await desk.page.content()).includes(identity.name));
    await desk.page.unroute("**/openings");
    await desk.press("Open the identity");
    await desk.see("#identity-name", identity.name);
  } finally {
    await desk.close();
  }
});

test("a refusal and its reason reach the one who asked; an exemption reaches no reporter", { timeout: 180_000 }, async () => {
  const { reporter, key, case_id } = await report("Third: the reporter is not told.");
  await ask(await member_of(ingrid), case_id, { exemption: "It would warn those who are looked into." });
  const page = (await reporter.come_back(key)).html;
  assert.equal(messages_of(page).length, 1, "an exempt request leaves nothing in the thread");
  const guards = await Desk.open(kari);
  try {
    await guards.see(".inbox__item", "identity is asked for");
    await guards.open_case(case_id);
    await guards.see(".letter", "It would warn those who are looked into.");
    await guards.see(".letter", "not told");
    await guards.press("Refuse");
    await guards.press("Send the refusal");
    await guards.see("[role=alert]", "Say why you refuse.");
    await guards.page.fill("[name=reason]", "No order of a court was shown.");
    await guards.press("Send the refusal");
    await guards.see(".letter", "You refused");
  } finally {
    await guards.close();
  }
  const desk = await Desk.open(ingrid);
  try {
    await desk.open_case(case_id);
    await desk.see("tillit-identity .letter", "No order of a court was shown.");
    assert.equal(await desk.page.getByRole("button", { name: "Open the identity", exact: true }).count(), 0);
    await desk.see("tillit-identity button", "Ask for the identity");
  } finally {
    await desk.close();
  }
});

test("a disclosure that is forged, addressed to somebody else or replayed is refused with its own words", { timeout: 240_000 }, async () => {
  const { case_id } = await report("Fourth: disclosures of all kinds.");
  const [asker, custodian, colleague] = await Promise.all([ingrid, kari, jonas].map(member_of));
  const older = await ask(asker, case_id, { notice });
  const replayed = await disclosure_for(custodian, case_id, older);
  await disclose(custodian, case_id, older);
  const newer = await ask(asker, case_id, { exemption: "It would warn them." });
  const { me, opened } = await read_request(asker, case_id, newer);
  const forged = { keyring: { ...custodian.keyring, signing: asker.keyring.signing }, __proto__: custodian };
  const by_herself = await disclosure_for(forged, case_id, newer);
  const for_jonas = await twin.disclosure.sealLetter(
    {
      t: "disclosure", org: asker.org, caseId: me.caseId, request: opened.hash, from: custodian.id, to: colleague.id,
      toRecipientHash: random(32), ground: opened.letter.ground, told: "exempt", share: random(32),
    },
    custodian.keyring.signing, me.directory.find((m) => b64(m.member) === b64(asker.id)).recipient,
  );
  const wrong_share = await disclosure_for(custodian, case_id, newer, { share: random(32) });
  const own_role = await twin.disclosure.sealLetter(
    {
      t: "disclosure", org: asker.org, caseId: me.caseId, request: opened.hash, from: asker.id, to: asker.id,
      toRecipientHash: twin.grant.recipientHash(twin.age.recipientOf(asker.keyring.identity)), ground: opened.letter.ground,
      told: "exempt", share: random(32),
    },
    asker.keyring.signing, twin.age.recipientOf(asker.keyring.identity),
  );

  const desk = await Desk.open(ingrid);
  try {
    let served = null;
    await desk.page.route("**/identity-requests", async (route) => {
      const reply = await route.fetch();
      const json = await reply.json();
      const row = json.requests.at(-1);
      if (served) Object.assign(row, { state: "disclosed", answered_day: row.day, disclosure: b64(served) });
      await route.fulfill({ response: reply, json });
    });
    const last = "tillit-identity .letter:last-child";
    for (const [sealed, words] of [
      [by_herself, "A letter's signature is not its author's."],
      [own_role, "A letter was written by somebody whose office may not write it."],
      [for_jonas, "A letter is addressed to somebody else."],
      [replayed, "An answer belongs to another request."],
      [random(5755), "A letter does not open with your key."],
    ]) {
      served = sealed;
      await desk.open_case(case_id);
      await desk.see(last, words);
      assert.equal(await desk.page.locator(`${last} button`).count(), 0, "nothing to open with it");
    }
    // A share that is none: well signed, recorded, and yet it opens nothing.
    served = wrong_share;
    await desk.open_case(case_id);
    await desk.page.locator(`${last} button`).waitFor();
    await desk.page.route("**/openings", (route) => route.fulfill({ status: 204 }));
    await desk.page.locator(`${last} button`).click();
    await desk.see("tillit-identity [role=alert]", "does not open with these shares");
    assert.ok(!(await desk.page.content()).includes(identity.name));
  } finally {
    await desk.close();
  }
});

test("a request that says the reporter was told, without a notice, is shown loudly", { timeout: 120_000 }, async () => {
  const { case_id } = await report("Fifth: told, they say.");
  // The server cannot see it: the letter is sealed.
  await ask(await member_of(ingrid), case_id, { exemption: "", change: { told: "yes", notice: random(32) } });
  const desk = await Desk.open(jonas);
  try {
    await desk.open_case(case_id);
    await desk.see("tillit-identity [role=alert]", "It says that the reporter was told");
  } finally {
    await desk.close();
  }
});
