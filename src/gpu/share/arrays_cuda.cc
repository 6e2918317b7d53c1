// Wrappers: arrays and mipmapped arrays. Reserved is a size that no array has, charged what the driver says
// it needs; where it does not say (it need not for ordinary arrays) the reservation stays. Sparse arrays and
// those that are mapped later have no memory of their own.
#include "gpu/share/charge.h"
#include "gpu/share/real.h"

namespace dure::gpu::share {
// The first version of the descriptors, of the days of 32 bits.
struct OldArray {
  unsigned width, height;
  int format;
  unsigned channels;
};
struct OldArray3D {
  unsigned width, height, depth;
  int format;
  unsigned channels;
  unsigned flags;
};
}  // namespace dure::gpu::share

using dure::gpu::share::OldArray;
using dure::gpu::share::OldArray3D;
using Requirements = CUDA_ARRAY_MEMORY_REQUIREMENTS;

DURE_EXPORT CUresult cuArrayCreate(CUarray* out, const OldArray* of) noexcept;
DURE_EXPORT CUresult cuArrayCreate_v2(CUarray* out, const CUDA_ARRAY_DESCRIPTOR* of) noexcept;
DURE_EXPORT CUresult cuArray3DCreate(CUarray* out, const OldArray3D* of) noexcept;
DURE_EXPORT CUresult cuArray3DCreate_v2(CUarray* out, const CUDA_ARRAY3D_DESCRIPTOR* of) noexcept;
DURE_EXPORT CUresult cuArrayDestroy(CUarray array) noexcept;
DURE_EXPORT CUresult cuArrayGetMemoryRequirements(Requirements* out, CUarray array, CUdevice device) noexcept;
DURE_EXPORT CUresult cuMipmappedArrayCreate(CUmipmappedArray* out, const CUDA_ARRAY3D_DESCRIPTOR* of,
                                            unsigned levels) noexcept;
DURE_EXPORT CUresult cuMipmappedArrayDestroy(CUmipmappedArray array) noexcept;
DURE_EXPORT CUresult cuMipmappedArrayGetMemoryRequirements(Requirements* out, CUmipmappedArray array,
                                                           CUdevice device) noexcept;

namespace dure::gpu::share {
namespace {

// Of one channel; of a format that is not listed (compressed, planar) no element takes more than 16 bytes.
uint64_t channel_bytes(int format) noexcept {
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
      return 16;
  }
}

// An upper bound: rows of 512 bytes, blocks of 8 rows where there are several, all of it in 64 KiB.
uint64_t most_bytes(const CUDA_ARRAY3D_DESCRIPTOR& of, unsigned levels) noexcept {
  if ((of.Flags & (CUDA_ARRAY3D_SPARSE | CUDA_ARRAY3D_DEFERRED_MAPPING)) != 0) return 0;
  const bool layered = (of.Flags & (CUDA_ARRAY3D_LAYERED | CUDA_ARRAY3D_CUBEMAP)) != 0;
  uint64_t sum = 0;
  for (unsigned level = 0; level < levels && level < 32; ++level) {
    const auto part = [level](uint64_t size) noexcept { return size >> level > 1 ? size >> level : 1; };
    const uint64_t row = round_up(multiply(part(of.Width), channel_bytes(of.Format) * of.NumChannels), 512);
    const uint64_t rows = of.Height > 1 ? round_up(part(of.Height), 8) : 1;
    const uint64_t depth = layered ? (of.Depth > 1 ? of.Depth : 1) : part(of.Depth);
    const uint64_t bytes = multiply(multiply(row, rows), depth);
    sum = bytes > UINT64_MAX - sum ? UINT64_MAX : sum + bytes;
  }
  return round_up(sum, 65536);
}

// need(&requirements, device) asks the driver; made is false where it has no answer.
template <class Handle, class Ask, class Need, class Destroy>
CUresult create(Handle* out, const CUDA_ARRAY3D_DESCRIPTOR& of, unsigned levels, AllocationKind kind, Ask ask,
                Need need, Destroy destroy) noexcept {
  Card card = {};
  const CUresult found = find_current_card(&card);
  if (found != CUDA_SUCCESS) return found;
  const uint64_t most = most_bytes(of, levels);
  return charge(
      card, kind, most,
      [&](Made* made) noexcept {
        const CUresult result = ask();
        if (result != CUDA_SUCCESS) return result;
        made->pointer = reinterpret_cast<uint64_t>(*out);
        Requirements needed = {};
        if (most > 0 && need(&needed, card.device) == CUDA_SUCCESS && needed.size > 0)
          made->bytes = needed.size;
        return result;
      },
      [&](uint64_t) noexcept { destroy(*out); });
}

template <class Ask>
CUresult create_array(CUarray* out, const CUDA_ARRAY3D_DESCRIPTOR& of, Ask ask) noexcept {
  return create(
      out, of, 1, AllocationKind::kArray, ask,
      [&](Requirements* needed, CUdevice device) noexcept -> CUresult {
        return DURE_HAS_REAL(cuArrayGetMemoryRequirements)
                   ? DURE_REAL(cuArrayGetMemoryRequirements)(needed, *out, device)
                   : CUDA_ERROR_NOT_SUPPORTED;
      },
      [](CUarray array) noexcept {
        DURE_REAL(cuArrayDestroy)
        (array);
      });
}

template <class Of>
CUDA_ARRAY3D_DESCRIPTOR widen(const Of& of, size_t depth, unsigned flags) noexcept {
  return {of.Width, of.Height, depth, of.Format, of.NumChannels, flags};
}

template <class Ask>
CUresult destroy(AllocationKind kind, const void* array, Ask ask) noexcept {
  Slot* slot = find_slot();
  if (slot == nullptr) return CUDA_ERROR_NO_DEVICE;
  bool known = false;
  const CUresult result = discharge(*slot, kind, reinterpret_cast<uint64_t>(array), &known, ask);
  return known ? result : ask();
}

}  // namespace
}  // namespace dure::gpu::share

