// Shares: the shares of this machine's real cards that containers have, with their files and their pace.
//
// The files are the truth. They are made before the container, changed when the order of the share changes,
// found again by the next dure-node, never reset while the container lives, and removed when it is gone.
// kill -9 anywhere leaves what prepare() completes or keep_only() removes.
//
// Simulated cards compute nothing: a share of those has neither files nor library, only its environment.
//
// Threads: any; one of its own makes the rounds of the pace (pace_rounds.h).
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gpu/node/bypass.h"
#include "gpu/node/pace_rounds.h"
#include "gpu/node/share_description.h"

namespace dure::gpu {

struct SharesOptions {
  std::string folder;                            // of the shares' files: see share_folder.h
  std::string driver_folder;                     // "": where the driver's libraries usually lie
  std::string library_folder;                    // of libdure-cuda.so and libdure-nvml.so
  std::string cdi_folder;                        // "": no CDI devices are written
  bool mount_tmpfs = true;                       // false: the folder is used as it is
  std::function<void(const std::string&)> warn;  // REQUIRES: set; any thread
  // What a context takes of the card (context_sizes.h); not set: nobody knows, and a context is free. Any
  // thread.
  std::function<std::uint64_t(const std::string& card)> context_bytes = nullptr;
};

// What a replica had of one card until now. For the meter: both times only grow while the replica lives.
struct ShareReading {
  std::string replica_id;
  std::string card;
  std::uint64_t device_ns = 0;   // of the card's time, its own: settled against the other tenants
  std::uint64_t elapsed_ns = 0;  // as its own events measured it
  std::uint64_t memory_bytes = 0;
  std::uint64_t memory_high_bytes = 0;
  std::uint64_t refused = 0;  // requests for memory that had no room
};

class Shares {
 public:
  // Errors: node.state_unusable {path, why}.
  static base::Result<std::unique_ptr<Shares>> open(SharesOptions options);
  // Ends the thread; files stay.
  ~Shares();
  Shares(const Shares&) = delete;
  Shares& operator=(const Shares&) = delete;

  // Before a replica's container is made, any number of times. Errors: those of share_access, of
  // find_driver_files, card.share_too_wide {limit}, node.state_unusable. REQUIRES: is_share_name(replica_id).
  base::Result<ShareDescription> prepare(const std::string& replica_id,
                                         const std::vector<model::ShareOrder>& shares,
                                         const std::vector<Card>& cards);

  // The replica's order says so much now, and so much is known of its cards' contexts. No effect where it has
  // no files, or other cards than these.
  void follow(const std::string& replica_id, const std::vector<model::ShareOrder>& shares);

  // Removes the files of every other replica: its container is gone.
  void keep_only(const std::set<std::string>& replica_ids);

  std::vector<ShareReading> readings() const;
  // What is written down of every share, to be compared with what NVML says.
  std::vector<BookedShare> books() const;
  std::uint64_t rounds() const;

 private:
  explicit Shares(SharesOptions options) : options_(std::move(options)) {}
  void find_again();
  // REQUIRES: mutex_ is held.
  void fill_in_contexts(const std::string& replica_id, std::vector<CardLimit>& limits) const;
  void warn_of_contexts(const std::string& replica_id, const std::vector<CardLimit>& before,
                        const std::vector<CardLimit>& now) const;
  void mount_once();
  void run();

  const SharesOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::unique_ptr<SharePages>> pages_;  // by replica
  PaceRounds rounds_;
  bool added_ = false;
  bool ending_ = false;
  std::thread pacing_;  // last
};

}  // namespace dure::gpu
