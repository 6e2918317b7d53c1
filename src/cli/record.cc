#include "cli/record.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <fstream>

namespace dure::cli {
namespace {

namespace json = boost::json;

// The headers that the contract speaks of.
constexpr const char* kOfRequest[] = {"Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"};
constexpr const char* kOfAnswer[] = {"Content-Type", "ETag", "Location", "Retry-After", "Idempotent-Replay"};

template <std::size_t count>
json::object pick(const net::Headers& headers, const char* const (&names)[count]) {
  json::object picked;
  for (const char* name : names)
    if (const std::string* value = headers.find(name)) picked[name] = *value;
  return picked;
}

bool is_json(const net::Headers& headers) {
  const auto type = headers.get("Content-Type");
  return type.starts_with("application/json") || type.starts_with("application/problem+json");
}

json::object message(json::object headers, bool readable, const std::string& body) {
  json::object object{{"headers", std::move(headers)}, {"length", body.size()}};
  if (readable) object["body"] = body;
  return object;
}

}  // namespace

void record(const Exchanged& exchanged) {
  static const char* const file = std::getenv("DURE_RECORD");
  if (!file) return;
  json::object answer =
      message(pick(exchanged.headers, kOfAnswer), is_json(exchanged.headers), exchanged.body);
  answer["status"] = exchanged.status;
  const json::object row{{"method", exchanged.method},
                         {"target", exchanged.target},
                         {"request", message(pick(exchanged.request_headers, kOfRequest),
                                             is_json(exchanged.request_headers), exchanged.request_body)},
                         {"answer", std::move(answer)}};
  std::ofstream(file, std::ios::app) << json::serialize(row) << "\n";
}

}  // namespace dure::cli
