// One of many that race for a share: it allocates and frees at random, by every way there is to get memory.
//
// It keeps the driver's rules: what it freed it uses no more, and what it shares with others by an IPC handle
// it keeps for as long as they may open it. At the end it gives everything back.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "gpu/memory/container.h"

namespace dure::gpu::share {

// Where processes leave the IPC handles of what they share. In memory that all of them see.
struct Handles {
  static constexpr unsigned kMost = 16;
  std::uint32_t there[kMost];
  CUipcMemHandle handle[kMost];
};

class Racer {
 public:
  // kWhole: only sizes at which the books charge what the fake driver counts, so that the two can be
  // compared: the driver takes pages of 2 MiB from 1 MiB on, the fake does not.
  enum class Sizes { kAny, kWhole };
  // `handles` may be null. REQUIRES: a context is current in this thread.
  Racer(const Program& program, std::uint64_t seed, Handles* handles, Sizes sizes = Sizes::kAny);
  // Makes that many attempts to allocate, with as many frees between them as keep it within its room.
  void run(std::uint64_t allocations);
  void give_all_back();
  // What other processes have as well.
  void give_opened_back();

  static constexpr unsigned kWays = 11;
  // How often each way succeeded.
  const std::array<std::uint64_t, kWays>& succeeded() const { return succeeded_; }

 private:
  enum Way : unsigned {
    kLinear,
    kPitched,
    kManaged,
    kOrdered,
    kPooled,
    kVirtual,
    kImport,
    kArray,
    kMipmap,
    kHost,
    kOpened
  };
  struct Held {
    Way way;
    std::uint64_t value;  // an address or a handle
    std::uint64_t bytes;  // of a mapping
  };

  std::size_t pick_bytes();
  bool allocate(Way way, Held* held);
  bool map_new(Held* held, bool imported);
  bool make_array(Held* held, bool levels);
  bool open_one(Held* held);
  void free(const Held& held);

  const Program& program_;
  std::mt19937_64 random_;
  Handles* handles_;
  Sizes sizes_;
  CUstream stream_ = nullptr;
  CUmemoryPool pool_ = nullptr;
  std::vector<CUdeviceptr> ranges_;  // reserved addresses that nothing is mapped at
  std::vector<Held> held_;
  std::array<std::uint64_t, kWays> succeeded_ = {};
};

}  // namespace dure::gpu::share
