// The driver's functions for arrays. An array costs its rows rounded up to 512 bytes, all of it to 64 KiB;
// each level of a mipmapped one is half of the one before.
#include <algorithm>

#include "gpu/fake/driver.h"

namespace dure::gpu::fake {
namespace {

constexpr std::uint64_t kRow = 512;
constexpr std::uint64_t kWhole = 64 << 10;

std::uint64_t round_up(std::uint64_t bytes, std::uint64_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

// 0: not a format that is simulated.
std::uint64_t element_bytes(int format) {
  switch (format) {
    case CU_AD_FORMAT_UNSIGNED_INT8:
    case CU_AD_FORMAT_SIGNED_INT8:
      return 1;
    case CU_AD_FORMAT_UNSIGNED_INT16:
    case CU_AD_FORMAT_SIGNED_INT16:
    case CU_AD_FORMAT_HALF:
      return 2;
    case CU_AD_FORMAT_UNSIGNED_INT32:
    case CU_AD_FORMAT_SIGNED_INT32:
    case CU_AD_FORMAT_FLOAT:
      return 4;
    default:
      return 0;
  }
}

std::uint64_t level_bytes(const CUDA_ARRAY3D_DESCRIPTOR& of, unsigned level) {
  const auto part = [level](std::size_t size) { return std::max<std::uint64_t>(size >> level, 1); };
  const bool layered = (of.Flags & CUDA_ARRAY3D_LAYERED) != 0;
  const std::uint64_t depth = layered ? std::max<std::size_t>(of.Depth, 1) : part(of.Depth);
  const std::uint64_t row = round_up(part(of.Width) * element_bytes(of.Format) * of.NumChannels, kRow);
  return row * part(of.Height) * depth;
}

std::uint64_t array_bytes(const CUDA_ARRAY3D_DESCRIPTOR& of, unsigned levels) {
  std::uint64_t sum = 0;
  for (unsigned level = 0; level < levels; ++level) sum += level_bytes(of, level);
  return round_up(sum, kWhole);
}

bool is_valid(const CUDA_ARRAY3D_DESCRIPTOR& of) {
  return of.Width > 0 && element_bytes(of.Format) > 0 &&
         (of.NumChannels == 1 || of.NumChannels == 2 || of.NumChannels == 4);
}

CUresult create(Call& call, Array** out, const CUDA_ARRAY3D_DESCRIPTOR& of, unsigned levels, bool mipmapped) {
  if (!is_valid(of) || levels == 0 || levels > 32) return CUDA_ERROR_INVALID_VALUE;
  auto made = std::make_unique<Array>();
  made->descriptor = of;
  made->levels = levels;
  made->mipmapped = mipmapped;
  made->bytes = array_bytes(of, levels);
  made->device = call.context().device;
  made->context = &call.context();
  // Memory of sparse and deferred ones is mapped by the program.
  const bool mapped_later = (of.Flags & (CUDA_ARRAY3D_SPARSE | CUDA_ARRAY3D_DEFERRED_MAPPING)) != 0;
  made->counted = mapped_later ? 0 : made->bytes;
  if (!call.state().grant(call.process().slot, made->device, made->counted)) return CUDA_ERROR_OUT_OF_MEMORY;
  *out = made.get();
  call.process().arrays.emplace(made.get(), std::move(made));
  return CUDA_SUCCESS;
}

void destroy(Call& call, Array& array) {
  auto& arrays = call.process().arrays;
  std::erase_if(arrays, [&array](const auto& entry) { return entry.second->parent == &array; });
  call.state().give_back(call.process().slot, array.device, array.counted);
  arrays.erase(&array);
}

template <typename Handle>
CUresult create_handle(const char* name, Handle* out, const CUDA_ARRAY3D_DESCRIPTOR* of, unsigned levels,
                       bool mipmapped) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    if (out == nullptr || of == nullptr) return CUDA_ERROR_INVALID_VALUE;
    Array* array = nullptr;
    const CUresult made = create(call, &array, *of, levels, mipmapped);
    if (made == CUDA_SUCCESS) *out = handle_of<Handle>(array);
    return made;
  });
}

template <typename Body>
CUresult with_array(const char* name, const void* handle, bool mipmapped, Body body) {
  return enter(name, Need::kContext, [&](Call& call) -> CUresult {
    Array* const array = find(call.process().arrays, handle);
    if (array == nullptr || array->mipmapped != mipmapped) return CUDA_ERROR_INVALID_HANDLE;
    return body(call, *array);
  });
}

