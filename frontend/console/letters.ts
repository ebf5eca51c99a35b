// Asking for a reporter's identity, answering, opening (docs/protocol.md §4.5). Everything is verified
// here: who wrote a letter and in which office, for whom, about which case and request. What does not
// hold becomes a fault that is shown; a disclosure that does not hold is not there.
import { CryptoError, equal, fromBase64url, random, toBase64url } from "../crypto/bytes.ts";
import type { DirectoryMember } from "../crypto/directory.ts";
import {
  letterHash, openDisclosure, openOpening, openRefusal, openRequest, sealLetter,
  type Disclosure, type IdentityRequest, type Letter, type LetterReader, type Opened, type Opening, type Refusal,
} from "../crypto/disclosure.ts";
import { envelopeHash } from "../crypto/envelope.ts";
import { recipientHash } from "../crypto/grant.ts";
import { openIdentity, type Identity } from "../crypto/identity.ts";
import { signedAct } from "./acts.ts";
import { ApiError, type IdentityRequestRow, type NewIdentityRequest, type SealedLetter } from "./api.ts";
import { memberById } from "./known_directory.ts";
import { renewIfDue } from "./hand_over.ts";
import { emptyDraft, nextStatement, readNew, sealAct } from "./send.ts";
import type { Session } from "./session.ts";
import { everHeld, myId, type HeldCase, type OpenCase } from "./thread.ts";

export interface Correspondence {
  row: IdentityRequestRow;
  request: Opened<IdentityRequest> | null;
  refusal: Opened<Refusal> | null;
  disclosure: Opened<Disclosure> | null; // for the one who asked
  openings: { day: number; opening: Opened<Opening> }[];
  faults: string[]; // keys of the catalogue under "letter.fault."
}

function readerOf(held: HeldCase, session: Session): LetterReader {
  return {
    identity: session.keyring.identity,
    member: myId(session),
    org: session.org,
    caseId: held.id,
    directory: held.known.directory?.members ?? [],
    excluded: held.grant.excluded.map(({ person }) => person),
  };
}

/** Opens one letter; a letter that does not hold is a fault and nothing else. */
async function read<T>(faults: string[], sealed: string | null, open: (sealed: Uint8Array) => Promise<T>): Promise<T | null> {
  if (sealed === null) return null;
  try {
    return await open(fromBase64url(sealed));
  } catch (error) {
    faults.push(error instanceof CryptoError ? error.code : "malformed");
    return null;
  }
}

/** What the service says around the letters must be what they say, and none may be missing. */
function outsideFaults({ row, request, refusal, disclosure, openings }: Correspondence, mine: string): string[] {
  if (!request) return [];
  const { letter } = request;
  const faults: string[] = [];
  const saysTheSame =
    toBase64url(letter.request) === row.id && toBase64url(letter.from) === row.from &&
    toBase64url(letter.custodian) === row.custodian;
  if (!saysTheSame) faults.push("outside_differs");
  const isMissing =
    (row.state === "refused" && !refusal) || (row.state === "disclosed" && row.from === mine && !disclosure) ||
    openings.length !== row.openings_count;
  if (isMissing) faults.push("missing_letter");
  return faults;
}

async function readOne(row: IdentityRequestRow, me: LetterReader): Promise<Correspondence> {
  const faults: string[] = [];
  const one: Correspondence = { row, request: null, refusal: null, disclosure: null, openings: [], faults };
  const request = await read(faults, row.request, (sealed) => openRequest(sealed, me));
  if (!request) return { ...one, faults: faults.length > 0 ? faults : ["missing_letter"] };
  one.request = request;
  one.refusal = await read(faults, row.refusal, (sealed) => openRefusal(sealed, me, request));
  one.disclosure = await read(faults, row.disclosure, (sealed) => openDisclosure(sealed, me, request));
  for (const { day, sealed } of row.openings) {
    const opening = await read(faults, sealed, (bytes) => openOpening(bytes, me, request));
    if (opening) one.openings.push({ day, opening });
  }
  faults.push(...outsideFaults(one, toBase64url(me.member)));
  one.faults = [...new Set(faults)];
  return one;
}

export async function readLetters(held: HeldCase, session: Session): Promise<Correspondence[]> {
  const { requests } = await session.api.identityRequests(held.file.case.case_id);
  const me = readerOf(held, session);
  return Promise.all(requests.map((row) => readOne(row, me)));
}

/** A request says that the reporter was told, and the thread holds no such notice. */
function lacksNotice(open: OpenCase, { letter }: Opened<IdentityRequest>): boolean {
  if (letter.told !== "yes") return false;
  return !open.entries.some(
    ({ hash, statement }) =>
      statement.kind === "identity_notice" && equal(statement.from, letter.from) && equal(hash, letter.notice),
  );
}

/** What only a reader of the thread can see: who holds keys, and what the reporter was told. */
export function threadFaults(open: OpenCase, { request }: Correspondence): string[] {
  if (!request) return [];
  const { from, custodian } = request.letter;
  const faults = lacksNotice(open, request) ? ["no_notice"] : [];
  if (!everHeld(open, from) || !everHeld(open, custodian)) faults.push("no_key_holder");
  return faults;
}

// --- writing ---

async function sealFor(letter: Letter, readers: DirectoryMember[], session: Session): Promise<SealedLetter[]> {
  return Promise.all(
    readers.map(async ({ member, recipient }) => ({
      reader: toBase64url(member),
      sealed: toBase64url(await sealLetter(letter, session.keyring.signing, recipient)),
    })),
  );
}

