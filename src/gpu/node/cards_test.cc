#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gpu/node/nvml_cards.h"
#include "gpu/node/share_environment.h"
#include "gpu/node/simulated_cards.h"

namespace dure::gpu {
namespace {

bool everything_exists(const std::string&) {
  return true;
}

std::vector<Card> simulated(const char* text) {
  auto source = SimulatedCards::parse(text, "n1");
  EXPECT_TRUE(source.ok());
  return *source->list();
}

model::ShareOrder share(const std::string& card, std::int64_t blocks, std::int64_t bytes) {
  return {model::CardId(card), base::MilliGpu::blocks(blocks), {bytes}};
}

TEST(Catalogue, P21_RealProductsAreMatchedToTypedModels) {
  EXPECT_EQ(model_name("Tesla T4", {15843721216}), "t4");
  EXPECT_EQ(model_name("NVIDIA A100-SXM4-40GB", {42505273344}), "a100-40gb");
  EXPECT_EQ(model_name("NVIDIA A100 80GB PCIe", {85899345920}), "a100-80gb");
  EXPECT_EQ(model_name("NVIDIA H100 PCIe", {85520809984}), "h100-80gb");
  EXPECT_EQ(model_name("NVIDIA H200", {150754820096}), "h200-141gb");
  EXPECT_EQ(model_name("Tesla V100-PCIE-16GB", {16944988160}), "v100-16gb");
  EXPECT_EQ(model_name("NVIDIA GeForce RTX 4090", {25757220864}), "geforce-rtx-4090-24gb");
  EXPECT_EQ(find_model("bow")->unit, CardUnit::kIpu);
  EXPECT_EQ(find_model("bow")->tera_flops_tenths, 875);
  EXPECT_EQ(find_model("t5"), nullptr);
}

TEST(Catalogue, EveryModelIsFoundByItsOwnProduct) {
  for (const CardModel& model : catalogue())
    EXPECT_EQ(model_name(model.product, model.memory), model.name) << model.product;
}

TEST(SimulatedCards, P21_AreSaidToBeSimulatedAndKeepTheirIds) {
  const auto cards = simulated("a100-40gb:2,t4");
  ASSERT_EQ(cards.size(), 3u);
  EXPECT_EQ(cards[1].report.id.text, "SIM-n1-a100-40gb-1");
  EXPECT_EQ(cards[2].report.id.text, "SIM-n1-t4-0");
  EXPECT_EQ(cards[2].report.index, 2);
  EXPECT_EQ(cards[0].report.memory.value, 40LL << 30);
  for (const Card& card : cards) {
    EXPECT_TRUE(card.report.simulated);
    EXPECT_TRUE(card.report.product.starts_with("Simulated "));
    EXPECT_TRUE(card.device_nodes.empty());
  }
  EXPECT_EQ(simulated("t4,t4")[1].report.id.text, "SIM-n1-t4-1");
}

TEST(SimulatedCards, RefuseWhatIsNoSimulation) {
  const auto code = [](const char* text) { return SimulatedCards::parse(text, "n").failure().reason.code; };
  EXPECT_EQ(code(""), "card.simulation_malformed");
  EXPECT_EQ(code("t4:"), "card.simulation_malformed");
  EXPECT_EQ(code("t4:-1"), "card.simulation_malformed");
  EXPECT_EQ(code("t4:2x"), "card.simulation_malformed");
  EXPECT_EQ(code("t4:99999999999999999999"), "card.simulation_malformed");
  EXPECT_EQ(code("x100"), "card.model_unknown");
  EXPECT_EQ(code("t4:65"), "card.too_many");
  EXPECT_EQ(code("t4:60,t4:5"), "card.too_many");
  EXPECT_EQ(code("t4+mig"), "card.no_mig");
  EXPECT_EQ(code("a100-40gb+mig:0"), "card.simulation_malformed");
}

TEST(SimulatedCards, P3_AreInMigModeWhereThatIsSaid) {
  const auto cards = simulated("a100-40gb+mig:2,a100-40gb");
  ASSERT_EQ(cards.size(), 3u);
  EXPECT_TRUE(cards[0].report.mig);
  EXPECT_TRUE(cards[1].report.mig);
  EXPECT_FALSE(cards[2].report.mig);
  EXPECT_EQ(cards[1].report.model, "a100-40gb");
  EXPECT_EQ(cards[2].report.id.text, "SIM-n1-a100-40gb-2");
}

model::ShareOrder instance(const std::string& card) {
  model::ShareOrder order = share(card, 12, 6'000);
  order.mig_profile = "3g.20gb";
  order.mig_start = 4;
  order.mig_milli_gpu = {300};
  return order;
}

TEST(ShareAccess, P3_AnInstanceIsToldOfByItsProfileAndStart) {
  const auto access =
      share_access({instance("SIM-n1-a100-40gb-0")}, simulated("a100-40gb+mig"), everything_exists);
  ASSERT_TRUE(access.ok());
  EXPECT_EQ(access->environment.at("DURE_BLOCKS"), "30");
  EXPECT_EQ(access->environment.at("DURE_SHARE_0_MILLI_GPU"), "300");
  EXPECT_EQ(access->environment.at("DURE_SHARE_0_MIG_PROFILE"), "3g.20gb");
  EXPECT_EQ(access->environment.at("DURE_SHARE_0_MIG_START"), "4");
}

TEST(ShareAccess, P3_AnInstanceNeverRunsOnAllOfTheCard) {
  const auto code = [](const model::ShareOrder& order, const std::vector<Card>& cards) {
    return share_access({order}, cards, everything_exists).failure().reason.code;
  };
  EXPECT_EQ(code(instance("SIM-n1-a100-40gb-0"), simulated("a100-40gb")), "card.mig_not_supported")
      << "the card is not in MIG mode";
  EXPECT_EQ(code(share("SIM-n1-a100-40gb-0", 12, 6'000), simulated("a100-40gb+mig")),
            "card.mig_not_supported")
      << "a part of a card that is given out in instances";
  auto real = simulated("a100-40gb+mig");
  real[0].report.simulated = false;
  EXPECT_EQ(code(instance("SIM-n1-a100-40gb-0"), real), "card.mig_not_supported");
}

TEST(ShareAccess, P1_TheContainerIsToldItsBlocksAndMemory) {
  const auto access = share_access({share("SIM-n1-t4-0", 30, 5000)}, simulated("t4"), everything_exists);
  ASSERT_TRUE(access.ok());
  EXPECT_EQ(access->environment.at("DURE_BLOCKS"), "30");
  EXPECT_EQ(access->environment.at("DURE_SHARE_0_CARD"), "SIM-n1-t4-0");
  EXPECT_EQ(access->environment.at("DURE_SHARE_0_MILLI_GPU"), "300");
  EXPECT_EQ(access->environment.at("DURE_SHARE_0_MEMORY_BYTES"), "5000");
  EXPECT_EQ(access->environment.at("DURE_GPU_SIMULATED"), "1");
  EXPECT_EQ(access->environment.at("NVIDIA_VISIBLE_DEVICES"), "none");
  EXPECT_TRUE(access->device_nodes.empty());
}

TEST(ShareAccess, ACardThatIsNotHereOrSickIsRefused) {
  auto cards = simulated("t4");
  EXPECT_EQ(share_access({share("GPU-x", 1, 1)}, cards, everything_exists).failure().reason.code,
            "card.not_here");
  cards[0].report.health = model::CardHealth::kUnhealthy;
  EXPECT_EQ(share_access({share("SIM-n1-t4-0", 1, 1)}, cards, everything_exists).failure().reason.code,
            "card.unhealthy");
}

std::unique_ptr<NvmlCards> fake_cards(const std::string& capabilities = "/nonexistent") {
  auto library = NvmlLibrary::open(DURE_FAKE_NVML);
  EXPECT_TRUE(library.ok());
  return std::make_unique<NvmlCards>(std::move(*library), capabilities);
}

TEST(NvmlCards, P3_AGpuInMigModeIsItsInstances) {
  const auto folder = std::filesystem::temp_directory_path() / "dure-nvml-test";
  std::filesystem::create_directories(folder / "gpu3/mig/gi2/ci0");
  std::ofstream(folder / "gpu3/mig/gi2/access") << "DeviceFileMinor: 21\nDeviceFileMode: 292\n";
  std::ofstream(folder / "gpu3/mig/gi2/ci0/access") << "DeviceFileMinor: 22\n";
  const auto cards = fake_cards(folder)->list();
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(cards.ok());
  ASSERT_EQ(cards->size(), 3u);
  EXPECT_EQ((*cards)[0].report.model, "t4");
  EXPECT_FALSE((*cards)[0].report.simulated);
  EXPECT_EQ((*cards)[0].device_nodes.front(), "/dev/nvidia0");
  EXPECT_EQ((*cards)[2].report.id.text, "MIG-44444444-0000-0000-0000-000000000004");
  EXPECT_EQ((*cards)[2].parent, "GPU-22222222-0000-0000-0000-000000000002");
  EXPECT_EQ((*cards)[2].report.model, "a100-40gb-mig-3g.20gb");
  const auto& nodes = (*cards)[2].device_nodes;
  EXPECT_EQ(nodes.front(), "/dev/nvidia3");
  EXPECT_EQ(nodes.back(), "/dev/nvidia-caps/nvidia-cap22");
}

TEST(NvmlCards, RealCardsAreVisibleByTheirUuidAlone) {
  const auto cards = fake_cards()->list();
  ASSERT_TRUE(cards.ok());
  const std::string id = "GPU-11111111-0000-0000-0000-000000000001";
  const auto access = share_access({share(id, 100, 1)}, *cards, everything_exists);
  ASSERT_TRUE(access.ok());
  EXPECT_EQ(access->environment.at("NVIDIA_VISIBLE_DEVICES"), id);
  EXPECT_EQ(access->environment.at("CUDA_VISIBLE_DEVICES"), id);
  EXPECT_EQ(access->environment.count("DURE_GPU_SIMULATED"), 0u);
  EXPECT_EQ(access->device_nodes.size(), 4u);
}

TEST(NvmlCards, ACardThatFallsOffTheBusIsReportedAsUnhealthy) {
  auto cards = fake_cards();
  ASSERT_EQ(cards->list()->size(), 3u);
  setenv("FAKE_NVML_LOST", "1", 1);
  const auto later = cards->list();
  unsetenv("FAKE_NVML_LOST");
  ASSERT_EQ(later->size(), 3u);
  EXPECT_EQ(later->back().report.model, "t4");
  EXPECT_EQ(later->back().report.health, model::CardHealth::kUnhealthy);
  EXPECT_EQ(cards->list()->front().report.health, model::CardHealth::kHealthy);
}

TEST(NvmlCards, AMachineWithoutTheDriverSaysSo) {
  EXPECT_EQ(NvmlLibrary::open("libnot-there.so.1").failure().reason.code, "card.driver_missing");
  EXPECT_EQ(NvmlLibrary::open("libm.so.6").failure().reason.code, "card.driver_incomplete");
  setenv("FAKE_NVML_BROKEN", "1", 1);
  const auto broken = NvmlLibrary::open(DURE_FAKE_NVML);
  unsetenv("FAKE_NVML_BROKEN");
  EXPECT_EQ(broken.failure().reason.code, "card.driver_failed");
}

TEST(AwaitedNvmlCards, ADriverThatComesLaterIsFoundWithoutARestart) {
  std::int64_t now = 1'000'000'000;
  setenv("FAKE_NVML_BROKEN", "1", 1);
  AwaitedNvmlCards cards(DURE_FAKE_NVML, base::Span::seconds(30), [&] { return now; });
  ASSERT_TRUE(cards.missing());
  EXPECT_EQ(cards.missing()->reason.code, "card.driver_failed");
  EXPECT_TRUE(cards.list()->empty());
  unsetenv("FAKE_NVML_BROKEN");
  now += 29'000'000;
  EXPECT_TRUE(cards.list()->empty()) << "not tried all the time";
  now += 1'000'000;
  EXPECT_EQ(cards.list()->size(), 3u);
  EXPECT_FALSE(cards.missing());
  setenv("FAKE_NVML_BROKEN", "1", 1);
  now += 60'000'000;
  EXPECT_EQ(cards.list()->size(), 3u) << "opened once";
  unsetenv("FAKE_NVML_BROKEN");
}

}  // namespace
}  // namespace dure::gpu
