/// Every page and state of the portal with made-up but realistic content, for tests and pictures.
#pragma once

#include <string>
#include <vector>

#include "server/http/message.h"
#include "server/portal/pages.h"

namespace tillit::test {

struct GalleryPage {
    std::string name;
    http::Reply reply;
};
[[nodiscard]] const portal::Pages& gallery_pages();
[[nodiscard]] std::vector<GalleryPage> gallery();

/// What the gallery's reporter wrote; tries to break out of every slot.
inline constexpr const char* kHostileText =
    "On three occasions since August the same supplier was asked to split an invoice.\n\n"
    "</textarea><script>alert(1)</script> \"quoted\" 'single' & {{org_name}} {{{css}}}";

}  // namespace tillit::test
