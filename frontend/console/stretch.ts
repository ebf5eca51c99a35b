// From passphrase to log-in keys: Argon2id in a worker that ends afterwards, with its 64 MiB.
import { CryptoError, utf8, wipe } from "../crypto/bytes.ts";
import { loginKeysFrom, loginSalt, normalisedPassphrase, type LoginKeys } from "../crypto/keyring.ts";

declare const WORKER_URL: string;

interface ScriptPolicy {
  createScriptURL(url: string): string;
}
interface PolicyFactory {
  createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy;
}

let policy: ScriptPolicy | undefined;

/** Trusted Types: this page starts one worker and no other script. */
function workerUrl(): string {
  const rules: ScriptPolicy = {
    createScriptURL(url) {
      if (url !== WORKER_URL) throw new TypeError("not our worker");
      return url;
    },
  };
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  policy ??= factory ? factory.createPolicy("tillit", rules) : rules;
  return policy.createScriptURL(WORKER_URL);
}

function stretch(passphrase: Uint8Array, salt: Uint8Array): Promise<Uint8Array> {
  const worker = new Worker(workerUrl());
  return new Promise<Uint8Array>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ stretched: Uint8Array | null }>) => {
      if (data.stretched) resolve(data.stretched);
      else reject(new CryptoError("no_memory"));
    };
    worker.onerror = () => reject(new CryptoError("no_worker"));
    worker.postMessage({ passphrase, salt });
    wipe(passphrase);
  }).finally(() => worker.terminate());
}

export async function loginKeys(passphrase: string, org: Uint8Array, login: string): Promise<LoginKeys> {
  const stretched = await stretch(utf8(normalisedPassphrase(passphrase)), loginSalt(org, login));
  const keys = loginKeysFrom(stretched, org);
  wipe(stretched);
  return keys;
}
