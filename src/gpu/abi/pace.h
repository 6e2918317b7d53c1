// The part of the share's files that is about time: see page.h, which includes this, for how it is read and
// written.
//
//   dure_card_pace      in `limits`: what dure-node says of the card's load
//   dure_card_bucket    in `usage`: when the container is due again
//   dure_process_work   in `usage`: what a process has launched and when the card was busy with it
//
// Elapsed time is what events on a stream measure; device time is the part of it that was the process's own,
// which is less where several contexts share the card. Times are CLOCK_MONOTONIC in nanoseconds.
#ifndef DURE_GPU_ABI_PACE_H
#define DURE_GPU_ABI_PACE_H

#include <stdint.h>

enum {
  DURE_MAX_CARDS = 16,        // of one container
  DURE_MAX_PROCESSES = 1024,  // of one container
  DURE_LANES = 4,             // changes of memory of one process that can be under way at once
  DURE_INTERVALS = 512,       // busy intervals that a process keeps for dure-node
};

// Written at every round of dure-node (a few milliseconds) under its own sequence. The share library reads
// single words of it and needs no sequence: rate and own are one word of 64 bits.
struct dure_card_pace {
  uint64_t sequence;
  uint64_t at_ns;               // when this was written
  uint32_t rate_milli;          // what the container may use from now on; 0: nothing was said yet
  uint32_t own_milli;           // how much of its elapsed time was its own, lately: 1000 is all
  uint64_t settled_elapsed_ns;  // of the container's elapsed busy time so much was looked at …
  uint64_t settled_device_ns;   // … and so much of it was its own. Both only grow
  uint64_t correction_ns;       // device time in all less what was charged for it; two's complement
  uint64_t reserved[2];
};

struct dure_card_bucket {
  uint64_t due;            // packed: when the next launch may begin, at which rate: see share/bucket.h
  uint64_t busy_until_ns;  // the card is busy with the container until then, as far as is known
  uint64_t corrected_ns;   // so much of dure_card_pace.correction_ns is in `due`
  uint64_t slots;          // processes that ever launched have slots below this
  uint64_t reserved[4];
};

// One busy interval in one word, so that it is written and read whole.
//   bits 0..9    what of it was charged, in thousandths
//   bits 10..33  its length, in DURE_TICK_NS
//   bits 34..63  its end, in DURE_TICK_NS, modulo 2^30: 17 s
typedef uint64_t dure_interval;
enum {
  DURE_TICK_NS = 16,
  DURE_CHARGED_BITS = 10,
  DURE_LENGTH_BITS = 24,  // 268 ms; what is longer is written in pieces
};

static inline dure_interval dure_pack_interval(uint64_t from_ns, uint64_t to_ns, uint32_t charged_milli) {
  const uint64_t end = to_ns / DURE_TICK_NS;
  const uint64_t most = ((uint64_t)1 << DURE_LENGTH_BITS) - 1;
  uint64_t length = end - from_ns / DURE_TICK_NS;
  if (length > most) length = most;
  return end << (DURE_CHARGED_BITS + DURE_LENGTH_BITS) | length << DURE_CHARGED_BITS |
         (charged_milli > 1000 ? 1000 : charged_milli);
}

static inline uint64_t dure_interval_length_ns(dure_interval interval) {
  return (interval >> DURE_CHARGED_BITS & (((uint64_t)1 << DURE_LENGTH_BITS) - 1)) * DURE_TICK_NS;
}

static inline uint32_t dure_interval_charged_milli(dure_interval interval) {
  return (uint32_t)(interval & (((uint64_t)1 << DURE_CHARGED_BITS) - 1));
}

// Its end, which is taken to lie within 8 s of now.
static inline uint64_t dure_interval_end_ns(dure_interval interval, uint64_t now_ns) {
  const uint64_t cycle = (uint64_t)1 << (64 - DURE_CHARGED_BITS - DURE_LENGTH_BITS);
  const uint64_t end = interval >> (DURE_CHARGED_BITS + DURE_LENGTH_BITS);
  const uint64_t now = now_ns / DURE_TICK_NS;
  uint64_t at = now - (now & (cycle - 1)) + end;
  if (at > now + cycle / 2 && at >= cycle) at -= cycle;
  if (at + cycle / 2 < now) at += cycle;
  return at * DURE_TICK_NS;
}

// A thread waits in the driver for what is outstanding, and says so when it is back.
#define DURE_UNTIL_IT_IS_DONE (~(uint64_t)0)

struct dure_process_work {
  uint64_t elapsed_ns;      // busy time in all; only grows, over all owners of the slot
  uint64_t launches;        // how many; only grows
  uint64_t outstanding_ns;  // device time, estimated: launched and not yet measured
  uint64_t
      pending_from_ns;     // intervals that are still to come begin here or later; 0: nothing is outstanding
  uint64_t waiting_ns;     // since when a launch waits to be due; 0: none
  uint64_t intervals;      // how many were written; only grows; the last DURE_INTERVALS of them are below
  uint64_t newest_end_ns;  // when the last of those ended: an interval says so modulo 17 s only
  uint64_t
      unfinished_ns;  // what is outstanding was not done yet then; DURE_UNTIL_IT_IS_DONE; 0: nobody asked
  dure_interval interval[DURE_INTERVALS];
};

#endif
