// Policy files from raw bytes: read, merged, explained, hashed, and read back from their canonical form.
//
// What must hold for every input that is not refused: the canonical form reads back to the same hash, layer
// and pack alike; every key that it sets explains itself with its source. What is refused says where: at
// least one detail with a code.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/pack.h"

namespace {

using dure::policy::Layer;
using dure::policy::LayerKind;
using dure::policy::Pack;

const Layer& floors() {
  static const Layer layer = *dure::policy::parse_layer(
      "format: dure-policy/1\nlayer: floors\nid: floors\nversion: '1'\n"
      "retention: {access_log_days: {floor: 365, direction: min, source: s, confidence: stated}}\n",
      "floors");
  return layer;
}

void check_pack(const Layer& layer) {
  std::vector<Layer> layers{layer};
  if (layer.kind != LayerKind::kFloors) layers.push_back(floors());
  const auto pack = dure::policy::merge(layers);
  if (!pack.ok()) {
    DURE_ASSERT(!pack.failure().details.empty());
    return;
  }
  const auto restored = dure::policy::restore(pack->canonical());
  DURE_ASSERT(restored.ok() && restored->hash() == pack->hash());
  for (const auto& [key, entry] : layer.entries) {
    const auto told = dure::policy::explain(*pack, key);
    DURE_ASSERT(told.ok() && told->value == *restored->value_text(key) &&
                told->provenance.source == entry.source);
  }
}

// False for text that is no YAML at all: of no use as a start for other inputs.
bool check_layer(std::string_view text) {
  const auto layer = dure::policy::parse_layer(text, "fuzz");
  if (!layer.ok()) {
    DURE_ASSERT(!layer.failure().details.empty() && !layer.failure().details[0].reason.code.empty());
    return layer.failure().details[0].reason.code != "policy.yaml_syntax";
  }
  const auto again = dure::policy::parse_layer(layer->canonical, "canonical");
  DURE_ASSERT(again.ok() && again->canonical == layer->canonical && again->hash == layer->hash);
  check_pack(*layer);
  return true;
}

// Words of the grammar: single bytes seldom turn one into another.
const std::vector<std::string>& words() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> made{"\\N",
                                  "\\L",
                                  "\\0",
                                  "\\x85",
                                  "\\u0000",
                                  "\\ud800",
                                  "\\\\",
                                  "\\\"",
                                  "\"\"",
                                  "\"",
                                  "'",
                                  "{",
                                  "}",
                                  "[",
                                  "]",
                                  ": ",
                                  ", ",
                                  "\n",
                                  "\n  ",
                                  "- ",
                                  "? ",
                                  "# ",
                                  "|\n",
                                  ">-\n",
                                  "&a ",
                                  "*a",
                                  "!!str ",
                                  "---\n",
                                  "none",
                                  "true",
                                  "false",
                                  "0",
                                  "-1",
                                  "7.5 %",
                                  "100 %",
                                  "8 GPU",
                                  "1 TB",
                                  "320 GiB",
                                  "9223372036854775807",
                                  "1000000000000",
                                  "6 months",
                                  "2021-02-29",
                                  "value: ",
                                  "source: ",
                                  "confidence: stated",
                                  "note: ",
                                  "floor: ",
                                  "direction: equal",
                                  "when: award.top_up",
                                  "\xef\xbb\xbf",
                                  "\xe2\x80\xa8",
                                  "\xc2\x85",
                                  "\xed\xa0\x80",
                                  "\xea\xb0\x80"};
    return made;
  }();
  return all;
}

const std::vector<std::string>& key_words() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> made;
    for (const auto& section : dure::policy::section_table()) made.push_back(section.name + ":\n  ");
    for (const auto& key : dure::policy::key_table())
      made.push_back(key.key.substr(key.key.rfind('.') + 1) + ": ");
    return made;
  }();
  return all;
}

// Anywhere; but an escape means something in double quotes only, so it goes behind one of them.
std::size_t place_for(const std::string& word, const std::string& text, std::size_t anywhere) {
  if (word.front() != '\\') return anywhere;
  std::size_t quote = text.find('"', anywhere);
  if (quote == std::string::npos) quote = text.find('"');
  return quote == std::string::npos ? anywhere : quote + 1;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

// Every other time a word is put in somewhere, or in the place of some bytes; else libFuzzer's own mutations.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  std::minstd_rand random(seed);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  if (below(2) == 0) return LLVMFuzzerMutate(data, size, max_size);
  std::string text(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string>& list = below(4) == 0 ? key_words() : words();
  const std::string& word = list[below(list.size())];
  text.replace(place_for(word, text, below(size + 1)), below(3) == 0 ? below(8) : 0, word);
  const std::size_t length = std::min(text.size(), max_size);
  std::copy_n(text.begin(), length, reinterpret_cast<char*>(data));
  return length;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // A head stands before whatever does not bring its own, so that the interesting part of the grammar is
  // near.
  static const std::string kHead = "format: dure-policy/1\nlayer: programme\nid: x\nversion: '1'\n";
  const bool has_head = text.substr(0, 7) == "format:" || text.substr(0, 1) == "{";
  const bool yaml = has_head ? check_layer(text) : check_layer(kHead + std::string(text));
  return yaml ? 0 : -1;
}
