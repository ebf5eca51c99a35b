// Goal: whatever is sent, the answer is one of a few plain pages, nothing leaks, and the next visitor is served.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";

import { form_for, text_of, words_of } from "./support/html.mjs";
import { Api } from "./support/member.mjs";
import { head, raw } from "./support/raw.mjs";
import { Reporter } from "./support/reporter.mjs";
import { assets, run_program, sleep, start_service } from "./support/service.mjs";

let service;
before(async () => {
  service = await start_service();
});
after(() => service?.remove());

const boundary = "xyz";
const form_type = { "Content-Type": `multipart/form-data; boundary=${boundary}` };
const field = (name, value) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const closing = `--${boundary}--\r\n`;

function post(path_, body, headers = form_type, options = {}) {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body, "latin1");
  const start = Buffer.from(head(service.portal, "POST", path_, { ...headers, "Content-Length": bytes.length }));
  return raw(service.portal, Buffer.concat([start, bytes]), options);
}

async function fresh_token() {
  const page = await new Reporter(service.portal).get("/report");
  return form_for(page.html, "/report/check").fields.find(([name]) => name === "token")[1];
}

async function still_serves() {
  const page = await new Reporter(service.portal).get("/");
  assert.equal(page.status, 200, "the next visitor is served");
}

/** A plain page of ours: headers as everywhere, no word of the machine. */
function is_plain(reply, ...statuses) {
  assert.ok(statuses.includes(reply.status), `status ${reply.status} is one of ${statuses}: ${reply.text.slice(0, 400)}`);
  assert.match(reply.headers["content-security-policy"] ?? "", /default-src 'none'/);
  assert.equal(reply.headers["x-content-type-options"], "nosniff");
  assert.match(reply.headers["cache-control"] ?? "", /no-store|no-cache/);
  assert.doesNotMatch(reply.text, /exception|EXCEPTION_WHAT|sqlite|std::|\.cpp|httplib/i);
  assert.match(reply.body, /<h1/, "a page for people");
}

test("a form that is not a form", async (t) => {
  const token = await fresh_token();
  const good = field("token", token) + field("text", "hello");
  const cases = {
    "urlencoded": post("/report/check", `token=${token}&text=hello`, { "Content-Type": "application/x-www-form-urlencoded" }),
    "no type": post("/report/check", good + closing, {}),
    "no boundary": post("/report/check", good + closing, { "Content-Type": "multipart/form-data" }),
    "a boundary of 71 characters": post("/report/check", good + closing, { "Content-Type": `multipart/form-data; boundary=${"b".repeat(71)}` }),
    "another boundary": post("/report/check", good.replaceAll(boundary, "abc")),
    "no closing boundary": post("/report/check", good),
    "a part without a name": post("/report/check", good + `--${boundary}\r\nContent-Disposition: form-data\r\n\r\nx\r\n` + closing),
    "a part without headers": post("/report/check", good + `--${boundary}\r\n\r\nx\r\n` + closing),
    "line feeds only": post("/report/check", (good + closing).replaceAll("\r\n", "\n")),
    "a part header of 20 kB": post("/report/check", good + `--${boundary}\r\nContent-Disposition: form-data; name="a"; x="${"y".repeat(20000)}"\r\n\r\nx\r\n` + closing),
    "a field that the form does not have": post("/report/check", good + field("admin", "1") + closing),
    "a field twice": post("/report/check", good + field("text", "again") + closing),
    "an empty body": post("/report/check", ""),
    "random bytes": post("/report/check", crypto.randomBytes(5000)),
  };
  for (const [name, sent] of Object.entries(cases)) {
    await t.test(name, async () => is_plain(await sent, 400, 413, 415, 422));
  }
  await still_serves();
});

test("fields that a person may get wrong come back with the form", async (t) => {
  const token = await fresh_token();
  await t.test("no text", async () => {
    const reply = await post("/report/check", field("token", token) + field("text", "") + closing);
    is_plain(reply, 422);
    assert.ok(form_for(reply.body, "/report/check"), "the form is there again");
    assert.match(reply.body, /aria-invalid="true"/);
  });
  await t.test("nobody ticked and everybody excluded", async () => {
    const boxes = await new Reporter(service.portal).report_receivers();
    const everyone = boxes.filter(([name]) => name === "not").map(([, value]) => field("not", value)).join("");
    const reply = await post("/report/check", field("token", token) + field("text", "Bl\xc3\xa5b\xc3\xa6r") + everyone + closing);
    is_plain(reply, 422);
    assert.match(reply.body, /Blåbær/, "what was typed is still there");
  });
  await t.test("a text beyond the limit comes back whole or is named as too long", async () => {
    const reply = await post("/report/check", field("token", token) + field("text", "a".repeat(400_000)) + closing);
    is_plain(reply, 413, 422);
  });
  await t.test("no token: the text is kept, and it can be sent", async () => {
    const reply = await post("/report/check", field("text", "typed for an hour") + closing);
    is_plain(reply, 200, 400, 422);
    assert.match(reply.body, /typed for an hour/);
  });
  await still_serves();
});

