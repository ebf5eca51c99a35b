/// A reporter's thread as read, for mailbox*.cpp only.
#pragma once

#include "server/app/mailbox.h"

namespace tillit::app {

struct Mailbox::Thread {
    std::shared_ptr<const Readers> readers;       // may be null: then nobody's message verifies
    std::vector<crypto::DirectoryMember> former;  // of the directory's versions before
    crypto::CaseThread read;
    std::vector<MailboxFault> faults;

    Thread(Organisation& organisation, const Keys& keys, const storage::StoredCase& row);
};

}  // namespace tillit::app
