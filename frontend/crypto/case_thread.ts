// A case's thread as one of its readers follows it: every envelope opened and verified in the
// server's order, and from it alone who holds keys and which epoch it is (docs/protocol.md §5.4,
// §7.8); the twin of crypto/case_thread.cpp.
import { isRecipient, recipientOf } from "./age.ts";
import { CryptoError, equal, isZero } from "./bytes.ts";
import type { ChainEntry } from "./chains.ts";
import type { Directory, DirectoryMember } from "./directory.ts";
import { envelopeHash, openEnvelope } from "./envelope.ts";
import { maxEpoch, openEpochGrant } from "./epoch_grant.ts";
import { recipientHash, type Role } from "./grant.ts";
import { sha256 } from "./hash.ts";
import type { EpochChange, Manifest, ManifestGrant, Statement } from "./statement.ts";

/** Who holds a key of the case now. */
export interface Holder {
  member: Uint8Array;
  recipientHash: Uint8Array;
  grantHash: Uint8Array; // SHA-256 of the sealed grant that made this member a holder
  isLeaving: boolean; // a recusal that no epoch has answered yet
}
export interface ThreadEntry extends ChainEntry {
  statement: Statement;
  position: number;
  day: number;
}
export interface ThreadFault {
  what: string; // name of a CryptoError, or two_epochs, old_epoch, bad_access, bad_epoch, no_epoch_key
  position: number;
  day: number;
}
export interface CaseReader {
  org: Uint8Array;
  caseId: Uint8Array;
  me: Uint8Array; // zeros: the reporter
  identity: Uint8Array; // opens grants of later epochs
  reporterKey: Uint8Array; // the first; certified by the case id
  reporterRecipient: Uint8Array;
  directory: Directory | undefined; // the newest, verified
  former?: Directory[] | undefined; // versions before, vouched for by it: what was right stays right
}
/** What the server says of an envelope outside it; compared where it is given. */
export interface Outside {
  author: Uint8Array;
  seq: number;
  hash: Uint8Array;
}

/** A handler reads and writes. */
export const isHandler = (role: Role | undefined): boolean => role === "investigator" || role === "alternate";

const fault = (code: string): never => {
  throw new CryptoError(code);
};

export class CaseThread {
  readonly entries: ThreadEntry[] = [];
  readonly faults: ThreadFault[] = [];
  epoch = 0;
  isShut = false; // the reader was left out of the newest epoch: what follows is no fault
  holders: Holder[] = [];
  readonly held: Holder[][] = [[]]; // everybody who held a key, epoch by epoch
  reporterKey: Uint8Array;
  reporterRecipient: Uint8Array;
  private readonly offered = new Map<number, Uint8Array>();

  /** `secrets`: case identities of epoch 0, 1, …, as many as are known beforehand. */
  constructor(private readonly reader: CaseReader, readonly secrets: Uint8Array[]) {
    this.reporterKey = reader.reporterKey;
    this.reporterRecipient = reader.reporterRecipient;
  }

  get secret(): Uint8Array {
    return this.secrets[this.epoch]!;
  }
  get recipient(): Uint8Array {
    return recipientOf(this.secret);
  }
  get manifest(): Manifest | undefined {
    return this.entries[0]?.statement.manifest;
  }
  /** Somebody is leaving. */
  get isEpochDue(): boolean {
    return this.holders.some(({ isLeaving }) => isLeaving);
  }
  get isDoorClosed(): boolean {
    return this.entries.some(({ statement }) => statement.kind === "door_closed");
  }

  private get everybody(): DirectoryMember[] {
    const { directory, former = [] } = this.reader;
    return [...(directory ? [directory] : []), ...former].flatMap(({ members }) => members);
  }
  /** As listed last, also in a former version. */
  find(id: Uint8Array): DirectoryMember | undefined {
    return this.everybody.find(({ member }) => equal(member, id));
  }
  /** In any version, with this recipient: who changed keys is listed twice. */
  listedAs(id: Uint8Array, withRecipient: Uint8Array): DirectoryMember | undefined {
    return this.everybody.find(
      ({ member, recipient }) => equal(member, id) && equal(recipientHash(recipient), withRecipient),
    );
  }
  holder(id: Uint8Array): Holder | undefined {
    return this.holders.find(({ member }) => equal(member, id));
  }
  /** Holders who can read, stay, and stand in the newest directory: who gets the next epoch. */
  get readersWhoStay(): DirectoryMember[] {
    const listed = this.reader.directory?.members ?? [];
    return this.holders.flatMap((held) => {
      const member = listed.find((one) => equal(one.member, held.member));
      const stays =
        member && !held.isLeaving && isHandler(member.role) && equal(recipientHash(member.recipient), held.recipientHash);
      return stays ? [member] : [];
    });
  }

  /** The reader's own sealed copy of an epoch's key, as the server hands it out. */
  offer(epoch: number, sealed: Uint8Array): void {
    this.offered.set(epoch, sealed);
  }

  /** In the server's order. What does not verify becomes a fault and changes nothing else. */
  async add(sealed: Uint8Array, position: number, day: number, outside?: Outside): Promise<void> {
    if (this.isShut) return;
    try {
      const statement = await this.open(sealed);
      const hash = envelopeHash(sealed);
      const saysTheSame =
        !outside || (equal(outside.author, statement.from) && outside.seq === statement.seq && equal(outside.hash, hash));
      if (!saysTheSame) fault("outside_differs");
      this.entries.push({ statement, hash, position, day });
      await this.apply(statement);
    } catch (error) {
      this.faults.push({ what: error instanceof CryptoError ? error.code : "malformed", position, day });
    }
  }

