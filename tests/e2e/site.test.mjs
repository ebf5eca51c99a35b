// Goal: anybody can tell whether a site serves what was built. Two builds from two clones list the same hashes; a list
// signed by a key is compared with a running site, and the one changed byte's file is named.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import zlib from "node:zlib";

import { new_signer } from "./support/signers.mjs";
import { assets, root, run_program, start_service } from "./support/service.mjs";

let service, work, list, key;
const signed = () => path.join(work, "signed.txt");
const hashes = path.join(assets, "hashes.json");
const verify = (url, ...more) => run_program(["site", "verify", url, "--hashes", signed(), "--key", key, ...more]);

before(async () => {
  work = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-site-"));
  service = await start_service();
  list = JSON.parse(fs.readFileSync(hashes, "utf8")).files;
  const anna = await new_signer(work, "Anna Aas", "Releases");
  const made = await run_program(["site", "sign", "--hashes", hashes, "--signer", anna.key,
    "--passphrase-file", anna.passphrase_file, "--out", signed()]);
  assert.equal(made.code, 0, made.stderr);
  key = made.stdout.trim();
});
after(async () => {
  await service?.remove();
  fs.rmSync(work, { recursive: true, force: true });
});

/** The site, with something changed on the way: answers.get(path) returns {status, headers, body} for it. */
async function changed(url, answers) {
  const target = new URL(url);
  const server = http.createServer((request, reply) => {
    const headers = { ...request.headers, host: target.host };
    http.get({ host: "127.0.0.1", port: target.port, path: request.url, headers, agent: false }, (answer) => {
      const chunks = [];
      answer.on("data", (d) => chunks.push(d));
      answer.once("end", () => {
        const was = { status: answer.statusCode, headers: { ...answer.headers }, body: Buffer.concat(chunks) };
        const is = answers.get(request.url)?.(was) ?? was;
        delete is.headers.connection;
        reply.writeHead(is.status, { ...is.headers, "content-length": is.body.length });
        reply.end(is.body);
      });
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const close = () => new Promise((done) => server.close(done));
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

const unpack = ({ headers, body }) => (headers["content-encoding"] === "gzip" ? zlib.gunzipSync(body) : body);

test("an honest site is as listed, both doors", async () => {
  for (const [door, url] of [["portal", service.portal], ["console", service.console]]) {
    const { code, stdout } = await verify(url);
    assert.equal(code, 0, stdout);
    assert.match(stdout, new RegExp(`looked at as the ${door}: as listed, [1-9]`));
  }
});

test("one changed byte is found in whichever file it is, packed or not, and no other file is named", async () => {
  for (const [door, url] of [["portal", service.portal], ["console", service.console]]) {
    for (const file of list.filter((f) => f.door === door)) {
      const flip = (was) => {
        const body = unpack(was);
        body[file.path === "/" ? 0 : body.length >> 1] ^= 1; // in a page's middle it might change what the page names
        const is_packed = was.headers["content-encoding"] === "gzip";
        return { ...was, body: is_packed ? zlib.gzipSync(body) : body };
      };
      const site = await changed(url, new Map([[file.path, flip]]));
      const { code, stdout } = await verify(site.url, "--door", door);
      await site.close();
      assert.equal(code, 3, file.path);
      const named = [...stdout.matchAll(/^ {2}(\w+) +(\S+) /gm)].map((m) => m.slice(1));
      assert.deepEqual(named, [["differs", file.path]], stdout);
    }
  }
});

test("what is missing, added, loosened or packed in another way is named", async () => {
  const page = (change) => (was) => ({ ...was, headers: { ...was.headers, "content-encoding": "identity" }, body: Buffer.from(change(unpack(was).toString())) });
  const css = list.find((f) => f.door === "portal" && f.path.endsWith(".css")).path;
  const cases = [
    [service.portal, css, (was) => ({ ...was, status: 404 }), /^ {2}missing +\S+\.css /m],
    [service.portal, css, (was) => ({ ...was, headers: { ...was.headers, "content-encoding": "br" } }), /^ {2}differs +\S+\.css +\(packed/m],
    [service.portal, "/report", page((text) => text.replace("</head>", "<script src=\"/assets/thief.js\"></script></head>")), /^ {2}additional +\/assets\/thief\.js +\(named by \/report\)/m],
    [service.portal, "/", page((text) => text.replace("</body>", "<script>steal()</script></body>")), /^ {2}additional +<script> +\(named by \/\)/m],
    [service.portal, "/return", (was) => ({ ...was, headers: { ...was.headers, "content-security-policy": "default-src *" } }), /^ {2}policy +\/return /m],
    [service.console, "/enrol", page((text) => text.replace("</head>", "<script src=\"https://thief.example/x.js\"></script></head>")), /^ {2}additional +https:\/\/thief\.example\/x\.js/m],
    [service.console, "/", (was) => ({ ...was, headers: { ...was.headers, "content-security-policy": "" } }), /^ {2}policy +\/ /m],
  ];
  for (const [url, place, change, expected] of cases) {
    const site = await changed(url, new Map([[place, change]]));
    const { code, stdout } = await verify(site.url);
    await site.close();
    assert.equal(code, 3, stdout);
    assert.match(stdout, expected);
  }
});

test("a list that the key did not sign is not believed; a site that does not answer is not called honest", async () => {
  const text = fs.readFileSync(signed(), "utf8");
  const forged = path.join(work, "forged.txt");
  const [, hash] = /"sha256":"([0-9a-f]{64})"/.exec(text);
  fs.writeFileSync(forged, text.replace(hash, hash.replace(/^./, (c) => (c === "0" ? "1" : "0"))));
  const run = (...args) => run_program(["site", "verify", service.console, ...args]);
  assert.equal((await run("--hashes", forged, "--key", key)).code, 4);
  assert.equal((await run("--hashes", hashes, "--key", key)).code, 4, "a bare list is signed by nobody");
  const bare = await run("--hashes", hashes);
  assert.equal(bare.code, 0);
  assert.match(bare.stderr, /nobody's signature was looked at/);
  assert.equal((await run("--hashes", signed(), "--key", key.slice(0, -3))).code, 1);
  const gone = await verify("http://127.0.0.1:9", "--door", "console");
  assert.equal(gone.code, 1);
  assert.match(gone.stdout, /could not be looked at whole/);
});

test("two builds from two clones list the same hashes", { timeout: 240_000 }, () => {
  const lists = ["a", path.join("deeper down", "b")].map((name, i) => {
    const clone = path.join(work, name);
    const git = spawnSync("git", ["-c", "safe.directory=*", "clone", "-q", "--no-local", root, clone], { encoding: "utf8" });
    assert.equal(git.status, 0, git.stderr);
    // The packages are those of the lock file; a copy, so that each build has its own path to them.
    const packages = fs.realpathSync(path.join(root, "frontend/node_modules"));
    spawnSync("cp", ["-r", packages, path.join(clone, "frontend/node_modules")]);
    const env = { ...process.env, TZ: i ? "Pacific/Auckland" : "UTC", LC_ALL: i ? "C.UTF-8" : "C", HOME: clone };
    const out = path.join(clone, `out ${i}`);
    const built = spawnSync(process.execPath, ["build.mjs", "--out", out], { cwd: path.join(clone, "frontend"), env, encoding: "utf8" });
    assert.equal(built.status, 0, built.stderr);
    return fs.readFileSync(path.join(out, "hashes.json"), "utf8");
  });
  assert.equal(lists[0], lists[1]);
  assert.ok(JSON.parse(lists[0]).files.length > 5);
});
