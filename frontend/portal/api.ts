// The portal's API as a reporter's browser uses it: sealed bytes, and a token in a header.
import { toBase64url } from "../crypto/bytes.ts";

export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string) {
    super(code);
    this.name = "ApiError";
  }
}

/** No answer came: the request may or may not have arrived. */
export class ConnectionLost extends Error {}

export interface OrganisationReply {
  org: string;
  today: number;
  max_report_bytes: number;
  signers_notes: string[];
  directory: string;
  closed: string[];
}
export interface CaseRow {
  case_id: string;
  state: "received" | "acknowledged" | "investigating" | "waiting_for_reporter" | "closed";
  received_day: number;
  acknowledge_due_day: number;
  acknowledged_day: number | null;
  feedback_due_day: number;
  feedback_day: number | null;
  opened_day: number | null;
  opened_count: number;
}
export interface CaseReply {
  today: number;
  max_report_bytes: number;
  case: CaseRow;
  signers_notes: string[];
  directory: string | null;
  reporter_recipient: string;
  has_new_words: boolean; // then the first of `epochs` holds all keys
  epochs: { epoch: number; sealed: string }[];
  envelopes: { position: number; day: number; sealed: string }[];
}
export interface UploadState {
  next_index: number;
  size: number;
  is_complete: boolean;
}

export class Api {
  private readonly token: string;

  /** `token`: 32 bytes; a case's look-up token, or random ones for a new report. */
  constructor(token: Uint8Array) {
    this.token = toBase64url(token);
  }

  private async call(method: string, path: string, body?: BodyInit, type?: string): Promise<Response> {
    let reply: Response;
    try {
      reply = await fetch(`/api/v1${path}`, {
        method,
        headers: { "X-Tillit-Token": this.token, ...(type ? { "Content-Type": type } : {}) },
        ...(body === undefined ? {} : { body }),
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
      });
    } catch {
      throw new ConnectionLost();
    }
    if (reply.ok) return reply;
    const said = (await reply.json().catch(() => ({}))) as { error?: string };
    throw new ApiError(reply.status, said.error ?? "");
  }

  private async json<T>(method: string, path: string, body?: object): Promise<T> {
    const reply = await this.call(method, path, body && JSON.stringify(body), body && "application/json");
    try {
      return (reply.status === 204 ? undefined : await reply.json()) as T;
    } catch {
      throw new ConnectionLost(); // it broke off within the answer
    }
  }

  organisation = () => this.json<OrganisationReply>("GET", "/organisation");
  beginUpload = () => this.json<{ id: string }>("POST", "/uploads", {});
  uploadState = (id: string) => this.json<UploadState>("GET", `/uploads/${id}`);
  // As a blob: Chromium copies a body of bytes within the call of fetch, at 25 ms for each piece.
  putPiece = (id: string, index: number, piece: Uint8Array) =>
    this.call("PUT", `/uploads/${id}/${index}`, new Blob([piece as BlobPart]), "application/octet-stream");
  completeUpload = (id: string, size: number) =>
    this.json<void>("POST", `/uploads/${id}/complete`, { stored_size: size });
  dropUpload = (id: string) => this.json<void>("POST", `/uploads/${id}/drop`, {});
  report = (sealed: object) => this.json<{ today: number }>("POST", "/reports", sealed);
  openCase = () => this.json<CaseReply>("POST", "/case/open", {});
  readCase = () => this.json<CaseReply>("GET", "/case");
  reply = (sealed: object) => this.json<object>("POST", "/case/envelopes", sealed);
  earlierDirectories = async () => (await this.json<{ directories: string[] }>("GET", "/directory/earlier")).directories;
  beginEpoch = (sealed: object) => this.json<object>("POST", "/case/epochs", sealed);
  closeDoor = (sealed: object) => this.json<object>("POST", "/case/door", sealed);
  proof = async () => (await this.call("GET", "/case/proof")).blob();
  attachment = async (id: string) => (await this.call("GET", `/case/attachments/${id}`)).body!;
}
