// The table of shares: for each organisation, project and account for which something runs or waits, what its
// share should be, what it was, and whose turn it is. For people who ask why somebody is behind.
//
// Shares are of the whole, in millionths, rounded down:
//
//     due(node) = due(parent) * weight / sum of the weights of it and its siblings in the table
//     had(node) = measure(node) / measure of all                               (fair_share.h; 0 of nothing)
//
// A turn is the place of an account among those that wait, if each were given its first entry, one after the
// other (turns.h). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "queue/entry.h"
#include "queue/rules.h"

namespace dure::queue {

enum class OwnerKind { kOrganisation, kProject, kAccount };

struct OwnerShare {
  OwnerKind kind = OwnerKind::kOrganisation;
  std::string id;
  std::string parent_id;  // "" of an organisation
  std::int64_t weight = 1;
  std::int64_t due_ppm = 0;
  std::int64_t had_ppm = 0;
  std::int64_t milli_gpu_s = 0;  // its measure, rounded down; at most what 64 bits hold
  Amount held;
  std::int64_t waiting = 0;          // entries
  std::optional<std::int64_t> turn;  // of an account that waits, from 1
};

// Each organisation, below it its projects, below each of those its accounts, by their ids. An account that
// works in several projects is in each of them.
std::vector<OwnerShare> share_table(const std::vector<Entry>& entries, const std::vector<Running>& running,
                                    const Limits& limits, const Rules& rules, base::Instant now);

}  // namespace dure::queue
