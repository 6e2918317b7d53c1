// dure utilisation, dure idle: criteria of reviews, reviews of use and their steps, actual against planned
// use.
#include <memory>

#include "cli/row_verbs.h"
#include "net/url.h"

namespace dure::cli {
namespace {

const std::vector<Column> kReviews = {{"ID", "id"},
                                      {"ALLOCATION", "allocation_id"},
                                      {"STATE", "state"},
                                      {"FROM", "period_from"},
                                      {"UNTIL", "period_until"},
                                      {"BLOCKS", "blocks"},
                                      {"USED BP", "used_bp"},
                                      {"PLAN BP", "plan_bp"},
                                      {"PROPOSED", "proposed"},
                                      {"LEFT", "proposed_blocks"},
                                      {"OPINION UNTIL", "opinion_until"},
                                      {"DECIDED", "decided"},
                                      {"EFFECTIVE", "effective_on"}};
const std::vector<Column> kCriteria = {
    {"ID", "id"}, {"FIRST REVIEW", "first_review_on"}, {"CYCLE", "cycle"}, {"CRITERIA", "criteria"}};
const std::vector<Column> kRows = {{"FROM", "from"},
                                   {"UNTIL", "until"},
                                   {"GIVEN", "given_milli_gpu_ms"},
                                   {"USED", "used_milli_gpu_ms"},
                                   {"UNREAD", "unread_milli_gpu_ms"},
                                   {"PLANNED", "planned_milli_gpu_ms"},
                                   {"USED BP", "used_bp"},
                                   {"PLAN BP", "plan_bp"}};
const char* const kAll = "utilisation-reviews";

void add_table(CLI::App* parent, Context& context) {
  auto* verb = parent->add_subcommand("of", "Actual against planned use of an allocation, cycle by cycle");
  auto id = std::make_shared<std::string>();
  auto cycle = std::make_shared<std::string>();
  verb->add_option("allocation", *id, "Its id (see: dure allocations)")->required();
  verb->add_option("--cycle", *cycle, "monthly or quarterly; left out: as the programme looks at it");
  verb->callback([&context, id, cycle] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(table, api.get("/api/v1/allocations/" + net::percent_encode(*id) + "/utilisation" +
                              (cycle->empty() ? "" : "?cycle=" + *cycle)));
      if (context.output() == Format::kJson)
        print_json(table);
      else
        print_table(table.at("rows"), kRows);
      return {};
    });
  });
}

void add_steps(CLI::App* parent, Context& context) {
  const BodyOption blocks{"blocks", "That are left, or will be", false, BodyOption::kNumber};
  add_row_verb(parent, context, {"measure", "Measures it, once its period is over", kAll, "measure", {}},
               kReviews);
  add_row_verb(parent, context,
               {"propose",
                "Proposes what the bands say, or what you say",
                kAll,
                "propose",
                {{"measure", "keep, reduce, reclaim, increase; left out: by the bands of the pack"},
                 blocks,
                 {"ground", "Why"}}},
               kReviews);
  add_row_verb(parent, context,
               {"notify", "Tells the project, with the time for an opinion", kAll, "notify", {}}, kReviews);
  add_row_verb(parent, context,
               {"opinion",
                "Gives an opinion on what is proposed",
                kAll,
                "opinions",
                {{"opinion", "What is said", true}}},
               kReviews);
  add_row_verb(
      parent, context,
      {"decide",
       "Decides it",
       kAll,
       "decide",
       {{"measure", "keep, reduce, reclaim, increase", true},
        blocks,
        {"ground", "Why", true},
        {"effective_on", "2026-10-01; left out: today"},
        {"urgent", "Before the time for an opinion is over; the ground says why", false, BodyOption::kFlag}}},
      kReviews);
  add_row_verb(parent, context, {"apply", "Carries out what was decided, from its day on", kAll, "apply", {}},
               kReviews);
}

const std::vector<Column> kIdleWarnings = {{"ID", "id"},
                                           {"ALLOCATION", "allocation_id"},
                                           {"STATE", "state"},
                                           {"IDLE SINCE", "idle_since"},
                                           {"NO LOG-IN", "no_login"},
                                           {"NO USE", "no_use"},
                                           {"WARNED", "warned_on"},
                                           {"UNTIL", "last_day"},
                                           {"THEN", "measure"}};

void add_idle(CLI::App& app, Context& context) {
  const std::string warnings = "idle-warnings";
  const BodyOption ground{"ground", "Why; kept in the audit", true};
  auto* parent =
      app.add_subcommand("idle", "Idle use: who was warned, and what follows")->require_subcommand(1);
  add_row_list(parent, context, warnings, kIdleWarnings, "list",
               "Who is idle since when, when he was warned, and what follows");
  add_row_show(parent, context, "show", "A warning", warnings, "", kIdleWarnings);
  add_row_show(parent, context, "of", "How an allocation stands: dure idle of ALLOCATION", "allocations",
               "/idleness",
               {{"IDLE", "idle"},
                {"LAST LOG-IN", "last_login_at"},
                {"LAST USE", "last_used_at"},
                {"SINCE", "idle_since"},
                {"IDLE ON", "idle_on"},
                {"WARNED", "warning/warned_on"},
                {"UNTIL", "warning/last_day"},
                {"THEN", "measure"}});
  add_row_verb(parent, context,
               {"dismiss", "Ends a warning; the days begin anew", warnings, "dismiss", {ground}},
               kIdleWarnings);
  add_row_verb(parent, context,
               {"carry-out",
                "Takes back what was warned of and is due, where the pack leaves that to a person",
                warnings,
                "carry-out",
                {ground}},
               kIdleWarnings);
}

}  // namespace

void add_use_review_verbs(CLI::App& app, Context& context) {
  add_idle(app, context);
  auto* parent = app.add_subcommand("utilisation", "Reviews of use")->require_subcommand(1);
  add_row_verb(parent, context,
               {"publish",
                "Publishes date and criteria before the first review",
                "review-criteria",
                "",
                {{"first_review_on", "2026-10-01", true}, {"criteria", "By what is judged", true}},
                true},
               kCriteria);
  add_row_list(parent, context, "review-criteria", kCriteria, "criteria",
               "Dates and criteria that were published");
  add_row_list(parent, context, kAll, kReviews, "list", "The reviews");
  add_row_show(parent, context, "show", "A review", kAll, "", kReviews);
  add_table(parent, context);
  add_row_verb(parent, context,
               {"open",
                "Opens the review of an allocation",
                kAll,
                "",
                {{"allocation_id", "Its id (see: dure allocations)", true},
                 {"of", "A day of the cycle; left out: the last that is over"}}},
               kReviews);
  add_steps(parent, context);
}

}  // namespace dure::cli
