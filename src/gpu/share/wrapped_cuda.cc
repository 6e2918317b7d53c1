#include "gpu/share/wrapped.h"

#include "gpu/share/resolve.h"
#include "gpu/share/stubs.h"

// Our own functions by address alone, whatever their types: here they are never called.
#define DURE_WRAPPED(name) extern const char dure_own_##name __asm__(#name);
#include "gpu/share/wrapped_cuda.def"
#undef DURE_WRAPPED

namespace dure::gpu::share {
namespace {

struct Wrapped {
  const char* own;
  void** slot;
};

const Wrapped wrapped[] = {
#define DURE_WRAPPED(name) {&dure_own_##name, &dure_slot_##name},
#include "gpu/share/wrapped_cuda.def"
#undef DURE_WRAPPED
};

int number_of(const Wrapped& one) noexcept {
  return static_cast<int>(one.slot - dure_slots_cuda);
}

void* own(const Wrapped& one) noexcept {
  return const_cast<char*>(one.own);
}

const Wrapped* find_wrapped(int symbol) noexcept {
  for (const Wrapped& one : wrapped)
    if (number_of(one) == symbol) return &one;
  return nullptr;
}

// Whether the driver exports `real` under a name of this family that is not wrapped.
bool is_exported(const char* asked, const void* real) noexcept {
  for (int i = 0; i < kCudaSymbols; ++i)
    if (is_called(cuda_symbols[i].name, asked) && find_cuda(i) == real) return true;
  return false;
}

bool is_family_wrapped(const char* asked) noexcept {
  for (const Wrapped& one : wrapped)
    if (is_called(cuda_symbols[number_of(one)].name, asked)) return true;
  return false;
}

}  // namespace

void* route(const char* asked, int version, bool per_thread, void* real) noexcept {
  // Several names can share one entry point: then the one that is meant, if it is among them.
  const Wrapped* found = nullptr;
  for (const Wrapped& one : wrapped) {
    if (find_cuda(number_of(one)) != real) continue;
    if (found == nullptr || number_of(one) == choose_symbol(asked, version, per_thread)) found = &one;
  }
  if (found != nullptr) return own(*found);
  if (!is_family_wrapped(asked) || is_exported(asked, real)) return real;
  if (version > kNewestCuda) return nullptr;
  const Wrapped* meant = find_wrapped(choose_symbol(asked, version, per_thread));
  return meant != nullptr ? own(*meant) : nullptr;
}

void* route_without_driver(const char* asked, int version, bool per_thread) noexcept {
  const int symbol = choose_symbol(asked, version, per_thread);
  if (symbol == kNoSymbol) return nullptr;
  const Wrapped* meant = find_wrapped(symbol);
  return meant != nullptr ? own(*meant) : cuda_refusal(cuda_symbols[symbol].name);
}

}  // namespace dure::gpu::share
