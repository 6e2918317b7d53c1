// ETags and the headers that compare them (RFC 9110, 8.8.3 and 13.1).
//
// The ETag of a row is its version; of an answer that shows more than the row (a workload with its run) the
// version and a digest of what is shown; of one that is no row's, the digest alone. If-Match looks at the
// version, so that a change of the row itself is what refuses a write; If-None-Match looks at the whole tag.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "commands/work.h"
#include "net/message.h"

namespace dure::server {

std::string etag_of(std::int64_t version);
std::string etag_of(std::int64_t version, std::string_view digest);
std::string etag_of(std::string_view digest);

// What If-Match asks of the row with that id ("" for whichever row the command changes); none without the
// header. A weak tag is no version (13.1.1). kInvalid "http.if_match" where it cannot be read.
base::Result<std::optional<commands::Expectation>> read_if_match(const net::Request& request,
                                                                 std::string row);

// True where If-None-Match names the tag.
bool not_modified(const net::Request& request, std::string_view etag);

}  // namespace dure::server
