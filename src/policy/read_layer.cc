#include "policy/read_layer.h"

#include <algorithm>
#include <utility>

#include "policy/keys.h"
#include "policy/type.h"

namespace dure::policy {
namespace {

constexpr std::size_t kMaxDetails = 50;

template <class E>
std::optional<E> by_name(std::string_view text) {
  for (const auto& [value, name] : kNames<E>) {
    if (name == text) return value;
  }
  return std::nullopt;
}

template <class E>
std::vector<std::string> names_of() {
  std::vector<std::string> names;
  names.reserve(kNames<E>.size());
  for (const auto& [value, name] : kNames<E>) names.emplace_back(name);
  return names;
}

// A key whose last word is this one: what a value put into the wrong section was meant for.
const Key* key_ending_in(std::string_view word) {
  for (const Key& key : all_keys()) {
    if (key.name.substr(key.name.rfind('.') + 1) == word) return &key;
  }
  return nullptr;
}

class LayerReader {
 public:
  LayerReader(std::string_view name, Findings& findings) : findings_(findings) { layer_.name = name; }

  Layer read(const YamlNode& root) && {
    if (root.kind != YamlNode::Kind::kMap) {
      report(findings_, "", root.position, base::Reason("policy.not_a_layer"));
      return std::move(layer_);
    }
    read_head(root);
    for (const YamlNode::Member& member : root.members) {
      if (!is_head(member.key)) read_path(member, member.key, pointer_to("", member.key));
    }
    return std::move(layer_);
  }

 private:
  static bool is_head(std::string_view key) {
    return key == "format" || key == "layer" || key == "id" || key == "version" || key == "over";
  }

  void read_head(const YamlNode& root) {
    const std::string format = head_text(root, "format");
    if (!format.empty() && format != kLayerFormat) {
      report(findings_, "/format", root.find("format")->position,
             base::Reason("policy.format_unknown")
                 .with("found", format)
                 .with("expected", std::string(kLayerFormat)));
    }
    const std::string kind = head_text(root, "layer");
    if (!kind.empty()) {
      if (const auto found = by_name<LayerKind>(kind)) {
        layer_.kind = *found;
      } else {
        name_unknown<LayerKind>("/layer", *root.find("layer"));
      }
    }
    layer_.id = head_text(root, "id");
    layer_.version = head_text(root, "version");
    if (const YamlNode* over = root.find("over"); over != nullptr) {
      layer_.over = text_of(*over, "/over");
      layer_.over_position = over->position;
    }
  }

  std::string head_text(const YamlNode& root, const std::string& field) {
    const YamlNode* node = root.find(field);
    if (node == nullptr) {
      report(findings_, "", root.position, base::Reason("policy.missing_field").with("field", field));
      return "";
    }
    return text_of(*node, "/" + field);
  }

  // A text of one line that is not empty, else "" and a finding.
  std::string text_of(const YamlNode& node, const std::string& pointer) {
    static const Type type = Codec<std::string>::type({});
    const auto value = read_value(node, type, pointer, findings_);
    if (!value) return "";
    std::string text = std::get<std::string>(value->data);
    if (text.empty()) report(findings_, pointer, node.position, base::Reason("policy.text_empty"));
    return text;
  }

  void read_path(const YamlNode::Member& member, const std::string& path, const std::string& pointer) {
    if (const Key* key = find_key(path)) {
      if (!may_set(*key)) {
        report(findings_, pointer, member.position,
               base::Reason("policy.key_not_in_layer")
                   .with("key", key->name)
                   .with("kind", std::string(name_of(layer_.kind))));
        return;
      }
      if (layer_.kind == LayerKind::kFloors) {
        read_floors(*key, member.value, pointer);
      } else {
        read_entry(*key, member.value, pointer);
      }
      return;
    }
    if (!is_key_prefix(path)) {
      unknown_key(member, path, pointer);
      return;
    }
    if (member.value.kind != YamlNode::Kind::kMap) {
      report(findings_, pointer, member.value.position,
             base::Reason("policy.section_expected").with("keys", join(words_after(path))));
      return;
    }
    for (const YamlNode::Member& inner : member.value.members) {
      read_path(inner, path + "." + inner.key, pointer_to(pointer, inner.key));
    }
  }

  // What a programme is called is said by its own layer: one that lies over it makes no other programme of
  // it.
  bool may_set(const Key& key) const {
    if (layer_.kind != LayerKind::kTrack && layer_.kind != LayerKind::kCall &&
        layer_.kind != LayerKind::kWhatIf) {
      return true;
    }
    return key.name != "meta.programme" && key.name != "meta.receipt_prefix";
  }

