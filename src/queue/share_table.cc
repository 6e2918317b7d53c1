#include "queue/share_table.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "queue/order.h"
#include "queue/owners.h"
#include "queue/turns.h"
#include "queue/waiting.h"

namespace dure::queue {
namespace {

constexpr std::int64_t kPpm = 1'000'000;
constexpr Grains kGrainsPerSecond = held_for(1, kUsPerSecond);

// organisation, project, account; the later ones "" of a node above a leaf. In the order of the table.
using Path = std::tuple<std::string, std::string, std::string>;

class Table {
 public:
  Table(const Limits& limits, const Rules& rules, base::Instant now)
      : owners_(limits, rules, now), now_(now) {}

  template <class Of>  // Entry or Running
  std::size_t leaf(const Of& of) {
    const std::size_t account = owners_.account(of.organisation_id, of.project_id, of.account_id);
    const std::size_t project = owners_.quotas().parent(account);
    const auto& [o, p, a] = std::tie(of.organisation_id.text, of.project_id.text, of.account_id.text);
    nodes_[{o, "", ""}] = owners_.quotas().parent(project);
    nodes_[{o, p, ""}] = project;
    nodes_[{o, p, a}] = account;
    return account;
  }

  std::vector<OwnerShare> rows(const std::vector<Entry>& entries, const std::vector<Running>& running);

 private:
  void hold(const std::vector<Running>& running);
  void wait(const std::vector<Entry>& entries);
  void take_turns(const std::vector<Entry>& entries);
  OwnerShare row(const Path& path, std::size_t node) const;
  std::int64_t due_ppm(std::size_t node) const;
  std::int64_t had_ppm(std::size_t node) const;

  OwnerTree owners_;
  base::Instant now_;
  std::map<Path, std::size_t> nodes_;
  FairShare shares_{{}, {}};
  Quotas quotas_;
  std::map<std::size_t, std::int64_t> weight_below_;  // of a node's children, together
  std::map<std::size_t, std::int64_t> waiting_;
  std::map<std::size_t, std::int64_t> turns_;
};

void Table::hold(const std::vector<Running>& running) {
  for (const Running& run : running) {
    const std::size_t node = leaf(run);
    shares_.hold(node, run.amount.gpu, now_);
    quotas_.take(node, run.amount);
  }
}

void Table::wait(const std::vector<Entry>& entries) {
  for (const Entry& entry : entries)
    for (std::size_t node = leaf(entry);; node = quotas_.parent(node)) {
      ++waiting_[node];
      if (node == Quotas::kRoot) break;
    }
}

void Table::take_turns(const std::vector<Entry>& entries) {
  std::map<std::size_t, base::MilliGpu> first;  // what the first entry of each leaf takes
  Waiting waiting;
  for (const std::size_t i : order(entries)) {
    const std::size_t node = leaf(entries[i]);
    if (first.emplace(node, amount_of(entries[i].request, {}).gpu).second) waiting.add(shares_, node);
  }
  Turns turns(shares_, now_, waiting);
  while (const auto node = turns.next()) {
    turns_.emplace(*node, static_cast<std::int64_t>(turns_.size()) + 1);
    turns.count(*node, first.at(*node));
    turns.leave(*node);
  }
}

// From the root down, so that what is rounded off is not multiplied.
std::int64_t Table::due_ppm(std::size_t node) const {
  if (node == Quotas::kRoot) return kPpm;
  const std::size_t parent = quotas_.parent(node);
  return base::multiply_divide(due_ppm(parent), shares_.weight(node), weight_below_.at(parent));
}

std::int64_t Table::had_ppm(std::size_t node) const {
  Grains all = shares_.measure(FairShare::kRoot, now_);
  Grains own = shares_.measure(node, now_);
  // So that the product below fits: the quotient changes by less than a millionth.
  while (all >> 100 != 0) {
    all >>= 1;
    own >>= 1;
  }
  return all == 0 ? 0 : std::min(kPpm, static_cast<std::int64_t>(own * kPpm / all));
}

OwnerShare Table::row(const Path& path, std::size_t node) const {
  const auto& [organisation, project, account] = path;
  OwnerShare made;
  made.kind = !account.empty()   ? OwnerKind::kAccount
              : !project.empty() ? OwnerKind::kProject
                                 : OwnerKind::kOrganisation;
  made.id = made.kind == OwnerKind::kAccount   ? account
            : made.kind == OwnerKind::kProject ? project
                                               : organisation;
  if (made.kind == OwnerKind::kAccount) made.parent_id = project;
  if (made.kind == OwnerKind::kProject) made.parent_id = organisation;
  made.weight = shares_.weight(node);
  made.due_ppm = due_ppm(node);
  made.had_ppm = had_ppm(node);
  made.milli_gpu_s = static_cast<std::int64_t>(std::min<Grains>(
      shares_.measure(node, now_) / kGrainsPerSecond, std::numeric_limits<std::int64_t>::max()));
  made.held = quotas_.held(node);
  if (const auto found = waiting_.find(node); found != waiting_.end()) made.waiting = found->second;
  if (const auto found = turns_.find(node); found != turns_.end()) made.turn = found->second;
  return made;
}

std::vector<OwnerShare> Table::rows(const std::vector<Entry>& entries, const std::vector<Running>& running) {
  for (const Running& run : running) leaf(run);
  for (const Entry& entry : entries) leaf(entry);
  shares_ = owners_.shares();
  quotas_ = owners_.quotas();
  for (std::size_t node = 1; node < shares_.size(); ++node)
    weight_below_[shares_.parent(node)] += shares_.weight(node);
  hold(running);
  wait(entries);
  take_turns(entries);
  std::vector<OwnerShare> made;
  made.reserve(nodes_.size());
  for (const auto& [path, node] : nodes_) made.push_back(row(path, node));
  return made;
}

}  // namespace

std::vector<OwnerShare> share_table(const std::vector<Entry>& entries, const std::vector<Running>& running,
                                    const Limits& limits, const Rules& rules, base::Instant now) {
  return Table(limits, rules, now).rows(entries, running);
}

}  // namespace dure::queue
