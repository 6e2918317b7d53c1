// ContextSizes: what a context takes of each card of this machine, as far as it is known, and how it becomes
// known.
//
// It depends on the product, the instance's profile and the driver, so it is measured once for each of those
// (context_probe.h), on the first card of the kind that answers, and kept by the caller over restarts. One
// card is measured after the other. Cards that are simulated or not healthy are left alone.
//
// A measurement that fails is said once, and tried again after first_retry, then after twice that, and so on
// up to last_retry: what passes by itself (a driver that is being replaced, a card that is being reset) is
// over within minutes; what needs somebody (exclusive mode) or the end of a job (a full card) takes hours,
// and each attempt costs the card a context for a moment. A new driver or another card is tried at once.
//
// Threads: any; one of its own measures.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/time.h"
#include "gpu/node/card_source.h"
#include "gpu/node/context_probe.h"

namespace dure::gpu {

// Cards of which a context takes the same.
struct ContextKind {
  std::string product;  // as the driver names it
  std::string model;    // ours; of an instance its profile is in it
  std::string driver;   // its version

  auto operator<=>(const ContextKind&) const = default;
};

using ContextTable = std::map<ContextKind, std::uint64_t>;  // bytes

struct ContextSizesOptions {
  ContextTable known;  // from before
  // REQUIRES: all set; called by the thread that measures. `measure` blocks for seconds at most, and less
  // once `ending`.
  std::function<ContextMeasure(const std::string& card, const std::atomic<bool>& ending)> measure;
  std::function<void(const ContextTable&)> keep;  // all that is known, after each new figure
  std::function<void(const std::string&)> inform;
  std::function<void(const std::string&)> warn;
  base::Span first_retry = base::Span::minutes(1);
  base::Span last_retry = base::Span::hours(1);
};

class ContextSizes {
 public:
  explicit ContextSizes(ContextSizesOptions options);
  ~ContextSizes();
  ContextSizes(const ContextSizes&) = delete;
  ContextSizes& operator=(const ContextSizes&) = delete;

  // These are the machine's cards now. Returns at once.
  void look(const std::vector<Card>& cards);

  // Bytes that a context takes of the card of this UUID; 0: not known, or no card that look() was told of.
  std::uint64_t of(const std::string& card) const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Seen {
    ContextKind kind;
    std::string card;
    bool is_healthy = false;

    bool operator==(const Seen&) const = default;
  };
  struct Attempts {
    int failed = 0;
    Clock::time_point due;  // the epoch: at once
  };

  void run();
  void try_new_ones(const std::vector<Seen>& seen);
  // REQUIRES: mutex_ is held, of both. The cards of one kind that is due, or none; *next is when another will
  // be.
  std::vector<std::string> choose(ContextKind& kind, Clock::time_point* next) const;
  ContextMeasure measure(const std::vector<std::string>& cards) const;
  void take(const ContextKind& kind, const ContextMeasure& measured);

  const ContextSizesOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  ContextTable known_;
  std::vector<Seen> cards_;
  std::map<ContextKind, Attempts> attempts_;
  std::uint64_t looks_ = 0;  // in which the cards were others than before
  std::atomic<bool> ending_ = false;
  std::thread measuring_;  // last
};

}  // namespace dure::gpu
