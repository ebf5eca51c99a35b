// Goal: portal and console as processes of their own over one database (serve --only) do not disturb each other: what the
// one is receiving outlives a start of the other.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import test from "node:test";

import { start_service } from "./support/service.mjs";

test("a start of the console takes nothing from an upload that the portal is receiving", async () => {
  const service = await start_service();
  const token = crypto.randomBytes(32).toString("base64url");
  const call = (method, where, body, type = "application/json") => fetch(`${service.portal}/api/v1/uploads${where}`, {
    method, body, headers: { "Content-Type": type, "X-Tillit-Token": token },
  });
  const begin = async () => (await (await call("POST", "", "{}")).json()).id;
  const piece = (id, n, bytes) => call("PUT", `/${id}/${n}`, bytes, "application/octet-stream");
  try {
    const id = await begin();
    assert.equal((await piece(id, 0, crypto.randomBytes(1 << 20))).status, 204);
    const console_alone = await start_service({ directory: service.directory, demo: false, only: "console" });
    try {
      assert.equal((await piece(id, 1, crypto.randomBytes(1 << 20))).status, 204);
      assert.equal((await piece(id, 2, crypto.randomBytes(10))).status, 204, "the rows of the first pieces are still there");
    } finally {
      await console_alone.stop();
    }
  } finally {
    await service.remove();
  }
});
