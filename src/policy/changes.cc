#include "policy/changes.h"

#include <algorithm>
#include <map>
#include <utility>

#include "policy/keys.h"
#include "policy/read_layer.h"

namespace dure::policy {
namespace {

// Of the highest layer that says it, the product's default left out; nullptr where none does.
const Entry* own_entry(const Pack& pack, const std::string& key) {
  for (auto layer = pack.layers.rbegin(); layer != pack.layers.rend(); ++layer) {
    if (layer->kind == LayerKind::kDefault) continue;
    const auto found = layer->entries.find(key);
    if (found != layer->entries.end()) return &found->second;
  }
  return nullptr;
}

const Entry* default_entry(const Pack& pack, const std::string& key) {
  for (const Layer& layer : pack.layers) {
    if (layer.kind != LayerKind::kDefault) continue;
    const auto found = layer.entries.find(key);
    if (found != layer.entries.end()) return &found->second;
  }
  return nullptr;
}

std::optional<Value> value_in_force(const Pack& pack, const Key& key) {
  const Entry* entry = own_entry(pack, key.name);
  if (entry == nullptr) entry = default_entry(pack, key.name);
  if (entry == nullptr) return key.initial;
  if (entry->none) return std::nullopt;
  return entry->value;
}

// The same value, said above the default by one alone, and a section that exists in one alone.
bool makes_the_section(const Key& key, const Pack& before, const Pack& after) {
  const bool said_before = own_entry(before, key.name) != nullptr;
  const bool said_after = own_entry(after, key.name) != nullptr;
  return said_before != said_after && before.on(key.section) != after.on(key.section);
}

// What names a record among others of its list; "" where nothing does.
std::string name_in_list(const Value& value) {
  static constexpr const char* kNaming[] = {"id",    "kind",        "track", "event",
                                            "model", "accelerator", "topic", "name"};
  const auto* record = std::get_if<Value::Record>(&value.data);
  if (record == nullptr) return "";
  for (const char* field : kNaming) {
    const auto found = record->find(field);
    if (found == record->end()) continue;
    if (const auto* text = std::get_if<std::string>(&found->second.data)) return *text;
  }
  return "";
}

using Parts = std::map<std::string, const Value*>;

Parts parts_of(const Value* value) {
  Parts parts;
  if (value == nullptr) return parts;
  if (const auto* record = std::get_if<Value::Record>(&value->data)) {
    for (const auto& [name, field] : *record) parts["." + name] = &field;
  } else if (const auto* list = std::get_if<Value::List>(&value->data)) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      const std::string name = name_in_list((*list)[i]);
      const std::string place = "[" + (name.empty() ? std::to_string(i) : name) + "]";
      const bool fresh = parts.emplace(place, &(*list)[i]).second;
      if (!fresh) parts["[" + std::to_string(i) + "]"] = &(*list)[i];  // two of one name
    }
  }
  return parts;
}

bool has_parts(const Value* value) {
  return value != nullptr && (std::holds_alternative<Value::Record>(value->data) ||
                              std::holds_alternative<Value::List>(value->data));
}

std::optional<std::string> text_of(const Value* value) {
  if (value == nullptr) return std::nullopt;
  return to_json(*value);
}

// Lists of plain words are told whole; everything else down to what differs.
void compare_parts(const std::string& path, const Value* before, const Value* after,
                   std::vector<PartChange>& found) {
  if (before != nullptr && after != nullptr && *before == *after) return;
  const bool deeper = has_parts(before) && has_parts(after) && before->data.index() == after->data.index();
  const auto of_before = parts_of(before), of_after = parts_of(after);
  const auto plain = [](const auto& part) { return !has_parts(part.second); };
  const bool words = deeper && std::holds_alternative<Value::List>(before->data) &&
                     std::all_of(of_before.begin(), of_before.end(), plain) &&
                     std::all_of(of_after.begin(), of_after.end(), plain);
  if (!deeper || words) {
    found.push_back({path, text_of(before), text_of(after)});
    return;
  }
  std::set<std::string> names;
  for (const auto& each : of_before) names.insert(each.first);
  for (const auto& each : of_after) names.insert(each.first);
  const std::size_t so_far = found.size();
  const auto part = [](const Parts& parts, const std::string& name) {
    const auto at = parts.find(name);
    return at == parts.end() ? nullptr : at->second;
  };
  for (const auto& name : names)
    compare_parts(path + name, part(of_before, name), part(of_after, name), found);
  // The same parts in another order.
  if (found.size() == so_far) found.push_back({path, text_of(before), text_of(after)});
}

}  // namespace

std::vector<KeyChange> changes(const Pack& before, const Pack& after) {
  std::vector<KeyChange> all;
  for (const Key& key : all_keys()) {
    const auto value_before = value_in_force(before, key);
    const auto value_after = value_in_force(after, key);
    if (value_before == value_after && !makes_the_section(key, before, after)) continue;
    KeyChange change{key.name,
                     *before.value_text(key.name),
                     *after.value_text(key.name),
                     *before.provenance(key.name),
                     *after.provenance(key.name),
                     {}};
    const Value* one = value_before ? &*value_before : nullptr;
    const Value* other = value_after ? &*value_after : nullptr;
    if (has_parts(one) || has_parts(other)) compare_parts("", one, other, change.parts);
    all.push_back(std::move(change));
  }
  return all;
}

base::Result<Pack> with_keys(const Pack& base, const Pack& other, const std::set<std::string>& keys) {
  std::vector<Layer> layers;
  for (const Layer& layer : base.layers) {
    if (layer.kind == LayerKind::kDefault || layer.kind == LayerKind::kFloors) layers.push_back(layer);
  }
  Layer own;
  own.name = own.id = base.meta.programme.empty() ? "between" : base.meta.programme;
  own.version = base.meta.version;
  for (const Key& key : all_keys()) {
    const Pack& from = keys.count(key.name) != 0 ? other : base;
    if (const Entry* entry = own_entry(from, key.name)) own.entries.emplace(key.name, *entry);
  }
  own.canonical = canonical_of(own);
  own.hash = sha256_hex(own.canonical);
  layers.push_back(std::move(own));
  return merge(layers);
}

}  // namespace dure::policy
