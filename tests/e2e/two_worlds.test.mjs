// Goal: whoever is excluded from a report cannot tell that it exists, in whatever role: investigator, custodian, alternate,
// administrator or auditor; nor can a visitor without an account. Services go on from one snapshot; one of them receives a
// report that excludes all of these. Every request that they can make is made with and without it, before and after both
// received one more, unrelated report, and after the day was closed: status, headers and bodies are equal. The requests
// come from the route tables. The same comparison finds a report that does not exclude them.
//
// Random by design, and therefore left out: the time of the answer (Date), the values of cookies and of CSRF tokens, the
// token of a blank form, the id of a new upload, and of a checkpoint its root and signature, which hang on the salts and
// the seed of each day (their number of days is compared). The lengths of all of these are compared.
//
// The log shows auditors by design that a report came (protocol §10.1): one event "submission" with random reference and
// hash. It must be the only difference to a service that got none, and nothing in the log may differ from a service that
// got a report which excludes nobody: salts, hashes and references are random, so of each it is compared whether it is there.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";

import { Api, login_keys } from "./support/member.mjs";
import { exchange } from "./support/reporter.mjs";
import { root, run_program, start_service, until } from "./support/service.mjs";
import { demo_signers, sign } from "./support/signers.mjs";
import { twin } from "./support/twin.mjs";

const { toBase64url: b64, fromBase64url: raw } = twin.bytes;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-worlds-"));
const worlds = {};
let people, about, api_people;

/** Runs a command on the service's data to a good end. */
async function run(service, [command, act], ...args) {
  const made = await run_program([command, act, "--data", service.data, ...args]);
  assert.equal(made.code, 0, made.stderr);
  return made.stdout;
}

/** An account that the command line invited, enrolled with keys of its own, and the words that its owner reads out. */
async function enrol(service, login, role) {
  const made = await run(service, ["user", "add"], "--login", login, "--name", login, "--office", "Hall", "--role", role,
    "--console", service.console);
  const token = /\/enrol#(\S+)/.exec(made)[1];
  const api = new Api(service.console);
  const look = await api.ok("POST", "/enrolment/look", { token });
  const auth = b64(crypto.randomBytes(32));
  const recipient = twin.age.recipientOf(crypto.randomBytes(32));
  const verify_key = twin.ed25519.verifyKeyOf(crypto.randomBytes(32));
  await api.ok("POST", "/enrolment", {
    token, auth, recipient: b64(recipient), verify_key: b64(verify_key),
    keyring: b64(crypto.randomBytes(104)), recovery_keyring: b64(crypto.randomBytes(104)), recovery_auth: b64(crypto.randomBytes(32)),
  });
  const print = twin.directory.memberFingerprint(raw(look.org), raw(look.person), recipient, verify_key);
  return { login, auth, words: twin.caseKey.fingerprintWords(print) };
}

/** A directory of everybody who has enrolled. */
async function publish_all(service, words) {
  const file = path.join(folder, "directory");
  await run(service, ["directory", "propose"], "--out", file);
  for (const signer of demo_signers(service.data, folder)) {
    const signed = await sign(signer, file, words);
    assert.equal(signed.code, 0, signed.stderr);
  }
  await run(service, ["directory", "publish"], file);
}

const organisation_of = async (service) =>
  twin.organisation.readOrganisation(await (await fetch(`${service.portal}/api/v1/organisation`)).json());

