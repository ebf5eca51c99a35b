// Asking for an identity, against a server that keeps letters and lies about them in every way it can.
import assert from "node:assert/strict";
import test from "node:test";

import * as age from "../crypto/age.ts";
import { random, toBase64url as b64, utf8 } from "../crypto/bytes.ts";
import type { DirectoryMember } from "../crypto/directory.ts";
import { verifyKeyOf } from "../crypto/ed25519.ts";
import { recipientHash, type Role } from "../crypto/grant.ts";
import { sha256 } from "../crypto/hash.ts";
import { sealIdentity } from "../crypto/identity.ts";
import type { Statement } from "../crypto/statement.ts";
import { ApiError, type IdentityRequestRow, type NewIdentityRequest, type SealedLetter } from "./api.ts";
import { ask, custodianOf, disclose, openTheIdentity, readLetters, refuse, threadFaults, type Correspondence } from "./letters.ts";
import type { Session } from "./session.ts";
import type { OpenCase } from "./thread.ts";

const org = random(16);
const caseId = random(32);
const caseSeed = random(32);
const reporter = random(32);
const shares = { a: random(32), b: random(32) };

interface Person {
  listed: DirectoryMember;
  identity: Uint8Array;
  signing: Uint8Array;
}
function person(name: string, role: Role): Person {
  const identity = random(32);
  const signing = random(32);
  const listed = {
    member: random(16), person: random(16), name, office: "Office", role, recipient: age.recipientOf(identity),
    verifyKey: verifyKeyOf(signing), sinceDay: 1, isDefault: true,
  };
  return { listed, identity, signing };
}
const ingrid = person("Ingrid", "investigator");
const jonas = person("Jonas", "investigator");
const mats = person("Mats", "investigator"); // of the directory, without a key to this case
const kari = person("Kari", "custodian");
const people = [ingrid, jonas, mats, kari];

type Kept = Omit<IdentityRequestRow, "request" | "refusal" | "disclosure" | "openings"> & {
  request: SealedLetter[];
  refusal: SealedLetter[];
  disclosure: string | null;
  openings: { day: number; letters: SealedLetter[] }[];
};

/** Keeps letters as the service does; `lie` changes what a member is given. */
class Server {
  kept: Kept[] = [];
  notices = 0;
  lie: (rows: IdentityRequestRow[]) => void = () => {};
  acts: string[] = [];

  private rows(member: string): IdentityRequestRow[] {
    const mine = (letters: SealedLetter[]) => letters.find(({ reader }) => reader === member)?.sealed ?? null;
    return this.kept.map((one) => ({
      ...one,
      request: mine(one.request),
      refusal: mine(one.refusal),
      disclosure: one.from === member ? one.disclosure : null,
      openings: one.openings.map(({ day, letters }) => ({ day, sealed: mine(letters)! })),
    }));
  }
  private find = (id: string) => this.kept.find((one) => one.id === id)!;

  api(member: string) {
    return {
      identityRequests: async () => {
        const requests = structuredClone(this.rows(member));
        this.lie(requests);
        return { today: 9, requests };
      },
      askForIdentity: async (_: string, asked: NewIdentityRequest) => {
        if (asked.notice) this.notices += 1;
        this.kept.push({
          id: asked.id, from: member, custodian: asked.custodian, readers: asked.letters.map(({ reader }) => reader), day: 9,
          state: "open", answered_day: null, request: asked.letters, refusal: [], disclosure: null, openings: [], openings_count: 0,
        });
      },
      disclose: async (_: string, id: string, sealed: string) =>
        void Object.assign(this.find(id), { state: "disclosed", answered_day: 9, disclosure: sealed }),
      refuseIdentity: async (_: string, id: string, letters: SealedLetter[]) =>
        void Object.assign(this.find(id), { state: "refused", answered_day: 9, refusal: letters }),
      recordOpening: async (_: string, id: string, letters: SealedLetter[]) => {
        this.acts.push("recorded");
        this.find(id).openings.push({ day: 9, letters });
        this.find(id).openings_count += 1;
      },
    };
  }
}

const sealedIdentity = await sealIdentity(
  { org, caseId, given: true, name: "Åse", contact: "" }, reporter, shares,
);
const granted = [ingrid, jonas, kari];
const report = {
  hash: random(32), position: 1, day: 1,
  statement: {
    kind: "report", from: new Uint8Array(16), seq: 1, heads: [],
    manifest: {
      grants: granted.map(({ listed }) => ({
        member: listed.member, recipientHash: recipientHash(listed.recipient), sha256: sha256(listed.member),
      })),
    },
  } as unknown as Statement,
};

