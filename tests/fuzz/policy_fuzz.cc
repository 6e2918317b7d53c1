// Policy files from raw bytes: read, merged, explained, hashed, and read back from their canonical form.
//
// What must hold for every input that is not refused: the canonical form reads back to the same hash, layer and
// pack alike; merging the same layers again gives the same hash; every key explains itself. What is refused says
// where: at least one detail with a code.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "policy/pack.h"

namespace {

using dure::policy::Layer;
using dure::policy::LayerKind;
using dure::policy::Pack;

void require(bool holds) {
  if (!holds) std::abort();
}

const Layer& floors() {
  static const Layer layer = *dure::policy::parse_layer(
      "format: dure-policy/1\nlayer: floors\nid: floors\nversion: '1'\n"
      "retention: {access_log_days: {floor: 365, direction: min, source: s, confidence: stated}}\n",
      "floors");
  return layer;
}

void check_pack(const std::vector<Layer>& layers) {
  const auto pack = dure::policy::merge(layers);
  if (!pack.ok()) {
    require(!pack.failure().details.empty());
    return;
  }
  require(dure::policy::merge(layers)->hash() == pack->hash());
  const auto restored = dure::policy::restore(pack->canonical());
  require(restored.ok() && restored->hash() == pack->hash());
  static const auto keys = dure::policy::key_table();
  for (const auto& key : keys) {
    const auto told = dure::policy::explain(*pack, key.key);
    require(told.ok() && told->value == *restored->value_text(key.key));
  }
}

void check_layer(std::string_view text) {
  const auto layer = dure::policy::parse_layer(text, "fuzz");
  if (!layer.ok()) {
    require(!layer.failure().details.empty() && !layer.failure().details[0].reason.code.empty());
    return;
  }
  const auto again = dure::policy::parse_layer(layer->canonical, "canonical");
  require(again.ok() && again->canonical == layer->canonical && again->hash == layer->hash);
  check_pack({*layer});
  if (layer->kind != LayerKind::kFloors) check_pack({*layer, floors()});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_layer(text);
  // With a head before it, so that the interesting part of the grammar is near.
  static const std::string kHead = "format: dure-policy/1\nlayer: programme\nid: x\nversion: '1'\n";
  check_layer(kHead + std::string(text));
  return 0;
}
