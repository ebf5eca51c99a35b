// The statement of an envelope as strict JSON (docs/protocol.md §5.2); the twin of
// crypto/statement.cpp: same keys, same order, same limits, same bytes.
import { CryptoError, isZero, toBase64url, utf8 } from "./bytes.ts";
import { FieldReader, parseStrictJson, type Json } from "./strict_json.ts";

export const kinds = [
  "report", "message", "ack", "status", "identity_notice", "access", "recusal", "epoch", "door_closed",
] as const;
export const sealedBy = ["browser", "cli", "server"] as const;
export type Kind = (typeof kinds)[number];
export type SealedBy = (typeof sealedBy)[number];

export interface Head {
  author: Uint8Array;
  seq: number;
  hash: Uint8Array;
}
export interface AttachmentRef {
  id: Uint8Array;
  name: string; // as the sender's device named it; hostile
  type: string;
  size: number; // bytes of content, before padding
  storedHash: Uint8Array;
}
export interface Exclusion {
  person: Uint8Array;
  name: string;
}
export interface ManifestGrant {
  member: Uint8Array;
  recipientHash: Uint8Array;
  sha256: Uint8Array;
}
export interface Manifest {
  grants: ManifestGrant[];
  identityHash: Uint8Array;
  identityGiven: boolean;
  dirVersion: number;
  dirHash: Uint8Array;
  excluded: Exclusion[];
}
/** A reporter's new keys, signed with the old one (§7.9). */
export interface Rekey {
  reporterRecipient: Uint8Array;
  verifyKey: Uint8Array;
}
/** What an epoch statement of epoch n says of epoch n+1. */
export interface EpochChange {
  recipientHash: Uint8Array;
  reporterHash: Uint8Array; // SHA-256 of the reporter's sealed copy
  grants: ManifestGrant[]; // investigators and alternates who go on
  rekey?: Rekey | undefined;
}
export interface Statement {
  org: Uint8Array;
  caseId: Uint8Array;
  epoch: number;
  kind: Kind;
  from: Uint8Array; // a member's id, or zeros for the reporter
  seq: number;
  prev: Uint8Array;
  heads: Head[];
  sealedBy: SealedBy;
  body: string;
  state: string;
  attachments: AttachmentRef[];
  manifest?: Manifest | undefined; // only, and always, of a report
  access?: ManifestGrant | undefined; // only, and always, of kind access
  change?: EpochChange | undefined; // only, and always, of kind epoch
}

export const reporter = new Uint8Array(16);
export const maxStatementBytes = 262144 - 76;
const maxHeads = 64;
const maxAttachments = 128;
const maxGrants = 64;
const maxExcluded = 12;
const maxNameBytes = 512;
const maxTypeBytes = 128;
const maxPersonNameBytes = 96;
const maxStateBytes = 64;

const b64 = toBase64url;

export function writeExcluded(excluded: Exclusion[]) {
  return excluded.map((e) => ({ person: b64(e.person), name: e.name }));
}

export const writeHeads = (heads: Head[]) =>
  heads.map((head) => ({ author: b64(head.author), seq: head.seq, hash: b64(head.hash) }));

const writeGrant = (grant: ManifestGrant) => ({
  member: b64(grant.member), recipient_hash: b64(grant.recipientHash), sha256: b64(grant.sha256),
});

const writeChange = ({ rekey, ...change }: EpochChange) => ({
  recipient_hash: b64(change.recipientHash),
  reporter_hash: b64(change.reporterHash),
  grants: change.grants.map(writeGrant),
  ...(rekey ? { rekey: { reporter_recipient: b64(rekey.reporterRecipient), verify_key: b64(rekey.verifyKey) } } : {}),
});

function writeManifest(manifest: Manifest) {
  return {
    grants: manifest.grants.map(writeGrant),
    identity_hash: b64(manifest.identityHash),
    identity_given: manifest.identityGiven,
    dir_version: manifest.dirVersion,
    dir_hash: b64(manifest.dirHash),
    excluded: writeExcluded(manifest.excluded),
  };
}

export function encodeStatement(s: Statement): Uint8Array {
  return utf8(
    JSON.stringify({
      t: "envelope",
      org: b64(s.org),
      case_id: b64(s.caseId),
      epoch: s.epoch,
      kind: s.kind,
      from: b64(s.from),
      seq: s.seq,
      prev: b64(s.prev),
      heads: writeHeads(s.heads),
      sealed_by: s.sealedBy,
      body: s.body,
      state: s.state,
      attachments: s.attachments.map((file) => ({
        id: b64(file.id),
        name: file.name,
        type: file.type,
        size: file.size,
        stored_hash: b64(file.storedHash),
      })),
      ...(s.manifest ? { manifest: writeManifest(s.manifest) } : {}),
      ...(s.access ? { access: writeGrant(s.access) } : {}),
      ...(s.change ? { change: writeChange(s.change) } : {}),
    }),
  );
}

