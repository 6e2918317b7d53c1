#include "net/parse.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>

#include "net/chunk_end.h"

namespace dure::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using View = boost::beast::string_view;

constexpr std::size_t kMaxFields = 256;

// Stops Beast; the failure to report is in RequestSink::failure_.
error_code stop() {
  return http::make_error_code(http::error::bad_field);
}

ParseFailure malformed(std::string what) {
  return {400, base::Reason("http.malformed").with("what", std::move(what))};
}

ParseFailure too_large(int status, const char* code, std::size_t limit) {
  return {status, base::Reason(code).with("limit_bytes", static_cast<std::int64_t>(limit))};
}

ParseFailure from_beast(const error_code& error, const ParseLimits& limits) {
  if (error == http::error::header_limit) return too_large(431, "http.head_too_large", limits.max_head);
  if (error == http::error::bad_version) return {505, base::Reason("http.version")};
  return malformed(error.message());
}

// Receives what Beast finds and builds the Request.
class RequestSink final : public http::basic_parser<true> {
 public:
  explicit RequestSink(const ParseLimits& limits) : limits_(limits) {
    header_limit(static_cast<std::uint32_t>(limits.max_head + 4));
    body_limit(boost::none);
  }

  Request request;
  std::optional<ParseFailure> failure;

 private:
  void fail(ParseFailure what, error_code& error) {
    failure = std::move(what);
    error = stop();
  }

  void on_request_impl(http::verb, View method, View target, int version, error_code&) override {
    request.method.assign(method.data(), method.size());
    request.target.assign(target.data(), target.size());
    request.version = version;
  }

  void on_response_impl(int, View, int, error_code&) override {}

  void on_field_impl(http::field id, View name, View value, error_code& error) override {
    if (is_header_done()) return;  // trailers are not headers (RFC 9110, 6.5.1)
    if (request.headers.size() == kMaxFields)
      return fail(too_large(431, "http.head_too_large", limits_.max_head), error);
    if (!check_field(id, value, error)) return;
    request.headers.add({name.data(), name.size()}, {value.data(), value.size()});
  }

  // What Beast lets pass and two servers could read differently.
  bool check_field(http::field id, View value, error_code& error) {
    if (id == http::field::host && host_count_++ > 0) return fail(malformed("second host"), error), false;
    if (id == http::field::content_length) {
      if (length_count_++ > 0 || value.find(',') != View::npos)
        return fail(malformed("second content-length"), error), false;
    }
    if (id == http::field::transfer_encoding) {
      if (!equal_ignoring_case({value.data(), value.size()}, "chunked"))
        return fail({501, base::Reason("http.transfer_encoding")}, error), false;
      if (request.version < 11) return fail(malformed("transfer-encoding in HTTP/1.0"), error), false;
    }
    return true;
  }

  void on_header_impl(error_code& error) override {
    if (request.version >= 11 && host_count_ == 0) return fail(malformed("no host"), error);
    auto target = net::parse_target(request.target, limits_.path_rule);
    if (!target.ok()) return fail({400, target.failure().reason}, error);
    request.path = std::move(target->path);
    request.query = std::move(target->query);
    if (request.path == "*" && request.method != "OPTIONS") return fail(malformed("target"), error);
  }

  // Called for the first byte of a body, when the head has already been reported.
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& error) override {
    body_limit_ = limits_.body_limit ? limits_.body_limit(request) : limits_.max_body;
    if (length && *length > body_limit_)
      return fail(too_large(413, "http.body_too_large", body_limit_), error);
    if (length) request.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, 64 * 1024)));
  }

  std::size_t on_body_impl(View bytes, error_code& error) override {
    if (bytes.size() > body_limit_ - request.body.size()) {
      fail(too_large(413, "http.body_too_large", body_limit_), error);
      return 0;
    }
    request.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View bytes, error_code& error) override {
    return on_body_impl(bytes, error);
  }
  void on_finish_impl(error_code&) override {}

  const ParseLimits& limits_;
  std::size_t body_limit_ = 0;
  int host_count_ = 0;
  int length_count_ = 0;
};

}  // namespace

class RequestParser::Impl {
 public:
  explicit Impl(const ParseLimits& limits) : limits_(limits) { reset(); }

  void reset() {
    sink_.emplace(limits_);
    state_ = State::kHead;
    head_bytes_ = 0;
  }