  private async open(sealed: Uint8Array): Promise<Statement> {
    let opened;
    try {
      opened = await openEnvelope(sealed, this.secret);
    } catch (error) {
      if (error instanceof CryptoError && error.code === "not_sealed") await this.sayWhyNotOpen(sealed);
      throw error;
    }
    return opened.verify(this.keyOf(opened.claimedAuthor), this.reader.org, this.reader.caseId, this.epoch);
  }

  /** An envelope for an epoch that has ended says so: it may be a second epoch beside the first. */
  private async sayWhyNotOpen(sealed: Uint8Array): Promise<void> {
    for (let epoch = this.epoch - 1; epoch >= 0; epoch -= 1) {
      const opened = await openEnvelope(sealed, this.secrets[epoch]!).catch(() => undefined);
      if (opened) fault(opened.claimedKind === "epoch" ? "two_epochs" : "old_epoch");
    }
  }

  private keyOf(author: Uint8Array): Uint8Array {
    if (isZero(author)) return this.reporterKey;
    if (!this.find(author)) throw new CryptoError("unknown_author");
    const held = this.holder(author);
    const member = held && !held.isLeaving ? this.listedAs(author, held.recipientHash) : undefined;
    if (!member) throw new CryptoError("no_key_holder");
    return member.verifyKey;
  }

  private async apply(statement: Statement): Promise<void> {
    if (statement.kind === "report" && this.entries.length === 1) {
      statement.manifest!.grants.forEach((grant) => this.addHolder(grant));
    } else if (statement.kind === "access") {
      this.applyAccess(statement, statement.access!);
    } else if (statement.kind === "recusal") {
      this.holder(statement.from)!.isLeaving = true;
    } else if (statement.kind === "epoch") {
      await this.applyEpoch(statement, statement.change!);
    }
  }

  private addHolder({ member, recipientHash: hash, sha256: grantHash }: ManifestGrant): void {
    const holder = { member, recipientHash: hash, grantHash, isLeaving: false };
    this.holders.push(holder);
    this.held[this.epoch]!.push(holder);
  }

  private isExcluded({ person }: DirectoryMember): boolean {
    return this.manifest?.excluded.some((excluded) => equal(excluded.person, person)) ?? false;
  }

  private applyAccess({ from }: Statement, grant: ManifestGrant): void {
    const member = this.listedAs(grant.member, grant.recipientHash);
    const isSound =
      isHandler(this.find(from)?.role) && member && isHandler(member.role) && !this.isExcluded(member) &&
      !this.holder(grant.member);
    if (!isSound) fault("bad_access");
    this.addHolder(grant);
  }

  /** Only who reads now may read on; nobody whom the reporter excluded, nobody who has left. */
  private mayGoOn(grant: ManifestGrant): boolean {
    const held = this.holder(grant.member);
    const member = this.listedAs(grant.member, grant.recipientHash);
    if (!held || held.isLeaving || !equal(held.recipientHash, grant.recipientHash)) return false;
    return member !== undefined && isHandler(member.role) && !this.isExcluded(member);
  }

  private async applyEpoch(statement: Statement, change: EpochChange): Promise<void> {
    const mayAuthor = isZero(statement.from) || isHandler(this.find(statement.from)?.role);
    const isSound =
      mayAuthor && this.epoch < maxEpoch && change.grants.every((grant) => this.mayGoOn(grant)) &&
      (!change.rekey || isRecipient(change.rekey.reporterRecipient));
    if (!isSound) fault("bad_epoch");
    await this.takeKey(statement, change);
    if (!this.isShut) this.beginEpoch(change);
  }

  /** The reader's key of the next epoch: known beforehand, promised to the reader, or not for it. */
  private async takeKey(statement: Statement, change: EpochChange): Promise<void> {
    const next = this.epoch + 1;
    const isPromised = (seed: Uint8Array) => equal(recipientHash(recipientOf(seed)), change.recipientHash);
    const known = this.secrets[next];
    if (known) return isPromised(known) ? undefined : fault("no_epoch_key");
    const isReporter = isZero(this.reader.me);
    const mine = change.grants.find(({ member }) => equal(member, this.reader.me));
    if (isReporter ? change.rekey : !mine) {
      this.isShut = true; // a reader left out, or words that were changed for others
      return;
    }
    const promised = isReporter ? change.reporterHash : mine!.sha256;
    const sealed = this.offered.get(next);
    if (!sealed || !equal(sha256(sealed), promised)) return fault("no_epoch_key");
    const { identity, me, org, caseId } = this.reader;
    const authorKey = (from: Uint8Array) => (equal(from, statement.from) ? this.keyOf(from) : undefined);
    const grant = await openEpochGrant(sealed, { identity, me, org, caseId, authorKey }).catch(() => undefined);
    const secret = grant?.secrets[0];
    const isMine = grant?.firstEpoch === next && grant.secrets.length === 1 && secret && isPromised(secret);
    if (!isMine) return fault("no_epoch_key");
    this.secrets.push(secret);
  }

  private beginEpoch(change: EpochChange): void {
    this.epoch += 1;
    this.holders = this.holders.filter((held) => {
      const member = this.listedAs(held.member, held.recipientHash);
      const isGuardian = member && !isHandler(member.role);
      return isGuardian || change.grants.some((grant) => equal(grant.member, held.member));
    });
    this.held.push([...this.holders]);
    if (!change.rekey) return;
    this.reporterKey = change.rekey.verifyKey;
    this.reporterRecipient = change.rekey.reporterRecipient;
  }
}
