/// The console's API speaks server/http/json.h; its names, as this folder uses them.
#pragma once

#include "server/http/json.h"

namespace tillit::console {

using http::b64;
using http::error_reply;
using http::json_reply;
using http::kMaxJsonBytes;
using http::no_content;
using http::read_bytes;
using http::read_json;
using http::read_number;

}  // namespace tillit::console
