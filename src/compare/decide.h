// A history's items decided under a pack. Internal to compare.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "compare/history.h"
#include "model/charge.h"
#include "model/selection.h"
#include "policy/pack.h"
#include "programme/deadlines.h"
#include "programme/eligibility.h"

namespace dure::compare {

class Judge {
 public:
  // Keeps references to both.
  Judge(const policy::Pack& before, const History& history);

  base::Result<model::SelectionResult> round(const Round& round, const policy::Pack& pack) const;

  // Refuses (kInvalid) "selection.pool_unknown", "selection.track_unknown": what the pack does not have binds
  // nothing.
  static base::Result<programme::Screening> screening(const Screened& screened, const policy::Pack& pack);
  static base::Result<model::RatedStatement> bill(const Bill& bill, const policy::Pack& pack);
  static base::Result<std::vector<programme::Deadline>> event(const Happened& happened,
                                                              const policy::Pack& pack);

 private:
  // Whether the application is considered under the pack, where its screening is part of the history.
  void consider(model::SelectionApplication& application, const policy::Pack& pack) const;

  std::string before_hash_;
  std::map<std::string, const Screened*> screened_;                     // by id
  std::map<std::string, programme::ScreeningOutcome> outcomes_before_;  // likewise; of those that have one
};

}  // namespace dure::compare