  std::size_t feed(std::string_view bytes) {
    const std::size_t blank = state_ == State::kHead && !sink_->got_some() ? skip_blank_lines(bytes) : 0;
    const std::size_t used = state_ == State::kHead ? feed_head(bytes.substr(blank)) : feed_body(bytes);
    return blank + used;
  }

  void fail(ParseFailure failure) {
    failure_ = std::move(failure);
    state_ = State::kFailed;
  }

  const ParseLimits& limits_;
  std::optional<RequestSink> sink_;
  State state_ = State::kHead;
  ParseFailure failure_;
  std::size_t head_bytes_ = 0;  // of this head, already given to Beast and used by it

 private:
  // Empty lines before a request line are ignored (RFC 9112, 2.2).
  static std::size_t skip_blank_lines(std::string_view bytes) {
    std::size_t skipped = 0;
    while (bytes.substr(skipped, 2) == "\r\n") skipped += 2;
    return skipped;
  }

  std::size_t feed_head(std::string_view bytes) {
    if (bytes.empty() || bytes == "\r") return 0;
    error_code error;
    const std::size_t used = sink_->put({bytes.data(), bytes.size()}, error);
    head_bytes_ += used;
    if (error == http::error::need_more) {
      if (head_bytes_ + (bytes.size() - used) > limits_.max_head) fail_with(http::error::header_limit);
    } else if (error) {
      fail_with(error);
    } else if (head_bytes_ > limits_.max_head) {
      fail_with(http::error::header_limit);
    } else {
      state_ = sink_->is_done() ? State::kDone : State::kBody;
    }
    return used;
  }

  std::size_t feed_body(std::string_view bytes) {
    std::size_t used = 0;
    while (state_ == State::kBody && used < bytes.size()) {
      const std::string_view rest = bytes.substr(used);
      if (sink_->chunked() && rest.size() < kShortestChunkEnd) break;
      error_code error;
      const std::size_t taken = sink_->put({rest.data(), rest.size()}, error);
      used += taken;
      if (error == http::error::need_more) {
        // The line of a chunk's size, or the trailers, are still open.
        if (rest.size() - taken > limits_.max_head) fail_with(http::error::header_limit);
        break;
      }
      if (error)
        fail_with(error);
      else if (sink_->is_done())
        state_ = State::kDone;
    }
    return used;
  }

  void fail_with(const error_code& error) {
    fail(sink_->failure ? std::move(*sink_->failure) : from_beast(error, limits_));
  }
};

RequestParser::RequestParser(const ParseLimits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;

std::size_t RequestParser::feed(std::string_view bytes) {
  return impl_->state_ == State::kHead || impl_->state_ == State::kBody ? impl_->feed(bytes) : 0;
}

RequestParser::State RequestParser::state() const {
  return impl_->state_;
}

bool RequestParser::expects_continue() const {
  const Request& head = request();
  return head.version >= 11 && head.headers.has_token("Expect", "100-continue");
}

bool RequestParser::keep_alive() const {
  return impl_->sink_->is_header_done() && impl_->sink_->keep_alive();
}

const Request& RequestParser::request() const {
  DURE_ASSERT(impl_->state_ == State::kBody || impl_->state_ == State::kDone);
  return impl_->sink_->request;
}

Request RequestParser::take() {
  DURE_ASSERT(impl_->state_ == State::kDone);
  return std::move(impl_->sink_->request);
}

const ParseFailure& RequestParser::failure() const {
  DURE_ASSERT(impl_->state_ == State::kFailed);
  return impl_->failure_;
}

void RequestParser::reset() {
  impl_->reset();
}

Parsed parse_request_bytes(std::string_view bytes, const ParseLimits& limits) {
  Parsed parsed;
  RequestParser parser(limits);
  while (true) {
    const std::size_t used = parser.feed(bytes);
    bytes.remove_prefix(used);
    if (parser.state() == RequestParser::State::kFailed) {
      parsed.failure = parser.failure();
      break;
    }
    if (parser.state() == RequestParser::State::kDone) {
      parsed.requests.push_back(parser.take());
      parser.reset();
    } else if (used == 0) {
      break;
    }
  }
  parsed.rest = std::string(bytes);
  return parsed;
}

}  // namespace dure::net
