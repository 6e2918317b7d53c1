// The memory of graphs where another thread comes in between, or another stream: the limit is passed at no
// instant. What the other thread does happens at a step of the first one's (share/step.h).
#include <cstring>
#include <functional>

#include "gpu/launch/chain.h"

namespace dure::gpu::share {
namespace {

std::function<void()> before_launch;
void at_step(const char* name) {
  if (!before_launch || std::strcmp(name, "graph.reserved") != 0) return;
  const std::function<void()> act = std::move(before_launch);
  before_launch = nullptr;
  act();
}

// Allocates, runs for `ns`, and frees.
CUgraphExec make_graph(const Program& program, const Kernels& kernels, std::size_t bytes,
                       std::uint64_t ns = 1000) {
  Chain chain(program);
  const CUdeviceptr address = chain.add_allocation(bytes);
  chain.add_kernel(kernels.function, ns);
  chain.add_free(address);
  return chain.instantiate();
}

// A container of 64 MiB, and a program in it that `body` is.
void run(const std::function<void(Program&, const Kernels&)>& body) {
  Container container(64 * kMiB);
  promise(container, 1000);
  container.run([&](Program& program) {
    program.ours<void(void (*)(const char*))>("dure_gpu_share_on_step")(&at_step);
    const Kernels kernels(program);
    body(program, kernels);
    EXPECT_FALSE(before_launch) << "this tests nothing";
    EXPECT_LE(program.real().high, 64 * kMiB);
    EXPECT_LE(program.real().used, container.booked());
  });
}

// P22. Nothing was reserved for a graph that has its memory, and what was trimmed became free for others.
TEST(GraphRegression, WhatIsTrimmedBeforeALaunchStaysCharged) {
  run([](Program& program, const Kernels& kernels) {
    CUgraphExec graph = make_graph(program, kernels, 40 * kMiB);
    CUdeviceptr other = 0;
    EXPECT_EQ(launch(program, graph), CUDA_SUCCESS);
    kernels.sync();
    before_launch = [&] {
      EXPECT_EQ(program.call("cuDeviceGraphMemTrim", 0), CUDA_SUCCESS);
      EXPECT_EQ(program.real().used, 0u) << "this tests nothing";
      EXPECT_EQ(program.allocate(&other, 40 * kMiB), CUDA_ERROR_OUT_OF_MEMORY);
    };
    EXPECT_EQ(launch(program, graph), CUDA_SUCCESS);
    kernels.sync();
    EXPECT_EQ(program.real().used, 40 * kMiB);
    EXPECT_EQ(program.call("cuDeviceGraphMemTrim", 0), CUDA_SUCCESS);
    EXPECT_EQ(program.allocate(&other, 40 * kMiB), CUDA_SUCCESS) << "and no longer than that";
  });
}

// P22. What another launch had reserved it gave back, though it had taken the first one's memory.
TEST(GraphRegression, WhatAGraphKeepsOfAnothersStaysCharged) {
  run([](Program& program, const Kernels& kernels) {
    CUgraphExec graph = make_graph(program, kernels, 30 * kMiB);
    Chain keeping(program);
    keeping.add_allocation(30 * kMiB);
    CUgraphExec keeper = keeping.instantiate();
    CUdeviceptr other = 0;
    EXPECT_EQ(launch(program, graph), CUDA_SUCCESS);
    kernels.sync();
    before_launch = [&] {
      EXPECT_EQ(launch(program, keeper), CUDA_SUCCESS);
      EXPECT_EQ(program.real().used, 30 * kMiB) << "this tests nothing";
      EXPECT_EQ(program.allocate(&other, 10 * kMiB), CUDA_ERROR_OUT_OF_MEMORY);
    };
    EXPECT_EQ(launch(program, graph), CUDA_SUCCESS);
    EXPECT_EQ(program.real().used, 60 * kMiB) << "this tests nothing";
  });
}

// P22. Graphs that share memory, taking turns in one stream, need twice as much in two.
TEST(GraphRegression, GraphsThatTookTurnsDoNotRunBesideEachOtherForNothing) {
  run([](Program& program, const Kernels& kernels) {
    CUgraphExec one = make_graph(program, kernels, 30 * kMiB, 100 * kMs);
    CUgraphExec two = make_graph(program, kernels, 30 * kMiB);
    CUstream streams[] = {kernels.stream(), kernels.stream()};
    CUdeviceptr other = 0;
    for (CUgraphExec graph : {one, two}) EXPECT_EQ(launch(program, graph, streams[0]), CUDA_SUCCESS);
    kernels.sync();
    EXPECT_EQ(program.real().used, 30 * kMiB);
    EXPECT_EQ(program.allocate(&other, 30 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(launch(program, one, streams[0]), CUDA_SUCCESS);
    EXPECT_EQ(launch(program, two, streams[1]), CUDA_ERROR_OUT_OF_MEMORY);
    kernels.sync();
    EXPECT_EQ(launch(program, two, streams[1]), CUDA_SUCCESS) << "it is free now";
    kernels.sync();
    EXPECT_EQ(launch(program, one, streams[0]), CUDA_SUCCESS);
  });
}

// Graphs that have memory of their own each are launched again in any stream where the share is full.
TEST(Graphs, ThatHaveTheirMemoryNeedNoMore) {
  run([](Program& program, const Kernels& kernels) {
    CUgraphExec graphs[] = {make_graph(program, kernels, 30 * kMiB, 20 * kMs),
                            make_graph(program, kernels, 34 * kMiB, 20 * kMs)};
    CUstream streams[] = {kernels.stream(), kernels.stream()};
    for (unsigned i = 0; i < 8; ++i)
      EXPECT_EQ(launch(program, graphs[i % 2], streams[i / 3 % 2]), CUDA_SUCCESS) << i;
    EXPECT_EQ(program.real().used, 64 * kMiB);
  });
}

}  // namespace
}  // namespace dure::gpu::share
