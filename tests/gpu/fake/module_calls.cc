// The driver's functions for modules, libraries and functions.
#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>

#include "gpu/fake/driver.h"
#include "gpu/fake/graph.h"

namespace dure::gpu::fake {
namespace {

// The text of an image, or of the first file that has one; "" if there is none.
std::string read_file(const char* path) {
  std::stringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

CUresult load(Call& call, const char* text, Context* context, Module** out) {
  auto read = read_image(text);
  if (!read) return CUDA_ERROR_INVALID_IMAGE;
  auto made = std::make_unique<Module>(std::move(*read));
  made->context = context;
  made->device = context != nullptr ? context->device : 0;
  std::uint64_t bytes = made->code + call.state().config().module;
  for (const auto& [name, global] : made->globals) bytes += global.bytes;
  if (!call.state().grant(call.process().slot, made->device, bytes)) return CUDA_ERROR_OUT_OF_MEMORY;
  made->counted = bytes;
  for (auto& [name, global] : made->globals) {
    global.address = call.process().memory.addresses.take(std::max<std::size_t>(global.bytes, 1));
  }
  for (auto& [name, function] : made->functions) {
    function->module = made.get();
    call.process().functions.emplace(function.get(), function.get());
  }
  *out = made.get();
  call.process().modules.emplace(made.get(), std::move(made));
  return CUDA_SUCCESS;
}

void unload(Call& call, Module& module) {
  Process& process = call.process();
  call.state().give_back(process.slot, module.device, module.counted);
  for (const auto& [name, global] : module.globals) {
    process.memory.addresses.give_back(global.address, std::max<std::size_t>(global.bytes, 1));
  }
  for (const auto& [name, function] : module.functions) process.functions.erase(function.get());
  process.modules.erase(&module);
}

template <typename Handle>
CUresult load_text(const char* name, Handle* out, const char* text, bool library) {
  return enter(name, library ? Need::kInit : Need::kContext, [&](Call& call) -> CUresult {
    if (out == nullptr || text == nullptr) return CUDA_ERROR_INVALID_VALUE;
    Module* module = nullptr;
    const CUresult loaded = load(call, text, library ? nullptr : &call.context(), &module);
    if (loaded == CUDA_SUCCESS) *out = handle_of<Handle>(module);
    return loaded;
  });
}

template <typename Handle>
CUresult load_file(const char* name, Handle* out, const char* path, bool library) {
  if (path == nullptr) return CUDA_ERROR_INVALID_VALUE;
  const std::string text = read_file(path);
  return text.empty() ? CUDA_ERROR_FILE_NOT_FOUND : load_text(name, out, text.c_str(), library);
}

CUresult unload_handle(const char* name, const void* handle) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    Module* const module = find(call.process().modules, handle);
    if (module == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    unload(call, *module);
    return CUDA_SUCCESS;
  });
}

template <typename Handle>
CUresult get_function(const char* name, Handle* out, const void* handle, const char* which) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    if (out == nullptr || which == nullptr) return CUDA_ERROR_INVALID_VALUE;
    Module* const module = find(call.process().modules, handle);
    if (module == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    const auto found = module->functions.find(which);
    if (found == module->functions.end()) return CUDA_ERROR_NOT_FOUND;
    *out = handle_of<Handle>(found->second.get());
    return CUDA_SUCCESS;
  });
}

CUresult get_global(const char* name, CUdeviceptr* out, std::size_t* bytes, const void* handle,
                    const char* which) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    Module* const module = find(call.process().modules, handle);
    if (module == nullptr || which == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    const auto found = module->globals.find(which);
    if (found == module->globals.end()) return CUDA_ERROR_NOT_FOUND;
    if (out != nullptr) *out = found->second.address;
    if (bytes != nullptr) *bytes = found->second.bytes;
    return CUDA_SUCCESS;
  });
}

CUresult with_function(const char* name, CUfunction handle, const std::function<CUresult(Function&)>& body) {
  return enter(name, Need::kInit, [&](Call& call) -> CUresult {
    Function* const function = find_function(call, handle);
    return function == nullptr ? CUDA_ERROR_INVALID_HANDLE : body(*function);
  });
}

CUresult set_parameter(const char* name, CUfunction handle, int offset, const void* value, unsigned bytes) {
  return with_function(name, handle, [&](Function& function) -> CUresult {
    const std::size_t end = static_cast<std::size_t>(offset) + bytes;
    if (function.parameters.size() < end) function.parameters.resize(end);
    std::memcpy(function.parameters.data() + offset, value, bytes);
    return CUDA_SUCCESS;
  });
}

}  // namespace

Function* find_function(Call& call, CUfunction handle) {
  const auto found = call.process().functions.find(handle);
  return found == call.process().functions.end() ? nullptr : found->second;
}

void unload_modules(Call& call, const Context* context) {
  std::vector<Module*> gone;
  for (const auto& [key, module] : call.process().modules) {
    if (module->context == context) gone.push_back(module.get());
  }
  for (Module* module : gone) unload(call, *module);
}

}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

