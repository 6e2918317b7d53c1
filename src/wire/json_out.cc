// One walk over shapes, with two ends: text and tree. What is left out and what is masked is decided here,
// once.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <vector>

#include "wire/json_impl.h"
#include "wire/mask.h"
#include "wire/text.h"

namespace dure::wire {
namespace {

namespace json = boost::json;

class TextEnd {
 public:
  explicit TextEnd(std::string& text) : text_(text) {}

  void null() { text_ += "null"; }
  void boolean(bool value) { text_ += value ? "true" : "false"; }
  void number(std::int64_t value) { append_number(text_, value); }
  void text(std::string_view value) { append_quoted(text_, value); }
  void instant(base::Instant value) {
    text_.push_back('"');
    append_instant(text_, value);
    text_.push_back('"');
  }
  void date(base::Date value) {
    text_.push_back('"');
    append_date(text_, value);
    text_.push_back('"');
  }
  void begin_list() { text_.push_back('['); }
  void item(bool first) {
    if (!first) text_.push_back(',');
  }
  void end_list() { text_.push_back(']'); }
  void begin_object() { text_.push_back('{'); }
  // A name of a field table: plain by construction, so it needs no escapes.
  void member(std::string_view name, bool first) {
    text_ += first ? "\"" : ",\"";
    text_ += name;
    text_ += "\":";
  }
  void key(std::string_view name, bool first) {
    item(first);
    append_quoted(text_, name);
    text_.push_back(':');
  }
  void end_object() { text_.push_back('}'); }

 private:
  std::string& text_;
};

class TreeEnd {
 public:
  void null() { put(nullptr); }
  void boolean(bool value) { put(value); }
  void number(std::int64_t value) { put(value); }
  void text(std::string_view value) { put(json::string(json::string_view(value.data(), value.size()))); }
  void instant(base::Instant value) { text(base::to_text(value)); }
  void date(base::Date value) { text(base::to_text(value)); }
  void begin_list() { open_.push_back({json::array(), {}}); }
  void item(bool) {}
  void end_list() { close(); }
  void begin_object() { open_.push_back({json::object(), {}}); }
  void member(std::string_view name, bool) { open_.back().key = std::string(name); }
  void key(std::string_view name, bool) { open_.back().key = std::string(name); }
  void end_object() { close(); }
  json::value take() { return std::move(done_); }

 private:
  struct Open {
    json::value value;
    std::string key;
  };

  void close() {
    json::value whole = std::move(open_.back().value);
    open_.pop_back();
    put(std::move(whole));
  }
  void put(json::value value) {
    if (open_.empty()) {
      done_ = std::move(value);
    } else if (auto* list = open_.back().value.if_array()) {
      list->push_back(std::move(value));
    } else {
      open_.back().value.as_object().insert_or_assign(open_.back().key, std::move(value));
    }
  }

  std::vector<Open> open_;
  json::value done_;
};

template <class End>
class Walk {
 public:
  Walk(End& end, Out out) : end_(end), out_(out) {}

  void value(const Shape& shape, const void* at) {
    void* const it = const_cast<void*>(at);
    switch (shape.form) {
      case Form::kText:
        return text(*shape.text(it));
      case Form::kBool:
        return hidden_ ? end_.null() : end_.boolean(*static_cast<const bool*>(at));
      case Form::kInteger:
        return hidden_ ? end_.null() : end_.number(*shape.integer(it));
      case Form::kInstant:
        return hidden_ ? end_.null() : end_.instant(*static_cast<const base::Instant*>(at));
      case Form::kDate:
        return hidden_ ? end_.null() : end_.date(*static_cast<const base::Date*>(at));
      case Form::kEnum:
        return hidden_ ? end_.null() : end_.text(shape.name(at));
      case Form::kReason:
        return hidden_ ? end_.null() : reason(*static_cast<const base::Reason*>(at));
      case Form::kOptional: {
        const void* held = shape.held(at);
        return held ? value(*shape.item, held) : end_.null();
      }
      case Form::kList:
        return list(shape, at);
      case Form::kMap:
        return map(shape, at);
      case Form::kObject:
        return object(shape, at);
    }
  }

 private:
  void text(const std::string& value) {
    if (hidden_)
      end_.text(mask(rule_, value));
    else
      end_.text(value);
  }

  void list(const Shape& shape, const void* at) {
    end_.begin_list();
    const std::size_t size = shape.size(at);
    for (std::size_t i = 0; i < size; ++i) {
      end_.item(i == 0);
      value(*shape.item, shape.at(at, i));
    }
    end_.end_list();
  }

  void map(const Shape& shape, const void* at) {
    struct Context {
      Walk* walk;
      const Shape* item;
      bool first;
    } context{this, shape.item, true};
    end_.begin_object();
    shape.each(at, &context, [](void* raw, const std::string& key, const void* each) {
      auto& it = *static_cast<Context*>(raw);
      it.walk->end_.key(key, it.first);
      it.first = false;
      it.walk->value(*it.item, each);
    });
    end_.end_object();
  }

  void object(const Shape& shape, const void* at) {
    end_.begin_object();
    bool first = true;
    for (std::size_t i = 0; i < shape.member_count; ++i) {
      const Member& member = shape.members[i];
      if (member.visibility == model::Visibility::kSecret && !out_.secrets) continue;
      end_.member(member.name, first);
      first = false;
      const void* const it = member.of(const_cast<void*>(at));
      if (hidden_ || (member.visibility == model::Visibility::kPersonal && !out_.personal))
        masked(member, it);
      else
        value(*member.shape, it);
    }
    end_.end_object();
  }

  // Everything below a personal member is personal.
  void masked(const Member& member, const void* at) {
    const bool was_hidden = hidden_;
    const MaskRule outer = rule_;
    hidden_ = true;
    rule_ = mask_rule(member.name);
    value(*member.shape, at);
    hidden_ = was_hidden;
    rule_ = outer;
  }

  void reason(const base::Reason& reason) {
    end_.begin_object();
    end_.member("code", true);
    end_.text(reason.code);
    end_.member("parameters", false);
    end_.begin_object();
    for (std::size_t i = 0; i < reason.parameters.size(); ++i)
      if (reason.find(reason.parameters[i].name) ==
          &reason.parameters[i].value)  // a repeated name counts once
        parameter(reason.parameters[i], i == 0);
    end_.end_object();
    end_.end_object();
  }

  void parameter(const base::ReasonParameter& parameter, bool first) {
    end_.key(parameter.name, first);
    if (const auto* number = std::get_if<std::int64_t>(&parameter.value))
      end_.number(*number);
    else
      end_.text(std::get<std::string>(parameter.value));
  }

  End& end_;
  Out out_;
  bool hidden_ = false;
  MaskRule rule_ = MaskRule::kWhole;
};

}  // namespace

void write_shape(std::string& text, const Shape& shape, const void* value, Out out) {
  TextEnd end(text);
  Walk<TextEnd>(end, out).value(shape, value);
}

json::value shape_to_json(const Shape& shape, const void* value, Out out) {
  TreeEnd end;
  Walk<TreeEnd>(end, out).value(shape, value);
  return end.take();
}

}  // namespace dure::wire
