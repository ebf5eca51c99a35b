// Who is logged in, and the keys, which live in this object's memory and nowhere else.
import { fromBase64url, toBase64url, wipe } from "../crypto/bytes.ts";
import { parseCode } from "../crypto/case_key.ts";
import {
  recoveryKeys, unwrapKeyring, wrapKeyring, type Keyring, type LoginKeys,
} from "../crypto/keyring.ts";
import { encodeKeyringFile } from "../crypto/keyring_file.ts";
import { Api, ApiError, type LoggedIn, type Me, type Organisation } from "./api.ts";
import { verifiedDirectory, type KnownDirectory } from "./known_directory.ts";
import { Memory } from "./memory.ts";
import { loginKeys } from "./stretch.ts";

export type Phase = "starting" | "out" | "in" | "locked";
const idleMinutes = 15;

interface Unlocked {
  keyring: Keyring;
  memory: Memory;
  keys: LoginKeys | null; // null after the recovery code: a new passphrase is due
}

export class Session extends EventTarget {
  readonly api = new Api();
  phase: Phase = "starting";
  organisation: Organisation | null = null;
  me: Me | null = null;
  lastLogin = "";
  notice: "session_ended" | "logged_out" | null = null;
  private wrapped: Uint8Array | null = null;
  private unlocked: Unlocked | null = null;
  private known: Promise<KnownDirectory> | null = null;
  private saving: Promise<void> = Promise.resolve();
  private idle: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.api.onUnauthorised = () => this.end("session_ended");
    for (const kind of ["pointerdown", "keydown", "scroll"]) {
      addEventListener(kind, () => this.touch(), { passive: true });
    }
  }

  async start(): Promise<void> {
    this.organisation = await this.api.organisation();
    const me = await this.api.me().catch(() => null);
    if (me) this.lastLogin = me.login;
    this.to("out");
  }

  private to(phase: Phase): void {
    this.phase = phase;
    this.dispatchEvent(new Event("phase"));
  }

  get org(): Uint8Array {
    return fromBase64url(this.organisation!.org, 16);
  }
  private get person(): Uint8Array {
    return fromBase64url(this.me!.person, 16);
  }
  get keyring(): Keyring {
    if (!this.unlocked) throw new ApiError(401, "locked");
    return this.unlocked.keyring;
  }
  get memory(): Memory {
    if (!this.unlocked) throw new ApiError(401, "locked");
    return this.unlocked.memory;
  }
  get needsPassphrase(): boolean {
    return this.unlocked !== null && this.unlocked.keys === null;
  }

  private open(answer: LoggedIn, wrapped: Uint8Array, keys: LoginKeys, isRecovery: boolean): void {
    const version = isRecovery ? 0 : answer.keyring_version;
    const opened = unwrapKeyring(wrapped, keys.wrap, {
      org: this.org, person: fromBase64url(answer.person, 16), version,
    });
    this.me = answer;
    this.api.setCsrf(answer.csrf);
    this.lastLogin = answer.login;
    this.wrapped = isRecovery ? null : wrapped;
    this.unlocked = { keyring: opened, memory: new Memory(opened.heads), keys: isRecovery ? null : keys };
    this.notice = null;
    this.touch();
    this.to("in");
  }

  async login(login: string, passphrase: string): Promise<void> {
    this.api.setCsrf("1");
    const keys = await loginKeys(passphrase, this.org, login);
    const answer = await this.api.login(login, toBase64url(keys.auth));
    this.open(answer, fromBase64url(answer.keyring), keys, false);
  }

  async loginWithRecoveryCode(login: string, code: string): Promise<void> {
    this.api.setCsrf("1");
    const bytes = parseCode(code);
    const keys = recoveryKeys(bytes, this.org);
    wipe(bytes);
    const answer = await this.api.loginRecovery(login, toBase64url(keys.auth));
    this.open(answer, fromBase64url(answer.keyring), keys, true);
  }

  /** Opens the keyring that is still here, sealed; the server is not asked. */
  async unlock(passphrase: string): Promise<void> {
    const keys = await loginKeys(passphrase, this.org, this.me!.login);
    const place = { org: this.org, person: this.person, version: this.me!.keyring_version };
    const keyring = unwrapKeyring(this.wrapped!, keys.wrap, place);
    this.unlocked = { keyring, memory: new Memory(keyring.heads), keys };
    this.touch();
    this.to("in");
  }

  private forgetKeys(): void {
    const held = this.unlocked;
    this.unlocked = null;
    this.known = null;
    wipe(held?.keyring.identity, held?.keyring.signing, held?.keys?.wrap, held?.keys?.auth);
    clearTimeout(this.idle);
  }

  async lock(): Promise<void> {
    await this.saveMemory();
    if (!this.wrapped) return this.logout();
    this.forgetKeys();
    this.to("locked");
  }

  async logout(): Promise<void> {
    await this.saveMemory();
    await this.api.logout().catch(() => undefined);
    this.end("logged_out");
  }

  private end(notice: "session_ended" | "logged_out"): void {
    this.forgetKeys();
    this.wrapped = null;
    this.me = null;
    this.notice = notice;
    this.to("out");
  }

  private touch(): void {
    if (!this.unlocked) return;
    clearTimeout(this.idle);
    this.idle = setTimeout(() => void this.lock(), idleMinutes * 60_000);
  }

  /**
   * Keeps what this client saw, in the keyring. Best effort: another session may have a newer one.
   * One save after another, since each names the version that it replaces.
   */
  saveMemory(): Promise<void> {
    this.saving = this.saving.then(() => this.saveOnce());
    return this.saving;
  }

  private async saveOnce(): Promise<void> {
    const held = this.unlocked;
    if (!held?.keys || !held.memory.isChanged) return;
    held.memory.isChanged = false; // what is seen meanwhile is saved by the next one
    try {
      await this.store(held.keys, held);
    } catch {
      held.memory.isChanged = true; // the next session that opens a case will try again
    }
  }

  private async store(keys: LoginKeys, held: Unlocked): Promise<void> {
    const version = this.me!.keyring_version;
    const keyring = { ...held.keyring, heads: held.memory.toBytes() };
    const place = { org: this.org, person: this.person, version: version + 1 };
    const wrapped = wrapKeyring(keyring, keys.wrap, place);
    const answer = await this.api.changePassphrase({
      keyring_version: version, auth: toBase64url(keys.auth), keyring: toBase64url(wrapped),
    });
    this.me!.keyring_version = answer.keyring_version;
    this.wrapped = wrapped;
  }

  async changePassphrase(passphrase: string): Promise<void> {
    const held = this.unlocked!;
    const keys = await loginKeys(passphrase, this.org, this.me!.login);
    await this.store(keys, held);
    held.keys = keys;
    this.dispatchEvent(new Event("phase"));
  }

  async changeRecoveryCode(code: Uint8Array): Promise<void> {
    const keys = recoveryKeys(code, this.org);
    const place = { org: this.org, person: this.person, version: 0 };
    await this.api.changeRecoveryCode({
      keyring_version: this.me!.keyring_version,
      recovery_auth: toBase64url(keys.auth),
      recovery_keyring: toBase64url(wrapKeyring({ ...this.keyring, heads: new Uint8Array(0) }, keys.wrap, place)),
    });
    wipe(keys.auth, keys.wrap);
  }

  /** The keyring as a file, sealed under the passphrase as it is here: for `tillit open`. */
  async exportKeyring(): Promise<Blob> {
    await this.saveMemory();
    const { signers_notes, directory } = await this.api.directory();
    const text = encodeKeyringFile({
      org: this.org, member: fromBase64url(this.me!.member, 16), person: this.person, login: this.me!.login,
      version: this.me!.keyring_version, keyring: this.wrapped!, signersNotes: signers_notes, directory: directory ?? "",
    });
    return new Blob([text], { type: "application/octet-stream" });
  }

  directory(): Promise<KnownDirectory> {
    this.known ??= verifiedDirectory(this.api, this.memory, this.org);
    return this.known;
  }
}

export const session = new Session();
