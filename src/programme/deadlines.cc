#include "programme/deadlines.h"

#include <algorithm>
#include <utility>

#include "calendar/deadline.h"
#include "programme/closure.h"

namespace dure::programme {
namespace {

using base::Date;
using base::Reason;
using calendar::Length;
using calendar::Unit;

Length days(std::int64_t count) {
  return {count, Unit::kDays};
}

// Collects the deadlines of one event.
class Collector {
 public:
  Collector(const policy::Pack& pack, Date day)
      : pack_(pack), day_(day), business_(policy::business_days_of(pack)) {}

  void call_closing() {
    if (const auto& notice = pack_.call.early_close_notice)
      add("early_close_notice", DeadlineSense::kBy, "call.early_close_notice",
          calendar::tell_last_notice(day_, *notice));
  }

  void call_closed() {
    after("panel", "call.panel_within", pack_.call.panel_within);
    after("result", "call.result_within", pack_.call.result_within);
  }

  void award_made() {
    after("accept", "award.accept_within", pack_.award.accept_within);
    obligations(policy::ObligationEvent::kAward);
  }

  void agreement_signed() {
    for (std::size_t i = 0; i < pack_.supply.payments.size(); ++i) {
      const auto& rule = pack_.supply.payments[i];
      auto& made = add("milestone." + std::to_string(i + 1), DeadlineSense::kBy, "supply.payments",
                       calendar::tell_period(day_, rule.after, policy::deadline_rule(pack_), business_));
      made.value = calendar::to_text(rule.after);
      named(made, "milestone", rule.title, "");
    }
    period("agreement", "supply.agreement_term", pack_.supply.agreement_term);
  }

  void allocation_started() {
    if (pack_.award.setup_grace_days > 0)
      period("setup_grace", "award.setup_grace_days", days(pack_.award.setup_grace_days));
    const auto cycle = pack_.utilisation.review_cycle;
    if (cycle != policy::ReviewCycle::kNone)
      add("first_review", DeadlineSense::kUntil, "utilisation.review_cycle",
          calendar::tell_cycle_end(day_, cycle == policy::ReviewCycle::kMonthly ? 1 : 3));
    use_ends();
  }

  void allocation_ended() {
    obligations(policy::ObligationEvent::kAllocationEnd);
    const auto closing =
        calendar::tell_period(day_, days_after_end(pack_.retention), calendar::kAfterEvent, business_);
    if (pack_.retention.deletion_notice_days > 0)
      add("deletion_notice", DeadlineSense::kBy, "retention.deletion_notice_days",
          calendar::tell_lead(closing.day, pack_.retention.deletion_notice_days));
    add("deletion", DeadlineSense::kFrom, "retention.delete_after_end_days", closing);
    remind("deletion.scheduled");
  }

  void outcome() { obligations(policy::ObligationEvent::kOutcome); }

  // The measure is counted from a notice on the day on which the idle days are full.
  void idle_since() {
    if (!pack_.utilisation.idle_days) return;
    const auto idle =
        calendar::tell_period(day_, days(*pack_.utilisation.idle_days), calendar::kAfterEvent, business_);
    add("idle", DeadlineSense::kUntil, "utilisation.idle_days", idle);
    measure_after(idle.day);
    remind("allocation.idle");
  }

  void notice_given() { measure_after(day_); }

  void sanction_noticed() {
    if (pack_.sanctions.opinion_days > 0)
      after("opinion", "sanctions.opinion_days", days(pack_.sanctions.opinion_days));
  }

  void sanction_imposed() {
    after("appeal", "sanctions.appeal_within", pack_.sanctions.appeal_within);
    for (const auto& ground : pack_.sanctions.grounds) {
      if (!ground.restriction) continue;
      // A time that burdens counts its first day and does not move on (governance R18).
      auto& made = add("restriction." + ground.id, DeadlineSense::kUntil, "sanctions.grounds",
                       calendar::tell_period(day_, *ground.restriction, calendar::kUse, business_));
      made.value = calendar::to_text(*ground.restriction);
      named(made, "restriction", ground.title, ground.source);
    }
  }

  void invoice_issued() {
    if (pack_.billing.invoice_due_days > 0)
      after("payment", "billing.invoice_due_days", days(pack_.billing.invoice_due_days));
  }

