#include "fleet/report.h"

#include <gtest/gtest.h>

#include <limits>

namespace dure::fleet {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

model::NodeReport report() {
  model::NodeReport made;
  made.boot_id = "boot-1";
  made.cpu_milli = 64'000;
  made.memory = {512LL << 30};
  made.cards.resize(2);
  for (std::size_t i = 0; i < made.cards.size(); ++i) {
    made.cards[i].id = model::CardId("SIM-" + std::to_string(i));
    made.cards[i].model = "t4";
    made.cards[i].memory = {16LL << 30};
  }
  made.observations.resize(1);
  made.observations[0].boot_id = "boot-1";
  made.observations[0].sequence = 1;
  made.observations[0].replica_id = model::ReplicaId("r");
  return made;
}

// The pointer of what is refused; "" where nothing is.
std::string refused(const model::NodeReport& report) {
  const auto status = check_report(report);
  return status ? "" : status.failure().details.at(0).pointer;
}

TEST(Report, AnOrdinaryOneIsTaken) {
  EXPECT_EQ(refused(report()), "");
}

TEST(Report, NumbersThatNoMachineHasAreRefused) {
  for (const std::int64_t number : {std::int64_t{-1}, kMost}) {
    auto wrong = report();
    wrong.cards[1].memory = {number};
    EXPECT_EQ(refused(wrong), "/cards/1/memory_bytes");
    wrong = report();
    wrong.cpu_milli = number;
    EXPECT_EQ(refused(wrong), "/cpu_milli");
    wrong = report();
    wrong.memory = {number};
    EXPECT_EQ(refused(wrong), "/memory_bytes");
    wrong = report();
    wrong.observations[0].boottime_us = number;
    EXPECT_EQ(refused(wrong), "/observations/0/boottime_us");
  }
}

TEST(Report, AReasonIsACodeOfTheCatalogue) {
  for (const std::string& code :
       std::vector<std::string>{"", "a\"b", "Engine", "engine failed", std::string(300, 'a')}) {
    auto wrong = report();
    wrong.troubles.resize(1);
    wrong.troubles[0].reason.code = code;
    EXPECT_EQ(refused(wrong), "/troubles/0/reason/code") << code;
    wrong = report();
    wrong.observations[0].failure = base::Reason(code);
    EXPECT_EQ(refused(wrong), "/observations/0/failure/code") << code;
  }
  auto many = report();
  many.troubles.resize(model::kMostTroubles + 1);
  EXPECT_EQ(refused(many), "/troubles");
}

TEST(Report, ACardIsListedOnceAndHasAName) {
  auto wrong = report();
  wrong.cards[1].id = wrong.cards[0].id;
  EXPECT_EQ(refused(wrong), "/cards/1/id");
  wrong = report();
  wrong.cards[0].id = model::CardId("");
  EXPECT_EQ(refused(wrong), "/cards/0/id");
  wrong = report();
  wrong.boot_id.clear();
  EXPECT_EQ(refused(wrong), "/boot_id");
  wrong = report();
  wrong.fabric_leaf = std::string(201, 'a');
  EXPECT_EQ(refused(wrong), "/fabric_leaf");
  wrong = report();
  wrong.nvlink_island = std::string(201, 'a');
  EXPECT_EQ(refused(wrong), "/nvlink_island");
  wrong = report();
  wrong.observations.resize(501, wrong.observations[0]);
  EXPECT_EQ(refused(wrong), "/observations");
}

}  // namespace
}  // namespace dure::fleet
