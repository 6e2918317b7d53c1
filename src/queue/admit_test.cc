#include "queue/admit.h"

#include <gtest/gtest.h>

#include "queue/queue_fixture.h"

namespace dure::queue {
namespace {

using base::ErrorKind;

model::WorkloadSpec spec(const std::string& model, std::int64_t blocks, std::int64_t cards = 0) {
  model::WorkloadSpec made;
  made.model = model;
  made.blocks = blocks;
  made.cards = cards;
  return made;
}

struct Case {
  placement::Rows rows = placement::room(1, 4);
  Admission admission;
  Case() {
    admission.pool = "shared";
    admission.limit.model = "t4";
    admission.limit.blocks = 400;
  }
  base::Status admit(const model::WorkloadSpec& wanted) const {
    return queue::admit(wanted, admission, placement::Cluster::from_rows(rows));
  }
  std::pair<ErrorKind, std::string> refusal(const model::WorkloadSpec& wanted) const {
    const base::Status status = admit(wanted);
    if (status.ok()) return {ErrorKind::kInternal, "admitted"};
    return {status.failure().kind, status.failure().reason.code};
  }
};

using Refused = std::pair<ErrorKind, std::string>;

TEST(Admit, P1_OneToAHundredBlocks) {
  const Case one;
  EXPECT_TRUE(one.admit(spec("t4", 1)).ok());
  EXPECT_TRUE(one.admit(spec("t4", 100)).ok());
  EXPECT_EQ(one.refusal(spec("t4", 101)), Refused(ErrorKind::kNotEver, "placement.blocks_out_of_range"));
  EXPECT_EQ(one.refusal(spec("t4", 0)), Refused(ErrorKind::kInvalid, "placement.contradictory"));
  EXPECT_EQ(one.refusal(spec("t4", 10, 1)), Refused(ErrorKind::kInvalid, "placement.contradictory"));
  EXPECT_EQ(one.admit(spec("t4", 101)).failure().details[0].pointer, "/blocks");
}

TEST(Admit, P2_TheModelMustExistAndBeTheAllocations) {
  Case one;
  one.rows.cards[3].model = "a100-40gb";
  EXPECT_EQ(one.refusal(spec("h100-80gb", 1)), Refused(ErrorKind::kNotEver, "placement.unknown_model"));
  EXPECT_EQ(one.refusal(spec("a100-40gb", 1)), Refused(ErrorKind::kNotAllowed, "queue.model_not_allocated"));
}

TEST(Admit, F14_OverACeilingIsNotAllowedAtOnce) {
  Case one;
  EXPECT_TRUE(one.admit(spec("t4", 0, 4)).ok());
  one.admission.account.gpu = base::MilliGpu::cards(3);
  EXPECT_EQ(one.refusal(spec("t4", 0, 4)), Refused(ErrorKind::kNotAllowed, "queue.over_ceiling"));
  one.admission.account = {};
  one.admission.limit.blocks = 99;
  EXPECT_EQ(one.refusal(spec("t4", 100)), Refused(ErrorKind::kNotAllowed, "queue.over_ceiling"));
  model::WorkloadSpec gang = spec("t4", 50);
  gang.replicas = 2;
  EXPECT_EQ(one.refusal(gang), Refused(ErrorKind::kNotAllowed, "queue.over_ceiling"));
}

TEST(Admit, P18_ThePickComesFromTheMenu) {
  Case one;
  one.admission.menu = {base::MilliGpu::cards(1), base::MilliGpu::cards(2), base::MilliGpu::cards(4)};
  EXPECT_TRUE(one.admit(spec("t4", 0, 2)).ok());
  EXPECT_TRUE(one.admit(spec("t4", 100)).ok()) << "100 blocks are one card";
  EXPECT_EQ(one.refusal(spec("t4", 0, 3)), Refused(ErrorKind::kNotAllowed, "queue.not_on_menu"));
  EXPECT_TRUE(one.admit(spec("", 0)).ok()) << "without cards there is nothing to pick";
}

TEST(Admit, WhatNoMachineHasIsNotEver) {
  const Case one;
  EXPECT_EQ(one.refusal(spec("t4", 0, 5)), Refused(ErrorKind::kNotEver, "placement.too_many_cards"));
  model::WorkloadSpec greedy = spec("t4", 1);
  greedy.cpu_milli = 57'000;
  EXPECT_EQ(one.refusal(greedy), Refused(ErrorKind::kNotEver, "placement.too_much_cpu"));
}

TEST(Admit, AnAllocationThatIsOverAdmitsNothing) {
  Case one;
  one.admission.state = model::AllocationState::kEnded;
  EXPECT_EQ(one.refusal(spec("t4", 1)), Refused(ErrorKind::kNotAllowed, "queue.allocation_not_active"));
  one.admission.state = model::AllocationState::kPlanned;
  EXPECT_TRUE(one.admit(spec("t4", 1)).ok()) << "it waits for its first day";
}

TEST(Admit, NegativeTimesAreInvalid) {
  const Case one;
  model::WorkloadSpec wanted = spec("t4", 1);
  wanted.time_limit_s = -1;
  EXPECT_EQ(one.refusal(wanted), Refused(ErrorKind::kInvalid, "queue.negative"));
}

}  // namespace
}  // namespace dure::queue
