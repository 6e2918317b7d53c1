#include "ledger/facts.h"

#include <algorithm>
#include <tuple>

namespace dure::ledger {
namespace {

// A total order, so that the outcome does not depend on which came first.
bool better(const Moment& a, const Moment& b) {
  return std::tie(a.estimated, a.boot_id, a.boottime_us, a.wall) <
         std::tie(b.estimated, b.boot_id, b.boottime_us, b.wall);
}

bool later(const Moment& a, const Moment& b) {
  return std::tie(a.boottime_us, b.estimated, a.wall) > std::tie(b.boottime_us, a.estimated, b.wall);
}

bool earlier(const Moment& a, const Moment& b) {
  return std::tie(a.boottime_us, a.estimated, a.wall) < std::tie(b.boottime_us, b.estimated, b.wall);
}

template <class Prefer>
void put(std::map<std::string, Moment>& by_boot, const Moment& moment, Prefer prefer) {
  const auto [found, fresh] = by_boot.emplace(moment.boot_id, moment);
  if (!fresh && prefer(moment, found->second)) found->second = moment;
}

}  // namespace

Facts merge(Facts facts, const model::Observation& observation) {
  const Moment moment{observation.boot_id, observation.boottime_us, observation.estimated,
                      observation.observed_at};
  switch (observation.kind) {
    case model::ObservationKind::kStarted:
      if (!facts.start || better(moment, *facts.start)) facts.start = moment;
      break;
    case model::ObservationKind::kRunning:
      put(facts.last_seen, moment, later);
      put(facts.first_seen, moment, earlier);
      break;
    case model::ObservationKind::kEnded:
      put(facts.ends, moment, better);
      break;
  }
  return facts;
}

}  // namespace dure::ledger
