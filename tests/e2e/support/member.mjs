// An investigator or custodian without a browser: the console's API with the console's crypto.
//
//   const kari = await Member.log_in(service, person);
//   const thread = await kari.open(case_id);      // verified; throws what is wrong with it
//   await kari.write(case_id, { body, files: [{name, content}] });
import assert from "node:assert/strict";

import { exchange } from "./reporter.mjs";
import { twin } from "./twin.mjs";

const { toBase64url: b64, fromBase64url: raw, equal, concat } = twin.bytes;

const stream_of = (buffer) => new ReadableStream({
  start(controller) {
    for (let at = 0; at < buffer.length; at += 65536) controller.enqueue(new Uint8Array(buffer.subarray(at, at + 65536)));
    controller.close();
  },
});

async function collect(stream) {
  const parts = [];
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value);
  return Buffer.from(concat(...parts));
}

/** Calls of the console's API, with a cookie jar. */
export class Api {
  constructor(console_url) {
    this.base = console_url + "/api/v1";
    this.cookies = new Map();
    this.csrf = "1";
  }

  async call(method, path, body, type = "application/json") {
    const headers = {};
    if (method !== "GET") headers["x-tillit-csrf"] = this.csrf;
    if (this.cookies.size) headers.cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`).join("; ");
    const is_json = type === "application/json";
    if (body !== undefined) headers["content-type"] = type;
    const bytes = body === undefined ? undefined : is_json ? Buffer.from(JSON.stringify(body)) : Buffer.from(body);
    // A post without a body says so, else the server asks for its length.
    if (!bytes && method !== "GET") headers["content-length"] = 0;
    const reply = await exchange(this.base + path, { method, headers, body: bytes });
    for (const line of reply.headers["set-cookie"] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value === "") this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const has_json = /json/.test(reply.headers["content-type"] ?? "");
    return { status: reply.status, headers: reply.headers, body: reply.body, json: has_json ? JSON.parse(reply.html) : undefined };
  }

  async ok(method, path, body, type) {
    const reply = await this.call(method, path, body, type);
    assert.ok(reply.status < 300, `${method} ${path} gave ${reply.status} ${reply.body.toString().slice(0, 300)}`);
    return reply.json ?? reply;
  }
}

export async function login_keys(console_url, person) {
  const { org } = await new Api(console_url).ok("GET", "/organisation");
  return { org: raw(org), ...(await twin.loginKeys(person.passphrase, raw(org), person.login)) };
}

export class Member {
  static async log_in(service, person, cookies) {
    const member = new Member();
    member.api = new Api(service.console);
    if (cookies) member.api.cookies = new Map(cookies);
    const keys = await login_keys(service.console, person);
    member.org = keys.org;
    const session = await member.api.ok("POST", "/login", { login: person.login, auth: b64(keys.auth) });
    member.api.csrf = session.csrf;
    member.session = session;
    member.id = raw(session.member);
    const place = { org: keys.org, person: raw(session.person), version: session.keyring_version };
    member.keyring = twin.keyring.unwrapKeyring(raw(session.keyring), keys.wrap, place);
    return member;
  }

  async cases() {
    const all = [];
    for (let cursor = ""; cursor !== null; ) {
      const page = await this.api.ok("GET", `/cases?limit=100${cursor ? `&after=${encodeURIComponent(cursor)}` : ""}`);
      all.push(...page.cases);
      cursor = page.next;
    }
    return all;
  }

  /** The id of the case whose report begins with the text; cases of one day stand in no order. */
  async case_that_begins(text) {
    for (const { case_id } of await this.cases()) {
      if ((await this.first_words(case_id)).startsWith(text)) return case_id;
    }
    assert.fail(`no case begins with ${text}`);
  }

  /** What the report says; a case whose grant came from a colleague is passed over. */
  async first_words(case_id) {
    const page = await this.api.ok("GET", `/cases/${case_id}`);
    const expected = {
      org: this.org, caseId: raw(case_id), caseRecipient: raw(page.case.case_recipient),
      reporterRecipient: raw(page.case.reporter_recipient),
    };
    const grant = await twin.grant.openGrant(raw(page.grant), this.keyring.identity, expected).catch(() => undefined);
    if (!grant) return "";
    const sealed = raw(page.envelopes[0].sealed);
    return (await this.verified(case_id, sealed, twin.envelope.envelopeHash(sealed), grant)).body;
  }

  /** Verify keys by member id, from the directory. */
  async directory() {
    const { directory } = await this.api.ok("GET", "/directory");
    return JSON.parse(directory.split("\n")[1]);
  }

  async verify_key_of(author, grant) {
    if (equal(author, twin.statement.reporter)) return grant.verifyKey;
    this.known ??= await this.directory();
    const found = this.known.members.find((m) => equal(raw(m.member), author));
    assert.ok(found, "the author is in the directory");
    return raw(found.verify_key);
  }

  /** {grant, entries: [{statement, hash, position, day}], faults, page}. Throws if a signature or the grant is wrong. */
  async open(case_id) {
    const page = await this.api.ok("GET", `/cases/${case_id}`);
    const expected = {
      org: this.org,
      caseId: raw(case_id),
      caseRecipient: raw(page.case.case_recipient),
      reporterRecipient: raw(page.case.reporter_recipient),
    };
    const grant = await twin.grant.openGrant(raw(page.grant), this.keyring.identity, expected);
    const entries = [];
    for (const row of page.envelopes) {
      const sealed = raw(row.sealed);
      const hash = twin.envelope.envelopeHash(sealed);
      entries.push({ statement: await this.verified(case_id, sealed, hash, grant), hash, position: row.position, day: row.day });
    }
    return { page, grant, expected, entries, faults: twin.chains.checkChains(entries) };
  }

  /** Opens and verifies each envelope once, as a client with a memory does. */
  async verified(case_id, sealed, hash, grant) {
    this.opened ??= new Map();
    const name = b64(hash);
    if (!this.opened.has(name)) {
      const envelope = await twin.envelope.openEnvelope(sealed, grant.secret);
      const key = await this.verify_key_of(envelope.claimedAuthor, grant);
      this.opened.set(name, envelope.verify(key, this.org, raw(case_id)));
    }
    return this.opened.get(name);
  }

  async upload(case_id, thread, { name, type = "application/octet-stream", content }) {
    const { id } = await this.api.ok("POST", `/cases/${case_id}/uploads`, {});
    const sealed = await twin.attachment.sealAttachment(stream_of(content), content.length, thread.expected.caseRecipient,
      async (piece, index) => {
        await this.api.ok("PUT", `/cases/${case_id}/uploads/${id}/${index}`, piece, "application/octet-stream");
      });
    await this.api.ok("POST", `/cases/${case_id}/uploads/${id}/complete`, { stored_size: sealed.storedSize });
    return { id: raw(id), name, type, size: content.length, storedHash: sealed.storedHash };
  }

  /** Writes one envelope; reads and signs again when somebody was faster. Returns how often it tried. */
  async write(case_id, { body = "", files = [], kind = "message", state = "" }) {
    let thread = await this.open(case_id);
    const attachments = [];
    for (const file of files) attachments.push(await this.upload(case_id, thread, file));
    for (let tries = 1; ; tries += 1) {
      const heads = twin.chains.headsOf(thread.entries);
      const mine = heads.find((head) => equal(head.author, this.id));
      const statement = {
        org: this.org, caseId: raw(case_id), epoch: 0, kind, from: this.id,
        seq: (mine?.seq ?? 0) + 1, prev: mine?.hash ?? new Uint8Array(32), heads,
        sealedBy: "browser", body, state, attachments,
      };
      const sealed = await twin.envelope.sealEnvelope(statement, this.keyring.signing, thread.expected.caseRecipient);
      const reply = await this.api.call("POST", `/cases/${case_id}/envelopes`, {
        epoch: statement.epoch, seq: statement.seq, prev: b64(statement.prev), sealed: b64(sealed),
        attachments: attachments.map((file) => b64(file.id)), state, feedback: false,
      });
      if (reply.status === 201) return { tries, position: reply.json.position };
      assert.equal(reply.status, 409, `an envelope was refused: ${reply.body}`);
      assert.ok(tries < 20, "an end to trying");
      thread = await this.open(case_id);
    }
  }

  /** The content of an attachment that a statement names. */
  async download(case_id, ref, thread) {
    const stored = await this.api.ok("GET", `/cases/${case_id}/attachments/${b64(ref.id)}`);
    return collect(await twin.attachment.openAttachment(stream_of(stored.body), thread.grant.secret, ref.size, ref.storedHash));
  }

  log_out() {
    return this.api.ok("POST", "/logout", {});
  }
}
