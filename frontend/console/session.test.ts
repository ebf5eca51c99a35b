// The session as a person meets it: locked at once whatever the network does, and after a sleep. The service is played.
import assert from "node:assert/strict";
import test from "node:test";

import { isZero, random, toBase64url as b64 } from "../crypto/bytes.ts";
import { loginKeysFrom, wrapKeyring } from "../crypto/keyring.ts";
import { sha256 } from "../crypto/hash.ts";

const org = random(16);
const person = random(16);
const listeners = new Map<string, (() => void)[]>();
class StretchingWorker {
  onmessage: (event: { data: { stretched: Uint8Array } }) => void = () => {};
  postMessage({ passphrase }: { passphrase: Uint8Array }): void {
    const stretched = sha256(passphrase);
    setTimeout(() => this.onmessage({ data: { stretched } }));
  }
  terminate(): void {}
}
const { setInterval } = globalThis;
Object.assign(globalThis, {
  setInterval: (act: () => void, ms: number) => setInterval(act, ms).unref(), // a test that fails ends all the same
  WORKER_URL: "/worker.js",
  Worker: StretchingWorker,
  addEventListener: (kind: string, act: () => void) => listeners.set(kind, [...(listeners.get(kind) ?? []), act]),
});
const happens = (kind: string) => (listeners.get(kind) ?? []).forEach((act) => act());
const { Session } = await import("./session.ts");

const passphrase = "one two three";
/** Keeps a keyring; while `gate` is there, what changes something waits for it, as on a line that hangs. */
class Service {
  version = 4;
  auth = "";
  keyring = "";
  sessions = 0;
  gate: Promise<unknown> | null = null;
  isDown = false;
  calls: string[] = [];

  constructor() {
    const keys = loginKeysFrom(sha256(new TextEncoder().encode(passphrase)), org);
    const keyring = { identity: random(32), signing: random(32), heads: new Uint8Array(0) };
    this.keyring = b64(wrapKeyring(keyring, keys.wrap, { org, person, version: this.version }));
    this.auth = b64(keys.auth);
    globalThis.fetch = ((url: string, init: RequestInit) => this.answer(url.slice(7), init)) as typeof fetch;
  }

  private async answer(path: string, { body }: RequestInit): Promise<Response> {
    const json = body ? JSON.parse(body as string) : {};
    if (this.gate && path !== "/login") await this.gate;
    if (this.isDown) throw new TypeError("no line");
    this.calls.push(path);
    const me = { person: b64(person), member: b64(random(16)), login: "ingrid", csrf: "c", keyring_version: this.version };
    if (path === "/directory") return Response.json({ signers_notes: [], directory: null });
    if (path === "/organisation") return Response.json({ org: b64(org) });
    if (path === "/login") {
      if (json.auth !== this.auth) return Response.json({ error: "login" }, { status: 401 });
      this.sessions += 1;
      return Response.json({ ...me, keyring: this.keyring });
    }
    if (path === "/logout") {
      this.sessions -= 1;
      return new Response(null, { status: 204 });
    }
    if (path === "/me") return this.sessions > 0 ? Response.json(me) : Response.json({ error: "session" }, { status: 401 });
    assert.equal(path, "/passphrase");
    if (json.keyring_version !== this.version) return Response.json({ error: "version" }, { status: 409 });
    Object.assign(this, { version: this.version + 1, keyring: json.keyring, auth: json.auth });
    return Response.json({ keyring_version: this.version });
  }
}

type Inside = InstanceType<typeof Session> & { unlocked: { keyring: { identity: Uint8Array; signing: Uint8Array } } | null };
async function loggedIn(): Promise<[Inside, Service]> {
  listeners.clear();
  const service = new Service();
  const session = new Session() as unknown as Inside;
  await session.start();
  await session.login("ingrid", passphrase);
  return [session, service];
}
const head = { author: random(16), seq: 3, hash: random(32) };
const settle = () => new Promise((done) => setTimeout(done, 20));

for (const way of ["lock", "logout"] as const) {
  test(`${way}: the keys are gone before the network is asked, and what was seen is sent then`, async () => {
    const [session, service] = await loggedIn();
    session.memory.rememberHeads("case", [head]);
    const { keyring } = session.unlocked!;
    let open = () => {};
    service.gate = new Promise<void>((done) => (open = done));
    session[way]();
    assert.equal(session.phase, way === "lock" ? "locked" : "out");
    assert.ok(isZero(keyring.identity) && isZero(keyring.signing), "wiped");
    assert.throws(() => session.keyring);
    await settle();
    assert.equal(service.calls.at(-1), "/login", "control: the line hangs");
    open();
    service.gate = null;
    await settle();
    assert.equal(service.version, 5);
    if (way === "lock") await session.unlock(passphrase);
    else await session.login("ingrid", passphrase);
    assert.equal(session.memory.heads("case")[0]!.seq, 3, "and it opens with what was seen");
    assert.equal(service.sessions, 1);
    session.lock();
  });
}

