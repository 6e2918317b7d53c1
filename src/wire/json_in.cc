// From a tree into a value by its shape, collecting what is wrong.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <limits>

#include "wire/json_impl.h"
#include "wire/text.h"

namespace dure::wire {
namespace {

namespace json = boost::json;
using base::Reason;

std::string_view view(json::string_view text) {
  return {text.data(), text.size()};
}

std::string type_name(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "boolean";
    case json::kind::int64:
    case json::kind::uint64:
      return "integer";
    case json::kind::double_:
      return "number";
    case json::kind::string:
      return "string";
    case json::kind::array:
      return "array";
    case json::kind::object:
      return "object";
  }
  return "null";
}

// What people wrote may be long or odd; a reason repeats at most this much of it.
std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::string out;
  for (const std::string_view character : characters(text.substr(0, 4 * kMost))) {
    if (out.size() + character.size() > kMost) return out + "…";
    const bool odd = static_cast<unsigned char>(character[0]) < 0x20 || utf8_length(character, 0) == 0;
    out += odd ? "?" : std::string(character);
  }
  return out;
}

class Reader {
 public:
  explicit Reader(const In& in) : in_(in) {}

  void value(const Shape& shape, void* into, const json::value& source) {
    switch (shape.form) {
      case Form::kText:
        return text(*shape.text(into), source);
      case Form::kBool:
        return boolean(*static_cast<bool*>(into), source);
      case Form::kInteger:
        return integer(*shape.integer(into), source);
      case Form::kInstant:
        return instant(*static_cast<base::Instant*>(into), source);
      case Form::kDate:
        return date(*static_cast<base::Date*>(into), source);
      case Form::kReason:
        return reason(*static_cast<Reason*>(into), source);
      case Form::kEnum:
        return named(shape, into, source);
      case Form::kOptional:
        if (source.is_null()) return shape.clear(into);
        return value(*shape.item, shape.hold(into), source);
      case Form::kList:
        return list(shape, into, source);
      case Form::kMap:
        return map(shape, into, source);
      case Form::kObject:
        return object(shape, into, source);
    }
  }

  base::Status status() && {
    if (count_ == 0) return {};
    return base::invalid(Reason("json.invalid").with("count", count_), std::move(details_));
  }

 private:
  // One token further down while it lives. Tokens are kept as they are; a pointer is spelled out only for a
  // fault.
  class Below {
   public:
    Below(Reader& reader, std::string_view token) : reader_(reader) { reader.path_.push_back({token, 0}); }
    Below(Reader& reader, std::size_t index) : reader_(reader) { reader.path_.push_back({{}, index}); }
    ~Below() { reader_.path_.pop_back(); }
    Below(const Below&) = delete;
    Below& operator=(const Below&) = delete;

   private:
    Reader& reader_;
  };
  struct Token {
    std::string_view name;  // without data() for an element of a list
    std::size_t index;
  };

  std::string pointer() const {
    std::string out;
    for (const Token& token : path_)
      out += "/" + (token.name.data() ? pointer_token(token.name) : std::to_string(token.index));
    return out;
  }

  bool full() const { return details_.size() >= kMaxDetails; }
  void fail(Reason reason) { fail_at(full() ? std::string() : pointer(), std::move(reason)); }
  void fail_at(std::string pointer, Reason reason) {
    ++count_;
    if (!full()) details_.push_back({std::move(pointer), std::move(reason)});
  }
  void wrong_type(std::string expected, const json::value& source) {
    fail(Reason("json.wrong_type").with("expected", std::move(expected)).with("found", type_name(source)));
  }

  // The text of a JSON string that is fit to be kept, or nullopt after fail().
  std::optional<std::string_view> plain(const json::value& source) {
    const json::string* string = source.if_string();
    if (!string) {
      wrong_type("string", source);
      return std::nullopt;
    }
    const std::string_view text(string->data(), string->size());
    if (text.find('\0') != std::string_view::npos) return fail(Reason("json.nul")), std::nullopt;
    if (invalid_utf8_at(text) != std::string_view::npos) return fail(Reason("json.not_utf8")), std::nullopt;
    return text;
  }

  void text(std::string& into, const json::value& source) {
    if (const auto found = plain(source)) into = *found;
  }

  void boolean(bool& into, const json::value& source) {
    if (const bool* found = source.if_bool())
      into = *found;
    else
      wrong_type("boolean", source);
  }

  void integer(std::int64_t& into, const json::value& source) {
    if (const auto* found = source.if_int64())
      into = *found;
    else if (source.is_uint64())
      fail(Reason("json.out_of_range"));
    else if (const auto* number = source.if_double())
      whole(into, *number);
    else
      wrong_type("integer", source);
  }

  // 1.0 and 1e3 are whole numbers; beyond 2^53 a double may already have lost what was written.
  void whole(std::int64_t& into, double number) {
    if (!(std::fabs(number) <= 9007199254740992.0)) return fail(Reason("json.out_of_range"));
    if (number != std::trunc(number)) return fail(Reason("json.not_whole"));
    into = static_cast<std::int64_t>(number);
  }

