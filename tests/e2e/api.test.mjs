// Goal: the running service and docs/api.yaml say the same: every operation of the description is called, every answer
// fits it, and the service has no route of the API that the description lacks.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import test, { after, before } from "node:test";

import * as keys from "./support/epochs.mjs";
import * as letters from "./support/identity.mjs";
import { Api, login_keys, Member } from "./support/member.mjs";
import * as notes from "./support/notes.mjs";
import { Reporter } from "./support/reporter.mjs";
import { root, run_program, start_service } from "./support/service.mjs";
import { twin } from "./support/twin.mjs";

const { parse } = createRequire(path.join(root, "frontend/package.json"))("yaml");
const { toBase64url: b64, fromBase64url: raw } = twin.bytes;
const description = parse(fs.readFileSync(path.join(root, "docs/api.yaml"), "utf8"));
const resolve = (node) => (node?.$ref ? resolve(node.$ref.split("/").slice(1).reduce((at, key) => at[key], description)) : node);

/** What is wrong with `value` under the schema: [] is nothing. The keywords that docs/api.yaml uses, no others. */
function faults(value, schema, at = "$") {
  schema = resolve(schema);
  const known = ["type", "required", "properties", "additionalProperties", "items", "enum", "const", "oneOf", "pattern", "minimum",
    "maximum", "maxLength", "maxItems", "description", "format", "default"];
  for (const key of Object.keys(schema)) assert.ok(known.includes(key), `this test knows the keyword ${key}`);
  const is = { object: (v) => v !== null && typeof v === "object" && !Array.isArray(v), array: Array.isArray, null: (v) => v === null,
    string: (v) => typeof v === "string", integer: Number.isInteger, boolean: (v) => typeof v === "boolean" };
  const out = [];
  if (schema.type && ![schema.type].flat().some((type) => is[type](value))) return [`${at} is no ${schema.type}`];
  if (schema.enum && !schema.enum.includes(value)) out.push(`${at} is none of ${schema.enum}`);
  if ("const" in schema && schema.const !== value) out.push(`${at} is not ${schema.const}`);
  if (schema.oneOf && schema.oneOf.filter((one) => faults(value, one, at).length === 0).length !== 1) out.push(`${at} fits not one`);
  if (schema.pattern && typeof value === "string" && !new RegExp(schema.pattern).test(value)) out.push(`${at} has another shape`);
  if (typeof value === "number" && value < (schema.minimum ?? -Infinity)) out.push(`${at} is too small`);
  if (is.object(value) && schema.properties) {
    for (const key of schema.required ?? []) if (!(key in value)) out.push(`${at}.${key} is missing`);
    for (const [key, inner] of Object.entries(value)) {
      if (key in schema.properties) out.push(...faults(inner, schema.properties[key], `${at}.${key}`));
      else if (schema.additionalProperties === false) out.push(`${at}.${key} is not described`);
    }
  }
  if (Array.isArray(value) && schema.items) value.forEach((inner, i) => out.push(...faults(inner, schema.items, `${at}[${i}]`)));
  return out;
}

/** METHOD and path of the description that a call belongs to. */
function operation_of(method, called) {
  const segments = called.split("?")[0].split("/");
  const fits = ([name]) => {
    const wanted = name.split("/");
    return wanted.length === segments.length && wanted.every((part, i) => part.startsWith("{") || part === segments[i]);
  };
  const found = Object.entries(description.paths).filter(fits).sort((a, b) => a[0].split("{").length - b[0].split("{").length);
  for (const [name, item] of found) if (item[method.toLowerCase()]) return { name, operation: item[method.toLowerCase()] };
  return undefined;
}

