#include <gtest/gtest.h>

#include "ports/blobs.h"
#include "ports/clock.h"
#include "ports/engine.h"
#include "ports/query.h"
#include "ports/secrets.h"
#include "ports/store.h"

namespace dure::ports {
namespace {

TEST(Query, BuildsConditionsFromTypedValues) {
  const auto query =
      Query{}.where("state", model::RunState::kQueued).where_null("ended_at").ordered("queued_at");
  ASSERT_EQ(query.all.size(), 2u);
  EXPECT_EQ(std::get<std::string>(query.all[0].values[0]), "queued");
  EXPECT_EQ(query.all[1].compare, Compare::kIsNull);
  EXPECT_EQ(query.order_by, "queued_at");
}

}  // namespace
}  // namespace dure::ports
