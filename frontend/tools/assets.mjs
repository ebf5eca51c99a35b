// A folder of immutable files whose names carry a hash of their content.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

export class Assets {
  /** The folder is emptied: what an older build left would be served for ever. */
  constructor(folder) {
    this.folder = folder;
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
  }

  /** Returns the path a page uses: /assets/NAME-HASH.ext. */
  add(name, content) {
    const { name: stem, ext } = path.parse(name);
    const hash = crypto.createHash("sha256").update(content).digest("hex").slice(0, 12);
    const file = `${stem}-${hash}${ext}`;
    this.write(path.join(this.folder, file), content);
    return `/assets/${file}`;
  }

  /** Adds every file of a folder; returns {name: path}. */
  copy_folder(folder) {
    if (!fs.existsSync(folder)) return {};
    const names = fs.readdirSync(folder).sort();
    return Object.fromEntries(
      names.map((name) => [name, this.add(name, fs.readFileSync(path.join(folder, name)))]),
    );
  }

  write(file, content) {
    fs.writeFileSync(file, content);
    const packed = zlib.gzipSync(content, { level: 9 });
    packed[9] = 255; // the operating system's byte: unknown, so that every machine writes the same
    fs.rmSync(`${file}.gz`, { force: true });
    if (packed.length < Buffer.byteLength(content)) fs.writeFileSync(`${file}.gz`, packed);
  }
}
