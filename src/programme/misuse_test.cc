// H6, P23: what looks like mining or fake load, and what does not.
#include "programme/misuse.h"

#include <gtest/gtest.h>

namespace dure::programme {
namespace {

policy::FakeLoadSigns signs() {
  policy::FakeLoadSigns made;
  made.least_minutes = 60;
  made.used_at_least_bp = 9800;
  made.memory_at_most = {1 << 30};
  made.mining_programs = {"xmrig"};
  made.load_programs = {"gpu_burn"};
  return made;
}

model::ShareUse measured_use(std::int64_t minutes, std::int64_t used_bp, std::int64_t memory) {
  model::ShareUse made;
  made.created_at = {1'000'000};
  made.read_at = made.created_at + base::Span::minutes(minutes);
  made.given_ns = minutes * 60'000'000'000;
  made.device_ns = made.given_ns / 10'000 * used_bp;
  made.memory_high = {memory};
  return made;
}

std::string codes(const std::optional<Suspicion>& found) {
  std::string text;
  if (!found) return text;
  for (const auto& sign : found->signs) text += sign.code + " ";
  return text + std::string(model::to_text(found->kind));
}

TEST(Misuse, H6_BusyAllTheTimeWithNextToNoMemory) {
  EXPECT_EQ(codes(suspect({measured_use(60, 9900, 1 << 20)}, {"python"}, signs())),
            "incident.sign_busy incident.sign_little_memory fake_load");
  EXPECT_EQ(codes(suspect({measured_use(59, 9900, 1 << 20)}, {}, signs())), "") << "not for long enough";
  EXPECT_EQ(codes(suspect({measured_use(60, 9700, 1 << 20)}, {}, signs())), "") << "work pauses";
  EXPECT_EQ(codes(suspect({measured_use(60, 9900, 2LL << 30)}, {}, signs())), "") << "training holds memory";
  EXPECT_EQ(codes(suspect({measured_use(60, 9900, 1 << 20), measured_use(60, 9900, 2LL << 30)}, {}, signs())),
            "")
      << "one of its cards works";
  EXPECT_EQ(codes(suspect({}, {"python"}, signs())), "") << "what nothing was read of says nothing";
}

TEST(Misuse, P23_TheNameOfAProgramIsASign) {
  EXPECT_EQ(codes(suspect({}, {"sh", "/opt/XMRig", "-o"}, signs())), "incident.sign_command mining");
  EXPECT_EQ(codes(suspect({}, {"./gpu_burn", "3600"}, signs())), "incident.sign_command fake_load");
  EXPECT_EQ(codes(suspect({}, {"python", "xmrig.py"}, signs())), "") << "a name is not a part of a name";
}

TEST(Misuse, J1_TheGroundForSuchSigns) {
  policy::Sanctions sanctions;
  sanctions.grounds.resize(2);
  sanctions.grounds[1].id = "mining";
  sanctions.grounds[1].for_signs = {"mining"};
  ASSERT_NE(ground_for(model::IncidentKind::kMining, sanctions), nullptr);
  EXPECT_EQ(ground_for(model::IncidentKind::kMining, sanctions)->id, "mining");
  EXPECT_EQ(ground_for(model::IncidentKind::kFakeLoad, sanctions), nullptr);
}

}  // namespace
}  // namespace dure::programme
