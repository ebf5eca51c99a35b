// DIR/demo.txt: one block of lines a person, separated by empty lines.
export function parse_people(text) {
  const people = [];
  for (const block of text.split(/\n\s*\n/)) {
    const login = /^\s*(?:login|log-in|username)\s*:?\s+(\S+)\s*$/im.exec(block)?.[1];
    const passphrase = /^\s*passphrase\s*:?\s+(\S.*?)\s*$/im.exec(block)?.[1];
    if (!login || !passphrase) continue;
    const recovery = /^\s*recovery(?: code)?\s*:?\s+(\S.*?)\s*$/im.exec(block)?.[1];
    const role = /\b(investigator|custodian|alternate|administrator|auditor)\b/i.exec(block)?.[1].toLowerCase();
    const name = block.trim().split("\n")[0].replace(/^name\s*:?\s*/i, "").replace(/[,(].*$/, "").trim();
    people.push({ name, login, passphrase, recovery, role });
  }
  return people;
}