const holders = granted.map(({ listed }) => ({ member: listed.member, isLeaving: false }));

/** What `who` has open, and the session in which it is. */
function desk(server: Server, who: Person): [OpenCase, Session] {
  const open = {
    file: { case: { case_id: b64(caseId), case_recipient: b64(age.recipientOf(caseSeed)) }, identity: b64(sealedIdentity), today: 9 },
    id: caseId,
    grant: {
      org, caseId, epoch: 0, verifyKey: verifyKeyOf(reporter), excluded: [],
      share: who === kari ? shares.a : shares.b, secret: who === kari ? undefined : caseSeed,
    },
    known: { directory: { members: people.map(({ listed }) => listed) } },
    entries: [report],
    read: { epoch: 0, offer: () => {}, recipient: age.recipientOf(caseSeed), holders, held: [holders], entries: [report], faults: [] },
  };
  const session = {
    org, me: { member: b64(who.listed.member) }, keyring: { identity: who.identity, signing: who.signing },
    api: server.api(b64(who.listed.member)),
  };
  return [open as unknown as OpenCase, session as unknown as Session];
}

const asking = { ground: "court", text: "It is ordered.", notice: "", exemption: "The court has ordered silence." };
async function read(server: Server, who: Person): Promise<Correspondence[]> {
  return readLetters(...desk(server, who));
}
async function asked(): Promise<Server> {
  const server = new Server();
  await ask(...spread(desk(server, ingrid), asking));
  return server;
}
const spread = <T>([open, session]: [OpenCase, Session], what: T): [OpenCase, T, Session] => [open, what, session];

async function disclosed(): Promise<Server> {
  const server = await asked();
  await disclose(...spread(desk(server, kari), (await read(server, kari))[0]!));
  return server;
}
async function opened(): Promise<Server> {
  const server = await disclosed();
  await openTheIdentity(...spread(desk(server, ingrid), (await read(server, ingrid))[0]!));
  return server;
}

test("two people together, each step verified, and the record comes before the name", async () => {
  const server = await disclosed();
  const [one] = await read(server, ingrid);
  assert.deepEqual(one!.faults, []);
  const identity = await openTheIdentity(...spread(desk(server, ingrid), one!));
  assert.equal(identity.name, "Åse");
  assert.deepEqual(server.acts, ["recorded"]);
  for (const who of granted) {
    const [seen] = await read(server, who);
    assert.deepEqual([seen!.faults, seen!.openings.length], [[], 1], who.listed.name);
  }
  assert.equal((await read(server, jonas))[0]!.disclosure, null);
});

test("a record that is refused leaves the identity shut", async () => {
  const server = await disclosed();
  const [one] = await read(server, ingrid);
  const [open, session] = desk(server, ingrid);
  Object.assign(session.api, { recordOpening: () => Promise.reject(new ApiError(507, "full")) });
  await assert.rejects(openTheIdentity(open, one!, session), { code: "full" });
});

test("a request with its notice signs both again when somebody wrote meanwhile", async () => {
  const server = new Server();
  const [open, session] = desk(server, ingrid);
  let tries = 0;
  const { askForIdentity } = session.api;
  Object.assign(session.api, {
    askForIdentity: (id: string, request: NewIdentityRequest) => {
      tries += 1;
      if (tries === 1) return Promise.reject(new ApiError(409, "not_successor"));
      return askForIdentity(id, request);
    },
    envelopesAfter: () => Promise.resolve({ epochs: [], envelopes: [] }),
  });
  await ask(open, { ...asking, exemption: "", notice: "We ask for your name." }, session);
  assert.deepEqual([tries, server.notices, server.kept.length], [2, 1, 1]);
  // The thread of this test never gets the notice: whoever reads it is warned.
  assert.deepEqual(threadFaults(open, (await read(server, ingrid))[0]!), ["no_notice"]);
});

test("a request by, or to, somebody without a key is shown to who reads the thread", async () => {
  const server = new Server();
  await ask(...spread(desk(server, mats), asking));
  const [one] = await read(server, jonas);
  assert.deepEqual(threadFaults(desk(server, jonas)[0], one!), ["no_key_holder"]);
});

const flipped = (text: string) => text.slice(0, -20) + (text.at(-20) === "A" ? "B" : "A") + text.slice(-19);

