// The line before a backup's database, made by anybody: read as a whole or not at all.
#include "server/app/backup_file.h"
#include "tests/fuzz/fuzz.h"

using namespace tillit;

TILLIT_FUZZ_TARGET(backup_head) {
    const auto head = app::decode_backup_head(data);
    if (!head) return;
    const auto line = app::encode_backup_head(*head);
    const auto again = app::decode_backup_head(line.expose().first(line.size() - 1));
    crypto::ensure(again && again->database_bytes == head->database_bytes);
    crypto::ensure(again->slug == head->slug && again->database_key == head->database_key);
}
