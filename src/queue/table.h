// Inside of queue: what runs, in one changing picture, and the rules by which an entry joins it. decide()
// works on one such picture of now; the forecast plays a copy of it forward.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "placement/cluster.h"
#include "placement/plan.h"
#include "queue/entry.h"
#include "queue/rules.h"

namespace dure::queue {

using Lane = std::pair<std::string, std::string>;  // pool, model
Lane lane_of(const Entry& entry);

class Table {
 public:
  // What is past its limit already ends at no known time.
  Table(const placement::Cluster& cluster, const std::vector<Running>& running, const Limits& limits,
        base::Instant now);

  // What the entry will take, over its replicas.
  Amount amount_of(const Entry& entry) const;

  // Why its own ceilings do not let it in beside what runs: queue.ceiling, or queue.over_ceiling where they
  // would not even let it in alone.
  std::optional<base::Reason> own_ceiling(const Entry& entry) const;

  placement::Answer place(const Entry& entry) const;

  // It runs from `now` on. REQUIRES: the plan is of this table as it is.
  void start(const Entry& entry, const placement::Plan& plan, base::Instant now);

  // The next moment at which something ends by its limit, not before `now`; nothing where nothing does.
  std::optional<base::Instant> next_end(base::Instant now) const;
  // Ends everything whose limit has come.
  void end_until(base::Instant now);

 private:
  struct Use {
    Amount amount;
    model::AccountId account_id;
    model::AllocationId allocation_id;
    std::vector<model::ReplicaId> replica_ids;
  };
  void add(Use use, std::optional<base::Instant> ends_by);
  base::Bytes card_memory(const std::string& model) const;

  placement::Cluster cluster_;
  const Limits* limits_;
  std::map<std::string, base::Bytes> card_memory_;
  std::map<model::AccountId, Amount> by_account_;
  std::map<model::AllocationId, Amount> by_allocation_;
  std::multimap<base::Instant, Use> ends_;
};

// When each of the waiting entries starts, if everything uses up its limit: in their order, by the rules of
// decide() without backfill.
std::vector<std::optional<base::Instant>> forecast(Table table, const std::vector<const Entry*>& waiting,
                                                   base::Instant now);

}  // namespace dure::queue
