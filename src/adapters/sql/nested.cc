#include "adapters/sql/nested.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "base/reason.h"
#include "base/time.h"

namespace dure::sql {
namespace {

using wire::Form;
using wire::Shape;

constexpr int kMaxDepth = 64;

void append_utf8(std::string& out, std::uint32_t point) {
  const auto low = [&](int shift) { out += static_cast<char>(0x80 | (point >> shift & 0x3F)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | point >> 6);
    low(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | point >> 12);
    low(6), low(0);
  } else {
    out += static_cast<char>(0xF0 | point >> 18);
    low(12), low(6), low(0);
  }
}

// Every method takes its part off the front of the text, and returns false where it is not there.
class Reader {
 public:
  explicit Reader(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool whole(const Shape& shape, void* value) { return read(shape, value) && (space(), at_ == end_); }

 private:
  bool read(const Shape& shape, void* value);
  bool read_bool(bool& value);
  bool read_integer(std::int64_t& value);
  bool read_text(std::string& value);
  bool read_reason(base::Reason& reason);
  bool read_parameter(base::Reason& reason);
  bool read_optional(const Shape& shape, void* value);
  bool read_list(const Shape& shape, void* value);
  bool read_map(const Shape& shape, void* value);
  bool read_object(const Shape& shape, void* value);
  bool read_member(const Shape& shape, void* value, const std::string& name, std::size_t& expected);
  bool read_key() { return read_text(key_) && take(':'); }
  bool read_escape(std::string& value);
  bool read_hex(std::uint32_t& value);
  bool skip();

  // { key : value, … }: each(key) reads the value.
  template <class Each>
  bool members(const Each& each);
  // [ value, … ]
  template <class Each>
  bool items(const Each& each);

  void space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }
  bool take(char wanted) {
    space();
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }
  std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  bool take_word(std::string_view word) {
    space();
    if (!rest().starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  // "name": as wire/ writes it, without white space.
  bool take_name(std::string_view name) {
    const std::string_view text = rest();
    if (text.size() < name.size() + 3 || text[0] != '"' || text.substr(1, name.size()) != name ||
        text[name.size() + 1] != '"' || text[name.size() + 2] != ':')
      return false;
    at_ += name.size() + 3;
    return true;
  }
  const char* find(char wanted, const char* end) const {
    return static_cast<const char*>(std::memchr(at_, wanted, static_cast<std::size_t>(end - at_)));
  }
  char next() {
    space();
    return at_ == end_ ? '\0' : *at_;
  }

  const char* at_;
  const char* end_;
  int depth_ = 0;
  std::string key_;
  std::string word_;
};

template <class Each>
bool Reader::members(const Each& each) {
  if (!take('{') || ++depth_ > kMaxDepth) return false;
  if (!take('}')) {
    do {
      if (!read_key()) return false;
      const std::string key = key_;  // members nest
      if (!each(key)) return false;
    } while (take(','));
    if (!take('}')) return false;
  }
  --depth_;
  return true;
}

template <class Each>
bool Reader::items(const Each& each) {
  if (!take('[') || ++depth_ > kMaxDepth) return false;
  if (!take(']')) {
    do {
      if (!each()) return false;
    } while (take(','));
    if (!take(']')) return false;
  }
  --depth_;
  return true;
}

bool Reader::read(const Shape& shape, void* value) {
  switch (shape.form) {
    case Form::kText:
      return read_text(*shape.text(value));
    case Form::kBool:
      return read_bool(*static_cast<bool*>(value));
    case Form::kInteger:
      return read_integer(*shape.integer(value));
    case Form::kInstant: {
      const auto instant = read_text(word_) ? base::parse_instant(word_) : std::nullopt;
      if (instant) *static_cast<base::Instant*>(value) = *instant;
      return instant.has_value();
    }
    case Form::kDate: {
      const auto date = read_text(word_) ? base::parse_date(word_) : std::nullopt;
      if (date) *static_cast<base::Date*>(value) = *date;
      return date.has_value();
    }
    case Form::kReason:
      return read_reason(*static_cast<base::Reason*>(value));
    case Form::kEnum:
      return read_text(word_) && shape.set_name(value, word_);
    case Form::kOptional:
      return read_optional(shape, value);
    case Form::kList:
      return read_list(shape, value);
    case Form::kMap:
      return read_map(shape, value);
    case Form::kObject:
      return read_object(shape, value);
  }
  return false;
}

bool Reader::read_bool(bool& value) {
  value = next() == 't';
  return take_word(value ? "true" : "false");
}

bool Reader::read_integer(std::int64_t& value) {
  space();
  const auto [stop, fault] = std::from_chars(at_, end_, value);
  if (fault != std::errc() || (stop != end_ && (*stop == '.' || *stop == 'e' || *stop == 'E'))) return false;
  at_ = stop;
  return true;
}

bool Reader::read_text(std::string& value) {
  value.clear();
  if (!take('"')) return false;
  for (;;) {
    const char* quote = find('"', end_);
    if (!quote) return false;
    const char* escape = find('\\', quote);
    value.append(at_, escape ? escape : quote);
    at_ = (escape ? escape : quote) + 1;
    if (!escape) return true;
    if (!read_escape(value)) return false;
  }
}

bool Reader::read_hex(std::uint32_t& value) {
  if (end_ - at_ < 4) return false;
  const auto [stop, fault] = std::from_chars(at_, at_ + 4, value, 16);
  if (fault != std::errc() || stop != at_ + 4) return false;
  at_ += 4;
  return true;
}

bool Reader::read_escape(std::string& value) {
  if (at_ == end_) return false;
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const char letter = *at_++;
  if (const auto found = kLetters.find(letter); found != std::string_view::npos) {
    value += kMeanings[found];
    return true;
  }
  std::uint32_t point = 0;
  if (letter != 'u' || !read_hex(point)) return false;
  if (point >= 0xD800 && point < 0xDC00) {
    std::uint32_t low = 0;
    if (!take_word("\\u") || !read_hex(low) || low < 0xDC00 || low > 0xDFFF) return false;
    point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
  } else if (point >= 0xDC00 && point <= 0xDFFF) {
    return false;
  }
  append_utf8(value, point);
  return true;
}

bool Reader::read_parameter(base::Reason& reason) {
  auto& parameter = reason.parameters.back();
  if (next() == '"') return read_text(parameter.value.emplace<std::string>());
  return read_integer(parameter.value.emplace<std::int64_t>());
}

bool Reader::read_reason(base::Reason& reason) {
  return members([&](const std::string& member) {
    if (member == "code") return read_text(reason.code);
    if (member != "parameters") return skip();
    return members([&](const std::string& name) {
      reason.parameters.push_back({name, {}});
      return read_parameter(reason);
    });
  });
}

bool Reader::read_optional(const Shape& shape, void* value) {
  if (next() != 'n') return read(*shape.item, shape.hold(value));
  shape.clear(value);
  return take_word("null");
}

bool Reader::read_list(const Shape& shape, void* value) {
  shape.clear(value);
  return items([&] { return read(*shape.item, shape.append(value)); });
}

bool Reader::read_map(const Shape& shape, void* value) {
  shape.clear(value);
  return members([&](const std::string& key) { return read(*shape.item, shape.insert(value, key)); });
}

// The member of that name or a newer release's; `expected` is where to look first.
bool Reader::read_member(const Shape& shape, void* value, const std::string& name, std::size_t& expected) {
  for (std::size_t tried = 0; tried < shape.member_count; ++tried, ++expected) {
    if (expected >= shape.member_count) expected = 0;
    const auto& member = shape.members[expected];
    if (member.name != name) continue;
    ++expected;
    return read(*member.shape, member.of(value));
  }
  return skip();
}

bool Reader::read_object(const Shape& shape, void* value) {
  std::size_t expected = 0;
  if (!take('{') || ++depth_ > kMaxDepth) return false;
  if (!take('}')) {
    do {
      const auto* member = expected < shape.member_count ? &shape.members[expected] : nullptr;
      if (member && take_name(member->name)) {
        ++expected;
        if (!read(*member->shape, member->of(value))) return false;
        continue;
      }
      if (!read_key()) return false;
      const std::string name = key_;
      if (!read_member(shape, value, name, expected)) return false;
    } while (take(','));
    if (!take('}')) return false;
  }
  --depth_;
  return true;
}

// Passes over any value.
bool Reader::skip() {
  switch (next()) {
    case '{':
      return members([&](const std::string&) { return skip(); });
    case '[':
      return items([&] { return skip(); });
    case '"':
      return read_text(word_);
    case 't':
      return take_word("true");
    case 'f':
      return take_word("false");
    case 'n':
      return take_word("null");
    default: {
      const char* from = at_;
      while (at_ != end_ && std::string_view("+-.0123456789eE").find(*at_) != std::string_view::npos) ++at_;
      return at_ != from;
    }
  }
}

}  // namespace

bool read_nested(const Shape& shape, std::string_view text, void* value) {
  return Reader(text).whole(shape, value);
}

}  // namespace dure::sql
