// Goal: every screen and state of the console has its pictures against the real service, and axe finds nothing on any
// of them. What the service does not do on demand (a slow answer, a date long past, a fault) is done to its answers on
// their way to the browser.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { Member } from "../e2e/support/member.mjs";
import { Reporter } from "../e2e/support/reporter.mjs";
import { root, run_program, start_service } from "../e2e/support/service.mjs";
import { contact_sheet, inspect, open_browser, pictures_folder, views } from "./looks.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const pictures = pictures_folder("console");
const table = JSON.parse(fs.readFileSync(path.join(here, "console_pictures.json"), "utf8"));
const listed = [...new Set(Object.values(table).flatMap((states) => Object.values(states).flat()))];

const long_word = "Wolfeschlegelsteinhausenbergerdorffvoralternwarengewissenhaftschaferswessenschafe";
const long_name = `${long_word} van der Meulen-Østergaard-Þórðarson`;
const report_text = "The invoices for the new school were split in three.\n\nEach stays just below the limit. Æ, ø, å.";

let service, browser, ingrid, jonas, kari, liv;

before(async () => {
  fs.rmSync(pictures, { recursive: true, force: true });
  fs.mkdirSync(pictures, { recursive: true });
  service = await start_service();
  [ingrid, jonas] = service.with_role("investigator");
  [kari] = service.with_role("custodian");
  [liv] = service.with_role("alternate");
  browser = await open_browser();
});
after(async () => {
  await browser?.close();
  await service?.remove();
});

/** A page that takes pictures: look(name) is kept in every view; end() fails with all that was found. */
class Desk {
  static async open() {
    const desk = new Desk();
    desk.context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
    desk.context.setDefaultTimeout(20_000);
    await desk.new_page();
    desk.problems = [];
    return desk;
  }
  /** A window of the same browser: same cookies, nothing unlocked. */
  async new_page() {
    this.page = await this.context.newPage();
    this.page.on("pageerror", (error) => this.problems.push(`page: ${error}`));
    return this.page;
  }
  go(where = "/") {
    return this.page.goto(service.console + where);
  }
  async look(name) {
    assert.ok(listed.includes(name), `${name} stands in no row of console_pictures.json`);
    // Notes are fetched after the rest of a case.
    if (name !== "case-note-sealing") await this.page.locator("tillit-notes .working").waitFor({ state: "detached" });
    for (const view of views) {
      const found = await inspect(this.page, view, path.join(pictures, `${name}.${view.name}.png`));
      this.problems.push(...found.map((problem) => `${name} ${view.name}: ${problem}`));
    }
    await this.page.setViewportSize({ width: 1280, height: 900 });
  }
  async end() {
    await this.context.close();
    assert.deepEqual(this.problems, []);
  }

  /** Answers of this address wait until the returned function is called. */
  async hold(pattern) {
    let release;
    const gate = new Promise((done) => (release = done));
    await this.page.route(pattern, async (route) => {
      await gate;
      await route.continue().catch(() => {});
    });
    return async () => {
      release();
      await this.page.unroute(pattern);
    };
  }
  /** Answers of this address are changed on their way. */
  async change(pattern, act) {
    await this.page.route(pattern, async (route) => {
      const reply = await route.fetch();
      const json = await reply.json();
      await route.fulfill({ response: reply, json: act(json) ?? json });
    });
    return () => this.page.unroute(pattern);
  }
  async refuse(pattern, status, json) {
    await this.page.route(pattern, (route) => (status ? route.fulfill({ status, json }) : route.abort()));
    return () => this.page.unroute(pattern);
  }

