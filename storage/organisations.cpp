#include "storage/organisations.h"

#include "storage/statement.h"

namespace tillit::storage {

void Organisations::create(const Organisation& organisation) {
    Statement(db_,
              "INSERT INTO organisation (only_row, org_id, name, is_demo, max_report_bytes,"
              " device_cookie_key, contact) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)")
        .bind(organisation.org_id)
        .bind(organisation.name)
        .bind(organisation.is_demo)
        .bind(organisation.max_report_bytes)
        .bind(organisation.device_cookie_key)
        .bind(organisation.contact)
        .run();
}

Organisation Organisations::get() {
    Statement s(db_,
                "SELECT org_id, name, is_demo, max_report_bytes, device_cookie_key, contact"
                " FROM organisation");
    if (!s.step()) throw Error(Error::not_found, "the database holds no organisation yet");
    return {.org_id = s.id(0),
            .name = s.text(1),
            .is_demo = s.integer(2) != 0,
            .max_report_bytes = s.count(3),
            .device_cookie_key = s.blob(4),
            .contact = s.text(5)};
}

void Organisations::set_contact(std::string_view contact) {
    Statement(db_, "UPDATE organisation SET contact = ?1").bind(contact).run();
}

}  // namespace tillit::storage
