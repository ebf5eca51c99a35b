#include "server/portal/received_files.h"

namespace tillit::portal {

http::FileSink ReceivedFiles::sink() {
    return {.begin = [this](const http::Form& so_far,
                            const http::FileHeader& file) { return begin(so_far, file); },
            .write =
                [this](crypto::ByteView piece) {
                    if (current_ != nullptr && !current_->write(piece)) fail();
                    return true;
                },
            .end =
                [this] {
                    if (current_ != nullptr && !current_->end()) fail();
                    current_ = nullptr;
                    return true;
                }};
}

bool ReceivedFiles::begin(const http::Form& so_far, const http::FileHeader& file) {
    name_ = file.name.empty() ? file.field : file.name;
    current_ = destination_(so_far);
    if (current_ != nullptr && !current_->begin(name_, file.type)) fail();
    return true;
}

void ReceivedFiles::fail() {
    current_->abandon_current();
    current_ = nullptr;
    missing_.push_back(name_);
}

void ReceivedFiles::finish() {
    if (current_ != nullptr) fail();
}

}  // namespace tillit::portal