  see(selector, options) {
    return this.page.locator(selector).filter(options).first().waitFor();
  }
  press(name) {
    return this.page.getByRole("button", { name, exact: true }).click();
  }
  async type_log_in(person, secret = person.passphrase) {
    if (await this.page.locator("[name=login]").count()) await this.page.fill("[name=login]", person.login);
    await this.page.fill("[name=secret]", secret);
  }
  async log_in(person) {
    await this.go();
    await this.see("[name=secret]");
    await this.type_log_in(person);
    await this.press("Log in");
    await this.see("tillit-inbox");
    await this.page.locator("tillit-inbox .working").waitFor({ state: "detached" });
  }
  row(text) {
    return this.page.locator(".inbox__item").filter({ hasText: text }).first();
  }
  /** Opens the first case that is marked as new (cases of one day stand in no order) and waits until it is read. */
  async open_new_case() {
    await this.page.locator(".inbox__item:has(.inbox__new)").first().click();
    await this.see("tillit-case tillit-message");
    await this.see("tillit-case tillit-reply");
  }
  /** The case as the service has it now. */
  async open_again(text) {
    await this.page.evaluate(() => history.back());
    await this.see(".choose");
    await this.row(text).click();
    await this.see("tillit-case tillit-reply");
  }
  words() {
    return this.page.locator(".words li").allTextContents().then((all) => all.join(" "));
  }
}

test("before log-in: starting, failing, no scripts, wrong, slow", async () => {
  // As a browser without scripts shows it; axe itself is one, so they are not simply switched off.
  const plain = await Desk.open();
  await plain.page.route(service.console + "/", async (route) => {
    const reply = await route.fetch();
    const body = (await reply.text()).replace(/<\/?noscript>/g, "").replace(/<script.*?<\/script>/g, "");
    await route.fulfill({ response: reply, body });
  });
  await plain.go();
  await plain.see("h1", { hasText: "needs scripts" });
  await plain.look("app-no-scripts");
  await plain.end();

  const desk = await Desk.open();
  const release = await desk.hold("**/organisation");
  await desk.go();
  await desk.see(".working");
  await desk.look("app-starting");
  await release();
  const mend = await desk.refuse("**/organisation", 0);
  await desk.go();
  await desk.see("h1", { hasText: "could not start" });
  await desk.look("app-failed");
  await mend();
  await desk.press("Try again");
  await desk.see("[name=secret]");
  await desk.look("login-blank");
  await desk.press("Log in");
  await desk.see("[role=alert]");
  await desk.look("login-missing");

  const answer = await desk.hold("**/login");
  await desk.type_log_in({ login: "nobody" }, "seven words that open nothing at all");
  await desk.press("Log in");
  await desk.see(".working");
  await desk.look("login-stretching");
  await answer();
  await desk.see("[role=alert]", { hasText: "do not belong together" });
  await desk.look("login-wrong");
  const api = { method: "POST", headers: { "content-type": "application/json", "x-tillit-csrf": "1" } };
  const body = JSON.stringify({ login: "nobody", auth: Buffer.alloc(32).toString("base64url") });
  for (let i = 0; i < 8; i += 1) await fetch(service.console + "/api/v1/login", { ...api, body });
  await desk.press("Log in");
  await desk.see("[role=alert]", { hasText: "Too many tries" });
  await desk.look("login-slow");
  await desk.end();
});

test("enrolment, from the link to the call", async () => {
  const args = ["user", "add", "--data", service.data, "--login", "wolf", "--name", long_name, "--office",
    "Head of administration, culture, schools, roads and water", "--console", service.console];
  const made = await run_program(args);
  assert.equal(made.code, 0, made.stderr);
  const link = /\/enrol#\S+/.exec(made.stdout)[0];
  const desk = await Desk.open();
  await desk.go("/enrol#nothing");
  await desk.see("h1", { hasText: "does not work" });
  await desk.look("enrol-refused");
  await desk.new_page();
  const release = await desk.hold("**/enrolment/look");
  await desk.go(link);
  await desk.see(".working");
  await desk.look("enrol-looking");
  await release();
  await desk.see("h1", { hasText: "Welcome" });
  await desk.look("enrol-welcome");

  await desk.press("Make my keys");
  await desk.see(".words");
  await desk.look("enrol-passphrase");
  const passphrase = await desk.words();
  await desk.press("I have written them down");
  await desk.look("enrol-passphrase-again");
  await desk.page.fill("[name=again]", "not these words");
  await desk.press("Continue");
  await desk.see("[role=alert]");
  await desk.look("enrol-passphrase-wrong");
  await desk.page.fill("[name=again]", passphrase);
  await desk.press("Continue");
  await desk.see("button", { hasText: "Print" });
  await desk.look("enrol-code");
  const code = await desk.words();
  await desk.press("I have it on paper");
  await desk.look("enrol-code-again");
  await desk.page.fill("[name=again]", "not these words");
  await desk.press("Finish");
  await desk.see("[role=alert]");
  await desk.look("enrol-code-wrong");
  await desk.page.fill("[name=again]", code);
  const mend = await desk.refuse("**/api/v1/enrolment", 0);
  await desk.press("Finish");
  await desk.see("[role=alert]");
  await desk.look("enrol-failed");
  await mend();
  const sealed = await desk.hold("**/api/v1/enrolment");
  await desk.press("Try again");
  await desk.see(".working");
  await desk.look("enrol-sealing");
  await sealed();
  await desk.see("h1", { hasText: "One call is left" });
  await desk.look("enrol-done");
  await desk.end();
});