FAKE_EXPORT CUresult cuModuleLoadData(CUmodule* out, const void* image) {
  return load_text("cuModuleLoadData", out, static_cast<const char*>(image), false);
}
FAKE_EXPORT CUresult cuModuleLoadDataEx(CUmodule* out, const void* image, unsigned, int*, void**) {
  return load_text("cuModuleLoadDataEx", out, static_cast<const char*>(image), false);
}
FAKE_EXPORT CUresult cuModuleLoadFatBinary(CUmodule* out, const void* image) {
  return load_text("cuModuleLoadFatBinary", out, static_cast<const char*>(image), false);
}
FAKE_EXPORT CUresult cuModuleLoad(CUmodule* out, const char* path) {
  return load_file("cuModuleLoad", out, path, false);
}
FAKE_EXPORT CUresult cuModuleUnload(CUmodule module) {
  return unload_handle("cuModuleUnload", module);
}
FAKE_EXPORT CUresult cuModuleGetFunction(CUfunction* out, CUmodule module, const char* name) {
  return get_function("cuModuleGetFunction", out, module, name);
}
FAKE_EXPORT CUresult cuModuleGetGlobal(CUdeviceptr* out, std::size_t* bytes, CUmodule module,
                                       const char* name) {
  return get_global("cuModuleGetGlobal", out, bytes, module, name);
}
FAKE_EXPORT CUresult cuModuleGetGlobal_v2(CUdeviceptr* out, std::size_t* bytes, CUmodule module,
                                          const char* name) {
  return get_global("cuModuleGetGlobal_v2", out, bytes, module, name);
}
FAKE_EXPORT CUresult cuModuleGetLoadingMode(int* out) {
  return enter("cuModuleGetLoadingMode", Need::kInit, [&](Call&) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = 2;  // lazy
    return CUDA_SUCCESS;
  });
}

FAKE_EXPORT CUresult cuLibraryLoadData(CUlibrary* out, const void* image, int*, void**, unsigned, int*,
                                       void**, unsigned) {
  return load_text("cuLibraryLoadData", out, static_cast<const char*>(image), true);
}
FAKE_EXPORT CUresult cuLibraryLoadFromFile(CUlibrary* out, const char* path, int*, void**, unsigned, int*,
                                           void**, unsigned) {
  return load_file("cuLibraryLoadFromFile", out, path, true);
}
FAKE_EXPORT CUresult cuLibraryUnload(CUlibrary library) {
  return unload_handle("cuLibraryUnload", library);
}
FAKE_EXPORT CUresult cuLibraryGetKernel(CUkernel* out, CUlibrary library, const char* name) {
  return get_function("cuLibraryGetKernel", out, library, name);
}
FAKE_EXPORT CUresult cuLibraryGetGlobal(CUdeviceptr* out, std::size_t* bytes, CUlibrary library,
                                        const char* name) {
  return get_global("cuLibraryGetGlobal", out, bytes, library, name);
}
FAKE_EXPORT CUresult cuLibraryGetModule(CUmodule* out, CUlibrary library) {
  return enter("cuLibraryGetModule", Need::kInit, [&](Call& call) -> CUresult {
    if (out == nullptr || find(call.process().modules, library) == nullptr) return CUDA_ERROR_INVALID_HANDLE;
    *out = reinterpret_cast<CUmodule>(library);
    return CUDA_SUCCESS;
  });
}
// A kernel of a library is its function, too.
FAKE_EXPORT CUresult cuKernelGetFunction(CUfunction* out, CUkernel kernel) {
  return with_function("cuKernelGetFunction", reinterpret_cast<CUfunction>(kernel),
                       [&](Function& function) -> CUresult {
                         if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
                         *out = handle_of<CUfunction>(&function);
                         return CUDA_SUCCESS;
                       });
}

FAKE_EXPORT CUresult cuFuncGetAttribute(int* out, int attribute, CUfunction handle) {
  return with_function("cuFuncGetAttribute", handle, [&](Function& function) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    const auto set = function.attributes.find(attribute);
    *out = set != function.attributes.end()                       ? set->second
           : attribute == CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK ? 1024
           : attribute == CU_FUNC_ATTRIBUTE_NUM_REGS              ? 32
                                                                  : 0;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuFuncSetAttribute(CUfunction handle, int attribute, int value) {
  return with_function("cuFuncSetAttribute", handle, [&](Function& function) -> CUresult {
    function.attributes[attribute] = value;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuFuncSetCacheConfig(CUfunction handle, int) {
  return with_function("cuFuncSetCacheConfig", handle, [](Function&) -> CUresult { return CUDA_SUCCESS; });
}
FAKE_EXPORT CUresult cuFuncGetModule(CUmodule* out, CUfunction handle) {
  return with_function("cuFuncGetModule", handle, [&](Function& function) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = handle_of<CUmodule>(function.module);
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuFuncGetName(const char** out, CUfunction handle) {
  return with_function("cuFuncGetName", handle, [&](Function& function) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = function.name.c_str();
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuFuncSetBlockShape(CUfunction handle, int, int, int) {
  return with_function("cuFuncSetBlockShape", handle, [](Function&) -> CUresult { return CUDA_SUCCESS; });
}
FAKE_EXPORT CUresult cuFuncSetSharedSize(CUfunction handle, unsigned) {
  return with_function("cuFuncSetSharedSize", handle, [](Function&) -> CUresult { return CUDA_SUCCESS; });
}
FAKE_EXPORT CUresult cuParamSetSize(CUfunction handle, unsigned bytes) {
  return with_function("cuParamSetSize", handle, [&](Function& function) -> CUresult {
    function.parameters.resize(bytes);
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuParamSeti(CUfunction handle, int offset, unsigned value) {
  return set_parameter("cuParamSeti", handle, offset, &value, sizeof(value));
}
FAKE_EXPORT CUresult cuParamSetf(CUfunction handle, int offset, float value) {
  return set_parameter("cuParamSetf", handle, offset, &value, sizeof(value));
}
FAKE_EXPORT CUresult cuParamSetv(CUfunction handle, int offset, void* value, unsigned bytes) {
  return set_parameter("cuParamSetv", handle, offset, value, bytes);
}
