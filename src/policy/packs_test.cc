// What holds of every pack below policies/: it loads, merges over the product's default and the floors, has
// no contradiction, cites a source for each value and explains each reading, and comes back from its
// canonical text.
#include <filesystem>

#include "policy/keys.h"
#include "policy/pack_texts.h"
#include "policy/test_layers.h"

namespace dure::policy {
namespace {

namespace fs = std::filesystem;

// The programmes' packs, by the name of their folder, in the order of names.
std::vector<std::string> programmes() {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator("policies")) {
    const std::string name = entry.path().filename();
    if (name != "default" && name != "floors") names.insert(name);
  }
  return {names.begin(), names.end()};
}

std::vector<Layer> base_layers() {
  return {layer_at("policies/default/policy.yaml"), layer_at("policies/floors/policy.yaml")};
}

std::string path_of(const std::string& programme) {
  return "policies/" + programme + "/policy.yaml";
}

TEST(Packs, AreThoseOfTheFiveSeeds) {
  EXPECT_EQ(programmes(), (std::vector<std::string>{"s0-regional-centre", "s1-aica-2024", "s2-gpu-blocks",
                                                    "s3-government-2026", "s3-hpc-2026", "s3-research-2026",
                                                    "s4-procurement-2025"}));
}

TEST(Packs, M3_EachLoadsMergesAndContradictsNothing) {
  for (const std::string& name : programmes()) {
    const std::string path = path_of(name);
    for (const Finding& finding : check(read_text(path), path, base_layers())) {
      EXPECT_EQ(finding.severity, Finding::Severity::kWarning)
          << path << ":" << finding.position.line << " " << finding.reason.code << " "
          << parameter(finding.reason, "key") << " " << parameter(finding.reason, "field") << " "
          << parameter(finding.reason, "value");
    }
    const Layer layer = layer_at(path);
    EXPECT_EQ(layer.id, name);
    EXPECT_EQ(layer.kind, LayerKind::kProgramme);
    EXPECT_EQ(std::get<std::string>(layer.entries.at("meta.programme").value.data), name);
  }
}

TEST(Packs, HaveReceiptNumbersThatTellThemApart) {
  std::set<std::string> seen;
  for (const std::string& name : programmes()) {
    const Layer layer = layer_at(path_of(name));
    const std::string prefix = std::get<std::string>(layer.entries.at("meta.receipt_prefix").value.data);
    EXPECT_TRUE(seen.insert(prefix).second) << name;
  }
}

TEST(Packs, ComeBackFromTheirCanonicalText) {
  for (const std::string& name : programmes()) {
    std::vector<Layer> layers = base_layers();
    layers.push_back(layer_at(path_of(name)));
    const auto pack = merge(layers);
    ASSERT_TRUE(pack.ok()) << name;
    const auto back = restore(pack->canonical());
    ASSERT_TRUE(back.ok()) << name;
    EXPECT_EQ(back->hash(), pack->hash()) << name;
    EXPECT_EQ(back->canonical(), pack->canonical()) << name;
    for (const Key& key : all_keys()) {
      EXPECT_EQ(back->value_text(key.name), pack->value_text(key.name)) << name << " " << key.name;
    }
    const Layer again = layer_of(layers.back().canonical);
    EXPECT_EQ(again.hash, layers.back().hash) << name;
  }
}

// What-if layers lie beside the programme that they are written over.
TEST(Packs, SampleLayersLieOverTheirProgrammeOnly) {
  std::size_t found = 0;
  for (const std::string& name : programmes()) {
    const std::string path = "policies/" + name + "/sample-prices.yaml";
    if (!fs::exists(path)) continue;
    ++found;
    std::vector<Layer> layers = base_layers();
    layers.push_back(layer_at(path_of(name)));
    layers.push_back(layer_at(path));
    EXPECT_EQ(layers.back().kind, LayerKind::kWhatIf) << path;
    EXPECT_TRUE(merge(layers).ok()) << path;
    if (layers.back().over.empty()) continue;
    layers[2] = layer_at("policies/s0-regional-centre/policy.yaml");
    EXPECT_EQ(faults(merge(layers).failure()), (std::set<std::string>{"/over policy.layer_missing"})) << path;
  }
  EXPECT_EQ(found, 3u);
}

// A reading of our own is told, not hidden: in the note, except where there is nothing to tell.
TEST(Packs, EachInterpretationAndChoiceIsExplained) {
  const std::set<std::string> plain{
      "meta.programme", "meta.receipt_prefix", "account.password.keyboard_layouts",
      "workload.kinds", "privacy.consents",    "notify.rules"};
  for (const std::string& name : programmes()) {
    for (const auto& [key, entry] : layer_at(path_of(name)).entries) {
      EXPECT_FALSE(entry.source.empty()) << name << " " << key;
      if (entry.confidence == Confidence::kStated || plain.count(key) != 0) continue;
      EXPECT_FALSE(entry.note.empty()) << name << " " << key;
    }
  }
}

TEST(Packs, TextsAreThoseThatThePacksName) {
  for (const std::string& name : programmes()) {
    const auto findings =
        check_texts(layer_at(path_of(name)), [&](const std::string& file) -> std::optional<std::string> {
          const std::string path = "policies/" + name + "/" + file;
          if (!fs::exists(path)) return std::nullopt;
          return read_text(path);
        });
    EXPECT_TRUE(findings.empty()) << name << " " << parameter(findings[0].reason, "file");
  }
}

// docs/formats/seed-values.md says which statement of a seed is which key: each key that it names exists, and
// each that a pack of S1 to S4 sets is named.
TEST(Packs, TheTableOfSeedsNamesTheirKeys) {
  const std::string table = read_text("docs/formats/seed-values.md");
  std::set<std::string> named;
  for (std::size_t at = table.find('`'); at != std::string::npos; at = table.find('`', at)) {
    const std::size_t end = table.find('`', at + 1);
    const std::string word = table.substr(at + 1, end - at - 1);
    at = end + 1;
    if (word.find('.') == std::string::npos || word.find('/') != std::string::npos) continue;
    if (word.ends_with(".yaml") || word.ends_with(".md")) continue;
    EXPECT_NE(find_key(word), nullptr) << word << " is no key";
    named.insert(word);
  }
  for (const std::string& name : programmes()) {
    if (name == "s0-regional-centre") continue;
    for (const auto& [key, entry] : layer_at(path_of(name)).entries) {
      EXPECT_EQ(named.count(key), 1u) << name << " sets " << key << ", and the table does not say from what";
    }
  }
}

}  // namespace
}  // namespace dure::policy
