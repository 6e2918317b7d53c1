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
  if (gap.amount.value <= 0 || gap.amount > kMostAmount)
    faults.push_back({pointer + "/amount_milli_gpu", base::Reason("gap.amount")});
}

void check_request(const model::GapRequest& request, const std::string& pointer,
                   std::vector<base::Detail>& faults) {
  if (request.earliest)
    if (auto status = calendar::check_plannable(*request.earliest); !status.ok())
      faults.push_back({pointer + "/earliest", status.failure().reason});
  if (request.amount.value <= 0 || request.amount > kMostAmount)
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

base::Status check_question(const model::GapQuestion& question) {
  const auto gaps = static_cast<std::int64_t>(question.gaps.size());
  const auto requests = static_cast<std::int64_t>(question.requests.size());
  if (gaps > kMostPairs || requests > kMostPairs || gaps * requests > kMostPairs)
    return base::invalid(base::Reason("gap.too_many").with("most", kMostPairs));
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

// The longest that the request may have of the gap; none where even its least does not fit. More months end
// later, so that the most is found by halving.
std::optional<Term> term_in(const model::GapRequest& request, const model::Gap& gap,
                            const policy::Award& rules) {
  if (!request.pool.empty() && request.pool != gap.pool) return std::nullopt;
  if (!request.model.empty() && request.model != gap.model) return std::nullopt;
  if (gap.amount < request.amount) return std::nullopt;
  const Date from = request.earliest ? std::max(gap.from, *request.earliest) : gap.from;
  if (gap.until < from) return std::nullopt;
  const auto ends = [from](std::int64_t months) {
    return calendar::period_end(from, {months, calendar::Unit::kMonths});
  };
  const auto fits = [&](std::int64_t months) {
    return ends(months) <= gap.until && within(rules.max_period, from, ends(months), true);
  };
  std::int64_t least = request.least_months > 0 ? request.least_months : request.months;
  if (!fits(least)) return std::nullopt;
  for (std::int64_t most = request.months; least < most;) {
    const std::int64_t middle = most - (most - least) / 2;
    if (fits(middle))
      least = middle;
    else
      most = middle - 1;
  }
  if (!within(rules.min_period, from, ends(least), false)) return std::nullopt;
  return Term{from, ends(least), least};
}

// ---- Whether a set of requests fits together

// A gap that a request fits into, and for how long.
struct Fit {
  Index gap = 0;
  Term term;
};

class Packing {
 public:
  Packing(const model::GapQuestion& question, const policy::Award& rules) : question_(question) {
    for (const auto& gap : question.gaps) free_.push_back(gap.amount.value);
    there_ = free_;
    placed_.resize(question.gaps.size());
    level_.assign(question.requests.size(), 0);
    place_.assign(question.requests.size(), std::nullopt);
    for (const auto& request : question.requests) {
      std::vector<Fit> fits;
      for (Index gap = 0; gap < question.gaps.size(); ++gap)
        if (const auto term = term_in(request, question.gaps[gap], rules)) fits.push_back({gap, *term});
      std::sort(fits.begin(), fits.end(),
                [&](const Fit& one, const Fit& other) { return key(one) < key(other); });
      fits_.push_back(std::move(fits));
    }
  }

  bool fits_anywhere(Index request) const { return !fits_[request].empty(); }
  const Fit* place(Index request) const {
    return place_[request] ? &fits_[request][*place_[request]] : nullptr;
  }
  bool exact() const { return exact_; }

  // Serves the request for as many months as can be beside all that are served, none of whom gets less by it;
  // where that cannot be, nothing is changed.
  void serve(Index request) {
    for (Index at = 0; at < fits_[request].size(); ++at) {
      const std::int64_t months = fits_[request][at].term.months;
      if (at > 0 && months == fits_[request][at - 1].term.months) continue;  // tried with those as long
      level_[request] = months;
      if (put_anywhere(request) || make_room(request)) return;
    }
    level_[request] = 0;
  }

 private:
  // The longest first; of those that are as long the smallest that does, so that the larger ones are left to
  // what comes later.
  std::tuple<std::int64_t, std::int64_t, Date, Date, std::string> key(const Fit& fit) const {
    const auto& gap = question_.gaps[fit.gap];
    return {-fit.term.months, gap.amount.value, gap.until, gap.from, gap.id};
  }
  std::int64_t amount(Index request) const { return question_.requests[request].amount.value; }
  // How many of its gaps are long enough for what it was promised.
  Index allowed(Index request) const {
    Index count = 0;
    while (count < fits_[request].size() && fits_[request][count].term.months >= level_[request]) ++count;
    return count;
  }
  void put(Index request, Index at) {
    const Index gap = fits_[request][at].gap;
    place_[request] = at;
    free_[gap] -= amount(request);
    placed_[gap].insert(request);
  }
  void take(Index request) {
    const Index gap = fits_[request][*place_[request]].gap;
    free_[gap] += amount(request);
    placed_[gap].erase(request);
    place_[request].reset();
  }
  bool put_anywhere(Index request) {
    for (Index at = 0; at < allowed(request); ++at)
      if (amount(request) <= free_[fits_[request][at].gap]) {
        put(request, at);
        return true;
      }
    return false;
  }

  // Only those that share gaps with the request, directly or through others, can be in its way.
  struct Crowd {
    std::vector<Index> requests;
    std::int64_t wanted = 0;  // by all of them
    std::int64_t there = 0;   // of all their gaps
  };
  Crowd crowd_around(Index request) const {
    Crowd crowd;
    std::set<Index> seen{request}, gaps;
    std::vector<Index> next{request};
    while (!next.empty()) {
      const Index each = next.back();
      next.pop_back();
      crowd.requests.push_back(each);
      crowd.wanted += amount(each);
      for (Index at = 0; at < allowed(each); ++at) {
        const Index gap = fits_[each][at].gap;
        if (!gaps.insert(gap).second) continue;
        crowd.there += there_[gap];
        for (const Index other : placed_[gap])
          if (seen.insert(other).second) next.push_back(other);
      }
    }
    return crowd;
  }

  bool make_room(Index request) {
    auto crowd = crowd_around(request);
    if (crowd.wanted > crowd.there) return false;  // said without a search
    // The largest first; of those that are as large, the one with the fewest gaps.
    std::sort(crowd.requests.begin(), crowd.requests.end(), [&](Index one, Index other) {
      return std::make_tuple(-amount(one), allowed(one), one) <
             std::make_tuple(-amount(other), allowed(other), other);
    });
    std::vector<std::pair<Index, Index>> before;
    for (const Index each : crowd.requests)
      if (place_[each]) {
        before.emplace_back(each, *place_[each]);
        take(each);
      }
    if (search(crowd.requests, 0)) return true;
    for (const auto& [each, at] : before) put(each, at);
    return false;
  }

  bool search(const std::vector<Index>& moving, Index next) {
    if (next == moving.size()) return true;
    const Index request = moving[next];
    for (Index at = 0; at < allowed(request); ++at) {
      if (free_[fits_[request][at].gap] < amount(request)) continue;
      if (++steps_ > kMostSteps) {
        exact_ = false;
        return false;
      }
      put(request, at);
      if (search(moving, next + 1)) return true;
      take(request);
      if (!exact_) return false;
    }
    return false;
  }

  const model::GapQuestion& question_;
  std::vector<std::vector<Fit>> fits_;       // by request
  std::vector<std::int64_t> there_, free_;   // of each gap, milli-GPU
  std::vector<std::set<Index>> placed_;      // by gap: the requests in it
  std::vector<std::optional<Index>> place_;  // by request: into `fits_`
  std::vector<std::int64_t> level_;          // by request: months that it has at least
  std::int64_t steps_ = 0;
  bool exact_ = true;
};

}  // namespace

base::Result<model::GapMatching> match_gaps(const model::GapQuestion& question, const policy::Award& rules) {
  DURE_TRY(check_question(question));
  Packing packing(question, rules);
  model::GapMatching matching;
  for (Index i = 0; i < question.requests.size(); ++i) packing.serve(i);
  for (Index i = 0; i < question.requests.size(); ++i) {
    const auto& request = question.requests[i];
    if (const auto* fit = packing.place(i)) {
      matching.offers.push_back({request.id, question.gaps[fit->gap].id, request.amount, fit->term.from,
                                 fit->term.until, fit->term.months});
    } else {
      const auto* why = packing.fits_anywhere(i) ? "gap.taken" : "gap.none_fits";
      matching.unserved.push_back({request.id, base::Reason(why)});
    }
  }
  matching.exact = packing.exact();
  return matching;
}

}  // namespace dure::selection
