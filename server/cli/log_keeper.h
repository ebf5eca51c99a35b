/// Keeps an organisation's log while the service runs: closes the days that are over, and mails the
/// checkpoint to a witness every week.
#pragma once

#include <string>

#include "server/app/day_closer.h"
#include "server/app/organisation.h"
#include "server/config/config.h"

namespace tillit::cli {

class LogKeeper {
  public:
    /// `organisation` must outlive this.
    LogKeeper(app::Organisation& organisation, crypto::SigningSeed key, std::string slug)
        : organisation_(organisation), key_(std::move(key)), slug_(std::move(slug)) {}
    /// To be called at the start and every minute, by one thread. Trouble is logged when it begins,
    /// not every minute again. Throws storage::Error.
    void close_days();

    /// After close_days(). A failure is logged, without addresses, and tried again after an hour.
    void mail_witness(const config::MailConfig& mail);

  private:
    app::Organisation& organisation_;
    crypto::SigningSeed key_;
    std::string slug_;
    app::Closing::Trouble known_ = app::Closing::Trouble::none;
};

}  // namespace tillit::cli
