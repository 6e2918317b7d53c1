#include "commands/screening_facts.h"

#include <algorithm>
#include <set>

#include "calendar/deadline.h"
#include "commands/project_resources.h"
#include "commands/rows.h"
#include "commands/unit_ids.h"
#include "commands/use_measure.h"
#include "evaluation/conflicts.h"

namespace dure::commands {
namespace {

// Whether a title is taken by it: all but what never stood, and what has an end of its own.
bool takes_its_title(model::ApplicationState state) {
  switch (state) {
    case model::ApplicationState::kDraft:
    case model::ApplicationState::kIneligible:
    case model::ApplicationState::kNotSelected:
    case model::ApplicationState::kWithdrawn:
    case model::ApplicationState::kVoid:
      return false;
    case model::ApplicationState::kSubmitted:
    case model::ApplicationState::kReturned:
    case model::ApplicationState::kEligible:
    case model::ApplicationState::kUnderReview:
    case model::ApplicationState::kScored:
    case model::ApplicationState::kWaitlisted:
    case model::ApplicationState::kSelected:
      return true;
  }
  return true;
}

// The first part of an answer, or "".
std::string first_answer(const model::Form1& form, const std::string& field) {
  if (!form.answers) return "";
  const auto found = form.answers->find(field);
  return found == form.answers->end() || found->second.empty() ? "" : found->second.front();
}

// C6: those of the same organisation under the same call that stand. Only a new project has to differ from
// them: a change or a renewal goes by the title of its own.
base::Result<std::vector<programme::OtherApplication>> others_of(Work& work,
                                                                 const model::Application& application) {
  std::vector<programme::OtherApplication> others;
  if (application.form.kind != model::ApplicationKind::kNew) return others;
  DURE_LET(rows, load_all(work.tx.applications(), ports::Query{}.where("call_id", application.call_id)));
  const auto own = evaluation::party_of(application);
  for (const auto& row : rows)
    if (row.id != application.id && takes_its_title(row.state) &&
        evaluation::same_organisation(evaluation::party_of(row), own))
      others.push_back({row.title, first_answer(row.form, "ai_model")});
  return others;
}

void add_windows(const std::vector<policy::Rule>& rules, std::set<std::int64_t>& windows) {
  const auto look = [&](const policy::PlainCondition& condition) {
    if (condition.is == policy::Predicate::kUsageRatio && condition.window_days)
      windows.insert(*condition.window_days);
  };
  for (const auto& rule : rules)
    for (const auto& condition : rule.all) {
      look(condition);
      std::for_each(condition.conditions.begin(), condition.conditions.end(), look);
    }
}

// The windows of use, in days before receipt, that the pack's rules ask for.
std::set<std::int64_t> windows_of(const policy::Pack& pack) {
  std::set<std::int64_t> windows;
  for (const auto* rules :
       {&pack.eligibility.include, &pack.eligibility.exclude, &pack.eligibility.person_decides})
    add_windows(*rules, windows);
  for (const auto& track : pack.call.tracks) add_windows(track.include, windows);
  return windows;
}

// What the organisation was given in this programme.
base::Result<std::vector<model::Allocation>> allocations_of_organisation(
    Work& work, const model::Application& application) {
  std::vector<model::Allocation> own;
  DURE_LET(all,
           load_all(work.tx.allocations(), ports::Query{}.where("programme_id", application.programme_id)));
  for (auto& allocation : all) {
    DURE_LET(project, work.tx.projects().get(allocation.project_id));
    DURE_LET(filed, work.tx.applications().get(project.application_id));
    if (evaluation::same_organisation(evaluation::party_of(filed), evaluation::party_of(application)))
      own.push_back(std::move(allocation));
  }
  return own;
}

// C5: what it used of what it could have used, set-up and outages left out as the pack says.
base::Result<std::vector<programme::UsedShare>> used_shares(Work& work, const model::Application& application,
                                                            base::Date received_on,
                                                            const policy::Pack& pack) {
  std::vector<programme::UsedShare> shares;
  const auto windows = windows_of(pack);
  if (windows.empty()) return shares;
  DURE_LET(allocations, allocations_of_organisation(work, application));
  for (const auto days : windows) {
    const programme::UsePeriod window{calendar::lead_day(received_on, days), received_on};
    base::Usage used, given;
    for (const auto& allocation : allocations) {
      DURE_LET(rows, measure_use(work, allocation, pack, {window}));
      for (const auto& row : rows) {
        used = used + row.used;
        given = given + row.given;
      }
    }
    if (const auto share = programme::ratio_bp(used, given)) shares.push_back({days, *share});
  }
  return shares;
}

}  // namespace

base::Result<programme::Facts> screening_facts(Work& work, const model::Application& application,
                                               base::Date received_on, const policy::Pack& pack) {
  programme::Facts facts;
  facts.received_on = received_on;
  DURE_LET(documents,
           load_all(work.tx.documents(),
                    ports::Query{}.where("application_id", application.id).where_null("erased_at")));
  facts.documents.reserve(documents.size());
  for (const auto& document : documents)
    facts.documents.push_back({document.kind, document.media_type, document.size});
  if (application.form.answers) facts.answers = *application.form.answers;
  if (pack.application.distinct_titles) {
    DURE_LET(others, others_of(work, application));
    facts.other_applications = std::move(others);
  }
  DURE_LET(held, held_beside(work, application, pack));
  facts.held = std::move(held);
  if (!pack.offer.id_scope.empty() && application.form.kind == model::ApplicationKind::kNew) {
    DURE_LET(others, unit_ids_beside(work, application, pack));
    facts.unit_ids = others;
  }
  DURE_LET(used, used_shares(work, application, received_on, pack));
  facts.used = std::move(used);
  return facts;
}

}  // namespace dure::commands
