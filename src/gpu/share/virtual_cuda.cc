// Wrappers: virtual memory. Physical memory is charged when it is created, to the card that it is asked of,
// and given back when neither a handle nor a mapping of it is left.
//
// A physical allocation has a number of its own here, since the driver uses a handle's again while mappings
// of what it stood for are alive. Of an imported one neither the size nor whose it is can be told: each
// mapping of it is charged in full. Memory cannot be mapped into sparse arrays, where it would live without a
// mapping that could be counted.
#include "gpu/share/charge.h"
#include "gpu/share/real.h"
#include "gpu/share/shared_handles.h"
#include "gpu/share/step.h"

DURE_EXPORT CUresult cuMemCreate(CUmemGenericAllocationHandle* out, size_t bytes,
                                 const CUmemAllocationProp* properties, unsigned long long flags) noexcept;
DURE_EXPORT CUresult cuMemRelease(CUmemGenericAllocationHandle handle) noexcept;
DURE_EXPORT CUresult cuMemMap(CUdeviceptr address, size_t bytes, size_t offset,
                              CUmemGenericAllocationHandle handle, unsigned long long flags) noexcept;
DURE_EXPORT CUresult cuMemUnmap(CUdeviceptr address, size_t bytes) noexcept;
DURE_EXPORT CUresult cuMemRetainAllocationHandle(CUmemGenericAllocationHandle* out, void* address) noexcept;
DURE_EXPORT CUresult cuMemImportFromShareableHandle(CUmemGenericAllocationHandle* out, void* os_handle,
                                                    int type) noexcept;
DURE_EXPORT CUresult cuMemGetAllocationPropertiesFromHandle(CUmemAllocationProp* out,
                                                            CUmemGenericAllocationHandle handle) noexcept;
DURE_EXPORT CUresult cuMemMapArrayAsync(void* list, unsigned count, CUstream stream) noexcept;
DURE_EXPORT CUresult cuMemMapArrayAsync_ptsz(void* list, unsigned count, CUstream stream) noexcept;

