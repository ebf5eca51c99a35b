/// Files of a form on their way into Uploads. A file that fails is named and the rest of the body
/// is read on, so that the text before it is never lost and the answer reaches the browser.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "server/app/upload.h"
#include "server/http/form.h"

namespace tillit::portal {

class ReceivedFiles {
  public:
    /// Where a file goes, asked once per file with the text fields before it. Null: read and
    /// dropped, without counting as missing.
    using Destination = std::function<app::Uploads*(const http::Form& so_far)>;
    explicit ReceivedFiles(Destination destination) : destination_(std::move(destination)) {}

    [[nodiscard]] http::FileSink sink();
    /// After the form was read: a file that was cut in the middle counts as missing.
    void finish();
    [[nodiscard]] const std::vector<std::string>& missing() const noexcept { return missing_; }

  private:
    bool begin(const http::Form& so_far, const http::FileHeader& file);
    void fail();

    Destination destination_;
    app::Uploads* current_ = nullptr;  // null: nothing in hand, or dropped
    std::string name_;
    std::vector<std::string> missing_;
};

}  // namespace tillit::portal
