// Goal: libsodium and noble agree on every answer of the hybrid recipient (X-Wing), on what honest software makes and on
// what it never would: changed recipients and encapsulations, implicit rejection included. Drawn anew in every run.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import test from "node:test";

import { dice, is_long, seed } from "../support/long_run.mjs";

const packages = new URL("../../frontend/node_modules/", import.meta.url);
const { MLKEM768X25519 } = await import(new URL("@noble/post-quantum/hybrid.js", packages));
const cases = is_long ? 3000 : 150;

/** What the C++ side answers to each question, in order. */
function ask(questions) {
  const run = spawnSync(`${process.env.TILLIT_BUILD}/bin/age_tool`, ["hybrid", "lines"], {
    input: questions.map((line) => line.join(" ") + "\n").join(""), encoding: "utf8", maxBuffer: 1 << 28,
  });
  assert.equal(run.status, 0, run.stderr);
  const answers = run.stdout.trimEnd().split("\n");
  assert.equal(answers.length, questions.length);
  return answers;
}
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const attempt = (work) => {
  try {
    return work();
  } catch {
    return "none";
  }
};
/** noble wipes the entropy it is given, so it gets a copy. */
const encapsulate = (recipient, entropy) => MLKEM768X25519.encapsulate(recipient, Uint8Array.from(entropy));
const encapsulated = (recipient, entropy) => attempt(() => {
  const { cipherText, sharedSecret } = encapsulate(recipient, entropy);
  return `${hex(cipherText)} ${hex(sharedSecret)}`;
});
const decapsulated = (secret, cipherText) => attempt(() => hex(MLKEM768X25519.decapsulate(cipherText, secret)));

/** noble 0.5 takes coefficients that FIPS 203 §7.2 refuses; frontend/crypto/age.ts looks at them first, and so do we. */
function has_large_coefficient(recipient) {
  for (let at = 0; at < 1152; at += 3) {
    const low = recipient[at] | ((recipient[at + 1] & 15) << 8);
    const high = (recipient[at + 1] >> 4) | (recipient[at + 2] << 4);
    if (low >= 3329 || high >= 3329) return true;
  }
  return false;
}

const next = dice("hybrid");
/** One to three bytes changed. */
function changed(bytes) {
  const out = Uint8Array.from(bytes);
  for (let i = 0, n = 1 + Math.floor(next() * 3); i < n; i += 1) out[Math.floor(next() * out.length)] ^= 1 + Math.floor(next() * 255);
  return out;
}

test(`both derive the same recipient, encapsulate alike and decapsulate alike (seed ${seed}, ${cases} cases)`, () => {
  const questions = [];
  const expected = [];
  const put = (question, answer) => {
    questions.push(question);
    expected.push(answer);
  };
  for (let i = 0; i < cases; i += 1) {
    const secret = randomBytes(32);
    const recipient = MLKEM768X25519.getPublicKey(secret);
    const entropy = randomBytes(64);
    const { cipherText, sharedSecret } = encapsulate(recipient, entropy);
    put(["recipient", hex(secret)], hex(recipient));
    put(["encapsulate", hex(recipient), hex(entropy)], `${hex(cipherText)} ${hex(sharedSecret)}`);
    put(["decapsulate", hex(secret), hex(cipherText)], hex(sharedSecret));
    const forged = changed(cipherText);
    put(["decapsulate", hex(secret), hex(forged)], decapsulated(secret, forged));
    const other = changed(recipient);
    put(["encapsulate", hex(other), hex(entropy)], has_large_coefficient(other) ? "none" : encapsulated(other, entropy));
  }
  const answers = ask(questions);
  for (const [i, answer] of answers.entries()) {
    if (answer !== expected[i]) assert.fail(`${questions[i].join(" ")}\nC++ ${answer}\nJS  ${expected[i]}`);
  }
  const refused = expected.filter((answer) => answer === "none").length;
  assert.ok(refused > 0 && refused < cases, `some changed recipients are refused, and not all: ${refused}`);
  const rejections = questions.filter(([act], at) => act === "decapsulate" && expected[at] !== "none").length;
  assert.ok(rejections > cases, "a forged encapsulation gives another secret, not an error");
});

test("an X25519 part of low order is refused, or ignored, by both alike", () => {
  const secret = randomBytes(32);
  const recipient = MLKEM768X25519.getPublicKey(secret);
  const entropy = randomBytes(64);
  const { cipherText } = encapsulate(recipient, entropy);
  const low = ["00".repeat(32), "01" + "00".repeat(31), "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"].map((text) => Buffer.from(text, "hex"));
  for (const point of low) {
    const to = Buffer.concat([recipient.subarray(0, 1184), point]);
    const sent = Buffer.concat([cipherText.subarray(0, 1088), point]);
    const answers = ask([["encapsulate", hex(to), hex(entropy)], ["decapsulate", hex(secret), hex(sent)]]);
    assert.deepEqual(answers, [encapsulated(to, entropy), decapsulated(secret, sent)], hex(point));
  }
});
