// Goal: colleagues write notes to one another in real browsers; one who is given a key later reads the old ones; who steps
// back is handed none; the reporter's pages, with scripts and without, show none, and no key of hers opens one.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";

import { launch } from "./support/browsers.mjs";
import { Devices } from "./support/devices.mjs";
import { leave, open_thread } from "./support/epochs.mjs";
import { text_of } from "./support/html.mjs";
import { bodies_of, read_notes, write_note } from "./support/notes.mjs";
import { Reporter } from "./support/reporter.mjs";
import * as person from "./support/sealing_reporter.mjs";
import { start_service } from "./support/service.mjs";
import { twin } from "./support/twin.mjs";

const raw = twin.bytes.fromBase64url;
const only_colleagues = "Only colleagues who hold keys of this case read this. The reporter does not.";
const first = "First we ask the archive, æøå.\nNobody else.";
let service, ingrid, jonas, kari, liv, key, case_id;
const devices = new Devices(() => service);
before(async () => {
  service = await start_service();
  [ingrid, jonas] = service.with_role("investigator");
  [kari] = service.with_role("custodian");
  [liv] = service.with_role("alternate");
  for (const who of [ingrid, jonas, kari, liv]) await devices.member_of(who);
  ({ key } = await new Reporter(service.portal).report({ text: "The keys of the depot were copied." }));
  case_id = await (await devices.member_of(ingrid)).case_that_begins("The keys of the depot");
});
after(() => service?.remove());

/** A console with the case open and its notes read. */
async function at(who) {
  const desk = await devices.console_at(who, case_id);
  await desk.open();
  await desk.page.waitForSelector("tillit-notes textarea");
  const shown = () => desk.page.locator(".note .msg__text").allTextContents();
  const see = (text) => desk.page.locator(".note").filter({ hasText: text }).waitFor();
  return { ...desk, shown, see };
}

async function notes_as(who) {
  const member = await devices.member_of(who);
  return bodies_of(await read_notes(member, case_id, await open_thread(member, case_id)));
}

test("a note is written by keyboard, in a place that says who reads it; a colleague reads and answers", { timeout: 180_000 }, async () => {
  const desk = await at(ingrid);
  try {
    const panel = desk.page.getByRole("region", { name: "Internal notes" });
    assert.ok((await panel.innerText()).includes(only_colleagues));
    const field = panel.getByRole("textbox", { name: "A note to colleagues" });
    const described = (await field.getAttribute("aria-describedby")).split(" ");
    const texts = await Promise.all(described.map((id) => desk.page.locator(`#${id}`).innerText()));
    assert.ok(texts.includes(only_colleagues), "a screen reader says it at the field");
    await desk.press("Keep this note");
    await panel.getByRole("alert").filter({ hasText: "Write a note first." }).waitFor();
    await field.focus();
    await desk.page.keyboard.insertText(first);
    await desk.page.keyboard.press("Tab");
    await desk.page.keyboard.press("Enter");
    await desk.see("First we ask the archive");
    assert.equal(await field.inputValue(), "", "the field is empty again");
    assert.deepEqual(await desk.shown(), [first]);
    assert.equal(await desk.page.locator("tillit-message").filter({ hasText: "archive" }).count(), 0, "no message says it");
  } finally {
    await desk.close();
  }
  const other = await at(jonas);
  try {
    await other.see("First we ask the archive");
    await other.page.fill("#note", "I have called them.");
    await other.press("Keep this note");
    await other.see("I have called them.");
  } finally {
    await other.close();
  }
  assert.deepEqual(await notes_as(ingrid), [first, "I have called them."]);
});