/** As the newest directory lists her: who stands in an earlier one only gets no letter, and the service takes none. */
const listedNow = ({ known }: HeldCase, id: Uint8Array): DirectoryMember | undefined =>
  known.directory?.members.find(({ member }) => equal(member, id));

/** Who holds a key now and stands in the directory. */
function holdersOf(open: OpenCase): DirectoryMember[] {
  return open.read.holders.flatMap((held) => {
    const member = listedNow(open, held.member);
    return member && !held.isLeaving ? [member] : [];
  });
}

/** Of those whom the report gave a key: the custodian. Nobody: the identity can't be opened. */
export function custodianOf(open: OpenCase): DirectoryMember | undefined {
  return holdersOf(open).find((member) => member.role === "custodian");
}

/** Everybody who may read the case and has a key to seal to, and the custodian. */
function readersOfRequest(open: OpenCase, custodian: DirectoryMember): DirectoryMember[] {
  return [...holdersOf(open).filter(({ role }) => role !== "custodian"), custodian];
}

/** The request's readers who still stand in the directory, none of them excluded by the reporter. */
function readersOfAnswer({ row }: Correspondence, held: HeldCase): DirectoryMember[] {
  return row.readers
    .map((reader) => listedNow(held, fromBase64url(reader)))
    .filter((member): member is DirectoryMember => member !== undefined)
    .filter(({ person }) => !held.grant.excluded.some((excluded) => equal(excluded.person, person)));
}

export interface Asking {
  ground: string;
  text: string;
  notice: string; // what the reporter reads; "" if exempt
  exemption: string; // why not; "" if told
}

type Notice = NonNullable<NewIdentityRequest["notice"]>;

async function sealNotice(open: OpenCase, words: string, session: Session): Promise<{ notice: Notice; hash: Uint8Array }> {
  const statement = nextStatement(open, { ...emptyDraft("identity_notice"), body: words }, session);
  const notice = await sealAct(open, statement, session);
  return { notice, hash: envelopeHash(fromBase64url(notice.sealed)) };
}

const tries = 6;

/** Request and notice go in one act; where somebody wrote meanwhile, both are signed again. */
export async function ask(open: OpenCase, asking: Asking, session: Session): Promise<void> {
  const custodian = custodianOf(open)!;
  const isExempt = asking.exemption !== "";
  for (let attempt = 1; ; attempt += 1) {
    await renewIfDue(open, session);
    const told = isExempt ? null : await sealNotice(open, asking.notice, session);
    const letter: IdentityRequest = {
      t: "identity_request", org: session.org, caseId: open.id, request: random(16), from: myId(session),
      custodian: custodian.member, ground: asking.ground, text: asking.text, told: isExempt ? "exempt" : "yes",
      exemption: asking.exemption, notice: told?.hash ?? new Uint8Array(32),
    };
    try {
      await session.api.askForIdentity(open.file.case.case_id, {
        id: toBase64url(letter.request),
        custodian: toBase64url(custodian.member),
        letters: await sealFor(letter, readersOfRequest(open, custodian), session),
        ...(told ? { notice: told.notice } : {}),
        act: signedAct(session, "identity_request", letterHash(letter)),
      });
      return;
    } catch (error) {
      const isRace = error instanceof ApiError && error.status === 409 && error.code === "not_successor";
      if (!isRace || attempt === tries) throw error;
      await readNew(open, session);
    }
  }
}

/** Seals the custodian's share to the one who asked, and to nobody else. */
export async function disclose(held: HeldCase, one: Correspondence, session: Session): Promise<void> {
  const { letter, hash } = one.request!;
  const asks = memberById(held.known, letter.from)!;
  const disclosure: Disclosure = {
    t: "disclosure", org: session.org, caseId: held.id, request: hash, from: myId(session), to: letter.from,
    toRecipientHash: recipientHash(asks.recipient), ground: letter.ground, told: letter.told, share: held.grant.share!,
  };
  const sealed = await sealLetter(disclosure, session.keyring.signing, asks.recipient);
  const act = signedAct(session, "disclosure", letterHash(disclosure));
  await session.api.disclose(held.file.case.case_id, one.row.id, toBase64url(sealed), act);
}

export async function refuse(held: HeldCase, one: Correspondence, reason: string, session: Session): Promise<void> {
  const refusal: Refusal = {
    t: "refusal", org: session.org, caseId: held.id, request: one.request!.hash, from: myId(session), reason,
  };
  const letters = await sealFor(refusal, readersOfAnswer(one, held), session);
  const act = signedAct(session, "refusal", letterHash(refusal));
  await session.api.refuseIdentity(held.file.case.case_id, one.row.id, letters, act);
}

/** Writes first, opens then: no share is combined before the opening is stored for all its readers. */
export async function openTheIdentity(open: OpenCase, one: Correspondence, session: Session): Promise<Identity> {
  const told = one.disclosure!;
  const opening: Opening = {
    t: "opening", org: session.org, caseId: open.id, request: one.request!.hash, from: myId(session), disclosure: told.hash,
  };
  const letters = await sealFor(opening, readersOfAnswer(one, open), session);
  const act = signedAct(session, "opening", letterHash(opening));
  await session.api.recordOpening(open.file.case.case_id, one.row.id, letters, act);
  const shares = { a: told.letter.share, b: open.grant.share! };
  const sealed = fromBase64url(open.file.identity);
  return openIdentity(sealed, shares, open.grant.verifyKey, { org: session.org, caseId: open.id });
}
