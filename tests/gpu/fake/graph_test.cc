// Graphs: made by hand and by capture, how long they take, what memory they hold.
#include "gpu/fake/testing.h"

extern "C" {
CUresult cuGraphCreate(CUgraph*, unsigned);
CUresult cuGraphAddKernelNode_v2(CUgraphNode*, CUgraph, const CUgraphNode*, size_t,
                                 const CUDA_KERNEL_NODE_PARAMS*);
CUresult cuGraphAddHostNode(CUgraphNode*, CUgraph, const CUgraphNode*, size_t, const CUDA_HOST_NODE_PARAMS*);
CUresult cuGraphAddChildGraphNode(CUgraphNode*, CUgraph, const CUgraphNode*, size_t, CUgraph);
CUresult cuGraphAddMemAllocNode(CUgraphNode*, CUgraph, const CUgraphNode*, size_t,
                                CUDA_MEM_ALLOC_NODE_PARAMS*);
CUresult cuGraphAddMemFreeNode(CUgraphNode*, CUgraph, const CUgraphNode*, size_t, CUdeviceptr);
CUresult cuGraphInstantiateWithFlags(CUgraphExec*, CUgraph, unsigned long long);
CUresult cuGraphExecKernelNodeSetParams_v2(CUgraphExec, CUgraphNode, const CUDA_KERNEL_NODE_PARAMS*);
CUresult cuGraphExecUpdate_v2(CUgraphExec, CUgraph, CUgraphExecUpdateResultInfo*);
CUresult cuGraphLaunch(CUgraphExec, CUstream);
CUresult cuGraphGetNodes(CUgraph, CUgraphNode*, size_t*);
CUresult cuStreamBeginCapture_v2(CUstream, int);
CUresult cuStreamEndCapture(CUstream, CUgraph*);
CUresult cuStreamIsCapturing(CUstream, int*);
CUresult cuDeviceGetGraphMemAttribute(CUdevice, int, void*);
CUresult cuDeviceGraphMemTrim(CUdevice);
CUresult cuMemAllocAsync(CUdeviceptr*, size_t, CUstream);
CUresult cuMemFreeAsync(CUdeviceptr, CUstream);
}

