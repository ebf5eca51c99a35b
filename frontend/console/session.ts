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
const idleMs = 15 * 60_000;

interface Unlocked {
  keyring: Keyring;
  memory: Memory;
  keys: LoginKeys | null; // null after the recovery code: a new passphrase is due
}

/** The keyring under the passphrase, bound to this version. */
interface Wrapped {
  bytes: Uint8Array;
  version: number;
  isStored: boolean; // by the service
}

export class Session extends EventTarget {
  readonly api = new Api();
  phase: Phase = "starting";
  organisation: Organisation | null = null;
  me: Me | null = null;
  lastLogin = "";
  notice: "session_ended" | "logged_out" | null = null;
  private wrapped: Wrapped | null = null;
  private unlocked: Unlocked | null = null;
  private known: Promise<KnownDirectory> | null = null;
  private saving: Promise<void> = Promise.resolve();
  private isSaving = false;
  private leaving: Promise<void> = Promise.resolve();
  private touched = { day: 0, run: 0 }; // ms: by the clock on the wall, and by the one of this page
  private watch: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.api.onUnauthorised = () => {
      if (this.me) this.end("session_ended");
    };
    for (const kind of ["pointerdown", "keydown", "scroll"]) {
      addEventListener(kind, () => this.touch(), { passive: true });
    }
    for (const kind of ["visibilitychange", "pageshow", "focus"]) addEventListener(kind, () => this.lockIfIdle());
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
    this.wrapped = isRecovery ? null : { bytes: wrapped, version, isStored: true };
    this.unlocked = { keyring: opened, memory: new Memory(opened.heads), keys: isRecovery ? null : keys };
    this.notice = null;
    this.begin();
  }

  async login(login: string, passphrase: string): Promise<void> {
    await this.leaving; // else its log-out would end what begins here
    this.api.setCsrf("1");
    const keys = await loginKeys(passphrase, this.org, login);
    const answer = await this.api.login(login, toBase64url(keys.auth));
    this.open(answer, fromBase64url(answer.keyring), keys, false);
  }

  async loginWithRecoveryCode(login: string, code: string): Promise<void> {
    await this.leaving;
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
    const { bytes, version, isStored } = this.wrapped!;
    const keyring = unwrapKeyring(bytes, keys.wrap, { org: this.org, person: this.person, version });
    this.unlocked = { keyring, memory: new Memory(keyring.heads), keys };
    this.memory.isChanged = !isStored;
    this.begin();
  }

  private begin(): void {
    this.touched = { day: Date.now(), run: performance.now() };
    this.watch = setInterval(() => this.lockIfIdle(), 10_000);
    this.to("in");
  }

  private forgetKeys(): void {
    const held = this.unlocked;
    this.unlocked = null;
    this.known = null;
    wipe(held?.keyring.identity, held?.keyring.signing, held?.keys?.wrap, held?.keys?.auth);
    clearInterval(this.watch);
  }

  /** At once, whatever the network does: what was seen is wrapped first and sent when the keys are gone. */
  lock(): void {
    if (!this.wrapped) return this.logout();
    const send = this.wrapMemory();
    this.forgetKeys();
    this.to("locked");
    this.saving = this.saving.then(send);
  }

  logout(): void {
    const send = this.wrapMemory();
    this.end("logged_out");
    this.leaving = this.saving.then(send).then(() => this.api.logout()).catch(() => undefined);
  }

  private end(notice: "session_ended" | "logged_out"): void {
    this.forgetKeys();
    this.wrapped = null;
    this.me = null;
    this.notice = notice;
    this.to("out");
  }

  private touch(): void {
    this.lockIfIdle(); // after a sleep this may be the first sign of life
    this.touched = { day: Date.now(), run: performance.now() };
  }

  /** A machine that sleeps runs no timers and may stop the page's clock; the one on the wall may be set back. */
  private lockIfIdle(): void {
    const idle = Math.max(Date.now() - this.touched.day, performance.now() - this.touched.run);
    if (this.unlocked && idle >= idleMs) this.lock();
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
    this.isSaving = true;
    try {
      await this.store(held.keys, held);
    } catch {
      held.memory.isChanged = true; // the next session that opens a case will try again
    }
    this.isSaving = false;
  }

  private async store(keys: LoginKeys, held: Unlocked): Promise<void> {
    const wrapped = this.wrap(keys, held);
    await this.put(this.me!, keys.auth, wrapped);
    if (this.unlocked === held) this.wrapped = wrapped; // else a lock has wrapped what is newer
  }

  private wrap(keys: LoginKeys, held: Unlocked): Wrapped {
    const version = this.me!.keyring_version + 1;
    const keyring = { ...held.keyring, heads: held.memory.toBytes() };
    const bytes = wrapKeyring(keyring, keys.wrap, { org: this.org, person: this.person, version });
    return { bytes, version, isStored: false };
  }

  private async put(me: Me, auth: Uint8Array, wrapped: Wrapped): Promise<void> {
    const answer = await this.api.changePassphrase({
      keyring_version: wrapped.version - 1, auth: toBase64url(auth), keyring: toBase64url(wrapped.bytes),
    });
    me.keyring_version = answer.keyring_version;
    wrapped.isStored = true;
  }

  /** What is not saved yet, kept here under the passphrase; the function sends it without any key. */
  private wrapMemory(): () => Promise<void> {
    const held = this.unlocked;
    const me = this.me;
    if (!me || !held?.keys || !(held.memory.isChanged || this.isSaving)) return async () => {};
    const wrapped = this.wrap(held.keys, held);
    const auth = held.keys.auth.slice(); // no key opens with it; the service is told it at every log-in
    this.wrapped = wrapped;
    return async () => {
      // A save that was under way may have taken this version; then what came since is sent by the next one.
      if (wrapped.version === me.keyring_version + 1) await this.put(me, auth, wrapped).catch(() => undefined);
      wipe(auth);
    };
  }

  async changePassphrase(passphrase: string): Promise<void> {
    const held = this.unlocked!;
    const keys = await loginKeys(passphrase, this.org, this.me!.login);
    await this.catchUp();
    if (this.unlocked !== held) throw new ApiError(401, "locked"); // its keys are wiped
    await this.store(keys, held);
    held.keys = keys;
    this.dispatchEvent(new Event("phase"));
  }

  /** Another browser of this person may have saved what it saw. */
  private async catchUp(): Promise<void> {
    await this.saving;
    const { keyring_version } = await this.api.me();
    this.me!.keyring_version = keyring_version;
  }

  async changeRecoveryCode(code: Uint8Array): Promise<void> {
    await this.catchUp();
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
      version: this.wrapped!.version, keyring: this.wrapped!.bytes, signersNotes: signers_notes, directory: directory ?? "",
    });
    return new Blob([text], { type: "application/octet-stream" });
  }

  directory(): Promise<KnownDirectory> {
    this.known ??= this.askForDirectory();
    return this.known;
  }

  private askForDirectory(): Promise<KnownDirectory> {
    const asked: Promise<KnownDirectory> = verifiedDirectory(this.api, this.memory, this.org).catch((error: unknown) => {
      if (this.known === asked) this.known = null; // the next case asks again
      throw error;
    });
    return asked;
  }
}

export const session = new Session();
