// Starts and stops the real program in a directory of its own, on free ports.
//
//   const service = await start_service();      // init --demo, serve, demo
//   service.portal  "http://127.0.0.1:PORT"     service.console  "http://localhost:PORT"
//   service.people  [{name, login, passphrase, recovery, role}]  from DIR/demo.txt
//   service.log()   everything it has printed   service.pid
//   await service.restart(); await service.kill(); await service.stop(); await service.remove();
//   service.shift_days(1); await service.restart();      // its clock is a day ahead from then on
//
// TILLIT_BIN names the program, TILLIT_ASSETS the built front end; both default to the build's.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { parse_people } from "./people.mjs";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const build = process.env.TILLIT_BUILD ?? "";
export const program = process.env.TILLIT_BIN ?? path.join(build, "bin/tillit");
export const assets = process.env.TILLIT_ASSETS ?? path.join(build, "assets");

const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A port that was free a moment ago, on every address that the name stands for. */
export async function free_port(host = "127.0.0.1") {
  const server = net.createServer();
  await new Promise((done, failed) => server.once("error", failed).listen(0, host, done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** An environment in which the program's time of day is so many days off (tests/support/shifted_clock.cpp). */
export const shifted = (days) => ({
  LD_PRELOAD: path.join(path.dirname(program), "shifted_clock.so"), TILLIT_TEST_SHIFT: String(days * 86_400),
});

/** Runs the program to its end. Returns {code, stdout, stderr}. */
export function run_program(args, { env = {}, input, binary = program } = {}) {
  return new Promise((done, failed) => {
    const child = spawn(binary, args, { env: { ...process.env, ...env } });
    const out = [];
    const err = [];
    child.stdout.on("data", (d) => out.push(d));
    child.stderr.on("data", (d) => err.push(d));
    child.once("error", failed);
    child.once("close", (code, signal) =>
      done({ code, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }));
    child.stdin.end(input ?? "");
  });
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Polls until `claim` is true; the one place where a test waits for what it cannot be told. */
export async function until(claim, what, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await claim();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await sleep(25);
  }
}

function answers(url) {
  return new Promise((done) => {
    const request = http.get(url, { timeout: 2000 }, (reply) => {
      reply.resume();
      done(true);
    });
    request.once("error", () => done(false));
    request.once("timeout", () => request.destroy());
  });
}

class Service {
  constructor(options) {
    this.options = options;
    this.directory = options.directory ?? fs.mkdtempSync(path.join(options.under ?? os.tmpdir(), "tillit-e2e-"));
    this.data = path.join(this.directory, "data");
    this.log_file = path.join(this.directory, "log.txt");
    this.people = [];
  }

  async init() {
    const args = ["init", "--data", this.data, "--name", this.options.name ?? "Fjordvik kommune", "--demo", ...(this.options.init ?? [])];
    const made = await run_program(args, { binary: this.binary });
    assert.equal(made.code, 0, `tillit init failed: ${made.stderr}${made.stdout}`);
    if (!this.options.exit_url) return;
    const file = path.join(this.data, "tillit.toml");
    const settings = fs.readFileSync(file, "utf8").replace(/^exit_url = .*$/m, `exit_url = "${this.options.exit_url}"`);
    fs.writeFileSync(file, settings);
  }

  get binary() {
    return this.options.binary ?? program;
  }

  async serve() {
    this.portal_port ??= await free_port("127.0.0.1");
    this.console_port ??= await free_port("127.0.0.1");
    this.portal = `http://127.0.0.1:${this.portal_port}`;
    this.console = `http://localhost:${this.console_port}`;
    const log = fs.openSync(this.log_file, "a");
    const args = ["serve", "--data", this.data, "--portal", `127.0.0.1:${this.portal_port}`,
      "--console", `localhost:${this.console_port}`, "--assets", assets,
      ...(this.options.only ? ["--only", this.options.only] : []), ...(this.options.args ?? [])];
    const stdio = ["ignore", log, log, ...(this.options.extra_stdio ?? [])];
    this.child = spawn(this.binary, args, { stdio, env: { ...process.env, ...(this.options.env ?? {}) } });
    fs.closeSync(log);
    running.add(this.child);
    const child = this.child;
    this.ended = new Promise((done) => child.once("close", (code, signal) => {
      running.delete(child);
      done({ code, signal });
    }));
    let over = false;
    this.ended.then(() => (over = true));
    await until(async () => {
      if (over) throw new Error(`the service ended at its start:\n${this.log()}`);
      const doors = { portal: this.portal, console: this.console };
      for (const [name, url] of Object.entries(doors)) {
        if (this.options.only && this.options.only !== name) continue;
        if (!(await answers(url + "/"))) return false;
      }
      return true;
    }, "both listeners answer", 30);
  }

  async enrol_demo() {
    const made = await run_program(["demo", "--data", this.data, "--console", this.console], { binary: this.binary });
    assert.equal(made.code, 0, `tillit demo failed: ${made.stderr}${made.stdout}\n${this.log()}`);
    this.people = parse_people(fs.readFileSync(path.join(this.data, "demo.txt"), "utf8"));
    assert.ok(this.people.length >= 4, "demo.txt lists the demo people");
    // The portal looks at the directory every few seconds.
    if (this.options.wait_open !== false) {
      await until(async () => (await fetch(this.portal + "/report")).status === 200, "the portal takes reports", 30);
    }
  }

  get pid() {
    return this.child.pid;
  }

  log() {
    return fs.readFileSync(this.log_file, "utf8");
  }

  /** The demo people with this role, in the order of demo.txt. */
  with_role(role) {
    return this.people.filter((person) => person.role === role);
  }

  async stop() {
    if (!this.child) return;
    const child = this.child;
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 15000);
    const end = await this.ended;
    clearTimeout(timer);
    this.child = undefined;
    return end;
  }

  /** From the next start on. */
  shift_days(days) {
    this.options.env = { ...this.options.env, ...shifted(days) };
  }

  async kill() {
    this.child.kill("SIGKILL");
    await this.ended;
    this.child = undefined;
  }

  async restart() {
    await this.stop();
    await this.serve();
  }

  async remove() {
    await this.stop();
    if (!process.env.TILLIT_KEEP) fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

/**
 * options: demo (default true: enrol the demo people), init (more of its arguments), env, args (of serve), binary, under (parent directory), exit_url,
 * directory (use this one as it is), only (the door of serve --only), extra_stdio.
 */
export async function start_service(options = {}) {
  const service = new Service(options);
  if (!fs.existsSync(service.data)) await service.init();
  await service.serve();
  if (options.demo !== false) await service.enrol_demo();
  return service;
}
