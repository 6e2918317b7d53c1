// The file that somebody uploaded, on its way out.
#pragma once

#include <string>
#include <utility>

#include "net/message.h"
#include "net/url.h"

namespace dure::server {

// `content` has the document's row and its bytes. To be saved, never shown in place: what somebody uploaded
// does not run in a page of ours.
template <class Content>
net::Response file_response(Content content, const std::string& etag) {
  auto response = net::Response::text(200, content.document.media_type, std::move(content.bytes));
  response.headers.add("Content-Disposition",
                       "attachment; filename*=UTF-8''" + net::percent_encode(content.document.file_name));
  response.headers.add("Content-Security-Policy", "sandbox; default-src 'none'");
  response.headers.add("ETag", etag);
  return response;
}

}  // namespace dure::server
