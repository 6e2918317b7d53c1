// Wrappers: modules and libraries, whose code and globals live on the card. What one takes stands in no place
// that can be read beforehand (images are compressed), so it is measured: by how much less memory of the card
// is free after it was loaded, less what the container was charged for meanwhile. Where that does not fit
// into the share, the module is unloaded again and refused; so a module passes the limit while it is loaded,
// by no more than itself. A growth that is large is measured twice, and the lesser counts: a neighbour who
// happened to allocate does so twice rarely. What a module loads later (lazily, at a first launch) the node
// observes.
#include "gpu/share/charge.h"
#include "gpu/share/local_memory.h"
#include "gpu/share/real.h"
#include "gpu/share/step.h"

DURE_EXPORT CUresult cuMemGetInfo_v2(size_t* free, size_t* total) noexcept;
DURE_EXPORT CUresult cuModuleLoad(CUmodule* out, const char* path) noexcept;
DURE_EXPORT CUresult cuModuleLoadData(CUmodule* out, const void* image) noexcept;
DURE_EXPORT CUresult cuModuleLoadDataEx(CUmodule* out, const void* image, unsigned count, int* options,
                                        void** values) noexcept;
DURE_EXPORT CUresult cuModuleLoadFatBinary(CUmodule* out, const void* image) noexcept;
DURE_EXPORT CUresult cuModuleUnload(CUmodule module) noexcept;
DURE_EXPORT CUresult cuLibraryLoadData(CUlibrary* out, const void* code, int* jit, void** jit_values,
                                       unsigned jit_count, int* options, void** values,
                                       unsigned count) noexcept;
DURE_EXPORT CUresult cuLibraryLoadFromFile(CUlibrary* out, const char* path, int* jit, void** jit_values,
                                           unsigned jit_count, int* options, void** values,
                                           unsigned count) noexcept;
DURE_EXPORT CUresult cuLibraryUnload(CUlibrary library) noexcept;

namespace dure::gpu::share {
namespace {

constexpr uint64_t kLarge = uint64_t{64} << 20;

// Bytes of the card that are in use and that this container was not charged for; modulo 2^64.
bool read_others(const Card& card, uint64_t* bytes) noexcept {
  size_t free = 0, total = 0;
  if (DURE_REAL(cuMemGetInfo_v2)(&free, &total) != CUDA_SUCCESS) return false;
  *bytes = total - free - memory_totals(card.slot->usage, card.index).units * DURE_MEMORY_UNIT;
  return true;
}

// load() asks the driver; *grown is by how much it made the card fuller.
template <class Load>
CUresult measure(const Card& card, uint64_t* grown, Load load) noexcept {
  uint64_t before = 0, after = 0;
  const bool is_known = read_others(card, &before);
  const CUresult result = load();
  *grown = result == CUDA_SUCCESS && is_known && read_others(card, &after) ? after - before : 0;
  if (*grown > UINT64_MAX / 2) *grown = 0;  // it shrank
  return result;
}

template <class Handle, class Load, class Unload>
CUresult load_charged(Handle* out, Load load, Unload unload) noexcept {
  Card card = {};
  if (out == nullptr || find_current_card(&card) != CUDA_SUCCESS) return load();
  uint64_t grown = 0, again = 0, units = 0;
  CUresult result = measure(card, &grown, load);
  if (result == CUDA_SUCCESS && grown > kLarge) {
    unload(*out);
    result = measure(card, &again, load);
    if (again < grown) grown = again;
  }
  if (result != CUDA_SUCCESS) return result;
  DURE_STEP("module.loaded");
  result = reserve_memory(*card.slot, card.index, grown, &units);
  DURE_STEP("module.reserved");
  const Allocation entry = {reinterpret_cast<uint64_t>(*out),
                            units,
                            reinterpret_cast<uint64_t>(card.context),
                            1,
                            AllocationKind::kModule,
                            static_cast<uint8_t>(card.index),
                            0};
  if (result == CUDA_SUCCESS && (units == 0 || card.slot->pointers->insert(entry))) {
    if (units != 0) note_made(*card.slot, entry);
    return result;
  }
  unload(*out);
  *out = nullptr;
  release_memory(*card.slot, card.index, units);
  return CUDA_ERROR_OUT_OF_MEMORY;
}

template <class Handle, class Ask>
CUresult unload_charged(Handle handle, Ask ask) noexcept {
  Slot* slot = find_slot();
  Allocation gone = {};
  const bool known = slot != nullptr && slot->pointers->erase(AllocationKind::kModule,
                                                              reinterpret_cast<uint64_t>(handle), &gone);
  DURE_STEP("module.erased");
  const CUresult result = ask();
  if (slot != nullptr) forget_local_memory(*slot);
  if (!known) return result;
  DURE_STEP("module.unloaded");
  if (result != CUDA_SUCCESS) {
    slot->pointers->insert(gone);
    return result;
  }
  note_gone(*slot, gone);
  release_memory(*slot, gone.card, gone.units);
  return result;
}

template <class Load>
CUresult load_module(CUmodule* out, Load load) noexcept {
  return load_charged(out, load, [](CUmodule made) noexcept {
    DURE_REAL(cuModuleUnload)
    (made);
  });
}

template <class Load>
CUresult load_library(CUlibrary* out, Load load) noexcept {
  return load_charged(out, load, [](CUlibrary made) noexcept {
    DURE_REAL(cuLibraryUnload)
    (made);
  });
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

DURE_EXPORT CUresult cuModuleLoad(CUmodule* out, const char* path) noexcept {
  return load_module(out, [&]() noexcept { return DURE_REAL(cuModuleLoad)(out, path); });
}
DURE_EXPORT CUresult cuModuleLoadData(CUmodule* out, const void* image) noexcept {
  return load_module(out, [&]() noexcept { return DURE_REAL(cuModuleLoadData)(out, image); });
}
DURE_EXPORT CUresult cuModuleLoadDataEx(CUmodule* out, const void* image, unsigned count, int* options,
                                        void** values) noexcept {
  return load_module(
      out, [&]() noexcept { return DURE_REAL(cuModuleLoadDataEx)(out, image, count, options, values); });
}
DURE_EXPORT CUresult cuModuleLoadFatBinary(CUmodule* out, const void* image) noexcept {
  return load_module(out, [&]() noexcept { return DURE_REAL(cuModuleLoadFatBinary)(out, image); });
}
DURE_EXPORT CUresult cuModuleUnload(CUmodule module) noexcept {
  return unload_charged(module, [&]() noexcept { return DURE_REAL(cuModuleUnload)(module); });
}
DURE_EXPORT CUresult cuLibraryLoadData(CUlibrary* out, const void* code, int* jit, void** jit_values,
                                       unsigned jit_count, int* options, void** values,
                                       unsigned count) noexcept {
  return load_library(out, [&]() noexcept {
    return DURE_REAL(cuLibraryLoadData)(out, code, jit, jit_values, jit_count, options, values, count);
  });
}
DURE_EXPORT CUresult cuLibraryLoadFromFile(CUlibrary* out, const char* path, int* jit, void** jit_values,
                                           unsigned jit_count, int* options, void** values,
                                           unsigned count) noexcept {
  return load_library(out, [&]() noexcept {
    return DURE_REAL(cuLibraryLoadFromFile)(out, path, jit, jit_values, jit_count, options, values, count);
  });
}
DURE_EXPORT CUresult cuLibraryUnload(CUlibrary library) noexcept {
  return unload_charged(library, [&]() noexcept { return DURE_REAL(cuLibraryUnload)(library); });
}
