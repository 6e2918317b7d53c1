// The device memory of a process: addresses, allocations, pools, physical memory that is mapped, arrays.
//
// Addresses come from one reserved range of the host's, so that a device pointer can be read and written on
// the host: copies really copy. (Where the host grants no such range, copies do nothing.) What an allocation
// costs is a matter of the books alone (state.h). All with both locks held.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gpu/abi/cuda.h"
#include "gpu/fake/engine.h"
#include "gpu/fake/timeline.h"

namespace dure::gpu::fake {

class State;
struct Pool;

// A device pointer as the host's.
void* host_address(CUdeviceptr address);

// Hands out addresses from a range. Freed ones are used again for the same size class.
class Addresses {
 public:
  ~Addresses();
  // 0: the range is used up, or there is none.
  CUdeviceptr take(std::size_t bytes);
  void give_back(CUdeviceptr address, std::size_t bytes);
  bool backed() const { return backed_; }

 private:
  bool open();
  CUdeviceptr begin_ = 0, next_ = 0, end_ = 0;
  bool backed_ = false;
  std::unordered_map<std::size_t, std::vector<CUdeviceptr>> free_;
};

struct Allocation {
  enum class Kind { kLinear, kManaged, kPool, kGraph, kIpc, kExternal };
  Kind kind = Kind::kLinear;
  CUdeviceptr base = 0;
  std::size_t bytes = 0;      // as asked for
  std::uint64_t counted = 0;  // of physical memory
  int device = 0;
  Context* context = nullptr;
  Pool* pool = nullptr;
  int block = -1;  // in the state, if others can hold it too
  int opened = 1;  // kIpc: how often
};

// Physical memory of cuMemCreate. Lives while a handle or a mapping does, here or elsewhere.
struct Physical {
  CUmemAllocationProp properties = {};
  std::size_t bytes = 0;
  int device = 0;   // -1: of the host
  int handles = 0;  // references by handle
  int mapped = 0;
  int block = -1;
  int bound = 0;           // to multicast objects
  bool multicast = false;  // it is such an object, and has no memory
  std::map<std::pair<int, std::size_t>, std::shared_ptr<Physical>> bound_here;  // by device and offset
};

struct Mapping {
  std::size_t bytes = 0;
  std::size_t offset = 0;
  std::shared_ptr<Physical> physical;
  bool accessible = false;
};

struct Array {
  CUDA_ARRAY3D_DESCRIPTOR descriptor = {};
  unsigned levels = 1;
  bool mipmapped = false;
  std::uint64_t bytes = 0;
  std::uint64_t counted = 0;
  int device = 0;
  Context* context = nullptr;
  Array* parent = nullptr;  // a level of a mipmapped array
};

struct ExternalMemory {
  int block = -1;  // of ours; -1: other memory, which costs nothing
  std::uint64_t bytes = 0;
  int device = 0;
};

// A pool's memory: reserved = used + waiting + idle.
struct Pool {
  struct Freed {
    std::uint64_t bytes = 0;
    Stream* stream = nullptr;  // null: that point has passed
    Context* context = nullptr;
    const void* graph = nullptr;  // one that may use it before that point: it does not run beside itself
    MarkRef mark;                 // when the stream has come to that point
  };
  int device = 0;
  bool imported = false;  // another process's: nothing can be allocated from it
  bool builtin = false;   // a default pool, or the device's pool for graphs
  bool on_device = true;
  bool destroyed = false;  // lives until the last allocation is freed
  CUmemPoolProps properties = {};
  std::uint64_t threshold = 0;
  std::uint64_t reserved = 0, reserved_high = 0;
  std::uint64_t used = 0, used_high = 0;
  std::uint64_t idle = 0;
  std::vector<Freed> waiting;  // freed in stream order, and that point has not come
  int reuse[3] = {1, 1, 1};
};

class Memory {
 public:
  struct Leaving {
    Allocation allocation;
    Context* context = nullptr;  // of the stream
    MarkRef mark;
  };
  std::vector<Leaving> leaving;  // no pool's, freed in the order of a stream that has not come to that point
  Addresses addresses;
  std::map<CUdeviceptr, Allocation> allocations;
  std::map<CUdeviceptr, std::size_t> reservations;
  std::map<CUdeviceptr, Mapping> mappings;
  std::map<const void*, std::size_t> host;        // allocated here
  std::map<const void*, std::size_t> registered;  // the program's own

  // The allocation that holds the address; null: none.
  Allocation* find(CUdeviceptr address);
};

}  // namespace dure::gpu::fake
