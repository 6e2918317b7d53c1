// Taking back what dead processes left in `usage`: their memory goes back to the total, their slots are free.
//
// A process is dead when nobody holds the lock on its slot's byte, or when its id is gone or belongs to a
// younger process (a child that it forked, and that never called the library, can hold the lock a while
// longer). Nothing waits: what somebody else is reaping is left to that one. A reaper that is killed leaves
// what any dead process leaves; one that is stopped keeps one dead slot from the others until it goes on.
//
// Threads: any, each with a Reaper whose `file` is an open description of its own: the locks belong to that.
#pragma once

#include <stdint.h>

#include "gpu/abi/page.h"
#include "gpu/share/slot_process.h"

namespace dure::gpu::share {

struct Reaper {
  struct dure_usage* usage;
  int file;  // of open_usage
  // Of the caller. One with pid_namespace 0 goes by the locks alone, which is ten times cheaper: dure-node's,
  // for it sees other ids.
  ProcessIdentity identity;
};

// Which slots to look at.
enum class ReapWhat : uint8_t {
  kAll,
  kMemory,  // those that hold memory of the card: cheap where a request has just been refused
};

// Returns how many dead slots were emptied. `card` is read for kMemory only.
unsigned reap_dead(const Reaper& reaper, ReapWhat what, unsigned card) noexcept;

// Looks at `count` taken slots, others at each call, so that processes that start clear away those that
// ended.
void reap_some(const Reaper& reaper, unsigned count) noexcept;

// True when the slot was a dead process's and is empty now.
bool reap_slot(const Reaper& reaper, unsigned slot) noexcept;

// Empties a slot. Where its books contradict the total (the files are the container's, and it can write
// anything), the total keeps what it has. REQUIRES: the owner is dead and the caller holds the slot's reaping
// lock.
void empty_slot(struct dure_usage* usage, unsigned slot) noexcept;

}  // namespace dure::gpu::share