test("bytes that are not text", async (t) => {
  const token = await fresh_token();
  for (const [name, bytes] of Object.entries({
    "a NUL": "a\0b", "a lone continuation byte": "\x80", "an overlong slash": "\xc0\xaf",
    "a surrogate": "\xed\xa0\x80", "beyond Unicode": "\xf4\x90\x80\x80", "cut short": "abc\xe2\x82",
  })) {
    await t.test(name, async () => {
      is_plain(await post("/report/check", field("token", token) + field("text", bytes) + closing), 400, 422);
      is_plain(await post("/return", field("key", bytes) + closing), 400, 422);
    });
  }
  await still_serves();
});

test("10,000 tiny parts are refused without being gathered", async () => {
  let body = "";
  for (let i = 0; i < 10_000; i += 1) body += field("to", "x");
  const reply = await post("/report/check", body + closing);
  is_plain(reply, 400, 413, 422);
  assert.ok(reply.seconds < 5);
  await still_serves();
});

test("bodies of unknown, coded or false length", async (t) => {
  const start = (headers) => head(service.portal, "POST", "/report/check", { ...form_type, ...headers });
  const send = (text, options) => raw(service.portal, text, options);
  await t.test("chunked is refused before it is read", async () => {
    const reply = await send(start({ "Transfer-Encoding": "chunked" }) + "5\r\nhello\r\n0\r\n\r\n");
    assert.ok([400, 411, 501].includes(reply.status), reply.text.slice(0, 200));
  });
  await t.test("chunked without end does not bind memory or the door", async () => {
    const reply = await raw(service.portal, async (socket) => {
      socket.write(start({ "Transfer-Encoding": "chunked" }));
      const chunk = "10000\r\n" + "a".repeat(65536) + "\r\n";
      for (let i = 0; i < 200 && !socket.destroyed; i += 1) if (!socket.write(chunk)) await sleep(5);
    }, { seconds: 20 });
    assert.ok([0, 400, 411, 501].includes(reply.status), reply.text.slice(0, 200));
  });
  await t.test("chunked and a length together", async () => {
    const reply = await send(start({ "Transfer-Encoding": "chunked", "Content-Length": "5" }) + "0\r\n\r\n");
    assert.ok([0, 400, 411, 501].includes(reply.status), reply.text.slice(0, 200));
  });
  await t.test("no length", async () => {
    const reply = await send(start({}));
    assert.ok([400, 411].includes(reply.status), reply.text.slice(0, 200));
  });
  for (const length of ["-1", "abc", "99999999999999999999999", "5, 6", "0x10"]) {
    await t.test(`a length of ${length}`, async () => {
      const reply = await send(start({ "Content-Length": length }), { end: true });
      assert.ok([0, 400, 411, 413].includes(reply.status), reply.text.slice(0, 200));
    });
  }
  await t.test("two lengths", async () => {
    const text = start({ "Content-Length": "3" }).replace("Content-Length: 3", "Content-Length: 3\r\nContent-Length: 4");
    const reply = await send(text + "abcd", { end: true });
    assert.ok([0, 400].includes(reply.status), reply.text.slice(0, 200));
  });
  await t.test("a coded body", async () => {
    const reply = await send(start({ "Content-Encoding": "gzip", "Content-Length": "5" }) + "hello");
    assert.ok([400, 415].includes(reply.status), reply.text.slice(0, 200));
  });
  await t.test("too large is said before the body is sent", async () => {
    const reply = await send(start({ "Content-Length": "1000000000000000" }));
    assert.equal(reply.status, 413);
    is_plain(reply, 413);
  });
  await t.test("cut off in the middle", async () => {
    const reply = await send(start({ "Content-Length": "5000" }) + field("text", "half of it"), { end: true });
    assert.ok([0, 400, 422].includes(reply.status), reply.text.slice(0, 200));
    assert.equal(words_of(reply.body), undefined);
  });
  await still_serves();
});

