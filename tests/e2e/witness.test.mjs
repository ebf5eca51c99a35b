// Goal: a witness outside gets the log's checkpoint by mail, from a real mail server, and the mail as it arrived is what
// `tillit audit verify` compares with. Without [mail] nothing is sent; a server that is not there is said, without addresses.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import test from "node:test";

import { free_port, run_program, start_service, until } from "./support/service.mjs";

const listens = (port) => new Promise((done) => {
  const socket = net.connect(port, "127.0.0.1", () => done(socket.destroy() && true)).once("error", () => done(false));
});

/** aiosmtpd, a mail server that keeps what it gets in a folder. */
async function start_mail_server() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-mail-"));
  const box = path.join(folder, "box");
  const port = await free_port();
  const child = spawn("/usr/bin/aiosmtpd", ["-n", "-l", `127.0.0.1:${port}`, "-c", "aiosmtpd.handlers.Mailbox", box], { stdio: "ignore" });
  await until(() => listens(port), "the mail server listens");
  const mails = () => {
    const at = path.join(box, "new");
    return fs.existsSync(at) ? fs.readdirSync(at).map((name) => path.join(at, name)) : [];
  };
  return { port, mails, stop: () => { child.kill(); fs.rmSync(folder, { recursive: true, force: true }); } };
}

function configure(service, port) {
  fs.appendFileSync(path.join(service.data, "tillit.toml"),
    `\n[mail]\nserver = "smtp://127.0.0.1:${port}"\nfrom = "tillit@example.org"\nwitness = "auditor@example.net"\n`);
}

test("the checkpoint reaches a witness", async (t) => {
  const post = await start_mail_server();
  const service = await start_service();
  t.after(async () => {
    await service.remove();
    post.stop();
  });
  assert.deepEqual(post.mails(), [], "nothing is sent that nobody configured");

  await service.stop();
  configure(service, await free_port());
  await service.serve();
  await until(() => /was not sent, again in an hour/.test(service.log()), "the failure is said");
  assert.doesNotMatch(service.log(), /example\.(org|net)/, "without addresses");

  // Another organisation's service, whose mail server is there.
  const other = await start_service();
  t.after(() => other.remove());
  await other.stop();
  configure(other, post.port);
  await other.serve();
  const [mail] = await until(() => (post.mails().length > 0 ? post.mails() : undefined), "the mail arrives");
  const text = fs.readFileSync(mail, "utf8");
  assert.match(text, /^To: <auditor@example\.net>/m);
  assert.match(text, /^Subject: Tillit: checkpoint of the log, \d{4}-\d\d-\d\d/m);
  const checkpoint = await (await fetch(`${other.portal}/log/checkpoint`)).text();
  assert.ok(text.replaceAll("\r\n", "\n").includes(checkpoint), text);

  const file = path.join(other.directory, "log.json");
  assert.equal((await run_program(["audit", "export", "--data", other.data, "--out", file])).code, 0);
  const seen = await run_program(["audit", "verify", file, "--checkpoint", mail]);
  assert.equal(seen.code, 0, seen.stdout);

  await other.restart();
  await until(() => listens(other.portal_port), "it is back");
  assert.equal(post.mails().length, 1, "once a week");
});
