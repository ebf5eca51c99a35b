// Leaves out of a bundle what nothing of ours uses: a fifth of the script's size. age-encryption has NIST curves, scrypt,
// tags and plain X25519 for recipients that docs/protocol.md refuses; noble builds hybrids of the curves on loading.
import fs from "node:fs";

const hybrids = /^export const ((?:QSF_)?ml_kem(?:768_p256|1024_p384)|KitchenSink_ml_kem768_x25519) = [^;]*;$/gm;
const recipients = /^export class ((?:Hybrid)?TagRecipient|(?:X25519|Scrypt)(?:Recipient|Identity)) \{$[^]*?^\}$/gm;

/** Using one of them all the same throws. */
function without(path, exported, count) {
  const source = fs.readFileSync(path, "utf8");
  if (source.match(exported)?.length !== count) throw new Error(`${path} is not as it was: look again at what it exports`);
  return { contents: source.replace(exported, "export const $1 = undefined;") };
}

export const lean_noble = {
  name: "lean-noble",
  setup(build) {
    build.onResolve({ filter: /^@noble\/curves\/nist\.js$/ }, () => ({ path: "nist", namespace: "left-out" }));
    build.onResolve({ filter: /^@noble\/hashes\/scrypt\.js$/ }, () => ({ path: "scrypt", namespace: "left-out" }));
    build.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
      contents: path === "scrypt"
        ? "export const scrypt = undefined, scryptAsync = undefined;"
        : "export const p256 = undefined, p384 = undefined, p521 = undefined;",
    }));
    build.onLoad({ filter: /@noble\/post-quantum\/hybrid\.js$/ }, ({ path }) => without(path, hybrids, 5));
    build.onLoad({ filter: /age-encryption\/dist\/recipients\.js$/ }, ({ path }) => without(path, recipients, 6));
  },
};
