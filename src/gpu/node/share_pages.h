// dure-node's side of a share's two files (gpu/abi/page.h): it makes them, changes the limits while the
// workload runs, reads the totals for the meter, and takes back what dead processes left.
//
// Ownership: the files belong to the share and go with its folder, not with a SharePages: dure-node opens
// them again after a restart and goes on. They lie on a tmpfs; nothing is synchronised to a disk. Threads:
// one at a time for each SharePages. The container's processes read and write meanwhile.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "gpu/abi/page.h"

namespace dure::gpu {

// What a container was given of one card.
struct CardLimit {
  std::string uuid;  // as the driver says it; at most 63 characters
  std::uint64_t memory_bytes = 0;
  std::uint32_t guaranteed_milli = 0;  // 1..1000
  dure_policy policy = DURE_POLICY_HARD;
  std::uint32_t weight = 1;
  std::uint32_t priority = 0;
  std::uint64_t context_bytes = 0;  // what a context takes of this card by being there; 0: not known

  bool operator==(const CardLimit&) const = default;
};

// Of one card, over all processes that the container had and has.
struct CardTotals {
  std::uint64_t memory_bytes = 0;       // held now
  std::uint64_t memory_high_bytes = 0;  // the most there ever was, exact
  std::uint64_t refused = 0;            // requests for memory that had no room
  std::uint64_t elapsed_ns = 0;         // busy time as the container's events measured it; only grows
  std::uint64_t launches = 0;           // only grows
};

// A slot that a process has, with what is written down of it.
struct SlotBooks {
  std::uint64_t pid = 0;            // in the container
  std::uint64_t pid_namespace = 0;  // 0: not known to it
  std::uint64_t memory_bytes[DURE_MAX_CARDS] = {};
};

class SharePages {
 public:
  // Makes both files in `folder`, which exists: `limits` for reading by everybody, `usage` for writing by
  // `owner` (user and group of the container's root). Each appears whole, by renaming. Where they are there
  // already, with as many cards, they are opened, and the limits changed to those given: a retry harms
  // nothing. REQUIRES: 1 to DURE_MAX_CARDS cards, each as CardLimit says. Errors: node.state_unusable {path,
  // why} (kInternal).
  struct Owner {
    std::uint32_t user = 0;
    std::uint32_t group = 0;
  };
  static base::Result<SharePages> make(const std::string& folder, const std::vector<CardLimit>& cards,
                                       Owner owner);

  // Opens what make() made. Errors: node.state_unusable {path, why}.
  static base::Result<SharePages> open(const std::string& folder);

  SharePages(SharePages&& other) noexcept;
  SharePages& operator=(SharePages&& other) noexcept;
  ~SharePages();

  // Changes the limits under the sequence; processes see all of it or nothing. Nothing is taken from a
  // container that uses more than it now may: its next request is refused. REQUIRES: as many cards as there
  // are, in their order.
  void change(const std::vector<CardLimit>& cards);

  std::vector<CardLimit> limits() const;
  std::vector<CardTotals> totals() const;

  // How many processes of the container have a slot, the dead that nobody has reaped among them.
  unsigned processes() const;

  // Those slots, the dead that nobody has reaped among them. Empty where the container has cut off its file.
  std::vector<SlotBooks> slots() const;

  // Takes back what dead processes left; how many there were. Waits for nobody.
  unsigned reap();

  // For those who write the pace and read the intervals (node/pace.h).
  struct dure_limits* limits_page() const {
    return limits_;
  }
  struct dure_usage* usage_page() const {
    return usage_;
  }

 private:
  SharePages() = default;
  void close();

  std::string folder_;
  struct dure_limits* limits_ = nullptr;
  struct dure_usage* usage_ = nullptr;
};

}  // namespace dure::gpu
