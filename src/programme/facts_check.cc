#include "programme/facts_check.h"

#include <string>
#include <utility>
#include <vector>

#include "calendar/period.h"

namespace dure::programme {
namespace {

class Days {
 public:
  void at(const std::string& pointer, const std::optional<base::Date>& day) {
    if (!day) return;
    if (const auto plannable = calendar::check_plannable(*day); !plannable)
      faults_.push_back({pointer, plannable.failure().reason});
  }
  // Days of the items of a list, each with the names and values of its days.
  template <class Item, class Each>
  void of(const std::string& name, const std::vector<Item>& items, Each each) {
    for (std::size_t i = 0; i < items.size(); ++i) each(name + "/" + std::to_string(i), items[i]);
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
  Days days;
  days.at("/received_on", facts.received_on);
  days.at("/call_opens_on", facts.call_opens_on);
  days.at("/call_closes_on", facts.call_closes_on);
  days.at("/award_on", facts.award_on);
  days.at("/born_on", facts.born_on);
  days.at("/appointed_on", facts.appointed_on);
  days.of("/certificates", facts.certificates, [&](const std::string& at, const Certificate& each) {
    days.at(at + "/valid_from", each.valid_from);
    days.at(at + "/valid_until", each.valid_until);
  });
  const auto span = [&](const std::string& at, const auto& each) {
    days.at(at + "/from", each.from);
    days.at(at + "/until", each.until);
  };
  days.of("/restrictions", facts.restrictions, span);
  days.of("/programmes", facts.programmes, span);
  return std::move(days).status();
}

}  // namespace dure::programme