  void unknown_key(const YamlNode::Member& member, const std::string& path, const std::string& pointer) {
    const std::size_t dot = path.rfind('.');
    const std::string parent =
        dot == std::string::npos ? "" : path.substr(0, path.size() - member.key.size() - 1);
    std::vector<std::string> words = words_after(parent);
    if (parent.empty()) words.insert(words.end(), {"format", "layer", "id", "version", "over"});
    base::Reason reason = with_suggestion("policy.unknown_key", member.key, words);
    if (const Key* elsewhere = key_ending_in(member.key); elsewhere != nullptr && reason.parameters.empty()) {
      reason = base::Reason("policy.unknown_key_near").with("suggestion", elsewhere->name);
    }
    report(findings_, pointer, member.position, std::move(reason).with("key", path));
  }

  template <class E>
  void name_unknown(const std::string& pointer, const YamlNode& node) {
    report(findings_, pointer, node.position,
           with_suggestion("policy.name_unknown", node.text, names_of<E>())
               .with("value", node.text)
               .with("allowed", join(names_of<E>())));
  }

  // True when the node is a map that has no other fields than these; tells the rest.
  bool only_fields(const YamlNode& node, const std::vector<std::string>& fields, const std::string& pointer) {
    if (node.kind != YamlNode::Kind::kMap) {
      report(findings_, pointer, node.position, base::Reason("policy.value_needs_source"));
      return false;
    }
    for (const YamlNode::Member& member : node.members) {
      if (std::find(fields.begin(), fields.end(), member.key) != fields.end()) continue;
      report(findings_, pointer_to(pointer, member.key), member.position,
             with_suggestion("policy.unknown_key", member.key, fields).with("key", member.key));
    }
    return true;
  }

  std::string required_text(const YamlNode& node, const std::string& field, const std::string& pointer) {
    const YamlNode* found = node.find(field);
    if (found != nullptr) return text_of(*found, pointer + "/" + field);
    report(findings_, pointer, node.position, base::Reason("policy.missing_field").with("field", field));
    return "";
  }

  Confidence confidence_of(const YamlNode& node, const std::string& pointer) {
    const std::string text = required_text(node, "confidence", pointer);
    if (text.empty()) return Confidence::kChosen;
    const auto found = by_name<Confidence>(text);
    if (!found) name_unknown<Confidence>(pointer + "/confidence", *node.find("confidence"));
    return found.value_or(Confidence::kChosen);
  }

  void read_entry(const Key& key, const YamlNode& node, const std::string& pointer) {
    if (!only_fields(node, {"value", "source", "confidence", "note"}, pointer)) return;
    Entry entry;
    entry.position = node.position;
    entry.source = required_text(node, "source", pointer);
    entry.confidence = confidence_of(node, pointer);
    if (const YamlNode* note = node.find("note")) entry.note = text_of(*note, pointer + "/note");
    const YamlNode* value = node.find("value");
    if (value == nullptr) {
      report(findings_, pointer, node.position, base::Reason("policy.missing_field").with("field", "value"));
      return;
    }
    entry.none = says_none(*value, key.type);
    if (!entry.none) {
      auto read = read_value(*value, key.type, pointer + "/value", findings_);
      if (!read) return;
      entry.value = std::move(*read);
    }
    layer_.entries.emplace(key.name, std::move(entry));
  }

  void read_floors(const Key& key, const YamlNode& node, const std::string& pointer) {
    if (node.kind != YamlNode::Kind::kList) {
      read_floor(key, node, pointer);
      return;
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      read_floor(key, node.items[i], pointer + "/" + std::to_string(i));
    }
  }

  void read_floor(const Key& key, const YamlNode& node, const std::string& pointer) {
    if (!only_fields(node, {"floor", "direction", "when", "source", "confidence"}, pointer)) return;
    Floor floor;
    floor.layer = layer_.id;
    floor.source = required_text(node, "source", pointer);
    floor.confidence = confidence_of(node, pointer);
    read_direction(key, node, pointer, floor);
    read_condition(node, pointer, floor);
    const YamlNode* limit = node.find("floor");
    if (limit == nullptr) {
      report(findings_, pointer, node.position, base::Reason("policy.missing_field").with("field", "floor"));
      return;
    }
    auto value = read_value(*limit, key.type, pointer + "/floor", findings_);
    if (!value) return;
    floor.limit = std::move(*value);
    layer_.floors[key.name].push_back(std::move(floor));
  }

