// npm test: bundles every *.test.ts of the front end (types are stripped by esbuild, so that node 18
// runs them) and runs them with node's own test runner.
import { spawnSync } from "node:child_process";
import { build } from "esbuild";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const frontend = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const wanted = process.argv.slice(2);

const tests = ["crypto", "console", "portal", "tools"]
  .filter((folder) => fs.existsSync(path.join(frontend, folder)))
  .flatMap((folder) =>
    fs.readdirSync(path.join(frontend, folder), { recursive: true }).map((name) => path.join(folder, String(name))),
  )
  .filter((name) => /\.test\.(ts|mjs)$/.test(name))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort();

const out = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-tests-"));
try {
  await build({
    entryPoints: tests,
    absWorkingDir: frontend,
    outdir: out,
    outbase: ".",
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node18",
    outExtension: { ".js": ".mjs" },
    define: { FRONTEND: JSON.stringify(frontend) },
    sourcemap: "inline",
    logLevel: "warning",
  });
  const files = fs
    .readdirSync(out, { recursive: true })
    .map((name) => path.join(out, String(name)))
    .filter((name) => name.endsWith(".test.mjs"))
    .sort();
  const flags = ["--enable-source-maps", "--test"];
  if (process.version.startsWith("v18.")) flags.unshift("--experimental-global-webcrypto");
  const run = spawnSync(process.execPath, [...flags, ...files], { stdio: "inherit", cwd: frontend });
  process.exitCode = run.status ?? 1;
} finally {
  fs.rmSync(out, { recursive: true, force: true });
}
