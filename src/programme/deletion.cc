#include "programme/deletion.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include "programme/refusals.h"
#include "programme/words.h"

namespace dure::programme {
namespace {

using base::Reason;
using model::DeletedKind;
using model::DeletionItemState;
using model::DeletionJobState;

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  names.reserve(std::size(model::EnumNames<DeletedKind>::kAll));
  for (const auto& each : model::EnumNames<DeletedKind>::kAll) names.emplace_back(each.second);
  return names;
}

DeletionStep before_it_runs(const model::DeletionJob& job, const DeletionFacts& facts) {
  const bool ripe = facts.over && facts.today >= job.purge_on;
  if (facts.goes_on) return ripe ? DeletionStep::kCancel : DeletionStep::kNone;
  if (facts.held) return DeletionStep::kNone;
  if (!job.noticed_at) return facts.today >= job.notice_on ? DeletionStep::kNotify : DeletionStep::kNone;
  return ripe ? DeletionStep::kRun : DeletionStep::kNone;
}

// A person is known by his accounts: who has to keep the one keeps the others.
bool covers(const model::RetentionHold& hold, DeletedKind kind) {
  return among(hold.kinds, model::to_text(kind)) ||
         (kind == DeletedKind::kAccount && among(hold.kinds, model::to_text(DeletedKind::kPerson)));
}

}  // namespace

std::string_view to_text(DeletionStep step) {
  static constexpr std::array<std::string_view, 9> kNames{"none",    "notify", "cancel", "release", "run",
                                                          "destroy", "verify", "fail",   "certify"};
  return kNames.at(static_cast<std::size_t>(step));
}

DeletionStep step_due(const model::DeletionJob& job, const DeletionFacts& facts) {
  switch (job.state) {
    case DeletionJobState::kScheduled:
    case DeletionJobState::kNoticed:
      return before_it_runs(job, facts);
    case DeletionJobState::kHeld:
      return facts.held ? DeletionStep::kNone : DeletionStep::kRelease;
    case DeletionJobState::kRunning:
      if (facts.goes_on) return DeletionStep::kCancel;
      if (facts.held) return DeletionStep::kNone;
      if (!facts.all_done) return DeletionStep::kDestroy;
      return facts.nothing_readable ? DeletionStep::kVerify : DeletionStep::kFail;
    case DeletionJobState::kVerified:
      return DeletionStep::kCertify;
    case DeletionJobState::kCertified:
    case DeletionJobState::kCancelled:
      break;
  }
  return DeletionStep::kNone;
}

void plan_dates(model::DeletionJob& job, const ClosurePlan& plan) {
  const auto notice = base::to_days(plan.purge_on) - base::to_days(plan.notice_on);
  const bool moved = base::to_days(plan.purge_on) > base::to_days(job.purge_on) + notice;
  if (moved) job.noticed_at.reset();
  const bool told = job.noticed_at.has_value();
  job.last_day = plan.last_day;
  job.purge_on = told ? std::max(job.purge_on, plan.purge_on) : plan.purge_on;
  if (!told) job.notice_on = plan.notice_on;
}

void mark_noticed(model::DeletionJob& job, base::Date today, base::Instant now,
                  const policy::Retention& retention) {
  job.noticed_at = now;
  job.notice_on = std::min(job.notice_on, today);
  if (retention.deletion_notice_days <= 0) return;
  job.purge_on = std::max(job.purge_on,
                          calendar::period_end(today, {retention.deletion_notice_days, calendar::Unit::kDays},
                                               calendar::kAfterEvent));
}

bool in_force(const model::RetentionHold& hold, base::Date today) {
  return !hold.released_at && (!hold.until || today <= *hold.until);
}

bool holds_all(const std::vector<model::RetentionHold>& holds, base::Date today) {
  return std::any_of(holds.begin(), holds.end(),
                     [&](const auto& each) { return each.kinds.empty() && in_force(each, today); });
}

std::string law_over(DeletedKind kind, const policy::Retention& retention, const std::string& pack_source,
                     const std::vector<model::RetentionHold>& holds, base::Date today) {
  for (const auto& each : holds)
    if (in_force(each, today) && covers(each, kind)) return each.law;
  if (!among(retention.holds, model::to_text(kind))) return "";
  return pack_source.empty() ? "retention.holds" : pack_source;
}

std::string law_over_somebody(DeletedKind kind, const std::vector<model::RetentionHold>& holds,
                              base::Date today) {
  for (const auto& each : holds)
    if (in_force(each, today) && (each.kinds.empty() || covers(each, kind))) return each.law;
  return "";
}

base::Status check_hold(const std::vector<std::string>& kinds, const std::string& law,
                        const std::string& ground) {
  const auto names = kind_names();
  for (std::size_t i = 0; i < kinds.size(); ++i)
    if (!among(names, kinds[i]))
      return refused("/kinds/" + std::to_string(i),
                     Reason("deletion.kind_unknown").with("kind", kinds[i]).with("kinds", joined(names)));
  if (blank(law)) return refused("/law", Reason("outcome.text_missing").with("field", "law"));
  if (blank(ground)) return refused("/ground", Reason("outcome.text_missing").with("field", "ground"));
  return {};
}

bool settle_laws(std::vector<model::DeletionItem>& items,
                 const std::function<std::string(const model::DeletionItem&)>& law_of) {
  bool changed = false;
  for (auto& item : items) {
    if (item.state == DeletionItemState::kDestroyed) continue;
    auto law = law_of(item);
    if (law == item.law) continue;
    item.law = std::move(law);
    item.state = item.law.empty() ? DeletionItemState::kPending : DeletionItemState::kHeld;
    changed = true;
  }
  return changed;
}

bool any_pending(const std::vector<model::DeletionItem>& items) {
  return std::any_of(items.begin(), items.end(),
                     [](const auto& each) { return each.state == DeletionItemState::kPending; });
}

std::optional<Reason> what_waits(const std::vector<model::DeletionItem>& items) {
  const auto first = std::find_if(items.begin(), items.end(),
                                  [](const auto& each) { return each.state == DeletionItemState::kPending; });
  if (first == items.end()) return std::nullopt;
  const auto count = std::count_if(items.begin(), items.end(), [&](const auto& each) {
    return each.state == DeletionItemState::kPending && each.kind == first->kind;
  });
  return Reason("deletion.waits")
      .with("kind", std::string(model::to_text(first->kind)))
      .with("count", static_cast<std::int64_t>(count));
}

std::vector<model::CertificateLine> certificate_lines(const std::vector<model::DeletionItem>& items) {
  std::map<std::tuple<DeletedKind, DeletionItemState, std::string>, model::CertificateLine> lines;
  std::set<std::pair<DeletedKind, std::string>> seen;
  for (const auto& item : items) {
    if (!seen.insert({item.kind, item.id}).second) continue;
    auto& line = lines[{item.kind, item.state, item.law}];
    line.kind = item.kind;
    line.state = item.state;
    line.law = item.law;
    ++line.count;
    line.size.value += item.size.value;
  }
  std::vector<model::CertificateLine> all;
  all.reserve(lines.size());
  for (auto& [key, line] : lines) all.push_back(std::move(line));
  return all;
}

}  // namespace dure::programme
