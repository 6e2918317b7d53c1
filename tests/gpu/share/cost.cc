// What the books cost an allocation and a free, for counting instructions: tests/gpu/share/cost runs it.
#include <cstdlib>

#include "gpu/share/ledger.h"
#include "gpu/share/slot.h"
#include "gpu/share/test_share_folder.h"

using namespace dure::gpu::share;

extern "C" {

// As a wrapper does it around the driver's call.
[[gnu::noinline]] bool allocate_way(const char* folder, uint64_t pointer, uint64_t bytes) {
  PageFault fault = PageFault::kNone;
  Slot* slot = own_slot(folder, &fault);
  if (slot == nullptr) return false;
  uint64_t units = 0;
  if (reserve_memory(*slot, 0, bytes, &units) != CUDA_SUCCESS) return false;
  if (settle_memory(*slot, 0, &units, bytes) != CUDA_SUCCESS) return false;
  return slot->pointers->insert({pointer, units, 0, 1, AllocationKind::kLinear, 0, 0});
}

[[gnu::noinline]] bool free_way(const char* folder, uint64_t pointer) {
  PageFault fault = PageFault::kNone;
  Slot* slot = own_slot(folder, &fault);
  Allocation allocation = {};
  return slot != nullptr && slot->pointers->erase(AllocationKind::kLinear, pointer, &allocation) &&
         release_memory(*slot, allocation.card, allocation.units);
}

}  // extern "C"

// The difference of two numbers of rounds is free of what the start costs.
int main(int count, char** words) {
  if (count != 2) return 2;
  const int rounds = std::atoi(words[1]);
  ShareFolder folder(uint64_t{1} << 40);
  for (int i = 1; i <= rounds; ++i) {
    const uint64_t pointer = static_cast<uint64_t>(i) << 21;
    if (!allocate_way(folder.path(), pointer, 2 << 20)) return 1;
    if (i % 2 == 0 && (!free_way(folder.path(), pointer) || !free_way(folder.path(), pointer - (1 << 21))))
      return 1;
  }
  return 0;
}
