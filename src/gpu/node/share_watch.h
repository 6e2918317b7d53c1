// ShareWatch: compares, every few seconds, who has a context on which card (card_users.h) with the books of
// the shares (shares.h), and keeps what is in nobody's books (bypass.h) until it is not found any more.
//
// One look proves nothing: a process may end, or begin, between the driver's answer and the books'. What two
// looks in a row find of the same replica on the same card is a finding.
//
// Threads: any; one of its own looks, for the driver may take long.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "base/time.h"
#include "gpu/node/bypass.h"
#include "gpu/node/card_users.h"
#include "gpu/node/process_place.h"
#include "gpu/node/shares.h"

namespace dure::gpu {

struct WatchOptions {
  std::string nvml = "libnvidia-ml.so.1";
  base::Span every = base::Span::seconds(5);
  std::uint64_t tolerance = 1ull << 30;          // bytes: see bypass.h
  std::function<base::Instant()> now;            // REQUIRES: set; the wall clock
  std::function<void(const std::string&)> warn;  // REQUIRES: set; any thread
};

// A container that runs.
struct WatchedContainer {
  std::string replica_id;
  std::string container_id;
  std::int64_t pid = 0;  // of its first process; 0: not known

  bool operator==(const WatchedContainer&) const = default;
};

struct Finding {
  std::string card;
  std::string replica_id;  // "": of a process of no container of ours
  base::Reason reason;
  base::Instant found_at;  // at the first of the looks
};

class ShareWatch {
 public:
  // REQUIRES: `shares` outlives this.
  ShareWatch(const Shares& shares, WatchOptions options);
  ~ShareWatch();
  ShareWatch(const ShareWatch&) = delete;
  ShareWatch& operator=(const ShareWatch&) = delete;

  // What runs now; processes elsewhere are foreign from the next look on.
  void watch(std::vector<WatchedContainer> containers);

  std::vector<Finding> findings() const;
  std::uint64_t looks() const;  // how many there were

 private:
  // A replica on a card, and in which way it passes its share by.
  using Key = std::tuple<std::string, std::string, BypassKind>;
  struct Seen {
    Finding finding;
    bool twice = false;
  };

  void run();
  void look();
  std::vector<CardProcess> processes(const std::vector<WatchedContainer>& containers);
  void keep(const std::vector<Bypass>& found);

  const Shares& shares_;
  const WatchOptions options_;
  CardUsers users_;  // of its own thread
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<WatchedContainer> containers_;
  bool told_ = false;  // of any containers: before that everybody is foreign
  std::map<Key, Seen> seen_;
  std::uint64_t looks_ = 0;
  bool ending_ = false;
  std::thread looking_;  // last
};

}  // namespace dure::gpu
