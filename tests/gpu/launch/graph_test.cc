// Graphs: a launch is one launch with an estimate of its own, and what a graph allocates is charged.
#include <random>

#include "gpu/launch/chain.h"

namespace dure::gpu::share {
namespace {

// HAMi-core lets every launch of a graph pass.
TEST(GraphRegression, GraphLaunchBypass_1445) {
  for (const char* name : {"cuGraphLaunch", "cuGraphLaunch_ptsz"}) {
    Container container(64 * kMiB);
    promise(container, 200);
    container.run([&](Program& program) {
      const Kernels kernels(program);
      Chain chain(program);
      for (int i = 0; i < 10; ++i) chain.add_kernel(kernels.function, kMs / 5);
      CUgraphExec graph = chain.instantiate();
      const double share = kernels.share_of([&] { return launch(program, graph, nullptr, name); });
      EXPECT_LE(share, 0.23) << name;
      EXPECT_GE(share, 0.1) << name << ": of a machine with much else to do";
    });
  }
}

TEST(Graphs, ManyNodesAreOneLaunch) {
  Container container(64 * kMiB);
  promise(container, 1000);
  container.run([&](Program& program) {
    const Kernels kernels(program);
    Chain chain(program);
    for (int i = 0; i < 100; ++i) chain.add_kernel(kernels.function, 20'000);
    CUgraphExec graph = chain.instantiate();
    for (int i = 0; i < 5; ++i) EXPECT_EQ(launch(program, graph), CUDA_SUCCESS);
    kernels.sync();
    EXPECT_EQ(work_of(container).launches, 5u);
    EXPECT_NEAR(static_cast<double>(work_of(container).elapsed_ns), 10e6, 1e6);
  });
}

// What was measured of a graph does not hold for what it was made into: of that one launch is outstanding.
TEST(Graphs, AreUnknownAgainWhenTheyChange) {
  Container container(64 * kMiB);
  promise(container, 900);
  container.run([&](Program& program) {
    const Kernels kernels(program);
    Chain quick(program), slow(program);
    quick.add_kernel(kernels.function, 100'000);
    slow.add_kernel(kernels.function, 100 * kMs);
    CUgraphExec graph = quick.instantiate();
    const auto launch_all = [&](int count) {
      const std::uint64_t begin = clock_ns();
      for (int i = 0; i < count; ++i) EXPECT_EQ(launch(program, graph), CUDA_SUCCESS);
      return clock_ns() - begin;
    };
    launch_all(1);
    kernels.sync();
    EXPECT_LT(launch_all(4), 10 * kMs) << "known: there is room for them";
    kernels.sync();
    CUgraphExecUpdateResultInfo info = {};
    EXPECT_EQ(program.call("cuGraphExecUpdate_v2", graph, slow.graph, &info), CUDA_SUCCESS);
    EXPECT_GE(launch_all(2), 90 * kMs) << "unknown: the second waits for the first";
    kernels.sync();
  });
}

// HAMi-core charges nothing of it.
TEST(GraphRegression, GraphNodesCharged) {
  Container container(64 * kMiB);
  promise(container, 1000);
  container.run([&](Program& program) {
    const Kernels kernels(program);
    Chain chain(program);
    const CUdeviceptr address = chain.add_allocation(40 * kMiB);
    chain.add_kernel(kernels.function, 1000);
    chain.add_free(address);
    CUgraphExec graph = chain.instantiate();
    EXPECT_EQ(container.booked(), 0u);
    for (int i = 0; i < 4; ++i) {  // again and again, though there is no room for twice as much
      EXPECT_EQ(launch(program, graph), CUDA_SUCCESS);
      EXPECT_EQ(container.booked(), 40 * kMiB);
    }
    Chain large(program);
    const CUdeviceptr more = large.add_allocation(65 * kMiB);
    large.add_free(more);
    CUgraphExec too_large = large.instantiate();
    EXPECT_EQ(launch(program, too_large), CUDA_ERROR_OUT_OF_MEMORY);
    kernels.sync();
    EXPECT_EQ(program.call("cuDeviceGraphMemTrim", 0), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    EXPECT_EQ(program.real().used, 0u);
    EXPECT_LE(program.real().high, 64 * kMiB);
    EXPECT_EQ(launch(program, graph), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 40 * kMiB);
    EXPECT_EQ(program.call("cuGraphExecDestroy", graph), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 40 * kMiB) << "the driver keeps it";
    CUdeviceptr linear = 0;
    EXPECT_EQ(program.allocate(&linear, 60 * kMiB), CUDA_SUCCESS) << "and is made to give it back";
    EXPECT_LE(program.real().high, 64 * kMiB);
  });
}

TEST(Graphs, WhatTheyLeaveAllocatedStaysCharged) {
  Container container(64 * kMiB);
  promise(container, 1000);
  container.run([&](Program& program) {
    const Kernels kernels(program);
    Chain chain(program);
    const CUdeviceptr address = chain.add_allocation(30 * kMiB);
    CUgraphExec graph = chain.instantiate();
    CUdeviceptr linear = 0;
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(launch(program, graph), CUDA_SUCCESS);
      EXPECT_EQ(container.booked(), 30 * kMiB);
      EXPECT_EQ(program.allocate(&linear, 40 * kMiB), CUDA_ERROR_OUT_OF_MEMORY);
      EXPECT_EQ(program.call("cuMemFreeAsync", address, CUstream{nullptr}), CUDA_SUCCESS);
      kernels.sync();
    }
    EXPECT_EQ(program.allocate(&linear, 40 * kMiB), CUDA_SUCCESS);
    EXPECT_EQ(launch(program, graph), CUDA_ERROR_OUT_OF_MEMORY);
    EXPECT_EQ(program.free(linear), CUDA_SUCCESS);
    Chain again(program);
    again.add_allocation(40 * kMiB);
    CUgraphExec freeing = again.instantiate(1);  // of itself, when it is launched again
    for (int i = 0; i < 4; ++i) EXPECT_EQ(launch(program, freeing), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 40 * kMiB);
    EXPECT_LE(program.real().high, 64 * kMiB);
  });
}

// Allocations of a capture are the graph's.
TEST(Graphs, WhatIsCapturedIsChargedAtTheLaunch) {
  Container container(64 * kMiB);
  promise(container, 1000);
  container.run([&](Program& program) {
    const Kernels kernels(program);
    CUstream stream = kernels.stream();
    CUdeviceptr address = 0;
    CUgraph graph = nullptr;
    CUgraphExec exec = nullptr;
    EXPECT_EQ(program.call("cuStreamBeginCapture_v2", stream, 0), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMemAllocAsync", &address, 50 * kMiB, stream), CUDA_SUCCESS);
    EXPECT_EQ(kernels.launch(1000, stream), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuMemFreeAsync", address, stream), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuStreamEndCapture", stream, &graph), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 0u);
    CUDA_GRAPH_INSTANTIATE_PARAMS parameters = {};
    EXPECT_EQ(program.call("cuGraphInstantiateWithParams", &exec, graph, &parameters), CUDA_SUCCESS);
    EXPECT_EQ(launch(program, exec, stream), CUDA_SUCCESS);
    EXPECT_EQ(container.booked(), 50 * kMiB);
    // A graph that is captured into another runs nothing, and has the nodes of both.
    EXPECT_EQ(program.call("cuStreamBeginCapture_v2", stream, 0), CUDA_SUCCESS);
    EXPECT_EQ(launch(program, exec, stream), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuStreamEndCapture", stream, &graph), CUDA_SUCCESS);
    EXPECT_EQ(work_of(container).launches, 1u);
    CUgraphNode* const no_error = nullptr;
    char* const no_log = nullptr;
    EXPECT_EQ(program.call("cuGraphInstantiate_v2", &exec, graph, no_error, no_log, std::size_t{0}),
              CUDA_SUCCESS);
    kernels.sync();
    EXPECT_EQ(launch(program, exec, stream), CUDA_SUCCESS);
    EXPECT_LE(program.real().high, 64 * kMiB);
  });
}

// Graphs of all kinds in any order: the limit is never passed, and the books say what the driver keeps.
TEST(Graphs, NeverPassTheLimit) {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    Container container(64 * kMiB);
    promise(container, 1000);
    container.run([&](Program& program) {
      std::mt19937 random(seed);
      const auto below = [&random](unsigned most) { return static_cast<unsigned>(random() % most); };
      const Kernels kernels(program);
      CUstream streams[] = {kernels.stream(), kernels.stream()};
      std::vector<std::pair<CUgraphExec, CUdeviceptr>> graphs;
      std::vector<CUdeviceptr> linear;
      for (int i = 0; i < 6; ++i) {
        Chain chain(program);
        const CUdeviceptr first = chain.add_allocation((1 + below(20)) * kMiB);
        const bool leaves = below(3) == 0;
        chain.add_kernel(kernels.function, 20'000);
        if (!leaves) chain.add_free(first);
        const CUdeviceptr second = chain.add_allocation((1 + below(20)) * kMiB);
        chain.add_free(second);
        graphs.emplace_back(chain.instantiate(below(2)), leaves ? first : 0);
      }
      unsigned launched = 0;
      for (int step = 0; step < 200; ++step) {
        const auto& [graph, left] = graphs[below(6)];
        CUstream stream = streams[below(2)];
        switch (below(8)) {
          case 0:
            program.call("cuMemFreeAsync", left, stream);
            break;
          case 1:
            program.call("cuDeviceGraphMemTrim", 0);
            break;
          case 2:
            if (linear.emplace_back(); program.allocate(&linear.back(), (1 + below(30)) * kMiB) != 0)
              linear.pop_back();
            break;
          case 3:
            if (!linear.empty()) {
              EXPECT_EQ(program.free(linear.back()), CUDA_SUCCESS);
              linear.pop_back();
            }
            break;
          case 4:
            kernels.sync();
            break;
          default:
            launched += launch(program, graph, stream) == CUDA_SUCCESS ? 1 : 0;
        }
        ASSERT_LE(program.real().high, 64 * kMiB) << "seed " << seed << " step " << step;
        ASSERT_GE(container.booked(), program.real().used) << "seed " << seed << " step " << step;
      }
      EXPECT_GT(launched, 5u);
      kernels.sync();
      for (const auto& [graph, left] : graphs) {
        program.call("cuMemFreeAsync", left, streams[0]);
        EXPECT_EQ(program.call("cuGraphExecDestroy", graph), CUDA_SUCCESS);
      }
      for (const CUdeviceptr each : linear) EXPECT_EQ(program.free(each), CUDA_SUCCESS);
      kernels.sync();
      EXPECT_EQ(program.call("cuDeviceGraphMemTrim", 0), CUDA_SUCCESS);
      EXPECT_EQ(container.booked(), 0u);
      EXPECT_EQ(program.real().used, 0u);
    });
  }
}

}  // namespace
}  // namespace dure::gpu::share
