#include "net/response_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <optional>

#include "net/chunk_end.h"

namespace dure::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using View = boost::beast::string_view;

constexpr std::uint32_t kMaxHead = 64 * 1024;

class ResponseSink final : public http::basic_parser<false> {
 public:
  ResponseSink(const std::function<bool(std::string_view)>& on_body, bool skip_body) : on_body_(on_body) {
    header_limit(kMaxHead);
    body_limit(boost::none);
    skip(skip_body);
  }

  int status = 0;
  Headers headers;
  bool stopped = false;

 private:
  void on_request_impl(http::verb, View, View, int, error_code&) override {}
  void on_response_impl(int code, View, int, error_code&) override { status = code; }

  void on_field_impl(http::field, View name, View value, error_code&) override {
    if (!is_header_done()) headers.add({name.data(), name.size()}, {value.data(), value.size()});
  }

  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

  std::size_t on_body_impl(View bytes, error_code& error) override {
    if (!on_body_({bytes.data(), bytes.size()})) {
      stopped = true;
      error = http::make_error_code(http::error::body_limit);
    }
    return bytes.size();
  }

  void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View bytes, error_code& error) override {
    return on_body_impl(bytes, error);
  }
  void on_finish_impl(error_code&) override {}

  const std::function<bool(std::string_view)>& on_body_;
};

}  // namespace

class ResponseParser::Impl {
 public:
  Impl(std::function<bool(std::string_view)> on_body, bool head_only, bool hijack)
      : on_body_(std::move(on_body)), head_only_(head_only), hijack_(hijack) {
    sink_.emplace(on_body_, head_only_ || hijack_);
  }

  std::size_t feed(std::string_view bytes) {
    std::size_t used = 0;
    while (state_ == State::kHead || state_ == State::kBody) {
      const std::string_view rest = bytes.substr(used);
      if (rest.empty() || (state_ == State::kBody && sink_->chunked() && rest.size() < kShortestChunkEnd))
        break;
      const State before = state_;
      error_code error;
      const std::size_t taken = sink_->put({rest.data(), rest.size()}, error);
      used += taken;
      if (error == http::error::need_more) {
        if (rest.size() - taken > kMaxHead) fail("head too large");
        break;
      }
      if (error) return fail(sink_->stopped ? "" : error.message()), used;
      advance();
      if (before == State::kHead && state_ != State::kHead) break;  // the head is reported first
    }
    return used;
  }

  void finish() {
    if (state_ == State::kDone || state_ == State::kFailed) return;
    if (!sink_->got_some()) return fail("no answer");
    error_code error;
    sink_->put_eof(error);
    if (error)
      fail(error.message());
    else
      state_ = State::kDone;
  }

  std::function<bool(std::string_view)> on_body_;
  bool head_only_;
  bool hijack_;
  std::optional<ResponseSink> sink_;
  State state_ = State::kHead;
  std::string why_;

 private:
  void fail(std::string why) {
    why_ = std::move(why);
    state_ = State::kFailed;
  }

  void advance() {
    const int status = sink_->status;
    if (sink_->is_header_done() && status >= 100 && status < 200 && status != 101) {
      sink_.emplace(on_body_, head_only_ || hijack_);
      state_ = State::kHead;
      return;
    }
    state_ = sink_->is_done() ? State::kDone : State::kBody;
  }
};

ResponseParser::ResponseParser(std::function<bool(std::string_view)> on_body, bool head_only, bool hijack)
    : impl_(std::make_unique<Impl>(std::move(on_body), head_only, hijack)) {}
ResponseParser::~ResponseParser() = default;

std::size_t ResponseParser::feed(std::string_view bytes) {
  return impl_->feed(bytes);
}

void ResponseParser::finish() {
  impl_->finish();
}

ResponseParser::State ResponseParser::state() const {
  return impl_->state_;
}

int ResponseParser::status() const {
  return impl_->sink_->status;
}

const Headers& ResponseParser::headers() const {
  return impl_->sink_->headers;
}

Headers ResponseParser::take_headers() {
  return std::move(impl_->sink_->headers);
}

bool ResponseParser::keep_alive() const {
  return impl_->sink_->is_header_done() && impl_->sink_->keep_alive();
}

const std::string& ResponseParser::why() const {
  return impl_->why_;
}

}  // namespace dure::net
