// What is captured runs nothing: it is neither charged nor held up, and nothing of ours gets among it.
#include "gpu/launch/kernels.h"

namespace dure::gpu::share {
namespace {

std::size_t count_nodes(Program& program, CUgraph graph) {
  std::size_t count = 0;
  CUgraphNode* const none = nullptr;
  EXPECT_EQ(program.call("cuGraphGetNodes", graph, none, &count), CUDA_SUCCESS);
  return count;
}

TEST(Capture, HoldsTheProgramsOwnLaunchesAndNothingElse) {
  for (const int mode : {0, 1, 2}) {
    Container container(64 * kMiB);
    promise(container, 900);
    container.run([&](Program& program) {
      const Kernels kernels(program);
      CUstream stream = kernels.stream(), side = kernels.stream();
      for (int i = 0; i < 8; ++i) EXPECT_EQ(kernels.launch(200'000, stream), CUDA_SUCCESS);  // one is open
      for (int i = 0; i < 2; ++i) EXPECT_EQ(kernels.launch(200'000, side), CUDA_SUCCESS);
      EXPECT_EQ(program.call("cuStreamBeginCapture_v2", stream, mode), CUDA_SUCCESS);
      const std::uint64_t begin = clock_ns();
      for (int i = 0; i < 500; ++i) EXPECT_EQ(kernels.launch(10 * kMs, stream), CUDA_SUCCESS);
      EXPECT_LT(clock_ns() - begin, 500 * kMs);
      EXPECT_EQ(work_of(container).launches, 10u);
      // Not captured, and launched nevertheless.
      EXPECT_EQ(kernels.launch(200'000, side), CUDA_SUCCESS);
      program.call("cuStreamQuery", side);
      EXPECT_EQ(work_of(container).launches, 11u);
      CUgraph graph = nullptr;
      EXPECT_EQ(program.call("cuStreamEndCapture", stream, &graph), CUDA_SUCCESS);
      EXPECT_EQ(count_nodes(program, graph), 500u);
      EXPECT_EQ(kernels.launch(200'000, stream), CUDA_SUCCESS);
      EXPECT_EQ(work_of(container).launches, 12u);
      // What was launched before is measured all the same: its batches ended before the capture began.
      kernels.sync();
      const auto real = static_cast<double>(kernels.real().elapsed_ns);
      EXPECT_NEAR(static_cast<double>(work_of(container).elapsed_ns), real, real / 3);
    });
  }
}

// A stream that is drawn into a capture by an event of the first.
TEST(Capture, SpreadsToOtherStreams) {
  Container container(64 * kMiB);
  promise(container, 1000);
  container.run([&](Program& program) {
    const Kernels kernels(program);
    CUstream stream = kernels.stream(), side = kernels.stream();
    CUevent event = nullptr;
    EXPECT_EQ(program.call("cuEventCreate", &event, 2u), CUDA_SUCCESS);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(kernels.launch(1000, side), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuStreamBeginCapture_v2", stream, 1), CUDA_SUCCESS);
    EXPECT_EQ(kernels.launch(1000, side), CUDA_SUCCESS);
    EXPECT_EQ(kernels.launch(1000, side), CUDA_SUCCESS);
    EXPECT_EQ(kernels.launch(1000, stream), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuEventRecord", event, stream), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuStreamWaitEvent", side, event, 0u), CUDA_SUCCESS);
    EXPECT_EQ(kernels.launch(1000, side), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuEventRecord", event, side), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuStreamWaitEvent", stream, event, 0u), CUDA_SUCCESS);
    CUgraph graph = nullptr;
    EXPECT_EQ(program.call("cuStreamEndCapture", stream, &graph), CUDA_SUCCESS);
    EXPECT_EQ(count_nodes(program, graph), 2u);
    EXPECT_EQ(work_of(container).launches, 6u);
    kernels.sync();
    EXPECT_EQ(work_of(container).outstanding_ns, 0u);
  });
}

// Ends that end nothing, and captures that fail, are not counted: launches are charged again afterwards.
TEST(Capture, IsOverWhenTheDriverSaysSo) {
  Container container(64 * kMiB);
  promise(container, 1000);
  container.run([&](Program& program) {
    const Kernels kernels(program);
    CUstream stream = kernels.stream(), side = kernels.stream();
    CUgraph graph = nullptr;
    EXPECT_EQ(program.call("cuStreamBeginCapture_v2", CUstream{nullptr}, 0), 900);
    EXPECT_EQ(program.call("cuStreamBeginCapture_v2", stream, 0), CUDA_SUCCESS);
    EXPECT_EQ(program.call("cuStreamEndCapture", side, &graph), CUDA_ERROR_ILLEGAL_STATE);
    EXPECT_EQ(kernels.launch(1000, stream), CUDA_SUCCESS);
    EXPECT_EQ(work_of(container).launches, 0u);
    EXPECT_EQ(program.call("cuStreamSynchronize", stream), 900);  // invalidates it
    EXPECT_EQ(program.call("cuStreamEndCapture", stream, &graph), 901);
    EXPECT_EQ(kernels.launch(1000, stream), CUDA_SUCCESS);
    EXPECT_EQ(work_of(container).launches, 1u);
  });
}

}  // namespace
}  // namespace dure::gpu::share
