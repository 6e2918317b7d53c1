// A driver that does nothing: every function of the list remembers its arguments and answers with its number.
// It has the real one's SONAME, and is built twice, for libcuda.so.1 and libnvidia-ml.so.1 (ECHO_SYMBOLS).
// cuGetProcAddress is written here from the driver's documentation, not with the code that it tests.
#include <dlfcn.h>

#include <atomic>
#include <cstring>
#include <map>
#include <regex>
#include <string>

#include "gpu/driver/echo.h"

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

#define DURE_SYMBOL(name, since) k_##name,
enum {
#include ECHO_SYMBOLS
  kSymbols
};
#undef DURE_SYMBOL

thread_local EchoCall last;
std::atomic<std::int64_t> all_calls = 0;
std::atomic<EchoLookup> lookup = EchoLookup::kExported;

int remember(int symbol, const std::int64_t (&integer)[8], const double (&floating)[8]) {
  last.symbol = symbol;
  std::memcpy(last.integer, integer, sizeof integer);
  std::memcpy(last.floating, floating, sizeof floating);
  ++last.calls;
  ++all_calls;
  return kEchoResult + symbol;
}

}  // namespace

EXPORT EchoCall* echo_last() {
  return &last;
}
EXPORT std::int64_t echo_calls() {
  return all_calls;
}
EXPORT void echo_set_lookup(EchoLookup how) {
  lookup = how;
}

// The three that a test needs to be more than an echo are renamed here and defined below.
#define cuGetProcAddress echo_cuGetProcAddress
#define cuGetProcAddress_v2 echo_cuGetProcAddress_v2
#define cuDriverGetVersion echo_cuDriverGetVersion
#define DURE_SYMBOL(name, since)                                                                             \
  EXPORT int name(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d, std::int64_t e,            \
                  std::int64_t f, std::int64_t g, std::int64_t h, double p, double q, double r, double s,    \
                  double t, double u, double v, double w) {                                                  \
    return remember(k_##name, {a, b, c, d, e, f, g, h}, {p, q, r, s, t, u, v, w});                           \
  }                                                                                                          \
  namespace {                                                                                                \
  int private_##name(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d, std::int64_t e,         \
                     std::int64_t f, std::int64_t g, std::int64_t h, double p, double q, double r, double s, \
                     double t, double u, double v, double w) {                                               \
    return remember(k_##name, {a, b, c, d, e, f, g, h}, {p, q, r, s, t, u, v, w});                           \
  }                                                                                                          \
  }
#include ECHO_SYMBOLS
#undef DURE_SYMBOL
#undef cuGetProcAddress
#undef cuGetProcAddress_v2
#undef cuDriverGetVersion

#ifdef ECHO_CUDA

EXPORT int cuGetProcAddress(const char*, void**, int, std::uint64_t);
EXPORT int cuGetProcAddress_v2(const char*, void**, int, std::uint64_t, int*);
EXPORT int cuDriverGetVersion(int* version);

namespace {

struct Entry {
  int since = 0;
  void* exported = nullptr;
  void* secret = nullptr;
};

// Of one name: the version of the ABI (1, 2, …) and whether it is the per-thread twin.
using Family = std::map<std::pair<int, bool>, Entry>;

std::map<std::string, Family> read_families() {
  std::map<std::string, Family> families;
  const std::regex form("(cu.*?)(?:_v([2-9]))?(_ptsz|_ptds)?");
  const auto add = [&](const char* name, int since, void* exported, void* secret) {
    std::cmatch match;
    if (!std::regex_match(name, match, form)) return;
    const int abi = match[2].matched ? std::stoi(match[2]) : 1;
    families[match[1]][{abi, match[3].matched}] = {since, exported, secret};
  };
#define DURE_SYMBOL(name, since) \
  add(#name, since, reinterpret_cast<void*>(&name), reinterpret_cast<void*>(&private_##name));
#include ECHO_SYMBOLS
#undef DURE_SYMBOL
  return families;
}

// 0: found, 1: no such name, 2: not in this version.
int look_up(const char* name, int version, bool per_thread, void** function) {
  static const std::map<std::string, Family> families = read_families();
  *function = nullptr;
  const auto family = families.find(name);
  if (family == families.end()) {
    // A name of the future, of which nobody's list knows anything.
    if (std::strcmp(name, "cuFutureCall") != 0) return 1;
    *function = reinterpret_cast<void*>(&private_cuInit);
    return 0;
  }
  for (const auto& [which, entry] : family->second) {
    if (entry.since > version) continue;
    if (which.second && !per_thread) continue;
    *function =
        lookup == EchoLookup::kPrivate ? entry.secret : entry.exported;  // sorted: the last one is meant
  }
  return *function == nullptr ? 2 : 0;
}

}  // namespace

EXPORT int cuGetProcAddress(const char* name, void** function, int version, std::uint64_t flags) {
  if (name == nullptr || function == nullptr) return 1;
  return look_up(name, version, (flags & 2) != 0, function) == 0 ? 0 : 500;
}

EXPORT int cuGetProcAddress_v2(const char* name, void** function, int version, std::uint64_t flags,
                               int* status) {
  if (name == nullptr || function == nullptr) return 1;
  const int found = look_up(name, version, (flags & 2) != 0, function);
  if (status != nullptr) *status = found;
  return found == 0 ? 0 : 500;
}

// Looks its own functions up as the one of WSL does: with a handle of itself, and in the program's scope.
EXPORT int cuDriverGetVersion(int* version) {
  int calls = 0;
  Dl_info here;
  if (dladdr(reinterpret_cast<void*>(&cuDriverGetVersion), &here) == 0) return 999;
  for (void* handle : {dlopen(here.dli_fname, RTLD_NOW | RTLD_LOCAL), static_cast<void*>(RTLD_DEFAULT)}) {
    auto* init = reinterpret_cast<int (*)(unsigned)>(dlsym(handle, "cuInit"));
    if (init != nullptr && init(0) == kEchoResult + k_cuInit) ++calls;
  }
  if (version != nullptr) *version = 13000 + calls;
  return 0;
}

#endif
