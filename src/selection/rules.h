// What a selection reads of a policy pack, and amounts in the pack's unit.
//
// A selection is of one pool of the pack (B6: an application is for one pool). All amounts inside this folder
// are whole counts of that pool's unit: blocks, GPUs or servers (B7 to B9).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "calendar/zone.h"
#include "model/selection.h"
#include "policy/pack.h"

namespace dure::selection {

struct SelectionRules {
  std::string programme;
  std::string policy_hash;
  policy::Evaluation evaluation;
  policy::Selection selection;
  policy::Pool pool;
  std::vector<policy::Track> tracks;
  bool conditional_capacity = false;
  calendar::Zone zone = calendar::utc();                    // in which the day of submission is meant
  std::map<std::string, std::string, std::less<>> sources;  // key of the pack -> seed and article

  // Points count only where a panel gives them; else applications are taken in the order of receipt (E12,
  // C8).
  bool scored() const { return evaluation.mode == policy::EvaluationMode::kPanel; }
  // nullptr for one that the pack does not have.
  const policy::Track* track(const std::string& id) const;
  // "" for a key that no layer sets.
  const std::string& source(std::string_view key) const;
};

// `pool`: id of one of the pack's pools; may be none where it has at most one (no pool at all: whole GPUs,
// any number). Refuses (kInvalid) "selection.pool_missing" {pools}, "selection.pool_unknown" {pool, pools}.
base::Result<SelectionRules> rules_of(const policy::Pack& pack, const std::optional<std::string>& pool);

model::AmountUnit unit_of(const policy::Pool& pool);

// The amount in whole units of the pool; none where it is not whole, or where the pool does not say how many
// cards its server has and another unit is asked about. REQUIRES: 0 <= count <= model::kMostUnits.
std::optional<std::int64_t> whole_units(const model::UnitAmount& amount, const policy::Pool& pool);
// The same with parts of a unit dropped (B9): none only in the second case.
std::optional<std::int64_t> units_within(const model::UnitAmount& amount, const policy::Pool& pool);

// The amounts that may be asked for, in units, rising; empty: any whole number from 1.
std::vector<std::int64_t> menu_of(const policy::Pool& pool);
// The largest amount of the menu that is not more than `most`; 0 where there is none.
std::int64_t largest_of(const std::vector<std::int64_t>& menu, std::int64_t most);

}  // namespace dure::selection
