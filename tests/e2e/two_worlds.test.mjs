// Goal: whoever is excluded from a report cannot tell that it exists. Two services go on from one snapshot; one of them
// receives a report that excludes Jonas. Every request that he, an administrator, an auditor, the alternate or a visitor
// without an account can make is made in both, before and after both received one more, unrelated report: status, headers
// and bodies are equal. The requests come from the route tables. The same comparison finds a report that does not exclude him.
//
// Random by design, and therefore left out: the time of the answer (Date), the values of cookies and of CSRF tokens, the
// token of a blank form, the id of a new upload. Their lengths are compared.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";

import { Api, login_keys } from "./support/member.mjs";
import { exchange } from "./support/reporter.mjs";
import { root, run_program, start_service } from "./support/service.mjs";
import { twin } from "./support/twin.mjs";

const b64 = twin.bytes.toBase64url;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-worlds-"));
const worlds = {};
let people, about, api_people;

/** An account that the command line invited, enrolled with keys of its own. */
async function enrol(service, login, role) {
  const made = await run_program(["user", "add", "--data", service.data, "--login", login, "--name", login, "--office", "Hall",
    "--role", role, "--console", service.console]);
  assert.equal(made.code, 0, made.stderr);
  const token = /\/enrol#(\S+)/.exec(made.stdout)[1];
  const auth = b64(crypto.randomBytes(32));
  await new Api(service.console).ok("POST", "/enrolment", {
    token, auth, recipient: b64(twin.age.recipientOf(crypto.randomBytes(32))), verify_key: b64(crypto.randomBytes(32)),
    keyring: b64(crypto.randomBytes(104)), recovery_keyring: b64(crypto.randomBytes(104)), recovery_auth: b64(crypto.randomBytes(32)),
  });
  return { login, auth };
}

before(async () => {
  const first = await start_service();
  people = first.people;
  api_people = [];
  for (const person of ["Jonas", "Liv"]) {
    const found = people.find(({ name }) => name.startsWith(person));
    api_people.push({ login: found.login, auth: b64((await login_keys(first.console, found)).auth) });
  }
  api_people.push(await enrol(first, "eva", "administrator"), await enrol(first, "leo", "auditor"));
  about = twin.organisation.readOrganisation(await (await fetch(`${first.portal}/api/v1/organisation`)).json());
  await first.stop();
  for (const name of ["without", "excluding", "including"]) {
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
async function sealed_report(text, untick = []) {
  const { members } = about.directory;
  const ticked = members.filter((member) => member.isDefault && !untick.some((name) => member.name.startsWith(name)));
  const to = twin.recipients.chooseRecipients(members, ticked.map((member) => member.member), []);
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
const address = (route, case_id) => route.replace(":case", case_id).replace(":id", unguessable).replace(":index", "0").replace(":name", "none");

/** What may be compared of an answer. */
function comparable(reply) {
  const headers = { ...reply.headers };
  delete headers.date;
  headers["set-cookie"] = (headers["set-cookie"] ?? []).map((cookie) => cookie.replace(/=[^;]*/, (value) => `=${value.length}`));
  const body = reply.html
    .replace(/("csrf":")([^"]*)"/g, (_, name, value) => `${name}${value.length}"`)
    .replace(/(name="(?:token|form_token)" value=")([^"]*)"/g, (_, name, value) => `${name}${value.length}"`)
    .replace(/("id":")([\w-]{22})"/g, (_, name, value) => `${name}${value.length}"`);
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

test("the tables were read", () => {
  assert.ok(console_routes.length >= 20 && portal_routes.length >= 20, `${console_routes.length}, ${portal_routes.length}`);
  assert.ok(portal_routes.some(({ route }) => route === "/api/v1/case") && portal_routes.some(({ route }) => route === "/bye"));
});

test("a report that excludes him leaves no trace for him or anybody else without a grant", async (t) => {
  const secret = await sealed_report("About Jonas", ["Jonas"]);
  const open = await sealed_report("Not about Jonas");
  const unrelated = await sealed_report("Something else");
  const ids = [secret.case_id, open.case_id, unrelated.case_id];
  assert.deepEqual((await differences("without", "excluding", ids)).found, [], "before anything: the snapshot is one");

  await hand_in(worlds.excluding, secret);
  await hand_in(worlds.including, open);
  const alone = await differences("without", "excluding", ids);
  assert.deepEqual(alone.found, [], "one has a report that excludes him");

  for (const service of Object.values(worlds)) await hand_in(service, unrelated);
  const further = await differences("without", "excluding", ids);
  assert.deepEqual(further.found, [], "and both have a further one");
  t.diagnostic(`${alone.compared + further.compared} answers compared`);

  const control = await differences("without", "including", ids);
  assert.ok(control.found.some((one) => one.startsWith("jonas: console GET /api/v1/cases ")), "the comparison can find a report");
  assert.deepEqual(control.found.filter((one) => !one.startsWith("jonas")), [], "which only he sees");
});
