// Taking a reporter's file out of the browser. It is hostile to an origin that holds keys: it is
// never opened here, only saved, under a cleaned name, as bytes without a type (protocol §12).
import { openAttachment } from "../crypto/attachment.ts";
import { toBase64url } from "../crypto/bytes.ts";
import type { AttachmentRef } from "../crypto/statement.ts";
import { cleanFileName } from "../shared/file_name.ts";
import type { Session } from "./session.ts";
import { secretOf, type OpenCase } from "./thread.ts";

const streamFrom = 32 * 1024 * 1024; // from here straight to disk, where the browser can
export const maxPreviewBytes = 64 * 1024;

async function content(open: OpenCase, file: AttachmentRef, session: Session): Promise<ReadableStream<Uint8Array>> {
  const stored = await session.api.attachment(open.file.case.case_id, toBase64url(file.id));
  return openAttachment(stored, secretOf(open, file), file.size, file.storedHash);
}

function counted(progress: (done: number) => void): TransformStream<Uint8Array, Uint8Array> {
  let done = 0;
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      done += chunk.length;
      progress(done);
      controller.enqueue(chunk);
    },
  });
}

interface FilePicker {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<{
    createWritable(): Promise<WritableStream<Uint8Array>>;
  }>;
}

/** The bytes, in order; resolves only when all of them were verified. */
async function collect(stream: ReadableStream<Uint8Array>): Promise<Blob> {
  const parts: BlobPart[] = [];
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value as BlobPart);
  return new Blob(parts, { type: "application/octet-stream" });
}

/** Saves bytes that are whole, under a name of ours. */
export function offer(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * Saves a file. Written to disk as a stream, it appears under its name only after the last chunk and
 * the hash were verified: the browser drops what was written if the stream breaks off.
 */
export async function save(
  open: OpenCase,
  file: AttachmentRef,
  session: Session,
  progress: (done: number) => void,
): Promise<void> {
  const name = cleanFileName(file.name);
  const picker = window as FilePicker;
  if (file.size >= streamFrom && picker.showSaveFilePicker) {
    const handle = await picker.showSaveFilePicker({ suggestedName: name });
    const writable = await handle.createWritable();
    const stream = await content(open, file, session);
    await stream.pipeThrough(counted(progress)).pipeTo(writable);
    return;
  }
  const stream = await content(open, file, session);
  offer(await collect(stream.pipeThrough(counted(progress))), name);
}

export const canPreview = (file: AttachmentRef): boolean =>
  file.type.split(";")[0] === "text/plain" && file.size <= maxPreviewBytes;

export async function preview(open: OpenCase, file: AttachmentRef, session: Session): Promise<string> {
  return (await collect(await content(open, file, session))).text();
}
