#include "queue/admit.h"

#include <gtest/gtest.h>

#include <limits>

#include "queue/queue_fixture.h"

namespace dure::queue {
namespace {

using base::ErrorKind;

model::WorkloadSpec spec_of_model(const std::string& model, std::int64_t blocks, std::int64_t cards = 0) {
  model::WorkloadSpec made;
  made.model = model;
  made.blocks = blocks;
  made.cards = cards;
  made.cpu_milli = 1'000;
  made.memory = {1LL << 30};
  return made;
}

struct AdmitCase {
  placement::Rows rows = placement::room(1, 4);
  Admission admission;
  AdmitCase() {
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
  const AdmitCase one;
  EXPECT_TRUE(one.admit(spec_of_model("t4", 1)).ok());
  EXPECT_TRUE(one.admit(spec_of_model("t4", 100)).ok());
  EXPECT_EQ(one.refusal(spec_of_model("t4", 101)),
            Refused(ErrorKind::kNotEver, "placement.blocks_out_of_range"));
  EXPECT_EQ(one.refusal(spec_of_model("t4", 0)), Refused(ErrorKind::kInvalid, "placement.contradictory"));
  EXPECT_EQ(one.refusal(spec_of_model("t4", 10, 1)), Refused(ErrorKind::kInvalid, "placement.contradictory"));
  EXPECT_EQ(one.admit(spec_of_model("t4", 101)).failure().details[0].pointer, "/blocks");
}

TEST(Admit, P2_TheModelMustExistAndBeTheAllocations) {
  AdmitCase one;
  one.rows.cards[3].model = "a100-40gb";
  EXPECT_EQ(one.refusal(spec_of_model("h100-80gb", 1)),
            Refused(ErrorKind::kNotEver, "placement.unknown_model"));
  EXPECT_EQ(one.refusal(spec_of_model("a100-40gb", 1)),
            Refused(ErrorKind::kNotAllowed, "queue.model_not_allocated"));
}

TEST(Admit, F14_OverACeilingIsNotAllowedAtOnce) {
  AdmitCase one;
  EXPECT_TRUE(one.admit(spec_of_model("t4", 0, 4)).ok());
  one.admission.account.gpu = base::MilliGpu::cards(3);
  EXPECT_EQ(one.refusal(spec_of_model("t4", 0, 4)), Refused(ErrorKind::kNotAllowed, "queue.over_ceiling"));
  one.admission.account = {};
  one.admission.limit.blocks = 99;
  EXPECT_EQ(one.refusal(spec_of_model("t4", 100)), Refused(ErrorKind::kNotAllowed, "queue.over_ceiling"));
  model::WorkloadSpec gang = spec_of_model("t4", 50);
  gang.replicas = 2;
  EXPECT_EQ(one.refusal(gang), Refused(ErrorKind::kNotAllowed, "queue.over_ceiling"));
}

TEST(Admit, P18_ThePickComesFromTheMenu) {
  AdmitCase one;
  one.admission.menu = {base::MilliGpu::cards(1), base::MilliGpu::cards(2), base::MilliGpu::cards(4)};
  EXPECT_TRUE(one.admit(spec_of_model("t4", 0, 2)).ok());
  EXPECT_TRUE(one.admit(spec_of_model("t4", 100)).ok()) << "100 blocks are one card";
  EXPECT_EQ(one.refusal(spec_of_model("t4", 0, 3)), Refused(ErrorKind::kNotAllowed, "queue.not_on_menu"));
  EXPECT_TRUE(one.admit(spec_of_model("", 0)).ok()) << "without cards there is nothing to pick";
}

TEST(Admit, WhatNoMachineHasIsNotEver) {
  const AdmitCase one;
  EXPECT_EQ(one.refusal(spec_of_model("t4", 0, 5)), Refused(ErrorKind::kNotEver, "placement.too_many_cards"));
  model::WorkloadSpec greedy = spec_of_model("t4", 1);
  greedy.cpu_milli = 57'000;
  EXPECT_EQ(one.refusal(greedy), Refused(ErrorKind::kNotEver, "placement.too_much_cpu"));
}

TEST(Admit, AnAllocationThatIsOverAdmitsNothing) {
  AdmitCase one;
  one.admission.state = model::AllocationState::kEnded;
  EXPECT_EQ(one.refusal(spec_of_model("t4", 1)),
            Refused(ErrorKind::kNotAllowed, "queue.allocation_not_active"));
  one.admission.state = model::AllocationState::kPlanned;
  EXPECT_TRUE(one.admit(spec_of_model("t4", 1)).ok()) << "it waits for its first day";
}

TEST(Admit, F14_MemoryAndCpuCountAgainstTheirCeilings) {
  AdmitCase one;
  one.admission.limit.cpu_cores = 4;
  one.admission.limit.memory = {8LL << 30};
  model::WorkloadSpec wanted = spec_of_model("t4", 10);
  wanted.replicas = 4;
  EXPECT_TRUE(one.admit(wanted).ok());
  wanted.cpu_milli = 1'001;
  EXPECT_EQ(one.refusal(wanted), Refused(ErrorKind::kNotAllowed, "queue.over_ceiling"));
  wanted.cpu_milli = 1'000;
  wanted.memory = {3LL << 30};
  EXPECT_EQ(one.refusal(wanted), Refused(ErrorKind::kNotAllowed, "queue.over_ceiling"));
}

TEST(Admit, WhatNoEngineStartsIsNotEver) {
  const AdmitCase one;
  model::WorkloadSpec wanted = spec_of_model("t4", 10);
  wanted.cpu_milli = 9;
  EXPECT_EQ(one.refusal(wanted), Refused(ErrorKind::kNotEver, "queue.below_least"));
  EXPECT_EQ(one.admit(wanted).failure().details[0].pointer, "/cpu_milli");
  wanted = spec_of_model("t4", 10);
  wanted.memory = {1};
  EXPECT_EQ(one.refusal(wanted), Refused(ErrorKind::kNotEver, "queue.below_least"));
  wanted.memory = {0};
  EXPECT_EQ(one.refusal(wanted), Refused(ErrorKind::kNotEver, "queue.below_least"))
      << "no memory would be no limit";
}

TEST(Admit, NumbersBeyondAnyMachineAreNotEverAndCostNothing) {
  const AdmitCase one;
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  for (const auto member :
       {&model::WorkloadSpec::cpu_milli, &model::WorkloadSpec::cards, &model::WorkloadSpec::time_limit_s,
        &model::WorkloadSpec::max_retries, &model::WorkloadSpec::replicas}) {
    model::WorkloadSpec wanted = spec_of_model("", 0);
    wanted.*member = kHuge;
    EXPECT_EQ(one.refusal(wanted), Refused(ErrorKind::kNotEver, "number.out_of_range"));
  }
  model::WorkloadSpec many = spec_of_model("", 0);
  many.replicas = 1'000'000'000;
  EXPECT_EQ(one.refusal(many), Refused(ErrorKind::kNotEver, "number.out_of_range"));
  many.replicas = 0;
  EXPECT_EQ(one.refusal(many), Refused(ErrorKind::kInvalid, "number.out_of_range"));
  model::WorkloadSpec wide = spec_of_model("", 0);
  wide.memory = {kHuge};
  EXPECT_EQ(one.refusal(wide), Refused(ErrorKind::kNotEver, "number.out_of_range"));
}

TEST(Admit, NegativeTimesAreInvalid) {
  const AdmitCase one;
  model::WorkloadSpec wanted = spec_of_model("t4", 1);
  wanted.time_limit_s = -1;
  EXPECT_EQ(one.refusal(wanted), Refused(ErrorKind::kInvalid, "queue.negative"));
}

}  // namespace
}  // namespace dure::queue
