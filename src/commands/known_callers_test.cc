#include "commands/known_callers.h"

#include <gtest/gtest.h>

namespace dure::commands {
namespace {

constexpr base::Instant kNow{1'790'000'000'000'000};

KnownCaller caller(std::uint64_t changes) {
  KnownCaller known;
  known.caller.subject.actor = "accounts/1";
  known.caller.address = "203.0.113.7";
  known.changes = changes;
  known.since = kNow;
  return known;
}

TEST(KnownCallers, HoldForAMomentAndOneAddress) {
  KnownCallers known;
  known.keep("hash", caller(3));
  EXPECT_FALSE(known.find("other", "203.0.113.7", 3, kNow));
  ASSERT_TRUE(known.find("hash", "203.0.113.7", 3, kNow));
  EXPECT_EQ(known.find("hash", "203.0.113.7", 3, kNow)->subject.actor, "accounts/1");
  EXPECT_TRUE(known.find("hash", "203.0.113.7", 3, kNow + kKnownFor - base::Span{1}));
  EXPECT_FALSE(known.find("hash", "203.0.113.7", 3, kNow + kKnownFor));
  known.keep("hash", caller(3));
  EXPECT_FALSE(known.find("hash", "203.0.113.8", 3, kNow)) << "G6 asks where the request comes from";
}

TEST(KnownCallers, AreForgottenWithAnyChangeOfWhoMayDoWhat) {
  KnownCallers known;
  known.keep("hash", caller(3));
  EXPECT_FALSE(known.find("hash", "203.0.113.7", 4, kNow));
  EXPECT_FALSE(known.find("hash", "203.0.113.7", 3, kNow)) << "and not remembered again";
}

TEST(KnownCallers, NeverOutliveTheirSessionNorAClockThatWasSetBack) {
  KnownCallers known;
  auto ending = caller(3);
  ending.ends_at = kNow + base::Span::milliseconds(200);
  known.keep("hash", ending);
  EXPECT_TRUE(known.find("hash", "203.0.113.7", 3, kNow + base::Span::milliseconds(199)));
  EXPECT_FALSE(known.find("hash", "203.0.113.7", 3, kNow + base::Span::milliseconds(200)));
  known.keep("hash", caller(3));
  EXPECT_FALSE(known.find("hash", "203.0.113.7", 3, kNow - base::Span{1}));
}

}  // namespace
}  // namespace dure::commands
