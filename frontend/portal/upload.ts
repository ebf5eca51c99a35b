// A file, sealed piece by piece and stored piece by piece. A piece is sealed once: what is sent again
// after a broken connection is the same bytes. Nothing is kept in the browser's storage.
import { attachmentBucket, sealAttachment } from "../crypto/attachment.ts";
import { sealedSize } from "../crypto/age.ts";
import { fromBase64url } from "../crypto/bytes.ts";
import type { AttachmentRef } from "../crypto/statement.ts";
import { nameForStatement } from "../shared/file_name.ts";
import { ApiError, type Api } from "./api.ts";
import { Cancelled, persist, type Watcher } from "./patience.ts";

const restarts = 3;

/** The server has lost it: it was restarted, or the pause was too long. */
const isGone = (error: unknown): boolean => error instanceof ApiError && error.status === 404;

async function sendPiece(api: Api, id: string, index: number, piece: Uint8Array, watcher: Watcher): Promise<void> {
  await persist(watcher, async (isAgain) => {
    if (isAgain && (await api.uploadState(id)).next_index > index) return;
    await api.putPiece(id, index, piece);
  });
}

async function complete(api: Api, id: string, size: number, watcher: Watcher): Promise<void> {
  await persist(watcher, () => api.completeUpload(id, size));
}

async function uploadOnce(
  api: Api, file: File, caseRecipient: Uint8Array, watcher: Watcher, progress: (share: number) => void,
): Promise<AttachmentRef> {
  const { id } = await persist(watcher, () => api.beginUpload());
  const total = sealedSize(attachmentBucket(file.size));
  let sent = 0;
  let underWay = Promise.resolve(); // one piece travels while the next is sealed
  const send = async (piece: Uint8Array, index: number) => {
    await sendPiece(api, id, index, piece, watcher);
    sent += piece.length;
    progress(sent / total);
  };
  try {
    const sealed = await sealAttachment(file.stream(), file.size, caseRecipient, async (piece, index) => {
      await underWay;
      underWay = send(piece, index);
      underWay.catch(() => undefined); // thrown where it is waited for
    });
    await underWay;
    await complete(api, id, sealed.storedSize, watcher);
    return {
      id: fromBase64url(id, 16),
      name: nameForStatement(file.name),
      type: file.type.slice(0, 100) || "application/octet-stream",
      size: file.size,
      storedHash: sealed.storedHash,
    };
  } catch (error) {
    if (!isGone(error)) void api.dropUpload(id).catch(() => undefined);
    throw error;
  }
}

/** Throws Cancelled, ApiError for what the server refuses, or what reading the file throws. */
export async function uploadFile(
  api: Api, file: File, caseRecipient: Uint8Array, watcher: Watcher, progress: (share: number) => void,
): Promise<AttachmentRef> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await uploadOnce(api, file, caseRecipient, watcher, progress);
    } catch (error) {
      if (error instanceof Cancelled || !isGone(error) || tries === restarts) throw error;
    }
  }
}
