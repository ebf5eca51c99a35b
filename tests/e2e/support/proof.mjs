// A proof of lodgement of what the server has of a case now, in the layout of docs/protocol.md §10.7. For the sake of
// entries that the server does not have; what a comparison does not look at is made up here.
import assert from "node:assert/strict";

import { twin } from "./twin.mjs";

const { fromBase64url, toBase64url } = twin.bytes;
const zeros = (length) => toBase64url(new Uint8Array(length));

async function authors(service, key) {
  const { org } = await (await fetch(`${service.portal}/api/v1/organisation`)).json();
  const code = twin.caseKey.parseCode(key);
  const secret = twin.caseKey.caseIdentity(code, fromBase64url(org));
  const token = toBase64url(twin.caseKey.lookupToken(code, fromBase64url(org)));
  const reply = await fetch(`${service.portal}/api/v1/case`, { headers: { "x-tillit-token": token } });
  assert.equal(reply.status, 200);
  const { envelopes } = await reply.json();
  return Promise.all(envelopes.map(async ({ sealed, day }) => {
    const opened = await twin.envelope.openEnvelope(fromBase64url(sealed), secret);
    return { sealed, day, author: opened.claimedAuthor };
  }));
}

/** `more`: entries that the server does not have (any more), as it were. */
export async function proof_of(service, key, more = []) {
  const thread = await authors(service, key);
  const held = thread.map(({ sealed, day, author }) => ({ author, day, hash: twin.envelope.envelopeHash(fromBase64url(sealed)) }));
  const envelopes = [...held, ...more].map(({ author, day, hash }, i) => ({
    author: toBase64url(author), seq: i + 1, hash: toBase64url(hash), day, salt: zeros(16), event: "", index: 0, width: 64,
    path: "", root: zeros(32), day_index: 0, day_path: "",
  }));
  return `${JSON.stringify({ t: "receipt", signers_notes: [], checkpoint: "", report: thread[0].sealed, envelopes })}\n`;
}