test("heads that no browser sends", async (t) => {
  const get = (text) => raw(service.portal, text, { end: true, seconds: 20 });
  const host = new URL(service.portal).host;
  for (const [name, text, ...statuses] of [
    ["another host", `GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n`, 421],
    ["the console's host", `GET / HTTP/1.1\r\nHost: ${new URL(service.console).host}\r\n\r\n`, 421],
    ["no host", `GET / HTTP/1.1\r\n\r\n`, 400, 421],
    ["two hosts", `GET / HTTP/1.1\r\nHost: ${host}\r\nHost: evil.example\r\n\r\n`, 400, 421],
    ["an unknown method", `BREW / HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 400, 404, 405, 501],
    ["an unknown page", `GET /nothing HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 404],
    ["a way up", `GET /assets/../../etc/passwd HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 400, 404],
    ["a coded way up", `GET /assets/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 400, 404],
    ["a NUL in the path", `GET /a%00b HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 400, 404],
    ["a body on a page that takes none", `POST /report/none HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 3\r\n\r\nabc`, 404, 405],
    ["the wrong method", `DELETE /report HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 404, 405],
    ["a range", `GET / HTTP/1.1\r\nHost: ${host}\r\nRange: bytes=0-1\r\n\r\n`, 200, 400, 416],
    ["2,000 headers", `GET / HTTP/1.1\r\nHost: ${host}\r\n${"A: b\r\n".repeat(2000)}\r\n`, 0, 400, 431],
    ["a header of 1 MiB", `GET / HTTP/1.1\r\nHost: ${host}\r\nA: ${"b".repeat(1 << 20)}\r\n\r\n`, 0, 400, 431],
    ["a target of 1 MiB", `GET /${"b".repeat(1 << 20)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 0, 400, 404, 414],
    ["not HTTP", `hello\r\n\r\n`, 0, 400],
  ]) {
    await t.test(name, async () => {
      const reply = await get(text);
      assert.ok(statuses.includes(reply.status), `status ${reply.status} is one of ${statuses}: ${reply.text.slice(0, 300)}`);
      if (reply.status > 0 && name !== "not HTTP") is_plain(reply, reply.status);
      assert.doesNotMatch(reply.text, /root:x:/);
    });
  }
  await still_serves();
});

test("slow clients are cut, and others are served meanwhile", { timeout: 120_000 }, async () => {
  const slow = Array.from({ length: 12 }, (_, i) => raw(service.portal, async (socket) => {
    socket.write(i % 2 ? head(service.portal, "POST", "/report/check", { ...form_type, "Content-Length": "100000" }) : "GET / HT");
    for (let n = 0; n < 90 && !socket.destroyed; n += 1) {
      socket.write("a");
      await sleep(1000);
    }
  }, { seconds: 95 }));
  let served = 0;
  for (const end = Date.now() + 10_000; Date.now() < end; served += 1) {
    const started = Date.now();
    await still_serves();
    assert.ok(Date.now() - started < 9000, "a visitor is not kept waiting by slow ones");
    await sleep(500);
  }
  assert.ok(served > 3);
  const ends = await Promise.all(slow);
  for (const end of ends) assert.ok(end.was_closed || end.status >= 400, `a slow client is cut: ${end.seconds} s`);
});

test("the console's API refuses what it does not know", async (t) => {
  const send = (method, path_, headers, body = "") => raw(service.console,
    head(service.console, method, path_, { ...headers, "Content-Length": Buffer.byteLength(body) }) + body, { seconds: 20 });
  const json = { "Content-Type": "application/json", "X-Tillit-Csrf": "1" };
  for (const [name, sent, ...statuses] of [
    ["not JSON", send("POST", "/api/v1/login", json, "{"), 400],
    ["an array", send("POST", "/api/v1/login", json, "[]"), 400],
    ["nothing", send("POST", "/api/v1/login", json, ""), 400],
    ["deep nesting", send("POST", "/api/v1/login", json, "[".repeat(10_000)), 400],
    ["numbers for texts", send("POST", "/api/v1/login", json, '{"login":1,"auth":2}'), 400],
    ["invalid UTF-8", raw(service.console, Buffer.concat([Buffer.from(head(service.console, "POST", "/api/v1/login", { ...json, "Content-Length": "24" })),
      Buffer.from('{"login":"\xff","auth":"aa"}', "latin1")]), { seconds: 20 }), 400],
    ["two logins", send("POST", "/api/v1/login", json, '{"login":"a","login":"b","auth":"aaaa"}'), 400],
    ["a form", send("POST", "/api/v1/login", { ...json, "Content-Type": "text/plain" }, '{"login":"a","auth":"b"}'), 400, 403, 415],
    ["no preflight header", send("POST", "/api/v1/login", { "Content-Type": "application/json" }, '{"login":"a","auth":"b"}'), 400, 403],
    ["no session", send("GET", "/api/v1/cases", {}), 401],
    ["an unknown call", send("GET", "/api/v1/everything", {}), 404],
    ["a megabyte of login", send("POST", "/api/v1/login", json, `{"login":"${"a".repeat(1 << 20)}","auth":"b"}`), 400, 413],
  ]) {
    await t.test(name, async () => {
      const reply = await sent;
      assert.ok(statuses.includes(reply.status), `status ${reply.status} is one of ${statuses}: ${reply.text.slice(0, 300)}`);
      assert.match(reply.body, /^\{"error":"[a-z_]+"/, "an error is a word");
    });
  }
  const csrf_less = new Api(service.console);
  csrf_less.csrf = "1";
  const logout = await csrf_less.call("POST", "/logout", {});
  assert.ok([401, 403].includes(logout.status));
});

test("the API of the reporter's script refuses what no honest script sends", async (t) => {
  const token = crypto.randomBytes(32).toString("base64url");
  const call = async (method, where, { body = "", type = "application/json", header = token } = {}) => {
    const bytes = Buffer.from(body);
    const lines = { "Content-Length": bytes.length, ...(type ? { "Content-Type": type } : {}), ...(header ? { "X-Tillit-Token": header } : {}) };
    const reply = await raw(service.portal, Buffer.concat([Buffer.from(head(service.portal, method, `/api/v1${where}`, lines)), bytes]));
    assert.doesNotMatch(reply.text, /exception|EXCEPTION_WHAT|sqlite|std::|\.cpp|httplib/i);
    return reply;
  };
  const says = async (reply, status, error) => {
    const got = await reply;
    assert.equal(got.status, status, got.text.slice(0, 400));
    if (error) assert.deepEqual(JSON.parse(got.body), { error });
  };
  const report = { lookup_hash: "A", case_recipient: "A", reporter_recipient: "A", verify_key: "A", grants: [], identity: "A", report: "A", attachments: [] };
  const bodies = {
    "no JSON": "report", "an array": "[]", "nothing": "", "half an object": '{"grants":[', "a key twice": '{"report":"A","report":"A"}',
    "fields that are no keys": JSON.stringify(report), "a NUL": '{"report":"\\u0000"}', "bytes that are not text": "\xff\xfe",
    "a thousand levels": '{"a":'.repeat(1000) + "1" + "}".repeat(1000), "one field too many": JSON.stringify({ ...report, text: "in clear" }),
  };
  for (const [name, body] of Object.entries(bodies)) {
    await t.test(`a report: ${name}`, () => says(call("POST", "/reports", { body }), 400, "request"));
    await t.test(`a reply: ${name}`, () => says(call("POST", "/case/envelopes", { body }), 400, "request"));
  }
  await t.test("a report of another type", () => says(call("POST", "/reports", { body: "{}", type: "text/plain" }), 400, "request"));
  await t.test("a report of 2 MiB", async () => {
    assert.ok([400, 413].includes((await call("POST", "/reports", { body: "x".repeat(2 << 20) })).status));
  });
  for (const [name, header] of Object.entries({ "no token": "", "a short token": "AAAA", "a token that is not one": "=".repeat(43) })) {
    await t.test(`a case with ${name}`, () => says(call("GET", "/case", { type: "", header }), 400, "request"));
    await t.test(`an upload with ${name}`, () => says(call("POST", "/uploads", { body: "{}", header }), 400, "request"));
  }
  await t.test("a case that no key opens", () => says(call("GET", "/case", { type: "" }), 404, "not_found"));
  await t.test("a file of it", () => says(call("GET", `/case/attachments/${token.slice(0, 22)}`, { type: "" }), 404, "not_found"));
  const { id } = JSON.parse((await call("POST", "/uploads", { body: "{}" })).body);
  await t.test("a piece beyond 1 MiB", async () => {
    const reply = await call("PUT", `/uploads/${id}/0`, { body: Buffer.alloc((1 << 20) + 1), type: "application/octet-stream" });
    assert.equal(reply.status, 413);
  });
  await t.test("a piece out of its place", () => says(call("PUT", `/uploads/${id}/7`, { body: "x" }), 409, "piece_order"));
  await t.test("a place that is no number", () => says(call("PUT", `/uploads/${id}/-1`, { body: "x" }), 404, "not_found"));
  await t.test("an upload of somebody else", () =>
    says(call("PUT", `/uploads/${id}/0`, { body: "x", header: crypto.randomBytes(32).toString("base64url") }), 404, "not_found"));
  await t.test("an end before its time", () => says(call("POST", `/uploads/${id}/complete`, { body: '{"stored_size":9}' }), 409, "incomplete"));
  await still_serves();
});

test("a wrong key and an unknown key get one answer", async () => {
  const reporter = new Reporter(service.portal);
  const { key } = await reporter.report({ text: "so that one case exists" });
  const words = key.split(" ");
  const unknown = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
  const mistyped = [words[1], words[0], ...words.slice(2)].join(" ");
  const ask = (text) => new Reporter(service.portal).post("/return", [["key", text]]);
  const shown = (reply, typed) => text_of(reply.html.replaceAll(typed, ""));
  const first = await ask(unknown);
  const second = await ask(mistyped);
  assert.equal(first.status, second.status);
  assert.equal(first.headers["set-cookie"], undefined);
  const strip = (headers) => Object.entries(headers).filter(([name]) => !["content-length", "date"].includes(name));
  assert.deepEqual(strip(first.headers), strip(second.headers));
  assert.equal(first.body.length - unknown.length, second.body.length - mistyped.length, "equal in size but for what was typed");
  assert.equal(shown(first, unknown), shown(second, mistyped), "equal in words");
});

test("a full disk keeps the text, shows no key, and the service goes on when there is room again",
  { skip: process.getuid() !== 0 && "mounting a small disk needs root", timeout: 120_000 }, async () => {
    const disk = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-disk-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", disk]);
    let small;
    try {
      small = await start_service({ under: disk });
      const reporter = new Reporter(small.portal);
      const { key } = await reporter.report({ text: "before" });
      const ballast = path.join(disk, "ballast");
      const file = fs.openSync(ballast, "w");
      try {
        for (;;) fs.writeSync(file, Buffer.alloc(4096, 1));
      } catch (error) {
        assert.equal(error.code, "ENOSPC");
      }
      fs.closeSync(file);
      // Large enough not to fit into what the log of the database has reserved already.
      const text = "while the disk is full " + "x".repeat(100_000);
      const prepared = await reporter.prepare({ text });
      const content = crypto.randomBytes(8 * 1024 * 1024);
      for (const files of [[], [{ name: "big.bin", content }]]) {
        let reply;
        for (let i = 0; i < 40; i += 1) {
          reply = await reporter.send_report(prepared, files);
          if (!words_of(reply.html)) break; // room left in the log took it; go on until it is full
          Object.assign(prepared, await reporter.prepare({ text }));
        }
        assert.equal(words_of(reply.html), undefined, "no key without a stored report");
        assert.ok([500, 503, 507, 422].includes(reply.status), `status ${reply.status}`);
        assert.ok(reply.html.includes("while the disk is full"), "the text is in the page");
      }
      assert.equal((await reporter.get("/")).status, 200);
      fs.rmSync(ballast);
      await reporter.report({ text: "after" });
      assert.equal((await reporter.come_back(key)).status, 200);
    } finally {
      await small?.stop();
      execFileSync("umount", ["-l", disk]);
      fs.rmdirSync(disk);
    }
  });

test("a wrong database key is refused and the file stays as it was", async () => {
  const other = await start_service({ demo: false });
  try {
    await other.stop();
    const [database, key] = ["orgs/default/tillit.db", "orgs/default/db.key"];
    const before = crypto.createHash("sha256").update(fs.readFileSync(path.join(other.data, database))).digest("hex");
    const good = fs.readFileSync(path.join(other.data, key));
    // Another key of the same shape, whatever the shape is.
    const other_hex = (text) => text.replace(/[0-9a-f]/gi, (c) => (15 - parseInt(c, 16)).toString(16));
    const is_text = /^[0-9a-f\s]+$/i.test(good.toString("latin1"));
    fs.writeFileSync(path.join(other.data, key), is_text ? other_hex(good.toString()) : good.map((b) => b ^ 255));
    const run = await run_program(["serve", "--data", other.data, "--portal", "127.0.0.1:0", "--console", "localhost:0", "--assets", assets]);
    assert.notEqual(run.code, 0);
    assert.match(run.stderr + run.stdout, /key/i, "it says that the key is wrong");
    assert.equal(crypto.createHash("sha256").update(fs.readFileSync(path.join(other.data, database))).digest("hex"), before);
    fs.writeFileSync(path.join(other.data, key), good);
    await other.serve();
  } finally {
    await other.remove();
  }
});
