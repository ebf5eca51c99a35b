/// Keeps an organisation's log while the service runs: closes the days that are over, and mails the
/// checkpoint to a witness every week.
#pragma once

#include <functional>
#include <string>
#include <vector>

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

    /// Runs a step; what it throws is logged with `what` could not be done, and goes no further.
    void attempt(const char* what, const std::function<void()>& step) const;

  private:
    app::Organisation& organisation_;
    crypto::SigningSeed key_;
    std::string slug_;
    app::Closing::Trouble known_ = app::Closing::Trouble::none;
};

/// Closes the days of every log, and mails the checkpoints if there is a `mail`. The trouble of one
/// organisation stops no other. Throws nothing.
void keep_logs(std::vector<LogKeeper>& logs, const config::MailConfig* mail);

}  // namespace tillit::cli
