#include "programme/facts_check.h"

#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "calendar/period.h"

namespace dure::programme {
namespace {

class FactFaults {
 public:
  void at(const std::string& pointer, const std::optional<base::Date>& day) {
    if (!day) return;
    if (const auto plannable = calendar::check_plannable(*day); !plannable)
      faults_.push_back({pointer, plannable.failure().reason});
  }
  // Days of the items of a list, each with the names and values of its faults.
  template <class Item, class Each>
  void of(const std::string& name, const std::vector<Item>& items, Each each) {
    for (std::size_t i = 0; i < items.size(); ++i) each(name + "/" + std::to_string(i), items[i]);
  }
  void missing(const std::string& pointer, const std::string& text) {
    if (text.empty()) faults_.push_back({pointer, base::Reason("eligibility.ground_missing")});
  }
  void at_least(const std::string& pointer, std::int64_t value, std::int64_t least) {
    if (value < least)
      faults_.push_back({pointer, base::Reason("number.out_of_range")
                                      .with("value", value)
                                      .with("least", least)
                                      .with("most", std::numeric_limits<std::int64_t>::max())});
  }
  void listed_twice(const std::string& pointer, std::string name) {
    faults_.push_back({pointer, base::Reason("selection.listed_twice").with("name", std::move(name))});
  }
  base::Status status() && {
    if (faults_.empty()) return {};
    const auto count = static_cast<std::int64_t>(faults_.size());
    return base::invalid(base::Reason("eligibility.facts_invalid").with("count", count), std::move(faults_));
  }

 private:
  std::vector<base::Detail> faults_;
};

}  // namespace

base::Status check_facts(const Facts& facts) {
  FactFaults faults;
  faults.at("/received_on", facts.received_on);
  faults.at("/call_opens_on", facts.call_opens_on);
  faults.at("/call_closes_on", facts.call_closes_on);
  faults.at("/award_on", facts.award_on);
  faults.at("/born_on", facts.born_on);
  faults.at("/appointed_on", facts.appointed_on);
  faults.of("/certificates", facts.certificates, [&](const std::string& at, const Certificate& each) {
    faults.at(at + "/valid_from", each.valid_from);
    faults.at(at + "/valid_until", each.valid_until);
  });
  const auto span = [&](const std::string& at, const auto& each) {
    faults.at(at + "/from", each.from);
    faults.at(at + "/until", each.until);
  };
  faults.of("/restrictions", facts.restrictions, span);
  faults.of("/programmes", facts.programmes, span);
  faults.of("/statements", facts.statements, [&](const std::string& at, const StatementAnswer& each) {
    faults.missing(at + "/ground", each.ground);
  });
  faults.of("/documents", facts.documents, [&](const std::string& at, const AttachedDocument& each) {
    faults.at_least(at + "/size_bytes", each.size.value, 1);
  });
  std::set<std::int64_t> windows;
  faults.of("/used", facts.used, [&](const std::string& at, const UsedShare& each) {
    faults.at_least(at + "/used_bp", each.used_bp, 0);
    faults.at_least(at + "/window_days", each.window_days, 1);
    if (!windows.insert(each.window_days).second)
      faults.listed_twice(at + "/window_days", std::to_string(each.window_days));
  });
  return std::move(faults).status();
}

}  // namespace dure::programme