test("the inbox: empty, one, many, filtered, overdue, failing", async () => {
  const desk = await Desk.open();
  await desk.log_in(ingrid);
  await desk.see(".inbox__note");
  await desk.look("inbox-empty");
  await new Reporter(service.portal).report({ text: report_text });
  const release = await desk.hold("**/cases?*");
  await desk.page.selectOption(".inbox__filter select", "received");
  await desk.see("tillit-inbox .working");
  await desk.look("inbox-loading");
  await release();
  await desk.see(".inbox__item");
  await desk.page.selectOption(".inbox__filter select", "");
  await desk.see(".inbox__item");
  await desk.page.locator("tillit-inbox .working").waitFor({ state: "detached" });
  await desk.look("inbox-one");
  await desk.page.selectOption(".inbox__filter select", "closed");
  await desk.see(".inbox__note");
  await desk.look("inbox-filter-empty");
  const mend = await desk.refuse("**/cases?*", 503, { error: "busy" });
  await desk.page.selectOption(".inbox__filter select", "");
  await desk.see("tillit-inbox [role=alert]");
  await desk.look("inbox-error");
  await mend();
  await desk.end();
});

test("one case: opening, answering, states", async () => {
  const desk = await Desk.open();
  await desk.log_in(ingrid);
  const release = await desk.hold(/\/api\/v1\/cases\/[\w-]+$/);
  await desk.page.locator(".inbox__item").first().click();
  await desk.see("tillit-case .working");
  await desk.look("case-opening");
  await release();
  await desk.see(".did", { hasText: "You opened the case" });
  await desk.look("case-one");
  await desk.press("Send");
  await desk.see("tillit-reply [role=alert]");
  await desk.look("case-reply-empty");

  await desk.page.fill("#reply-body", "Thank you. Which of the three invoices have you seen yourself?");
  const gone = await desk.refuse("**/envelopes", 0);
  await desk.press("Send");
  await desk.see("tillit-reply [role=alert]", { hasText: "does not answer" });
  await desk.look("case-sent-error");
  await gone();
  const answer = await desk.hold("**/envelopes");
  await desk.press("Send");
  await desk.see("tillit-reply .working");
  await desk.look("case-sending");
  await answer();
  await desk.see(".msg--mine");
  await desk.look("case-two");

  await desk.press("Keep this note");
  await desk.see("tillit-notes [role=alert]", { hasText: "Write a note first" });
  await desk.look("case-note-empty");
  const note = "He signs for the school himself. Jonas, do you know since when? Let us not ask the reporter that yet.";
  await desk.page.fill("#note", note);
  const kept = await desk.hold("**/notes");
  await desk.press("Keep this note");
  await desk.see("tillit-notes .working");
  await desk.look("case-note-sealing");
  await kept();
  await desk.see(".note", { hasText: "He signs" });
  await desk.page.fill("#note", "Since March 2024, it stands in the minutes.");
  await desk.press("Keep this note");
  await desk.see(".note", { hasText: "minutes" });
  await desk.look("case-notes");
  const lie = await desk.change("**/notes", (json) => ({ ...json, notes: json.notes?.slice(1) }));
  await desk.open_again("The invoices for the new school");
  await desk.see("tillit-notes [role=alert]", { hasText: "was seen before and is not here" });
  await desk.look("case-notes-faults");
  await lie();
  await desk.open_again("The invoices for the new school");
  await desk.see(".note", { hasText: "He signs" });
  for (const [state, name] of [["waiting_for_reporter", "case-waiting"], ["closed", "case-closed"]]) {
    await desk.page.selectOption("#state", state);
    await desk.press("Change");
    await desk.see(".did", { hasText: state === "closed" ? "Closed" : "Waiting" });
    await desk.page.waitForFunction((wanted) => !document.querySelector(`#state option[value=${wanted}]`), state);
    await desk.look(name);
  }
  await desk.end();
});