namespace dure::gpu::share {

void drop_physical(Slot& slot, uint64_t number) noexcept {
  Allocation now = {};
  if (slot.pointers->drop(AllocationKind::kPhysical, number, &now) && now.references == 0)
    release_memory(slot, now.card, now.units);
}

// The mapping that the address lies in: rare, so all are looked at.
bool find_mapping(const Slot& slot, uint64_t address, Allocation* found) noexcept {
  struct Search {
    uint64_t address;
    Allocation found;
  } search = {address, {}};
  slot.pointers->each(
      [](const Allocation& one, void* context) {
        auto& wanted = *static_cast<Search*>(context);
        if (one.kind == AllocationKind::kMapping &&
            wanted.address - one.pointer < one.units * DURE_MEMORY_UNIT)
          wanted.found = one;
      },
      &search);
  *found = search.found;
  return found->pointer != 0;
}

namespace {

// Allocation::reserved of physical memory and its mappings.
constexpr uint16_t kOwn = 0, kForeign = 1, kOfHost = 2;

uint64_t next_number() noexcept {
  static uint64_t numbers = 0;
  return __atomic_add_fetch(&numbers, 1, __ATOMIC_RELAXED);
}

// One more handle of it: of the same value where the driver gives that again.
bool enter_handle(Slot& slot, uint64_t handle, const Allocation& physical) noexcept {
  const Allocation entry = {handle,           0, physical.pointer, 1, AllocationKind::kHandle, physical.card,
                            physical.reserved};
  return slot.pointers->retain(AllocationKind::kHandle, handle) || slot.pointers->insert(entry);
}

// The physical allocation is entered with one reference, the handle's.
CUresult enter_physical(Slot& slot, uint64_t handle, unsigned card, uint64_t units, uint16_t whose) noexcept {
  const Allocation physical = {
      next_number(), units, 0, 1, AllocationKind::kPhysical, static_cast<uint8_t>(card), whose};
  if (!slot.pointers->insert(physical)) return CUDA_ERROR_OUT_OF_MEMORY;
  if (enter_handle(slot, handle, physical)) return CUDA_SUCCESS;
  Allocation now = {};
  slot.pointers->drop(AllocationKind::kPhysical, physical.pointer, &now);
  return CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult create(CUmemGenericAllocationHandle* out, size_t bytes, const CUmemAllocationProp* properties,
                unsigned long long flags) noexcept {
  const auto ask = [&]() noexcept { return DURE_REAL(cuMemCreate)(out, bytes, properties, flags); };
  if (out == nullptr || properties == nullptr || bytes == 0) return ask();
  Card card = {};
  const bool is_charged = properties->location.type == CU_MEM_LOCATION_TYPE_DEVICE;
  CUresult result = CUDA_SUCCESS;
  if (is_charged) {
    result = find_card_of(properties->location.id, &card);
  } else {
    card.slot = find_slot();
    if (card.slot == nullptr) result = CUDA_ERROR_NO_DEVICE;
  }
  if (result != CUDA_SUCCESS) return result;
  uint64_t units = 0;
  if (is_charged) result = reserve_memory(*card.slot, card.index, bytes, &units);
  if (result != CUDA_SUCCESS) return result;
  DURE_STEP("physical.reserved");
  result = ask();
  if (result == CUDA_SUCCESS) {
    DURE_STEP("physical.made");
    result = enter_physical(*card.slot, *out, card.index, units, is_charged ? kOwn : kOfHost);
    if (result != CUDA_SUCCESS) DURE_REAL(cuMemRelease)(*out);
    DURE_STEP("physical.entered");
  }
  if (result != CUDA_SUCCESS) release_memory(*card.slot, card.index, units);
  return result;
}

CUresult import(CUmemGenericAllocationHandle* out, void* os_handle, int type) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  CUresult result = DURE_REAL(cuMemImportFromShareableHandle)(out, os_handle, type);
  if (result != CUDA_SUCCESS || out == nullptr) return result;
  DURE_STEP("import.made");
  CUmemAllocationProp properties = {};
  Card card = {};
  const bool is_told = DURE_REAL(cuMemGetAllocationPropertiesFromHandle)(&properties, *out) == CUDA_SUCCESS;
  const bool on_device = !is_told || properties.location.type == CU_MEM_LOCATION_TYPE_DEVICE;
  if (on_device) result = is_told ? find_card_of(properties.location.id, &card) : find_current_card(&card);
  if (result == CUDA_SUCCESS)
    result = enter_physical(*slot, *out, card.index, 0, on_device ? kForeign : kOfHost);
  if (result != CUDA_SUCCESS) DURE_REAL(cuMemRelease)(*out);
  DURE_STEP("import.entered");
  return result;
}

// As in discharge (charge.h): the entry goes first.
CUresult release(CUmemGenericAllocationHandle handle) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  Allocation now = {};
  if (!slot->pointers->drop(AllocationKind::kHandle, handle, &now)) return DURE_REAL(cuMemRelease)(handle);
  DURE_STEP("handle.dropped");
  const CUresult result = DURE_REAL(cuMemRelease)(handle);
  if (result == CUDA_SUCCESS) {
    DURE_STEP("handle.released");
    drop_physical(*slot, now.owner);
    let_closed_exports_go(*slot);
  } else if (!slot->pointers->retain(AllocationKind::kHandle, handle)) {
    now.references = 1;
    slot->pointers->insert(now);
  }
  return result;
}

// The mapping holds the physical allocation before the driver is asked, and lets go where it refuses.
CUresult map(Slot& slot, CUdeviceptr address, size_t bytes, size_t offset, const Allocation& handle,
             unsigned long long flags) noexcept {
  const auto ask = [&]() noexcept {
    return DURE_REAL(cuMemMap)(address, bytes, offset, handle.pointer, flags);
  };
  Allocation there = {};
  if (bytes == 0 || slot.pointers->find(AllocationKind::kMapping, address, &there)) return ask();
  if (!slot.pointers->retain(AllocationKind::kPhysical, handle.owner)) return CUDA_ERROR_INVALID_VALUE;
  DURE_STEP("mapping.held");
  uint64_t charged = 0;
  CUresult result = CUDA_SUCCESS;
  if (handle.reserved == kForeign) result = reserve_memory(slot, handle.card, bytes, &charged);
  const Allocation mapping = {
      address,     bytes / DURE_MEMORY_UNIT, handle.owner, 1, AllocationKind::kMapping,
      handle.card, handle.reserved};
  const bool entered = result == CUDA_SUCCESS && slot.pointers->insert(mapping);
  DURE_STEP("mapping.entered");
  if (result == CUDA_SUCCESS) result = entered ? ask() : CUDA_ERROR_OUT_OF_MEMORY;
  DURE_STEP("mapping.asked");
  if (result == CUDA_SUCCESS) return result;
  Allocation gone = {};
  if (entered) slot.pointers->erase(AllocationKind::kMapping, address, &gone);
  release_memory(slot, handle.card, charged);
  drop_physical(slot, handle.owner);
  return result;
}

void let_mapping_go(Slot& slot, const Allocation& gone) noexcept {
  if (gone.reserved == kForeign) release_memory(slot, gone.card, gone.units);
  DURE_STEP("mapping.released");
  drop_physical(slot, gone.owner);
}

CUresult unmap_one(Slot& slot, const Allocation& mapping) noexcept {
  Allocation gone = {};
  if (!slot.pointers->erase(AllocationKind::kMapping, mapping.pointer, &gone))
    return CUDA_ERROR_INVALID_VALUE;
  DURE_STEP("mapping.erased");
  const CUresult result = DURE_REAL(cuMemUnmap)(gone.pointer, gone.units * DURE_MEMORY_UNIT);
  DURE_STEP("mapping.unmapped");
  if (result != CUDA_SUCCESS) {
    slot.pointers->insert(gone);
    return result;
  }
  let_mapping_go(slot, gone);
  return result;
}

// Mappings that lie in a range.
struct Lying {
  static constexpr unsigned kMost = 64;
  uint64_t from, bytes;
  unsigned count;
  Allocation entry[kMost];
};

// A range of which not all is known: mappings of multicast objects may lie in it. What is known goes where
// the driver takes it back, or the next mapping at its address would be taken for it.
CUresult unmap_together(Slot& slot, CUdeviceptr address, size_t bytes) noexcept {
  Lying found = {address, bytes, 0, {}};
  slot.pointers->each(
      [](const Allocation& one, void* context) {
        auto& all = *static_cast<Lying*>(context);
        if (one.kind == AllocationKind::kMapping && one.pointer - all.from < all.bytes &&
            all.count < Lying::kMost)
          all.entry[all.count++] = one;
      },
      &found);
  if (found.count == Lying::kMost) return CUDA_ERROR_INVALID_VALUE;  // a program can unmap in smaller pieces
  unsigned taken = 0;
  for (unsigned i = 0; i < found.count; ++i)
    if (slot.pointers->erase(AllocationKind::kMapping, found.entry[i].pointer, &found.entry[taken])) ++taken;
  const CUresult result = DURE_REAL(cuMemUnmap)(address, bytes);
  for (unsigned i = 0; i < taken; ++i) {
    if (result == CUDA_SUCCESS)
      let_mapping_go(slot, found.entry[i]);
    else
      slot.pointers->insert(found.entry[i]);
  }
  return result;
}

// One mapping after the other. What does not end where a mapping does is the driver's to refuse.
CUresult unmap(CUdeviceptr address, size_t bytes) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  Allocation mapping = {};
  uint64_t covered = 0;
  while (covered < bytes && slot->pointers->find(AllocationKind::kMapping, address + covered, &mapping))
    covered += mapping.units * DURE_MEMORY_UNIT;
  if (bytes == 0 || covered != bytes) return unmap_together(*slot, address, bytes);
  for (uint64_t at = 0; at < bytes; at += mapping.units * DURE_MEMORY_UNIT) {
    if (!slot->pointers->find(AllocationKind::kMapping, address + at, &mapping))
      return CUDA_ERROR_INVALID_VALUE;
    const CUresult result = unmap_one(*slot, mapping);
    if (result != CUDA_SUCCESS) return result;
  }
  let_closed_exports_go(*slot);
  return CUDA_SUCCESS;
}

