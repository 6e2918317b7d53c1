// Inside net/: the head of a response as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "net/message.h"

namespace dure::net {

enum class Framing { kLength, kChunked, kToEnd, kNone };

struct HeadPlan {
  Framing framing = Framing::kLength;
  std::uint64_t length = 0;
  int version = 11;  // of the request
  bool keep_alive = true;
  bool own_connection_headers = false;  // a takeover's 101 names Connection and Upgrade itself
};

// Appends status line, the server's and the handler's headers, and the empty line.
void append_head(std::string& out, int status, const Headers& headers, const HeadPlan& plan,
                 const std::string& date_line);

}  // namespace dure::net