  void read_direction(const Key& key, const YamlNode& node, const std::string& pointer, Floor& floor) {
    const std::string text = required_text(node, "direction", pointer);
    if (text.empty()) return;
    const auto direction = by_name<Direction>(text);
    if (!direction) {
      name_unknown<Direction>(pointer + "/direction", *node.find("direction"));
      return;
    }
    floor.direction = *direction;
    const bool ordered = key.type.kind == Kind::kNumber || key.type.kind == Kind::kLength ||
                         key.type.kind == Kind::kBytes || key.type.kind == Kind::kMilliGpu;
    if (floor.direction != Direction::kEqual && !ordered) {
      report(findings_, pointer, node.position,
             base::Reason("policy.floor_not_ordered").with("key", key.name));
    }
  }

  void read_condition(const YamlNode& node, const std::string& pointer, Floor& floor) {
    const YamlNode* when = node.find("when");
    if (when == nullptr) return;
    floor.when = text_of(*when, pointer + "/when");
    const Key* key = find_key(floor.when);
    if (key == nullptr || key->type.kind != Kind::kBool) {
      report(findings_, pointer + "/when", when->position,
             base::Reason("policy.floor_condition").with("key", floor.when));
    }
  }

  Layer layer_;
  Findings& findings_;
};

// Puts the value at the dotted path of nested records.
void put(Value::Record& root, std::string_view path, Value value) {
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) {
    root.emplace(std::string(path), std::move(value));
    return;
  }
  Value& inner = root.try_emplace(std::string(path.substr(0, dot)), Value{Value::Record{}}).first->second;
  put(std::get<Value::Record>(inner.data), path.substr(dot + 1), std::move(value));
}

Value text(std::string_view words) {
  return {std::string(words)};
}

Value entry_value(const Entry& entry) {
  Value::Record record{{"value", entry.none ? text("none") : entry.value},
                       {"source", text(entry.source)},
                       {"confidence", text(name_of(entry.confidence))}};
  if (!entry.note.empty()) record.emplace("note", text(entry.note));
  return {std::move(record)};
}

Value floors_value(const std::vector<Floor>& floors) {
  Value::List list;
  for (const Floor& floor : floors) {
    Value::Record record{{"floor", floor.limit},
                         {"direction", text(name_of(floor.direction))},
                         {"source", text(floor.source)},
                         {"confidence", text(name_of(floor.confidence))}};
    if (!floor.when.empty()) record.emplace("when", text(floor.when));
    list.push_back({std::move(record)});
  }
  return {std::move(list)};
}

}  // namespace

Layer read_layer(const YamlNode& root, std::string_view name, Findings& findings) {
  Layer layer = LayerReader(name, findings).read(root);
  layer.canonical = canonical_of(layer);
  layer.hash = sha256_hex(layer.canonical);
  return layer;
}

std::string canonical_of(const Layer& layer) {
  Value::Record root{{"format", text(kLayerFormat)},
                     {"layer", text(name_of(layer.kind))},
                     {"id", text(layer.id)},
                     {"version", text(layer.version)}};
  if (!layer.over.empty()) root.emplace("over", text(layer.over));
  for (const auto& [key, entry] : layer.entries) put(root, key, entry_value(entry));
  for (const auto& [key, floors] : layer.floors) put(root, key, floors_value(floors));
  return to_json({std::move(root)});
}

std::string key_pointer(std::string_view key) {
  std::string pointer = "/" + std::string(key);
  std::replace(pointer.begin(), pointer.end(), '.', '/');
  return pointer;
}

bool has_error(const Findings& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == Finding::Severity::kError; });
}

base::Error refusal(std::string code, std::string_view name, const Findings& findings) {
  base::Error error = base::invalid(base::Reason(std::move(code))
                                        .with("name", std::string(name))
                                        .with("findings", static_cast<std::int64_t>(findings.size())));
  for (const Finding& finding : findings) {
    if (finding.severity != Finding::Severity::kError) continue;
    if (error.details.size() >= kMaxDetails) break;
    base::Reason reason = finding.reason;
    if (finding.position.line > 0)
      reason.with("line", finding.position.line).with("column", finding.position.column);
    if (!finding.file.empty()) reason.with("file", finding.file);
    if (finding.reason.code == "policy.too_large") error.kind = base::ErrorKind::kTooLarge;
    error.details.push_back({finding.pointer, std::move(reason)});
  }
  return error;
}

}  // namespace dure::policy
