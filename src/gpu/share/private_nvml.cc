// Wrapper: NVML's private tables of functions, which nvidia-smi asks for.
//
// nvidia-smi does not start without its table, and since driver 535 it takes from it what it shows of
// processes, past the functions above (docs/decisions/0033). So the table is handed out as a copy in which
// the three functions that list processes are refused: it then says that it has none to show. The other
// tables are not known to anybody here, and refused as ones that this driver lacks.
//
// A table is words: its size in bytes, then functions; one that grew keeps its id and the places of what it
// had.
#include <stddef.h>

#include "gpu/abi/nvml.h"
#include "gpu/share/real.h"

DURE_EXPORT nvmlReturn_t nvmlInternalGetExportTable(const void** table, const void* id) noexcept;

namespace dure::gpu::share {
namespace {

// 6c3efec4-8fc9-4e6c-a327-ee696e12f7c4, its first three parts from the last byte on.
constexpr unsigned char kSmi[16] = {0xc4, 0xfe, 0x3e, 0x6c, 0xc9, 0x8f, 0x6c, 0x4e,
                                    0xa3, 0x27, 0xee, 0x69, 0x6e, 0x12, 0xf7, 0xc4};
constexpr unsigned kFirstProcessList = 213, kLastProcessList = 215;

constexpr unsigned kMostWords = 1024;
size_t copy[kMostWords];

nvmlReturn_t refuse() noexcept {
  return NVML_ERROR_NOT_SUPPORTED;
}

bool is_smi(const void* id) noexcept {
  for (unsigned i = 0; i < sizeof kSmi; ++i)
    if (static_cast<const unsigned char*>(id)[i] != kSmi[i]) return false;
  return true;
}

// Whoever comes second writes the same words.
const void* copy_table(const size_t* real) noexcept {
  const size_t words = real[0] / sizeof(size_t) < kMostWords ? real[0] / sizeof(size_t) : kMostWords;
  for (size_t i = 1; i < words; ++i) {
    const bool lists = i >= kFirstProcessList && i <= kLastProcessList && real[i] != 0;
    __atomic_store_n(&copy[i], lists ? reinterpret_cast<size_t>(&refuse) : real[i], __ATOMIC_RELAXED);
  }
  __atomic_store_n(&copy[0], words * sizeof(size_t), __ATOMIC_RELEASE);
  return copy;
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

DURE_EXPORT nvmlReturn_t nvmlInternalGetExportTable(const void** table, const void* id) noexcept {
  if (table == nullptr || id == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  *table = nullptr;
  if (!is_smi(id)) return NVML_ERROR_FUNCTION_NOT_FOUND;
  const void* real = nullptr;
  const nvmlReturn_t result = DURE_REAL(nvmlInternalGetExportTable)(&real, id);
  if (result != NVML_SUCCESS || real == nullptr) return result;
  *table = copy_table(static_cast<const size_t*>(real));
  return NVML_SUCCESS;
}
