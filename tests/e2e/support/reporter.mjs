// A reporter without a browser: the same forms, sent over plain HTTP, with a cookie jar of its own.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import http from "node:http";

import { form_for, messages_of, words_of } from "./html.mjs";

/** A multipart body. parts: [[name, value]] or {field, name, type, content: Buffer}. */
export function multipart(parts) {
  const boundary = "----tillit" + crypto.randomBytes(12).toString("hex");
  const pieces = [];
  for (const part of parts) {
    const is_text = Array.isArray(part);
    const name = is_text ? part[0] : part.field;
    const file = is_text ? "" : `; filename="${part.name}"\r\nContent-Type: ${part.type ?? "application/octet-stream"}`;
    pieces.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`));
    pieces.push(is_text ? Buffer.from(part[1]) : part.content, Buffer.from("\r\n"));
  }
  pieces.push(Buffer.from(`--${boundary}--\r\n`));
  return { type: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat(pieces) };
}

/** One request, on a connection of its own unless an agent is given (a kept one may just have been closed). Returns {status, headers, body: Buffer, html}. */
export function exchange(url, { method = "GET", headers = {}, body, agent = false } = {}) {
  return new Promise((done, failed) => {
    const length = body ? { "content-length": body.length } : {};
    const request = http.request(url, { method, headers: { ...headers, ...length }, agent }, (reply) => {
      const chunks = [];
      reply.on("data", (d) => chunks.push(d));
      reply.once("error", failed);
      reply.once("aborted", () => failed(new Error("the answer broke off")));
      reply.once("end", () => {
        const whole = Buffer.concat(chunks);
        done({ status: reply.statusCode, headers: reply.headers, body: whole, html: whole.toString() });
      });
    });
    request.once("error", failed);
    request.end(body);
  });
}

export class Reporter {
  constructor(portal, { agent = false } = {}) {
    this.portal = portal;
    this.agent = agent;
    this.cookies = new Map();
  }

  async send(path, options = {}) {
    const headers = { ...(options.headers ?? {}) };
    if (this.cookies.size) headers.cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`).join("; ");
    const reply = await exchange(this.portal + path, { ...options, headers, agent: this.agent });
    for (const line of reply.headers["set-cookie"] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value === "" || /max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return reply;
  }

  get(path) {
    return this.send(path);
  }

  post(path, parts, headers = {}) {
    const { type, body } = multipart(parts);
    return this.send(path, { method: "POST", body, headers: { "content-type": type, ...headers } });
  }

  /** GET, and on to where a 303 points. */
  async follow(reply) {
    for (let hops = 0; reply.status === 303 && hops < 5; hops += 1) reply = await this.get(reply.headers.location);
    return reply;
  }

  /** Form, check page; returns the form of the check page, ready to be sent: {action, fields, files}. */
  async prepare({ text, identity, untick = [], exclude = [] }) {
    const page = await this.get("/report");
    assert.equal(page.status, 200, "the form is there");
    const form = form_for(page.html, "/report/check");
    assert.ok(form, "the page holds the report form");
    const parts = form.fields.filter(([name, value]) => name !== "text" && !(name === "to" && untick.includes(value)));
    parts.push(["text", text]);
    for (const member of exclude) parts.push(["not", member]);
    if (identity) parts.push(["name", identity.name], ["contact", identity.contact ?? ""]);
    const check = await this.post("/report/check", parts);
    assert.equal(check.status, 200, `the check page comes: ${check.html.slice(0, 2000)}`);
    const send = form_for(check.html, "/report");
    assert.ok(send, "the check page holds the form that sends");
    return { ...send, page: check };
  }

  /** Sends a prepared report with files [{name, content, type}]; the reply holds the key page. */
  send_report(prepared, files = []) {
    return this.post("/report", this.report_parts(prepared, files));
  }

  report_parts(prepared, files = []) {
    return [...prepared.fields, ...files.map((file, i) => ({ field: prepared.files[i], ...file }))];
  }

  /** The whole way; returns {key, reply, token}. */
  async report({ files = [], ...report }) {
    const prepared = await this.prepare(report);
    const reply = await this.follow(await this.send_report(prepared, files));
    const key = words_of(reply.html);
    assert.ok(key, `a key page with status ${reply.status}: ${reply.html.slice(0, 3000)}`);
    return { key, reply, token: new Map(prepared.fields).get("token") };
  }

  async come_back(key, kept_text) {
    const parts = [["key", key]];
    if (kept_text !== undefined) parts.push(["kept_text", kept_text]);
    return this.follow(await this.post("/return", parts));
  }

  async messages() {
    const page = await this.get("/case");
    assert.equal(page.status, 200, "the case page");
    return messages_of(page.html);
  }

  /** Replies from a case page just loaded. */
  async reply(text, files = []) {
    const page = await this.get("/case");
    const form = form_for(page.html, "/case/reply");
    assert.ok(form, `the case page (${page.status}) holds the reply form: ${page.html.slice(0, 500)}`);
    const parts = form.fields.map(([name, value]) => (name === "text" ? [name, text] : [name, value]));
    parts.push(...files.map((file, i) => ({ field: form.files[i], ...file })));
    return this.follow(await this.post("/case/reply", parts));
  }

  leave() {
    return this.post("/leave", []);
  }

  async report_receivers() {
    const page = await this.get("/report");
    return form_for(page.html, "/report/check").boxes;
  }
}
