// A hundred containers with 1 % each on one card, a program in each.
#include <array>
#include <memory>
#include <vector>

#include "gpu/memory/container.h"

namespace dure::gpu::share {
namespace {

constexpr unsigned kShares = 100;
constexpr std::uint64_t kContext = 20 * kMiB;
constexpr std::uint64_t kBlock = 84 * kMiB;  // of a card of 8400 MiB
constexpr std::uint64_t kPage = 2 * kMiB;

// Two ends of a pipe: what is written once per process is read once per process.
struct Bell {
  std::array<int, 2> ends = {-1, -1};
  Bell() { EXPECT_EQ(pipe(ends.data()), 0); }
  ~Bell() {
    close(ends[0]);
    close(ends[1]);
  }
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;
  void ring(unsigned times = 1) const {
    for (unsigned i = 0; i < times; ++i) EXPECT_EQ(write(ends[1], "!", 1), 1);
  }
  void wait(unsigned times = 1) const {
    char heard = 0;
    for (unsigned i = 0; i < times; ++i) ASSERT_EQ(read(ends[0], &heard, 1), 1);
  }
};

// All of its share and not a page more, in pages; how many it got.
unsigned fill(const Program& program) {
  CUdeviceptr page = 0;
  EXPECT_EQ(program.allocate(&page, kBlock), CUDA_ERROR_OUT_OF_MEMORY);
  unsigned pages = 0;
  while (pages < 1000 && program.allocate(&page, kPage) == CUDA_SUCCESS) ++pages;
  EXPECT_EQ(program.allocate(&page, 512), CUDA_ERROR_OUT_OF_MEMORY);
  return pages;
}

fake_memory card_memory(const Program& program) {
  fake_memory memory = {};
  EXPECT_EQ((Named<int(int, fake_memory*)>("fake_card_memory", program.fake)(0, &memory)), 0);
  return memory;
}

TEST(Memory, AHundredSharesOfOnePercentFillACardAndNobodyHasMore) {
  std::vector<std::unique_ptr<Container>> containers;
  for (unsigned i = 0; i < kShares; ++i) {
    containers.push_back(std::make_unique<Container>(kBlock, 1, "memory=8400MiB;context=20MiB"));
    containers[i]->share().limits()->card[0].context_bytes = kContext;
    containers[i]->share_card_with(*containers[0], "tenant" + std::to_string(i));
  }
  const Bell full, go;
  std::vector<pid_t> programs;
  programs.reserve(kShares);
  for (const auto& container : containers)
    programs.push_back(container->start([&](Program& program) {
      program.start();
      EXPECT_EQ(fill(program), (kBlock - kContext) / kPage);
      std::size_t free = 1, total = 0;
      EXPECT_EQ(program.call("cuMemGetInfo_v2", &free, &total), CUDA_SUCCESS);
      EXPECT_EQ(free, 0u);
      EXPECT_EQ(total, kBlock);
      full.ring();
      go.wait();
      EXPECT_EQ(program.real().used, kBlock) << "by the fake driver's books";
      EXPECT_EQ(program.real().high, kBlock);
    }));
  full.wait(kShares);
  for (const auto& container : containers) EXPECT_EQ(container->booked(), kBlock);
  containers[0]->run([](Program& program) {
    const fake_memory card = card_memory(program);
    EXPECT_EQ(card.used, kShares * kBlock);
    EXPECT_EQ(card.used, card.total);
  });
  go.ring(kShares);
  for (const pid_t program : programs) Container::finish(program);
}

}  // namespace
}  // namespace dure::gpu::share