before(async () => {
  const first = await start_service();
  people = first.people;
  api_people = [];
  for (const person of ["Jonas", "Kari", "Liv"]) {
    const found = people.find(({ name }) => name.startsWith(person));
    api_people.push({ login: found.login, auth: b64((await login_keys(first.console, found)).auth) });
  }
  const listed = [await enrol(first, "eva", "administrator"), await enrol(first, "leo", "auditor")];
  await publish_all(first, listed.map(({ words }) => words));
  api_people.push(...listed.map(({ login, auth }) => ({ login, auth })));
  about = await until(async () => {
    const read = await organisation_of(first);
    return read.directory.version === 2 ? read : undefined;
  }, "the service follows", 15);
  await first.stop();
  for (const name of ["without", "excluding", "including", "unopened"]) {
    const directory = path.join(folder, name);
    fs.cpSync(first.directory, directory, { recursive: true });
    worlds[name] = await start_service({ directory, demo: false });
  }
  await first.remove();
});
after(async () => {
  for (const service of Object.values(worlds)) await service.remove();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** One sealed report, the same bytes for whatever world it is sent to. */
async function sealed_report(text, { only } = {}) {
  const { members } = about.directory;
  const ids = (list) => list.map(({ member }) => member);
  const excluded = only ? members.filter(({ name }) => !name.startsWith(only)) : [];
  const ticked = members.filter((member) => member.isDefault && !excluded.includes(member));
  const to = twin.recipients.chooseRecipients(members, ids(ticked), ids(excluded));
  assert.deepEqual(ids(to.excluded).length, excluded.length);
  const secrets = twin.submission.CaseSecrets.random(about.org);
  const wire = await twin.submission.sealReport(about, secrets, to, { text, name: "", contact: "" }, []);
  const reporter_recipient = Buffer.from(wire.reporter_recipient, "base64url");
  const id = twin.caseKey.caseId(about.org, secrets.recipient, reporter_recipient, secrets.verifyKey);
  return { body: JSON.stringify(wire), token: b64(secrets.token), case_id: b64(id) };
}

async function hand_in(service, report) {
  const reply = await exchange(`${service.portal}/api/v1/reports`, {
    method: "POST", body: report.body, headers: { "content-type": "application/json", "x-tillit-token": report.token },
  });
  assert.equal(reply.status, 201, reply.html);
}

/** METHOD and path of every route of a table in the sources. */
function routes_of(file, pattern) {
  const source = fs.readFileSync(path.join(root, file), "utf8");
  return [...source.matchAll(pattern)].map(([, method, route]) => ({ method: (method ?? "get").toUpperCase(), route }));
}
const console_routes = routes_of("server/console/authorisation.cpp", /\{Method::(\w+),\s+"(\/[^"]*)"/g);
const portal_routes = routes_of("server/portal/portal.cpp", /(?:at\(|fixed\(|\{)(?:Method::(\w+), )?"(\/[^"]*)"/g);

const unguessable = b64(new Uint8Array(16).fill(7));
const first_day = Math.floor(Date.now() / 86_400_000);
const address = (route, case_id) => route.replace(":case", case_id).replace(":id", unguessable).replace(":index", "0")
  .replace(":name", "none").replace(":day", String(first_day));

/** Days so far stay, root and signature go: as text, in JSON and in a page. */
const without_roots = (text) => text.replace(/(tillit\/[0-9a-f]{64}(?:\n|\\n)\d+(?:\n|\\n))([^\s\\]+)(\s+|\\n\\n)(— \S+ )([^\s\\<"]+)/,
  (_, head, root, gap, name) => `${head}root${gap}${name}signature`);

/** What may be compared of an answer. */
function comparable(reply) {
  const headers = { ...reply.headers };
  delete headers.date;
  headers["set-cookie"] = (headers["set-cookie"] ?? []).map((cookie) => cookie.replace(/=[^;]*/, (value) => `=${value.length}`));
  const whole = reply.html.replaceAll("&#x2F;", "/");
  const body = without_roots(whole)
    .replace(/("csrf":")([^"]*)"/g, (_, name, value) => `${name}${value.length}"`)
    .replace(/(name="(?:token|form_token)" value=")([^"]*)"/g, (_, name, value) => `${name}${value.length}"`)
    .replace(/("id":")([\w-]{22})"/g, (_, name, value) => `${name}${value.length}"`);
  if (whole !== reply.html || without_roots(whole) !== whole) headers["content-length"] = String(whole.length);
  return { status: reply.status, headers, body };
}

/** Every request of one visitor, in the order of the table; log-out last. */
async function observe(service, account, case_ids) {
  const seen = {};
  const jar = new Map();
  let csrf = "any";
  const token = b64(crypto.randomBytes(32));
  const ask = async (base, method, where, body) => {
    const headers = { "x-tillit-csrf": csrf, "x-tillit-token": token };
    if (jar.size) headers.cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    if (body !== undefined) headers["content-type"] = "application/json";
    const reply = await exchange(base + where, { method, headers, body });
    for (const line of reply.headers["set-cookie"] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      jar.set(name, value);
    }
    return reply;
  };
  if (account) {
    const reply = await ask(service.console, "POST", "/api/v1/login", JSON.stringify(account));
    assert.equal(reply.status, 200, reply.html);
    csrf = JSON.parse(reply.html).csrf;
    seen.login = comparable(reply);
  }
  const last = ({ route }) => (/logout/.test(route) ? 1 : 0);
  const all = [
    ...console_routes.filter(({ route }) => !/login|enrolment/.test(route)).map((one) => ({ ...one, base: service.console, side: "console" })),
    ...portal_routes.map((one) => ({ ...one, base: service.portal, side: "portal" })),
  ].sort((a, b) => last(a) - last(b));
  for (const { method, route, base, side } of all) {
    for (const [number, case_id] of (route.includes(":case") ? case_ids : ["none"]).entries()) {
      const reply = await ask(base, method, address(route, case_id), method === "GET" ? undefined : "{}");
      seen[`${side} ${method} ${route} ${number}`] = comparable(reply);
    }
  }
  return seen;
}

const visitors = () => [...api_people, undefined];
const name_of = (account) => account?.login ?? "a visitor";

async function differences(one, other, case_ids) {
  const found = [];
  let compared = 0;
  for (const account of visitors()) {
    const a = await observe(worlds[one], account, case_ids);
    const b = await observe(worlds[other], account, case_ids);
    assert.deepEqual(Object.keys(a), Object.keys(b));
    for (const request of Object.keys(a)) {
      compared += 1;
      if (JSON.stringify(a[request]) !== JSON.stringify(b[request])) found.push(`${name_of(account)}: ${request}`);
    }
  }
  return { found, compared };
}

const is_log_of_auditor = (one) => /^leo: console GET \/api\/v1\/log/.test(one);

/** What the log tells an auditor, without what is random in it. */
async function log_of(service) {
  const api = new Api(service.console);
  api.csrf = (await api.ok("POST", "/login", api_people.find(({ login }) => login === "leo"))).csrf;
  const there = (value) => (/^A*$/.test(value) ? "none" : value.length);
  const told = (text) => {
    const event = JSON.parse(text);
    return JSON.stringify({ ...event, case: there(event.case), object: there(event.object), minute: event.minute > 0 });
  };
  const page = await api.ok("GET", "/log");
  const days = {};
  for (const day of page.days) {
    const { events } = await api.ok("GET", `/log/days/${day}`);
    days[day] = events.map(({ hash, event }) => `${there(hash)} ${told(event)}`).sort();
  }
  const log = JSON.parse((await api.call("GET", "/log/export")).body);
  const exported = log.days.map(({ day, seed, root, checkpoint }) => ({ day, seed: there(seed), root: there(root), checkpoint: without_roots(checkpoint) }));
  const events = log.events.map(({ day, hash, salt, event }) => `${day} ${there(hash)} ${there(salt)} ${told(event)}`).sort();
  const { signers_notes, directories } = log;
  return { events, rest: { ...page, checkpoint: without_roots(page.checkpoint), signers_notes, directories, exported }, days };
}

test("the tables were read", () => {
  assert.ok(console_routes.length >= 20 && portal_routes.length >= 20, `${console_routes.length}, ${portal_routes.length}`);
  assert.ok(portal_routes.some(({ route }) => route === "/api/v1/case") && portal_routes.some(({ route }) => route === "/bye"));
});

test("a report that excludes them leaves no trace for them or anybody else without a grant", { timeout: 600_000 }, async (t) => {
  const secret = await sealed_report("About all the others", { only: "Ingrid" });
  const open = await sealed_report("About none of them");
  const unrelated = await sealed_report("Something else");
  const ids = [secret.case_id, open.case_id, unrelated.case_id];
  assert.deepEqual((await differences("without", "excluding", ids)).found, [], "before anything: the snapshot is one");

  await hand_in(worlds.excluding, secret);
  await hand_in(worlds.including, open);
  await hand_in(worlds.unopened, open);
  const alone = await differences("without", "excluding", ids);
  assert.deepEqual(alone.found, [], "one has a report that excludes them");

  for (const service of Object.values(worlds)) await hand_in(service, unrelated);
  for (const account of visitors()) await observe(worlds.unopened, account, [unrelated.case_id]);
  const further = await differences("without", "excluding", ids);
  assert.deepEqual(further.found, [], "and both have a further one");

  const control = await differences("without", "including", ids);
  for (const login of ["jonas", "kari"]) {
    assert.ok(control.found.some((one) => one.startsWith(`${login}: console GET /api/v1/cases `)), `the comparison finds a report for ${login}`);
  }
  assert.deepEqual(control.found.filter((one) => !/^(jonas|kari)/.test(one)), [], "which only they see");

  for (const service of Object.values(worlds)) {
    service.shift_days(1);
    await service.restart();
    await until(async () => (await (await fetch(`${service.portal}/log/checkpoint`)).text()).split("\n")[1] > 1, "the day is closed");
  }
  const closed = await differences("without", "excluding", ids);
  assert.deepEqual(closed.found.filter((one) => !is_log_of_auditor(one)), [], "and the day is over");
  t.diagnostic(`${alone.compared + further.compared + closed.compared} answers compared`);
});

test("an auditor learns from the log that a report came, and nothing of whom it excludes", async () => {
  const [without, excluding, other] = [await log_of(worlds.without), await log_of(worlds.excluding), await log_of(worlds.unopened)];
  for (const part of ["events", "rest", "days"]) assert.deepEqual(excluding[part], other[part], "as any other report");
  assert.deepEqual(excluding.rest, without.rest, "days, seeds, checkpoints, signers and directories are there alike");
  const more = [...excluding.events];
  for (const event of without.events) more.splice(more.indexOf(event), 1);
  assert.equal(more.length, 1);
  const { kind, by, member, minute } = JSON.parse(more[0].slice(more[0].indexOf("{")));
  assert.deepEqual({ kind, by, member, minute }, { kind: "submission", by: "reporter", member: b64(new Uint8Array(16)), minute: false });

  const including = await log_of(worlds.including);
  assert.notDeepEqual(including, other, "the comparison sees that somebody opened a case");
});
