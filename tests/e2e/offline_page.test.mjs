// Goal: tillit-seal.html, opened from a disk with no network, makes a sealed file that a browser without scripts hands in;
// the reporter comes back with the key it showed, the investigator reads. It makes no connection, and can make none.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import test, { after, before } from "node:test";
import { pathToFileURL } from "node:url";

import { launch } from "./support/browsers.mjs";
import { text_of, words_of } from "./support/html.mjs";
import { Member } from "./support/member.mjs";
import { Reporter } from "./support/reporter.mjs";
import { fetch_directory } from "./support/sealed_file.mjs";
import { assets, start_service, until } from "./support/service.mjs";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tillit-offline-"));
const attachment = path.join(folder, "kart.bin");
const page_file = path.join(folder, "tillit-seal.html");
let service, about;

before(async () => {
  service = await start_service();
  about = await fetch_directory(service, folder);
  fs.writeFileSync(attachment, crypto.randomBytes(1_300_000));
  const reply = await new Reporter(service.portal).get("/hand-in/tillit-seal.html");
  fs.writeFileSync(page_file, reply.body);
});
after(async () => {
  await service?.remove();
  fs.rmSync(folder, { recursive: true, force: true });
});

const shown = (page, selector) => page.has(`${selector}:not([hidden])`);

async function open_list(page, file, { directory = about.directory, words = about.words } = {}) {
  await page.go(pathToFileURL(file).href);
  await until(() => shown(page, "#open"), "the page runs");
  await page.choose("#directory", directory);
  await page.fill("#words", words);
  await page.press_only("#open button");
}

/** Fills everything in and seals; returns {key, file}. */
async function seal(page, { text, without }) {
  await until(() => shown(page, "#write"), "the list is verified");
  await page.fill("#text", text);
  await page.fill("#name", "Ola Nordmann");
  if (without) await page.tick(`input[name="to"][value="${without}"]`, false);
  await page.choose("#files", attachment);
  await page.press_only("#seal");
  await until(() => shown(page, "#done"), "it is sealed", 120);
  const key = words_of(await page.html());
  assert.ok(key, "the key is shown");
  const { name, file } = await page.download("#save");
  assert.match(name, /^sealed-report.*\.tillit$/);
  const kept = path.join(folder, `${crypto.randomBytes(4).toString("hex")}.tillit`);
  fs.copyFileSync(file, kept);
  return { key, file: kept };
}

async function hand_in(kind, file) {
  const browser = await launch(kind, { scripts: false });
  try {
    const page = await browser.page();
    await page.go(`${service.portal}/hand-in`);
    await page.choose("#submission", file);
    await page.press_button("#hand-in-form button");
    assert.match(text_of(await page.html()), /Your report has arrived/);
  } finally {
    await browser.close();
  }
}

async function is_read(text, key) {
  const ingrid = await Member.log_in(service, service.with_role("investigator")[0]);
  const id = await ingrid.case_that_begins(text);
  const thread = await ingrid.open(id);
  const { statement } = thread.entries[0];
  assert.equal(statement.manifest.identityGiven, true);
  assert.deepEqual(statement.manifest.excluded.map(({ name }) => name), [service.with_role("investigator")[1].name]);
  assert.ok((await ingrid.download(id, statement.attachments[0], thread)).equals(fs.readFileSync(attachment)));
  await ingrid.write(id, { body: `We have read: ${text}` });
  const reporter = new Reporter(service.portal);
  await reporter.come_back(key);
  assert.ok((await reporter.messages()).some(({ body }) => body === `We have read: ${text}`));
}

for (const [name, kind, options] of [["chromium", "chromium", {}], ["firefox", "firefox", {}], ["firefox like Tor Browser", "firefox", { like_tor: true }]]) {
  test(`${name}: sealed from a file on the disk, handed in with scripts off, answered`, async () => {
    const browser = await launch(kind, { scripts: true, ...options });
    const text = `Sealed offline in ${name}`;
    let sealed;
    const asked = [];
    try {
      const control = await browser.page();
      const seen = [];
      control.raw.on("request", (request) => seen.push(request.url()));
      await control.go(`${service.portal}/`);
      assert.ok(seen.some((url) => url.startsWith(service.portal)), "requests are seen");
      const page = await browser.page();
      page.raw.on("request", (request) => asked.push(request.url()));
      await open_list(page, page_file);
      const jonas = JSON.parse(JSON.parse(fs.readFileSync(about.directory)).directory.split("\n")[1])
        .members.find((member) => member.name === service.with_role("investigator")[1].name);
      sealed = await seal(page, { text, without: jonas.member });
    } finally {
      await browser.close();
    }
    assert.deepEqual(asked.filter((url) => !/^(file|blob|data|about):/.test(url)), [], "none goes anywhere");
    const content = fs.readFileSync(sealed.file);
    for (const word of ["Sealed offline", "kart.bin", "Nordmann"]) assert.ok(!content.includes(word), word);
    await hand_in(kind, sealed.file);
    await is_read(text, sealed.key);
  });
}

