// Each kind of mistake in a pack is refused at its line, with a code: tests/policy/mistakes/ holds one small
// broken file for each, whose second line says what it wants. tests/cli/examples gives the same files to
// `dure policy check`.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>

#include "policy/pack_texts.h"
#include "policy/test_layers.h"

namespace dure::policy {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = "tests/policy/mistakes";

struct Mistake {
  std::string text;
  std::string code;
  std::int64_t line = 0;
  std::vector<Layer> below;
};

// What stands behind "# name: " in the head of the file, else "".
std::string header(const std::string& text, const std::string& name) {
  const std::string mark = "# " + name + ": ";
  const std::size_t at = text.find(mark);
  if (at == std::string::npos) return "";
  return text.substr(at + mark.size(), text.find('\n', at) - at - mark.size());
}

Mistake read_mistake(const fs::path& file) {
  Mistake mistake;
  mistake.text = read_text(file);
  std::istringstream wants(header(mistake.text, "wants"));
  wants >> mistake.code >> mistake.line;
  static const std::vector<Layer> product{layer_at("policies/default/policy.yaml"),
                                          layer_at("policies/floors/policy.yaml")};
  mistake.below = product;
  const std::string below = header(mistake.text, "below");
  if (!below.empty()) mistake.below.push_back(layer_at(kFolder / "below" / (below + ".yaml")));
  return mistake;
}

// The errors of the file itself, its texts included.
std::vector<Finding> errors_of(const Mistake& mistake, const std::string& name) {
  std::vector<Finding> findings = check(mistake.text, name, mistake.below);
  if (const auto layer = parse_layer(mistake.text, name); layer.ok()) {
    const auto texts = check_texts(*layer, [](const std::string& file) -> std::optional<std::string> {
      if (!fs::exists(kFolder / file)) return std::nullopt;
      return read_text(kFolder / file);
    });
    findings.insert(findings.end(), texts.begin(), texts.end());
  }
  findings.erase(std::remove_if(findings.begin(), findings.end(),
                                [](const Finding& finding) {
                                  return finding.severity != Finding::Severity::kError ||
                                         !finding.file.empty();
                                }),
                 findings.end());
  return findings;
}

TEST(Mistakes, EachKindIsRefusedWithItsCodeAtItsLine) {
  std::size_t kinds = 0;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (!entry.is_regular_file()) continue;
    ++kinds;
    const std::string name = entry.path().filename();
    const Mistake mistake = read_mistake(entry.path());
    const auto errors = errors_of(mistake, name);
    EXPECT_FALSE(errors.empty()) << name << " is not refused";
    for (const Finding& error : errors) {
      EXPECT_EQ(error.reason.code, mistake.code) << name;
      EXPECT_EQ(error.position.line, mistake.line) << name;
    }
  }
  EXPECT_GT(kinds, 90u);
}

// A line that is not in the file: the mistake lies in the layer below, which is named.
TEST(Mistakes, OfAnotherLayerAreToldWithItsFile) {
  const Layer below = *parse_layer(
      head("programme", "below") + "account:\n  evict: " + sourced("oldest") + "\n", "below.yaml");
  const auto findings = check(head("call"), "call.yaml", {below});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].reason.code, "policy.needs_key");
  EXPECT_EQ(findings[0].file, "below.yaml");
  EXPECT_EQ(findings[0].position.line, 6);
  const auto merged = merge({below, *parse_layer(head("call"), "call.yaml")});
  EXPECT_EQ(parameter(merged.failure().details.at(0).reason, "file"), "below.yaml");
  EXPECT_EQ(parameter(merged.failure().details.at(0).reason, "line"), "6");
}

TEST(Mistakes, ACircleOfLayersIsToldAsItGoesRound) {
  const auto layer = [](const std::string& kind, const std::string& id, const std::string& over) {
    return layer_of(head(kind, id) + "over: " + over + "\n");
  };
  const auto refused =
      merge({layer("programme", "a", "c"), layer("track", "b", "a"), layer("call", "c", "b")});
  ASSERT_FALSE(refused.ok());
  ASSERT_EQ(refused.failure().details.size(), 3u);
  EXPECT_EQ(parameter(refused.failure().details.at(0).reason, "path"), "a > c > b > a");
  EXPECT_TRUE(
      merge({layer_of(head("programme", "a")), layer("track", "b", "a"), layer("call", "c", "b")}).ok());
  // A tail that leads into a circle is no part of it: its own place is judged.
  const auto tail = merge({layer("programme", "a", "b"), layer("track", "b", "a"), layer("call", "c", "b")});
  EXPECT_EQ(tail.failure().details.size(), 2u);
}

TEST(Mistakes, WhatALayerIsWrittenOverIsPartOfItsHash) {
  const Layer plain = layer_of(head("call"));
  const Layer over = layer_of(head("call") + "over: programme\n");
  EXPECT_NE(plain.hash, over.hash);
  EXPECT_EQ(layer_of(over.canonical).over, "programme");
}

TEST(Mistakes, NoTextIsReadFromOutsideTheFolder) {
  for (const std::string path :
       {"/etc/hostname", "../a.txt", "texts/../../a.txt", "texts//a.txt", "./a.txt", ""}) {
    const Layer layer = layer_of(
        head("programme") + "texts:\n  files: " +
        sourced("[{id: a, language: ko, file: \"" + path + "\", sha256: " + std::string(64, '0') + "}]") +
        "\n");
    const auto findings = check_texts(layer, [](const std::string& file) -> std::optional<std::string> {
      ADD_FAILURE() << file << " was asked for";
      return std::nullopt;
    });
    ASSERT_EQ(findings.size(), 1u) << path;
    EXPECT_EQ(findings[0].reason.code, "policy.text_outside") << path;
  }
}

}  // namespace
}  // namespace dure::policy
