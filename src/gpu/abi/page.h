// The share's two files: what dure-node and the share library of a container have in common.
//
//   limits   struct dure_limits   written by dure-node alone; the container sees it read only
//   usage    struct dure_usage    made by dure-node, written by the processes of the container
//
// Both lie in one folder (in a container /run/dure/share), have one fixed size and are mapped whole. They
// begin with a header of 16 bytes that never changes; a reader that does not know the version refuses the
// file. All numbers are in the machine's byte order. Words that several threads or processes change are plain
// here and are read and changed by
// __atomic operations only, 64 bits at a time; those on lines of their own are the contended ones.
//
// Times are CLOCK_MONOTONIC in nanoseconds. Memory is in bytes or, where it says units, in 512 bytes. Compute
// is in milli-GPU: 1000 is all of the card, or all of the instance where the card is a MIG instance.
#ifndef DURE_GPU_ABI_PAGE_H
#define DURE_GPU_ABI_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "gpu/abi/pace.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  DURE_LIMITS_MAGIC = 0x4c525544,  // "DURL"
  DURE_USAGE_MAGIC = 0x55525544,   // "DURU"
  DURE_PAGE_VERSION = 1,
  DURE_MEMORY_UNIT = 512,
};

struct dure_header {
  uint32_t magic;
  uint16_t version;
  uint16_t cards;  // how many of the cards below are in use
  uint64_t size;   // of the file, in bytes
};

// What the container was given of one card. Changed at run time under dure_limits.sequence.
struct dure_card_limits {
  char uuid[64];  // "GPU-…" or "MIG-…", NUL-terminated, as the driver says it
  uint64_t memory_bytes;
  uint32_t guaranteed_milli;  // 1..1000
  uint32_t policy;            // enum dure_policy
  uint32_t weight;            // of what is idle, among those who may borrow it
  uint32_t priority;          // higher first; acts under DURE_POLICY_PRIORITY only
  uint32_t flags;             // reserved: 0
  uint32_t reserved_word;
  uint64_t context_bytes;  // what a context takes by being there; 0: not known, it is not charged
  uint64_t reserved[3];
};

enum dure_policy {
  DURE_POLICY_HARD = 0,      // guaranteed_milli and never more
  DURE_POLICY_BORROW = 1,    // guaranteed_milli, and by weight of what others leave idle
  DURE_POLICY_PRIORITY = 2,  // as borrow, and what a higher priority leaves
};

struct dure_limits {
  struct dure_header header;
  uint64_t sequence;    // odd while dure-node writes; read before and after
  uint64_t generation;  // counts the changes
  uint64_t reserved[12];
  struct dure_card_limits card[DURE_MAX_CARDS];
  struct dure_card_pace pace[DURE_MAX_CARDS];
};

// The container's total of one card: see share/ledger.h.
struct dure_card_usage {
  uint64_t memory;       // packed: units, and who changed them last
  uint64_t memory_high;  // units: the most there ever was, except for what `memory` says now
  uint64_t refused;      // how many requests were refused for want of memory
  uint64_t reserved[5];
  struct dure_card_bucket bucket;
};

// One change of the total at a time, and what those before add up to: see share/ledger_change.h.
struct dure_lane {
  uint64_t number;  // of the change that is under way, else of the last
  uint64_t intent;  // 0: none is under way; else by how much
  uint64_t done;    // the last change of which somebody else wrote down that it took effect
  uint64_t memory;  // packed: units in all, and the number of the last change that is in them
};

struct dure_process_card {
  struct dure_lane lane[DURE_LANES];  // what this process has of the total is the sum over its lanes
  uint64_t overhead;                  // units of that: contexts, their heaps and limits, modules
  uint64_t contexts;                  // how many the process has on the card
  uint64_t reserved[6];
  struct dure_process_work work;
};

// A slot: one process. Who holds the lock on byte DURE_LOCK_BASE + index of `usage` owns it; who holds the
// one on DURE_REAP_BASE + index may give it to somebody, or take back what a dead owner left in it.
struct dure_process {
  uint64_t pid;      // in the container; 0: free
  uint64_t started;  // its start, field 22 of /proc/<pid>/stat
  uint64_t
      pid_namespace;    // the inode of its /proc/self/ns/pid: pid means something to those who have the same
  uint64_t generation;  // counts the owners of the slot
  uint64_t reserved[4];
  struct dure_process_card card[DURE_MAX_CARDS];
};

#define DURE_LOCK_BASE ((int64_t)1 << 40)
#define DURE_REAP_BASE (DURE_LOCK_BASE + DURE_MAX_PROCESSES)

struct dure_usage {
  struct dure_header header;
  uint64_t swept;  // counts: where the next process that starts looks for dead ones
  uint64_t used;   // slots below this one had an owner at some time; nobody has touched those from it on
  uint64_t looked_up_ns;  // when somebody last looked whether the owners' process ids are still there
  uint64_t reserved[11];
  uint64_t taken[DURE_MAX_PROCESSES / 64];  // a bit for each slot: a hint, the locks decide
  struct dure_card_usage card[DURE_MAX_CARDS];
  struct dure_process process[DURE_MAX_PROCESSES];
};

#ifdef __cplusplus
#define DURE_ABI_ASSERT(what) static_assert(what, #what)
#else
#define DURE_ABI_ASSERT(what) _Static_assert(what, #what)
#endif
DURE_ABI_ASSERT(sizeof(struct dure_header) == 16);
DURE_ABI_ASSERT(sizeof(struct dure_card_limits) == 128);
DURE_ABI_ASSERT(offsetof(struct dure_limits, card) == 128);
DURE_ABI_ASSERT(offsetof(struct dure_usage, card) == 256);
DURE_ABI_ASSERT(sizeof(struct dure_card_usage) % 64 == 0);
DURE_ABI_ASSERT(sizeof(struct dure_process_card) % 64 == 0);
DURE_ABI_ASSERT(sizeof(struct dure_process) % 64 == 0);

#ifdef __cplusplus
}
#endif

#endif
