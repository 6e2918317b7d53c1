// Keeper: keeps the containers of this node as dured orders them, and writes down what happens to them.
//
// round() is one pass of a level-triggered loop: look at the engine, ask fleet::node_plan, hand each
// replica's actions to a worker. It may be called at any rate; a crash between any two steps is made up for
// by the next round of the next process. Whatever the journal cannot take is not done.
//
// Threads: round() from one thread; everything else from any.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "fleet/node_plan.h"
#include "gpu/node/share_watch.h"
#include "gpu/node/shares.h"
#include "node/container_spec.h"
#include "node/exit_watch.h"
#include "node/facts.h"
#include "node/inventory.h"
#include "node/journal.h"
#include "node/log.h"
#include "node/workers.h"
#include "ports/engine.h"

namespace dure::node {

struct KeeperOptions {
  std::string volumes_folder;
  std::string logs_folder;
  ContainerLimits limits;
  base::Span grace = base::Span::seconds(10);             // between SIGTERM and SIGKILL
  base::Span checkpoint_every = base::Span::seconds(10);  // "running" observations
  base::Span sight_every = base::Span::seconds(1);        // the journal's own notes of what runs
  base::Span start_limit = base::Span::minutes(5);        // what cannot be started by then is given up
  unsigned workers = 4;
  gpu::Shares* shares = nullptr;  // outlives the keeper; null: every share is told of, none is enforced
  // Takes what runs and answers with what is on the cards and in nobody's books (gpu/node/share_watch.h);
  // unset: nothing is compared. At once; from round() alone.
  std::function<std::vector<gpu::Finding>(std::vector<gpu::WatchedContainer>)> compare;
  // Whether a replica that passes its share by is stopped, and ends with that as its failure; else it is
  // reported only.
  bool stop_on_bypass = false;
  Log log;
  std::function<void()> on_change;  // something is to be reported, or to be looked at; any thread
};

class Keeper {
 public:
  // REQUIRES: all outlive this.
  Keeper(ports::Engine& engine, Journal& journal, Inventory& inventory, BootClock& clock,
         KeeperOptions options);
  ~Keeper();

  // One pass. Errors: those of the engine's list and of the journal; the next pass tries again.
  base::Status round();

  // The orders replace those before; acknowledged observations are let go of. `reported` are those that the
  // answered report carried: of earlier boots they are acknowledged by the answer itself.
  base::Status take_orders(const model::NodeOrders& orders, const std::vector<model::Observation>& reported);

  model::NodeReport report();
  // True while something is on its way: an order not carried out, an observation not acknowledged.
  bool pending() const;

  // For access to what runs.
  std::optional<model::ReplicaOrder> order(const model::ReplicaId& replica_id) const;
  // Whether the replica may still print something: it runs, or is about to.
  bool may_print(const model::ReplicaId& replica_id) const;

 private:
  // What keeps an action of a replica from being done.
  struct Try {
    int failures = 0;
    std::int64_t not_before_us = 0;
    base::Reason reason;
    std::int64_t since_us = 0;
    bool held = false;  // not tried: something else must come first
  };

  fleet::NodeFacts facts(const std::vector<ports::ContainerStatus>& containers, const Moment& now);
  void note_sightings(const std::vector<ports::ContainerStatus>& containers, const Moment& before,
                      const std::set<std::string>& busy);
  base::Status checkpoint(const Moment& before, const std::set<std::string>& busy);
  std::vector<fleet::Action> hold(const std::vector<fleet::HeldOff>& held, const Moment& now);
  void wait_for_engine(const base::Error& failure, const std::set<std::string>& busy);
  void dispatch(const std::vector<fleet::Action>& actions, const std::set<std::string>& busy,
                const Moment& now);
  void carry_out(const std::vector<fleet::Action>& actions);
  base::Status carry_out(const fleet::Action& action);
  void follow_shares(const std::vector<ports::ContainerStatus>& containers, std::set<std::string> busy);
  void compare_books(const std::vector<ports::ContainerStatus>& containers);
  void add_stops(const std::vector<ports::ContainerStatus>& containers, std::vector<fleet::Action>& actions);
  void describe_shares(model::NodeReport& report) const;
  std::vector<std::string> erasable() const;
  void erase_volumes();
  void describe_erased(model::NodeReport& report) const;
  base::Result<gpu::ShareDescription> describe_share(const model::ReplicaOrder& order);
  base::Status create(const model::ReplicaId& replica_id);
  base::Status intend(const model::ReplicaId& replica_id);
  base::Status start(const model::ReplicaId& replica_id);
  base::Status record(const fleet::Action& planned);
  std::optional<base::Reason> condemned(const fleet::Action& action) const;
  base::Status give_up(const model::ReplicaId& replica_id, const base::Reason& reason);
  base::Status forget(const model::ReplicaId& replica_id);
  base::Status still_wanted(const model::ReplicaId& replica_id) const;
  bool may_try(const model::ReplicaId& replica_id, const Moment& now) const;
  void note_failure(const fleet::Action& action, const base::Error& failure);
  base::Result<Evidence> evidence(const model::ReplicaId& replica_id);
  void changed() const;

  ports::Engine& engine_;
  Journal& journal_;
  Inventory& inventory_;
  BootClock& clock_;
  const KeeperOptions options_;

  bool volumes_missed_ = false;  // and said so; of the thread that makes passes

  mutable std::mutex mutex_;
  std::optional<std::map<model::ReplicaId, model::ReplicaOrder>> orders_;
  std::vector<std::string> erase_;                  // volumes that dured wants destroyed
  std::vector<ports::ContainerStatus> containers_;  // as of the last round
  Sightings sightings_;
  std::int64_t last_sight_us_ = 0;  // round() only
  std::map<model::ReplicaId, Try> tries_;
  std::vector<gpu::Finding> findings_;                  // as of the last round
  std::map<model::ReplicaId, gpu::Finding> condemned_;  // replicas that are stopped for one

  ExitWatch exits_;
  Workers workers_;  // last: its threads use everything above
};

}  // namespace dure::node