const succeeded = new Set();
/** An Api whose every answer is held against the description. */
class Described extends Api {
  async call(method, called, body, type) {
    const reply = await super.call(method, called, body, type);
    const { name, operation } = operation_of(method, called) ?? assert.fail(`${method} ${called} is not described`);
    const response = resolve(operation.responses[String(reply.status)]);
    assert.ok(response, `${method} ${name} may answer ${reply.status}: ${reply.body}`);
    const wanted = response.content ?? {};
    const media = (reply.headers["content-type"] ?? "").split(";")[0];
    if (Object.keys(wanted).length === 0) assert.equal(reply.body.length, 0, `${method} ${name} ${reply.status} has no body`);
    else assert.ok(wanted[media], `${method} ${name} ${reply.status} may be ${media}`);
    if (media === "application/json") assert.deepEqual(faults(reply.json, wanted[media].schema), [], `${method} ${name} ${reply.status}`);
    if (body !== undefined && type === undefined && reply.status < 300 && operation.requestBody) {
      assert.deepEqual(faults(body, operation.requestBody.content["application/json"].schema), [], `the body of ${method} ${name}`);
    }
    assert.equal(reply.headers["cache-control"], "no-store", `${method} ${name} is not stored`);
    assert.match(reply.headers["content-security-policy"], /default-src 'none'/);
    if (reply.status < 300) succeeded.add(`${method} ${name}`);
    return reply;
  }
}

let service, person, api, case_id, member;
before(async () => {
  service = await start_service();
  const reporter = new Reporter(service.portal);
  await reporter.report({ text: "something happened" });
  [person] = service.with_role("investigator");
  member = await Member.log_in(service, person);
  [{ case_id }] = await member.cases();
  api = new Described(service.console);
});
after(() => service.remove());

test("coming in", async () => {
  const keys = await login_keys(service.console, person);
  await api.ok("GET", "/organisation");
  assert.equal((await api.call("GET", "/me")).status, 401);
  assert.equal((await api.call("POST", "/login", { login: person.login, auth: b64(crypto.randomBytes(32)) })).status, 401);
  assert.equal((await api.call("POST", "/login", { login: person.login })).status, 400);
  const session = await api.ok("POST", "/login", { login: person.login, auth: b64(keys.auth) });
  api.csrf = "wrong";
  assert.equal((await api.call("POST", "/logout", {})).status, 403);
  api.csrf = session.csrf;
  const me = await api.ok("GET", "/me");
  assert.equal(me.csrf, session.csrf);
  await api.ok("GET", "/directory");
  await api.ok("GET", "/directory/earlier");
});

test("an invitation, from the command line to the first log-in", async () => {
  const made = await run_program(["user", "add", "--data", service.data, "--login", "ola", "--name", "Ola Vik", "--office", "Audit",
    "--console", service.console]);
  assert.equal(made.code, 0, made.stderr);
  const token = /\/enrol#(\S+)/.exec(made.stdout)[1];
  const guest = new Described(service.console);
  assert.equal((await guest.call("POST", "/enrolment/look", { token: "none" })).status, 404);
  await guest.ok("POST", "/enrolment/look", { token });
  const { recipient } = JSON.parse((await api.ok("GET", "/directory")).directory.split("\n")[1]).members[0];
  const auth = b64(crypto.randomBytes(32));
  const recovery_auth = b64(crypto.randomBytes(32));
  const keys = { recipient, verify_key: b64(crypto.randomBytes(32)), keyring: b64(crypto.randomBytes(104)),
    recovery_keyring: b64(crypto.randomBytes(104)), auth, recovery_auth };
  await guest.ok("POST", "/enrolment", { token, ...keys });
  assert.equal((await guest.call("POST", "/enrolment", { token, ...keys })).status, 404);
  const session = await guest.ok("POST", "/login/recovery", { login: "ola", auth: recovery_auth });
  guest.csrf = session.csrf;
  const next = { keyring_version: 1, auth, keyring: keys.keyring };
  await guest.ok("POST", "/passphrase", next);
  assert.equal((await guest.call("POST", "/passphrase", next)).status, 409);
  await guest.ok("POST", "/recovery-code", { keyring_version: 2, recovery_auth, recovery_keyring: keys.recovery_keyring });
  assert.equal((await guest.call("GET", `/cases/${case_id}`)).status, 404, "no grant, no case");
  await guest.ok("POST", "/logout");
});