test("a log-in waits for the log-out before it, which would end it", async () => {
  const [session, service] = await loggedIn();
  session.memory.rememberHeads("case", [head]);
  let open = () => {};
  service.gate = new Promise<void>((done) => (open = done));
  session.logout();
  const again = session.login("ingrid", passphrase);
  await settle();
  open();
  service.gate = null;
  await again;
  await settle();
  assert.deepEqual([session.phase, service.sessions, service.calls.slice(-3)], ["in", 1, ["/passphrase", "/logout", "/login"]]);
  session.lock();
});

test("what could not be sent when it was locked is kept here, and sent by the next save", async () => {
  const [session, service] = await loggedIn();
  session.memory.rememberHeads("case", [head]);
  service.isDown = true;
  session.lock();
  await settle();
  service.isDown = false;
  assert.equal(service.version, 4);
  await session.unlock(passphrase);
  assert.equal(session.memory.heads("case")[0]!.seq, 3);
  await session.saveMemory();
  assert.equal(service.version, 5);
  session.lock();
});

test("a save that fails after the lock loses nothing", async () => {
  const [session, service] = await loggedIn();
  session.memory.rememberHeads("case", [head]);
  let open = () => {};
  service.gate = new Promise<void>((done) => (open = done));
  const saved = session.saveMemory();
  await settle();
  session.lock();
  service.isDown = true;
  open();
  await saved;
  await settle();
  service.isDown = false;
  service.gate = null;
  await session.unlock(passphrase);
  assert.equal(session.memory.heads("case")[0]!.seq, 3);
  session.lock();
});

test("a directory that did not come once is asked for again, and one that came is not", async () => {
  const [session, service] = await loggedIn();
  service.isDown = true;
  await assert.rejects(session.directory(), { code: "offline" });
  service.isDown = false;
  assert.equal((await session.directory()).warning, "none");
  assert.equal(await session.directory(), await session.directory());
  assert.equal(service.calls.filter((path) => path === "/directory").length, 1);
  session.lock();
});

test("a lock while a save is under way sends nothing that the service refuses", async () => {
  const [session, service] = await loggedIn();
  session.memory.rememberHeads("case", [head]);
  let open = () => {};
  service.gate = new Promise<void>((done) => (open = done));
  const saved = session.saveMemory();
  await settle();
  session.lock();
  open();
  await saved;
  await settle();
  assert.equal(service.calls.filter((path) => path === "/passphrase").length, 1);
  service.gate = null;
  await session.unlock(passphrase);
  await session.saveMemory();
  assert.deepEqual([service.version, session.memory.heads("case").length], [6, 1]);
  session.lock();
});

for (const sign of ["pointerdown", "keydown", "visibilitychange", "focus"]) {
  test(`a machine that wakes after a long sleep is locked at the first ${sign}`, async (t) => {
    const [session] = await loggedIn();
    const now = Date.now();
    const clock = t.mock.method(Date, "now", () => now + 14 * 60_000);
    happens("pointerdown");
    assert.equal(session.phase, "in", "control: fourteen minutes, and then a sign of life");
    clock.mock.mockImplementation(() => now + 28 * 60_000);
    happens(sign);
    assert.equal(session.phase, "in", "control: fourteen more");
    happens("pointerdown");
    clock.mock.mockImplementation(() => now + 43 * 60_000);
    happens(sign);
    assert.equal(session.phase, "locked");
  });
}

test("a clock that was set back does not keep an idle console open", async (t) => {
  const [session] = await loggedIn();
  const now = Date.now();
  const run = performance.now();
  t.mock.method(Date, "now", () => now - 3_600_000);
  t.mock.method(performance, "now", () => run + 16 * 60_000);
  happens("focus");
  assert.equal(session.phase, "locked");
});

test("a new passphrase is stored though another browser saved meanwhile, and never with wiped keys", async () => {
  const [session, service] = await loggedIn();
  service.version += 1; // by another browser of hers
  await session.changePassphrase("four five six");
  assert.equal(service.version, 6);
  const change = session.changePassphrase("seven eight nine");
  session.lock();
  await assert.rejects(change, { code: "locked" });
  assert.equal(service.version, 6);
});
