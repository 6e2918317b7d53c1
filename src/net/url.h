// Targets of requests: percent encoding, queries, and the checks that make a path safe to use.
//
// Sources: RFC 3986 (URI syntax), WHATWG URL standard 5.1 for "+" in queries. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/headers.h"

namespace dure::net {

// Encodes every byte but RFC 3986's unreserved ones: safe as one segment of a path and in a query.
std::string percent_encode(std::string_view text);
// The same, keeping "/": for a whole path.
std::string encode_path(std::string_view path);
// Decodes %XX once; nullopt for a "%" without two hexadecimal digits. "+" stays.
std::optional<std::string> percent_decode(std::string_view text);

// "a=1&b=%20" -> pairs, in order; "+" is a space; a name without "=" has the value ""; empty pieces are left
// out. Fails (http.bad_target {what}) for broken escapes, a NUL, text that is not UTF-8, or over 1000 pairs.
base::Result<std::vector<Field>> parse_query(std::string_view query);
// The reverse: parse_query(build_query(x)) == x for pairs of valid text.
std::string build_query(const std::vector<Field>& pairs);

enum class PathRule {
  kStrict,  // additionally: valid UTF-8, and no encoded "/" (its meaning would change by decoding)
  kProxy,   // for a server that forwards the raw target: only what is dangerous is refused
};

struct Target {
  std::string path;          // decoded, see Request::path
  std::vector<Field> query;  // decoded; empty under kProxy where it cannot be decoded
};
// Takes the target of a request line apart: origin form ("/a?b"), absolute form ("http://host/a?b"; the
// authority is dropped) and "*". Refuses (http.bad_target {what}) broken escapes, control characters, and
// paths with "." or ".." segments.
base::Result<Target> parse_target(std::string_view target, PathRule rule = PathRule::kStrict);

// True for a path, decoded, that begins with "/", has no control character and no "." or ".." segment.
bool safe_path(std::string_view path);

bool valid_utf8(std::string_view text);

}  // namespace dure::net