test("an auditor reads the log, finished days only", async () => {
  const made = await run_program(["user", "add", "--data", service.data, "--login", "leo", "--name", "Leo Aas", "--office", "Audit",
    "--role", "auditor", "--console", service.console]);
  assert.equal(made.code, 0, made.stderr);
  const token = /\/enrol#(\S+)/.exec(made.stdout)[1];
  const leo = new Described(service.console);
  const { recipient } = JSON.parse((await api.ok("GET", "/directory")).directory.split("\n")[1]).members[0];
  const auth = b64(crypto.randomBytes(32));
  await leo.ok("POST", "/enrolment", { token, auth, recipient, verify_key: b64(crypto.randomBytes(32)), keyring: b64(crypto.randomBytes(104)),
    recovery_keyring: b64(crypto.randomBytes(104)), recovery_auth: b64(crypto.randomBytes(32)) });
  leo.csrf = (await leo.ok("POST", "/login", { login: "leo", auth })).csrf;
  const log = await leo.ok("GET", "/log");
  assert.equal(log.days.length, 1);
  assert.equal((await (await fetch(service.portal + "/log/checkpoint")).text()), log.checkpoint, "the portal shows the same");
  await leo.ok("GET", `/log/days/${log.days[0]}`);
  assert.equal((await leo.call("GET", `/log/days/${log.days[0] + 1}`)).status, 404, "today tells nothing yet");
  const file = await leo.call("GET", "/log/export");
  assert.equal(file.status, 200);
  assert.equal(JSON.parse(file.body).days[0].checkpoint, log.checkpoint);
  assert.equal((await api.call("GET", "/log")).status, 403, "not for investigators");
  await leo.ok("POST", "/logout");
});

test("a case, a file, an answer", async () => {
  const page = await api.ok("GET", "/cases?limit=10&state=received");
  assert.equal(page.cases.length, 1);
  assert.equal((await api.call("GET", "/cases?limit=1000")).status, 400);
  await api.ok("GET", `/cases/${case_id}`);
  await api.ok("POST", `/cases/${case_id}/read`, { position: 1 });
  member.api = api; // signs and seals as a browser does, through the described calls
  await member.write(case_id, { body: "an answer", files: [{ name: "a.txt", content: Buffer.from("content") }], state: "acknowledged", kind: "status" });
  const thread = await member.open(case_id);
  const [file] = thread.entries.at(-1).statement.attachments;
  assert.equal((await member.download(case_id, file, thread)).toString(), "content");
  await api.ok("GET", `/cases/${case_id}/envelopes?after=1`);
  assert.equal((await api.call("GET", `/cases/${case_id}/attachments/${b64(crypto.randomBytes(16))}`)).status, 404);
  const stale = { epoch: 0, seq: 1, prev: b64(new Uint8Array(32)), attachments: [], state: "", feedback: false };
  assert.equal((await api.call("POST", `/cases/${case_id}/envelopes`, { ...stale, sealed: b64(crypto.randomBytes(50)) })).status, 422);
  const mine = thread.page.envelopes.at(-1);
  const again = await api.call("POST", `/cases/${case_id}/envelopes`, { ...stale, sealed: mine.sealed });
  assert.equal(again.status, 409);
  assert.equal(again.json.error, "not_successor");
  assert.equal(raw(again.json.head.hash).length, 32);
});

test("an identity: asked for, refused, asked for again, disclosed, opened", async () => {
  const kari = await Member.log_in(service, service.with_role("custodian")[0]);
  const csrf = kari.api.csrf;
  const cookies = kari.api.cookies;
  kari.api = Object.assign(new Described(service.console), { csrf, cookies });
  member.api = api;
  const first = await letters.ask(member, case_id, { notice: "We ask for your name." });
  await letters.refuse(kari, case_id, first, "No order was shown.");
  const second = await letters.ask(member, case_id, { exemption: "It would warn them." });
  const where = `/cases/${case_id}/identity-requests`;
  const again = await letters.ask_call(member, case_id, { exemption: "It would warn them." });
  assert.deepEqual([again.status, again.json.error], [409, "already_asked"]);
  const early = await letters.record_opening_call(member, case_id, second, new Uint8Array(32));
  assert.deepEqual([early.status, early.json.error], [409, "not_disclosed"]);
  assert.equal((await kari.api.call("POST", `${where}/${second}/disclosure`, { sealed: "AAAA" })).status, 422);
  await letters.disclose(kari, case_id, second);
  const opened = await letters.open(member, case_id, second);
  assert.equal(opened.given, false, "this reporter gave no name");
  const { requests } = await kari.api.ok("GET", where);
  assert.deepEqual(requests.map((one) => [one.state, one.openings.length]), [["refused", 0], ["disclosed", 1]]);
  assert.equal((await kari.api.call("POST", where, {})).status, 403);
  assert.equal((await api.call("POST", `${where}/${second}/refusal`, { letters: [] })).status, 403);
  assert.equal((await api.call("GET", `/cases/${b64(crypto.randomBytes(32))}/identity-requests`)).status, 404);
});

