// The console's API (docs/api.yaml). JSON both ways; binary values are base64url without padding.

export class ApiError extends Error {
  constructor(
    readonly status: number, // 0: no answer at all
    readonly code: string,
    readonly body: Record<string, unknown> = {},
  ) {
    super(`${status} ${code}`);
    this.name = "ApiError";
  }
}

export interface Organisation {
  org: string;
  name: string;
  demo: boolean;
  fingerprint: string;
}
export interface Me {
  member: string;
  person: string;
  login: string;
  name: string;
  office: string;
  role: string;
  csrf: string;
  keyring_version: number;
}
export interface LoggedIn extends Me {
  keyring: string;
}
export interface Invitation {
  org: string;
  organisation: string;
  member: string;
  person: string;
  login: string;
  name: string;
  office: string;
  role: string;
}
export interface CaseRow {
  case_id: string;
  received_day: number;
  acknowledged_day: number | null;
  acknowledge_due_day: number;
  feedback_due_day: number;
  feedback_day: number | null;
  state: string;
  unread: boolean;
  last_position: number;
}
export interface CasePage {
  today: number;
  total: number;
  next: string | null;
  cases: CaseRow[];
}
export interface StoredEnvelope {
  position: number;
  author: string;
  seq: number;
  prev: string;
  hash: string;
  day: number;
  sealed: string;
}
export interface CaseFile {
  today: number;
  case: CaseRow & { case_recipient: string; reporter_recipient: string };
  grant: string;
  identity: string;
  grantees: string[];
  epochs: EpochCopy[];
  read_position: number;
  envelopes: StoredEnvelope[];
}
export interface IdentityRequestRow {
  id: string;
  from: string;
  custodian: string;
  readers: string[];
  day: number;
  state: "open" | "disclosed" | "refused";
  answered_day: number | null;
  request: string | null;
  disclosure: string | null;
  refusal: string | null;
  openings: { day: number; sealed: string }[];
  openings_count: number;
}
export interface SealedLetter {
  reader: string;
  sealed: string;
}
/** What the client signed about its own act, for the log. */
export interface SignedAct {
  statement: string;
  signature: string;
}
export interface NewIdentityRequest {
  id: string;
  custodian: string;
  letters: SealedLetter[];
  notice?: SealedAct;
  act: SignedAct;
}
export interface EpochCopy {
  epoch: number;
  sealed: string;
}
export interface SealedAct {
  epoch: number;
  seq: number;
  prev: string;
  sealed: string;
  act: SignedAct;
}
export interface NewEpochAct extends SealedAct {
  grants: { member: string; sealed: string }[];
  reporter_copy: string;
}
export interface StoredNote {
  position: number;
  author: string;
  seq: number;
  hash: string;
  day: number;
  sealed: string;
}
export interface NewNote {
  epoch: number;
  seq: number;
  prev: string;
  sealed: string;
  handling?: { thread: number; grants: { member: string; sealed: string }[] };
  act: SignedAct;
}
export interface NewEnvelope {
  epoch: number;
  seq: number;
  prev: string;
  sealed: string;
  attachments: string[];
  state: string;
  feedback: boolean;
  act: SignedAct;
}

const base = "/api/v1";

export class Api {
  private csrf = "1"; // log-in and enrolment: any value, so that no other site can post
  onUnauthorised: () => void = () => {};

  setCsrf(token: string): void {
    this.csrf = token;
  }

  private async send(method: string, path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (method !== "GET") headers.set("X-Tillit-Csrf", this.csrf);
    let response: Response;
    try {
      response = await fetch(base + path, {
        ...init, method, headers, credentials: "same-origin", cache: "no-store", redirect: "error",
      });
    } catch {
      throw new ApiError(0, "offline");
    }
    if (response.ok) return response;
    const body = await response.json().catch(() => ({}));
    if (response.status === 401 && !path.startsWith("/login") && path !== "/me") this.onUnauthorised();
    throw new ApiError(response.status, String(body.error ?? "unknown"), body);
  }