test("who is given a key reads the old notes; custodians are handed none, nor who holds no key", { timeout: 180_000 }, async () => {
  const custodian = await devices.member_of(kari);
  assert.equal((await custodian.api.call("GET", `/cases/${case_id}/notes`)).status, 403);
  const nobody = await devices.member_of(liv);
  assert.equal((await nobody.api.call("GET", `/cases/${case_id}/notes`)).status, 404);
  const desk = await at(ingrid);
  try {
    await desk.press("Give a colleague a key");
    await desk.page.selectOption("#keys-who", { label: await desk.page.locator("#keys-who option").filter({ hasText: liv.name }).textContent() });
    await desk.page.fill("#keys-reason", "A second pair of eyes.");
    await desk.press("Give the key");
    await desk.page.locator(".holders").filter({ hasText: liv.name }).waitFor();
  } finally {
    await desk.close();
  }
  const joined = await at(liv);
  try {
    await joined.see("I have called them.");
    assert.deepEqual(await joined.shown(), [first, "I have called them."]);
    assert.equal(await joined.page.locator("tillit-case [role=alert]").count(), 0, "no fault is shown");
    await joined.page.fill("#note", "I read along.");
    await joined.press("Keep this note");
    await joined.see("I read along.");
  } finally {
    await joined.close();
  }
  assert.deepEqual(await notes_as(jonas), [first, "I have called them.", "I read along."]);
});

test("two who write at one moment both keep their note", { timeout: 180_000 }, async () => {
  const [one, other] = [await at(ingrid), await at(liv)];
  try {
    await one.page.fill("#note", "At once, the one.");
    await other.page.fill("#note", "At once, the other.");
    await Promise.all([one.press("Keep this note"), other.press("Keep this note")]);
    await Promise.all([one.see("At once, the one."), other.see("At once, the other.")]);
  } finally {
    await one.close();
    await other.close();
  }
  assert.deepEqual((await notes_as(jonas)).slice(3).sort(), ["At once, the one.", "At once, the other."]);
});

test("who steps back is handed no note any more, and the next one has a key of its own", { timeout: 180_000 }, async () => {
  const left = await devices.member_of(jonas);
  const had = await read_notes(left, case_id, await open_thread(left, case_id));
  assert.equal((await leave(left, case_id)).status, 201);
  assert.equal((await left.api.call("GET", `/cases/${case_id}/notes`)).status, 404);
  const desk = await at(ingrid); // opening the case renews its keys
  try {
    await desk.page.fill("#note", "Jonas knows the archivist.");
    await desk.press("Keep this note");
    await desk.see("Jonas knows the archivist.");
  } finally {
    await desk.close();
  }
  const stays = await devices.member_of(liv);
  const now = await read_notes(stays, case_id, await open_thread(stays, case_id));
  assert.equal(now.entries.at(-1).statement.body, "Jonas knows the archivist.");
  assert.deepEqual([[...had.identities.keys()], [...now.identities.keys()]], [[0], [0, 1]]);
  const { notes } = await stays.api.ok("GET", `/cases/${case_id}/notes`);
  for (const secret of [...had.identities.values(), left.keyring.identity]) {
    await assert.rejects(twin.age.open(raw(notes.at(-1).sealed), secret));
  }
  await twin.age.open(raw(notes.at(-1).sealed), now.identities.get(1)); // the control
});

test("the reporter's pages show no note, and no key of hers opens one", { timeout: 180_000 }, async () => {
  const member = await devices.member_of(ingrid);
  assert.equal((await write_note(member, case_id, await open_thread(member, case_id), "The reporter may be Åse.")).status, 201);
  const said = [first.split("\n")[0], "I have called them.", "Jonas knows the archivist.", "The reporter may be Åse."];
  const reporter = new Reporter(service.portal);
  await reporter.come_back(key);
  const plain = (await reporter.get("/case")).html;
  const browser = await launch("chromium", { scripts: true });
  let sealed;
  try {
    const page = await browser.page();
    await person.come_back(page, service.portal, key);
    sealed = await page.html();
  } finally {
    await browser.close();
  }
  for (const html of [plain, sealed]) {
    assert.ok(text_of(html).includes("The keys of the depot were copied."));
    assert.deepEqual(said.filter((text) => text_of(html).includes(text)), []);
  }
  const code = twin.caseKey.parseCode(key);
  const { read } = await open_thread(member, case_id);
  const hers = [
    ...["caseIdentity", "reporterIdentity", "reporterSigningSeed", "identityShareA", "identityShareB"].map((name) => twin.caseKey[name](code, member.org)),
    ...read.secrets, // every case identity: she is handed them all
  ];
  const { notes, handling } = await member.api.ok("GET", `/cases/${case_id}/notes`);
  assert.ok(notes.length >= 7 && handling.length >= 2);
  for (const one of [...notes, ...handling]) {
    for (const secret of hers) await assert.rejects(twin.age.open(raw(one.sealed), secret));
  }
});
