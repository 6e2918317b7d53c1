#include "queue/owners.h"

#include <algorithm>

namespace dure::queue {
namespace {

template <class Id, class Value>
Value value_of(const std::map<Id, Value>& values, const Id& id, Value other) {
  const auto found = values.find(id);
  return found == values.end() ? other : found->second;
}

}  // namespace

OwnerTree::OwnerTree(const Limits& limits, const Rules& rules, base::Instant now)
    : limits_(limits),
      rules_(rules.shares),
      now_(now),
      shares_(rules.shares.half_life, rules.shares.advance) {}

std::size_t OwnerTree::add(std::size_t parent, const Ceiling& ceiling, std::int64_t weight,
                           const char* scope) {
  const std::size_t owner = quotas_.add(parent, ceiling);
  const std::size_t same = shares_.add(parent, std::max<std::int64_t>(1, weight));
  DURE_ASSERT(owner == same);
  scopes_[owner] = scope;
  return owner;
}

std::size_t OwnerTree::organisation(const model::OrganisationId& id) {
  const auto found = organisations_.find(id);
  if (found != organisations_.end()) return found->second;
  const auto weight = value_of(rules_.organisation_weights, id, std::int64_t{1});
  return organisations_[id] =
             add(Quotas::kRoot, value_of(limits_.organisations, id, Ceiling{}), weight, "organisation");
}

std::size_t OwnerTree::project(const model::OrganisationId& of, const model::ProjectId& id) {
  const auto found = projects_.find(id);
  if (found != projects_.end()) return found->second;
  const auto weight = value_of(rules_.weights, id, std::int64_t{1});
  return projects_[id] = add(organisation(of), value_of(limits_.projects, id, Ceiling{}), weight, "project");
}

// An account that works in several projects has its ceiling in each of them; its past use counts in the
// first.
std::size_t OwnerTree::account(const model::OrganisationId& organisation, const model::ProjectId& of,
                               const model::AccountId& id) {
  const auto found = accounts_.find({of, id});
  if (found != accounts_.end()) return found->second;
  const bool first = std::none_of(accounts_.begin(), accounts_.end(),
                                  [&](const auto& each) { return each.first.second == id; });
  const Ceiling ceiling = tighter(value_of(limits_.accounts, id, limits_.any_account),
                                  value_of(limits_.account_quotas, id, Ceiling{}));
  const auto weight = value_of(rules_.account_weights, id, std::int64_t{1});
  const std::size_t owner = add(project(organisation, of), ceiling, weight, "account");
  const auto used = value_of(rules_.used, id, std::int64_t{0});
  if (first && used > 0) shares_.charge(owner, used, now_);
  return accounts_[{of, id}] = owner;
}

std::size_t OwnerTree::allocation(const model::AllocationId& id, bool preemptible) {
  const auto [found, fresh] = allocations_.try_emplace(id);
  auto& [all, firm] = found->second;
  if (fresh) {
    const auto limit = value_of(limits_.allocations, id, AllocationLimit{});
    all = add(Quotas::kRoot, with_borrowed(limit.ceiling, limit.borrow_percent), 1, "allocation");
    firm = add(all, limit.ceiling, 1, "allocation");
    if (limit.ceiling.gpu) quotas_.guarantee(all, *limit.ceiling.gpu);
  }
  return preemptible ? all : firm;
}

std::string OwnerTree::scope(std::size_t owner) const {
  return value_of(scopes_, owner, std::string());
}

}  // namespace dure::queue
