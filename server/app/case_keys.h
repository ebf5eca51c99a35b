/// Who holds keys of a case, changed after it was handed in (protocol §7.7–7.10): a further member,
/// somebody who leaves, the next epoch, new words, a closed door.
///
/// The server reads none of what it stores; clients check every act against signed statements. It
/// sees to what it can: the act and its envelope are one transaction, nobody new comes in through
/// an epoch, and whoever leaves can fetch nothing more.
/// Threads: safe to call concurrently. Errors of the store are thrown.
#pragma once

#include "server/app/log.h"
#include "server/app/organisation.h"
#include "storage/envelopes.h"
#include "storage/epochs.h"

namespace tillit::app {

/// The envelope that says what is done, as its author signed it.
struct SealedAct {
    std::uint64_t epoch = 0;
    std::uint64_t seq = 1;
    crypto::Hash prev{};
    crypto::Bytes sealed;
    std::optional<SignedAct> signed_act;  // a member's, for the log
};
struct EpochAct {
    SealedAct act;
    std::vector<storage::NewGrant> grants;
    crypto::Bytes reporter_copy;
};
/// What the server learns of new words (§7.9).
struct NewWords {
    crypto::Hash lookup_hash{};
    crypto::VerifyKey verify_key{};
};

enum class KeysRefusal {
    no_such_case,
    not_sealed,     // envelope or grant that is no sealed object of its size
    wrong_holders,  // an epoch for nobody, for somebody new, or without its author; a grant to
                    // somebody who has one or may not read
    last_reader,    // nobody who reads would remain
    bad_signature,  // of an act of the reporter's
    wrong_act,      // signed_act is not this member's about this envelope
    taken,          // another case has these words
    not_successor,
    other_epoch,
    too_many,  // no epoch after the last one
    closed
};
using KeysResult = crypto::Result<std::monostate, KeysRefusal>;

class CaseKeys {
  public:
    explicit CaseKeys(Organisation& organisation) : organisation_(organisation) {}

    // --- by a member who holds a grant ---
    /// `handling`: what opens internal notes, of every epoch that `member` has it of (§7.11).
    [[nodiscard]] KeysResult give_access(const crypto::Hash& case_id, const crypto::Id& member,
                                         const SealedAct& act, const storage::NewGrant& grant,
                                         const std::vector<storage::EpochCopy>& handling);
    /// `member` leaves: at once for the server; the key is changed by whoever opens the case next.
    [[nodiscard]] KeysResult leave(const crypto::Hash& case_id, const crypto::Id& member,
                                   const SealedAct& act);
    [[nodiscard]] KeysResult begin_epoch(const crypto::Hash& case_id, const crypto::Id& member,
                                         const EpochAct& epoch);

    // --- by the reporter, found by the look-up hash ---
    /// `words`: null unless the case key is changed as well.
    [[nodiscard]] KeysResult begin_epoch(const crypto::Hash& lookup_hash, const EpochAct& epoch,
                                         const NewWords* words, const crypto::Signature& signature);
    [[nodiscard]] KeysResult close_door(const crypto::Hash& lookup_hash, const SealedAct& act,
                                        const crypto::Signature& signature);

  private:
    Organisation& organisation_;
};

/// What the reporter signs beside the sealed envelope, which the server cannot read (§7.8–7.10):
/// without it, whoever saw a look-up token could shut the reporter or her readers out.
enum class ReporterAct { epoch, rekey, door, reply };
/// `envelope`: hash of the act's envelope. `words`: of a rekey, else null.
[[nodiscard]] crypto::Signature sign_reporter_act(
    ReporterAct act, const crypto::SigningSeed& reporter, const crypto::Id& org,
    const crypto::Hash& case_id, const crypto::Hash& envelope, const NewWords* words = nullptr);

[[nodiscard]] bool is_signed_by_reporter(storage::Database& db, ReporterAct act,
                                         const crypto::Id& org, const crypto::Hash& case_id,
                                         const crypto::Hash& envelope,
                                         const crypto::Signature& signature,
                                         const NewWords* words = nullptr);

}  // namespace tillit::app
