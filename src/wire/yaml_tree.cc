#include "wire/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <sstream>
#include <utility>
#include <vector>

#include "wire/json.h"

namespace dure::wire {
namespace {

namespace json = boost::json;
using base::Reason;

// Leaves yaml-cpp's parser; caught in read_yaml().
struct Refusal {
  base::Error error;
};

Reason at_mark(std::string code, const YAML::Mark& mark) {
  Reason reason(std::move(code));
  reason.with("line", std::int64_t{mark.line < 0 ? 0 : mark.line} + 1);
  reason.with("column", std::int64_t{mark.column < 0 ? 0 : mark.column} + 1);
  return reason;
}

[[noreturn]] void refuse(Reason reason) {
  throw Refusal{base::invalid(std::move(reason))};
}

class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(YamlLimits limits) : limits_(limits) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse(at_mark("form.documents", mark));
  }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string&) override { refuse(at_mark("form.anchor", mark)); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse(at_mark("form.alias", mark)); }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check(mark, "", anchor);
    if (key_due()) refuse(at_mark("form.key", mark));
    put(nullptr, mark, true);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check(mark, tag, anchor);
    if (key_due()) return set_key(mark, value);
    put(json::string(json::string_view(value.data(), value.size())), mark, tag == "?");
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, json::array());
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, json::object());
  }
  void OnMapEnd() override { close(); }

  YamlTree take() { return std::move(tree_); }

 private:
  struct Open {
    json::value value;
    std::string pointer;
    std::string key;  // of a map, when it has been read and its value has not
    bool has_key = false;
  };

  void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) refuse(at_mark("form.anchor", mark));
    if (!tag.empty() && tag != "?" && tag != "!") refuse(at_mark("form.tag", mark));
    if (++nodes_ > limits_.max_nodes)
      refuse(
          at_mark("form.too_many_nodes", mark).with("limit", static_cast<std::int64_t>(limits_.max_nodes)));
  }

  bool key_due() const { return !open_.empty() && open_.back().value.is_object() && !open_.back().has_key; }

  void set_key(const YAML::Mark& mark, const std::string& key) {
    Open& map = open_.back();
    if (map.value.get_object().contains(json::string_view(key.data(), key.size())))
      refuse(at_mark("form.duplicate_member", mark).with("name", key));
    map.key = key;
    map.has_key = true;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, json::value empty) {
    check(mark, tag, anchor);
    if (key_due()) refuse(at_mark("form.key", mark));
    if (open_.size() >= limits_.max_depth)
      refuse(at_mark("form.too_deep", mark).with("limit", static_cast<std::int64_t>(limits_.max_depth)));
    std::string pointer = next_pointer();
    note_place(pointer, mark, false);
    open_.push_back({std::move(empty), std::move(pointer), {}, false});
  }

  void close() {
    json::value whole = std::move(open_.back().value);
    open_.pop_back();
    store(std::move(whole));
  }

  void put(json::value value, const YAML::Mark& mark, bool plain) {
    note_place(next_pointer(), mark, plain);
    store(std::move(value));
  }

  std::string next_pointer() const {
    if (open_.empty()) return "";
    const Open& parent = open_.back();
    if (parent.value.is_object()) return parent.pointer + "/" + pointer_token(parent.key);
    return parent.pointer + "/" + std::to_string(parent.value.get_array().size());
  }

  void note_place(const std::string& pointer, const YAML::Mark& mark, bool plain) {
    tree_.places[pointer] = {std::int64_t{mark.line} + 1, std::int64_t{mark.column} + 1, plain};
  }

  void store(json::value value) {
    if (open_.empty()) {
      tree_.root = std::move(value);
      return;
    }
    Open& parent = open_.back();
    if (parent.value.is_object()) {
      parent.value.get_object()[parent.key] = std::move(value);
      parent.has_key = false;
    } else {
      parent.value.get_array().push_back(std::move(value));
    }
  }

  YamlLimits limits_;
  YamlTree tree_;
  std::vector<Open> open_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

// YAML 1.2's core schema for whole numbers, and for numbers with a fraction, which are then refused by name.
void retype_integer(json::value& value) {
  const auto& string = value.get_string();
  const char* from = string.data();
  const char* const to = from + string.size();
  if (from != to && *from == '+') ++from;
  std::int64_t whole = 0;
  if (const auto read = std::from_chars(from, to, whole); read.ec == std::errc() && read.ptr == to) {
    value = whole;
    return;
  }
  double number = 0;
  if (const auto read = std::from_chars(from, to, number); read.ec == std::errc() && read.ptr == to)
    value = number;
}

void retype_bool(json::value& value) {
  const auto& text = value.get_string();
  if (text == "true" || text == "True" || text == "TRUE")
    value = true;
  else if (text == "false" || text == "False" || text == "FALSE")
    value = false;
}

class Retyper {
 public:
  explicit Retyper(const std::map<std::string, Place>& places) : places_(places) {}

  void value(const Shape& shape, json::value& source, const std::string& pointer) {
    switch (shape.form) {
      case Form::kInteger:
        if (plain_text(source, pointer)) retype_integer(source);
        return;
      case Form::kBool:
        if (plain_text(source, pointer)) retype_bool(source);
        return;
      case Form::kOptional:
        if (!source.is_null()) value(*shape.item, source, pointer);
        return;
      case Form::kList:
        if (source.is_array()) list(shape, source.get_array(), pointer);
        return;
      case Form::kMap:
        if (source.is_object())
          for (auto& each : source.get_object()) value(*shape.item, each.value(), below(pointer, each.key()));
        return;
      case Form::kObject:
        if (source.is_object()) object(shape, source.get_object(), pointer);
        return;
      default:
        return;
    }
  }

 private:
  static std::string below(const std::string& pointer, json::string_view name) {
    return pointer + "/" + pointer_token({name.data(), name.size()});
  }

  bool plain_text(const json::value& value, const std::string& pointer) const {
    const auto place = places_.find(pointer);
    return value.is_string() && place != places_.end() && place->second.plain;
  }

  void list(const Shape& shape, json::array& items, const std::string& pointer) {
    for (std::size_t i = 0; i < items.size(); ++i)
      value(*shape.item, items[i], pointer + "/" + std::to_string(i));
  }

  void object(const Shape& shape, json::object& members, const std::string& pointer) {
    for (std::size_t i = 0; i < shape.member_count; ++i) {
      const Member& member = shape.members[i];
      const json::string_view name(member.name.data(), member.name.size());
      json::value* found = members.if_contains(name);
      if (!found) continue;
      if (found->is_null() && member.shape->form != Form::kOptional)
        members.erase(name);
      else
        value(*member.shape, *found, below(pointer, name));
    }
  }

  const std::map<std::string, Place>& places_;
};

}  // namespace

base::Result<YamlTree> read_yaml(std::string_view text, YamlLimits limits) {
  Builder builder(limits);
  try {
    // A comment at the end: yaml-cpp takes a quoted scalar that is never closed, where the text ends in a
    // newline.
    std::istringstream stream(std::string(text) + (text.ends_with('\n') ? "#" : "\n#"));
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take();
  } catch (const Refusal& refusal) {
    return refusal.error;
  } catch (const YAML::Exception& exception) {
    return base::invalid(at_mark("form.syntax", exception.mark));
  } catch (const std::exception&) {
    return base::invalid(at_mark("form.syntax", YAML::Mark::null_mark()));
  }
}

void retype(YamlTree& tree, const Shape& shape) {
  Retyper(tree.places).value(shape, tree.root, "");
}

}  // namespace dure::wire
