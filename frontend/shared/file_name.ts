// Names of files: as they go into a statement, and as they come out of one that somebody else wrote.

/** At most 120 characters, never half of one; JSON of anything else would be refused by a reader. */
export function nameForStatement(name: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(name.slice(0, 120))).replaceAll("\0", "") || "file";
}

/** No path, no control or direction characters, no leading dots, not too long, never empty. */
export function cleanFileName(name: string): string {
  const last = name.split(/[\\/]/).filter((part) => part !== "").pop() ?? "";
  const flat = last
    .normalize("NFC")
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, "")
    .replace(/[:*?"<>|]/g, "_")
    .replace(/^[. ]+|[. ]+$/g, "");
  const safe = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(flat) ? `_${flat}` : flat;
  if (safe.length <= 120) return safe || "file";
  const dot = safe.lastIndexOf(".");
  const ending = dot > safe.length - 12 ? safe.slice(dot) : "";
  return safe.slice(0, 120 - ending.length) + ending;
}
