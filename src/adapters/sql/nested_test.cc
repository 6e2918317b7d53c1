#include "adapters/sql/nested.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "model/fields.h"
#include "wire/json_impl.h"

namespace dure::sql {

// What a nested value may be made of.
enum class Colour { kRed, kGreen };
struct Leaf {
  std::string text;
  std::int64_t number = 0;
  bool flag = false;
  bool operator==(const Leaf&) const = default;
};
struct Tree {
  Leaf leaf;
  std::vector<Leaf> leaves;
  std::map<std::string, std::string> map;
  std::optional<base::Reason> reason;
  std::optional<base::Date> day;
  base::Instant instant;
  Colour colour = Colour::kRed;
  bool operator==(const Tree&) const = default;
};

}  // namespace dure::sql

namespace dure::model {
using sql::Colour;
using sql::Leaf;
using sql::Tree;
DURE_ENUM(Colour, DURE_NAME(kRed, "red"), DURE_NAME(kGreen, "green"));
DURE_VALUE_FIELDS(Leaf, field("text", &Leaf::text, Visibility::kSecret), field("number", &Leaf::number),
                  field("flag", &Leaf::flag));
DURE_VALUE_FIELDS(Tree, field("leaf", &Tree::leaf), field("leaves", &Tree::leaves), field("map", &Tree::map),
                  field("reason", &Tree::reason), field("day", &Tree::day), field("instant", &Tree::instant),
                  field("colour", &Tree::colour));
}  // namespace dure::model

namespace dure::sql {
namespace {

Tree full_tree() {
  Tree tree;
  tree.leaf = {"가 \"quoted\" \\ \n\t\x01 😀 /", INT64_MIN, true};
  tree.leaves = {{"", 0, false}, {"둘", INT64_MAX, true}};
  tree.map = {{"", "empty"}, {"키", "값"}};
  tree.reason = base::Reason("queue.wait").with("need_blocks", (1LL << 53) + 1).with("model", "a100");
  tree.day = base::Date{2026, 9, 1};
  tree.instant.us = 1'756'684'800'250'000;
  tree.colour = Colour::kGreen;
  return tree;
}

std::string written(const Tree& tree) {
  return wire::json_text(tree, wire::Out::everything());
}

bool read(std::string_view text, Tree& tree) {
  return read_nested(wire::kShape<Tree>, text, &tree);
}

TEST(Nested, ReadsWhatWireWrote) {
  for (const Tree& tree : {Tree{}, full_tree()}) {
    Tree back;
    ASSERT_TRUE(read(written(tree), back)) << written(tree);
    EXPECT_EQ(back, tree);
  }
}

TEST(Nested, ReadsAnyJsonOfTheSameMeaning) {
  Tree back;
  ASSERT_TRUE(
      read(" { \"colour\" : \"green\" ,\r\n \"map\":{ \"a\" : \"\\ud55c\\u00e9\\uD83D\\uDE00\\/\" }, "
           "\"leaf\":{} }\t",
           back));
  EXPECT_EQ(back.colour, Colour::kGreen);
  EXPECT_EQ(back.map["a"], "한é😀/");
}

// A newer release adds members; this one still reads its rows. An older one wrote fewer.
TEST(Nested, PassesOverMembersItDoesNotKnow) {
  Tree back;
  ASSERT_TRUE(
      read("{\"new\": [{\"a\": [1, -2.5e+3, null, true, false, \"x\"]}], \"leaf\": {\"newer\": {}, "
           "\"number\": 7}}",
           back));
  EXPECT_EQ(back.leaf.number, 7);
}

TEST(Nested, RefusesWhatIsNotSuchAValue) {
  for (const char* bad : {"",
                          "null",
                          "[]",
                          "{",
                          "{}x",
                          "{\"leaf\":[]}",
                          "{\"leaf\":{\"number\":1.5}}",
                          "{\"leaf\":{\"number\":9223372036854775808}}",
                          "{\"leaf\":{\"number\":\"1\"}}",
                          "{\"leaf\":{\"flag\":1}}",
                          "{\"leaf\":{\"text\":null}}",
                          "{\"colour\":\"blue\"}",
                          "{\"day\":\"2026-02-30\"}",
                          "{\"leaf\":{\"text\":\"\\u12\"}}",
                          "{\"leaf\":{\"text\":\"\\ud800\"}}",
                          "{\"leaf\":{\"text\":\"\\udc00\"}}",
                          "{\"leaf\":{\"text\":\"\\x\"}}",
                          "{\"leaf\":{},}",
                          "{\"leaf\" {}}",

                          "{\"leaves\":[{}{}]}",
                          "{\"x\":}"}) {
    Tree back;
    EXPECT_FALSE(read(bad, back)) << bad;
  }
  Tree back;
  EXPECT_FALSE(read("{\"x\":" + std::string(100'000, '['), back));
}

TEST(Nested, StopsAtEveryCutAndSurvivesEveryChange) {
  const std::string text = written(full_tree());
  for (std::size_t length = 0; length < text.size(); ++length) {
    Tree back;
    EXPECT_FALSE(read(std::string(text, 0, length), back)) << length;
  }
  std::mt19937 bits(5);
  for (int i = 0; i < 20'000; ++i) {
    std::string changed = text;
    for (int j = 0; j < 3; ++j) changed[bits() % changed.size()] = "{}[]\",:\\u0123456789ntfe"[bits() % 23];
    Tree back;
    static_cast<void>(read(changed, back));
  }
}

}  // namespace
}  // namespace dure::sql
