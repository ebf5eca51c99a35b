// A member's keyring as a file, still wrapped (docs/protocol.md §7.6): what `tillit open` works from.
import { toBase64url } from "./bytes.ts";

export interface KeyringFile {
  org: Uint8Array;
  member: Uint8Array;
  person: Uint8Array;
  login: string;
  version: number; // what `keyring` is bound to
  keyring: Uint8Array; // §7.5, under the passphrase
  signersNotes: string[];
  directory: string; // the newest; "" if there is none
}

export function encodeKeyringFile(file: KeyringFile): string {
  const json = JSON.stringify({
    t: "keyring",
    org: toBase64url(file.org),
    member: toBase64url(file.member),
    person: toBase64url(file.person),
    login: file.login,
    version: file.version,
    keyring: toBase64url(file.keyring),
    signers_notes: file.signersNotes,
    directory: file.directory,
  });
  return `${json}\n`;
}
