// Looks for planted markers and known secrets in files and in the memory of a live process.
//
// Every needle is looked for in all the forms a program may leave it in: UTF-8, UTF-16, base64 and base64url in all
// three alignments, hex in both cases, percent-encoding. One pass over the bytes, whatever the number of needles: the
// first two bytes index a table, so a hundred MiB take about a second.
//
// As a program (for sudo): node scanner.mjs PID < needles.json  prints the hits as JSON.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The forms of one needle: [{how, bytes}]. `content` is text or bytes. */
export function forms_of(content) {
  const raw = Buffer.from(content);
  const forms = [{ how: typeof content === "string" ? "UTF-8" : "bytes", bytes: raw }];
  const add = (how, bytes) => forms.push({ how, bytes: Buffer.from(bytes) });
  if (typeof content === "string") {
    const wide = Buffer.from(content, "utf16le");
    add("UTF-16LE", wide);
    add("UTF-16BE", Buffer.from(wide).swap16());
  }
  for (let shift = 0; shift < 3; shift += 1) {
    // Characters that also depend on the neighbours' bits are left out at both ends.
    const coded = Buffer.concat([Buffer.alloc(shift), raw]).toString("base64").replace(/=+$/, "");
    const spoiled = (shift + raw.length) % 3 === 0 ? 0 : 1;
    const sure = coded.slice([0, 2, 3][shift], coded.length - spoiled);
    add(`base64+${shift}`, sure);
    const url = sure.replaceAll("+", "-").replaceAll("/", "_");
    if (url !== sure) add(`base64url+${shift}`, url);
  }
  add("hex", raw.toString("hex"));
  add("HEX", raw.toString("hex").toUpperCase());
  const percent = [...raw].map((b) => "%" + b.toString(16).padStart(2, "0"));
  add("percent", percent.join(""));
  add("PERCENT", percent.join("").toUpperCase());
  if (typeof content === "string" && encodeURIComponent(content) !== content) add("URI", encodeURIComponent(content));
  return forms;
}

/** needles: [{name, content}] → a table for find(). */
export function compile(needles) {
  const seen = new Set();
  const first = new Uint8Array(65536);
  const buckets = new Map();
  let longest = 0;
  for (const { name, content } of needles) {
    if (Buffer.from(content).length < 8) throw new Error(`too short to be told from chance: ${name}`);
    for (const { how, bytes } of forms_of(content)) {
      const id = bytes.toString("latin1");
      if (seen.has(id)) continue;
      seen.add(id);
      const two = bytes[0] | (bytes[1] << 8);
      first[two] = 1;
      if (!buckets.has(two)) buckets.set(two, []);
      buckets.get(two).push({ name, how, bytes });
      longest = Math.max(longest, bytes.length);
    }
  }
  return { first, buckets, longest };
}

/** Hits in one stretch of bytes: [{name, how, at}]. */
export function find(table, bytes, length = bytes.length) {
  const hits = [];
  const { first, buckets } = table;
  for (let at = 0; at + 1 < length; at += 1) {
    const two = bytes[at] | (bytes[at + 1] << 8);
    if (first[two] === 0) continue;
    for (const needle of buckets.get(two)) {
      const end = at + needle.bytes.length;
      if (bytes[at + 2] === needle.bytes[2] && end <= length && needle.bytes.compare(bytes, at, end) === 0) {
        hits.push({ name: needle.name, how: needle.how, at });
      }
    }
  }
  return hits;
}

const window_bytes = 8 * 1024 * 1024;

/** Reads through `read(buffer, position) → bytes read` in windows that overlap by the longest needle. */
function find_through(table, from, to, read) {
  const buffer = Buffer.alloc(window_bytes + table.longest);
  const hits = [];
  for (let at = from; at < to; at += window_bytes) {
    const length = read(buffer, at, Math.min(buffer.length, to - at));
    for (const hit of find(table, buffer, length)) {
      if (hit.at < window_bytes) hits.push({ ...hit, at: at + hit.at });
    }
  }
  return hits;
}

/** Every file under `folder`, names included: [{name, how, where}]. */
export function scan_files(folder, needles) {
  const table = compile(needles);
  const hits = [];
  const visit = (file) => {
    for (const hit of find(table, Buffer.from(path.basename(file)))) hits.push({ ...hit, where: `the name ${file}` });
    const stat = fs.lstatSync(file);
    if (stat.isDirectory()) {
      for (const name of fs.readdirSync(file)) visit(path.join(file, name));
    } else if (stat.isFile()) {
      const handle = fs.openSync(file, "r");
      const read = (buffer, at, length) => fs.readSync(handle, buffer, 0, length, at);
      for (const hit of find_through(table, 0, stat.size, read)) hits.push({ ...hit, where: file });
      fs.closeSync(handle);
    }
  };
  visit(folder);
  return hits;
}

/** The mappings of a process that it can write to, plus small closed ones (guard pages may hide secrets). */
export function mappings(pid) {
  return fs.readFileSync(`/proc/${pid}/maps`, "utf8").trim().split("\n").map((line) => {
    const [range, mode, , , , ...name] = line.split(/\s+/);
    const [from, to] = range.split("-").map((hex) => parseInt(hex, 16));
    return { from, to, mode, name: name.join(" ") || "anonymous" };
  }).filter((m) => m.mode[1] === "w" || (m.mode[0] === "-" && m.to - m.from <= 16 * 1024 * 1024));
}

/** Hits in the live memory of `pid`: [{name, how, at, where}]; `scanned_bytes` is what was read. */
export function scan_memory_here(pid, needles) {
  const table = compile(needles);
  const memory = fs.openSync(`/proc/${pid}/mem`, "r");
  const hits = [];
  let scanned_bytes = 0;
  for (const mapping of mappings(pid)) {
    const read = (buffer, at, length) => {
      try {
        const got = fs.readSync(memory, buffer, 0, length, at);
        scanned_bytes += got;
        return got;
      } catch {
        return 0; // gone or never there, as [vvar] is
      }
    };
    for (const hit of find_through(table, mapping.from, mapping.to, read)) {
      hits.push({ ...hit, at: hit.at.toString(16), where: `${mapping.name} ${mapping.mode}`, into: hit.at - mapping.from });
    }
  }
  fs.closeSync(memory);
  return { hits, scanned_bytes };
}

/** As scan_memory_here, through sudo where the process is closed to its own user. */
export function scan_memory(pid, needles) {
  const input = JSON.stringify(needles.map(({ name, content }) =>
    typeof content === "string" ? { name, text: content } : { name, hex: Buffer.from(content).toString("hex") }));
  const command = [process.execPath, fileURLToPath(import.meta.url), String(pid)];
  if (process.getuid() !== 0) command.unshift("sudo", "-n");
  const run = spawnSync(command[0], command.slice(1), { input, maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(`the scan did not run: ${run.stderr}`);
  return JSON.parse(run.stdout);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const needles = JSON.parse(fs.readFileSync(0, "utf8"))
    .map(({ name, text, hex }) => ({ name, content: text ?? Buffer.from(hex, "hex") }));
  console.log(JSON.stringify(scan_memory_here(Number(process.argv[2]), needles)));
}
