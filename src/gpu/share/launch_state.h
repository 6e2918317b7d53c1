// What a process knows of its launches: see gates.h. Part of its slot, so that a child that is forked has
// nothing of it.
#pragma once

#include <stdint.h>

#include "gpu/abi/page.h"
#include "gpu/share/graph_pool.h"

namespace dure::gpu::share {

struct LaunchState {
  static constexpr unsigned kStreams = 256;
  static constexpr unsigned kGraphs = 256;
  static constexpr unsigned kDevices = 64;
  static constexpr unsigned kFunctions = 256;

  uint32_t gate[DURE_MAX_CARDS];  // enum GateState
  uint32_t captures;              // under way
  uint32_t device[kDevices];      // see device_lock.h
  uint32_t retained[kDevices];    // how often the device's primary context is held
  GraphPool graphs[DURE_MAX_CARDS];
  uint32_t had_graphs;         // that allocate, ever
  uint32_t with_memory;        // executable graphs that allocate
  uint32_t trims;              // see graph_memory.h, also for these
  uint32_t frees;              //
  uint32_t foreign_frees;      //
  uint64_t backed[kGraphs];    //
  uint64_t local[kFunctions];  // see local_memory.h
  uint64_t card_of[kStreams];  // 48 bits of a stream's or context's address, 16 of its card and 1
};

}  // namespace dure::gpu::share
