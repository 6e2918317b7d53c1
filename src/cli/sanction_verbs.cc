// dure incident, dure sanction, dure restriction.
#include "cli/row_verbs.h"

namespace dure::cli {
namespace {

const std::vector<Column> kIncidents = {{"ID", "id"},
                                        {"KIND", "kind"},
                                        {"STATE", "state"},
                                        {"ALLOCATION", "allocation_id"},
                                        {"RUN", "run_id"},
                                        {"FOUND", "created_at"},
                                        {"BY", "found_by"},
                                        {"STOPPED", "stopped"},
                                        {"SANCTION", "sanction_id"}};
const std::vector<Column> kSanctions = {{"ID", "id"},
                                        {"GROUND", "ground"},
                                        {"STATE", "state"},
                                        {"ALLOCATION", "allocation_id"},
                                        {"ACCOUNT", "account_id"},
                                        {"REPORTED", "created_at"},
                                        {"OPINION UNTIL", "opinion_until"},
                                        {"IMPOSED", "imposed_at"},
                                        {"RESTRICTED UNTIL", "restricted_until"},
                                        {"APPEAL UNTIL", "appeal_until"}};
const std::vector<Column> kRestrictions = {{"ID", "id"},
                                           {"ORGANISATION", "organisation_id"},
                                           {"PERSON", "person_id"},
                                           {"EFFECT", "effect"},
                                           {"FROM", "starts_on"},
                                           {"UNTIL", "ends_on"},
                                           {"LIFTED", "lifted_on"},
                                           {"GROUND", "ground"}};
const BodyOption kWhy{"ground", "Why", true};

// The meeting that deliberated, after other options.
std::vector<BodyOption> with_meeting(std::vector<BodyOption> options, bool required) {
  BodyOption on{"met_on", "The day of the meeting", required};
  on.within = "deliberation";
  on.as = "on";
  BodyOption member{"member", "Who deliberated", required, BodyOption::kList};
  member.within = "deliberation";
  member.as = "members";
  BodyOption minutes{"minutes", "What was said", required};
  minutes.within = "deliberation";
  options.insert(options.end(), {on, member, minutes});
  return options;
}

void add_incident(CLI::App& app, Context& context) {
  auto* parent = app.add_subcommand("incident", "Suspicions of misuse")->require_subcommand(1);
  const std::string all = "incidents";
  add_row_list(parent, context, all, kIncidents, "list", "The suspicions");
  add_row_show(parent, context, "show", "A suspicion", all, "", kIncidents);
  add_row_verb(parent, context,
               {"report",
                "Reports a suspicion",
                all,
                "",
                {{"allocation_id", "Whose use it is (see: dure allocations)", true},
                 {"kind", "fake_load, mining, off_purpose, other", true},
                 {"report", "What was seen", true},
                 {"run_id", "Of which run"}}},
               kIncidents);
  add_row_verb(parent, context,
               {"confirm",
                "It is what it looks like: opens a case",
                all,
                "confirm",
                {kWhy, {"sanction_ground", "Ground of the pack; left out: the one for such signs"}}},
               kIncidents);
  add_row_verb(parent, context,
               {"dismiss", "A false alarm: what was stopped goes on", all, "dismiss", {kWhy}}, kIncidents);
}

void add_first_steps(CLI::App* parent, Context& context) {
  const std::string all = "sanctions";
  add_row_verb(parent, context,
               {"report",
                "Opens a case under a ground of the pack",
                all,
                "",
                {{"ground", "Id of the ground", true},
                 {"facts", "What happened", true},
                 {"allocation_id", "Whose use it is"},
                 {"application_id", "Which application"},
                 {"account_id", "Whose account"},
                 {"organisation_id", "Which organisation"}},
                true},
               kSanctions);
  add_row_verb(parent, context, {"investigate", "Looks into it", all, "investigate", {}}, kSanctions);
  add_row_verb(parent, context,
               {"suspend",
                "Stops the use at once, where the ground is urgent",
                all,
                "suspend",
                {{"reason", "Why it cannot wait", true}}},
               kSanctions);
  add_row_verb(
      parent, context,
      {"notify",
       "Tells facts, ground and what is intended",
       all,
       "notify",
       {{"facts", "As they are known now"},
        {"measures", "Those of the ground that are intended; left out: all", false, BodyOption::kList}}},
      kSanctions);
  add_row_verb(
      parent, context,
      {"opinion", "Gives an opinion on one's case", all, "opinions", {{"opinion", "What is said", true}}},
      kSanctions);
}

void add_last_steps(CLI::App* parent, Context& context) {
  const std::string all = "sanctions";
  add_row_verb(parent, context,
               {"deliberate", "Records the deliberation", all, "deliberate", with_meeting({}, true)},
               kSanctions);
  add_row_verb(parent, context,
               {"impose",
                "Imposes it",
                all,
                "impose",
                {kWhy,
                 {"measures", "Among those of the notice; left out: all", false, BodyOption::kList},
                 {"restricted_until", "Where the pack leaves the length to the centre"},
                 {"all_programmes", "The restriction holds for all programmes", false, BodyOption::kFlag}}},
               kSanctions);
  add_row_verb(parent, context, {"dismiss", "Dismisses it", all, "dismiss", {kWhy}}, kSanctions);
  add_row_verb(parent, context,
               {"appeal", "Appeals against it", all, "appeal", {{"appeal", "What is said", true}}},
               kSanctions);
  add_row_verb(parent, context,
               {"uphold",
                "Decides an appeal: the sanction stays",
                all,
                "decide-appeal",
                with_meeting({kWhy}, true),
                false,
                {{"upheld", true}}},
               kSanctions);
  add_row_verb(parent, context,
               {"reverse",
                "Decides an appeal: the sanction falls",
                all,
                "decide-appeal",
                with_meeting({kWhy}, true),
                false,
                {{"upheld", false}}},
               kSanctions);
  add_row_verb(parent, context,
               {"refer", "Records that it was handed on for legal action", all, "refer",
                with_meeting({{"to", "To whom", true}, {"on", "The day; left out: today"}}, false)},
               kSanctions);
}

void add_sanction(CLI::App& app, Context& context) {
  auto* parent =
      app.add_subcommand("sanction", "Cases of misuse and of duties not done")->require_subcommand(1);
  add_row_list(parent, context, "sanctions", kSanctions, "list", "The cases");
  add_row_show(parent, context, "show", "A case", "sanctions", "", kSanctions);
  add_first_steps(parent, context);
  add_last_steps(parent, context);
}

void add_restriction(CLI::App& app, Context& context) {
  auto* parent = app.add_subcommand("restriction", "Who may not take part until when")->require_subcommand(1);
  const std::string all = "restrictions";
  add_row_list(parent, context, all, kRestrictions, "list", "The restrictions");
  add_row_show(parent, context, "show", "A restriction", all, "", kRestrictions);
  add_row_verb(parent, context,
               {"record",
                "Records a ban by somebody else",
                all,
                "",
                {{"organisation_id", "Against which organisation"},
                 {"account_id", "Against the person of which account"},
                 kWhy,
                 {"decided_by", "Who decided it", true},
                 {"starts_on", "First day", true},
                 {"ends_on", "Last day; left out: until it is lifted"},
                 {"effect", "exclusion or points"},
                 {"centi_points", "Points that are lost, in hundredths", false, BodyOption::kNumber},
                 {"all_programmes", "It holds for all programmes", false, BodyOption::kFlag}},
                true},
               kRestrictions);
  add_row_verb(parent, context, {"lift", "Lifts it from today on", all, "lift", {kWhy}}, kRestrictions);
}

}  // namespace

void add_sanction_verbs(CLI::App& app, Context& context) {
  add_incident(app, context);
  add_sanction(app, context);
  add_restriction(app, context);
}

}  // namespace dure::cli
