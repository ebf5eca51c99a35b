// What this client signs about its own acts, for the service's log (docs/protocol.md §10.4). Who keeps
// the log can then not put an act into somebody's mouth.
import { encodeAct, signAct } from "../crypto/act.ts";
import { toBase64url } from "../crypto/bytes.ts";
import type { SignedAct } from "./api.ts";
import type { Session } from "./session.ts";
import { myId } from "./thread.ts";

export type ActKind =
  | "envelope" | "note" | "identity_request" | "disclosure" | "refusal" | "opening" | "access" | "recusal" | "epoch";

export function signedAct(session: Session, kind: ActKind, object: Uint8Array): SignedAct {
  const minute = Math.floor(Date.now() / 60_000);
  const statement = encodeAct({ org: session.org, kind, object, member: myId(session), minute });
  return { statement, signature: toBase64url(signAct(statement, session.keyring.signing)) };
}
