#include "wire/row_text.h"

#include "base/time.h"
#include "wire/eight_bytes.h"
#include "wire/text.h"

namespace dure::wire {
namespace {

const Shape& held_shape(const Member& member) {
  return member.shape->form == Form::kOptional ? *member.shape->item : *member.shape;
}

bool is_hidden(const Member& member, Out out) {
  return member.visibility == model::Visibility::kPersonal && !out.personal;
}

// Copies JSON text as write_json(…, Out::everything()) makes it, and leaves out and masks on the way. Every
// method takes its part off the front, and returns false where it does not stand there exactly so. What has
// been passed is copied in long pieces, when something follows that is not to be.
class Transcript {
 public:
  Transcript(std::string& text, std::string_view json, Out out)
      : text_(text), from_(json.data()), at_(json.data()), end_(json.data() + json.size()), out_(out) {}

  // Below a personal member everything is hidden, by the rule of that member's name.
  void hide(MaskRule rule) {
    hidden_ = true;
    rule_ = rule;
  }
  bool whole(const Shape& shape) {
    if (!value(shape) || at_ != end_) return false;
    copy_to(end_);
    return true;
  }

 private:
  bool value(const Shape& shape);
  bool hidden_text();
  bool hidden_token();
  bool list(const Shape& item);
  bool map(const Shape& item);
  bool object(const Shape& shape);
  bool member(const Member& member);
  bool pass_string();
  bool pass();

  void copy_to(const char* to) {
    text_.append(from_, to);
    from_ = to;
  }
  bool next_is(char wanted) const { return at_ != end_ && *at_ == wanted; }
  bool take(char wanted) {
    if (!next_is(wanted)) return false;
    ++at_;
    return true;
  }
  // A call of memcmp would cost more than the few bytes of a name.
  static bool same(const char* at, std::string_view name) {
    std::size_t i = 0;
    for (; i + 8 <= name.size(); i += 8)
      if (load_eight(at + i) != load_eight(name.data() + i)) return false;
    for (; i < name.size(); ++i)
      if (at[i] != name[i]) return false;
    return true;
  }
  // "name":
  bool take_name(std::string_view name) {
    const auto left = static_cast<std::size_t>(end_ - at_);
    if (left < name.size() + 3 || at_[0] != '"' || at_[name.size() + 1] != '"' ||
        at_[name.size() + 2] != ':' || !same(at_ + 1, name))
      return false;
    at_ += name.size() + 3;
    return true;
  }

