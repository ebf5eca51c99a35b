// The TypeScript twin of crypto/, as the console runs it, bundled for node.
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { root } from "./service.mjs";

export const packages = createRequire(path.join(root, "frontend/package.json"));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-twin-"));
process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
const outfile = path.join(folder, "twin.mjs");
await packages("esbuild").build({
  entryPoints: [path.join(root, "tests/e2e/support/twin_entry.ts")],
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node18",
  nodePaths: [path.join(root, "frontend/node_modules")],
  outfile,
  logLevel: "warning",
});
export const twin = await import(pathToFileURL(outfile));
