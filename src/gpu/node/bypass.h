// What is on a card and in nobody's books: the node's comparison of what NVML says of each process with what
// the processes of the share library wrote down (docs/decisions/0033).
//
// A share library binds those who use it. What passes it by (a driver library of the image's own, ioctls,
// Vulkan, changed books) shows in NVML alone, which says of each process that has a context how much of the
// card's memory it holds. That is somewhat more than the books have: what is loaded lazily is not in them,
// nor a context where it is not known what one takes (context_sizes.h). So a process may hold `tolerance`
// bytes more than its slot says, and a container its limit and the tolerance of each of its processes.
//
// Pure. In bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/reason.h"

namespace dure::gpu {

// A process that has a context on a card. A process that is on two cards is there twice.
struct CardProcess {
  std::string card;                    // UUID
  std::int64_t pid = 0;                // on this machine
  std::string name;                    // for people
  std::optional<std::uint64_t> bytes;  // nothing: the driver does not say
  std::string replica_id;              // in whose container it runs; "": in none of ours
  // As its slot would name it (struct dure_process).
  std::uint64_t inner_pid = 0;
  std::uint64_t pid_namespace = 0;
};

// A slot that somebody has.
struct BookedProcess {
  std::uint64_t pid = 0;
  std::uint64_t pid_namespace = 0;  // 0: not known to it
  std::uint64_t bytes = 0;
};

// One replica's share of one card.
struct BookedShare {
  std::string replica_id;
  std::string card;
  std::uint64_t limit_bytes = 0;
  std::vector<BookedProcess> processes;
};

// The graver first.
enum class BypassKind {
  kOverLimit,   // a container holds more than it may: whatever its books say, they are its own
  kNotInBooks,  // a process of a container has a context and no slot, or a card of which the container has no
                // share
  kMore,        // a process holds more than its slot says
  kForeign,     // a process of no container of ours
};

struct Bypass {
  std::string card;
  std::string replica_id;  // "" with kForeign
  BypassKind kind = BypassKind::kForeign;
  std::int64_t pid = 0;  // the one that holds most, where there are several; kOverLimit: of those too
  std::string name;
  std::uint64_t used_bytes = 0;    // kOverLimit: of all its processes on the card
  std::uint64_t booked_bytes = 0;  // kMore; kOverLimit: the limit

  bool operator==(const Bypass&) const = default;
};

// At most one of each replica on each card, the gravest, and one foreign of each card; by card, then replica.
// REQUIRES: a replica has at most one share of a card.
std::vector<Bypass> find_bypass(std::span<const CardProcess> processes, std::span<const BookedShare> shares,
                                std::uint64_t tolerance);

// As people are told of it: share.memory_over_limit, share.process_not_in_books, share.memory_not_in_books,
// share.foreign_process.
base::Reason reason_of(const Bypass& bypass, std::uint64_t tolerance);

}  // namespace dure::gpu
