#include "crash/centre.h"

#include <cstdio>
#include <cstdlib>

namespace dure::crash {

namespace json = boost::json;

json::value must(base::Result<json::value> result, const char* what) {
  if (result) return std::move(*result);
  const auto* detail = result.failure().reason.find("detail");
  std::fprintf(stderr, "%s: %s %s\n", what, result.failure().reason.code.c_str(),
               detail ? std::get<std::string>(*detail).c_str() : "");
  std::exit(1);
}

cli::Api open_api(const Options& options, const std::string& token) {
  auto api = cli::Api::open({options.server, token, "en"});
  if (!api) std::exit(1);
  return std::move(*api);
}

json::array list(cli::Api& api, const std::string& path) {
  return must(insist([&] { return api.list(path); }), path.c_str()).as_array();
}

base::Instant instant_at(const json::value& row, const char* field) {
  return base::parse_instant(cli::text_at(row, field)).value_or(base::Instant{});
}

}  // namespace dure::crash