const no_name = "The reporter has given a name in this report.";

test("an identity: asking for it, the answer, opening it", async () => {
  await new Reporter(service.portal).report({ text: no_name, identity: { name: "Åse Ødegård", contact: "åse@example.org" } });
  const desk = await Desk.open();
  await desk.log_in(ingrid);
  await desk.open_new_case();
  const id = await desk.page.locator("tillit-case .work__head .quiet").innerText();
  await desk.press("Ask for the identity");
  await desk.see("tillit-asking form");
  await desk.look("identity-ask");
  await desk.press("Ask");
  await desk.see("tillit-asking [role=alert]", { hasText: "Choose a ground" });
  await desk.look("identity-ask-problem");
  await desk.page.selectOption("#ask-ground", "court");
  await desk.page.fill("#ask-text", `The court has ordered it, case ${long_word}. The order is with me.`);
  await desk.page.getByLabel("An exemption applies").check();
  await desk.page.fill("#ask-exemption", "Telling now would warn those who are looked into.");
  await desk.look("identity-ask-exempt");
  await desk.page.getByLabel("The reporter is told now").check();
  await desk.page.fill("#ask-notice", "We have asked for the name you gave, because the court has ordered it.");
  const asking = await desk.hold("**/identity-requests");
  await desk.press("Ask");
  await desk.see("tillit-asking .working");
  await desk.look("identity-asking");
  await asking();
  await desk.see("tillit-identity .letter", { hasText: "has not answered yet" });
  await desk.look("identity-waiting");

  const guard = await Desk.open();
  await guard.log_in(kari);
  const first = await guard.change("**/identity-requests", (json) => {
    for (const row of json.requests) row.request = row.request.replace(/.{40}$/, "A".repeat(40));
  });
  await guard.see(".inbox__item", { hasText: "identity is asked for" });
  await guard.row(id).click();
  await guard.see("tillit-custodian [role=alert]");
  await guard.look("custodian-faults");
  await first();
  await guard.page.evaluate(() => history.back());
  await guard.see(".choose");
  await guard.row(id).click();
  await guard.see("tillit-custodian .letter", { hasText: "The court has ordered it" });
  await guard.look("custodian-asked");
  await guard.press("Refuse");
  await guard.look("custodian-refuse");
  await guard.press("Send the refusal");
  await guard.see("tillit-custodian [role=alert]");
  await guard.look("custodian-refuse-problem");
  await guard.page.fill("[name=reason]", "The order names another case.\nCome back with the right one.");
  const refusing = await guard.hold("**/refusal");
  await guard.press("Send the refusal");
  await guard.see("tillit-custodian .working");
  await guard.look("custodian-sending");
  await refusing();
  await guard.see("tillit-custodian .letter", { hasText: "You refused" });
  await guard.look("custodian-refused");

  await desk.open_again(no_name);
  await desk.see("tillit-identity .letter", { hasText: "The order names another case" });
  await desk.look("identity-refused");
  await desk.press("Ask for the identity");
  await desk.page.selectOption("#ask-ground", "court");
  await desk.page.fill("#ask-text", "Here is the right order.");
  await desk.page.getByLabel("An exemption applies").check();
  await desk.page.fill("#ask-exemption", "The court has ordered silence.");
  await desk.press("Ask");
  await desk.see("tillit-identity .letter", { hasText: "has not answered yet" });

  await guard.page.evaluate(() => history.back());
  await guard.see(".choose");
  await guard.row(id).click();
  await guard.see("tillit-custodian .letter", { hasText: "The court has ordered silence" });
  await guard.look("custodian-asked-exempt");
  await guard.press("Hand over my share");
  await guard.look("custodian-agree");
  const mend = await guard.refuse("**/disclosure", 0);
  await guard.press("Yes, hand it over");
  await guard.see("tillit-custodian [role=alert]");
  await guard.look("custodian-error");
  await mend();
  await guard.press("Yes, hand it over");
  await guard.see("tillit-custodian .letter", { hasText: "You handed over your share" });

  await desk.open_again(no_name);
  await desk.see("tillit-identity .letter", { hasText: "handed over the share" });
  await desk.look("identity-disclosed");
  const opening = await desk.hold("**/openings");
  await desk.press("Open the identity");
  await desk.see("tillit-identity .working");
  await desk.look("identity-opening");
  await opening();
  await desk.see("#identity-name", { hasText: "Ødegård" });
  await desk.see("tillit-identity .openings");
  await desk.look("identity-shown");
  await desk.press("Hide");
  await desk.page.locator("#identity-name").waitFor({ state: "detached" });
  await desk.change("**/identity-requests", (json) => {
    json.requests[1].openings = [];
    json.requests[0].refusal = json.requests[0].request;
  });
  await desk.open_again(no_name);
  await desk.see("tillit-identity [role=alert]");
  await desk.look("identity-faults");
  await desk.end();

  await guard.page.evaluate(() => history.back());
  await guard.see(".choose");
  await guard.row(id).click();
  await guard.see("tillit-custodian .openings");
  await guard.look("custodian-answered");
  await guard.end();
});

