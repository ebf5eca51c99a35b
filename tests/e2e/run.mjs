// Runs the end-to-end tests, each file in a process of its own, and ends with "N passed, N failed". With TILLIT_LANES=2 two
// files run at a time (each has its own service, ports and browser): faster, and harder on browsers' drivers.
//
//   node tests/e2e/run.mjs [PART-OF-A-FILE-NAME]
//
// Needs a build: TILLIT_BIN and TILLIT_ASSETS, or TILLIT_BUILD that holds bin/tillit and assets.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const tests = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const filter = process.argv[2] ?? "";
const folders = ["e2e", "scan", "kill", "looks"];
const files = folders.flatMap((folder) => {
  const all = fs.existsSync(path.join(tests, folder)) ? fs.readdirSync(path.join(tests, folder)).sort() : [];
  return all.filter((name) => name.endsWith(".test.mjs")).map((name) => path.join(tests, folder, name));
}).filter((file) => file.includes(filter));

// A test that hangs must not hang the run: long enough for --long, short enough to see the end.
const minutes = process.env.TILLIT_LONG === "1" ? 60 : 15;

function run(file) {
  return new Promise((done) => {
    const child = spawn(process.execPath, ["--test", "--test-reporter=tap", file], { stdio: ["ignore", "pipe", "inherit"] });
    const timer = setTimeout(() => child.kill("SIGTERM"), minutes * 60_000);
    let out = "";
    child.stdout.on("data", (d) => (out += d));
    child.once("close", (code) => {
      clearTimeout(timer);
      const count = (word) => Number(new RegExp(`^# ${word} (\\d+)`, "m").exec(out)?.[1] ?? 0);
      const failed = count("fail") + count("cancelled");
      done({ out, passed: count("pass"), failed: failed || (code === 0 ? 0 : 1), skipped: count("skipped") });
    });
  });
}

let passed = 0;
let failed = 0;

async function run_and_tell(file) {
  const started = Date.now();
  const result = await run(file);
  passed += result.passed;
  failed += result.failed;
  // What a test prints for the reader comes as TAP comments; the rest is shown when something failed.
  const notes = result.out.split("\n").filter((line) => /^ *# (?!Subtest|tests|suites|pass|fail|cancelled|skipped|todo|duration)/.test(line));
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const said = [`${path.relative(tests, file)}: ${result.passed} passed, ${result.failed} failed, ${seconds} s`];
  console.log([...notes.map((line) => "  " + line.trim().slice(2)), ...(result.failed ? [result.out] : []), ...said].join("\n"));
}

const waiting = [...files];
async function lane() {
  for (let file = waiting.shift(); file; file = waiting.shift()) await run_and_tell(file);
}
await Promise.all(Array.from({ length: Number(process.env.TILLIT_LANES ?? 1) }, lane));
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
