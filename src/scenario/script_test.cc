#include "scenario/script.h"

#include <gtest/gtest.h>

namespace dure::scenario {
namespace {

const std::string kHead =
    "format: dure-scenario/1\ntitle: {ko: 가, en: a}\nstarts_at: 2026-09-01T09:00:00+09:00\n";

std::string first_finding(const std::string& text) {
  const auto script = read_script(text);
  if (script.ok()) return "";
  return script.failure().details.empty() ? "none" : script.failure().details.front().reason.code;
}

TEST(Script, IsReadWithItsProceduresAndFiles) {
  const auto script = read_script(kHead +
                                  "files: {pack: policy.yaml}\n"
                                  "procedures:\n  p: [{say: x}]\n"
                                  "steps:\n- do: p\n- send: GET /api/v1/calls\n  as: operator\n");
  ASSERT_TRUE(script.ok());
  EXPECT_EQ(script->title_en, "a");
  EXPECT_EQ(script->files.at("pack"), "policy.yaml");
  EXPECT_EQ(script->steps->items.size(), 2u);
  EXPECT_EQ(verb_of(script->steps->items[1]), "send");
}

TEST(Script, EachMistakeIsToldWithItsLine) {
  EXPECT_EQ(first_finding("format: other\n"), "scenario.format");
  EXPECT_EQ(first_finding("format: dure-scenario/1\nsteps: []\n"), "scenario.start_missing");
  EXPECT_EQ(first_finding(kHead), "scenario.steps_missing");
  EXPECT_EQ(first_finding(kHead + "steps: 1\n"), "scenario.not_a_list");
  EXPECT_EQ(first_finding(kHead + "steps: [1]\n"), "scenario.not_a_step");
  EXPECT_EQ(first_finding(kHead + "steps: [{jump: 1}]\n"), "scenario.verb_unknown");
  EXPECT_EQ(first_finding(kHead + "steps: [{say: a, as: b}]\n"), "scenario.word_unknown");
  EXPECT_EQ(first_finding(kHead + "steps: [{do: nothing}]\n"), "scenario.procedure_unknown");
  EXPECT_EQ(first_finding(kHead + "zone: Mars\nsteps: []\n"), "scenario.zone_unknown");
  EXPECT_EQ(first_finding(kHead + "colour: red\nsteps: []\n"), "scenario.word_unknown");
  const auto script = read_script(kHead + "steps:\n- say: a\n- jump: 1\n");
  ASSERT_FALSE(script.ok());
  EXPECT_EQ(std::get<std::int64_t>(*script.failure().details[0].reason.find("line")), 6);
}

}  // namespace
}  // namespace dure::scenario
