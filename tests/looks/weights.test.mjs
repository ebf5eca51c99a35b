// Goal: pages stay small over a slow line, counted as they go over the wire (headers too) into an empty cache; and only
// files that are the same for everybody are compressed: a compressed page tells its content by its length.
import assert from "node:assert/strict";
import net from "node:net";
import { after, before, test } from "node:test";
import zlib from "node:zlib";

import { Member } from "../e2e/support/member.mjs";
import { Reporter } from "../e2e/support/reporter.mjs";
import { start_service } from "../e2e/support/service.mjs";

const kilobyte = 1000;
let service;
before(async () => (service = await start_service()));
after(() => service?.remove());

/** One GET over a connection of its own: {status, headers, text, wire: bytes received}. */
function fetch_raw(url) {
  const { hostname, host, port, pathname, search } = new URL(url);
  return new Promise((done, failed) => {
    const socket = net.connect({ host: hostname, port: Number(port) });
    const chunks = [];
    socket.once("error", failed);
    socket.on("data", (d) => chunks.push(d));
    socket.once("end", () => {
      const whole = Buffer.concat(chunks);
      const at = whole.indexOf("\r\n\r\n");
      const head = whole.subarray(0, at).toString("latin1");
      const headers = Object.fromEntries(head.split("\r\n").slice(1).map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }));
      const body = whole.subarray(at + 4);
      const plain = headers["content-encoding"] === "gzip" ? zlib.gunzipSync(body) : body;
      done({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)[1]), headers, text: plain.toString(), wire: whole.length });
    });
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n`);
  });
}

/** A page with everything it and its style sheets name on this host: Map of path → bytes. More than a browser fetches. */
async function page_with_assets(base, start, more = []) {
  const sizes = new Map();
  const wanted = [start, ...more];
  while (wanted.length > 0) {
    const path = wanted.pop();
    if (sizes.has(path)) continue;
    const { wire, text, headers } = await fetch_raw(base + path);
    sizes.set(path, wire);
    const type = headers["content-type"] ?? "";
    if (type.startsWith("text/html")) for (const [, found] of text.matchAll(/<(?:link|script|img)\b[^>]*?(?:href|src)="(\/[^"]+)"/g)) wanted.push(found);
    if (type.startsWith("text/css")) for (const [, found] of text.matchAll(/url\(["']?(\/[^"')]+)/g)) wanted.push(found);
    if (/javascript/.test(type)) for (const [found] of text.matchAll(/\/assets\/[\w.-]+-[0-9a-f]{12}\.(?:js|wasm)/g)) wanted.push(found);
  }
  return sizes;
}
const total = (sizes) => [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);

test("landing page, report form and console log-in stay within their weights", async (t) => {
  const landing = await page_with_assets(service.portal, "/");
  const form = await page_with_assets(service.portal, "/report");
  for (const path of landing.keys()) form.delete(path);
  // The sealing script comes beside the form, which can be written in and sent before, and without, it.
  const script = [...form].filter(([path]) => /\/assets\/reporter-[\w.-]+$/.test(path));
  for (const [path] of script) form.delete(path);
  const login = await page_with_assets(service.console, "/", ["/api/v1/organisation", "/api/v1/me"]);
  t.diagnostic(`weights: landing page ${total(landing)} B (aim 40,000), report form ${total(form)} B more (aim 30,000), sealing script ${total(new Map(script))} B (aim 60,000), console log-in ${total(login)} B (aim 150,000)`);
  assert.ok(landing.size >= 2 && login.size >= 5, "assets were found");
  assert.ok(total(landing) <= 40 * kilobyte, JSON.stringify([...landing]));
  assert.ok(total(form) <= 30 * kilobyte, JSON.stringify([...form]));
  assert.equal(script.length, 1);
  assert.ok(total(new Map(script)) <= 60 * kilobyte, JSON.stringify(script));
  assert.ok(total(login) <= 150 * kilobyte, JSON.stringify([...login]));
});

test("static files are compressed, pages with content never", async () => {
  const is_packed = ({ headers }) => headers["content-encoding"] !== undefined;
  const style = /href="(\/assets\/[^"]+\.css)"/.exec((await fetch_raw(service.portal + "/")).text)[1];
  assert.ok(is_packed(await fetch_raw(service.portal + style)), "the portal's style sheet");
  const shell = await fetch_raw(service.console + "/");
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(shell.text)[1];
  assert.ok(is_packed(await fetch_raw(service.console + script)), "the console's script");

  for (const path of ["/", "/report", "/return", "/safety", "/case", "/nothing-here"]) {
    assert.ok(!is_packed(await fetch_raw(service.portal + path)), path);
  }
  const packed = { "accept-encoding": "gzip, br" };
  const reporter = new Reporter(service.portal);
  const send = reporter.send.bind(reporter);
  const replies = [];
  reporter.send = async (path, options = {}) => {
    const reply = await send(path, { ...options, headers: { ...options.headers, ...packed } });
    replies.push([path, reply]);
    return reply;
  };
  const { key } = await reporter.report({ text: "ladder ".repeat(2000) });
  await reporter.come_back(key);
  await reporter.reply("ladder ".repeat(500));
  assert.ok(replies.length >= 6);
  for (const [path, reply] of replies) assert.ok(!is_packed(reply), path);

  const member = await Member.log_in(service, service.with_role("investigator")[0]);
  for (const path of ["/cases", "/directory", "/me"]) {
    const reply = await fetch(`${service.console}/api/v1${path}`, {
      headers: { ...packed, cookie: [...member.api.cookies].map(([k, v]) => `${k}=${v}`).join("; ") },
    });
    assert.equal(reply.status, 200, path);
    assert.equal(reply.headers.get("content-encoding"), null, path);
  }
});
