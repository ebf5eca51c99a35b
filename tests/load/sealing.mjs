// How long sealing takes in a reporter's browser: prints value, aim, met or missed. Speed is never a unit test.
//   TILLIT_BUILD=BUILD node tests/load/sealing.mjs
import { execFileSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { launch } from "../e2e/support/browsers.mjs";
import { seal_and_send, write_report } from "../e2e/support/sealing_reporter.mjs";
import { root, start_service } from "../e2e/support/service.mjs";

const mib = 1024 * 1024;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-sealing-"));
const service = await start_service();

function report(what, value, unit, aim, is_met) {
  console.log(`${what.padEnd(70)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(6)} aim ${aim} ${is_met ? "met" : "MISSED"}`);
}

/** Seconds from the press on "Seal and hand in" to the key. */
async function seconds_for(options, kind, megabytes) {
  const browser = await launch(kind, { scripts: true, ...options });
  try {
    const page = await browser.page();
    const files = [];
    if (megabytes > 0) {
      files.push(path.join(folder, `${megabytes}.bin`));
      fs.writeFileSync(files[0], crypto.randomBytes(megabytes * mib));
    }
    await write_report(page, service.portal, { text: "Two pages of text. ".repeat(100) });
    const started = performance.now();
    await seal_and_send(page, files, 600);
    return (performance.now() - started) / 1000;
  } finally {
    await browser.close();
  }
}

try {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root }).toString().trim();
  console.log(`commit ${commit}, ${os.cpus().length} cores, load ${os.loadavg()[0].toFixed(1)} before the run`);
  const like_tor = { like_tor: true };
  const bare = await seconds_for({}, "chromium", 0);
  report("Chromium: a report without files", bare, "s", "<= 5", bare <= 5);
  const large = await seconds_for({}, "chromium", 20);
  const rate = 20 / (large - bare);
  report("Chromium: 20 MiB, beyond the report itself", rate, "MiB/s", ">= 15", rate >= 15);
  const slow_bare = await seconds_for(like_tor, "firefox", 0);
  report("Firefox without JIT, WebAssembly and crypto.subtle: no files", slow_bare, "s", "<= 5", slow_bare <= 5);
  const slow_large = await seconds_for(like_tor, "firefox", 3);
  const slow_rate = 3 / (slow_large - slow_bare);
  report("the same with 3 MiB, beyond the report itself", slow_rate, "MiB/s", ">= 0.5", slow_rate >= 0.5);
} finally {
  await service.remove();
  fs.rmSync(folder, { recursive: true, force: true });
}
