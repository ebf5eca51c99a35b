// Argon2id away from the page's own thread; docs/adr/0002-argon2-in-the-browser.md.
import { argon2id } from "hash-wasm";

import { argon2Parameters } from "../crypto/keyring.ts";

interface Task {
  passphrase: Uint8Array;
  salt: Uint8Array;
}

const scope = self as unknown as {
  onmessage: (event: MessageEvent<Task>) => void;
  postMessage: (message: unknown) => void;
};

scope.onmessage = async ({ data }) => {
  try {
    const stretched = await argon2id({
      password: data.passphrase, salt: data.salt, outputType: "binary", ...argon2Parameters,
    });
    scope.postMessage({ stretched });
  } catch {
    scope.postMessage({ stretched: null });
  } finally {
    data.passphrase.fill(0);
  }
};
