/// The reporter's own misuse sign: on which days her key was used (protocol §9).
#pragma once

#include "server/app/organisation.h"

namespace tillit::app {

/// Notes that the case was opened with its key today. Not worth a wait for the disk, and one that
/// takes nothing keeps nobody from reading: a lost visit is a number one too small.
void note_visit(Organisation& organisation, const crypto::Hash& case_id);

}  // namespace tillit::app
