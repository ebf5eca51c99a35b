// Goal: everything that can be done can be done with Tab, Enter, Space and arrows alone, and one always sees where one
// is. Scripts are off for the reporter.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { text_of, words_of } from "../e2e/support/html.mjs";
import { Member } from "../e2e/support/member.mjs";
import { Reporter } from "../e2e/support/reporter.mjs";
import { start_service } from "../e2e/support/service.mjs";
import { open_browser } from "./looks.mjs";

let service, browser;
before(async () => {
  service = await start_service();
  browser = await open_browser();
});
after(async () => {
  await browser?.close();
  await service?.remove();
});

/** Hands that know no mouse. */
class Hands {
  static async at(address, options = {}) {
    const hands = new Hands();
    hands.unseen = new Set();
    hands.context = await browser.newContext({ viewport: { width: 1000, height: 700 }, ...options });
    hands.page = await hands.context.newPage();
    await hands.page.goto(address);
    return hands;
  }
  press(key) {
    return this.page.keyboard.press(key);
  }
  type(text) {
    return this.page.keyboard.type(text);
  }

  /** Tab until the focus is on what the selector names; every stop on the way has to show itself. */
  async tab_to(selector, key = "Tab") {
    for (let stops = 0; stops < 90; stops += 1) {
      const { is_there, is_seen, html } = await this.page.evaluate(where_am_i, selector);
      if (!is_seen) this.unseen.add(html);
      if (is_there) return;
      await this.press(key);
    }
    assert.fail(`Tab never comes to ${selector}`);
  }
  /** Enter on what the selector names; waits for the page that comes. */
  async enter(selector, key = "Enter") {
    await this.tab_to(selector);
    await Promise.all([this.page.waitForEvent("load"), this.press(key)]);
  }
  html() {
    return this.page.content();
  }
  async end() {
    await this.context.close();
    assert.deepEqual([...this.unseen], [], "stops that do not show the focus");
  }
}

