// Keys of a case handed on, without a browser: the console's API with the console's crypto.
import assert from "node:assert/strict";

import { handing_on } from "./notes.mjs";
import { twin } from "./twin.mjs";

const { toBase64url: b64, fromBase64url: raw, random } = twin.bytes;

/** The thread over all its epochs, verified: {read: CaseThread, grant, page}. */
export async function open_thread(member, case_id) {
  const page = await member.api.ok("GET", `/cases/${case_id}`);
  const { directory } = await member.api.ok("GET", "/directory");
  const listed = JSON.parse(directory.split("\n")[1]).members.map((m) => ({
    member: raw(m.member), person: raw(m.person), name: m.name, role: m.role, recipient: raw(m.recipient), verifyKey: raw(m.verify_key),
  }));
  const expected = {
    org: member.org, caseId: raw(case_id), caseRecipient: raw(page.case.case_recipient), reporterRecipient: raw(page.case.reporter_recipient),
  };
  const identity = member.keyring.identity;
  let grant = await twin.grant.openGrant(raw(page.grant), identity, expected).catch(() => undefined);
  if (!grant) {
    const authorKey = (from) => listed.find((m) => b64(m.member) === b64(from))?.verifyKey;
    grant = await twin.epochGrant.openEpochGrant(raw(page.grant), { ...expected, identity, me: member.id, authorKey });
  }
  const reader = {
    org: member.org, caseId: raw(case_id), me: member.id, identity, reporterKey: grant.verifyKey,
    reporterRecipient: expected.reporterRecipient, directory: { members: listed },
  };
  const read = new twin.caseThread.CaseThread(reader, grant.secrets ?? [grant.secret]);
  for (const { epoch, sealed } of page.epochs) read.offer(epoch, raw(sealed));
  for (const { sealed, position, day } of page.envelopes) await read.add(raw(sealed), position, day);
  assert.deepEqual(read.faults, []);
  assert.deepEqual(twin.chains.checkChains(read.entries), []);
  return { read, grant, page, listed, giver: { ...reader, signing: member.keyring.signing } };
}

async function act_of(member, { read, giver }, kind, more = {}) {
  const heads = twin.chains.headsOf(read.entries);
  const mine = heads.find((head) => b64(head.author) === b64(member.id));
  const statement = {
    org: giver.org, caseId: giver.caseId, epoch: read.epoch, kind, from: member.id, seq: (mine?.seq ?? 0) + 1,
    prev: mine?.hash ?? new Uint8Array(32), heads, sealedBy: "browser", body: "Because.", state: "", attachments: [], ...more,
  };
  const sealed = await twin.envelope.sealEnvelope(statement, member.keyring.signing, read.recipient);
  return { epoch: statement.epoch, seq: statement.seq, prev: b64(statement.prev), sealed: b64(sealed) };
}

/** Each returns the answer of the service. */
export async function give_key(member, case_id, name) {
  const thread = await open_thread(member, case_id);
  const to = thread.listed.find((m) => m.name === name);
  const { access, sealed } = await twin.newEpoch.accessGrant(thread.read, thread.giver, to, thread.grant.share);
  const act = await act_of(member, thread, "access", { access });
  const handling = await handing_on(member, case_id, thread, to);
  return member.api.call("POST", `/cases/${case_id}/access`, { ...act, member: b64(to.member), grant: b64(sealed), handling });
}

export async function leave(member, case_id) {
  const thread = await open_thread(member, case_id);
  return member.api.call("POST", `/cases/${case_id}/recusal`, await act_of(member, thread, "recusal"));
}

export async function renew(member, case_id) {
  const thread = await open_thread(member, case_id);
  const epoch = await twin.newEpoch.newEpoch(thread.read, thread.giver, random(32), thread.read.readersWhoStay);
  const act = await act_of(member, thread, "epoch", { change: epoch.change });
  return member.api.call("POST", `/cases/${case_id}/epochs`, {
    ...act, reporter_copy: b64(epoch.reporterCopy),
    grants: epoch.grants.map(({ member: to, sealed }) => ({ member: b64(to), sealed: b64(sealed) })),
  });
}

export async function write(member, case_id, body) {
  const thread = await open_thread(member, case_id);
  const act = await act_of(member, thread, "message", { body });
  return member.api.call("POST", `/cases/${case_id}/envelopes`, { ...act, attachments: [], state: "", feedback: false });
}
