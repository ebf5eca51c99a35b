// Goal: the console on the investigator's own machine hands nothing over to a service that steals. Every script the
// service serves is replaced by one that takes what is typed; all it ever receives is recorded and searched. Control:
// the same thief, visited directly, gets the passphrase.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";

import { launch } from "./support/browsers.mjs";
import { ask, connect_console, Thief } from "./support/local_console.mjs";
import { login_keys, Member } from "./support/member.mjs";
import { Reporter } from "./support/reporter.mjs";
import { start_service } from "./support/service.mjs";

const said = "Nøklene til arkivet ligger under matta.";
const answer = "Takk, vi ser på det. 🔑";
const attached = crypto.randomBytes(3_000_000);

let service, kari;
before(async () => {
  service = await start_service();
  [kari] = service.with_role("investigator");
  await new Reporter(service.portal).report({ text: said, files: [{ name: "matte.bin", content: attached }] });
});
after(() => service?.remove());

async function log_in(page, url) {
  await page.goto(url + "/");
  await page.fill('[name="login"]', kari.login);
  await page.fill('[name="secret"]', kari.passphrase);
  await page.click("form .row button.ds-button");
  await page.waitForSelector("tillit-inbox", { timeout: 60_000 });
}

/** A secret in the forms in which it could leave: as it is, and in what encodings of bytes there are. */
function forms_of(name, secret) {
  const bytes = Buffer.from(secret);
  const forms = [bytes, bytes.toString("hex"), bytes.toString("base64").replace(/=+$/, ""), bytes.toString("base64url"),
    encodeURIComponent(bytes.toString("latin1")), JSON.stringify(bytes.toString()).slice(1, -1)];
  return forms.map((form) => [name, Buffer.from(form)]);
}

async function secrets() {
  const member = await Member.log_in(service, kari);
  const case_id = await member.case_that_begins(said);
  const { grant } = await member.open(case_id);
  const keys = await login_keys(service.console, kari);
  const words = kari.passphrase.split(/\s+/);
  const pairs = words.slice(1).map((word, i) => forms_of("two words of the passphrase", `${words[i]} ${word}`));
  return [
    ...forms_of("passphrase", kari.passphrase), ...pairs.flat(),
    ...forms_of("wrap key", keys.wrap),
    ...forms_of("key of the keyring", member.keyring.identity), ...forms_of("signing key", member.keyring.signing),
    ...forms_of("case key", grant.secret),
    ...forms_of("report", said), ...forms_of("answer", answer), ...forms_of("piece of the file", attached.subarray(1000, 1040)),
  ];
}

test("control: the thief visited directly gets the passphrase", { timeout: 120_000 }, async () => {
  const thief = await Thief.before(service.console);
  const browser = await launch("chromium", { scripts: true });
  try {
    const { raw: page } = await browser.page();
    await log_in(page, thief.url);
    assert.match(await page.textContent("body"), /Fjordvik/, "the console works as ever");
    assert.ok(thief.everything().includes(kari.passphrase), "and the thief has the passphrase");
  } finally {
    await browser.close();
    await thief.close();
  }
});

test("through the local console: log in, read, save, answer; the thief gets nothing", { timeout: 240_000 }, async () => {
  const thief = await Thief.before(service.console);
  const local = await connect_console(thief.url);
  const browser = await launch("chromium", { scripts: true });
  try {
    const { raw: page } = await browser.page();
    const elsewhere = [];
    const complaints = [];
    page.on("request", (request) => new URL(request.url()).host === local.host || elsewhere.push(request.url()));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(local.address + "/");
    assert.match(await page.textContent("tillit-login"), /These pages come from this machine/);
    await log_in(page, local.address);
    await page.locator(".inbox__item").first().click();
    await page.waitForSelector("tillit-message", { timeout: 60_000 });
    assert.deepEqual(await page.locator(".msg__text").allTextContents(), [said]);
    assert.equal(await page.locator("tillit-case [data-color=danger]").count(), 0, "no alarm");
    const item = page.locator("tillit-message .files > li").filter({ hasText: "matte.bin" });
    const [download] = await Promise.all([page.waitForEvent("download"), item.locator("button").first().click()]);
    assert.ok(fs.readFileSync(await download.path()).equals(attached), "the file, bit for bit");
    await page.fill("#reply-body", answer);
    await page.setInputFiles("#reply-files", { name: "svar.bin", mimeType: "application/octet-stream", buffer: attached });
    await page.click("tillit-reply form .row button");
    await page.waitForFunction((text) => [...document.querySelectorAll(".msg__text")].some((e) => e.textContent === text), answer, { timeout: 60_000 });
    assert.deepEqual(elsewhere, [], "the browser spoke with this machine alone");
    assert.deepEqual(complaints.filter((text) => !text.includes("401 (Unauthorized)")), []);
    assert.ok(!thief.everything().includes("/stolen"), "no script of the thief has run");
  } finally {
    await browser.close();
  }
  try {
    const { auth } = await login_keys(service.console, kari);
    const taken = thief.everything();
    assert.ok(taken.includes(Buffer.from(auth).toString("base64url")), "control: the search finds what was sent");
    for (const [name, form] of await secrets()) assert.ok(!taken.includes(form), `the thief has the ${name}`);
    assert.ok(!taken.includes(local.host.split(":")[0]), "nor the name under which the console runs here");
    const names = [...taken.toString("latin1").matchAll(/^([A-Za-z-]+)\n/gm)].map(([, name]) => name.toLowerCase());
    for (const name of ["accept-language", "referer", "origin", "sec-fetch-site"]) assert.ok(!names.includes(name), `${name} is not passed on`);
    assert.ok(!/Mozilla|Chrom/.test(taken.toString("latin1")), "nor which browser it is");
    const member = await Member.log_in(service, kari);
    const { entries, faults } = await member.open(await member.case_that_begins(said));
    assert.deepEqual(faults, []);
    assert.ok(entries.some((entry) => entry.statement.body === answer), "the answer lies in the case");
  } finally {
    await local.stop();
    await thief.close();
  }
});

