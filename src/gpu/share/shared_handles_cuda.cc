// Wrapper: cuMemExportToShareableHandle. See shared_handles.h.
#include "gpu/share/shared_handles.h"

#include "gpu/share/charge.h"
#include "gpu/share/page_kernel.h"
#include "gpu/share/pools.h"
#include "gpu/share/real.h"
#include "gpu/share/step.h"

DURE_EXPORT CUresult cuMemExportToShareableHandle(void* out, CUmemGenericAllocationHandle handle, int type,
                                                  unsigned long long flags) noexcept;

namespace dure::gpu::share {
namespace {

uint32_t exported = 0;  // how many descriptors are entered

// What tells an open file from another. 0: the descriptor is closed.
uint64_t identity_of(int file) noexcept {
  struct stat status = {};
  if (!stat_file(file, &status)) return 0;
  return (status.st_ino ^ status.st_dev << 40 ^ status.st_rdev << 20) | 1;
}

int file_of(const Allocation& entry) noexcept {
  return static_cast<int>(entry.pointer - 1);
}

void forget(Slot& slot, const Allocation& entry) noexcept {
  Allocation gone = {};
  if (!slot.pointers->erase(AllocationKind::kExported, entry.pointer, &gone)) return;
  __atomic_fetch_sub(&exported, 1, __ATOMIC_RELAXED);
  DURE_STEP("export.forgotten");
  drop_physical(slot, gone.owner);
}

struct Closed {
  static constexpr unsigned kMost = 64;
  unsigned count;
  Allocation entry[kMost];
};

void enter(Slot& slot, int file, uint64_t number) noexcept {
  const Allocation entry = {
      static_cast<uint64_t>(file) + 1, identity_of(file), number, 1, AllocationKind::kExported, 0, 0};
  if (!slot.pointers->retain(AllocationKind::kPhysical, number)) return;
  Allocation before = {};  // of a descriptor that was closed since
  if (slot.pointers->find(AllocationKind::kExported, entry.pointer, &before)) forget(slot, before);
  __atomic_fetch_add(&exported, 1, __ATOMIC_RELAXED);
  if (slot.pointers->insert(entry)) return;
  __atomic_fetch_sub(&exported, 1, __ATOMIC_RELAXED);
  drop_physical(slot, number);
}

}  // namespace

bool let_closed_exports_go(Slot& slot) noexcept {
  if (__atomic_load_n(&exported, __ATOMIC_RELAXED) == 0) return false;
  Closed closed = {};
  slot.pointers->each(
      [](const Allocation& one, void* context) {
        auto& all = *static_cast<Closed*>(context);
        if (one.kind == AllocationKind::kExported && all.count < Closed::kMost &&
            identity_of(file_of(one)) != one.units)
          all.entry[all.count++] = one;
      },
      &closed);
  for (unsigned i = 0; i < closed.count; ++i) forget(slot, closed.entry[i]);
  return closed.count > 0;
}

}  // namespace dure::gpu::share

using namespace dure::gpu::share;

DURE_EXPORT CUresult cuMemExportToShareableHandle(void* out, CUmemGenericAllocationHandle handle, int type,
                                                  unsigned long long flags) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  const CUresult result = DURE_REAL(cuMemExportToShareableHandle)(out, handle, type, flags);
  if (result != CUDA_SUCCESS || out == nullptr || type != CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR)
    return result;
  DURE_STEP("export.made");
  Allocation known = {};
  if (slot->pointers->find(AllocationKind::kHandle, handle, &known)) {
    watch_for_room();
    enter(*slot, *static_cast<const int*>(out), known.owner);
    DURE_STEP("export.entered");
  }
  return result;
}