CUresult requirements(const char* name, CUDA_ARRAY_MEMORY_REQUIREMENTS* out, const void* handle,
                      CUdevice device, bool mipmapped) {
  return with_array(name, handle, mipmapped, [&](Call&, const Array& array) -> CUresult {
    if (out == nullptr || device != array.device) return CUDA_ERROR_INVALID_VALUE;
    *out = {.size = array.bytes, .alignment = kWhole, .reserved = {}};
    return CUDA_SUCCESS;
  });
}

CUresult destroy_handle(const char* name, const void* handle, bool mipmapped) {
  return with_array(name, handle, mipmapped, [](Call& call, Array& array) -> CUresult {
    if (array.parent != nullptr) return CUDA_ERROR_INVALID_HANDLE;
    destroy(call, array);
    return CUDA_SUCCESS;
  });
}

}  // namespace

void free_arrays(Call& call, Context& context) {
  auto& arrays = call.process().arrays;
  for (bool found = true; found;) {
    found = false;
    for (const auto& [key, array] : arrays) {
      if (array->context != &context || array->parent != nullptr) continue;
      destroy(call, *array);
      found = true;
      break;
    }
  }
}

}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

FAKE_EXPORT CUresult cuArrayCreate_v2(CUarray* out, const CUDA_ARRAY_DESCRIPTOR* of) {
  if (of == nullptr) return CUDA_ERROR_INVALID_VALUE;
  CUDA_ARRAY3D_DESCRIPTOR all = {};
  all.Width = of->Width;
  all.Height = of->Height;
  all.Format = of->Format;
  all.NumChannels = of->NumChannels;
  return create_handle("cuArrayCreate_v2", out, &all, 1, false);
}
FAKE_EXPORT CUresult cuArray3DCreate_v2(CUarray* out, const CUDA_ARRAY3D_DESCRIPTOR* of) {
  return create_handle("cuArray3DCreate_v2", out, of, 1, false);
}
FAKE_EXPORT CUresult cuMipmappedArrayCreate(CUmipmappedArray* out, const CUDA_ARRAY3D_DESCRIPTOR* of,
                                            unsigned levels) {
  return create_handle("cuMipmappedArrayCreate", out, of, levels, true);
}
FAKE_EXPORT CUresult cuArrayDestroy(CUarray array) {
  return destroy_handle("cuArrayDestroy", array, false);
}
FAKE_EXPORT CUresult cuMipmappedArrayDestroy(CUmipmappedArray array) {
  return destroy_handle("cuMipmappedArrayDestroy", array, true);
}
FAKE_EXPORT CUresult cuArrayGetMemoryRequirements(CUDA_ARRAY_MEMORY_REQUIREMENTS* out, CUarray array,
                                                  CUdevice device) {
  return requirements("cuArrayGetMemoryRequirements", out, array, device, false);
}
FAKE_EXPORT CUresult cuMipmappedArrayGetMemoryRequirements(CUDA_ARRAY_MEMORY_REQUIREMENTS* out,
                                                           CUmipmappedArray array, CUdevice device) {
  return requirements("cuMipmappedArrayGetMemoryRequirements", out, array, device, true);
}
FAKE_EXPORT CUresult cuArray3DGetDescriptor_v2(CUDA_ARRAY3D_DESCRIPTOR* out, CUarray handle) {
  return with_array("cuArray3DGetDescriptor_v2", handle, false, [&](Call&, const Array& array) -> CUresult {
    if (out == nullptr) return CUDA_ERROR_INVALID_VALUE;
    *out = array.descriptor;
    return CUDA_SUCCESS;
  });
}
FAKE_EXPORT CUresult cuMipmappedArrayGetLevel(CUarray* out, CUmipmappedArray handle, unsigned level) {
  return with_array("cuMipmappedArrayGetLevel", handle, true, [&](Call& call, Array& array) -> CUresult {
    if (out == nullptr || level >= array.levels) return CUDA_ERROR_INVALID_VALUE;
    auto made = std::make_unique<Array>();
    made->descriptor = array.descriptor;
    made->bytes = level_bytes(array.descriptor, level);
    made->device = array.device;
    made->context = array.context;
    made->parent = &array;
    *out = handle_of<CUarray>(made.get());
    call.process().arrays.emplace(made.get(), std::move(made));
    return CUDA_SUCCESS;
  });
}
