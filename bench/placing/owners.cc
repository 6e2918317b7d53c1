#include "bench/placing/owners.h"

#include <algorithm>

namespace dure::bench {
namespace {

constexpr std::int64_t kOrganisations = 20, kProjects = 10, kAccounts = 5;
// So high that few bind where all ask alike. The smaller the part, the more it varies.
constexpr std::int64_t kTimesForOrganisation = 2, kTimesForProject = 4, kTimesForAccount = 12;
constexpr std::int64_t kLeastCeiling = 32'000;

std::size_t add(Owners& owners, std::size_t parent, std::int64_t milli_gpu) {
  queue::Ceiling ceiling;
  ceiling.gpu = base::MilliGpu{std::max(milli_gpu, kLeastCeiling)};
  owners.shares.add(parent, 1);
  return owners.quotas.add(parent, ceiling);
}

}  // namespace

Owners make_owners(std::int64_t capacity) {
  Owners owners;
  const std::int64_t organisation = capacity / kOrganisations;
  const std::int64_t project = organisation / kProjects;
  const std::int64_t account = project / kAccounts;
  for (std::int64_t i = 0; i < kOrganisations; ++i) {
    const auto above = add(owners, queue::Quotas::kRoot, organisation * kTimesForOrganisation);
    for (std::int64_t j = 0; j < kProjects; ++j) {
      const auto between = add(owners, above, project * kTimesForProject);
      for (std::int64_t k = 0; k < kAccounts; ++k)
        owners.accounts.push_back(add(owners, between, account * kTimesForAccount));
    }
  }
  return owners;
}

}  // namespace dure::bench
