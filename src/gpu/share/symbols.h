// The symbols of the driver's two libraries, as data: symbols_cuda.def and symbols_nvml.def. A symbol is
// known by its number, its line in the list; its slot (stubs.h) has the same number.
#ifndef DURE_GPU_SHARE_SYMBOLS_H
#define DURE_GPU_SHARE_SYMBOLS_H

#include <stdint.h>

namespace dure::gpu::share {

// Without pointers, so that a process that loads the library pays for no relocation of 1100 names.
struct Symbol {
  char name[60];
  int32_t since;  // the CUDA version in which it came, as cuGetProcAddress counts; 0: not known
};

#define DURE_SYMBOL(name, since) +1
inline constexpr int kCudaSymbols = 0
#include "gpu/share/symbols_cuda.def"
    ;
inline constexpr int kNvmlSymbols = 0
#include "gpu/share/symbols_nvml.def"
    ;
#undef DURE_SYMBOL

extern const Symbol cuda_symbols[kCudaSymbols];
extern const Symbol nvml_symbols[kNvmlSymbols];

// The newest version of CUDA of which the list knows something.
inline constexpr int kNewestCuda = 13040;

inline constexpr int kNoSymbol = -1;

// Whether `symbol` is one of those that cuGetProcAddress finds by the name `asked`: the name itself, or the
// name with _v2 to _v9, _ptsz, _ptds, or both. Exact otherwise: cudnnCreate is nobody's relative.
bool is_called(const char* symbol, const char* asked) noexcept;

// Which symbol of the driver's the caller of cuGetProcAddress means: of those called `asked` the newest that
// CUDA `version` had; with per_thread the twin of the per-thread default stream where there is one. A name
// that is in the list as it stands, suffix and all, is meant literally. kNoSymbol where there is none.
int choose_symbol(const char* asked, int version, bool per_thread) noexcept;

}  // namespace dure::gpu::share

#endif