test("the served console calls itself the fallback, in Firefox too the local one is found by its name", { timeout: 120_000 }, async () => {
  const local = await connect_console(service.console);
  const browser = await launch("firefox", { scripts: true });
  try {
    const page = await browser.page();
    await page.go(service.console + "/");
    await page.raw.waitForSelector("tillit-login form");
    assert.match(await page.html(), /This is the fallback/);
    await page.go(local.address + "/");
    await page.raw.waitForSelector("tillit-login form");
    assert.match(await page.html(), /These pages come from this machine/);
  } finally {
    await browser.close();
    await local.stop();
  }
});

test("nothing but JSON and octets comes through, and no header of the service", { timeout: 60_000 }, async () => {
  const thief = await Thief.before(service.console);
  const local = await connect_console(thief.url);
  try {
    const says = (name, status, headers, body) =>
      thief.answers.set(`/api/v1/${name}`, (_, reply) => reply.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) }).end(body));
    says("page", 200, { "content-type": "text/html" }, "<script src=/api/v1/script></script>");
    says("script", 200, { "content-type": "text/javascript" }, "alert(1)");
    says("svg", 200, { "content-type": "image/svg+xml" }, "<svg/>");
    says("none", 200, {}, "alert(1)");
    thief.answers.set("/api/v1/two", (_, reply) =>
      reply.socket.end("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"));
    says("packed", 200, { "content-type": "application/json", "content-encoding": "gzip" }, "{}");
    says("elsewhere", 302, { location: "https://thief.example/" }, "");
    for (const name of ["page", "script", "svg", "none", "two", "packed", "elsewhere"]) {
      const reply = await ask(local, `/api/v1/${name}`);
      assert.deepEqual([reply.status, reply.body.toString()], [502, '{"error":"malformed"}'], name);
      assert.equal(reply.headers.location, undefined);
    }
    says("good", 200, { "content-type": "application/json; charset=utf-7", "set-cookie": ["tillit_console=abc; Domain=localhost; Path=/x; Secure",
      "__Host-tillit_device=def; Max-Age=99999999999; Secure; SameSite=None", "other=1", "tillit_console=a b"], "x-thief": "1",
      "content-security-policy": "default-src *", "clear-site-data": '"*"' }, '{"a":1}');
    const good = await ask(local, "/api/v1/good");
    assert.deepEqual([good.status, good.body.toString(), good.headers["content-type"]], [200, '{"a":1}', "application/json"]);
    assert.deepEqual(good.headers["set-cookie"].sort(), ["tillit_console=abc; Path=/; HttpOnly; SameSite=Strict",
      "tillit_device=def; Path=/; HttpOnly; SameSite=Strict; Max-Age=34560000"]);
    const usual = (await ask(local, "/")).headers;
    for (const name of ["x-thief", "clear-site-data"]) assert.equal(good.headers[name], undefined);
    assert.equal(good.headers["content-security-policy"], usual["content-security-policy"]);
    assert.match(usual["content-security-policy"], /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; .*require-trusted-types-for 'script'$/);
    const before_call = thief.received.length;
    for (const place of ["/api/v1/../stolen", "/api/v1/a%3fb", "/api/v1/%2e%2e/x", "/api/v2/x", "/stolen", "/api/v1/", "/api/v1//x", "/api/v1/a.b"]) {
      assert.equal((await ask(local, place)).status, 404, place);
    }
    assert.equal(thief.received.length, before_call, "none of these was passed on");
  } finally {
    await local.stop();
    await thief.close();
  }
});