  std::string& text_;
  const char* from_;  // everything before it is copied or left out
  const char* at_;
  const char* end_;
  Out out_;
  bool hidden_ = false;
  MaskRule rule_ = MaskRule::kWhole;
};

bool Transcript::value(const Shape& shape) {
  switch (shape.form) {
    case Form::kText:
      return hidden_ ? hidden_text() : next_is('"') && pass_string();
    case Form::kOptional:
      return next_is('n') ? pass() : value(*shape.item);
    case Form::kList:
      return list(*shape.item);
    case Form::kMap:
      return map(*shape.item);
    case Form::kObject:
      return object(shape);
    default:
      return hidden_ ? hidden_token() : pass();
  }
}

// One with escapes is left to those who decode.
bool Transcript::hidden_text() {
  const char* const from = at_;
  if (!next_is('"') || !pass_string()) return false;
  const std::string_view inner(from + 1, static_cast<std::size_t>(at_ - from) - 2);
  if (inner.find('\\') != std::string_view::npos) return false;
  copy_to(from);
  append_quoted(text_, mask(rule_, inner));
  from_ = at_;
  return true;
}

// A number, a date, a reason, …
bool Transcript::hidden_token() {
  copy_to(at_);
  if (!pass()) return false;
  text_ += "null";
  from_ = at_;
  return true;
}

bool Transcript::list(const Shape& item) {
  if (!take('[')) return false;
  if (take(']')) return true;
  do {
    if (!value(item)) return false;
  } while (take(','));
  return take(']');
}

bool Transcript::map(const Shape& item) {
  if (!take('{')) return false;
  if (take('}')) return true;
  do {
    if (!next_is('"') || !pass_string() || !take(':') || !value(item)) return false;
  } while (take(','));
  return take('}');
}

bool Transcript::object(const Shape& shape) {
  if (!take('{')) return false;
  bool first = true;
  for (std::size_t i = 0; i < shape.member_count; ++i) {
    const Member& each = shape.members[i];
    const char* const before = at_;
    if ((i > 0 && !take(',')) || !take_name(each.name)) return false;
    if (each.visibility == model::Visibility::kSecret && !out_.secrets) {
      copy_to(before);
      if (!pass()) return false;
      from_ = at_;
      continue;
    }
    if (first && i > 0) from_ = before + 1;  // the comma after members that were left out
    first = false;
    if (!member(each)) return false;
  }
  return take('}');
}

bool Transcript::member(const Member& member) {
  if (!hidden_ && !is_hidden(member, out_)) return value(*member.shape);
  const bool was_hidden = hidden_;
  const MaskRule outer = rule_;
  hide(mask_rule(member.name));
  const bool good = value(*member.shape);
  hidden_ = was_hidden;
  rule_ = outer;
  return good;
}

// REQUIRES: a quote stands at the front.
bool Transcript::pass_string() {
  for (++at_; at_ != end_;) {
    if (end_ - at_ >= 8) {
      const std::uint64_t word = load_eight(at_);
      if (!has_byte(word, '"') && !has_byte(word, '\\')) {
        at_ += 8;
        continue;
      }
    }
    const char c = *at_++;
    if (c == '"') return true;
    if (c == '\\' && at_ != end_) ++at_;
  }
  return false;
}

// Passes over any value: a string, a word or number, or everything between a bracket and its fellow.
bool Transcript::pass() {
  if (next_is('"')) return pass_string();
  int depth = 0;
  const char* const from = at_;
  while (at_ != end_) {
    const char c = *at_;
    if (c == '"') {
      if (!pass_string()) return false;
      continue;
    }
    const bool closes = c == '}' || c == ']';
    if (depth == 0 && (closes || c == ',')) break;
    if (c == '{' || c == '[') ++depth;
    ++at_;
    if (closes && --depth == 0) break;
  }
  return depth == 0 && at_ != from;
}

}  // namespace

RowText::RowText(std::string& text, Out out) : text_(text), out_(out) {
  text_ += '{';
}

bool RowText::begin(const Member& member) {
  if (member.visibility == model::Visibility::kSecret && !out_.secrets) return false;
  text_ += first_ ? "\"" : ",\"";
  first_ = false;
  text_ += member.name;
  text_ += "\":";
  return true;
}

bool RowText::masked(const Member& member) const {
  return is_hidden(member, out_);
}

void RowText::null(const Member& member) {
  if (begin(member)) text_ += "null";
}

void RowText::number(const Member& member, std::int64_t value) {
  if (!begin(member)) return;
  if (masked(member)) {
    text_ += "null";
    return;
  }
  switch (held_shape(member).form) {
    case Form::kBool:
      text_ += value != 0 ? "true" : "false";
      return;
    case Form::kInstant:
      text_ += '"';
      append_instant(text_, base::Instant{value});
      text_ += '"';
      return;
    default:
      append_number(text_, value);
  }
}

void RowText::text(const Member& member, std::string_view value) {
  if (!begin(member)) return;
  if (!masked(member))
    append_quoted(text_, value);
  else if (held_shape(member).form == Form::kText)
    append_quoted(text_, mask(mask_rule(member.name), value));
  else
    text_ += "null";
}

bool RowText::nested(const Member& member, std::string_view json) {
  if (!begin(member)) return true;
  Transcript transcript(text_, json, out_);
  if (masked(member)) transcript.hide(mask_rule(member.name));
  return transcript.whole(held_shape(member));
}

}  // namespace dure::wire
