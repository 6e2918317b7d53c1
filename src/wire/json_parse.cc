// RFC 8259 text to a tree: Boost.JSON's parser with a handler that also refuses what the parser lets pass.
#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_stack.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wire/json.h"
#include "wire/text.h"

namespace dure::wire {
namespace {

namespace json = boost::json;
using base::Reason;

enum class Fault { kNone, kNumberRange, kDuplicateMember };

// Builds the tree, and remembers the names of the objects that are open, to find those given twice.
class Handler {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  bool on_document_begin(json::error_code&) { return stack_.reset(), true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return true; }
  bool on_object_end(std::size_t count, json::error_code& ec) {
    if (const auto twice = find_twice(count)) return refuse(Fault::kDuplicateMember, *twice, ec);
    names_.resize(names_.size() - count);
    stack_.push_object(count);
    return true;
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t count, json::error_code&) { return stack_.push_array(count), true; }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    key_.append(part.data(), part.size());
    stack_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view rest, std::size_t, json::error_code&) {
    key_.append(rest.data(), rest.size());
    names_.push_back(std::move(key_));
    key_.clear();
    stack_.push_key(rest);
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    return stack_.push_chars(part), true;
  }
  bool on_string(json::string_view rest, std::size_t, json::error_code&) {
    return stack_.push_string(rest), true;
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, json::error_code&) {
    return stack_.push_int64(number), true;
  }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code& ec) {
    return refuse(Fault::kNumberRange, "", ec);
  }
  // The parser's own conversion may be off by the last bit (until Boost 1.85), so that a number would change
  // each time it is read and written.
  bool on_double(double rough, json::string_view text, json::error_code& ec) {
    const bool whole = text.find_first_of(".eE") == json::string_view::npos;
    if (whole) return refuse(Fault::kNumberRange, "", ec);
    double exact = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), exact);
    const bool tiny = read.ec == std::errc::result_out_of_range && std::fabs(rough) < 1;
    if (read.ec != std::errc() && !tiny) return refuse(Fault::kNumberRange, "", ec);
    return stack_.push_double(tiny ? rough : exact), true;
  }
  bool on_bool(bool value, json::error_code&) { return stack_.push_bool(value), true; }
  bool on_null(json::error_code&) { return stack_.push_null(), true; }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  Fault fault() const { return fault_; }
  const std::string& name() const { return name_; }
  json::value release() { return stack_.release(); }

 private:
  bool refuse(Fault fault, std::string name, json::error_code& ec) {
    fault_ = fault;
    name_ = std::move(name);
    ec = json::error::syntax;
    return false;
  }

  // A name that stands twice among the last `count`.
  std::optional<std::string> find_twice(std::size_t count) {
    const auto from = names_.end() - static_cast<std::ptrdiff_t>(count);
    std::sort(from, names_.end());
    const auto twice = std::adjacent_find(from, names_.end());
    if (twice == names_.end()) return std::nullopt;
    return *twice;
  }

  json::value_stack stack_;
  std::vector<std::string> names_;  // of all open objects, the innermost last
  std::string key_;                 // of a name that comes in parts
  Fault fault_ = Fault::kNone;
  std::string name_;
};

base::Error refusal(const Handler& handler, const json::error_code& ec, std::size_t offset, Limits limits) {
  const auto at = static_cast<std::int64_t>(offset);
  if (handler.fault() == Fault::kNumberRange)
    return base::invalid(Reason("json.number_range").with("offset", at));
  if (handler.fault() == Fault::kDuplicateMember)
    return base::invalid(Reason("json.duplicate_member").with("offset", at).with("name", handler.name()));
  if (ec == json::error::too_deep)
    return base::invalid(Reason("json.too_deep")
                             .with("offset", at)
                             .with("limit", static_cast<std::int64_t>(limits.max_depth)));
  return base::invalid(Reason("json.syntax").with("offset", at));
}

}  // namespace

base::Result<json::value> parse(std::string_view bytes, Limits limits) {
  if (bytes.size() > limits.max_bytes)
    return base::error(
        base::ErrorKind::kTooLarge,
        Reason("json.too_large").with("limit_bytes", static_cast<std::int64_t>(limits.max_bytes)));
  if (const std::size_t bad = invalid_utf8_at(bytes); bad != std::string_view::npos)
    return base::invalid(Reason("json.utf8").with("offset", static_cast<std::int64_t>(bad)));
  json::parse_options options;
  options.max_depth = limits.max_depth;
  // A byte order mark, as Windows writes it, may be ignored (RFC 8259, 8.1).
  const std::size_t mark = bytes.starts_with("\xef\xbb\xbf") ? 3 : 0;
  const std::string_view text = bytes.substr(mark);
  json::basic_parser<Handler> parser(options);
  json::error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (ec || used < text.size()) return refusal(parser.handler(), ec, mark + used, limits);
  return parser.handler().release();
}

}  // namespace dure::wire
