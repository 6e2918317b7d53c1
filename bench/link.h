// One kept-alive HTTP connection of a load generator: blocking, one request at a time, as little work per
// request as can be, because the generator shares the machine with what it measures.
//
// Reads answers that have a Content-Length (all of the API's JSON has one). One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dure::bench {

struct Answer {
  int status = 0;
  std::string_view body;  // valid until the next call
};

class Link {
 public:
  // Fails with "bench.connection" {why}.
  static base::Result<Link> open(const std::string& host, std::uint16_t port);
  Link(Link&& other) noexcept;
  Link& operator=(Link&&) = delete;
  ~Link();

  base::Result<Answer> call(std::string_view method, std::string_view target, std::string_view token,
                            std::string_view body = {});

 private:
  explicit Link(int socket) : socket_(socket) {}
  base::Status send_all();
  base::Status read_some();

  int socket_;
  std::string out_;
  std::string in_;
};

}  // namespace dure::bench
