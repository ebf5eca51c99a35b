// Builds fuzz targets with clang and lets libFuzzer search from a copy of each corpus. What it finds is kept and named.
//   node tests/fuzz/run.mjs BUILD [part of a target's name]
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";

import { is_long, root, seed, share, write_result } from "../support/long_run.mjs";

const [build, filter = ""] = process.argv.slice(2);
const seconds = is_long ? 120 : 15;
const corpora = path.join(root, "tests/fuzz/corpus");
const every = readdirSync(corpora).filter((name) => !name.startsWith(".")).sort();
const targets = filter ? every.filter((name) => name.includes(filter)) : share(every, "fuzz");

mkdirSync(build, { recursive: true });
execFileSync("cmake", ["--preset", "fuzz", "-S", root, "-B", build], { cwd: root, stdio: "ignore" });
const made = spawnSync("cmake", ["--build", build, "--target", ...targets.map((name) => `fuzz_${name}`)], { encoding: "utf8" });
if (made.status !== 0) {
  console.log(made.stdout.slice(-3000), made.stderr.slice(-1000));
  console.log("0 passed, 1 failed");
  process.exit(1);
}

function search(name) {
  const work = mkdtempSync(path.join(build, `${name}-`));
  cpSync(path.join(corpora, name), path.join(work, "corpus"), { recursive: true });
  const options = [`-max_total_time=${seconds}`, `-seed=${parseInt(seed, 16) % 2 ** 31}`, "-rss_limit_mb=2048", "-timeout=10",
    "-max_len=70000", "-print_final_stats=1", `-artifact_prefix=${build}/found-${name}-`, "corpus"];
  const run = spawnSync(path.join(build, "bin", `fuzz_${name}`), options, { cwd: work, encoding: "utf8", maxBuffer: 1 << 28 });
  rmSync(work, { recursive: true });
  const runs = /number_of_executed_units: (\d+)/.exec(run.stderr)?.[1] ?? "0";
  const cover = /.*\bcov: (\d+)/s.exec(run.stderr)?.[1] ?? "?";
  const is_clean = run.status === 0 && Number(runs) > 0;
  if (!is_clean) console.log(run.stderr.slice(-4000));
  return { is_clean, line: `${name}: ${is_clean ? "nothing found" : "FOUND"}, ${runs} inputs in ${seconds} s, ${cover} places reached` };
}

const results = targets.map((name) => {
  const result = search(name);
  console.log(result.line);
  return result;
});
const clean = results.filter(({ is_clean }) => is_clean).length;
console.log(`seed ${seed}, ${targets.length} of ${every.length} targets`);
console.log(`${clean} passed, ${results.length - clean} failed`);
if (is_long && !filter) write_result("fuzz", "libFuzzer", "tests/run.sh --long fuzz", results.map(({ line }) => line));
process.exit(clean === results.length && clean > 0 ? 0 : 1);
