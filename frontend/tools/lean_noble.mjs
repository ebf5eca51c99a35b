// Leaves the NIST curves and scrypt out of a bundle: a sixth of the script's size. Nothing of ours uses them;
// age-encryption has them for recipients that docs/protocol.md refuses, and noble builds hybrids of them on loading.
import fs from "node:fs";

const hybrids = /^export const ((?:QSF_)?ml_kem(?:768_p256|1024_p384)) = .*;$/gm;

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
    build.onLoad({ filter: /@noble\/post-quantum\/hybrid\.js$/ }, ({ path }) => {
      const source = fs.readFileSync(path, "utf8");
      if (source.match(hybrids)?.length !== 4) throw new Error(`${path} is not as it was: look at its NIST hybrids again`);
      return { contents: source.replace(hybrids, "export const $1 = undefined;") };
    });
  },
};