test("a further reader, new keys, somebody leaves", async () => {
  member.api = api;
  const [liv] = service.with_role("alternate");
  const note = async (who, body) => notes.write_note(who, case_id, await keys.open_thread(who, case_id), body);
  assert.equal((await note(member, "Whom do we ask first?")).status, 201);
  const before = await keys.open_thread(member, case_id);
  const stale = await notes.next_note(member, await notes.read_notes(member, case_id, before), before, "twice");
  assert.equal((await api.call("POST", `/cases/${case_id}/notes`, stale)).status, 201);
  const again_stale = await api.call("POST", `/cases/${case_id}/notes`, stale);
  assert.deepEqual([again_stale.status, again_stale.json.error], [409, "not_successor"]);
  assert.equal((await api.call("POST", `/cases/${case_id}/notes`, { ...stale, sealed: "AAAA" })).status, 422);
  assert.equal((await api.call("POST", `/cases/${case_id}/notes`, {})).status, 400);
  assert.equal((await keys.give_key(member, case_id, liv.name)).status, 201);
  const joined = await Member.log_in(service, liv);
  joined.api = Object.assign(new Described(service.console), { csrf: joined.api.csrf, cookies: joined.api.cookies });
  const handed = await notes.read_notes(joined, case_id, await keys.open_thread(joined, case_id));
  assert.deepEqual(notes.bodies_of(handed), ["Whom do we ask first?", "twice"]);
  assert.equal((await keys.renew(joined, case_id)).status, 201);
  assert.equal((await note(joined, "The auditor.")).status, 201);
  assert.equal((await keys.write(joined, case_id, "I read it from the beginning.")).status, 201);
  const { read } = await keys.open_thread(member, case_id);
  assert.deepEqual([read.epoch, read.entries.at(-1).statement.body], [1, "I read it from the beginning."]);
  assert.equal((await keys.leave(joined, case_id)).status, 201);
  assert.equal((await joined.api.call("GET", `/cases/${case_id}`)).status, 404);
  assert.equal((await joined.api.call("GET", `/cases/${case_id}/notes`)).status, 404);
  assert.equal((await keys.renew(member, case_id)).status, 201);
  const again = await keys.give_key(member, case_id, service.with_role("custodian")[0].name);
  assert.deepEqual([again.status, again.json.error], [422, "holders"]);
  assert.equal((await api.call("POST", `/cases/${case_id}/recusal`, {})).status, 400);
});

test("slow down is described too", async () => {
  const guesser = new Described(service.console);
  let last;
  for (let i = 0; i < 8; i += 1) last = await guesser.call("POST", "/login", { login: "kari", auth: b64(crypto.randomBytes(32)) });
  assert.equal(last.status, 429);
  assert.equal(last.headers["retry-after"], String(last.json.retry_after_s));
});

test("every operation of the description was called with success", () => {
  const all = Object.entries(description.paths).flatMap(([name, item]) =>
    Object.keys(item).filter((key) => key !== "parameters").map((method) => `${method.toUpperCase()} ${name}`));
  assert.deepEqual(all.filter((operation) => !succeeded.has(operation)), []);
});

test("the service has no route that the description lacks, and the other way round", () => {
  const table = fs.readFileSync(path.join(root, "server/console/authorisation.cpp"), "utf8");
  const routes = [...table.matchAll(/\{Method::(\w+),\s+"\/api\/v1(\/[^"]*)"/g)].map(([, method, pattern]) =>
    `${method.toUpperCase()} ${pattern.replace(/:(\w+)/g, "{$1}")}`);
  const described = Object.entries(description.paths).flatMap(([name, item]) =>
    Object.keys(item).filter((key) => key !== "parameters").map((method) => `${method.toUpperCase()} ${name}`));
  assert.deepEqual(routes.sort(), described.sort());
});