test("files, names, forty messages, many cases", async () => {
  const desk = await Desk.open();
  const reporter = new Reporter(service.portal);
  const { key } = await reporter.report({
    text: `${long_word}${long_word} is what the folder is called\nand the first line of this report.`,
    identity: { name: long_name, contact: "somebody@example.org" },
    files: [
      { name: `${long_word} scan of the contract from September.pdf`, type: "application/pdf", content: Buffer.alloc(70_000, 7) },
      { name: "notes <b>.txt", type: "text/plain", content: Buffer.from("12 September: 480 000\n".repeat(40)) },
    ],
  });
  await desk.log_in(ingrid);
  await desk.open_new_case();
  await desk.look("case-files");
  await desk.page.getByRole("button", { name: "Show as text" }).click();
  await desk.see(".file__text");
  await desk.look("case-file-as-text");
  await desk.page.getByRole("button", { name: "Hide the text" }).click();
  await desk.page.getByRole("button", { name: "Save notes _b_.txt" }).click();
  await desk.see("[role=status]", { hasText: "checked and saved" });
  await desk.look("case-file-saved");
  const mend = await desk.refuse("**/attachments/*", 200, { no: "file" });
  await desk.page.getByRole("button", { name: "Save notes _b_.txt" }).click();
  await desk.see("tillit-message [role=alert]");
  await desk.look("case-file-failed");
  await mend();

  await reporter.come_back(key);
  const writer = await Member.log_in(service, jonas);
  const id = await writer.case_that_begins(long_word);
  for (let i = 1; i < 20; i += 1) {
    await writer.write(id, { body: `Question ${i}. Could you say which of the three invoices you have seen yourself? You need not say how.` });
    await reporter.reply(`Answer ${i}: two of them, in September. وثيقة مهمة 🙂`);
  }
  await writer.write(id, { body: "Thank you, that is all for now." });
  for (let i = 0; i < 22; i += 1) await new Reporter(service.portal).report({ text: `Report ${i + 1}: the lift is broken again` });
  await desk.end();

  const again = await Desk.open();
  await again.log_in(ingrid);
  await again.see(".inbox__more");
  await again.look("inbox-many");
  await again.press("Show more");
  await again.page.waitForFunction(() => document.querySelectorAll(".inbox__item").length > 20);
  await again.row(long_word.slice(0, 60)).click();
  await again.page.waitForFunction(() => document.querySelectorAll("tillit-message .msg").length === 40);
  await again.look("case-forty");
  await again.end();

  const long = await Desk.open();
  await long.change("**/organisation", (json) => ({ ...json, name: `${long_name} Fjellkommune i Innlandet fylke` }));
  await long.change("**/login", (json) => ({ ...json, name: long_name, office: long_name }));
  await long.log_in(ingrid);
  await long.look("inbox-many-long-name");
  await long.press("Show more");
  await long.row(long_word.slice(0, 60)).click();
  await long.see("tillit-case tillit-message");
  await long.look("case-long-names");
  await long.end();
});

