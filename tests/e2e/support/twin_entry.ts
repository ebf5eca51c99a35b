// What the tests use of the console's own crypto, bundled by twin.mjs.
import { argon2id } from "hash-wasm";

import { argon2Parameters, loginKeysFrom, loginSalt } from "../../../frontend/crypto/keyring.ts";

export * as age from "../../../frontend/crypto/age.ts";
export * as attachment from "../../../frontend/crypto/attachment.ts";
export * as bytes from "../../../frontend/crypto/bytes.ts";
export * as caseKey from "../../../frontend/crypto/case_key.ts";
export * as caseNote from "../../../frontend/crypto/case_note.ts";
export * as caseThread from "../../../frontend/crypto/case_thread.ts";
export * as chains from "../../../frontend/crypto/chains.ts";
export * as directory from "../../../frontend/crypto/directory.ts";
export * as disclosure from "../../../frontend/crypto/disclosure.ts";
export * as ed25519 from "../../../frontend/crypto/ed25519.ts";
export * as epochGrant from "../../../frontend/crypto/epoch_grant.ts";
export * as newHandling from "../../../frontend/crypto/new_handling.ts";
export * as noteThread from "../../../frontend/crypto/note_thread.ts";
export * as newEpoch from "../../../frontend/crypto/new_epoch.ts";
export * as envelope from "../../../frontend/crypto/envelope.ts";
export * as grant from "../../../frontend/crypto/grant.ts";
export * as hash from "../../../frontend/crypto/hash.ts";
export * as identity from "../../../frontend/crypto/identity.ts";
export * as keyring from "../../../frontend/crypto/keyring.ts";
export * as keyringFile from "../../../frontend/crypto/keyring_file.ts";
export * as notes from "../../../frontend/crypto/notes.ts";
export * as statement from "../../../frontend/crypto/statement.ts";
export * as submissionFile from "../../../frontend/crypto/submission_file.ts";

export async function loginKeys(passphrase: string, org: Uint8Array, login: string) {
  const password = passphrase.trim().toLowerCase().replace(/[ \t\r\n]+/g, " ");
  const salt = loginSalt(org, login);
  const stretched = await argon2id({ ...argon2Parameters, password, salt, outputType: "binary" });
  return loginKeysFrom(stretched, org);
}
export * as organisation from "../../../frontend/portal/organisation.ts";
export * as recipients from "../../../frontend/portal/recipients.ts";
export * as submission from "../../../frontend/portal/submission.ts";