/** In the page: is the focus on the wanted thing, and can one see it? */
function where_am_i(selector) {
  const here = document.activeElement;
  if (!here || here === document.body) return { is_there: false, is_seen: true, html: "" };
  const box = here.getBoundingClientRect();
  // A box that is ticked shows its ring round itself and its label.
  const has_ring = [here, here.closest(".ds-field")].some((element) => {
    const style = element && getComputedStyle(element);
    return style && ((style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none");
  });
  const is_in_sight = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth && box.width > 0;
  // Places that scripts move the focus to (headings, tabindex -1) need no ring: nobody tabbed there.
  const is_stop = here.tabIndex >= 0;
  return { is_there: here.matches(selector), is_seen: !is_stop || (has_ring && is_in_sight), html: here.outerHTML.slice(0, 150) };
}

test("portal: report, check, send, key, come back, reply, leave", { timeout: 120_000 }, async () => {
  const hands = await Hands.at(service.portal + "/", { javaScriptEnabled: false });
  await hands.enter('a[href="/report"]');
  await hands.tab_to("#text");
  await hands.type("Two ladders are gone.");
  await hands.tab_to('[name="not"]');
  await hands.press("Space");
  await hands.enter('form[action="/report/check"] .row button');
  assert.match(text_of(await hands.html()), /Two ladders are gone/);
  await hands.tab_to('input[type="file"]');
  await hands.enter('form[action="/report"] button');
  const key = words_of(await hands.html());
  assert.ok(key, "the key page comes");
  await hands.enter('form[action="/key/done"] button', "Space");

  await hands.enter('a[href="/return"]');
  await hands.tab_to("#key");
  await hands.type(key);
  await hands.enter('form[action="/return"] button');
  await hands.tab_to("#text");
  await hands.type("And a third one.");
  await hands.enter('form[action="/case/reply"] button');
  assert.match(text_of(await hands.html()), /And a third one/);
  await hands.enter('form[action="/leave"] button');
  assert.match(hands.page.url(), /\/leave|\/left|\/$/);
  await hands.page.goto(service.portal + "/case");
  assert.doesNotMatch(await hands.html(), /ladders/, "logged out");
  await hands.end();
});

test("portal: the name, a problem with the form, the quick exit", { timeout: 120_000 }, async () => {
  const hands = await Hands.at(service.portal + "/report", { javaScriptEnabled: false });
  await hands.tab_to("#text");
  await hands.type(" ");
  await hands.enter('form[action="/report/check"] .row button');
  await hands.tab_to('.ds-error-summary a[href="#text"]');
  await hands.press("Enter");
  await hands.tab_to("#text");
  await hands.type("A ladder is gone.");
  await hands.enter('button[formaction="/report/edit?name=1"]');
  await hands.tab_to("#name");
  await hands.type("Ola");
  await hands.enter('form[action="/report/check"] .row button');
  assert.match(text_of(await hands.html()), /Ola/);
  await hands.enter(".bar__exit button");
  assert.doesNotMatch(await hands.html(), /ladder/);
  await hands.end();
});

test("console: log in, open a case, answer, change its state, look at the account, log out", { timeout: 120_000 }, async () => {
  await new Reporter(service.portal).report({ text: "Two ladders are gone." });
  const [person] = service.with_role("investigator");
  const hands = await Hands.at(service.console + "/");
  await hands.page.waitForSelector("[name=secret]");
  await hands.tab_to("[name=login]");
  await hands.type(person.login);
  await hands.tab_to("[name=secret]");
  await hands.type(person.passphrase);
  await hands.press("Enter");
  await hands.page.waitForSelector(".inbox__item");
  await hands.tab_to(".inbox__item");
  await hands.press("Enter");
  await hands.page.waitForSelector(".did");
  await hands.tab_to("#reply-body");
  await hands.type("Where did they stand?");
  await hands.tab_to('[name="feedback"]');
  await hands.press("Space");
  await hands.tab_to("tillit-reply .row button");
  await hands.press("Space");
  await hands.page.waitForSelector(".msg--mine");
  await hands.page.waitForSelector("#state");
  await hands.tab_to("#state");
  await hands.type("W"); // the first letter of "Waiting for reporter"
  await hands.tab_to("#state ~ button, tillit-aside .panel .ds-field + button");
  await hands.press("Enter");
  await hands.page.locator(".did").filter({ hasText: "Waiting for reporter" }).waitFor();
  const in_the_bar = async (name) => {
    const button = hands.page.getByRole("button", { name, exact: true });
    await button.evaluate((element) => element.setAttribute("data-wanted", ""));
    await hands.tab_to("[data-wanted]");
    await button.evaluate((element) => element.removeAttribute("data-wanted"));
    await hands.press("Enter");
  };
  await in_the_bar("Account");
  await hands.page.waitForSelector("tillit-account h1");
  await in_the_bar("Lock");
  await hands.page.waitForSelector("[name=secret]");
  await hands.tab_to("[name=secret]");
  await hands.type(person.passphrase);
  await hands.press("Enter");
  await hands.page.waitForSelector(".bar__side");
  await in_the_bar("Log out");
  await hands.page.getByText("You have logged out").waitFor();
  await hands.end();
});

async function log_in(person) {
  const hands = await Hands.at(service.console + "/");
  await hands.page.waitForSelector("[name=secret]");
  await hands.tab_to("[name=login]");
  await hands.type(person.login);
  await hands.tab_to("[name=secret]");
  await hands.type(person.passphrase);
  await hands.press("Enter");
  await hands.page.waitForSelector(".inbox__item");
  return hands;
}

test("console: ask for an identity, hand over the share, open it", { timeout: 120_000 }, async () => {
  await new Reporter(service.portal).report({ text: "A name is in this.", identity: { name: "Ola Vik" } });
  const open_case = async (hands, words) => {
    const wanted = hands.page.locator(".inbox__item").filter({ hasText: words });
    await wanted.waitFor();
    await wanted.evaluate((element) => element.setAttribute("data-wanted", ""));
    await hands.tab_to("[data-wanted]");
    await hands.press("Enter");
  };
  // Only a case that its reader has acknowledged has its title in the list, and cases of one day stand in no order.
  const words = "A name is in this.";
  const [, jonas] = service.with_role("investigator");
  const member = await Member.log_in(service, jonas);
  await member.write(await member.case_that_begins(words), { kind: "ack" });
  const asks = await log_in(jonas);
  await open_case(asks, words);
  await asks.page.locator("tillit-identity .row button").waitFor();
  await asks.tab_to("tillit-identity .row button");
  await asks.press("Enter");
  await asks.page.waitForSelector("#ask-ground");
  await asks.tab_to("#ask-ground");
  await asks.type("P"); // the first letter of "Proceedings in court"
  await asks.tab_to("#ask-text");
  await asks.type("A court has ordered it.");
  await asks.tab_to('[name="told"]');
  await asks.press("ArrowDown");
  await asks.tab_to("#ask-exemption");
  await asks.type("The court has ordered silence.");
  await asks.tab_to("tillit-asking .row button");
  await asks.press("Enter");
  await asks.page.locator("tillit-identity .letter").filter({ hasText: "Proceedings in court" }).waitFor();

  const guards = await log_in(service.with_role("custodian")[0]);
  await open_case(guards, "identity is asked for");
  await guards.page.waitForSelector("[data-answers] button");
  await guards.tab_to("[data-answers] button");
  await guards.press("Enter");
  await guards.page.getByRole("button", { name: "Yes, hand it over" }).waitFor();
  await guards.tab_to(".letter .row button");
  await guards.press("Enter");
  await guards.page.locator(".letter").filter({ hasText: "You handed over your share" }).waitFor();
  await guards.end();

  await asks.tab_to(".inbox__item[aria-current]"); // chosen again, it is as it is now
  await asks.press("Enter");
  await asks.page.getByRole("button", { name: "Open the identity", exact: true }).waitFor();
  await asks.tab_to("tillit-identity .letter .row button");
  await asks.press("Enter");
  await asks.page.locator("#identity-name").filter({ hasText: "Ola Vik" }).waitFor();
  await asks.tab_to("#identity-name button");
  await asks.press("Enter");
  await asks.page.locator("#identity-name").waitFor({ state: "detached" });
  await asks.end();
});

test("the check can find: a stop without a ring is noticed", async () => {
  const hands = await Hands.at("about:blank");
  await hands.page.setContent('<a href="#a" style="outline:none">one</a><a href="#b" id="b">two</a>');
  await hands.tab_to("#b");
  await hands.context.close();
  assert.equal(hands.unseen.size, 1);
});
