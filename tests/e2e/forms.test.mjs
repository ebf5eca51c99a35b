// Goal: whatever a person's finger, browser or line does, there is one case, a working key, and no lost text.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";

import { launch, names } from "./support/browsers.mjs";
import { form_for, messages_of, text_of, words_of } from "./support/html.mjs";
import { Member } from "./support/member.mjs";
import { Line } from "./support/proxy.mjs";
import { Reporter } from "./support/reporter.mjs";
import { start_service, until } from "./support/service.mjs";

let service, reader, folder, elsewhere;
before(async () => {
  elsewhere = http.createServer((_, reply) => reply.setHeader("content-type", "text/html").end("<h1>Weather</h1>"));
  await new Promise((done) => elsewhere.listen(0, "127.0.0.1", done));
  service = await start_service({ exit_url: `http://127.0.0.1:${elsewhere.address().port}/` });
  reader = await Member.log_in(service, service.with_role("investigator")[0]);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-forms-"));
});
after(async () => {
  await service?.remove();
  elsewhere.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const send = 'form[action="/report"] button';
const check = 'form[action="/report/check"] .row button';
const text = "Blåbær إبلاغ 🙂 «finished» & <b>text</b>";

async function cases() {
  return (await reader.cases()).length;
}

/** To the check page, by the form, with a small file chosen. */
async function to_check_page(page, portal) {
  await page.go(portal + "/report");
  await page.fill("#text", text);
  await page.press_button(check);
  const file = path.join(folder, "bevis.txt");
  fs.writeFileSync(file, "bevis");
  await page.choose('input[name="file1"]', file);
}

async function key_works(key) {
  const reporter = new Reporter(service.portal);
  const page = await reporter.come_back(key);
  const [report] = messages_of(page.html);
  assert.equal(report?.body, text);
  assert.equal(report.files.length, 1);
  await reporter.leave();
}

async function key_on(page) {
  let key;
  await until(async () => (key = words_of(await page.html())), "a key page", 20);
  return key;
}

for (const name of names) {
  test(`${name}: one form is one case`, { timeout: 300_000 }, async (t) => {
    const browser = await launch(name, { scripts: false });
    const page = await browser.page();
    try {
      await t.test("a double click", async () => {
        const before_ = await cases();
        await to_check_page(page, service.portal);
        await page.press_only(send, 2);
        const key = await key_on(page);
        await key_works(key);
        assert.equal(await cases(), before_ + 1);
      });

      await t.test("reload of the key page", async () => {
        const before_ = await cases();
        await to_check_page(page, service.portal);
        await page.press_button(send);
        const key = await key_on(page);
        await page.reload();
        assert.equal(await key_on(page), key);
        assert.equal(await cases(), before_ + 1);
      });

      await t.test("Back and send again", async () => {
        const before_ = await cases();
        await to_check_page(page, service.portal);
        await page.press_button(send);
        const key = await key_on(page);
        assert.ok(await page.back_to(send), "Back shows the check page");
        await page.press_button(send);
        assert.equal(await key_on(page), key);
        await key_works(key);
        assert.equal(await cases(), before_ + 1);
      });

      await t.test("a line cut after the commit", async () => {
        const before_ = await cases();
        const line = await Line.to(service.portal);
        try {
          await to_check_page(page, line.url);
          line.cut_answer_of("POST /report ");
          await page.press_only(send);
          await until(() => line.cuts === 1, "the line is cut", 20);
          await page.settle(1);
          assert.equal(await cases(), before_ + 1, "it was stored before the cut");
          // What a person does now: look again, or go back and send again.
          if (!words_of(await page.html())) {
            assert.ok(await page.back_to(send), "Back shows the check page");
            await page.press_button(send);
          }
          await key_works(await key_on(page));
          assert.equal(await cases(), before_ + 1);
        } finally {
          await line.close();
        }
      });

      await t.test("Back after a line cut while checking still has the text", async () => {
        const line = await Line.to(service.portal);
        try {
          await page.go(line.url + "/report");
          await page.fill("#text", text);
          line.cut_answer_of("POST /report/check ");
          await page.press_only(check);
          await until(() => line.cuts === 1, "the line is cut", 20);
          await page.settle(1);
          if (!(await page.has("#text"))) await page.back();
          assert.equal(await page.value("#text"), text);
        } finally {
          await line.close();
        }
      });

      await t.test("a restart while a reply is written asks for the key and keeps the text", async () => {
        const { key } = await new Reporter(service.portal).report({ text: "before the restart" });
        await page.go(service.portal + "/return");
        await page.fill("#key", key);
        await page.press_button('form[action="/return"] button');
        await page.fill("#text", text);
        await service.restart();
        await page.press_button('form[action="/case/reply"] button');
        assert.ok(await page.has("#key"), "it asks for the key");
        await page.fill("#key", key);
        await page.press_button('form[action="/return"] button');
        assert.equal(await page.value("#text"), text, "the text is back in its field");
        await page.press_button('form[action="/case/reply"] button');
        const messages = messages_of(await page.html());
        assert.deepEqual(messages.map((m) => m.body), ["before the restart", text]);
        reader = await Member.log_in(service, service.with_role("investigator")[0]);
      });

      await t.test("a session ended elsewhere keeps the text too", async () => {
        const { key } = await new Reporter(service.portal).report({ text: "two tabs" });
        await page.go(service.portal + "/return");
        await page.fill("#key", key);
        await page.press_button('form[action="/return"] button');
        await page.fill("#text", text);
        const other = await browser.page();
        await other.go(service.portal + "/case");
        await other.press_button('form[action="/leave"] button');
        await other.close();
        await page.press_button('form[action="/case/reply"] button');
        assert.ok(await page.has("#key"), "it asks for the key");
        await page.fill("#key", key);
        await page.press_button('form[action="/return"] button');
        assert.equal(await page.value("#text"), text);
      });

      await t.test("the quick exit ends the session in the same click", async () => {
        const { key } = await new Reporter(service.portal).report({ text: "somebody comes" });
        await page.go(service.portal + "/return");
        await page.fill("#key", key);
        await page.press_button('form[action="/return"] button');
        assert.match(await page.html(), /somebody comes/);
        await page.press_button('form[action="/exit"] button');
        assert.match(await page.html(), /Weather/, "an ordinary page");
        await page.back();
        await page.settle(0.5);
        assert.doesNotMatch(await page.html(), /somebody comes/, "Back does not bring it back");
        await page.go(service.portal + "/case");
        assert.doesNotMatch(await page.html(), /somebody comes/);
      });
    } finally {
      await browser.close();
    }
  });
}

test("the same form sent twice at the same moment is one case and one key", async () => {
  const before_ = await cases();
  const reporter = new Reporter(service.portal);
  const prepared = await reporter.prepare({ text });
  const file = { name: "bevis.txt", content: Buffer.from("bevis") };
  const replies = await Promise.all(Array.from({ length: 5 }, () => reporter.send_report(prepared, [file])));
  const keys = new Set(replies.map((reply) => words_of(reply.html)));
  assert.equal(keys.size, 1);
  await key_works([...keys][0]);
  assert.equal(await cases(), before_ + 1);
});

test('"I have written it down" ends the second showing', async () => {
  const before_ = await cases();
  const reporter = new Reporter(service.portal);
  const prepared = await reporter.prepare({ text });
  const first = words_of((await reporter.send_report(prepared)).html);
  const done = form_for((await reporter.send_report(prepared)).html, "/key/done");
  await reporter.follow(await reporter.post("/key/done", done.fields));
  const again = await reporter.send_report(prepared);
  assert.notEqual(words_of(again.html), first, "the key is not shown a second time");
  assert.ok(await cases() >= before_ + 1);
  assert.equal((await new Reporter(service.portal).come_back(first)).status, 200, "and works");
});

test("a file that is too large leaves the report, the key and the name of the file", async () => {
  const small = await start_service({ init: ["--max-report-mib", "1"] });
  try {
    const reporter = new Reporter(small.portal);
    const good = { name: "god.txt", content: Buffer.from("whole") };
    const content = crypto.randomBytes(1_200_000);
    const { key, reply } = await reporter.report({ text, files: [good, { name: "halv & fil.bin", content }] });
    assert.match(reply.html, /halv &amp; fil\.bin/, "the file to send again is named");
    await reporter.come_back(key);
    const [report] = await reporter.messages();
    assert.deepEqual([report.body, report.files.map((f) => f.name)], [text, ["god.txt"]]);
    await reporter.reply("once more", [{ name: "halv & fil.bin", content: content.subarray(0, 900_000) }]);
    const [, second] = await reporter.messages();
    const file = await reporter.get(second.files[0].href);
    assert.ok(file.body.equals(content.subarray(0, 900_000)));
    // The same when a reply's file is too large: the words stay.
    const page = await reporter.reply("words stay", [{ name: "stor.bin", content }]);
    assert.ok(page.html.includes("words stay") && page.html.includes("stor.bin"));
  } finally {
    await small.remove();
  }
});

test("an excluded member gets nothing, and cannot tell that there is anything", async () => {
  const [kari, ola] = service.with_role("investigator");
  const excluded = await Member.log_in(service, ola);
  const look = async () => {
    const answers = [];
    for (const call of ["/cases?limit=100", "/me", "/directory", `/cases/${"A".repeat(43)}`]) {
      const reply = await excluded.api.call("GET", call);
      const { date, ...headers } = reply.headers;
      answers.push([call, reply.status, headers, reply.body.toString()]);
    }
    return answers;
  };
  const before_ = await look();
  const known = new Set((await reader.cases()).map((c) => c.case_id));
  const receivers = await new Reporter(service.portal).report_receivers();
  const { toBase64url } = (await import("./support/twin.mjs")).twin.bytes;
  const box = receivers.find(([field, value]) => field === "to" && value === toBase64url(excluded.id));
  assert.ok(box, "the member can be unticked");
  const { key } = await new Reporter(service.portal).report({ text: "about Ola", untick: [box[1]] });
  assert.deepEqual(await look(), before_, "every answer is what it was");
  const { case_id } = (await reader.cases()).find((c) => !known.has(c.case_id));
  const { grant, entries } = await reader.open(case_id);
  assert.equal(entries[0].statement.body, "about Ola");
  assert.equal(grant.excluded.length, 1);
  assert.equal(entries[0].statement.manifest.grants.length, 2, "one reader and the custodian hold keys");
  const unknown = await excluded.api.call("GET", `/cases/${"A".repeat(43)}`);
  for (const [method, call, body] of [["GET", ""], ["GET", "/envelopes?after=0"], ["POST", "/read", { position: 1 }], ["POST", "/uploads", {}]]) {
    const reply = await excluded.api.call(method, `/cases/${case_id}${call}`, body);
    assert.deepEqual([reply.status, reply.body.toString()], [unknown.status, unknown.body.toString()], `${method} ${call}`);
  }
  const page = await new Reporter(service.portal).come_back(key);
  assert.match(text_of(page.html), new RegExp(`${ola.name}`), "the reporter sees whom she excluded");
  assert.ok(kari);
});

test("without enough key holders the portal takes nothing and shows other ways", async () => {
  const closed = await start_service({ demo: false });
  try {
    const reporter = new Reporter(closed.portal);
    const page = await reporter.get("/report");
    assert.equal(page.status, 503);
    assert.equal(form_for(page.html, "/report/check"), undefined, "no form");
    const token = "A".repeat(22);
    for (const route of ["/report/check", "/report"]) {
      const reply = await reporter.post(route, [["token", token], ["text", "nobody could open this"]]);
      assert.ok([422, 503].includes(reply.status), `${route}: ${reply.status}`);
      assert.equal(words_of(reply.html), undefined, "no key");
      assert.ok(reply.html.includes("nobody could open this"), "but what was typed is not lost");
    }
  } finally {
    await closed.remove();
  }
});
