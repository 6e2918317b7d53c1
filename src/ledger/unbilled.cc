#include "ledger/unbilled.h"

#include <algorithm>
#include <cstdlib>

#include "base/result.h"

namespace dure::ledger {

void add(Uses& sum, const std::string& model, const model::AccountId& account, base::Usage usage) {
  if (usage.milli_gpu_ms == 0) return;
  const auto [at, fresh] = sum.try_emplace({model, account}, usage);
  if (fresh) return;
  at->second = at->second + usage;
  if (at->second.milli_gpu_ms == 0) sum.erase(at);
}

base::Usage used_before(const model::LedgerEntry& entry, base::Instant border) {
  if (entry.created_at <= border) return entry.usage;
  const std::int64_t length = std::abs(entry.to_ms - entry.from_ms);
  const std::int64_t elapsed = std::max<std::int64_t>(0, (border - entry.started_at).us) / 1000;
  const std::int64_t inside = std::min(elapsed, length);
  return {entry.milli_gpu.value * (entry.to_ms < entry.from_ms ? -inside : inside)};
}

Unbilled::Unbilled(std::vector<BilledSlice> billed, base::Instant until) : billed_(std::move(billed)) {
  for (const auto& slice : billed_) ends_.push_back(slice.ends_at);
  ends_.push_back(until);
  DURE_ASSERT(std::is_sorted(ends_.begin(), ends_.end()));
  slices_.resize(ends_.size());
}

void Unbilled::count(const model::LedgerEntry& entry) {
  base::Usage before;
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    const base::Usage here = used_before(entry, ends_[i]);
    add(slices_[i], entry.model, entry.account_id, {here.milli_gpu_ms - before.milli_gpu_ms});
    before = here;
  }
}

std::vector<DuePart> Unbilled::parts() const {
  std::vector<DuePart> parts;
  for (std::size_t i = 0; i < slices_.size(); ++i) {
    DuePart part{std::nullopt, slices_[i]};
    if (i < billed_.size()) {
      part.corrects = billed_[i].invoice_id;
      for (const auto& [key, usage] : billed_[i].billed)
        add(part.uses, key.first, key.second, {-usage.milli_gpu_ms});
    }
    if (!part.uses.empty()) parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace dure::ledger