  void password_changed() {
    const auto& rules = pack_.account.password;
    if (!rules.max_age) return;
    const auto age = calendar::tell_period(day_, *rules.max_age, calendar::kAfterEvent, business_);
    if (rules.notice_days > 0)
      add("password_notice", DeadlineSense::kFrom, "account.password.notice_days",
          calendar::tell_lead(age.day, rules.notice_days));
    add("password", DeadlineSense::kBy, "account.password.max_age", age);
    remind("password.expiring");
  }

  void access_recorded() {
    keep("access_record", "retention.access_log_days", pack_.retention.access_log_days);
  }
  void right_changed() {
    keep("right_record", "retention.role_change_days", pack_.retention.role_change_days);
  }
  void access_reviewed() {
    after("access_review", "privacy.access_log_review", pack_.privacy.access_log_review);
  }

  void quarter_begun() {
    if (pack_.call.min_rounds_per_quarter > 0)
      add("round", DeadlineSense::kBy, "call.min_rounds_per_quarter", calendar::tell_cycle_end(day_, 3));
  }
  void year_begun() {
    if (pack_.outcomes.surveys_per_year > 0)
      add("survey", DeadlineSense::kBy, "outcomes.surveys_per_year", calendar::tell_cycle_end(day_, 12));
  }

  void programme_ends() {
    auto& made = add("programme_end", DeadlineSense::kUntil, "meta.ends_with", {day_, day_, {}});
    made.value = pack_.meta.ends_with;
    remind("programme.ending");
  }

  std::vector<Deadline> take() && {
    std::stable_sort(all_.begin(), all_.end(), [](const auto& a, const auto& b) { return a.day < b.day; });
    return std::move(all_);
  }

 private:
  Deadline& add(std::string id, DeadlineSense sense, std::string key, calendar::DayStory story) {
    Deadline made;
    made.sense = sense;
    made.day = story.day;
    if (sense == DeadlineSense::kBy && !holidays_known(story.day))
      story.steps.push_back(Reason("deadline.holidays_unknown").with("year", std::int64_t{story.day.year}));
    made.steps = std::move(story.steps);
    made.value = pack_.value_text(key).value_or("");
    if (const auto* found = pack_.provenance(key)) {
      made.source = found->source;
      made.confidence = found->confidence;
    }
    const auto name = id.substr(0, id.find('.'));
    made.what = Reason("deadline." + name);
    made.then = Reason("deadline." + name + "_then");
    made.id = std::move(id);
    made.key = std::move(key);
    all_.push_back(std::move(made));
    return all_.back();
  }

  // The longest period, or the last day of all use where that comes before (F5).
  void use_ends() {
    auto story = calendar::tell_period(day_, pack_.award.max_period, calendar::kUse, business_);
    const auto& until = pack_.award.use_until;
    const bool cut = until && *until < story.day;
    if (cut) {
      story.steps.push_back(Reason("deadline.cut_at_use_until")
                                .with("end", base::to_text(story.day))
                                .with("use_until", base::to_text(*until)));
      story.day = *until;
    }
    if (story.day < day_)
      story.steps.push_back(Reason("deadline.use_over_before_start")
                                .with("starts_on", base::to_text(day_))
                                .with("use_until", base::to_text(story.day)));
    add("period", DeadlineSense::kUntil, cut ? "award.use_until" : "award.max_period", std::move(story));
    remind("allocation.ending");
    auto& reminders = all_.back().reminders;  // nobody is told of an end of what has not begun
    std::erase_if(reminders, [&](const auto& each) { return each.on < day_; });
  }

  static bool holidays_known(Date day) {
    return calendar::kFirstHolidayYear <= day.year && day.year <= calendar::kLastHolidayYear;
  }

  // A time after the event's day, for somebody to do something: rolls as the pack says.
  void after(const char* id, const char* key, const std::optional<Length>& length) {
    if (length)
      add(id, DeadlineSense::kBy, key,
          calendar::tell_period(day_, *length, policy::deadline_rule(pack_), business_));
  }

