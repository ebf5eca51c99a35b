// Writes ed25519.json, xwing.json and age_hybrid.json beside itself, with the @noble libraries and
// age-encryption: so the vectors come from the other twin, and the C++ side only reads them.
//   node tests/vectors/generate_primitives.mjs
// Everything is derived from fixed seeds; a second run writes the same bytes.
import { createHash, hkdfSync } from "node:crypto";
import { writeFileSync } from "node:fs";

const packages = new URL("../../frontend/node_modules/", import.meta.url);
const { ed25519, ED25519_TORSION_SUBGROUP } = await import(
  new URL("@noble/curves/ed25519.js", packages)
);
const { MLKEM768X25519 } = await import(new URL("@noble/post-quantum/hybrid.js", packages));
const { bech32 } = await import(new URL("@scure/base/index.js", packages));

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const bytes = (text) => Uint8Array.from(Buffer.from(text, "hex"));
const seeded = (label, length) =>
  new Uint8Array(hkdfSync("sha256", "tillit test vectors", "", label, length));
const write = (name, value) =>
  writeFileSync(new URL(name, import.meta.url), JSON.stringify(value, null, 1) + "\n");

// --- Ed25519 ---
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const P = 2n ** 255n - 19n;
const Point = ed25519.Point;
const little = (data) => data.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
const little32 = (value) => bytes(value.toString(16).padStart(64, "0")).reverse();
const sha512 = (...parts) => parts.reduce((h, p) => h.update(p), createHash("sha512")).digest();
const challenge = (R, A, msg) => little(sha512(R, A, msg)) % L;
const join = (...parts) => Uint8Array.from(parts.flatMap((p) => [...p]));

const cases = [];
const add = (comment, msg, pub, sig, valid) =>
  cases.push({ comment, msg: hex(msg), pub: hex(pub), sig: hex(sig), valid });

