// For tests: a keeper on an engine in memory, with a dured that keeps orders and what was reported to it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <thread>

#include "gpu/node/simulated_cards.h"
#include "node/keeper.h"
#include "node/testing/scratch.h"
#include "ports/memory_engine.h"

namespace dure::node {

// What dured would keep of this node: every observation once, by boot and sequence.
class Books {
 public:
  void order(int replica, model::Desired desired = model::Desired::kRunning,
             std::vector<std::string> command = {}) {
    model::ReplicaOrder& order = orders_[replica];
    order.replica_id = model::ReplicaId(test_uuid(replica));
    order.workload_id = model::WorkloadId(test_uuid(1000 + replica));
    order.desired = desired;
    order.spec.image = "localhost/dure/workspace:1";
    order.spec.command = std::move(command);
    order.shares = {{model::CardId("SIM-n1-t4-0"), base::MilliGpu::blocks(10), {1 << 20}}};
  }
  model::ReplicaOrder& edit(int replica) { return orders_.at(replica); }
  void withdraw(int replica) { orders_.erase(replica); }

  model::NodeOrders take(const model::NodeReport& report) {
    for (const auto& each : report.observations) {
      auto& kept = kept_[{each.boot_id, each.sequence}];
      kept = each;
      if (each.kind == model::ObservationKind::kEnded)
        std::erase_if(orders_, [&](const auto& entry) { return entry.second.replica_id == each.replica_id; });
    }
    model::NodeOrders orders;
    orders.node_id = model::NodeId(test_uuid(9));
    for (const auto& [key, each] : kept_)
      if (key.first == report.boot_id) orders.acknowledged = std::max(orders.acknowledged, key.second);
    for (const auto& [number, order] : orders_) orders.replicas.push_back(order);
    orders.erase_volumes = erase;
    erased.insert(report.erased_volumes.begin(), report.erased_volumes.end());
    return orders;
  }

  std::vector<std::string> erase;  // volumes to be destroyed
  std::set<std::string> erased;    // those that the node says are

  std::vector<model::Observation> of(int replica, model::ObservationKind kind) const {
    std::vector<model::Observation> found;
    for (const auto& [key, each] : kept_)
      if (each.replica_id.text == test_uuid(replica) && each.kind == kind) found.push_back(each);
    return found;
  }
  std::optional<model::Observation> started(int replica) const {
    return only(replica, model::ObservationKind::kStarted);
  }
  std::optional<model::Observation> ended(int replica) const {
    return only(replica, model::ObservationKind::kEnded);
  }

 private:
  std::optional<model::Observation> only(int replica, model::ObservationKind kind) const {
    const auto found = of(replica, kind);
    if (found.size() != 1) return std::nullopt;
    return found.front();
  }

  std::map<int, model::ReplicaOrder> orders_;
  std::map<std::pair<std::string, std::int64_t>, model::Observation> kept_;
};

class Stage {
 public:
  explicit Stage(Scratch::Where where = Scratch::kMemory) : scratch(where) { rise(); }

  // A new process on the same disk and the same engine.
  void rise() {
    engine.revive();
    auto options = journal_options(scratch.file("journal"));
    options.before_write = [this]() -> base::Status {
      if (write_kill > 0 && --write_kill == 0) engine.kill();
      if (!engine.killed()) return {};
      return base::error(base::ErrorKind::kUnavailable, base::Reason("node.state_unusable"));
    };
    auto opened = Journal::open(std::move(options));
    DURE_ASSERT(opened.ok());
    journal = std::move(*opened);
    inventory = std::make_unique<Inventory>(engine, source != nullptr ? *source : cards, log());
    inventory->refresh();
    KeeperOptions keep;
    keep.volumes_folder = scratch.file("volumes");
    keep.logs_folder = scratch.file("logs");
    keep.checkpoint_every = checkpoint_every;
    keep.shares = shares;
    keep.compare = compare;
    keep.stop_on_bypass = stop_on_bypass;
    keep.log = log();
    keeper = std::make_unique<Keeper>(engine, *journal, *inventory, clock, std::move(keep));
  }
  // kill -9.
  void fall() {
    engine.kill();
    keeper.reset();
    journal.reset();
  }

  // One look, and one report that is answered.
  void step(bool centre_answers = true) {
    static_cast<void>(keeper->round());
    std::this_thread::sleep_for(std::chrono::microseconds(300));
    clock.advance(base::Span::milliseconds(1));
    if (!centre_answers || engine.killed()) return;
    const auto report = keeper->report();
    const auto orders = books.take(report);
    static_cast<void>(keeper->take_orders(orders, report.observations));
  }
  // Steps until it is so; false when it never is. Rises again where it was killed.
  bool until(const std::function<bool()>& so, int steps = 3000) {
    for (int n = 0; n < steps; ++n) {
      if (so()) return true;
      step();
      if (!engine.killed()) continue;
      fall();
      ++falls;
      if (on_fall) on_fall();
      clock.advance(base::Span::milliseconds(400));
      rise();
    }
    return false;
  }
  void pass(base::Span span) {
    for (std::int64_t ms = 0; ms < span.in_ms(); ms += 250) {
      clock.advance(base::Span::milliseconds(249));
      step();
    }
  }

  Log log() {
    return [this](Severity, const std::string& text) {
      const std::lock_guard lock(log_mutex);
      lines.push_back(text);
    };
  }
  bool runs(int replica) {
    const auto status = engine.inspect(test_uuid(replica));
    return status.ok() && *status && (*status)->state == ports::ContainerState::kRunning;
  }
  bool exists(int replica) { return engine.spec(test_uuid(replica)).has_value(); }

  const Scratch scratch;
  ManualBootClock clock;
  ports::MemoryEngine engine{[this] { return clock.now().wall; }};
  gpu::SimulatedCards cards = *gpu::SimulatedCards::parse("t4", "n1");
  gpu::CardSource* source = nullptr;  // instead of `cards`; from the next rise() on, like `shares`
  gpu::Shares* shares = nullptr;
  std::function<std::vector<gpu::Finding>(std::vector<gpu::WatchedContainer>)> compare;  // likewise
  bool stop_on_bypass = false;
  Books books;
  base::Span checkpoint_every = base::Span::seconds(10);
  std::atomic<int> write_kill = 0;
  int falls = 0;
  std::function<void()> on_fall;
  std::mutex log_mutex;
  std::vector<std::string> lines;
  std::unique_ptr<Journal> journal;
  std::unique_ptr<Inventory> inventory;
  std::unique_ptr<Keeper> keeper;
};

}  // namespace dure::node
