// For tests of graphs.
#pragma once

#include "gpu/launch/kernels.h"

namespace dure::gpu::share {

// A graph of the program's, with its nodes one after the other.
class Chain {
 public:
  explicit Chain(const Program& program) : program_(program) {
    EXPECT_EQ(program.call("cuGraphCreate", &graph, 0u), CUDA_SUCCESS);
  }
  void add_kernel(CUfunction function, std::uint64_t ns) {
    void* words[] = {&ns};
    CUgraphNodeParams node = {};
    node.type = CU_GRAPH_NODE_TYPE_KERNEL;
    node.of.kernel = {function, 1, 1, 1, 1, 1, 1, 0, words, nullptr, nullptr, nullptr};
    add(&node);
  }
  CUdeviceptr add_allocation(std::size_t bytes, int device = 0) {
    CUgraphNodeParams node = {};
    node.type = CU_GRAPH_NODE_TYPE_MEM_ALLOC;
    node.of.alloc.poolProps.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
    node.of.alloc.poolProps.location = {CU_MEM_LOCATION_TYPE_DEVICE, device};
    node.of.alloc.bytesize = bytes;
    add(&node);
    return node.of.alloc.dptr;
  }
  void add_free(CUdeviceptr address) {
    CUgraphNodeParams node = {};
    node.type = CU_GRAPH_NODE_TYPE_MEM_FREE;
    node.of.free.dptr = address;
    add(&node);
  }
  CUgraphExec instantiate(cuuint64_t flags = 0) const {
    CUgraphExec made = nullptr;
    EXPECT_EQ(program_.call("cuGraphInstantiateWithFlags", &made, graph, flags), CUDA_SUCCESS);
    return made;
  }

  CUgraph graph = nullptr;

 private:
  void add(CUgraphNodeParams* node) {
    const CUgraphNode* before = last_ == nullptr ? nullptr : &last_;
    CUgraphNode made = nullptr;
    EXPECT_EQ(
        program_.call("cuGraphAddNode", &made, graph, before, std::size_t{before == nullptr ? 0u : 1u}, node),
        CUDA_SUCCESS);
    last_ = made;
  }

  const Program& program_;
  CUgraphNode last_ = nullptr;
};

inline CUresult launch(const Program& program, CUgraphExec graph, CUstream stream = nullptr,
                       const char* name = "cuGraphLaunch") {
  return program.call(name, graph, stream);
}

}  // namespace dure::gpu::share