CUresult retain(CUmemGenericAllocationHandle* out, void* address) noexcept {
  const auto ask = [&]() noexcept { return DURE_REAL(cuMemRetainAllocationHandle)(out, address); };
  Slot* slot = find_slot();
  if (slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  Allocation mapping = {};
  if (out == nullptr || !find_mapping(*slot, reinterpret_cast<uint64_t>(address), &mapping)) return ask();
  if (!slot->pointers->retain(AllocationKind::kPhysical, mapping.owner)) return CUDA_ERROR_INVALID_VALUE;
  CUresult result = ask();
  if (result == CUDA_SUCCESS) {
    Allocation physical = mapping;
    physical.pointer = mapping.owner;
    if (enter_handle(*slot, *out, physical)) return result;
    DURE_REAL(cuMemRelease)(*out);
    result = CUDA_ERROR_OUT_OF_MEMORY;
  }
  drop_physical(*slot, mapping.owner);
  return result;
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

DURE_EXPORT CUresult cuMemCreate(CUmemGenericAllocationHandle* out, size_t bytes,
                                 const CUmemAllocationProp* properties, unsigned long long flags) noexcept {
  return create(out, bytes, properties, flags);
}
DURE_EXPORT CUresult cuMemRelease(CUmemGenericAllocationHandle handle) noexcept {
  return release(handle);
}
DURE_EXPORT CUresult cuMemMap(CUdeviceptr address, size_t bytes, size_t offset,
                              CUmemGenericAllocationHandle handle, unsigned long long flags) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  Allocation known = {};
  if (slot->pointers->find(AllocationKind::kHandle, handle, &known))
    return map(*slot, address, bytes, offset, known, flags);
  return DURE_REAL(cuMemMap)(address, bytes, offset, handle, flags);
}
DURE_EXPORT CUresult cuMemUnmap(CUdeviceptr address, size_t bytes) noexcept {
  return unmap(address, bytes);
}
DURE_EXPORT CUresult cuMemRetainAllocationHandle(CUmemGenericAllocationHandle* out, void* address) noexcept {
  return retain(out, address);
}
DURE_EXPORT CUresult cuMemImportFromShareableHandle(CUmemGenericAllocationHandle* out, void* os_handle,
                                                    int type) noexcept {
  return import(out, os_handle, type);
}
DURE_EXPORT CUresult cuMemMapArrayAsync(void*, unsigned, CUstream) noexcept {
  return CUDA_ERROR_NOT_SUPPORTED;
}
DURE_EXPORT CUresult cuMemMapArrayAsync_ptsz(void*, unsigned, CUstream) noexcept {
  return CUDA_ERROR_NOT_SUPPORTED;
}
