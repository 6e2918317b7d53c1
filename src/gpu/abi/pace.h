// The part of the share's files that is about time: see page.h, which includes this, for how it is read and
// written.
//
//   dure_card_pace      in `limits`: what dure-node says of the card's load
//   dure_card_bucket    in `usage`: when the container is due again
//   dure_process_work   in `usage`: what a process has launched and how long the card was busy with it
#ifndef DURE_GPU_ABI_PACE_H
#define DURE_GPU_ABI_PACE_H

#include <stdint.h>

enum {
  DURE_MAX_CARDS = 16,        // of one container
  DURE_MAX_PROCESSES = 1024,  // of one container
  DURE_LANES = 4,             // changes of memory of one process that can be under way at once
  DURE_INTERVALS = 64,        // busy intervals that a process keeps for dure-node
};

// Written at every round of dure-node (a few milliseconds) under its own sequence.
struct dure_card_pace {
  uint64_t sequence;
  uint64_t at_ns;               // when this was written
  uint32_t rate_milli;          // what the container may use from now on
  uint32_t sharers_milli;       // how many contexts had work on the card at once, lately: 1000 is alone
  uint64_t settled_elapsed_ns;  // of the container's elapsed busy time so much was looked at …
  uint64_t settled_device_ns;   // … and so much of it was its own. Both only grow
  uint64_t reserved[3];
};

struct dure_card_bucket {
  uint64_t due_ns;  // the next launch may begin at this time or later
  uint64_t reserved[7];
};

// When the card was busy with work of this process: from, to, and how much of it is known to be busy.
struct dure_interval {
  uint64_t from_ns;
  uint64_t to_ns;
  uint64_t busy_ns;
};

struct dure_process_work {
  uint64_t elapsed_ns;      // busy time in all, as events measured it; only grows
  uint64_t launches;        // how many; only grows
  uint64_t outstanding_ns;  // estimated: launched and not yet measured
  uint64_t waiting_ns;      // since when a launch waits to be due; 0: none
  uint64_t intervals;       // how many were written; the last DURE_INTERVALS of them are below
  uint64_t reserved[3];
  struct dure_interval interval[DURE_INTERVALS];
};

#endif
