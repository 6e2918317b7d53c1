// Verbs of what changes an award or an allocation, and of the training before use: training, counter-offer,
// allocation-action.
#include "cli/row_verbs.h"

namespace dure::cli {
namespace {

using Kind = BodyOption;

const std::vector<Column> kTrainings = {{"ID", "id"},
                                        {"MATERIAL", "material"},
                                        {"VERSION", "material_version"},
                                        {"COMPLETED", "completed_at"},
                                        {"ACCOUNT", "account_id"}};
const std::vector<Column> kCounterOffers = {{"ID", "id"},
                                            {"STATE", "state"},
                                            {"POOL", "pool"},
                                            {"MODEL", "offered/model"},
                                            {"BLOCKS", "offered/blocks"},
                                            {"ASKED", "asked/blocks"},
                                            {"ANSWER BY", "answer_by"},
                                            {"GROUND", "ground"}};
const std::vector<Column> kActions = {{"ID", "id"},
                                      {"KIND", "kind"},
                                      {"STATE", "state"},
                                      {"BLOCKS", "blocks"},
                                      {"ENDS ON", "ends_on"},
                                      {"FROM", "starts_on"},
                                      {"AGAINST IT", "findings/0/code"},
                                      {"GROUND", "ground"}};

void add_training(CLI::App& app, Context& context) {
  auto* training = app.add_subcommand("training", "Training before use")->require_subcommand(1);
  add_row_list(training, context, "training-completions", kTrainings, "list", "Who has been through what");
  add_row_show(training, context, "show", "What an allocation demands, and how far its members are",
               "allocations", "/training",
               {{"REQUIRED", "required"},
                {"MATERIAL", "material/0/id"},
                {"VERSION", "material/0/material_version"},
                {"WHERE", "material/0/address"},
                {"STILL TO DO", "members/0/missing/0"}});
  add_row_verb(training, context,
               {"confirm",
                "Says that one has been through a piece of its material",
                "allocations",
                "training",
                {{"material", "Its id (see: dure training show)", true},
                 {"material_version", "The version that was read", true}}},
               kTrainings);
}

void add_counter_offer(CLI::App& app, Context& context) {
  auto* offer = app.add_subcommand("counter-offer", "Another resource where the one asked for is not there")
                    ->require_subcommand(1);
  add_row_list(offer, context, "counter-offers", kCounterOffers);
  add_row_verb(offer, context,
               {"make",
                "Offers another accelerator, another pool or less",
                "counter-offers",
                "",
                {{"award_id", "Of an award that is no allocation yet (see: dure awards)"},
                 {"waitlist_entry_id", "Or of one who waits (see: dure waiting list)"},
                 {"pool", "Which, where several offer it"},
                 {"model", "The accelerator", true, Kind::kText, "", "", "resources"},
                 {"blocks", "100 are a card", true, Kind::kNumber, "", "", "resources"},
                 {"cpu_cores", "Cores", false, Kind::kNumber, "", "", "resources"},
                 kGroundOption}},
               kCounterOffers);
  add_row_verb(offer, context, {"accept", "Takes it; by the applicant", "counter-offers", "accept", {}},
               kCounterOffers);
  add_row_verb(
      offer, context,
      {"decline", "Leaves all as it is; by the applicant", "counter-offers", "decline", {kGroundOption}},
      kCounterOffers);
  add_row_verb(offer, context, {"withdraw", "Takes it back", "counter-offers", "withdraw", {kGroundOption}},
               kCounterOffers);
}

void add_action(CLI::App& app, Context& context) {
  auto* action = app.add_subcommand("allocation-action", "A later end, more or less of an allocation")
                     ->require_subcommand(1);
  add_row_list(action, context, "allocation-actions", kActions);
  add_row_verb(action, context,
               {"request",
                "Asks for one",
                "allocation-actions",
                "",
                {{"allocation_id", "Which (see: dure allocations)", true},
                 {"kind", "supplement, extension or reduction", true},
                 {"blocks", "So many more, or less; 100 are a card", false, Kind::kNumber},
                 {"ends_on", "The last day of an extension"},
                 {"starts_on", "The first day on which it holds; today, where left out"},
                 {"reason", "What for", true}}},
               kActions);
  for (const bool approve : {true, false})
    add_row_verb(action, context,
                 {approve ? "approve" : "reject",
                  approve ? "Approves it, as far as there is slack" : "Rejects it",
                  "allocation-actions",
                  "decide",
                  {kGroundOption},
                  false,
                  {{"approve", approve}}},
                 kActions);
  add_row_verb(action, context, {"withdraw", "Asks for it no more", "allocation-actions", "withdraw", {}},
               kActions);
}

}  // namespace

void add_allocation_verbs(CLI::App& app, Context& context) {
  add_training(app, context);
  add_counter_offer(app, context);
  add_action(app, context);
}

}  // namespace dure::cli