  // A time that begins on the day itself.
  void period(const char* id, const char* key, const std::optional<Length>& length) {
    if (length)
      add(id, DeadlineSense::kUntil, key, calendar::tell_period(day_, *length, calendar::kUse, business_));
  }

  void keep(const char* id, const char* key, std::int64_t count) {
    if (count > 0)
      add(id, DeadlineSense::kUntil, key,
          calendar::tell_period(day_, days(count), calendar::kAfterEvent, business_));
  }

  void measure_after(Date notice) {
    if (pack_.utilisation.notice_days > 0)
      add("measure", DeadlineSense::kUntil, "utilisation.notice_days",
          calendar::tell_period(notice, days(pack_.utilisation.notice_days), policy::deadline_rule(pack_),
                                business_));
  }

  void obligations(policy::ObligationEvent event) {
    for (const auto& rule : pack_.outcomes.obligations) {
      if (rule.after_event != event) continue;
      auto& made = add("obligation." + rule.kind, DeadlineSense::kBy, "outcomes.obligations",
                       calendar::tell_due(day_, rule.due, business_));
      made.value = calendar::to_text(rule.due.after);
      named(made, "obligation", rule.title, rule.source);
      if (made.day <= day_ && event == policy::ObligationEvent::kAllocationEnd)
        made.then = Reason("deadline.obligation_before_end_then").with("kind", rule.kind);
      remind("obligation.due");
    }
  }

  void named(Deadline& made, const char* name, const policy::Text& title, const std::string& source) const {
    const auto& en = title.en.empty() ? title.ko : title.en;
    made.what = Reason(std::string("deadline.") + name).with("title_ko", title.ko).with("title_en", en);
    if (!source.empty()) made.source = source;
  }

  // Days on which the notices about the deadline that was added last are due.
  void remind(std::string_view event) {
    if (all_.empty()) return;
    auto& made = all_.back();
    for (const auto& rule : pack_.notify.rules) {
      if (rule.event != event) continue;
      for (const auto lead : rule.lead_days)
        made.reminders.push_back(
            {calendar::lead_day(made.day, lead), rule.event, rule.recipients, rule.source});
    }
    std::stable_sort(made.reminders.begin(), made.reminders.end(),
                     [](const auto& a, const auto& b) { return a.on < b.on; });
  }

  const policy::Pack& pack_;
  Date day_;
  calendar::BusinessDays business_;
  std::vector<Deadline> all_;
};

void collect(CentreEvent event, Collector& collector) {
  switch (event) {
    case CentreEvent::kCallClosing:
      return collector.call_closing();
    case CentreEvent::kCallClosed:
      return collector.call_closed();
    case CentreEvent::kAwardMade:
      return collector.award_made();
    case CentreEvent::kAgreementSigned:
      return collector.agreement_signed();
    case CentreEvent::kAllocationStarted:
      return collector.allocation_started();
    case CentreEvent::kAllocationEnded:
      return collector.allocation_ended();
    case CentreEvent::kOutcome:
      return collector.outcome();
    case CentreEvent::kIdleSince:
      return collector.idle_since();
    case CentreEvent::kNoticeGiven:
      return collector.notice_given();
    case CentreEvent::kSanctionNoticed:
      return collector.sanction_noticed();
    case CentreEvent::kSanctionImposed:
      return collector.sanction_imposed();
    case CentreEvent::kInvoiceIssued:
      return collector.invoice_issued();
    case CentreEvent::kPasswordChanged:
      return collector.password_changed();
    case CentreEvent::kAccessRecorded:
      return collector.access_recorded();
    case CentreEvent::kRightChanged:
      return collector.right_changed();
    case CentreEvent::kAccessReviewed:
      return collector.access_reviewed();
    case CentreEvent::kQuarterBegun:
      return collector.quarter_begun();
    case CentreEvent::kYearBegun:
      return collector.year_begun();
    case CentreEvent::kProgrammeEnds:
      return collector.programme_ends();
  }
}

}  // namespace

base::Result<std::vector<Deadline>> deadlines_of(CentreEvent event, Date day, const policy::Pack& pack) {
  DURE_TRY(calendar::check_plannable(day));
  Collector collector(pack, day);
  collect(event, collector);
  return std::move(collector).take();
}

}  // namespace dure::programme
