#include "policy/stack.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "policy/names.h"

namespace dure::policy {
namespace {

std::string layer_kind_of(const Layer& layer) {
  return std::string(name_of<LayerKind>(layer.kind));
}

const Layer* find(const std::vector<Layer>& layers, const std::string& id) {
  const auto found =
      std::find_if(layers.begin(), layers.end(), [&](const Layer& layer) { return layer.id == id; });
  return found == layers.end() ? nullptr : &*found;
}

void refuse_kinds_twice(const std::vector<Layer>& layers, Findings& findings) {
  std::map<LayerKind, const Layer*> seen;
  for (const Layer& layer : layers) {
    if (layer.kind == LayerKind::kFloors) continue;
    const auto [first, is_new] = seen.emplace(layer.kind, &layer);
    if (is_new) continue;
    findings.push_back({Finding::Severity::kError,
                        "/layer",
                        {1, 1},
                        base::Reason("policy.layer_twice")
                            .with("kind", layer_kind_of(layer))
                            .with("layer", layer.id)
                            .with("other", first->second->id),
                        layer.name});
  }
}

// "a over b over a", where following `over` from the layer comes back to it; else "".
std::string circle_from(const Layer& start, const std::vector<Layer>& layers) {
  std::string path = start.id;
  const Layer* at = &start;
  for (std::size_t step = 0; step < layers.size(); ++step) {
    if (at->over.empty()) return "";
    path += " > " + at->over;
    if (at->over == start.id) return path;
    at = find(layers, at->over);
    if (at == nullptr) return "";
  }
  return "";
}

// None where the layer lies as it says.
base::Reason wrong_place(const Layer& layer, const std::vector<Layer>& layers) {
  const std::string circle = circle_from(layer, layers);
  if (!circle.empty()) return base::Reason("policy.layer_cycle").with("layer", layer.id).with("path", circle);
  const Layer* below = find(layers, layer.over);
  if (below == nullptr)
    return base::Reason("policy.layer_missing").with("layer", layer.id).with("over", layer.over);
  if (below->kind != LayerKind::kFloors && layer.kind != LayerKind::kFloors && below->kind < layer.kind)
    return {};
  return base::Reason("policy.layer_order")
      .with("layer", layer.id)
      .with("kind", layer_kind_of(layer))
      .with("over", below->id)
      .with("over_kind", layer_kind_of(*below));
}

}  // namespace

void check_stack(const std::vector<Layer>& layers, Findings& findings) {
  refuse_kinds_twice(layers, findings);
  for (const Layer& layer : layers) {
    if (layer.over.empty()) continue;
    base::Reason wrong = wrong_place(layer, layers);
    if (wrong.code.empty()) continue;
    findings.push_back(
        {Finding::Severity::kError, "/over", layer.over_position, std::move(wrong), layer.name});
  }
}

}  // namespace dure::policy
