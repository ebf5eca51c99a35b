// New words, and a door that is closed (docs/protocol.md §7.9–7.10): acts that need the reporter's
// signature, so that whoever saw a look-up token cannot shut a reporter out.
import { recipientOf } from "../crypto/age.ts";
import { toBase64url } from "../crypto/bytes.ts";
import { lookupHash, reporterIdentity } from "../crypto/case_key.ts";
import type { Api } from "./api.ts";
import type { CaseSecrets } from "./submission.ts";
import { persistently, sealAct, sealEpoch, signedAct, nextStatement, type Thread } from "./thread.ts";

/** Durable on return: from then on `next`, whose words must be known to the reporter before. */
export async function changeWords(api: Api, thread: Thread, secrets: CaseSecrets, next: CaseSecrets): Promise<void> {
  const { org } = secrets;
  const recipient = recipientOf(reporterIdentity(next.key, org));
  await persistently(api, thread, secrets, async (current) => {
    const body = await sealEpoch(current, { recipient, verifyKey: next.verifyKey, signing: next.signing });
    const hash = lookupHash(next.token);
    await api.beginEpoch({
      ...body,
      words: { lookup_hash: toBase64url(hash), verify_key: toBase64url(next.verifyKey) },
      signature: signedAct("rekey", current, body.sealed, hash, next.verifyKey),
    });
  });
}

/** Durable on return: the words open nothing any more. */
export const closeDoor = (api: Api, thread: Thread, secrets: CaseSecrets): Promise<void> =>
  persistently(api, thread, secrets, async (current) => {
    const act = await sealAct(current, nextStatement(current, "door_closed"));
    await api.closeDoor({ ...act, signature: signedAct("door", current, act.sealed) });
  });
