#include "server/console/acts.h"

namespace tillit::console {

std::optional<app::SignedAct> read_act(crypto::FieldReader& fields) {
    const auto* object = fields.optional("act");
    if (object == nullptr) return std::nullopt;
    if (!object->is_object()) {
        fields.fail();
        return std::nullopt;
    }
    crypto::FieldReader read(*object);
    app::SignedAct act{.statement = read.text("statement", crypto::kMaxActBytes),
                       .signature = read.array<64>("signature")};
    if (!read.done()) fields.fail();
    return act;
}

}  // namespace tillit::console
