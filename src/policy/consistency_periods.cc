// What a pack says about days, periods and batches of capacity, held against itself.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calendar/period.h"
#include "policy/consistency.h"
#include "policy/names.h"

namespace dure::policy {
namespace {

using base::Date;
using base::Reason;
using calendar::Length;

class PeriodChecker {
 public:
  PeriodChecker(const Pack& pack, Findings& findings) : pack_(pack), findings_(findings) {}

  void run() {
    meta();
    call();
    supply();
    award();
    obligations();
  }

 private:
  void refuse(std::string_view key, Reason reason) {
    contradict(pack_, findings_, key, std::move(reason).with("key", std::string(key)));
  }

  // The two days in this order, or the later key is refused.
  void in_order(std::string_view first_key, const std::optional<Date>& first, std::string_view later_key,
                const std::optional<Date>& later) {
    if (!first || !later || !(*later < *first)) return;
    refuse(later_key, Reason("policy.dates_out_of_order")
                          .with("first", std::string(first_key))
                          .with("first_date", base::to_text(*first))
                          .with("date", base::to_text(*later)));
  }

  // Lengths from one and the same day on, the first not the longer one.
  void not_longer(std::string_view first_key, const std::optional<Length>& first, std::string_view later_key,
                  const std::optional<Length>& later) {
    if (!first || !later) return;
    const Date day{2025, 1, 1};
    if (!(calendar::period_end(day, *later) < calendar::period_end(day, *first))) return;
    refuse(later_key, Reason("policy.period_order")
                          .with("first", std::string(first_key))
                          .with("first_length", calendar::to_text(*first))
                          .with("length", calendar::to_text(*later)));
  }

  void meta() {
    const Meta& meta = pack_.meta;
    in_order("meta.issued_on", meta.issued_on, "meta.amended_on", meta.amended_on);
    in_order("meta.issued_on", meta.issued_on, "meta.effective_from", meta.effective_from);
  }

  void call() {
    const Call& call = pack_.call;
    in_order("call.announced_on", call.announced_on, "call.opens_on", call.opens_on);
    in_order("call.opens_on", call.opens_on, "call.closes_on", call.closes_on);
    in_order("call.opens_on", call.opens_on, "award.use_until", pack_.award.use_until);
    not_longer("call.panel_within", call.panel_within, "call.result_within", call.result_within);
    briefings("call.briefings", call.briefings);
    if (!call.early_close_notice || !call.opens_on || !call.closes_on) return;
    if (calendar::last_notice_day(*call.closes_on, *call.early_close_notice) < *call.opens_on) {
      refuse("call.early_close_notice", Reason("policy.notice_longer_than_window")
                                            .with("length", calendar::to_text(*call.early_close_notice))
                                            .with("opens", base::to_text(*call.opens_on))
                                            .with("closes", base::to_text(*call.closes_on)));
    }
  }

  void briefings(std::string_view key, const std::vector<Briefing>& all) {
    refuse_repeated(pack_, findings_, key, all, [](const Briefing& each) { return each.id; });
    for (const Briefing& each : all) {
      if (!each.at.empty() && !is_time(each.at))
        refuse(key, Reason("policy.not_a_time").with("value", each.at));
    }
  }

  // "14:00"
  static bool is_time(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return false;
    for (const std::size_t i : {0u, 1u, 3u, 4u}) {
      if (text[i] < '0' || text[i] > '9') return false;
    }
    return text.substr(0, 2) < "24" && text.substr(3) < "60";
  }

  void supply() {
    const Supply& supply = pack_.supply;
    in_order("supply.decided_on", supply.decided_on, "supply.target_by", supply.target_by);
    in_order("supply.decided_on", supply.decided_on, "supply.service_from", supply.service_from);
    briefings("supply.briefings", supply.briefings);
    refuse_repeated(pack_, findings_, "supply.batches", supply.batches,
                    [](const Batch& batch) { return batch.id; });
    for (const Batch& batch : supply.batches) batch_in_order(batch);
  }

  void batch_in_order(const Batch& batch) {
    const std::string id = batch.id + ".";
    std::optional<Date> last;
    std::string last_name;
    for (const auto& [name, day] :
         {std::pair(id + "ordered_on", batch.ordered_on), std::pair(id + "delivered_on", batch.delivered_on),
          std::pair(id + "service_from", batch.service_from)}) {
      if (!day) continue;
      if (last && *day < *last) {
        refuse("supply.batches", Reason("policy.dates_out_of_order")
                                     .with("first", last_name)
                                     .with("first_date", base::to_text(*last))
                                     .with("date", base::to_text(*day)));
      }
      last = day;
      last_name = name;
    }
  }

  void award() {
    const Award& award = pack_.award;
    const Date day{2025, 1, 1};
    const Date end = calendar::period_end(day, award.max_period);
    if (award.min_period && end < calendar::period_end(day, *award.min_period)) {
      refuse("award.min_period", Reason("policy.period_order")
                                     .with("first", "award.min_period")
                                     .with("first_length", calendar::to_text(*award.min_period))
                                     .with("length", calendar::to_text(award.max_period)));
    }
    if (award.setup_grace_days >= calendar::days_of(day, end)) {
      refuse("award.setup_grace_days", Reason("policy.grace_as_long_as_use")
                                           .with("days", award.setup_grace_days)
                                           .with("length", calendar::to_text(award.max_period)));
    }
    if (award.training_required && award.training.empty())
      refuse("award.training_required", Reason("policy.training_without_material"));
    refuse_repeated(pack_, findings_, "award.training", award.training,
                    [](const TrainingMaterial& each) { return each.id; });
    refuse_repeated(pack_, findings_, "award.steps", award.steps,
                    [](AwardStep step) { return std::string(name_of(step)); });
  }

  // A report that is due in a month after that in which the use ended would need another rule.
  void obligations() {
    refuse_repeated(pack_, findings_, "outcomes.obligations", pack_.outcomes.obligations,
                    [](const Obligation& each) { return each.kind; });
    for (const Obligation& each : pack_.outcomes.obligations) {
      if (!each.due.year_end_month || each.due.due_month <= *each.due.year_end_month) continue;
      refuse("outcomes.obligations", Reason("policy.due_month_after_end")
                                         .with("name", each.kind)
                                         .with("month", each.due.due_month)
                                         .with("end_month", *each.due.year_end_month));
    }
  }

  const Pack& pack_;
  Findings& findings_;
};

}  // namespace

void check_periods(const Pack& pack, Findings& findings) {
  PeriodChecker(pack, findings).run();
}

}  // namespace dure::policy
