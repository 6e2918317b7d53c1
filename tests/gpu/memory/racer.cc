#include "gpu/memory/racer.h"

namespace dure::gpu::share {
namespace {

constexpr std::size_t kRange = 8 * kMiB;
constexpr unsigned kRanges = 4, kRoom = 12;  // so many things at once
constexpr CUmemAllocationProp kOnCard = {CU_MEM_ALLOCATION_TYPE_PINNED,
                                         CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR,
                                         {CU_MEM_LOCATION_TYPE_DEVICE, 0},
                                         nullptr,
                                         {}};

}  // namespace

Racer::Racer(const Program& program, std::uint64_t seed, Handles* handles, Sizes sizes)
    : program_(program), random_(seed), handles_(handles), sizes_(sizes) {
  EXPECT_EQ(program_.call("cuStreamCreate", &stream_, 1u), CUDA_SUCCESS);
  CUmemPoolProps properties = {};
  properties.allocType = CU_MEM_ALLOCATION_TYPE_PINNED;
  properties.location = kOnCard.location;
  EXPECT_EQ(program_.call("cuMemPoolCreate", &pool_, &properties), CUDA_SUCCESS);
  for (unsigned i = 0; i < kRanges; ++i) {
    CUdeviceptr at = 0;
    EXPECT_EQ(program_.call("cuMemAddressReserve", &at, kRange, std::size_t{0}, CUdeviceptr{0}, 0ULL),
              CUDA_SUCCESS);
    ranges_.push_back(at);
  }
}

void Racer::run(std::uint64_t allocations) {
  for (std::uint64_t i = 0; i < allocations; ++i) {
    while (held_.size() >= kRoom || (!held_.empty() && random_() % 8 == 0)) {
      std::swap(held_[random_() % held_.size()], held_.back());
      free(held_.back());
      held_.pop_back();
    }
    Held held = {};
    if (!allocate(static_cast<Way>(random_() % kWays), &held)) continue;
    ++succeeded_[held.way];
    held_.push_back(held);
    if (random_() % 64 == 0) program_.call("cuStreamSynchronize", stream_);
  }
}

std::size_t Racer::pick_bytes() {
  if (random_() % 2 == 0) return 1 + random_() % (kMiB - 1);
  return sizes_ == Sizes::kWhole ? (1 + random_() % 3) * 2 * kMiB : (1 + random_() % 6) * kMiB;
}

bool Racer::allocate(Way way, Held* held) {
  held->way = way;
  const std::size_t bytes = pick_bytes();
  const std::size_t widest = sizes_ == Sizes::kWhole ? 1000 : 5000;  // of 800 rows: below 1 MiB
  CUdeviceptr* out = reinterpret_cast<CUdeviceptr*>(&held->value);
  std::size_t pitch = 0;
  void* host = nullptr;
  switch (way) {
    case kLinear:
      return program_.allocate(out, bytes) == CUDA_SUCCESS;
    case kPitched:
      return program_.call("cuMemAllocPitch_v2", out, &pitch, 1 + random_() % widest, 1 + random_() % 800,
                           4u) == CUDA_SUCCESS;
    case kManaged:
      return program_.call("cuMemAllocManaged", out, bytes, 1u) == CUDA_SUCCESS;
    case kOrdered:
      return program_.call("cuMemAllocAsync", out, bytes, stream_) == CUDA_SUCCESS;
    case kPooled:
      return program_.call("cuMemAllocFromPoolAsync", out, bytes, pool_, stream_) == CUDA_SUCCESS;
    case kVirtual:
      return map_new(held, false);
    case kImport:
      return map_new(held, true);
    case kArray:
      return make_array(held, false);
    case kMipmap:
      return make_array(held, true);
    case kHost:
      if (program_.call("cuMemHostAlloc", &host, std::size_t{4096}, 0u) != CUDA_SUCCESS) return false;
      held->value = reinterpret_cast<std::uint64_t>(host);
      return true;
    case kOpened:
      return open_one(held);
  }
  return false;
}

// A handle is released as soon as it is mapped, as frameworks do; an imported one is exported and imported
// before.
bool Racer::map_new(Held* held, bool imported) {
  if (ranges_.empty()) return false;
  CUmemGenericAllocationHandle own = 0, handle = 0;
  held->bytes = (1 + random_() % 3) * 2 * kMiB;
  if (program_.call("cuMemCreate", &own, std::size_t{held->bytes}, &kOnCard, 0ULL) != CUDA_SUCCESS)
    return false;
  handle = own;
  if (imported) {
    int file = -1;
    EXPECT_EQ(program_.call("cuMemExportToShareableHandle", static_cast<void*>(&file), own, 1, 0ULL),
              CUDA_SUCCESS);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the driver passes descriptors so
    void* as_pointer = reinterpret_cast<void*>(static_cast<std::intptr_t>(file));
    EXPECT_EQ(program_.call("cuMemImportFromShareableHandle", &handle, as_pointer, 1), CUDA_SUCCESS);
    close(file);
  }
  held->value = ranges_.back();
  const CUresult mapped = program_.call("cuMemMap", CUdeviceptr{held->value}, std::size_t{held->bytes},
                                        std::size_t{0}, handle, 0ULL);
  EXPECT_EQ(program_.call("cuMemRelease", handle), CUDA_SUCCESS);
  if (imported) {
    EXPECT_EQ(program_.call("cuMemRelease", own), CUDA_SUCCESS);
  }
  if (mapped != CUDA_SUCCESS) return false;
  ranges_.pop_back();
  return true;
}

bool Racer::make_array(Held* held, bool levels) {
  const CUDA_ARRAY3D_DESCRIPTOR of = {1 + random_() % 800, 1 + random_() % 800, 0, CU_AD_FORMAT_FLOAT, 1, 0};
  CUarray array = nullptr;
  CUmipmappedArray pyramid = nullptr;
  const CUresult made = levels ? program_.call("cuMipmappedArrayCreate", &pyramid, &of, 4u)
                               : program_.call("cuArray3DCreate_v2", &array, &of);
  held->value = levels ? reinterpret_cast<std::uint64_t>(pyramid) : reinterpret_cast<std::uint64_t>(array);
  return made == CUDA_SUCCESS;
}

// Of another process: one's own cannot be opened.
bool Racer::open_one(Held* held) {
  if (handles_ == nullptr) return false;
  const auto is_there = [this](std::uint64_t which) {
    return __atomic_load_n(&handles_->there[which], __ATOMIC_ACQUIRE) != 0;
  };
  std::uint64_t which = random_() % Handles::kMost;
  for (int tries = 0; tries < 8 && !is_there(which); ++tries) which = random_() % Handles::kMost;
  if (!is_there(which)) return false;
  return program_.call("cuIpcOpenMemHandle_v2", reinterpret_cast<CUdeviceptr*>(&held->value),
                       handles_->handle[which], 1u) == CUDA_SUCCESS;
}

void Racer::free(const Held& held) {
  const CUdeviceptr address = held.value;
  CUresult result = CUDA_SUCCESS;
  switch (held.way) {
    case kOrdered:
    case kPooled:
      result =
          random_() % 4 == 0 ? program_.free(address) : program_.call("cuMemFreeAsync", address, stream_);
      break;
    case kVirtual:
    case kImport:
      result = program_.call("cuMemUnmap", address, std::size_t{held.bytes});
      ranges_.push_back(address);
      break;
    case kArray:  // NOLINTNEXTLINE(performance-no-int-to-ptr): it was a pointer
      result = program_.call("cuArrayDestroy", reinterpret_cast<CUarray>(held.value));
      break;
    case kMipmap:  // NOLINTNEXTLINE(performance-no-int-to-ptr): it was a pointer
      result = program_.call("cuMipmappedArrayDestroy", reinterpret_cast<CUmipmappedArray>(held.value));
      break;
    case kHost:  // NOLINTNEXTLINE(performance-no-int-to-ptr): it was a pointer
      result = program_.call("cuMemFreeHost", reinterpret_cast<void*>(held.value));
      break;
    case kOpened:
      result = program_.call("cuIpcCloseMemHandle", address);
      break;
    default:
      result = program_.free(address);
  }
  EXPECT_EQ(result, CUDA_SUCCESS) << "way " << held.way;
}

void Racer::give_opened_back() {
  std::erase_if(held_, [this](const Held& held) {
    if (held.way == kOpened) free(held);
    return held.way == kOpened;
  });
}

void Racer::give_all_back() {
  for (const Held& held : held_) free(held);
  held_.clear();
  EXPECT_EQ(program_.call("cuStreamSynchronize", stream_), CUDA_SUCCESS);
  EXPECT_EQ(program_.call("cuMemPoolDestroy", pool_), CUDA_SUCCESS);
  for (const CUdeviceptr at : ranges_) EXPECT_EQ(program_.call("cuMemAddressFree", at, kRange), CUDA_SUCCESS);
}

}  // namespace dure::gpu::share
