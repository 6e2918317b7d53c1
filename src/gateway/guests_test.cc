#include "gateway/guests.h"

#include <gtest/gtest.h>

#include <numeric>

namespace dure::gateway {
namespace {

constexpr base::Instant kNow{1'790'000'000'000'000};

model::AccessTicket ticket(base::Span lasts) {
  model::AccessTicket made;
  made.account_id.text = "kim";
  made.purpose = "service";
  made.workload_id.text = "w1";
  made.expires_at = kNow + lasts;
  return made;
}

TEST(Guests, ARightThatCameBackLetsANewTicketInAtOnceAndNoOldOneTwice) {
  ports::ManualClock clock(kNow);
  bool gone = false;
  const auto ask = [&](const std::vector<model::AccessTicket>& tickets) {
    std::vector<std::int64_t> ended(gone ? tickets.size() : 0);
    std::iota(ended.begin(), ended.end(), 0);
    return base::Result<std::vector<std::int64_t>>(ended);
  };
  Guests guests(clock, ask, base::Span::hours(1), base::Span::hours(12));
  const auto old_ticket = ticket(base::Span::hours(12));
  const auto new_ticket = ticket(base::Span::hours(13));
  const Mark before = guests.admit(old_ticket);
  EXPECT_FALSE(ended(before));
  gone = true;
  guests.look_again();
  EXPECT_TRUE(ended(before));
  EXPECT_TRUE(ended(guests.admit(old_ticket)));
  const Mark after = guests.admit(new_ticket);
  EXPECT_FALSE(ended(after)) << "dured gave it after the end";
  EXPECT_TRUE(ended(before)) << "what was cut stays cut";
  guests.look_again();
  EXPECT_TRUE(ended(after));
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(ended(guests.admit(old_ticket)));
    EXPECT_TRUE(ended(guests.admit(new_ticket))) << "two old cookies in turn give no new right";
  }
  gone = false;
  guests.look_again();
  EXPECT_FALSE(ended(guests.admit(old_ticket)));
}

}  // namespace
}  // namespace dure::gateway