using namespace dure::gpu::share;

DURE_EXPORT CUresult cuArrayCreate(CUarray* out, const OldArray* of) noexcept {
  const auto ask = [&]() noexcept { return DURE_REAL(cuArrayCreate)(out, of); };
  if (out == nullptr || of == nullptr) return ask();
  return create_array(out, {of->width, of->height, 0, of->format, of->channels, 0}, ask);
}
DURE_EXPORT CUresult cuArrayCreate_v2(CUarray* out, const CUDA_ARRAY_DESCRIPTOR* of) noexcept {
  const auto ask = [&]() noexcept { return DURE_REAL(cuArrayCreate_v2)(out, of); };
  if (out == nullptr || of == nullptr) return ask();
  return create_array(out, widen(*of, 0, 0), ask);
}
DURE_EXPORT CUresult cuArray3DCreate(CUarray* out, const OldArray3D* of) noexcept {
  const auto ask = [&]() noexcept { return DURE_REAL(cuArray3DCreate)(out, of); };
  if (out == nullptr || of == nullptr) return ask();
  return create_array(out, {of->width, of->height, of->depth, of->format, of->channels, of->flags}, ask);
}
DURE_EXPORT CUresult cuArray3DCreate_v2(CUarray* out, const CUDA_ARRAY3D_DESCRIPTOR* of) noexcept {
  const auto ask = [&]() noexcept { return DURE_REAL(cuArray3DCreate_v2)(out, of); };
  if (out == nullptr || of == nullptr) return ask();
  return create_array(out, *of, ask);
}
DURE_EXPORT CUresult cuArrayDestroy(CUarray array) noexcept {
  return destroy(AllocationKind::kArray, array, [&]() noexcept { return DURE_REAL(cuArrayDestroy)(array); });
}
DURE_EXPORT CUresult cuMipmappedArrayCreate(CUmipmappedArray* out, const CUDA_ARRAY3D_DESCRIPTOR* of,
                                            unsigned levels) noexcept {
  const auto ask = [&]() noexcept { return DURE_REAL(cuMipmappedArrayCreate)(out, of, levels); };
  if (out == nullptr || of == nullptr) return ask();
  return create(
      out, *of, levels, AllocationKind::kMipmap, ask,
      [&](Requirements* needed, CUdevice device) noexcept -> CUresult {
        return DURE_HAS_REAL(cuMipmappedArrayGetMemoryRequirements)
                   ? DURE_REAL(cuMipmappedArrayGetMemoryRequirements)(needed, *out, device)
                   : CUDA_ERROR_NOT_SUPPORTED;
      },
      [](CUmipmappedArray array) noexcept {
        DURE_REAL(cuMipmappedArrayDestroy)
        (array);
      });
}
DURE_EXPORT CUresult cuMipmappedArrayDestroy(CUmipmappedArray array) noexcept {
  return destroy(AllocationKind::kMipmap, array,
                 [&]() noexcept { return DURE_REAL(cuMipmappedArrayDestroy)(array); });
}
