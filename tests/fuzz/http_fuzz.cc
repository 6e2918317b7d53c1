// Feeds raw bytes through the server's request parser, as a connection would: whole, and cut into two pieces.
//
// The first byte chooses where to cut and which rule for paths holds; the rest is what a peer sends. Checked
// beyond memory safety: what the parser promises of a Request (net/message.h), and that a cut changes
// nothing.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/parse.h"

namespace {

using namespace dure::net;

constexpr std::size_t kMaxBody = 4096;

void check_target(const Request& request, PathRule rule) {
  DURE_ASSERT(request.path == "*" || safe_path(request.path));
  DURE_ASSERT(request.path.find('\0') == std::string::npos);
  DURE_ASSERT(!percent_decode(request.target) ||
              percent_decode(request.target)->size() <= request.target.size());
  if (request.path == "*" || rule != PathRule::kStrict) return;
  // The path and the query, written again, are read as the same.
  const std::string again = encode_path(request.path) + "?" + build_query(request.query);
  const auto parsed = parse_target(again, rule);
  DURE_ASSERT(parsed.ok());
  DURE_ASSERT(parsed->path == request.path);
  DURE_ASSERT(parsed->query == request.query);
}

void check_request(const Request& request, PathRule rule) {
  DURE_ASSERT(!request.method.empty() && request.method.find(' ') == std::string::npos);
  DURE_ASSERT(request.version == 10 || request.version == 11);
  DURE_ASSERT(request.body.size() <= kMaxBody);
  DURE_ASSERT(request.version < 11 || request.headers.find("Host") != nullptr);
  for (const Field& field : request.headers) {
    DURE_ASSERT(!field.name.empty());
    DURE_ASSERT(field.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
  }
  const bool both = request.headers.find("Content-Length") && request.headers.find("Transfer-Encoding");
  DURE_ASSERT(!both);
  check_target(request, rule);
}

// The same bytes in two pieces, with what the parser leaves offered again, as Session does.
std::vector<Request> parse_cut(std::string_view bytes, std::size_t cut, const ParseLimits& limits,
                               bool& failed) {
  RequestParser parser(limits);
  std::vector<Request> requests;
  std::string held;
  for (const std::string_view piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
    held += piece;
    while (!failed) {
      const std::size_t used = parser.feed(held);
      DURE_ASSERT(used <= held.size());
      held.erase(0, used);
      failed = parser.state() == RequestParser::State::kFailed;
      if (parser.state() == RequestParser::State::kDone) {
        requests.push_back(parser.take());
        parser.reset();
      } else if (used == 0) {
        break;
      }
    }
  }
  return requests;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  ParseLimits limits;
  limits.max_head = 2048;
  limits.max_body = kMaxBody;
  limits.path_rule = data[0] % 2 == 0 ? PathRule::kStrict : PathRule::kProxy;
  const Parsed whole = parse_request_bytes(bytes, limits);
  for (const Request& request : whole.requests) check_request(request, limits.path_rule);
  if (whole.failure) DURE_ASSERT(whole.failure->status >= 400 && !whole.failure->reason.code.empty());

  bool failed = false;
  const std::size_t cut = bytes.empty() ? 0 : (data[0] / 2U) % bytes.size();
  const std::vector<Request> pieces = parse_cut(bytes, cut, limits, failed);
  // After a cut, Beast looks at a head again only when it is complete: a refusal may come later, never
  // another.
  DURE_ASSERT(!failed || whole.failure.has_value());
  DURE_ASSERT(pieces.size() == whole.requests.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    DURE_ASSERT(pieces[i].target == whole.requests[i].target);
    DURE_ASSERT(pieces[i].headers == whole.requests[i].headers);
    DURE_ASSERT(pieces[i].body == whole.requests[i].body);
  }
  return 0;
}
