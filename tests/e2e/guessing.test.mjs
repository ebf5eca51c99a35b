// Goal: guessing from elsewhere neither gets in nor keeps the person out: after 10,000 wrong passphrases she logs in
// from her own browser at once, with her recovery code at once, and from a new browser within a minute.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import http from "node:http";
import test from "node:test";

import { Api, login_keys, Member } from "./support/member.mjs";
import { exchange } from "./support/reporter.mjs";
import { sleep, start_service } from "./support/service.mjs";
import { twin } from "./support/twin.mjs";

const { toBase64url: b64, fromBase64url: raw } = twin.bytes;
const guesses = 10_000;

/** Sends `count` wrong auth keys; returns how often each answer came. */
async function guess(service, login, count) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 6 });
  const answers = new Map();
  let left = count;
  const worker = async () => {
    while (left-- > 0) {
      const body = Buffer.from(JSON.stringify({ login, auth: b64(crypto.randomBytes(32)) }));
      const headers = { "content-type": "application/json", "x-tillit-csrf": "1" };
      const ask = () => exchange(service.console + "/api/v1/login", { method: "POST", headers, body, agent });
      const reply = await ask().catch(ask); // a kept connection may have been closed just now
      const error = JSON.parse(reply.html).error;
      const answer = `${reply.status} ${error}`;
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  agent.destroy();
  return answers;
}

test("10,000 wrong passphrases from elsewhere", { timeout: 600_000 }, async (t) => {
  const service = await start_service();
  try {
    const [kari, ola] = service.with_role("investigator");
    const earlier = await Member.log_in(service, kari);
    await earlier.log_out();
    assert.ok(earlier.api.cookies.has("tillit_device"), "her browser is known after a log-in");

    const started = Date.now();
    const answers = await guess(service, kari.login, guesses);
    const seconds = (Date.now() - started) / 1000;
    t.diagnostic(`${guesses} guesses in ${seconds.toFixed(1)} s: ${[...answers].map(([a, n]) => `${n} times ${a}`).join(", ")}`);
    assert.deepEqual([...answers.keys()].sort(), ["401 login", "429 slow"], "every guess is refused, most without a look");
    // What an attacker may try in this time bounds what he may try in a year.
    assert.ok(answers.get("401 login") <= 20 + seconds, `few guesses are looked at: ${answers.get("401 login")}`);

    const before = Date.now();
    const own = await Member.log_in(service, kari, earlier.api.cookies);
    assert.equal(own.session.login, kari.login);
    assert.ok(Date.now() - before < 5000, "from her own browser at once");

    const { org } = await login_keys(service.console, kari);
    const recovery = twin.keyring.recoveryKeys(twin.caseKey.parseCode(kari.recovery), org);
    const with_code = await new Api(service.console).call("POST", "/login/recovery", { login: kari.login, auth: b64(recovery.auth) });
    assert.equal(with_code.status, 200, "with the recovery code at once");
    const place = { org, person: raw(with_code.json.person), version: 0 };
    assert.equal(twin.keyring.unwrapKeyring(raw(with_code.json.keyring), recovery.wrap, place).identity.length, 32);

    await Member.log_in(service, ola); // a colleague notices nothing

    const keys = await login_keys(service.console, kari);
    let reply;
    for (const end = Date.now() + 60_000; Date.now() < end; ) {
      reply = await new Api(service.console).call("POST", "/login", { login: kari.login, auth: b64(keys.auth) });
      if (reply.status === 200) break;
      assert.equal(reply.status, 429);
      assert.ok(Number(reply.headers["retry-after"] ?? reply.json.retry_after_s) > 0, "it says when to try again");
      await sleep(1000);
    }
    assert.equal(reply.status, 200, "from a new browser within a minute");
  } finally {
    await service.remove();
  }
});

test("an unknown login and a wrong passphrase cannot be told apart", { timeout: 120_000 }, async () => {
  const service = await start_service();
  try {
    const known = service.with_role("investigator")[0].login;
    const ask = (login) => new Api(service.console).call("POST", "/login", { login, auth: b64(crypto.randomBytes(32)) });
    for (let round = 0; round < 12; round += 1) {
      const [a, b] = [await ask(known), await ask("nobody")];
      assert.deepEqual([a.status, a.body.length, Object.keys(a.headers).sort()], [b.status, b.body.length, Object.keys(b.headers).sort()],
        `round ${round}: ${a.body} ${b.body}`);
    }
  } finally {
    await service.remove();
  }
});
