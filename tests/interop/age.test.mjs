// Goal: the C++ age code and the npm package age-encryption read each other's files, whatever the size.
// Needs bin/age_tool in TILLIT_BUILD.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import test from "node:test";

const packages = new URL("../../frontend/node_modules/", import.meta.url);
const { Decrypter, Encrypter, armor, generateHybridIdentity, generateX25519Identity, identityToRecipient } =
  await import(new URL("age-encryption/dist/index.js", packages));
const { MLKEM768X25519 } = await import(new URL("@noble/post-quantum/hybrid.js", packages));

if (!process.env.TILLIT_BUILD) throw Error("TILLIT_BUILD is not set");
const tool = `${process.env.TILLIT_BUILD}/bin/age_tool`;

/** Runs age_tool; input and output are bytes. Rejects when it ends with an error. */
function cpp(args, input) {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, { stdio: ["pipe", "pipe", "pipe"] });
    const out = [];
    let said = "";
    child.on("error", reject);
    child.stdin.on("error", () => {}); // it may refuse before it has read everything
    child.stdout.on("data", (part) => out.push(part));
    child.stderr.on("data", (part) => (said += part));
    child.on("close", (code) => (code === 0 ? resolve(Buffer.concat(out)) : reject(Error(said || `status ${code}`))));
    child.stdin.end(input);
  });
}

function opener(identity) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter;
}
function sealerTo(recipient) {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter;
}
const same = (a, b) => a.length === b.length && Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0;

/** Bytes that are cheap to make and differ everywhere. */
function content(size) {
  const out = Buffer.alloc(size);
  for (let at = 0, n = 0; at < size; at += 32, n++) createHash("sha256").update(`${size} ${n}`).digest().copy(out, at);
  return out;
}

const sizes = [0, 1, 65535, 65536, 65537, 131072, 10 * 1024 * 1024];
const kinds = { hybrid: generateHybridIdentity, X25519: generateX25519Identity };

for (const [kind, generate] of Object.entries(kinds)) {
  for (const size of sizes) {
    test(`${kind}, ${size} bytes: each side opens what the other sealed`, async () => {
      const identity = await generate();
      const recipient = await identityToRecipient(identity);
      const plain = content(size);
      const fromCpp = await cpp(["seal", recipient], plain);
      assert.ok(same(await opener(identity).decrypt(fromCpp), plain), "C++ to age-encryption");
      const fromJs = await sealerTo(recipient).encrypt(plain);
      assert.ok(same(await cpp(["open", identity], fromJs), plain), "age-encryption to C++");
      assert.equal(fromCpp.length, fromJs.length);
      if (kind === "hybrid") assert.ok(same(await cpp(["open-strict", identity], fromJs), plain), "strict profile");
    });
  }
}

test("passphrases and armor go both ways", async () => {
  const plain = content(70000);
  const decrypter = new Decrypter();
  decrypter.addPassphrase("a passphrase æøå");
  assert.ok(same(await decrypter.decrypt(await cpp(["seal-passphrase", "a passphrase æøå"], plain)), plain));
  const encrypter = new Encrypter();
  encrypter.setPassphrase("a passphrase æøå");
  encrypter.setScryptWorkFactor(10);
  const sealed = await encrypter.encrypt(plain);
  assert.ok(same(await cpp(["open-passphrase", "a passphrase æøå"], sealed), plain));
  const armored = await cpp(["armor"], sealed);
  assert.equal(armored.toString(), armor.encode(sealed));
  assert.ok(same(await cpp(["dearmor"], armored), sealed));
});

test("neither side opens the other's file once it is damaged or cut", async () => {
  const identity = await generateHybridIdentity();
  const recipient = await identityToRecipient(identity);
  const plain = content(70000);
  const fromCpp = await cpp(["seal", recipient], plain);
  const fromJs = await sealerTo(recipient).encrypt(plain);
  for (const at of [30, 1000, 1600, 1630, 30000, fromCpp.length - 1]) {
    for (const [file, open] of [
      [fromCpp, (bytes) => opener(identity).decrypt(bytes)],
      [fromJs, (bytes) => cpp(["open-strict", identity], bytes)],
    ]) {
      const damaged = Uint8Array.from(file);
      damaged[at] ^= 2;
      await assert.rejects(async () => open(damaged), `byte ${at}`);
      await assert.rejects(async () => open(Uint8Array.from(file.subarray(0, at))), `cut at ${at}`);
    }
  }
});

test("a wrong encapsulation gives both sides the same other secret", async () => {
  for (let i = 0; i < 20; i++) {
    const seed = randomBytes(32);
    const sent = MLKEM768X25519.encapsulate(MLKEM768X25519.getPublicKey(seed));
    const encapsulation = Uint8Array.from(sent.cipherText);
    encapsulation[randomBytes(2).readUInt16BE() % 1120] ^= 1 << (i % 7);
    const [ours, theirs] = [
      (await cpp(["decapsulate", seed.toString("hex")], encapsulation)).toString(),
      Buffer.from(MLKEM768X25519.decapsulate(encapsulation, seed)).toString("hex"),
    ];
    assert.equal(ours, theirs);
    assert.notEqual(ours, Buffer.from(sent.sharedSecret).toString("hex"));
  }
});
