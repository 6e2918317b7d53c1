// Values of a merged pack that contradict each other. Internal to policy.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/pack.h"
#include "policy/read_value.h"

namespace dure::policy {

// One finding per contradiction; each reason names its key.
void check_consistency(const Pack& pack, Findings& findings);

// Parts of it: what lies in time, and what is on offer.
void check_periods(const Pack& pack, Findings& findings);
void check_offer(const Pack& pack, Findings& findings);

// Adds a finding at the place where the key's value is written.
void contradict(const Pack& pack, Findings& findings, std::string_view key, base::Reason reason);

// Refuses names that come twice.
template <class T, class Name>
void refuse_repeated(const Pack& pack, Findings& findings, std::string_view key, const std::vector<T>& items,
                     Name name) {
  std::set<std::string> seen;
  for (const T& item : items) {
    if (seen.insert(name(item)).second) continue;
    contradict(pack, findings, key,
               base::Reason("policy.listed_twice").with("name", name(item)).with("key", std::string(key)));
  }
}

}  // namespace dure::policy
