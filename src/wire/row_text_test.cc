#include "wire/row_text.h"

#include <gtest/gtest.h>

#include "model/access.h"
#include "model/application.h"
#include "wire/json_impl.h"

namespace dure::wire {

struct Secretive {
  std::string first_token;
  std::string second_token;
  std::int64_t open = 1;
  std::string third_token;
  std::string phone;
  std::optional<base::Date> born;
  std::vector<std::string> words;
};

struct Kept {
  Secretive nested;
};

}  // namespace dure::wire

namespace dure::model {
using wire::Kept;
using wire::Secretive;
DURE_VALUE_FIELDS(Secretive, field("first_token", &Secretive::first_token, Visibility::kSecret),
                  field("second_token", &Secretive::second_token, Visibility::kSecret),
                  field("open", &Secretive::open),
                  field("third_token", &Secretive::third_token, Visibility::kSecret),
                  field("phone", &Secretive::phone, Visibility::kPersonal),
                  field("born", &Secretive::born, Visibility::kPersonal), field("words", &Secretive::words));
DURE_VALUE_FIELDS(Kept, field("nested", &Kept::nested));
}  // namespace dure::model

namespace dure::wire {
namespace {

const Member& nested_member() {
  return kShape<Kept>.members[0];
}

struct Told {
  bool good = false;
  std::string text;
};

Told tell(std::string_view json, Out out = {}) {
  Told told;
  RowText row(told.text, out);
  told.good = row.nested(nested_member(), json);
  row.end();
  return told;
}

Kept nested_example() {
  Kept kept;
  kept.nested = {.first_token = "s1", .second_token = "s\"2", .third_token = "s3", .phone = "010-1234-5678"};
  kept.nested.born = base::Date{1999, 12, 31};
  kept.nested.words = {"하나", "\"둘\"", "{[,]}"};
  return kept;
}

TEST(RowText, OfANestedValueIsWhatTheNounsTextIs) {
  const Kept kept = nested_example();
  const std::string stored = json_text(kept.nested, Out::everything());
  for (const Out out : {Out{}, Out{.personal = true}, Out{.secrets = true}, Out::everything()}) {
    const auto told = tell(stored, out);
    EXPECT_TRUE(told.good);
    EXPECT_EQ(told.text, json_text(kept, out));
  }
  EXPECT_EQ(tell(stored).text.find("s1"), std::string::npos);
  EXPECT_EQ(tell(stored).text.find("5678\",\"born\":null"), tell(stored).text.find("5678"));
}

// Text that this release did not write so: the noun is to be decoded.
TEST(RowText, TakesOnlyTextAsThisReleaseWritesIt) {
  const std::string stored = json_text(nested_example().nested, Out::everything());
  const auto swap = [&](const std::string& from, const std::string& to) {
    std::string text = stored;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  EXPECT_FALSE(tell(swap("\"open\":1,", "")).good) << "an older release's";
  EXPECT_FALSE(tell(swap("\"open\":1,", "\"open\":1,\"newer\":2,")).good) << "a newer release's";
  EXPECT_FALSE(tell(swap("010-1234-5678", "010-\\u0031-5678")).good) << "a mask looks at what was meant";
  for (std::size_t cut = 0; cut < stored.size(); ++cut)
    EXPECT_FALSE(tell(std::string_view(stored).substr(0, cut)).good) << cut;
  EXPECT_FALSE(tell(stored + " ").good);
}

TEST(RowText, MasksWhatIsPersonalAndLeavesSecretsOut) {
  const Shape& account = kShape<model::Account>;
  std::string text;
  RowText row(text, Out{});
  for (std::size_t i = 0; i < account.member_count; ++i)
    if (account.members[i].name == "password_hash" || account.members[i].name == "login")
      row.text(account.members[i], "x");
  row.end();
  EXPECT_EQ(text, R"({"login":"x"})");
}

}  // namespace
}  // namespace dure::wire
