// The layouts that two programs of different ages must agree on.
#include "gpu/abi/page.h"

#include <gtest/gtest.h>

namespace {

// P1. A change here is a new DURE_PAGE_VERSION, never an edit.
TEST(Page, LayoutsOfVersionOneStay) {
  EXPECT_EQ(DURE_PAGE_VERSION, 1);
  EXPECT_EQ(offsetof(dure_limits, card), 128u);
  EXPECT_EQ(offsetof(dure_limits, pace), 128u + 16u * 128u);
  EXPECT_EQ(sizeof(dure_card_pace), 64u);
  EXPECT_EQ(sizeof(dure_card_bucket), 64u);
  EXPECT_EQ(offsetof(dure_usage, taken), 128u);
  EXPECT_EQ(offsetof(dure_usage, card), 256u);
  EXPECT_EQ(sizeof(dure_card_usage), 128u);
  EXPECT_EQ(sizeof(dure_lane), 32u);
  EXPECT_EQ(offsetof(dure_process_card, work), 192u);
  EXPECT_EQ(offsetof(dure_process, card), 64u);
  EXPECT_EQ(sizeof(dure_interval), 8u);
  EXPECT_EQ(sizeof(dure_process_work), 64u + 512u * 8u);
}

}  // namespace
