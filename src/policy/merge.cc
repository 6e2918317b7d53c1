#include <algorithm>
#include <utility>

#include "policy/consistency.h"
#include "policy/keys.h"
#include "policy/pack.h"
#include "policy/read_layer.h"
#include "policy/stack.h"

namespace dure::policy {

// The only one that writes what a Pack keeps beside its values.
struct PackMaker {
  static void apply(const Layer& layer, Pack& pack) {
    for (const auto& [name, entry] : layer.entries) {
      find_key(name)->assign(pack, entry.none ? nullptr : &entry.value);
      pack.values_[name] = entry;
      pack.provenance_[name] = {false,          layer.kind,   layer.id,         layer.name,
                                entry.position, entry.source, entry.confidence, entry.note};
    }
  }

  // The value in force; none where it is optional and not there.
  static std::optional<Value> value_of(const Pack& pack, const Key& key) {
    const auto set = pack.values_.find(key.name);
    if (set == pack.values_.end()) return key.initial;
    if (set->second.none) return std::nullopt;
    return set->second.value;
  }

  static void seal(Pack& pack, std::string canonical) {
    pack.canonical_ = std::move(canonical);
    pack.hash_ = sha256_hex(pack.canonical_);
  }
};

namespace {

// Packs hold several layers, so their text may be larger.
constexpr YamlLimits kPackLimits{kMaxLayerBytes * 4, kMaxLayerNodes * 4, kMaxLayerDepth + 2};

// Lengths as days, for comparison with a floor only: a month counts as 30 days, a year as 365.
std::int64_t days_in(const std::string& text) {
  const calendar::Length length = *calendar::parse_length(text);
  static constexpr std::int64_t kDays[] = {1, 7, 30, 365};
  return length.count * kDays[static_cast<int>(length.unit)];
}

std::int64_t order_of(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value.data)) return *number;
  return days_in(std::get<std::string>(value.data));
}

bool meets(const std::optional<Value>& value, const Floor& floor) {
  if (!value) return false;
  switch (floor.direction) {
    case Direction::kEqual:
      return *value == floor.limit;
    case Direction::kMin:
      return order_of(*value) >= order_of(floor.limit);
    case Direction::kMax:
      return order_of(*value) <= order_of(floor.limit);
  }
  return false;
}

bool applies(const Floor& floor, const Pack& pack) {
  if (floor.when.empty()) return true;
  const auto condition = PackMaker::value_of(pack, *find_key(floor.when));
  return condition && std::get<bool>(condition->data);
}

base::Reason below_floor(const Key& key, const std::optional<Value>& value, const Floor& floor) {
  static constexpr const char* kCodes[] = {"policy.below_floor", "policy.above_floor", "policy.not_as_floor"};
  return base::Reason(kCodes[static_cast<int>(floor.direction)])
      .with("key", key.name)
      .with("value", value ? display(*value, key.type) : "none")
      .with("floor", display(floor.limit, key.type))
      .with("source", floor.source)
      .with("layer", floor.layer);
}

// Invariant 19: values may be stricter than a floor, never laxer.
void check_floors(const Pack& pack, Findings& findings) {
  for (const Key& key : all_keys()) {
    if (!pack.on(key.section)) continue;
    const auto value = PackMaker::value_of(pack, key);
    for (const Floor& floor : pack.floors(key.name)) {
      if (!applies(floor, pack) || meets(value, floor)) continue;
      contradict(pack, findings, key.name, below_floor(key, value, floor));
    }
  }
}

std::string canonical_pack(const std::vector<Layer>& layers) {
  std::string text = "{\"format\": \"" + std::string(kPackFormat) + "\", \"layers\": [";
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (i != 0) text += ", ";
    text += layers[i].canonical;
  }
  return text + "]}";
}

struct Merged {
  Pack pack;
  Findings findings;
};

// The file of the first error; the topmost where none says its own.
std::string file_at_fault(const std::vector<Layer>& layers, const Findings& findings) {
  for (const Finding& finding : findings)
    if (finding.severity == Finding::Severity::kError && !finding.file.empty()) return finding.file;
  return layers.empty() ? "" : layers.back().name;
}

// By kind, and floors among themselves by content, so that the order of the files does not matter.
void sort_layers(std::vector<Layer>& layers) {
  std::stable_sort(layers.begin(), layers.end(), [](const Layer& a, const Layer& b) {
    return std::pair(a.kind, std::string_view(a.hash)) < std::pair(b.kind, std::string_view(b.hash));
  });
}

Merged put_together(const std::vector<Layer>& layers) {
  Merged merged;
  check_stack(layers, merged.findings);
  merged.pack.layers = layers;
  sort_layers(merged.pack.layers);
  if (has_error(merged.findings)) return merged;
  for (const Layer& layer : merged.pack.layers) PackMaker::apply(layer, merged.pack);
  check_floors(merged.pack, merged.findings);
  check_consistency(merged.pack, merged.findings);
  return merged;
}

}  // namespace

Findings findings_of_merge(const std::vector<Layer>& layers) {
  return put_together(layers).findings;
}

base::Result<Pack> merge(const std::vector<Layer>& layers) {
  Merged merged = put_together(layers);
  std::vector<Layer>& sorted = merged.pack.layers;
  if (has_error(merged.findings)) {
    return refusal("policy.merge_refused", file_at_fault(sorted, merged.findings), merged.findings);
  }
  PackMaker::seal(merged.pack, canonical_pack(sorted));
  return std::move(merged.pack);
}

base::Result<Pack> restore(std::string_view text) {
  const YamlRead yaml = read_yaml(text, kPackLimits);
  if (has_error(yaml.findings)) return refusal("policy.file_refused", "pack", yaml.findings);
  const YamlNode* format = yaml.root.find("format");
  const YamlNode* list = yaml.root.find("layers");
  if (format == nullptr || format->text != kPackFormat || list == nullptr) {
    return base::invalid(base::Reason("policy.not_a_pack"));
  }
  Findings findings;
  std::vector<Layer> layers;
  for (const YamlNode& node : list->items) {
    Layer layer = read_layer(node, "", findings);
    layer.name = layer.id;
    layers.push_back(std::move(layer));
  }
  if (has_error(findings)) return refusal("policy.file_refused", "pack", findings);
  return merge(layers);
}

}  // namespace dure::policy
