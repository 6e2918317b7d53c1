#include "selection/gaps.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "calendar/period.h"

namespace dure::selection {
namespace {

using base::Date;
using Index = std::size_t;

// ---- What may be asked

void check_gap(const model::Gap& gap, const std::string& pointer, std::vector<base::Detail>& faults) {
  for (const auto& [name, day] : {std::pair{"/from", gap.from}, std::pair{"/until", gap.until}})
    if (auto status = calendar::check_plannable(day); !status.ok())
      faults.push_back({pointer + name, status.failure().reason});
  if (gap.until < gap.from) faults.push_back({pointer + "/until", base::Reason("gap.ends_before_it_begins")});
  if (gap.amount.value <= 0) faults.push_back({pointer + "/amount_milli_gpu", base::Reason("gap.amount")});
}

void check_request(const model::GapRequest& request, const std::string& pointer,
                   std::vector<base::Detail>& faults) {
  if (request.earliest)
    if (auto status = calendar::check_plannable(*request.earliest); !status.ok())
      faults.push_back({pointer + "/earliest", status.failure().reason});
  if (request.amount.value <= 0)
    faults.push_back({pointer + "/amount_milli_gpu", base::Reason("gap.amount")});
  if (request.months < 1 || request.months > model::kMostGapMonths || request.least_months < 0 ||
      request.least_months > request.months)
    faults.push_back({pointer + "/months", base::Reason("gap.months")});
}

template <class Value>
void check_ids(const std::vector<Value>& values, const std::string& pointer,
               std::vector<base::Detail>& faults) {
  std::set<std::string> seen;
  for (Index i = 0; i < values.size(); ++i)
    if (values[i].id.empty() || !seen.insert(values[i].id).second)
      faults.push_back(
          {pointer + "/" + std::to_string(i) + "/id", base::Reason("gap.twice").with("id", values[i].id)});
}

base::Status check(const model::GapQuestion& question) {
  if (static_cast<std::int64_t>(question.gaps.size()) > kMostGaps ||
      static_cast<std::int64_t>(question.requests.size()) > kMostGapRequests)
    return base::invalid(base::Reason("gap.too_many").with("most", kMostGaps));
  std::vector<base::Detail> faults;
  check_ids(question.gaps, "/gaps", faults);
  check_ids(question.requests, "/requests", faults);
  for (Index i = 0; i < question.gaps.size(); ++i)
    check_gap(question.gaps[i], "/gaps/" + std::to_string(i), faults);
  for (Index i = 0; i < question.requests.size(); ++i)
    check_request(question.requests[i], "/requests/" + std::to_string(i), faults);
  if (faults.empty()) return {};
  const auto count = static_cast<std::int64_t>(faults.size());
  return base::invalid(base::Reason("gap.question_invalid").with("count", count), std::move(faults));
}

// ---- Which request fits into which gap by itself

struct Term {
  Date from;
  Date until;
  std::int64_t months = 0;
};

bool within(const std::optional<calendar::Length>& bound, Date from, Date until, bool longest) {
  if (!bound) return true;
  const Date end = calendar::period_end(from, *bound);
  return longest ? until <= end : end <= until;
}

// The longest that the request may have of the gap; none where even its least does not fit.
std::optional<Term> term_in(const model::GapRequest& request, const model::Gap& gap,
                            const policy::Award& rules) {
  if (!request.pool.empty() && request.pool != gap.pool) return std::nullopt;
  if (!request.model.empty() && request.model != gap.model) return std::nullopt;
  if (gap.amount < request.amount) return std::nullopt;
  const Date from = request.earliest ? std::max(gap.from, *request.earliest) : gap.from;
  if (gap.until < from) return std::nullopt;
  const std::int64_t least = request.least_months > 0 ? request.least_months : request.months;
  for (std::int64_t months = request.months; months >= least; --months) {
    const Date until = calendar::period_end(from, {months, calendar::Unit::kMonths});
    if (gap.until < until || !within(rules.max_period, from, until, true)) continue;
    if (!within(rules.min_period, from, until, false)) return std::nullopt;
    return Term{from, until, months};
  }
  return std::nullopt;
}

// ---- Whether a set of requests fits together

class Packing {
 public:
  Packing(const model::GapQuestion& question, const policy::Award& rules) : question_(question) {
    for (const auto& gap : question.gaps) free_.push_back(gap.amount.value);
    order_.resize(question.gaps.size());
    std::iota(order_.begin(), order_.end(), Index{0});
    // The smallest that does first: by amount, then the one that ends first, then by id.
    std::sort(order_.begin(), order_.end(), [&](Index one, Index other) {
      const auto& a = question.gaps[one];
      const auto& b = question.gaps[other];
      return std::tie(a.amount.value, a.until, a.from, a.id) <
             std::tie(b.amount.value, b.until, b.from, b.id);
    });
    for (const auto& request : question.requests) {
      std::vector<Index> fitting;
      for (const Index gap : order_)
        if (term_in(request, question.gaps[gap], rules)) fitting.push_back(gap);
      fitting_.push_back(std::move(fitting));
    }
    place_.assign(question.requests.size(), std::nullopt);
  }

