// Asking for an identity and answering, without a browser: the API with the console's crypto (protocol §4.5).
//
//   const id = await ask(ingrid, case_id, { notice: "We ask for your name." });
//   await disclose(kari, case_id, id);
//   const { name } = await open(ingrid, case_id, id);
import assert from "node:assert/strict";

import { twin } from "./twin.mjs";

const { toBase64url: b64, fromBase64url: raw, equal, random } = twin.bytes;

/** What a member reads letters with: the directory, the case, her keys. */
export async function reader_of(member, case_id) {
  const { page, grant, expected } = await member.open(case_id);
  const { members } = await member.directory();
  const directory = members.map((m) => ({
    member: raw(m.member), person: raw(m.person), role: m.role, recipient: raw(m.recipient), verifyKey: raw(m.verify_key),
  }));
  const me = {
    identity: member.keyring.identity, member: member.id, org: member.org, caseId: raw(case_id), directory,
    excluded: grant.excluded.map(({ person }) => person),
  };
  return { me, grant, page, expected };
}

const where = (case_id, rest = "") => `/cases/${case_id}/identity-requests${rest}`;

async function sealed_to_all(letter, member, me, readers) {
  const letters = [];
  for (const reader of readers) {
    const { recipient } = me.directory.find((m) => equal(m.member, reader));
    letters.push({ reader: b64(reader), sealed: b64(await twin.disclosure.sealLetter(letter, member.keyring.signing, recipient)) });
  }
  return letters;
}

/** Who gets copies: everybody who reads the case, and the custodian. Of custodians there is one in a case. */
function readers_in(page) {
  return page.grantees.map((id) => raw(id));
}

/** The body of a request; `change` may spoil the letter. */
export async function asking(member, case_id, { notice, exemption = "", ground = "legal_duty", text = "The police ask.", change }) {
  const { me, grant, page, expected } = await reader_of(member, case_id);
  const readers = readers_in(page);
  const custodian = readers.find((id) => me.directory.find((m) => equal(m.member, id))?.role === "custodian");
  const id = random(16);
  const body = { id: b64(id), custodian: b64(custodian) };
  let hash = new Uint8Array(32);
  if (notice) {
    const { entries } = await member.open(case_id);
    const heads = twin.chains.headsOf(entries);
    const mine = heads.find((head) => equal(head.author, member.id));
    const statement = {
      org: member.org, caseId: raw(case_id), epoch: 0, kind: "identity_notice", from: member.id, seq: (mine?.seq ?? 0) + 1,
      prev: mine?.hash ?? new Uint8Array(32), heads, sealedBy: "browser", body: notice, state: "", attachments: [],
    };
    const sealed = await twin.envelope.sealEnvelope(statement, member.keyring.signing, expected.caseRecipient);
    hash = twin.envelope.envelopeHash(sealed);
    body.notice = { epoch: 0, seq: statement.seq, prev: b64(statement.prev), sealed: b64(sealed) };
  }
  const letter = {
    t: "identity_request", org: member.org, caseId: raw(case_id), request: id, from: member.id, custodian, ground, text,
    told: notice ? "yes" : "exempt", exemption, notice: hash, ...change,
  };
  body.letters = await sealed_to_all(letter, member, me, readers);
  return { id: b64(id), body, grant };
}

export async function ask_call(member, case_id, what) {
  const { body } = await asking(member, case_id, what);
  return member.api.call("POST", where(case_id), body);
}

/** Returns the request's id. */
export async function ask(member, case_id, what) {
  const { id, body } = await asking(member, case_id, what);
  await member.api.ok("POST", where(case_id), body);
  return id;
}

/** The request as this member reads it: {row, opened}. */
export async function read_request(member, case_id, id) {
  const { me, grant, page } = await reader_of(member, case_id);
  const { requests } = await member.api.ok("GET", where(case_id));
  const row = requests.find((one) => one.id === id);
  assert.ok(row, "the request is listed");
  return { me, grant, page, row, opened: await twin.disclosure.openRequest(raw(row.request), me) };
}

/** The sealed disclosure of a custodian, made for the one who asked; `change` may spoil the letter. */
export async function disclosure_for(custodian, case_id, id, change = {}) {
  const { me, grant, opened } = await read_request(custodian, case_id, id);
  const { from, ground, told } = opened.letter;
  const to = change.to ?? from;
  const { recipient } = me.directory.find((m) => equal(m.member, to));
  const letter = {
    t: "disclosure", org: custodian.org, caseId: raw(case_id), request: opened.hash, from: custodian.id, to,
    toRecipientHash: twin.grant.recipientHash(recipient), ground, told, share: grant.share, ...change,
  };
  return twin.disclosure.sealLetter(letter, custodian.keyring.signing, recipient);
}

export async function disclose(custodian, case_id, id, change) {
  const sealed = await disclosure_for(custodian, case_id, id, change);
  await custodian.api.ok("POST", where(case_id, `/${id}/disclosure`), { sealed: b64(sealed) });
}

export async function refuse(custodian, case_id, id, reason) {
  const { me, page, opened } = await read_request(custodian, case_id, id);
  const letter = { t: "refusal", org: custodian.org, caseId: raw(case_id), request: opened.hash, from: custodian.id, reason };
  const letters = await sealed_to_all(letter, custodian, me, readers_in(page));
  await custodian.api.ok("POST", where(case_id, `/${id}/refusal`), { letters });
}

export async function record_opening_call(member, case_id, id, disclosure) {
  const { me, page, opened } = await read_request(member, case_id, id);
  const letter = { t: "opening", org: member.org, caseId: raw(case_id), request: opened.hash, from: member.id, disclosure };
  const letters = await sealed_to_all(letter, member, me, readers_in(page));
  return member.api.call("POST", where(case_id, `/${id}/openings`), { letters });
}

/** Verifies the disclosure, records the opening, then opens. */
export async function open(member, case_id, id) {
  const { me, grant, page, row, opened } = await read_request(member, case_id, id);
  const told = await twin.disclosure.openDisclosure(raw(row.disclosure), me, opened);
  const recorded = await record_opening_call(member, case_id, id, told.hash);
  assert.equal(recorded.status, 204, `the opening was refused: ${recorded.body}`);
  const shares = { a: told.letter.share, b: grant.share };
  return twin.identity.openIdentity(raw(page.identity), shares, grant.verifyKey, { org: member.org, caseId: raw(case_id) });
}