test("it answers its own pages in its own browser only", { timeout: 60_000 }, async () => {
  const local = await connect_console(service.console);
  try {
    for (const host of [`localhost:${local.port}`, `127.0.0.1:${local.port}`, `evil.example:${local.port}`, `tillit-0123.localhost:${local.port}`]) {
      assert.equal((await ask(local, "/", { host })).status, 421, host);
      assert.equal((await ask(local, "/api/v1/organisation", { host })).status, 421, host);
    }
    const get = (headers) => ask(local, "/api/v1/organisation", { headers }).then((reply) => reply.status);
    assert.equal(await get({}), 200);
    assert.equal(await get({ origin: local.address, "sec-fetch-site": "same-origin" }), 200);
    assert.equal(await get({ origin: "http://evil.example" }), 403);
    assert.equal(await get({ origin: "null" }), 403);
    assert.equal(await get({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }), 403);
    const link = await ask(local, "/", { headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" } });
    assert.equal(link.status, 200, "a link may lead to it");
    const post = await ask(local, "/api/v1/logout", { method: "POST" });
    assert.deepEqual([post.status, post.body.toString()], [403, '{"error":"csrf"}']);
    const on = (address) => new Promise((done) => {
      const server = net.createServer().once("error", (error) => done(error.code)).listen(local.port, address, () => server.close(() => done("free")));
    });
    const has_v6 = Object.values(os.networkInterfaces()).flat().some((at) => at.address === "::1");
    if (has_v6) assert.equal(await on("::1"), "EADDRINUSE", "nobody else can wait where browsers ask first");
  } finally {
    await local.stop();
  }
});

test("300 MiB pass through in little memory; what breaks off is seen to", { timeout: 120_000 }, async () => {
  const thief = await Thief.before(service.console);
  const local = await connect_console(thief.url);
  const size = 300 * 1024 * 1024;
  const piece = crypto.randomBytes(1 << 20);
  const send = (claimed, sent, headers) => (_, reply) => {
    reply.writeHead(200, { "content-type": "application/octet-stream", ...headers(claimed) });
    let left = sent;
    const more = () => {
      while (left > 0) {
        left -= piece.length;
        if (!reply.write(piece)) return reply.once("drain", more);
      }
      if (claimed === sent) reply.end();
      else reply.socket.destroy();
    };
    more();
  };
  const with_length = (claimed) => ({ "content-length": claimed });
  const chunked = () => ({});
  try {
    thief.answers.set("/api/v1/large", send(size, size, with_length));
    thief.answers.set("/api/v1/chunks", send(size / 10, size / 10, chunked));
    thief.answers.set("/api/v1/cut", send(size, size / 10, with_length));
    thief.answers.set("/api/v1/cut-chunks", send(size, size / 10, chunked));
    const count = (name) => new Promise((done, failed) => {
      http.get({ host: "127.0.0.1", port: local.port, path: `/api/v1/${name}`, headers: { host: local.host }, agent: false }, (reply) => {
        let bytes = 0;
        reply.on("data", (d) => (bytes += d.length));
        reply.once("error", failed);
        reply.once("end", () => done({ bytes, length: reply.headers["content-length"] }));
      }).once("error", failed);
    });
    assert.deepEqual(await count("large"), { bytes: size, length: String(size) });
    assert.deepEqual(await count("chunks"), { bytes: size / 10, length: undefined });
    await assert.rejects(count("cut"), /aborted/);
    await assert.rejects(count("cut-chunks"), /aborted/);
    const peak = Number(/^VmHWM:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${local.pid}/status`, "utf8"))[1]);
    assert.ok(peak < 100 * 1024, `${peak} KiB at most in use`);
  } finally {
    await local.stop();
    await thief.close();
  }
});

test("over https the certificate is checked and cookies change their names on the way", { timeout: 60_000 }, async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-tls-"));
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => path.join(folder, name));
  const made = spawnSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
    "-out", cert, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], { encoding: "utf8" });
  assert.equal(made.status, 0, made.stderr);
  const seen = [];
  const server = https.createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(cert) }, (request, reply) => {
    seen.push(request.headers.cookie);
    reply.writeHead(200, { "content-type": "application/json", "set-cookie": "__Host-tillit_console=abc; Path=/; Secure; HttpOnly" });
    reply.end("{}");
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const url = `https://localhost:${server.address().port}`;
  const trusting = await connect_console(url, { env: { SSL_CERT_FILE: cert } });
  const doubting = await connect_console(url);
  try {
    const reply = await ask(trusting, "/api/v1/me", { headers: { cookie: "tillit_console=xyz; other=1" } });
    assert.equal(reply.status, 200, trusting.log());
    assert.deepEqual(reply.headers["set-cookie"], ["tillit_console=abc; Path=/; HttpOnly; SameSite=Strict"]);
    assert.equal(seen.at(-1), "__Host-tillit_console=xyz; tillit_console=xyz");
    const calls = seen.length;
    const refused = await ask(doubting, "/api/v1/me");
    assert.deepEqual([refused.status, refused.body.toString()], [502, '{"error":"offline"}']);
    assert.equal(seen.length, calls, "nothing was asked of a server nobody vouches for");
    t.diagnostic(trusting.log().split("\n")[0]);
  } finally {
    await trusting.stop();
    await doubting.stop();
    await new Promise((done) => server.close(done));
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
