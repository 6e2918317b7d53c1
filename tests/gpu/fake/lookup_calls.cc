// The driver's functions that find others, and its words for errors.
#include <cstring>
#include <map>
#include <string>
#include <string_view>

#include "gpu/fake/driver.h"
#include "gpu/fake/graph.h"
#include "gpu/fake/symbols.h"

namespace dure::gpu::fake {
namespace {

struct Found {
  int version = 0;
  void* address = nullptr;
};

struct Key {
  std::string name;
  bool per_thread;
  bool operator<(const Key& other) const {
    return name != other.name ? name < other.name : per_thread < other.per_thread;
  }
};

// "cuMemcpyHtoD_v2_ptds" is a per-thread twin of "cuMemcpyHtoD".
Key key_of(std::string_view symbol) {
  const bool per_thread = symbol.ends_with("_ptsz") || symbol.ends_with("_ptds");
  if (per_thread) symbol.remove_suffix(5);
  const auto version = symbol.rfind("_v");
  if (version != std::string_view::npos &&
      symbol.find_first_not_of("0123456789", version + 2) == std::string_view::npos) {
    symbol = symbol.substr(0, version);
  }
  return {std::string(symbol), per_thread};
}

const std::map<Key, std::map<int, void*>>& table() {
  static const auto* const made = [] {
    auto* all = new std::map<Key, std::map<int, void*>>;
    for (std::size_t i = 0; i < symbol_count; ++i) {
      (*all)[key_of(symbols[i].name)][symbols[i].version] = symbols[i].address;
    }
    return all;
  }();
  return *made;
}

// The newest that is not newer than asked; *newer says whether there are only newer ones.
void* newest(const Key& key, int version, bool* newer) {
  const auto found = table().find(key);
  if (found == table().end()) return nullptr;
  const auto after = found->second.upper_bound(version);
  if (after == found->second.begin()) {
    *newer = true;
    return nullptr;
  }
  return std::prev(after)->second;
}

CUresult look_up(const char* function, const char* symbol, void** out, int version, cuuint64_t flags,
                 int* status) {
  return enter(function, Need::kNothing, [&](Call& call) -> CUresult {
    if (symbol == nullptr || out == nullptr || flags > CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM) {
      return CUDA_ERROR_INVALID_VALUE;
    }
    if (version > call.state().config().driver) return CUDA_ERROR_INVALID_VALUE;
    bool newer = false;
    *out = nullptr;
    if ((flags & CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM) != 0) {
      *out = newest({symbol, true}, version, &newer);
    }
    if (*out == nullptr) *out = newest({symbol, false}, version, &newer);
    if (status != nullptr) {
      *status = *out != nullptr ? CU_GET_PROC_ADDRESS_SUCCESS
                : newer         ? CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT
                                : CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
    }
    return *out != nullptr ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
  });
}

struct ErrorName {
  CUresult code;
  const char* name;
  const char* words;
};

constexpr ErrorName kErrors[] = {
    {CUDA_SUCCESS, "CUDA_SUCCESS", "no error"},
    {CUDA_ERROR_INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {CUDA_ERROR_OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {CUDA_ERROR_NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {CUDA_ERROR_DEVICE_UNAVAILABLE, "CUDA_ERROR_DEVICE_UNAVAILABLE", "device unavailable"},
    {CUDA_ERROR_NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "no device"},
    {CUDA_ERROR_INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {CUDA_ERROR_INVALID_IMAGE, "CUDA_ERROR_INVALID_IMAGE", "not an image of the fake driver"},
    {CUDA_ERROR_INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {CUDA_ERROR_UNSUPPORTED_LIMIT, "CUDA_ERROR_UNSUPPORTED_LIMIT", "limit is not supported"},
    {CUDA_ERROR_FILE_NOT_FOUND, "CUDA_ERROR_FILE_NOT_FOUND", "file not found"},
    {CUDA_ERROR_INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {CUDA_ERROR_NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {CUDA_ERROR_NOT_READY, "CUDA_ERROR_NOT_READY", "device not ready"},
    {CUDA_ERROR_CONTEXT_IS_DESTROYED, "CUDA_ERROR_CONTEXT_IS_DESTROYED", "context is destroyed"},
    {CUDA_ERROR_LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {CUDA_ERROR_NOT_PERMITTED, "CUDA_ERROR_NOT_PERMITTED", "operation not permitted"},
    {CUDA_ERROR_NOT_SUPPORTED, "CUDA_ERROR_NOT_SUPPORTED", "not simulated by the fake driver"},
    {CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED",
     "operation not permitted when a stream is capturing"},
    {CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED",
     "the capture was invalidated"},
    {CUDA_ERROR_STREAM_CAPTURE_UNJOINED, "CUDA_ERROR_STREAM_CAPTURE_UNJOINED",
     "a captured stream was not joined to the one that began"},
    {CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE, "CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE",
     "the graph update was not performed"},
    {CUDA_ERROR_UNKNOWN, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

CUresult describe(CUresult code, const char** out, const char* ErrorName::*what) {
  if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
  *out = nullptr;
  for (const ErrorName& error : kErrors) {
    if (error.code != code) continue;
    *out = error.*what;
    return CUDA_SUCCESS;
  }
  return CUDA_ERROR_INVALID_VALUE;
}

// The one private table that there is: its size, then the table's name.
struct ExportTable {
  std::size_t bytes;
  const char* name;
};
constexpr ExportTable kExportTable = {sizeof(ExportTable), "fake export table"};

}  // namespace
}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

FAKE_EXPORT CUresult cuGetProcAddress(const char* symbol, void** out, int version, cuuint64_t flags) {
  return look_up("cuGetProcAddress", symbol, out, version, flags, nullptr);
}
FAKE_EXPORT CUresult cuGetProcAddress_v2(const char* symbol, void** out, int version, cuuint64_t flags,
                                         int* status) {
  return look_up("cuGetProcAddress_v2", symbol, out, version, flags, status);
}
FAKE_EXPORT CUresult cuGetErrorName(CUresult code, const char** out) {
  return describe(code, out, &ErrorName::name);
}
FAKE_EXPORT CUresult cuGetErrorString(CUresult code, const char** out) {
  return describe(code, out, &ErrorName::words);
}
// Any identifier that begins with a zero byte finds the one table; others find none.
FAKE_EXPORT CUresult cuGetExportTable(const void** out, const CUuuid* id) {
  if (out == nullptr || id == nullptr) return CUDA_ERROR_INVALID_VALUE;
  *out = id->bytes[0] == 0 ? &kExportTable : nullptr;
  return *out != nullptr ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
}
