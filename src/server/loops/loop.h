// A background loop: a leased role, a thread, a period, and a bell.
//
// Each round acquires or renews the lease and, where it holds it, runs the body with it. A round comes when
// the period has passed or the bell rang, whichever is first; several rings before a round count as one. A
// body that fails is logged and tried again in the next round: loops are level-triggered, so that nothing is
// lost by it.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "commands/leases.h"

namespace dure::server {

using LoopBody = std::function<base::Status(const commands::HeldLease& lease)>;

class Loop {
 public:
  // `holder` names this process among the replicas of dured.
  Loop(commands::World& world, std::string role, std::string holder, base::Span period, LoopBody body);
  ~Loop();  // as stop()
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void ring();  // from any thread
  void stop();  // waits for the round that runs; gives the lease back

 private:
  void turn();
  void run_round();
  bool hold_lease();

  commands::World& world_;
  const std::string role_;
  const std::string holder_;
  const base::Span period_;
  const LoopBody body_;
  std::optional<commands::HeldLease> lease_;  // of the loop's thread only
  base::Instant renew_at_{};                  // of the loop's thread only
  std::mutex mutex_;
  std::condition_variable bell_;
  bool rung_ = false;      // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace dure::server
