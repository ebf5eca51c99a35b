/// Handlers of the portal: parse, one use case, render. Free functions, so that tests need no
/// socket.
#pragma once

#include "server/portal/portal.h"

namespace tillit::portal {

/// What a handler works with.
struct Desk {
    const Pages& pages;
    Site& site;
    const std::string& exit_url;

    [[nodiscard]] Frame frame() const { return frame_of(site.organisation.settings()); }
    [[nodiscard]] storage::Day today() const { return site.organisation.clock().today(); }
};

// On the way in (report_handlers.cpp).
[[nodiscard]] http::Reply get_landing(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply get_report(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply post_check(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply post_edit(const Desk& desk, http::Request& request);

// Handing in (submit_handlers.cpp).
[[nodiscard]] http::Reply post_report(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply post_key_done(const Desk& desk, http::Request& request);

// On the way back (case_handlers.cpp).
[[nodiscard]] http::Reply get_return(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply post_return(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply get_case(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply post_reply(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply post_proof(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply get_file(const Desk& desk, http::Request& request);

// A proof that was saved, beside the case as it is now (compare_handlers.cpp).
[[nodiscard]] http::Reply post_compare(const Desk& desk, http::Request& request);

// Sealed elsewhere, carried here as a file (hand_in_handlers.cpp).
[[nodiscard]] http::Reply get_hand_in(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply post_hand_in(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply get_directory_file(const Desk& desk, http::Request& request);

// The key itself (words_handlers.cpp).
[[nodiscard]] http::Reply get_words(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply post_new_words(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply post_use_words(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply post_close_door(const Desk& desk, http::Request& request);

/// The session of the request's cookie; null: none, or over. Counts as activity.
[[nodiscard]] std::shared_ptr<app::ReporterSession> session_of(const Desk& desk,
                                                               const http::Request& request);
/// Ends it and takes the cookie away; the browser is told to forget what it can.
void end_session(const Desk& desk, const http::Request& request, http::Reply& reply);

// Going away, and what is to read (simple_handlers.cpp).
[[nodiscard]] http::Reply post_leave(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply post_exit(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply get_readers(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply get_safety(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply get_sealing(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply get_other_ways(const Desk& desk, http::Request& request);

// The log (log_pages.cpp).
[[nodiscard]] http::Reply get_log(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply get_checkpoint(const Desk& desk, http::Request& request);

}  // namespace tillit::portal