  private async json<T>(method: string, path: string, body?: unknown, more: RequestInit = {}): Promise<T> {
    const init =
      body === undefined
        ? more
        : { ...more, body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
    const response = await this.send(method, path, init);
    if (response.status === 204) return undefined as T;
    return response.json().catch(() => {
      throw new ApiError(0, "offline"); // it broke off
    }) as Promise<T>;
  }

  organisation = () => this.json<Organisation>("GET", "/organisation");
  login = (login: string, auth: string) => this.json<LoggedIn>("POST", "/login", { login, auth });
  loginRecovery = (login: string, auth: string) =>
    this.json<LoggedIn>("POST", "/login/recovery", { login, auth });
  logout = () => this.json<void>("POST", "/logout", {}, { signal: AbortSignal.timeout(60_000) });
  me = () => this.json<Me>("GET", "/me");
  lookAtInvitation = (token: string) => this.json<Invitation>("POST", "/enrolment/look", { token });
  enrol = (body: Record<string, unknown>) => this.json<void>("POST", "/enrolment", body);
  changePassphrase = (body: Record<string, unknown>) =>
    this.json<{ keyring_version: number }>("POST", "/passphrase", body, { signal: AbortSignal.timeout(60_000) });
  changeRecoveryCode = (body: Record<string, unknown>) => this.json<void>("POST", "/recovery-code", body);
  directory = () =>
    this.json<{ signers_notes: string[]; directory: string | null; closed?: string[] }>("GET", "/directory");
  earlierDirectories = () => this.json<{ directories: string[] }>("GET", "/directory/earlier");
  cases = (query: URLSearchParams) => this.json<CasePage>("GET", `/cases?${query.toString()}`);
  case = (id: string) => this.json<CaseFile>("GET", `/cases/${id}`);
  envelopesAfter = (id: string, position: number) =>
    this.json<{ epochs: EpochCopy[]; envelopes: StoredEnvelope[] }>("GET", `/cases/${id}/envelopes?after=${position}`);
  post = (id: string, envelope: NewEnvelope) =>
    this.json<{ position: number; hash: string }>("POST", `/cases/${id}/envelopes`, envelope);
  giveAccess = (id: string, act: SealedAct & { member: string; grant: string; handling: EpochCopy[] }) =>
    this.json<object>("POST", `/cases/${id}/access`, act);
  notes = (id: string) => this.json<{ handling: EpochCopy[]; notes: StoredNote[] }>("GET", `/cases/${id}/notes`);
  postNote = (id: string, note: NewNote) => this.json<object>("POST", `/cases/${id}/notes`, note);
  recuse = (id: string, act: SealedAct) => this.json<object>("POST", `/cases/${id}/recusal`, act);
  beginEpoch = (id: string, act: NewEpochAct) => this.json<object>("POST", `/cases/${id}/epochs`, act);
  read = (id: string, position: number) => this.json<void>("POST", `/cases/${id}/read`, { position });
  startUpload = (id: string) => this.json<{ id: string }>("POST", `/cases/${id}/uploads`, {});
  completeUpload = (id: string, upload: string, storedSize: number) =>
    this.json<void>("POST", `/cases/${id}/uploads/${upload}/complete`, { stored_size: storedSize });

  log = () => this.json<{ today: number; days: number[]; checkpoint: string }>("GET", "/log");
  logDay = (day: number) => this.json<{ events: { hash: string; event: string }[] }>("GET", `/log/days/${day}`);
  async logExport(): Promise<Blob> {
    return (await this.send("GET", "/log/export", {})).blob();
  }

  identityRequests = (id: string) =>
    this.json<{ today: number; requests: IdentityRequestRow[] }>("GET", `/cases/${id}/identity-requests`);
  askForIdentity = (id: string, request: NewIdentityRequest) =>
    this.json<void>("POST", `/cases/${id}/identity-requests`, request);
  disclose = (id: string, request: string, sealed: string, act: SignedAct) =>
    this.json<void>("POST", `/cases/${id}/identity-requests/${request}/disclosure`, { sealed, act });
  refuseIdentity = (id: string, request: string, letters: SealedLetter[], act: SignedAct) =>
    this.json<void>("POST", `/cases/${id}/identity-requests/${request}/refusal`, { letters, act });
  recordOpening = (id: string, request: string, letters: SealedLetter[], act: SignedAct) =>
    this.json<void>("POST", `/cases/${id}/identity-requests/${request}/openings`, { letters, act });

  async putPiece(id: string, upload: string, index: number, piece: Uint8Array): Promise<void> {
    await this.send("PUT", `/cases/${id}/uploads/${upload}/${index}`, {
      body: new Blob([piece as BlobPart]), // see portal/api.ts
      headers: { "Content-Type": "application/octet-stream" },
    });
  }

  async attachment(id: string, attachment: string): Promise<ReadableStream<Uint8Array>> {
    const response = await this.send("GET", `/cases/${id}/attachments/${attachment}`, {});
    if (!response.body) throw new ApiError(0, "offline");
    return response.body;
  }
}
