// Goal: an investigator is alarmed in her console where a report was sealed to a list of receivers that had been replaced
// two days before it came, or that nobody published; not where a page was open over midnight, and not by the newest list.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";

import { ConsolePage } from "./support/console_page.mjs";
import { exchange } from "./support/reporter.mjs";
import { run_program, start_service, until } from "./support/service.mjs";
import { demo_signers, sign } from "./support/signers.mjs";
import { twin } from "./support/twin.mjs";

const b64 = twin.bytes.toBase64url;
let service, work, old;

const organisation = async () =>
  twin.organisation.readOrganisation(await (await fetch(`${service.portal}/api/v1/organisation`)).json());

/** A report as a browser seals it that was shown `about`. Returns its short case id. */
async function report(about, text) {
  const { members } = about.directory;
  const ticked = members.filter(({ isDefault }) => isDefault).map(({ member }) => member);
  const secrets = twin.submission.CaseSecrets.random(about.org);
  const wire = await twin.submission.sealReport(about, secrets, twin.recipients.chooseRecipients(members, ticked, []), { text, name: "", contact: "" }, []);
  const reply = await exchange(`${service.portal}/api/v1/reports`, {
    method: "POST", body: JSON.stringify(wire), headers: { "content-type": "application/json", "x-tillit-token": b64(secrets.token) },
  });
  assert.equal(reply.status, 201, reply.html);
}

before(async () => {
  work = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-old-directory-"));
  service = await start_service();
  old = await organisation();
  const file = path.join(work, "next");
  const run = async (...args) => {
    const made = await run_program(args);
    assert.equal(made.code, 0, made.stderr);
  };
  await run("directory", "propose", "--data", service.data, "--out", file);
  for (const signer of demo_signers(service.data, work)) assert.equal((await sign(signer, file)).code, 0);
  await run("directory", "publish", "--data", service.data, file);
  const newest = await until(async () => {
    const read = await organisation();
    return read.directory.version === 2 ? read : undefined;
  }, "the service follows", 15);

  await report(old, "Same day: sealed to the list just replaced.");
  service.shift_days(3);
  await service.restart();
  await report(old, "Days later: sealed to the list replaced.");
  await report(newest, "Days later: sealed to the newest list.");
  await report({ ...newest, directoryHash: new Uint8Array(crypto.randomBytes(32)) }, "Sealed to a list that nobody published.");
});
after(async () => {
  await service?.remove();
  fs.rmSync(work, { recursive: true, force: true });
});

test("the console alarms where it must, and nowhere else", { timeout: 180_000 }, async () => {
  const desk = await ConsolePage.open(service);
  try {
    await desk.log_in(service.with_role("investigator")[0]);
    const seen = {};
    await desk.page.waitForFunction(() => document.querySelectorAll(".inbox__item").length === 4);
    for (let i = 0; i < 4; i += 1) {
      await desk.page.locator(".inbox__item").nth(i).click();
      await desk.page.waitForFunction((at) => document.querySelectorAll(".inbox__item")[at].ariaCurrent === "true", i);
      await desk.page.waitForSelector("tillit-case tillit-reply");
      const title = await desk.page.locator("tillit-case h1").innerText();
      seen[title] = await desk.page.locator("tillit-case .work > .ds-alert").allInnerTexts();
    }
    const alarm = (title) => seen[title]?.join("|") ?? `no case is called ${title}: ${Object.keys(seen)}`;
    assert.equal(alarm("Same day: sealed to the list just replaced."), "");
    assert.equal(alarm("Days later: sealed to the newest list."), "");
    assert.match(alarm("Days later: sealed to the list replaced."), /^This report was sealed to a list of receivers that had been replaced before the report came\.[^|]*$/);
    assert.match(alarm("Sealed to a list that nobody published."), /^This report was sealed to a list of receivers that nobody here has published\.[^|]*$/);
  } finally {
    await desk.close();
  }
});
