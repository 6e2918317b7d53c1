// The cards of this machine, as NVML shows them, against what NVIDIA's own program says. Skipped where there
// is no driver.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "gpu/node/nvml_cards.h"
#include "gpu/node/share_environment.h"

namespace dure::gpu {
namespace {

std::string output_of(const char* command) {
  std::string text;
  std::array<char, 4096> part{};
  FILE* pipe = popen(command, "r");
  if (pipe == nullptr) return text;
  while (std::fgets(part.data(), part.size(), pipe) != nullptr) text += part.data();
  pclose(pipe);
  return text;
}

struct Said {
  std::string name;
  std::int64_t memory_mib = 0;
};

// "GPU-5f…, NVIDIA H100 80GB HBM3, 81559" a line.
std::map<std::string, Said> said_by_nvidia_smi() {
  std::map<std::string, Said> cards;
  std::istringstream lines(
      output_of("nvidia-smi --query-gpu=uuid,name,memory.total --format=csv,noheader,nounits"));
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find(", ");
    const auto last = line.rfind(", ");
    if (first == std::string::npos || first == last) continue;
    cards[line.substr(0, first)] = {line.substr(first + 2, last - first - 2),
                                    std::stoll(line.substr(last + 2))};
  }
  return cards;
}

TEST(RealCards, P21_AreWhatTheDriverSaysAndCanBeGivenToAContainer) {
  auto library = NvmlLibrary::open("libnvidia-ml.so.1");
  if (!library.ok()) GTEST_SKIP() << "no NVIDIA driver on this machine: " << library.failure().reason.code;
  NvmlCards source(std::move(*library));
  const auto cards = source.list();
  ASSERT_TRUE(cards.ok()) << cards.failure().reason.code;
  const auto said = said_by_nvidia_smi();
  ASSERT_FALSE(said.empty()) << "the driver's library is here and nvidia-smi is not";
  for (const auto& [uuid, what] : said)
    std::printf("  %s, %s, %ld MiB\n", uuid.c_str(), what.name.c_str(), static_cast<long>(what.memory_mib));
  std::printf("  %s\n", source.describe().c_str());
  std::set<std::string> gpus;
  for (const Card& card : *cards) {
    EXPECT_FALSE(card.report.simulated);
    EXPECT_EQ(card.report.health, model::CardHealth::kHealthy);
    EXPECT_FALSE(card.report.model.empty());
    std::printf("  %s is a %s\n", card.report.id.text.c_str(), card.report.model.c_str());
    const std::string& gpu = card.parent.empty() ? card.report.id.text : card.parent;
    ASSERT_TRUE(said.contains(gpu)) << gpu;
    gpus.insert(gpu);
    if (!card.parent.empty()) continue;
    EXPECT_EQ(card.report.product, said.at(gpu).name);
    EXPECT_EQ(card.report.memory.value >> 20, said.at(gpu).memory_mib);
  }
  if (std::ranges::none_of(*cards, [](const Card& card) { return !card.parent.empty(); })) {
    EXPECT_EQ(gpus.size(), said.size()) << "no card is left out";
  }

  std::vector<model::ShareOrder> shares;
  for (const Card& card : *cards)
    shares.push_back({card.report.id, base::MilliGpu::blocks(30), {card.report.memory.value * 3 / 10}});
  const auto access = share_access(shares, *cards, file_exists);
  ASSERT_TRUE(access.ok()) << access.failure().reason.code;
  EXPECT_FALSE(access->environment.contains("DURE_GPU_SIMULATED"));
  EXPECT_NE(access->environment.at("NVIDIA_VISIBLE_DEVICES").find(cards->front().report.id.text),
            std::string::npos);
  EXPECT_GE(access->device_nodes.size(), 2u) << "the card's node and the driver's control node at least";
  for (const std::string& node : access->device_nodes) std::printf("  opens %s\n", node.c_str());
}

}  // namespace
}  // namespace dure::gpu
