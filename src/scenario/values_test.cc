#include "scenario/values.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace dure::scenario {
namespace {

namespace json = boost::json;

json::value value_of(const std::string& yaml, const Bindings& bindings) {
  const auto read = policy::read_yaml(yaml);
  EXPECT_TRUE(read.findings.empty());
  const auto value = to_json(read.root, bindings);
  EXPECT_TRUE(value.ok());
  return value ? *value : json::value();
}

TEST(Values, ScalarsTakeTheTypeThatTheyReadAs) {
  EXPECT_EQ(
      value_of("{a: 12, b: true, c: null, d: '12', e: 010-1234, f: 0, g: -3, h: 2026-09-01}", {}),
      json::parse(R"({"a":12,"b":true,"c":null,"d":"12","e":"010-1234","f":0,"g":-3,"h":"2026-09-01"})"));
}

TEST(Values, ANameAloneKeepsItsTypeAndInTextIsText) {
  const Bindings bindings{{"n", 7}, {"who", "hong"}, {"id_hong", "x-1"}};
  EXPECT_EQ(value_of("{a: '${n}', b: 'n is ${n}', c: '${id_${who}}', '${who}': 1}", bindings),
            json::parse(R"({"a":7,"b":"n is 7","c":"x-1","hong":1})"));
}

TEST(Values, ANameThatNothingKeptIsRefused) {
  const auto filled = fill_in("a ${b} c", {});
  ASSERT_FALSE(filled.ok());
  EXPECT_EQ(filled.failure().reason.code, "scenario.name_unknown");
  EXPECT_FALSE(fill_in("a ${b", {}).ok());
}

TEST(Values, APathPicksMembersElementsRowsAndCounts) {
  const auto body = json::parse(R"({"items":[{"login":"a","n":1},{"login":"b/c","n":2}],"s":"t"})");
  EXPECT_EQ(text_of(part_of(body, "items/1/n")), "2");
  EXPECT_EQ(text_of(part_of(body, "items/[login=b/c]/n")), "2");
  EXPECT_EQ(text_of(part_of(body, "items/#")), "2");
  EXPECT_EQ(text_of(part_of(body, "s")), "t");
  for (const auto* none : {"items/2", "items/-1", "items/[login=z]/n", "x/y", "s/0", ""})
    EXPECT_TRUE(part_of(body, none).is_null()) << none;
}

}  // namespace
}  // namespace dure::scenario
