// Goal: the scanner that the leak tests rely on finds what is planted, in every form, in files and live memory.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";

import { forms_of, scan_files, scan_memory } from "./scanner.mjs";

const marker = "Sjøhest-" + crypto.randomBytes(6).toString("hex");

test("a planted file is found in every form and at every alignment", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-scan-"));
  try {
    for (const { how, bytes } of forms_of(marker)) {
      const file = path.join(folder, "planted");
      // Across the scanner's window as well: the marker begins just before 8 MiB.
      fs.writeFileSync(file, Buffer.concat([crypto.randomBytes(8 * 1024 * 1024 - 5), bytes, crypto.randomBytes(100)]));
      const hits = scan_files(folder, [{ name: "marker", content: marker }]);
      assert.deepEqual(hits.map((h) => h.how), [how]);
    }
    fs.rmSync(path.join(folder, "planted"));
    for (let shift = 0; shift < 6; shift += 1) {
      const around = Buffer.concat([crypto.randomBytes(shift), Buffer.from(marker), crypto.randomBytes(7)]);
      fs.writeFileSync(path.join(folder, "coded"), around.toString(shift % 2 ? "base64" : "base64url"));
      const hits = scan_files(folder, [{ name: "marker", content: marker }]);
      assert.equal(hits.length, 1, `base64 at alignment ${shift}`);
    }
    fs.writeFileSync(path.join(folder, marker), "");
    assert.ok(scan_files(folder, [{ name: "marker", content: marker }]).some((h) => h.where.startsWith("the name")));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test("what another live process holds in memory is found, and what it does not hold is not", async () => {
  const secret = crypto.randomBytes(32);
  const program = "const kept = Buffer.concat([Buffer.from(process.argv[1], 'base64').map((b) => b ^ 255)]);" +
    "console.log('ready'); setInterval(() => kept.length, 1000);";
  const child = spawn(process.execPath, ["-e", program, secret.map((b) => b ^ 255).toString("base64")]);
  try {
    await new Promise((done) => child.stdout.once("data", done));
    const needles = [{ name: "held", content: secret }, { name: "absent", content: crypto.randomBytes(32) }];
    const { hits, scanned_bytes } = scan_memory(child.pid, needles);
    assert.ok(hits.some((h) => h.name === "held" && h.how === "bytes"));
    assert.ok(!hits.some((h) => h.name === "absent"));
    assert.ok(scanned_bytes > 1024 * 1024);
  } finally {
    child.kill("SIGKILL");
  }
});
