#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>

#include "cli/application_file.h"
#include "cli/example_text.h"
#include "cli/history_files.h"
#include "cli/rate_example.h"
#include "cli/select_example.h"
#include "programme/deadlines.h"
#include "programme/example_application.h"
#include "programme/from_policy.h"
#include "programme/statement.h"
#include "selection/select.h"
#include "wire/json_impl.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

constexpr const char* kFirst = "A-1";  // of the example round: its screening stands beside it

json::array rounds_of(const policy::Pack& pack) {
  json::array rounds;
  std::optional<std::string> pool;
  if (!pack.offer.pools.empty()) pool = pack.offer.pools.front().id;
  const auto rules = selection::rules_of(pack, pool);
  if (!rules) return rounds;
  const auto request = example_selection(*rules);
  if (!selection::select(request, *rules)) return rounds;
  rounds.push_back(json::object{{"id", "round-1"}, {"selection", wire::to_json(request)}});
  return rounds;
}

json::array bills_of(const policy::Pack& pack) {
  json::array bills;
  const auto statement = example_statement();
  if (programme::rate_statement(pack, statement))
    bills.push_back(
        json::object{{"id", "bill-1"}, {"payer", "가온"}, {"statement", wire::to_json(statement)}});
  return bills;
}

json::array screenings_of(const policy::Pack& pack) {
  auto made = programme::example_application(programme::screening_rules(pack));
  if (!made.facts.answers.empty()) made.form.answers = std::move(made.facts.answers);
  made.facts.answers.clear();
  const ApplicationFile file{"", "", made.form, made.facts};
  json::array screenings;
  screenings.push_back(
      json::object{{"id", kFirst}, {"application", wire::to_json(file, wire::Out::everything())}});
  return screenings;
}

json::array events_of(const policy::Pack& pack) {
  json::array events;
  for (const auto& [id, event, date] :
       {std::tuple{"close-1", "call_closed", "2024-03-15"}, {"end-1", "allocation_ended", "2024-09-30"}}) {
    const auto found = programme::find_event(event);
    const auto day = base::parse_date(date);
    if (!found || !day) continue;
    const auto deadlines = programme::deadlines_of(*found, *day, pack);
    if (deadlines.ok() && !deadlines->empty())
      events.push_back(json::object{{"id", id}, {"event", event}, {"date", date}});
  }
  return events;
}

}  // namespace

base::Result<std::string> example_history(const policy::Pack& pack) {
  json::object history;
  const auto add = [&](const char* kind, json::array list) {
    if (!list.empty()) history[kind] = std::move(list);
  };
  add("rounds", rounds_of(pack));
  add("bills", bills_of(pack));
  add("screenings", screenings_of(pack));
  add("events", events_of(pack));
  return example_text(history);
}

}  // namespace dure::cli
