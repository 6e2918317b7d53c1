#include "server/routes/collection.h"
#include "server/routes/routes.h"
#include "server/routes/steps.h"

namespace dure::server {
namespace {

void add_collections(Router& router, Api& api) {
  using Tx = ports::Transaction;
  add_collection<model::Round>(router, api, "rounds", &Tx::rounds);
  add_collection<model::RoundEntry>(router, api, "round-entries", &Tx::round_entries);
  add_collection<model::Panel>(router, api, "panels", &Tx::panels);
  add_collection<model::PanelMember>(router, api, "panel-members", &Tx::panel_members);
  add_collection<model::ConflictOfInterest>(router, api, "conflicts-of-interest", &Tx::conflicts_of_interest);
  add_collection<model::Review>(router, api, "reviews", &Tx::reviews);
  add_collection<model::BonusClaim>(router, api, "bonus-claims", &Tx::bonus_claims);
  add_collection<model::Ranking>(router, api, "rankings", &Tx::rankings);
  add_collection<model::WaitlistEntry>(router, api, "waitlist-entries", &Tx::waitlist_entries);
  add_collection<model::Appeal>(router, api, "appeals", &Tx::appeals);
}

}  // namespace

void add_evaluation_routes(Router& router, Api& api) {
  add_collections(router, api);
}

}  // namespace dure::server
