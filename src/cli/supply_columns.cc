#include "cli/supply_columns.h"

namespace dure::cli {

const std::map<std::string, std::vector<Column>>& supply_columns() {
  static const std::map<std::string, std::vector<Column>> kColumns{
      {"suppliers",
       {{"ID", "id"}, {"NAME", "name"}, {"NUMBER", "business_number"}, {"MEMBER", "national_centre_member"}}},
      {"supplier-calls",
       {{"ID", "id"},
        {"TITLE", "title"},
        {"STATE", "state"},
        {"BUDGET", "budget_won"},
        {"CLOSES", "closes_at"}}},
      {"supplier-proposals",
       {{"ID", "id"},
        {"RANK", "rank"},
        {"STATE", "state"},
        {"POINTS/100", "centi_points"},
        {"PRICE", "price_won"},
        {"OWN USE BP", "own_use_bp"},
        {"FROM", "first_service_on"},
        {"SUPPLIER", "supplier_id"}}},
      {"supplier-evaluations",
       {{"ID", "id"},
        {"PROPOSAL", "supplier_proposal_id"},
        {"PHASE", "phase"},
        {"CONFLICT", "conflict"},
        {"PASSED", "passed"}}},
      {"supply-agreements",
       {{"ID", "id"},
        {"TITLE", "title"},
        {"STATE", "state"},
        {"OWNER", "owner"},
        {"USER", "using_organisation"},
        {"OWN USE BP", "own_use_bp"},
        {"FROM", "starts_on"},
        {"UNTIL", "ends_on"}}},
      {"capacity-batches",
       {{"ID", "id"},
        {"NAME", "name"},
        {"POOL", "pool"},
        {"MODEL", "model"},
        {"STATE", "state"},
        {"UNITS", "quantity"},
        {"GPUS EACH", "gpus_per_unit"},
        {"CONDITIONAL", "conditional"},
        {"UNTIL", "available_until"}}},
      {"supply-targets",
       {{"YEAR", "year"}, {"MODEL", "model"}, {"GPUS", "gpus"}, {"BY", "decided_by"}, {"ON", "decided_on"}}},
      {"demand-surveys", {{"ID", "id"}, {"TITLE", "title"}, {"STATE", "state"}, {"CLOSES", "closes_at"}}},
      {"demand-answers",
       {{"ORGANISATION", "organisation"},
        {"GROUP", "user_group"},
        {"PURPOSE", "purpose"},
        {"MODEL", "model"},
        {"GPUS", "gpus"},
        {"FROM", "from_on"},
        {"UNTIL", "until_on"}}},
      {"beneficiary-reservations",
       {{"ID", "id"},
        {"FOR", "beneficiary"},
        {"POOL", "pool"},
        {"MODEL", "model"},
        {"GPUS", "gpus"},
        {"FROM", "starts_on"},
        {"UNTIL", "ends_on"},
        {"STATE", "state"}}}};
  return kColumns;
}

const std::vector<Column>& share_columns() {
  static const std::vector<Column> kColumns{{"GROUP", "user_group"},    {"ASKED", "demand_gpus"},
                                            {"PRIORITY", "priority"},   {"RESULTS", "performance"},
                                            {"SHARE PPM", "share_ppm"}, {"GPUS", "gpus"},
                                            {"REMAINDER", "remainder"}, {"TIE", "tie"}};
  return kColumns;
}

}  // namespace dure::cli