export function readHeads(fields: FieldReader): Head[] {
  const seen = new Set<string>();
  return fields.list("heads", maxHeads).map((item) => {
    const read = new FieldReader(item);
    const head = { author: read.bytes("author", 16), seq: read.integer("seq"), hash: read.bytes("hash", 32) };
    read.done();
    const author = b64(head.author);
    if (head.seq === 0 || seen.has(author)) throw new CryptoError("malformed");
    seen.add(author);
    return head;
  });
}

function readAttachments(fields: FieldReader): AttachmentRef[] {
  return fields.list("attachments", maxAttachments).map((item) => {
    const read = new FieldReader(item);
    const file = {
      id: read.bytes("id", 16),
      name: read.text("name", maxNameBytes),
      type: read.text("type", maxTypeBytes),
      size: read.integer("size"),
      storedHash: read.bytes("stored_hash", 32),
    };
    read.done();
    return file;
  });
}

export function readExcluded(fields: FieldReader): Exclusion[] {
  return fields.list("excluded", maxExcluded).map((item) => {
    const read = new FieldReader(item);
    const excluded = { person: read.bytes("person", 16), name: read.text("name", maxPersonNameBytes) };
    read.done();
    if (!isPersonName(excluded.name)) throw new CryptoError("malformed");
    return excluded;
  });
}

/** Names as a directory may list them: not empty, no control characters. */
export function isPersonName(name: string): boolean {
  return name !== "" && utf8(name).length <= maxPersonNameBytes && !/[\u0000-\u001f\u007f]/.test(name);
}

function readGrant(item: Json): ManifestGrant {
  const read = new FieldReader(item);
  const grant = {
    member: read.bytes("member", 16),
    recipientHash: read.bytes("recipient_hash", 32),
    sha256: read.bytes("sha256", 32),
  };
  read.done();
  return grant;
}

const readGrants = (fields: FieldReader): ManifestGrant[] => fields.list("grants", maxGrants).map(readGrant);

function readRekey(item: Json): Rekey {
  const read = new FieldReader(item);
  const rekey = {
    reporterRecipient: read.bytes("reporter_recipient", 1216), verifyKey: read.bytes("verify_key", 32),
  };
  read.done();
  return rekey;
}

function readChange(fields: FieldReader): EpochChange {
  const read = new FieldReader(fields.object("change"));
  const change = {
    recipientHash: read.bytes("recipient_hash", 32),
    reporterHash: read.bytes("reporter_hash", 32),
    grants: readGrants(read),
    rekey: read.has("rekey") ? readRekey(read.object("rekey")) : undefined,
  };
  read.done();
  if (change.grants.length === 0) throw new CryptoError("malformed");
  return change;
}

function readManifest(fields: FieldReader): Manifest {
  const read = new FieldReader(fields.object("manifest"));
  const manifest = {
    grants: readGrants(read),
    identityHash: read.bytes("identity_hash", 32),
    identityGiven: read.boolean("identity_given"),
    dirVersion: read.integer("dir_version"),
    dirHash: read.bytes("dir_hash", 32),
    excluded: readExcluded(read),
  };
  read.done();
  return manifest;
}

/** What the fields must be to one another. */
function isConsistent(s: Statement): boolean {
  const byReporter = isZero(s.from);
  if (s.seq === 0 || (s.seq === 1) !== isZero(s.prev)) return false;
  if (s.kind === "report" && (!byReporter || s.seq !== 1)) return false;
  if (["ack", "status", "identity_notice", "access", "recusal"].includes(s.kind) && byReporter) return false;
  if ((s.kind === "door_closed" || s.change?.rekey) && !byReporter) return false;
  if (["identity_notice", "access"].includes(s.kind) && s.body === "") return false;
  return (s.kind === "status") === (s.state !== "");
}

function readStatement(text: Uint8Array): Statement {
  const read = new FieldReader(parseStrictJson(text));
  if (read.text("t", 16) !== "envelope") throw new CryptoError("malformed");
  const kind = () => read.word("kind", kinds);
  const s: Statement = {
    org: read.bytes("org", 16),
    caseId: read.bytes("case_id", 32),
    epoch: read.integer("epoch"),
    kind: kind(),
    from: read.bytes("from", 16),
    seq: read.integer("seq"),
    prev: read.bytes("prev", 32),
    heads: readHeads(read),
    sealedBy: read.word("sealed_by", sealedBy),
    body: read.text("body", maxStatementBytes),
    state: read.text("state", maxStateBytes),
    attachments: readAttachments(read),
  };
  // Where the kind has no such field it stays unread, so it is refused as unknown.
  if (s.kind === "report") s.manifest = readManifest(read);
  if (s.kind === "access") s.access = readGrant(read.object("access"));
  if (s.kind === "epoch") s.change = readChange(read);
  read.done();
  if (!isConsistent(s)) throw new CryptoError("malformed");
  return s;
}

/** Throws "malformed" for whatever a strict reader refuses. */
export function decodeStatement(text: Uint8Array): Statement {
  try {
    return readStatement(text);
  } catch {
    throw new CryptoError("malformed");
  }
}
