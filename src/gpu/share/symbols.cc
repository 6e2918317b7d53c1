#include "gpu/share/symbols.h"

namespace dure::gpu::share {

#define DURE_SYMBOL(name, since) {#name, since},
const Symbol cuda_symbols[kCudaSymbols] = {
#include "gpu/share/symbols_cuda.def"
};
const Symbol nvml_symbols[kNvmlSymbols] = {
#include "gpu/share/symbols_nvml.def"
};
#undef DURE_SYMBOL

namespace {

bool same(const char* one, const char* other) noexcept {
  while (*one != '\0' && *one == *other) ++one, ++other;
  return *one == *other;
}

// What `symbol` has after `asked`; null where it does not begin so.
const char* rest_after(const char* symbol, const char* asked) noexcept {
  while (*asked != '\0') {
    if (*symbol++ != *asked++) return nullptr;
  }
  return symbol;
}

bool is_twin_suffix(const char* text) noexcept {
  return same(text, "_ptsz") || same(text, "_ptds");
}

// The number after _v, and what follows it.
int read_version(const char*& text) noexcept {
  if (text[0] != '_' || text[1] != 'v' || text[2] < '2' || text[2] > '9') return 1;
  const int version = text[2] - '0';
  text += 3;
  return version;
}

}  // namespace

bool is_called(const char* symbol, const char* asked) noexcept {
  const char* rest = rest_after(symbol, asked);
  if (rest == nullptr || *asked == '\0') return false;
  read_version(rest);
  return *rest == '\0' || is_twin_suffix(rest);
}

int choose_symbol(const char* asked, int version, bool per_thread) noexcept {
  int chosen = kNoSymbol, chosen_number = 0;
  bool chosen_twin = false;
  for (int i = 0; i < kCudaSymbols; ++i) {
    const Symbol& symbol = cuda_symbols[i];
    if (!is_called(symbol.name, asked) || symbol.since > version) continue;
    const char* rest = rest_after(symbol.name, asked);
    const int number = read_version(rest);
    const bool twin = *rest != '\0';
    if (twin && !per_thread) continue;
    // A higher number is newer; of the same number the twin is meant.
    if (number < chosen_number || (number == chosen_number && chosen_twin)) continue;
    chosen = i, chosen_number = number, chosen_twin = twin;
  }
  return chosen;
}

}  // namespace dure::gpu::share
