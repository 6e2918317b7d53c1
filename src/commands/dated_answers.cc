#include "commands/dated_answers.h"

#include <algorithm>
#include <utility>

#include "calendar/zone.h"
#include "commands/row_work.h"
#include "commands/screening_facts.h"
#include "programme/from_policy.h"
#include "programme/screening_answers.h"

namespace dure::commands {
namespace {

// What screening found of the rule.
const model::ScreeningItem* screened_item(const model::Application& application, const std::string& rule) {
  const auto found = std::find_if(application.screening.begin(), application.screening.end(),
                                  [&](const auto& each) { return each.rule == rule; });
  return found == application.screening.end() ? nullptr : &*found;
}

}  // namespace

base::Result<std::vector<std::string>> check_dated_answers(Work& work, const model::Application& application,
                                                           const std::vector<model::ScreeningAnswer>& answers,
                                                           const ReadDates& dates, const policy::Pack& pack) {
  const std::string track = application.form.track.value_or("");
  const auto pool = programme::pool_with(pack, application.form.resources, track);
  const auto rules = programme::screening_rules(pack, pool, track);
  std::optional<programme::Facts> facts;
  std::vector<std::string> decided;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto& answer = answers[i];
    const auto* item = screened_item(application, answer.rule);
    if (item == nullptr || !programme::asks_for_dates(*item, rules)) continue;
    if (!facts) {
      const auto received_on = calendar::local_date(application.submitted_at.value_or(application.created_at),
                                                    policy::zone_of(pack));
      DURE_LET(known, screening_facts(work, application, received_on, pack));
      known.born_on = dates.born_on;
      known.appointed_on = dates.appointed_on;
      facts = std::move(known);
    }
    const auto wrong = programme::wrong_by_dates(*item, answer.met, application.form, *facts, rules);
    if (wrong) return base::invalid(wrong->reason, {{"/answers/" + std::to_string(i) + "/met", wrong->why}});
    if (dates.born_on || dates.appointed_on) decided.push_back(answer.rule);
  }
  return decided;
}

}  // namespace dure::commands