  const std::vector<Index>& fitting(Index request) const { return fitting_[request]; }
  std::optional<Index> place(Index request) const { return place_[request]; }
  bool exact() const { return exact_; }

  // Serves the request beside all that are served; false where that cannot be, and nothing is changed.
  bool serve(Index request) {
    if (fitting_[request].empty()) return false;
    for (const Index gap : fitting_[request])
      if (amount(request) <= free_[gap]) {
        put(request, gap);
        return true;
      }
    return make_room(request);
  }

 private:
  std::int64_t amount(Index request) const { return question_.requests[request].amount.value; }
  void put(Index request, Index gap) {
    place_[request] = gap;
    free_[gap] -= amount(request);
  }
  void take(Index request) {
    free_[*place_[request]] += amount(request);
    place_[request].reset();
  }

  // Only those that share gaps with the request, directly or through others, can be in its way.
  std::vector<Index> connected(Index request) const {
    std::set<Index> gaps(fitting_[request].begin(), fitting_[request].end());
    std::set<Index> found{request};
    for (bool grown = true; grown;) {
      grown = false;
      for (Index each = 0; each < place_.size(); ++each) {
        if (!place_[each] || found.count(each) || !gaps.count(*place_[each])) continue;
        found.insert(each);
        gaps.insert(fitting_[each].begin(), fitting_[each].end());
        grown = true;
      }
    }
    return {found.begin(), found.end()};
  }

  bool make_room(Index request) {
    auto moving = connected(request);
    // The largest first; of those that are as large, the one with the fewest gaps.
    std::sort(moving.begin(), moving.end(), [&](Index one, Index other) {
      return std::make_tuple(-amount(one), fitting_[one].size(), one) <
             std::make_tuple(-amount(other), fitting_[other].size(), other);
    });
    const auto free_before = free_;
    const auto place_before = place_;
    for (const Index each : moving)
      if (place_[each]) take(each);
    if (could_hold(moving) && search(moving, 0)) return true;
    free_ = free_before;
    place_ = place_before;
    return false;
  }

  // False where all gaps of these together are too small for them: said without a search.
  bool could_hold(const std::vector<Index>& moving) const {
    std::set<Index> gaps;
    std::int64_t wanted = 0, there = 0;
    for (const Index each : moving) {
      wanted += amount(each);
      gaps.insert(fitting_[each].begin(), fitting_[each].end());
    }
    for (const Index gap : gaps) there += free_[gap];
    return wanted <= there;
  }

  bool search(const std::vector<Index>& moving, Index at) {
    if (at == moving.size()) return true;
    const Index request = moving[at];
    for (const Index gap : fitting_[request]) {
      if (free_[gap] < amount(request)) continue;
      if (++steps_ > kMostSteps) {
        exact_ = false;
        return false;
      }
      put(request, gap);
      if (search(moving, at + 1)) return true;
      take(request);
      if (!exact_) return false;
    }
    return false;
  }

  const model::GapQuestion& question_;
  std::vector<Index> order_;
  std::vector<std::vector<Index>> fitting_;  // by request, the smallest gap first
  std::vector<std::int64_t> free_;           // of each gap, milli-GPU
  std::vector<std::optional<Index>> place_;  // of each request
  std::int64_t steps_ = 0;
  bool exact_ = true;
};

}  // namespace

base::Result<model::GapMatching> match_gaps(const model::GapQuestion& question, const policy::Award& rules) {
  DURE_TRY(check(question));
  Packing packing(question, rules);
  model::GapMatching matching;
  for (Index i = 0; i < question.requests.size(); ++i) packing.serve(i);
  for (Index i = 0; i < question.requests.size(); ++i) {
    const auto& request = question.requests[i];
    if (const auto gap = packing.place(i)) {
      const auto term = *term_in(request, question.gaps[*gap], rules);
      matching.offers.push_back(
          {request.id, question.gaps[*gap].id, request.amount, term.from, term.until, term.months});
    } else {
      const bool fits = !packing.fitting(i).empty();
      matching.unserved.push_back({request.id, base::Reason(fits ? "gap.taken" : "gap.none_fits")});
    }
  }
  matching.exact = packing.exact();
  return matching;
}

}  // namespace dure::selection