test("what is wrong is shown loudly", async () => {
  const desk = await Desk.open();
  const one_case = /\/api\/v1\/cases\/[\w-]+$/;
  const later = (json) => ({ ...json, today: json.today + 120 });
  await desk.change("**/cases?*", later);
  await desk.change(one_case, later);
  await desk.log_in(ingrid);
  await desk.see(".ds-tag[data-color=danger]", { hasText: "Overdue" });
  await desk.look("inbox-overdue");
  await desk.open_new_case();
  await desk.look("case-overdue");

  const break_case = async (act, index, selector, name) => {
    await desk.page.unroute(one_case);
    await desk.change(one_case, act);
    await desk.page.locator(".inbox__item").nth(index).click();
    await desk.see(selector);
    await desk.look(name);
  };
  await break_case((json) => {
    json.envelopes[0].sealed = json.envelopes[0].sealed.replace(/.{40}$/, "A".repeat(40));
    json.grantees.pop();
  }, 2, "tillit-case [role=alert] h2", "case-faults");
  await break_case((json) => ({ ...json, grant: json.grant.replace(/.{40}$/, "A".repeat(40)) }), 3, "tillit-case [role=alert]", "case-shut");
  await desk.page.unroute(one_case);
  await desk.refuse(one_case, 404, { error: "not_found" });
  await desk.page.locator(".inbox__item").nth(4).click();
  await desk.see("tillit-case [role=alert]", { hasText: "does not exist" });
  await desk.look("case-not-found");
  await desk.new_page();
  await desk.change("**/api/v1/directory", (json) => ({ ...json, directory: json.directory.replace(/\n.{20}/, "\n" + "x".repeat(20)) }));
  await desk.log_in(ingrid);
  await desk.page.locator(".inbox__item").nth(5).click();
  await desk.see("tillit-case .ds-alert", { hasText: "could not be verified" });
  await desk.look("case-directory-unverified");
  await desk.end();
});

test("what has to be seen to stands above every page", async () => {
  const worried = async (days, change) => {
    const desk = await Desk.open();
    await desk.page.clock.setFixedTime(Date.now() + days * 86_400_000);
    if (change) await desk.change("**/api/v1/directory", change);
    await desk.log_in(ingrid);
    await desk.see(".concerns .ds-alert");
    return desk;
  };
  const early = await worried(330);
  await early.see("[data-worry=expires]", { hasText: "Municipal director, Employee representative" });
  await early.look("inbox-expires");
  await early.end();
  const late = await worried(366);
  await late.see("[data-worry=expired] [role=alert]");
  await late.page.locator(".inbox__item").first().click();
  await late.see("tillit-case tillit-reply");
  await late.look("case-expired");
  await late.end();
  const jonas_closed = (json) => {
    const { members } = JSON.parse(json.directory.split("\n")[1]);
    return { ...json, closed: [members.find(({ name }) => name === jonas.name).member] };
  };
  const few = await worried(0, jonas_closed);
  await few.see("[data-worry=few_investigators]", { hasText: `${ingrid.name} is the only investigator` });
  await few.see(".inbox__alone");
  await few.look("inbox-few-investigators");
  await few.page.locator(".inbox__item:has(.inbox__alone)").first().click();
  await few.see("tillit-keys .ds-alert", { hasText: "You are the only one" });
  await few.see("tillit-keys li", { hasText: "account closed" });
  await few.look("case-alone");
  await few.end();
});

