// What the two doors serve, as `tillit site` signs and compares it (server/cli/site_list.h): one line of JSON.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** A door's page goes out as "/", all else under its path. Packed copies carry nothing of their own. */
function address(name) {
  const slashed = name.split(path.sep).join("/");
  return slashed === "index.html" ? "/" : `/${slashed}`;
}

export function list_of_hashes(out) {
  const files = ["console", "portal"].flatMap((door) =>
    fs
      .readdirSync(path.join(out, door), { recursive: true })
      .map(String)
      .filter((name) => !name.endsWith(".gz") && fs.statSync(path.join(out, door, name)).isFile())
      .sort()
      .map((name) => {
        const content = fs.readFileSync(path.join(out, door, name));
        const sha256 = crypto.createHash("sha256").update(content).digest("hex");
        return { door, path: address(name), sha256, bytes: content.length };
      }),
  );
  return JSON.stringify({ t: "site", files }) + "\n";
}
