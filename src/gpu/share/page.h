// Opening and reading the share's two files (gpu/abi/page.h) in a process of the container. What is missing
// or foreign is refused with a reason and a sentence that says what to do: a container without a share gets
// no card.
//
// Threads: every function may be called from any thread. Nothing here allocates.
#pragma once

#include <stdint.h>

#include "gpu/abi/page.h"

namespace dure::gpu::share {

enum class PageFault : uint8_t {
  kNone,
  kMissing,     // there is no such file
  kNoAccess,    // it may not be opened (mode, user), or is no ordinary file
  kForeign,     // it is not a file of a share
  kVersion,     // of another version than this library
  kSize,        // shorter than its header says, or than its version needs
  kUnmappable,  // the kernel has no address space for it
  kFull,        // all slots are taken by processes that are alive
};

// One line for standard error, without the end of line: what is wrong and what to do.
const char* sentence(PageFault fault) noexcept;

// Opens `limits` in `folder` and maps it read only. *limits stays mapped for the life of the process, and is
// not mapped in a child that it forks.
PageFault map_limits(const char* folder, const struct dure_limits** limits) noexcept;

// An open description of `usage` in `folder`, checked. The caller closes *file.
PageFault open_usage(const char* folder, int* file) noexcept;

// Maps the file that open_usage opened. Not mapped in a child that this process forks. The mapping keeps the
// open description, and the locks that it has, after the descriptor is closed.
PageFault map_usage(int file, struct dure_usage** usage) noexcept;
void unmap_usage(struct dure_usage* usage) noexcept;
void unmap_limits(const struct dure_limits* limits) noexcept;

// A copy of the limits that no change was in the middle of.
struct Limits {
  uint64_t generation;  // counts the changes: where it is the one seen last, nothing changed
  uint32_t cards;
  struct dure_card_limits card[DURE_MAX_CARDS];
};

// False where dure-node died in the middle of a change and has not come back: keep what was read last. Gives
// up after a bounded number of attempts, a few milliseconds at the most; never waits for dure-node.
bool read_limits(const struct dure_limits* page, Limits* limits) noexcept;

// The memory limit of a card as it is now, in units; 0 for a card that the container does not have. One load:
// a single number needs no copy of all.
uint64_t memory_limit_units(const struct dure_limits* page, unsigned card) noexcept;

}  // namespace dure::gpu::share
