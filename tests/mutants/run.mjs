// Applies each small break of mutants.json to a copy of the tree, rebuilds, and runs the tests that
// must notice. A break that they let pass is a failure; so is one that can't be applied, and so are
// tests that fail without any break. The normal run takes a random tenth of the breaks.
//   node tests/mutants/run.mjs CACHE [part of a name]
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";

import { is_long, root, seed, share, write_result } from "../support/long_run.mjs";

const [cache, filter = ""] = process.argv.slice(2);
const copy = path.join(cache, "mutants", "tree");
const build = path.join(cache, "mutants", "build");
const every = JSON.parse(readFileSync(path.join(root, "tests/mutants/mutants.json"), "utf8"));

/** Writes only what differs, so that a file once broken is rebuilt and one never touched is not. */
function sync() {
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root })
    .toString().split("\0").filter((name) => name && statSync(path.join(root, name), { throwIfNoEntry: false })?.isFile());
  const wanted = new Set(files);
  for (const name of files) {
    const content = readFileSync(path.join(root, name));
    const target = path.join(copy, name);
    if (existsSync(target) && readFileSync(target).equals(content)) continue;
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  const list = path.join(cache, "mutants", "files.json");
  const before = existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : [];
  for (const name of before) if (!wanted.has(name)) rmSync(path.join(copy, name), { force: true });
  writeFileSync(list, JSON.stringify(files));
  // Libraries are not ours to break, and are no part of the tree.
  const libraries = path.join(copy, "frontend/node_modules");
  rmSync(libraries, { force: true });
  symlinkSync(realpathSync(path.join(root, "frontend/node_modules")), libraries);
}

const make = (targets) => spawnSync("cmake", ["--build", build, "--target", ...targets], { encoding: "utf8" });

const passes = (targets) => targets.every((name) =>
  spawnSync(path.join(build, "bin", name), [], { cwd: copy, timeout: 300_000 }).status === 0);

function verdict_on({ file, find, replace, tests }) {
  const original = readFileSync(path.join(copy, file), "utf8");
  const places = original.split(find).length - 1;
  if (places !== 1) return `NOT APPLIED: its place is there ${places} times`;
  writeFileSync(path.join(copy, file), original.replace(find, () => replace));
  try {
    const result = make(tests);
    if (result.status !== 0) return `NOT APPLIED: it does not compile\n${result.stdout.slice(-1500)}`;
    return passes(tests) ? "MISSED: the tests still pass" : "caught";
  } finally {
    writeFileSync(path.join(copy, file), original);
  }
}

const mutants = filter ? every.filter(({ name }) => name.includes(filter)) : share(every, "mutants");
const tests = [...new Set(mutants.flatMap((mutant) => mutant.tests))];
mkdirSync(copy, { recursive: true });
sync();
execFileSync("cmake", ["--preset", "dev", "-S", copy, "-B", build, "-D", "TILLIT_WERROR=OFF"], { cwd: copy, stdio: "ignore" });
const built = make(tests);
if (built.status !== 0 || !passes(tests)) {
  console.log(built.stdout.slice(-2000), "the tests fail without any break: mutants say nothing");
  console.log("0 passed, 1 failed");
  process.exit(1);
}

const lines = [];
let caught = 0;
for (const mutant of mutants) {
  const verdict = verdict_on(mutant);
  if (verdict === "caught") caught += 1;
  lines.push(`${mutant.name}: ${verdict}`);
  console.log(lines.at(-1));
}
console.log(`seed ${seed}, ${mutants.length} of ${every.length}`);
console.log(`${caught} passed, ${mutants.length - caught} failed`);
if (is_long && !filter) write_result("mutants", "Small breaks that the tests must catch", "tests/run.sh --long mutants", lines);
process.exit(caught === mutants.length && caught > 0 ? 0 : 1);