const seed = seeded("ed25519", 32);
const key = ed25519.getPublicKey(seed);
const text = new TextEncoder().encode("strict verification");
const good = ed25519.sign(text, seed);
add("genuine", text, key, good, true);
add("genuine, empty message", new Uint8Array(), key, ed25519.sign(new Uint8Array(), seed), true);
add("RFC 8032 7.1 test 3", bytes("af82"),
  bytes("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"),
  bytes("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac" +
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"), true);
add("another message", text.slice(1), key, good, false);
for (const bit of [0, 255, 256, 511]) {
  const bad = good.slice();
  bad[bit >> 3] ^= 1 << (bit & 7);
  add(`bit ${bit} of the signature flipped`, text, key, bad, false);
}
add("S + L", text, key, join(good.slice(0, 32), little32(little(good.slice(32)) + L)), false);

// A secret scalar and nonce of our own, so that torsion can be added where the library never would.
const scalar = ed25519.utils.getExtendedPublicKey(seed).scalar;
const nonce = little(seeded("nonce", 32)) % L;
const torsion = Point.fromHex(ED25519_TORSION_SUBGROUP[1]);
const A = Point.BASE.multiply(scalar);
const R = Point.BASE.multiply(nonce);
const signWith = (Rb, Ab, msg) =>
  join(Rb, little32((nonce + challenge(Rb, Ab, msg) * scalar) % L));

{ // A is of mixed order; the message is chosen so that the equation holds without the cofactor too.
  const Ab = A.add(torsion).toBytes();
  const Rb = R.toBytes();
  for (let i = 0, found = [false, false]; !(found[0] && found[1]); i++) {
    const msg = new TextEncoder().encode(`torsion key ${i}`);
    const holds = challenge(Rb, Ab, msg) % 8n === 0n;
    if (found[Number(holds)]) continue;
    found[Number(holds)] = true;
    add(`torsion key, equation ${holds ? "holds" : "holds only times the cofactor"}`, msg, Ab,
      signWith(Rb, Ab, msg), false);
  }
}
{
  const Rb = R.add(torsion).toBytes();
  add("R with torsion: holds only times the cofactor", text, key, signWith(Rb, key, text), false);
}
for (const [i, point] of ED25519_TORSION_SUBGROUP.entries()) {
  const small = bytes(point);
  add(`small order A and R (${i}), S = 0`, text, small, join(small, new Uint8Array(32)), false);
  // With a small-order A and S = nonce, R = [nonce]B verifies for many messages.
  for (let j = 0; j < 64; j++) {
    const msg = new TextEncoder().encode(`small order A ${i} ${j}`);
    if (challenge(R.toBytes(), small, msg) % 8n !== 0n) continue;
    add(`small order A (${i}), equation holds`, msg, small, join(R.toBytes(), little32(nonce)), false);
    break;
  }
}
{ // R is the neutral element: S = h·a satisfies the equation with a genuine key.
  const Rb = Point.ZERO.toBytes();
  const S = (challenge(Rb, key, text) * scalar) % L;
  add("R is the neutral element, equation holds", text, key, join(Rb, little32(S)), false);
  const odd = little32(P + 1n); // the neutral element, not canonical
  const T = (challenge(odd, key, text) * scalar) % L;
  add("R is the neutral element, not canonical", text, key, join(odd, little32(T)), false);
}
add("A is no point", text, little32(2n), good, false);
add("A is not canonical", text, little32(P + 1n), join(R.toBytes(), little32(nonce)), false);
add("all zero", text, new Uint8Array(32), new Uint8Array(64), false);

// The cases of "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko; ed25519-speccheck), by
// number; the strict rule refuses every one.
const speccheck = [
  ["8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a0000000000000000000000000000000000000000000000000000000000000000"],
  ["9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04"],
  ["aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
    "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e"],
  ["9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
    "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009"],
  ["e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
    "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09"],
  ["e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
    "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
    "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405"],
  ["85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
    "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
    "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514"],
  ["85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
    "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
    "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22"],
  ["fdaebc429f4a735932a160da1301080c13280eea8bc280d1b392c6b9e6ba3a5a",
    "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f454d370c8d9fc323a41450f8d513eafeb5b0697390c1e505a0d4ddc71f566607"],
  ["84b698d39be126ff55fe45079e6c8bf64a0d7db6994560b4e96b7021eb39c1a1",
    "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f084d5b99c2a9463d9c8bd5026916996984eeec87ddf1d3be329006ace1b37b09"],
];
for (const [i, [msg, pub, sig]] of speccheck.entries()) {
  add(`speccheck ${i}`, bytes(msg), bytes(pub), bytes(sig), false);
}
write("ed25519.json", cases);

// --- X-Wing: the same recipient, encapsulation and shared secret; the same implicit rejection ---
const xwing = [0, 1, 2].map((i) => {
  const identity = seeded(`x-wing ${i}`, 32);
  const recipient = MLKEM768X25519.getPublicKey(identity);
  const randomness = seeded(`x-wing randomness ${i}`, 64);
  const sent = MLKEM768X25519.encapsulate(recipient, randomness.slice()); // wipes what it is given
  const damaged = [3, 1087, 1088, 1119].map((at) => {
    const encapsulation = sent.cipherText.slice();
    encapsulation[at] ^= 1;
    return { at, shared: hex(MLKEM768X25519.decapsulate(encapsulation, identity)) };
  });
  return { seed: hex(identity), recipient: hex(recipient), randomness: hex(randomness),
    encapsulation: hex(sent.cipherText), shared: hex(sent.sharedSecret), damaged };
});
write("xwing.json", xwing);

// --- age: a whole file for given randomness, in the order in which the library draws it ---
const draws = [];
Object.defineProperty(globalThis, "crypto", { configurable: true, value: {
  subtle: globalThis.crypto.subtle,
  getRandomValues(out) {
    const next = draws.shift();
    if (next === undefined || next.length !== out.length) throw Error("an unplanned draw");
    out.set(next);
    return out;
  },
} });
const { Encrypter } = await import(new URL("age-encryption/dist/index.js", packages));
const files = [];
for (const length of [0, 1, 65536, 65537]) {
  const identity = seeded(`age identity ${length}`, 32);
  const [file_key, randomness, nonce] = [["key", 16], ["encapsulation", 64], ["nonce", 16]]
    .map(([label, n]) => seeded(`age ${label} ${length}`, n));
  draws.push(file_key, randomness, nonce);
  const recipient = MLKEM768X25519.getPublicKey(identity);
  const encrypter = new Encrypter();
  encrypter.addRecipient(bech32.encode("age1pq", bech32.toWords(recipient), false));
  const plain = Uint8Array.from({ length }, (_, i) => (i * 7) & 255);
  const sealed = await encrypter.encrypt(plain);
  if (draws.length !== 0) throw Error("not all randomness was drawn");
  files.push({ comment: "plain[i] = 7 i mod 256", seed: hex(identity), file_key: hex(file_key),
    randomness: hex(randomness), nonce: hex(nonce), length, header: hex(sealed.slice(0, 1627)),
    size: sealed.length, sha256: createHash("sha256").update(sealed).digest("hex") });
}
write("age_hybrid.json", files);
