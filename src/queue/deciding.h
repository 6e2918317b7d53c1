// Inside of queue: one decision over the whole queue (decide.h), as the scheduler sees it and as the rows do.
//
// deciding.cc makes the scheduler from the rows; decide.cc says in their names what the scheduler does.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "queue/decide.h"
#include "queue/departures.h"
#include "queue/owners.h"
#include "queue/scheduler.h"

namespace dure::queue {

// The rows outlive it. Good for one decision.
class Deciding {
 public:
  Deciding(const std::vector<Entry>& entries, const std::vector<Running>& running,
           const placement::Cluster& cluster, const Limits& limits, const Rules& rules, base::Instant now);
  std::vector<Decision> decide(Telling telling);

 private:
  base::Bytes card_memory(const std::string& model);
  Amount amount(const Entry& entry) { return amount_of(entry.request, card_memory(entry.request.model)); }
  void adopt(const Running& run);
  void close();
  bool in_the_way(const Closed& closed, const Entry& entry) const;
  std::optional<base::Instant> closed_until(const Entry& entry, const placement::Plan& plan) const;
  std::optional<std::vector<placement::Spot>> spots_of(const std::vector<placement::PlannedReplica>& replicas,
                                                       const placement::Shape& shape) const;
  void see_leaving(const Running& run, const Job& job, const std::vector<placement::Spot>& spots);
  std::optional<Decision> awaits_cards(const Entry& entry);
  std::optional<Job> job_of(const Entry& entry, const placement::Request& request);
  void submit(const Entry& entry);
  void restore(const Entry& entry, Handle handle);
  std::optional<Decision> refused(const Entry& entry);
  std::optional<Decision> over_ceiling(const Entry& entry);
  void act(const Action& action);
  Decision stopped(const Action& action);
  Decision started(const Entry& entry, const std::vector<placement::Spot>& spots);
  Decision waits(const Entry& entry);
  base::Reason at_ceiling(const Entry& entry, std::size_t owner);
  base::Reason no_room(const Entry& entry, std::int64_t ahead) const;
  std::optional<Promise> promise(const Entry& entry, Handle handle) const;
  std::vector<std::string> models_in_reach(const Entry& entry) const;
  std::vector<base::Reason> what_helps(const Entry& entry, Handle handle);
  std::vector<const Entry*> in_order() const;

  const std::vector<Entry>& entries_;
  const placement::Cluster& cluster_;
  const Limits& limits_;
  const Rules& rules_;
  base::Instant now_;
  OwnerTree owners_;
  std::map<std::string, base::Bytes> card_memory_;
  std::map<model::RunId, std::pair<std::size_t, std::size_t>> owners_of_;  // account, allocation
  std::unique_ptr<Scheduler> scheduler_;
  std::optional<Departures> departures_;  // where anything is stopping
  std::map<model::RunId, Handle> handles_;
  std::map<Handle, const Entry*> entry_of_;
  std::map<Handle, model::RunId> run_of_;
  std::vector<Decision> stops_;
  placement::Cluster after_;                        // with what has started
  std::map<std::size_t, std::int64_t> waiting_in_;  // by lane
  std::map<model::RunId, Decision> decided_;
  Telling telling_ = Telling::kAll;
  std::int64_t helped_ = 0;
};

// Waits for that reason.
Decision wait(const Entry& entry, base::Reason reason);

// Where it waits for a cause of its own: somebody holds it, its allocation does not run, or it pauses.
std::optional<Decision> stands_aside(const Entry& entry, const Limits& limits, base::Instant now);

}  // namespace dure::queue