  void instant(base::Instant& into, const json::value& source) {
    const auto found = plain(source);
    if (!found) return;
    const auto parsed = base::parse_instant(*found);
    if (!parsed) return fail(Reason("json.bad_instant").with("value", shown(*found)));
    into = *parsed;
  }

  void date(base::Date& into, const json::value& source) {
    const auto found = plain(source);
    if (!found) return;
    const auto parsed = base::parse_date(*found);
    if (!parsed) return fail(Reason("json.bad_date").with("value", shown(*found)));
    into = *parsed;
  }

  void named(const Shape& shape, void* into, const json::value& source) {
    const auto found = plain(source);
    if (!found || shape.set_name(into, *found)) return;
    std::string allowed;
    for (std::size_t i = 0; i < shape.names.count; ++i)
      allowed.append(i == 0 ? "" : ", ").append(shape.names.first[i]);
    fail(Reason("json.not_one_of").with("value", shown(*found)).with("allowed", std::move(allowed)));
  }

  void list(const Shape& shape, void* into, const json::value& source) {
    const json::array* items = source.if_array();
    if (!items) return wrong_type("array", source);
    shape.clear(into);
    for (std::size_t i = 0; i < items->size(); ++i) {
      Below below(*this, i);
      value(*shape.item, shape.append(into), (*items)[i]);
    }
  }

  void map(const Shape& shape, void* into, const json::value& source) {
    const json::object* entries = source.if_object();
    if (!entries) return wrong_type("object", source);
    shape.clear(into);
    for (const auto& entry : *entries) {
      const std::string key(view(entry.key()));
      Below below(*this, key);
      if (key.find('\0') != std::string::npos) {
        fail(Reason("json.nul"));
        continue;
      }
      if (invalid_utf8_at(key) != std::string::npos) {
        fail(Reason("json.not_utf8"));
        continue;
      }
      value(*shape.item, shape.insert(into, key), entry.value());
    }
  }

  void object(const Shape& shape, void* into, const json::value& source) {
    const json::object* members = source.if_object();
    if (!members) return wrong_type("object", source);
    std::size_t known = 0;
    for (std::size_t i = 0; i < shape.member_count; ++i) {
      const Member& member = shape.members[i];
      if (!readable(member)) continue;
      Below below(*this, member.name);
      const json::value* found =
          members->if_contains(json::string_view(member.name.data(), member.name.size()));
      if (found) {
        ++known;
        value(*member.shape, member.of(into), *found);
      } else {
        missing(member);
      }
    }
    if (known != members->size()) unknown(shape, *members);
  }

  bool readable(const Member& member) const {
    return in_.secrets || member.visibility != model::Visibility::kSecret;
  }

  // The member at path_ is absent: is it, or something below it, demanded?
  void missing(const Member& member) {
    if (!in_.allow_missing && member.shape->form != Form::kOptional) return fail(Reason("json.missing"));
    if (in_.required.empty()) return;
    const std::string path = pointer().substr(1);
    for (const std::string_view required : in_.required) {
      if (required == path) {
        fail(Reason("json.missing"));
      } else if (required.size() > path.size() && required.starts_with(path) &&
                 required[path.size()] == '/') {
        fail_at("/" + std::string(required), Reason("json.missing"));
      }
    }
  }

  void unknown(const Shape& shape, const json::object& members) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < shape.member_count; ++i)
      if (readable(shape.members[i])) names.push_back(shape.members[i].name);
    for (const auto& each : members) {
      const std::string_view name = view(each.key());
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      Below below(*this, name);
      const std::string_view near = full() ? "" : nearest(name, names);  // the search is not cheap
      if (near.empty())
        fail(Reason("json.unknown_member").with("name", shown(name)));
      else
        fail(Reason("json.unknown_member_near").with("name", shown(name)).with("near", std::string(near)));
    }
  }

  void reason(Reason& into, const json::value& source) {
    const json::object* members = source.if_object();
    if (!members) return wrong_type("object", source);
    into = Reason();
    for (const auto& each : *members) {
      Below below(*this, view(each.key()));
      if (each.key() == "code")
        text(into.code, each.value());
      else if (each.key() == "parameters")
        parameters(into, each.value());
      else
        fail(Reason("json.unknown_member").with("name", shown(view(each.key()))));
    }
    if (!members->if_contains("code")) {
      Below below(*this, "code");
      fail(Reason("json.missing"));
    }
  }

  void parameters(Reason& into, const json::value& source) {
    const json::object* members = source.if_object();
    if (!members) return wrong_type("object", source);
    for (const auto& each : *members) {
      const std::string name(view(each.key()));
      Below below(*this, name);
      if (const auto* number = each.value().if_int64()) {
        into.with(name, *number);
      } else if (each.value().is_string()) {
        if (const auto found = plain(each.value())) into.with(name, std::string(*found));
      } else {
        wrong_type("integer or string", each.value());
      }
    }
  }

  const In& in_;
  std::vector<Token> path_;
  std::vector<base::Detail> details_;
  std::int64_t count_ = 0;
};

}  // namespace

base::Status read_shape(const Shape& shape, void* value, const json::value& source, const In& in) {
  Reader reader(in);
  reader.value(shape, value, source);
  return std::move(reader).status();
}

}  // namespace dure::wire