/** [what the server does, to a server with these letters, read by, what is said]. */
const lies: [string, () => Promise<Server>, Person, (rows: IdentityRequestRow[], server: Server) => void, string][] = [
  ["damages a request", asked, kari, ([row]) => void (row!.request = flipped(row!.request!)), "not_sealed"],
  ["gives somebody else's copy", asked, kari, ([row], { kept }) => void (row!.request = kept[0]!.request[0]!.sealed), "not_sealed"],
  ["withholds a request", asked, kari, ([row]) => void (row!.request = null), "missing_letter"],
  ["files it under another id", asked, kari, ([row]) => void (row!.id = b64(random(16))), "outside_differs"],
  ["says that another asked", asked, kari, ([row]) => void (row!.from = b64(jonas.listed.member)), "outside_differs"],
  ["says that another was asked", asked, jonas, ([row]) => void (row!.custodian = b64(mats.listed.member)), "outside_differs"],
  ["says that it was disclosed", asked, ingrid, ([row]) => void (row!.state = "disclosed"), "missing_letter"],
  ["says that it was refused", asked, ingrid, ([row]) => void (row!.state = "refused"), "missing_letter"],
  ["says that it was opened", disclosed, jonas, ([row]) => void (row!.openings_count = 1), "missing_letter"],
  ["gives a request for a disclosure", asked, ingrid, ([row]) => void (row!.disclosure = row!.request), "malformed"],
  ["damages a disclosure", disclosed, ingrid, ([row]) => void (row!.disclosure = flipped(row!.disclosure!)), "not_sealed missing_letter"],
  ["drops the record of an opening", opened, kari, ([row]) => void (row!.openings = []), "missing_letter"],
  ["doubles the record of an opening", opened, kari, ([row]) => void row!.openings.push(row!.openings[0]!), "missing_letter"],
  ["gives an opening for a refusal", opened, jonas, ([row]) => void (row!.refusal = row!.openings[0]!.sealed), "malformed"],
];
for (const [what, made, who, lie, fault] of lies) {
  test(`a server that ${what} is found out`, async () => {
    const server = await made();
    assert.deepEqual((await read(server, who))[0]!.faults, [], "control: the honest server");
    server.lie = (rows) => lie(rows, server);
    assert.deepEqual((await read(server, who))[0]!.faults, fault.split(" "));
  });
}

test("an answer moved from one request to another belongs to neither", async () => {
  const server = await asked();
  await refuse(desk(server, kari)[0], (await read(server, kari))[0]!, "No order was shown.", desk(server, kari)[1]);
  await ask(...spread(desk(server, ingrid), asking));
  await disclose(...spread(desk(server, kari), (await read(server, kari))[1]!));
  await ask(...spread(desk(server, ingrid), asking));
  server.lie = ([first, second, third]) => {
    Object.assign(third!, { state: "disclosed", answered_day: 9, disclosure: second!.disclosure });
    Object.assign(second!, { refusal: first!.refusal });
  };
  const [, second, third] = await read(server, ingrid);
  assert.deepEqual(second!.faults, ["wrong_request"]);
  assert.ok(third!.faults.includes("wrong_request"));
  assert.equal(third!.disclosure, null);
});

test("who stands in an earlier directory only gets no letter, whatever key she holds", async () => {
  const gone = [jonas];
  const later = (server: Server, who: Person): [OpenCase, Session] => {
    const [open, session] = desk(server, who);
    const left = people.filter((one) => !gone.includes(one)).map(({ listed }) => listed);
    Object.assign(open.known, { directory: { members: left }, earlier: [{ members: people.map(({ listed }) => listed) }] });
    return [open, session];
  };
  const readers = (letters: SealedLetter[]) => letters.map(({ reader }) => reader).sort();
  const left = [ingrid, kari].map(({ listed }) => b64(listed.member)).sort();
  const fresh = new Server();
  await ask(...spread(later(fresh, ingrid), asking));
  assert.deepEqual(readers(fresh.kept[0]!.request), left);
  const refused = await asked(); // while he was listed
  await refuse(later(refused, kari)[0], (await read(refused, kari))[0]!, "No order was shown.", later(refused, kari)[1]);
  assert.deepEqual(readers(refused.kept[0]!.refusal), left);
  const server = await disclosed();
  await openTheIdentity(...spread(later(server, ingrid), (await read(server, ingrid))[0]!));
  assert.deepEqual(readers(server.kept[0]!.openings[0]!.letters), left);
  gone.push(kari);
  assert.equal(custodianOf(later(fresh, ingrid)[0]), undefined);
});

test("letters have one length, whatever they say", async () => {
  const server = await opened();
  const all = server.kept.flatMap((one) => [
    ...one.request.map(({ sealed }) => sealed), one.disclosure!, ...one.openings.flatMap(({ letters }) => letters.map((l) => l.sealed)),
  ]);
  assert.equal(new Set(all.map((sealed) => utf8(sealed).length)).size, 1);
  assert.equal(all.length, 3 + 1 + 3);
});
