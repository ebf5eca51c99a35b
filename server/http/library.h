// cpp-httplib with our limits. Included by the .cpp files of this folder and by nothing else.
#pragma once

// The body is read into a buffer of this size on the stack, which scrub_stack() zeroes afterwards.
// 64 KiB: a sealing chunk, and few enough system calls for uploads at disk speed.
#define CPPHTTPLIB_RECV_BUFSIZ size_t(65536u)
#define CPPHTTPLIB_SEND_BUFSIZ size_t(65536u)
#define CPPHTTPLIB_LISTEN_BACKLOG 256
#define CPPHTTPLIB_REQUEST_URI_MAX_LENGTH 4096

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <httplib.h>
#pragma GCC diagnostic pop
