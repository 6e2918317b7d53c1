// What the crash test asks of the centre: calls that are tried again while dured is away.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <string>
#include <thread>

#include "base/time.h"
#include "cli/api.h"

namespace dure::crash {

struct Options {
  std::string state;
  std::string server;
  std::string policies;
  int users = 6;
  int kills_dured = 12;
  int kills_others = 4;
  int kill_every_ms = 4500;  // of dured, on the average; the others' kills are spread over the same time
  unsigned seed = 1;
};

inline void sleep_ms(int ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

// A call that is tried again while the server is away: it may have been killed under it.
template <class Call>
base::Result<boost::json::value> insist(Call call) {
  base::Result<boost::json::value> last =
      base::error(base::ErrorKind::kUnavailable, base::Reason("crash.never_tried"));
  for (int i = 0; i < 400; ++i) {
    last = call();
    if (last) return last;
    const auto* status =
        last.failure().reason.code == "cli.problem" ? last.failure().reason.find("status") : nullptr;
    if (status && std::get<std::int64_t>(*status) < 500) return last;
    sleep_ms(100);
  }
  return last;
}

// The value, or the end of the test.
boost::json::value must(base::Result<boost::json::value> result, const char* what);

cli::Api open_api(const Options& options, const std::string& token);
boost::json::array list(cli::Api& api, const std::string& path);

// A member that is an instant; 1970 where there is none.
base::Instant instant_at(const boost::json::value& row, const char* field);

}  // namespace dure::crash