test("custodian, lock, log-out, a session that ended", async () => {
  const desk = await Desk.open();
  await desk.log_in(kari);
  await desk.page.locator(".inbox__item").first().click();
  await desk.see("tillit-case h1", { hasText: "You keep a share" });
  await desk.see("tillit-custodian p", { hasText: "Nobody asks for it" });
  await desk.look("case-custodian");
  await desk.press("Lock");
  await desk.see("h1", { hasText: "Locked" });
  await desk.look("locked");
  await desk.type_log_in(kari, "not these words");
  await desk.press("Unlock");
  await desk.see("[role=alert]");
  await desk.look("locked-wrong");
  await desk.type_log_in(kari);
  await desk.press("Unlock");
  await desk.see("tillit-inbox");
  await desk.press("Log out");
  await desk.see(".ds-alert", { hasText: "You have logged out" });
  await desk.look("login-logged-out");
  await desk.log_in(kari);
  await desk.context.clearCookies();
  // Reading titles in the background may notice it before the click does.
  await desk.page.locator(".inbox__item").first().click({ timeout: 1000 }).catch(() => {});
  await desk.see(".ds-alert", { hasText: "Your session has ended" });
  await desk.look("login-session-ended");
  await desk.end();
});

test("the account, and the way back by recovery code", async () => {
  const desk = await Desk.open();
  await desk.log_in(liv);
  await desk.press("Account");
  await desk.see("h2", { hasText: "eight words" });
  await desk.look("account");
  await desk.press("Make a new recovery code");
  await desk.see(".words");
  await desk.look("account-code");
  await desk.press("Cancel");
  await desk.press("Make a new passphrase");
  await desk.see(".words");
  await desk.look("account-passphrase");
  const words = await desk.words();
  await desk.press("I have written them down");
  await desk.page.fill("[name=again]", words);
  const release = await desk.hold("**/api/v1/passphrase");
  await desk.press("Finish");
  await desk.see(".working");
  await desk.look("account-sealing");
  await release();
  await desk.see(".ds-alert", { hasText: "in force" });
  await desk.look("account-changed");
  await desk.press("Log out");
  await desk.press("I have lost my passphrase");
  await desk.look("recovery-blank");
  await desk.type_log_in(liv, liv.recovery.split(" ").reverse().join(" "));
  await desk.press("Log in");
  await desk.see("[role=alert]");
  await desk.look("recovery-wrong");
  await desk.type_log_in(liv, liv.recovery);
  await desk.press("Log in");
  await desk.see(".ds-alert", { hasText: "You came in with your recovery code" });
  await desk.look("account-passphrase-due");
  await desk.end();
});

/** What the console's own sources call its screens and states: the unions of names in frontend/console. */
function states_in_the_sources() {
  const folder = path.join(root, "frontend/console");
  const source = fs.readdirSync(folder).filter((name) => /(?<!test)\.ts$/.test(name))
    .map((name) => fs.readFileSync(path.join(folder, name), "utf8")).join("\n");
  const names = (text) => [...text.matchAll(/"(\w+)"/g)].map((match) => match[1]);
  return Object.fromEntries([...source.matchAll(/type (Phase|Way|Step|Place|Doing|Looking|Answering|Worry) =\s*([^]+?);\n/g)]
    .map(([, type, union]) => [type, names(union)]));
}

test("every state that the sources name has a picture, and the contact sheet holds all in every view", async () => {
  const states = states_in_the_sources();
  assert.deepEqual(Object.keys(states).sort(), Object.keys(table).sort(), "the kinds of state");
  for (const [type, names] of Object.entries(states)) {
    assert.deepEqual(Object.keys(table[type]).sort(), [...names].sort(), `the states of ${type}`);
    for (const name of names) assert.ok(table[type][name].length > 0, `${type} ${name} has no picture`);
  }
  const missing = listed.flatMap((name) => views.map((view) => `${name}.${view.name}.png`))
    .filter((file) => !fs.existsSync(path.join(pictures, file)));
  assert.deepEqual(missing, [], "pictures that nobody took");
  const count = await contact_sheet(browser, pictures, path.join(path.dirname(pictures), "console-sheet.png"));
  assert.equal(count, listed.length * views.length);
});