namespace dure::gpu::fake {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

std::uint64_t used() {
  fake_memory memory = {};
  EXPECT_EQ(fake_card_memory(0, &memory), 0);
  return memory.used;
}

CUgraphNode add(CUgraph graph, const Player& player, std::uint64_t ns, std::vector<CUgraphNode> after) {
  void* parameters[] = {&ns};
  CUDA_KERNEL_NODE_PARAMS kernel = {};
  kernel.func = player.sleep;
  kernel.gridDimX = kernel.gridDimY = kernel.gridDimZ = 1;
  kernel.kernelParams = parameters;
  CUgraphNode node = nullptr;
  EXPECT_EQ(cuGraphAddKernelNode_v2(&node, graph, after.data(), after.size(), &kernel), CUDA_SUCCESS);
  return node;
}

CUgraphExec instantiate(CUgraph graph, unsigned long long flags = 0) {
  CUgraphExec exec = nullptr;
  EXPECT_EQ(cuGraphInstantiateWithFlags(&exec, graph, flags), CUDA_SUCCESS);
  return exec;
}

// 1 -> (2, 5) -> 1: the longest way is 1 + 5 + 1.
TEST(FakeGraph, TakesItsLongestWay) {
  begin();
  const Player a(1);
  CUgraph graph = nullptr;
  EXPECT_EQ(cuGraphCreate(&graph, 0), CUDA_SUCCESS);
  const CUgraphNode first = add(graph, a, 1 * kMillisecond, {});
  const CUgraphNode left = add(graph, a, 2 * kMillisecond, {first});
  const CUgraphNode right = add(graph, a, 5 * kMillisecond, {first});
  add(graph, a, 1 * kMillisecond, {left, right});
  const CUgraphExec exec = instantiate(graph);
  const CUstream stream = a.stream();
  EXPECT_EQ(cuGraphLaunch(exec, stream), CUDA_SUCCESS);
  a.launch(1 * kMillisecond, stream);
  EXPECT_EQ(a.finish(), 8 * kMillisecond);
  EXPECT_EQ(a.work().launches, 2u);

  void* parameters[1];
  std::uint64_t ns = 9 * kMillisecond;
  parameters[0] = &ns;
  CUDA_KERNEL_NODE_PARAMS kernel = {};
  kernel.func = a.sleep;
  kernel.gridDimX = kernel.gridDimY = kernel.gridDimZ = 1;
  kernel.kernelParams = parameters;
  EXPECT_EQ(cuGraphExecKernelNodeSetParams_v2(exec, left, &kernel), CUDA_SUCCESS);
  EXPECT_EQ(cuGraphLaunch(exec, stream), CUDA_SUCCESS);
  EXPECT_EQ(a.finish(), 8 * kMillisecond + 11 * kMillisecond);
}

TEST(FakeGraph, ChildGraphsAndUpdates) {
  begin();
  const Player a(1);
  CUgraph child = nullptr;
  CUgraph graph = nullptr;
  EXPECT_EQ(cuGraphCreate(&child, 0), CUDA_SUCCESS);
  add(child, a, 2 * kMillisecond, {});
  EXPECT_EQ(cuGraphCreate(&graph, 0), CUDA_SUCCESS);
  const CUgraphNode first = add(graph, a, 1 * kMillisecond, {});
  CUgraphNode inner = nullptr;
  EXPECT_EQ(cuGraphAddChildGraphNode(&inner, graph, &first, 1, child), CUDA_SUCCESS);
  add(graph, a, 1 * kMillisecond, {inner});
  const CUgraphExec exec = instantiate(graph);
  EXPECT_EQ(cuGraphLaunch(exec, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(a.finish(), 4 * kMillisecond);
  CUgraphExecUpdateResultInfo info = {};
  EXPECT_EQ(cuGraphExecUpdate_v2(exec, graph, &info), CUDA_SUCCESS);
  EXPECT_EQ(cuGraphExecUpdate_v2(exec, child, &info), CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE);
  EXPECT_EQ(info.result, CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED);
}

void count(void* user) {
  ++*static_cast<int*>(user);
}

TEST(FakeGraph, HostNodesRunInTheirPlace) {
  begin();
  const Player a(1);
  int called = 0;
  CUgraph graph = nullptr;
  EXPECT_EQ(cuGraphCreate(&graph, 0), CUDA_SUCCESS);
  const CUgraphNode first = add(graph, a, 1 * kMillisecond, {});
  CUgraphNode host = nullptr;
  const CUDA_HOST_NODE_PARAMS what = {.fn = count, .userData = &called};
  EXPECT_EQ(cuGraphAddHostNode(&host, graph, &first, 1, &what), CUDA_SUCCESS);
  add(graph, a, 2 * kMillisecond, {host});
  const CUgraphExec exec = instantiate(graph);
  EXPECT_EQ(cuGraphLaunch(exec, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(cuGraphLaunch(exec, nullptr), CUDA_SUCCESS);
  EXPECT_EQ(a.finish(), 6 * kMillisecond);
  EXPECT_EQ(called, 2);
}

TEST(FakeCapture, ForksAndJoinsByEvents) {
  begin();
  const Player a(1);
  const CUstream origin = a.stream();
  const CUstream side = a.stream();
  EXPECT_EQ(cuStreamBeginCapture_v2(origin, 0), CUDA_SUCCESS);
  int status = 0;
  EXPECT_EQ(cuStreamIsCapturing(origin, &status), CUDA_SUCCESS);
  EXPECT_EQ(status, CU_STREAM_CAPTURE_STATUS_ACTIVE);
  a.launch(1 * kMillisecond, origin);
  const CUevent fork = a.record(origin);
  EXPECT_EQ(cuStreamWaitEvent(side, fork, 0), CUDA_SUCCESS);
  a.launch(6 * kMillisecond, side);
  a.launch(2 * kMillisecond, origin);
  const CUevent join = a.record(side);
  EXPECT_EQ(cuEventQuery(join), CUDA_ERROR_CAPTURED_EVENT);
  CUdeviceptr address = 0;
  EXPECT_EQ(cuMemAlloc_v2(&address, 1), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  EXPECT_EQ(cuStreamWaitEvent(origin, join, 0), CUDA_SUCCESS);
  a.launch(1 * kMillisecond, origin);
  CUgraph graph = nullptr;
  EXPECT_EQ(cuStreamEndCapture(origin, &graph), CUDA_SUCCESS);
  EXPECT_EQ(fake_now(), 0u);
  EXPECT_EQ(a.work().launches, 0u);
  std::size_t nodes = 0;
  EXPECT_EQ(cuGraphGetNodes(graph, nullptr, &nodes), CUDA_SUCCESS);
  EXPECT_EQ(nodes, 4u);
  EXPECT_EQ(cuGraphLaunch(instantiate(graph), origin), CUDA_SUCCESS);
  EXPECT_EQ(a.finish(), 8 * kMillisecond);
  EXPECT_EQ(cuStreamIsCapturing(side, &status), CUDA_SUCCESS);
  EXPECT_EQ(status, CU_STREAM_CAPTURE_STATUS_NONE);
}

TEST(FakeCapture, AStreamThatIsNotJoinedSpoilsIt) {
  begin();
  const Player a(1);
  const CUstream origin = a.stream();
  const CUstream side = a.stream();
  EXPECT_EQ(cuStreamBeginCapture_v2(origin, 0), CUDA_SUCCESS);
  a.launch(1 * kMillisecond, origin);
  EXPECT_EQ(cuStreamWaitEvent(side, a.record(origin), 0), CUDA_SUCCESS);
  a.launch(1 * kMillisecond, side);
  CUgraph graph = nullptr;
  EXPECT_EQ(cuStreamEndCapture(origin, &graph), CUDA_ERROR_STREAM_CAPTURE_UNJOINED);
  EXPECT_EQ(graph, nullptr);
}

TEST(FakeCapture, ASynchronisationInvalidatesIt) {
  begin();
  const Player a(1);
  const CUstream origin = a.stream();
  EXPECT_EQ(cuStreamBeginCapture_v2(origin, 0), CUDA_SUCCESS);
  EXPECT_EQ(cuStreamSynchronize(origin), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
  CUgraph graph = nullptr;
  EXPECT_EQ(cuStreamEndCapture(origin, &graph), CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
}

std::uint64_t graph_memory(int attribute) {
  cuuint64_t value = 0;
  EXPECT_EQ(cuDeviceGetGraphMemAttribute(0, attribute, &value), CUDA_SUCCESS);
  return value;
}

TEST(FakeGraph, MemoryNodesHoldMemoryFromTheLaunchUntilATrim) {
  begin("memory=64MiB");
  const Player a(1);
  const CUstream stream = a.stream();
  EXPECT_EQ(cuStreamBeginCapture_v2(stream, 0), CUDA_SUCCESS);
  CUdeviceptr one = 0;
  CUdeviceptr two = 0;
  EXPECT_EQ(cuMemAllocAsync(&one, 10 * kMiB, stream), CUDA_SUCCESS);
  EXPECT_EQ(cuMemFreeAsync(one, stream), CUDA_SUCCESS);
  EXPECT_EQ(cuMemAllocAsync(&two, 6 * kMiB, stream), CUDA_SUCCESS);
  CUgraph graph = nullptr;
  EXPECT_EQ(cuStreamEndCapture(stream, &graph), CUDA_SUCCESS);
  const CUgraphExec exec = instantiate(graph, CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH);
  EXPECT_EQ(used(), 0u);
  EXPECT_EQ(cuGraphLaunch(exec, stream), CUDA_SUCCESS);
  EXPECT_EQ(used(), 10 * kMiB);
  EXPECT_EQ(graph_memory(CU_GRAPH_MEM_ATTR_USED_MEM_CURRENT), 6 * kMiB);
  EXPECT_EQ(graph_memory(CU_GRAPH_MEM_ATTR_USED_MEM_HIGH), 10 * kMiB);
  EXPECT_EQ(cuGraphLaunch(exec, stream), CUDA_SUCCESS);
  a.finish();
  EXPECT_EQ(graph_memory(CU_GRAPH_MEM_ATTR_RESERVED_MEM_CURRENT), used());
  EXPECT_EQ(cuMemFreeAsync(two, stream), CUDA_SUCCESS);
  a.finish();
  EXPECT_GE(used(), 10 * kMiB);
  EXPECT_EQ(cuDeviceGraphMemTrim(0), CUDA_SUCCESS);
  EXPECT_EQ(used(), 0u);
}

TEST(FakeGraph, ALaunchThatFindsNoMemoryDoesNothing) {
  begin("memory=8MiB");
  const Player a(1);
  CUgraph graph = nullptr;
  EXPECT_EQ(cuGraphCreate(&graph, 0), CUDA_SUCCESS);
  CUDA_MEM_ALLOC_NODE_PARAMS what = {};
  what.bytesize = 9 * kMiB;
  CUgraphNode node = nullptr;
  EXPECT_EQ(cuGraphAddMemAllocNode(&node, graph, nullptr, 0, &what), CUDA_SUCCESS);
  EXPECT_NE(what.dptr, 0u);
  EXPECT_EQ(cuGraphLaunch(instantiate(graph), nullptr), CUDA_ERROR_OUT_OF_MEMORY);
  EXPECT_EQ(used(), 0u);
  EXPECT_EQ(a.work().launches, 0u);
}

}  // namespace
}  // namespace dure::gpu::fake
