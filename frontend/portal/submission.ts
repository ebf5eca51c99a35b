// A report, sealed in this browser: case key, grants, identity, first envelope (docs/protocol.md §4).
import { recipientOf } from "../crypto/age.ts";
import { random, toBase64url, wipe } from "../crypto/bytes.ts";
import {
  caseId, caseIdentity, identityShareA, identityShareB, lookupHash, lookupToken, reporterIdentity, reporterSigningSeed,
} from "../crypto/case_key.ts";
import { verifyKeyOf } from "../crypto/ed25519.ts";
import { sealEnvelope } from "../crypto/envelope.ts";
import type { DirectoryMember } from "../crypto/directory.ts";
import { recipientHash, sealGrant } from "../crypto/grant.ts";
import { sha256 } from "../crypto/hash.ts";
import { sealIdentity } from "../crypto/identity.ts";
import { reporter, type AttachmentRef, type Exclusion, type ManifestGrant } from "../crypto/statement.ts";
import type { Organisation } from "./organisation.ts";
import type { Recipients } from "./recipients.ts";

/** Lets the page breathe between two long calculations. */
export const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Everything that comes from one case key (protocol §2). `wipe()` when the page is done with it. */
export class CaseSecrets {
  readonly identity: Uint8Array;
  readonly signing: Uint8Array;
  readonly verifyKey: Uint8Array;
  readonly token: Uint8Array;
  readonly recipient: Uint8Array;

  constructor(readonly key: Uint8Array, readonly org: Uint8Array) {
    this.identity = caseIdentity(key, org);
    this.signing = reporterSigningSeed(key, org);
    this.verifyKey = verifyKeyOf(this.signing);
    this.token = lookupToken(key, org);
    this.recipient = recipientOf(this.identity);
  }

  static random = (org: Uint8Array): CaseSecrets => new CaseSecrets(random(16), org);

  wipe(): void {
    wipe(this.key, this.identity, this.signing, this.token);
  }
}

export interface Draft {
  text: string;
  name: string;
  contact: string;
}

interface SealedGrant {
  wire: { member: string; sealed: string };
  listed: ManifestGrant;
}

class Sealer {
  private readonly reporterRecipient: Uint8Array;
  private readonly caseId: Uint8Array;
  private readonly shareA: Uint8Array;
  private readonly shareB: Uint8Array;

  constructor(private readonly about: Organisation, private readonly secrets: CaseSecrets) {
    const { key, org, recipient, verifyKey } = secrets;
    this.reporterRecipient = recipientOf(reporterIdentity(key, org));
    this.caseId = caseId(org, recipient, this.reporterRecipient, verifyKey);
    this.shareA = identityShareA(key, org);
    this.shareB = identityShareB(key, org);
  }

  async grant(member: DirectoryMember, excluded: Exclusion[]): Promise<SealedGrant> {
    const isCustodian = member.role === "custodian";
    const toRecipientHash = recipientHash(member.recipient);
    const sealed = await sealGrant(
      {
        org: this.about.org, caseId: this.caseId, epoch: 0, to: member.member, toRecipientHash,
        dirVersion: this.about.directory.version, dirHash: this.about.directoryHash, role: member.role,
        secret: isCustodian ? undefined : this.secrets.identity, share: isCustodian ? this.shareA : this.shareB,
        verifyKey: this.secrets.verifyKey, reporterRecipientHash: recipientHash(this.reporterRecipient), excluded,
      },
      this.secrets.signing, member.recipient,
    );
    await breathe();
    return {
      wire: { member: toBase64url(member.member), sealed: toBase64url(sealed) },
      listed: { member: member.member, recipientHash: toRecipientHash, sha256: sha256(sealed) },
    };
  }

  identity({ name, contact }: Draft): Promise<Uint8Array> {
    const { org, caseId: id, secrets } = { org: this.about.org, caseId: this.caseId, secrets: this.secrets };
    const identity = { org, caseId: id, given: name !== "" || contact !== "", name, contact };
    return sealIdentity(identity, secrets.signing, { a: this.shareA, b: this.shareB });
  }

  async report(draft: Draft, files: AttachmentRef[], grants: ManifestGrant[], identity: Uint8Array, excluded: Exclusion[]) {
    const { org, directory, directoryHash } = this.about;
    const manifest = {
      grants, identityHash: sha256(identity), identityGiven: draft.name !== "" || draft.contact !== "",
      dirVersion: directory.version, dirHash: directoryHash, excluded,
    };
    return sealEnvelope(
      {
        org, caseId: this.caseId, epoch: 0, kind: "report", from: reporter, seq: 1, prev: new Uint8Array(32),
        heads: [], sealedBy: "browser", body: draft.text, state: "", attachments: files, manifest,
      },
      this.secrets.signing, this.secrets.recipient,
    );
  }

  wire(grants: SealedGrant[], identity: Uint8Array, report: Uint8Array, files: AttachmentRef[]) {
    return {
      lookup_hash: toBase64url(lookupHash(this.secrets.token)),
      case_recipient: toBase64url(this.secrets.recipient),
      reporter_recipient: toBase64url(this.reporterRecipient),
      verify_key: toBase64url(this.secrets.verifyKey),
      grants: grants.map(({ wire }) => wire),
      identity: toBase64url(identity),
      report: toBase64url(report),
      attachments: files.map((file) => toBase64url(file.id)),
    };
  }

  done(): void {
    wipe(this.shareA, this.shareB);
  }
}

/** The body of POST /reports. Called once: what is sent again is what this returned. */
export async function sealReport(
  about: Organisation, secrets: CaseSecrets, to: Recipients, draft: Draft, files: AttachmentRef[],
) {
  const sealer = new Sealer(about, secrets);
  const grants: SealedGrant[] = [];
  const members = to.custodian ? [...to.readers, to.custodian] : to.readers;
  for (const member of members) grants.push(await sealer.grant(member, to.excluded));
  const identity = await sealer.identity(draft);
  const listed = grants.map((grant) => grant.listed);
  const report = await sealer.report(draft, files, listed, identity, to.excluded);
  sealer.done();
  return sealer.wire(grants, identity, report, files);
}