test("other words, a meddled list, an empty text: said beside the field, and nothing is made", async () => {
  const browser = await launch("chromium", { scripts: true });
  try {
    const page = await browser.page();
    await open_list(page, page_file, { words: "zoo ".repeat(8) });
    await until(() => page.has("#words-problem"), "the words are wrong");
    const reply = JSON.parse(fs.readFileSync(about.directory));
    const forged = path.join(folder, "forged.json");
    fs.writeFileSync(forged, JSON.stringify({ ...reply, directory: reply.directory.replace("Ingrid", "Ingrod") }));
    for (const directory of [forged, attachment]) {
      await open_list(page, page_file, { directory });
      await until(() => page.has("#directory-problem"), "the list is refused");
    }
    assert.ok(!(await shown(page, "#write")));
    await open_list(page, page_file);
    await until(() => shown(page, "#write"), "the right one is taken");
    await page.fill("#text", "   ");
    await page.press_only("#seal");
    await until(() => page.has("#text-problem"), "the text is empty");
    assert.ok(!(await shown(page, "#done")));
  } finally {
    await browser.close();
  }
});

test("files beyond the limit: another program is named only where it would take them", async () => {
  const list_with = (max_report_bytes) => {
    const file = path.join(folder, `list-${max_report_bytes}.json`);
    fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(about.directory)), max_report_bytes }));
    return file;
  };
  const large = path.join(folder, "large.bin");
  fs.writeFileSync(large, "");
  fs.truncateSync(large, 513 << 20); // takes no room on the disk
  const browser = await launch("chromium", { scripts: true });
  try {
    const page = await browser.page();
    const said = async (max_report_bytes, file) => {
      await open_list(page, page_file, { directory: list_with(max_report_bytes) });
      await until(() => shown(page, "#write"), "the list is verified");
      await page.fill("#text", "With a large file");
      await page.choose("#files", file);
      await page.press_only("#seal");
      await until(() => page.has("#files-problem"), "the files are refused");
      assert.ok(!(await shown(page, "#done")));
      return text_of(await page.html());
    };
    const by_organisation = await said(1 << 20, attachment);
    assert.match(by_organisation, /too many or too large: up to sixteen, 1 MB in all/);
    assert.doesNotMatch(by_organisation, /tillit seal” takes/);
    assert.match(await said(1 << 30, large), /too large for this page: up to 512 MB in all\. “tillit seal” takes up to/);
  } finally {
    await browser.close();
  }
});

test("it cannot make a connection even if it wanted to; without its policy it could", async () => {
  const hits = []; // by the path of one try: what a browser sends late is not counted to the next
  const server = http.createServer((request, reply) => {
    hits.push(request.url);
    reply.writeHead(200, { "access-control-allow-origin": "*" }).end();
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const address = `http://127.0.0.1:${server.address().port}/`;
  // A script of the page's own tries, allowed by hash: what a debugger runs may stand beside the policy.
  const variant = (name, change) => {
    const script = `
      const where = ${JSON.stringify(address)} + ${JSON.stringify(name)} + "/" + (navigator.userAgent.includes("Firefox") ? "firefox" : "chromium") + "/";
      const image = new Image();
      const ends = new Promise((done) => (image.onload = image.onerror = done));
      image.src = where + "picture";
      const sent = [fetch(where + "fetch").catch(() => 0), ends, navigator.sendBeacon(where + "beacon", "x")];
      Promise.all(sent).then(() => document.body.setAttribute("data-tried", ""));`;
    const hash = crypto.createHash("sha256").update(script).digest("base64");
    const file = path.join(folder, `${name}.html`);
    const page = fs.readFileSync(page_file, "utf8").replace("script-src ", () => `script-src 'sha256-${hash}' `)
      .replace("</body>", () => `<script>${script}</script></body>`);
    fs.writeFileSync(file, change(page));
    return file;
  };
  const bound = variant("bound", (page) => page);
  const free = variant("free", (page) => page.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ""));
  const tries = async (kind, file) => {
    const browser = await launch(kind, { scripts: true });
    try {
      const page = await browser.page();
      await page.go(pathToFileURL(file).href);
      await until(() => page.has("[data-tried]"), "the script has tried");
    } finally {
      await browser.close();
    }
    return hits.filter((url) => url.startsWith(`/${path.parse(file).name}/${kind}/`)).length;
  };
  try {
    for (const kind of ["chromium", "firefox"]) {
      assert.equal(await tries(kind, bound), 0, kind);
      assert.ok((await tries(kind, free)) >= 2, `${kind}: the control is seen`);
    }
  } finally {
    server.close();
  }
});

test("the portal hands it out to be saved, never to be shown, and says its hash", async () => {
  const reporter = new Reporter(service.portal);
  const reply = await reporter.get("/hand-in/tillit-seal.html");
  assert.equal(reply.headers["content-type"], "application/octet-stream");
  assert.match(reply.headers["content-disposition"], /^attachment; .*tillit-seal\.html/);
  const sha256 = crypto.createHash("sha256").update(reply.body).digest("hex");
  assert.ok((await reporter.get("/hand-in")).html.includes(sha256));
  const listed = JSON.parse(fs.readFileSync(path.join(assets, "hashes.json"))).files;
  assert.equal(listed.find((file) => file.path === "/hand-in/tillit-seal.html")?.sha256, sha256);
});
