#include "policy/consistency.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "policy/billing_consistency.h"
#include "policy/conditions.h"
#include "policy/names.h"
#include "policy/read_layer.h"

namespace dure::policy {
namespace {

class Checker {
 public:
  Checker(const Pack& pack, Findings& findings) : pack_(pack), findings_(findings) {}

  void run() {
    meta();
    texts();
    supply();
    conditions();
    documents();
    form_fields();
    evaluation();
    selection();
    offer();
    account();
    utilisation();
    billing();
    outcomes();
  }

 private:
  void refuse(std::string_view key, base::Reason reason) {
    contradict(pack_, findings_, key, std::move(reason).with("key", std::string(key)));
  }

  template <class T, class Name>
  void unique(std::string_view key, const std::vector<T>& items, Name name) {
    refuse_repeated(pack_, findings_, key, items, name);
  }

  void meta() {
    if (!calendar::find_zone(pack_.meta.time_zone)) {
      refuse("meta.time_zone", base::Reason("policy.zone_unknown").with("zone", pack_.meta.time_zone));
    }
  }

  void texts() {
    unique("texts.files", pack_.texts.files,
           [](const TextFile& file) { return file.id + "." + std::string(name_of(file.language)); });
    for (const ConsentItem& item : pack_.privacy.consents) text_known("privacy.consents", item.text);
    for (const NoticeRule& rule : pack_.notify.rules) text_known("notify.rules", rule.text);
  }

  void text_known(std::string_view key, const std::string& id) {
    if (id.empty()) return;
    const auto& files = pack_.texts.files;
    if (std::none_of(files.begin(), files.end(), [&](const TextFile& file) { return file.id == id; })) {
      refuse(key, base::Reason("policy.text_unknown").with("text", id));
    }
  }

  void supply() {
    const Supply& rules = pack_.supply;
    unique("supply.criteria", rules.criteria, [](const Criterion& each) { return each.id; });
    unique("supply.groups", rules.groups, [](const UserGroup& each) { return each.id; });
    unique("supply.phases", rules.phases,
           [](const SupplyPhaseRule& each) { return std::string(name_of(each.phase)); });
    std::int64_t weights = 0;
    for (const SupplyPhaseRule& each : rules.phases) weights += each.weight;
    if (!rules.phases.empty() && weights == 0) refuse("supply.phases", base::Reason("policy.weighs_nothing"));
    const ShareWeights& shares = rules.share_weights;
    if (shares.demand + shares.priority + shares.performance == 0)
      refuse("supply.share_weights", base::Reason("policy.weighs_nothing"));
    std::int64_t paid = 0;
    for (const PaymentRule& each : rules.payments) paid += each.share_bp;
    if (!rules.payments.empty() && paid != 10'000)
      refuse("supply.payments", base::Reason("policy.shares_not_whole").with("sum_bp", paid));
  }

  bool document_known(const std::string& kind) const {
    const auto& list = pack_.documents.list;
    return std::any_of(list.begin(), list.end(), [&](const DocumentRule& rule) { return rule.kind == kind; });
  }

  void condition(std::string_view key, const Condition& condition) {
    if (auto wrong = wrong_condition(condition)) refuse(key, std::move(*wrong));
    names_known(key, condition);
    for (const auto& each : condition.conditions) names_known(key, each);
  }

  void names_known(std::string_view key, const PlainCondition& condition) {
    if (condition.is == Predicate::kDocumentPresent && !document_known(condition.of)) {
      refuse(key, base::Reason("policy.document_unknown").with("kind", condition.of));
    }
  }

  void rules(std::string_view key, const std::vector<Rule>& rules) {
    unique(key, rules, [](const Rule& rule) { return rule.id; });
    for (const Rule& rule : rules) {
      for (const Condition& each : rule.all) condition(key, each);
      for (const std::string& kind : rule.evidence) {
        if (!document_known(kind)) refuse(key, base::Reason("policy.document_unknown").with("kind", kind));
      }
    }
  }

  void conditions() {
    rules("eligibility.include", pack_.eligibility.include);
    rules("eligibility.exclude", pack_.eligibility.exclude);
    rules("eligibility.person_decides", pack_.eligibility.person_decides);
    rules("selection.priority_classes", pack_.selection.priority_classes);
    rules("billing.waivers", pack_.billing.waivers);
    unique("call.tracks", pack_.call.tracks, [](const Track& track) { return track.id; });
    for (const Track& track : pack_.call.tracks) rules("call.tracks", track.include);
    for (const DataShareType& type : pack_.outcomes.data_share_types) {
      for (const Condition& each : type.when) condition("outcomes.data_share_types", each);
    }
    for (const Bonus& bonus : pack_.evaluation.bonuses) {
      for (const Condition& each : bonus.when) condition("evaluation.bonuses", each);
    }
    for (const RateRule& rule : pack_.billing.matching) {
      for (const Condition& each : rule.when) condition("billing.matching", each);
    }
    for (const ScaleRule& rule : pack_.billing.scales) {
      for (const Condition& each : rule.when) condition("billing.scales", each);
    }
    for (const RateRule& rule : pack_.billing.discounts) {
      for (const Condition& each : rule.when) condition("billing.discounts", each);
    }
    for (const DocumentRule& rule : pack_.documents.list) {
      for (const Condition& each : rule.when) condition("documents.list", each);
    }
  }

  void documents() {
    unique("documents.list", pack_.documents.list, [](const DocumentRule& rule) { return rule.kind; });
    for (const DocumentRule& rule : pack_.documents.list) {
      if (rule.need == Need::kConditional && rule.when.empty()) {
        refuse("documents.list", base::Reason("policy.condition_missing").with("name", rule.kind));
      }
    }
  }

  void form_fields() {
    constexpr std::string_view kKey = "application.fields";
    unique(kKey, pack_.application.fields, [](const FormField& field) { return field.id; });
    for (const FormField& field : pack_.application.fields) {
      if (field.need == Need::kConditional && field.when.empty())
        refuse(kKey, base::Reason("policy.condition_missing").with("name", field.id));
      const bool chosen = field.type == AnswerType::kChoice || field.type == AnswerType::kChoices;
      if (chosen == field.choices.empty())
        refuse(kKey, base::Reason(chosen ? "policy.choices_missing" : "policy.choices_refused")
                         .with("name", field.id));
      if (field.least > field.most)
        refuse(kKey, base::Reason("policy.min_above_max").with("min", field.least).with("max", field.most));
      for (const Condition& each : field.when) condition(kKey, each);
    }
    summary();
  }

  // Each column of the summary sheet is a field of the form, or one that the pack adds to it (D8).
  void summary() {
    std::vector<std::string> known(kFormNames.begin(), kFormNames.end());
    known.reserve(known.size() + pack_.application.fields.size());
    for (const FormField& field : pack_.application.fields) known.push_back(field.id);
    for (const std::string& column : pack_.application.summary) {
      if (std::find(known.begin(), known.end(), column) != known.end()) continue;
      refuse("application.summary", with_suggestion("policy.name_unknown", column, known)
                                        .with("value", column)
                                        .with("allowed", join(known)));
    }
  }

  void evaluation() {
    const Evaluation& rules = pack_.evaluation;
    if (rules.mode == EvaluationMode::kPanel) {
      points_add_up();
    } else {
      panel_only(rules);
    }
    if (rules.threshold_points && *rules.threshold_points > rules.total_points) {
      refuse("evaluation.threshold_points", base::Reason("policy.threshold_above_total")
                                                .with("threshold", *rules.threshold_points)
                                                .with("total", rules.total_points));
    }
    unique("evaluation.criteria", rules.criteria, [](const Criterion& c) { return c.id; });
    unique("evaluation.bonuses", rules.bonuses, [](const Bonus& bonus) { return bonus.id; });
    tie_orders("evaluation.criteria", rules.criteria);
    tie_orders("supply.criteria", pack_.supply.criteria);
    if (rules.panel_size > 0 && rules.min_reviews > rules.panel_size) {
      refuse(
          "evaluation.min_reviews",
          base::Reason("policy.min_above_max").with("min", rules.min_reviews).with("max", rules.panel_size));
    }
  }

  // Points are given by a panel; without one nobody would apply these, or notice that nobody does.
  void panel_only(const Evaluation& rules) {
    const auto needs_panel = [this](std::string_view key, bool set) {
      if (set)
        refuse(key,
               base::Reason("policy.needs_value").with("needed", "evaluation.mode").with("value", "panel"));
    };
    needs_panel("evaluation.criteria", !rules.criteria.empty());
    needs_panel("evaluation.min_reviews", rules.min_reviews > 0);
    needs_panel("evaluation.threshold_points", rules.threshold_points.has_value());
    needs_panel("evaluation.bonuses", !rules.bonuses.empty());
    needs_panel("evaluation.bonus_cap_points", rules.bonus_cap_points.has_value());
  }

  // Two criteria with one place in the order of ties would leave the tie open; 0 stands for one that breaks
  // no tie.
  void tie_orders(std::string_view key, const std::vector<Criterion>& criteria) {
    std::set<std::int64_t> seen{0};
    for (const Criterion& criterion : criteria) {
      if (criterion.tie_order == 0 || seen.insert(criterion.tie_order).second) continue;
      refuse(key, base::Reason("policy.tie_order_twice")
                      .with("name", criterion.id)
                      .with("order", criterion.tie_order));
    }
  }

  void points_add_up() {
    std::int64_t sum = 0;
    for (const Criterion& criterion : pack_.evaluation.criteria) sum += criterion.max_points;
    if (sum != pack_.evaluation.total_points) {
      refuse("evaluation.criteria", base::Reason("policy.points_do_not_add_up")
                                        .with("sum", sum)
                                        .with("total", pack_.evaluation.total_points));
    }
  }

  void selection() {
    std::int64_t sum = 0;
    for (const Reservation& reservation : pack_.selection.reservations) sum += reservation.share_bp;
    if (sum > 10'000)
      refuse("selection.reservations", base::Reason("policy.shares_above_whole").with("sum_bp", sum));
    unique("selection.reservations", pack_.selection.reservations,
           [](const Reservation& reservation) { return reservation.track; });
    for (const Reservation& reservation : pack_.selection.reservations) {
      const auto& tracks = pack_.call.tracks;
      if (std::none_of(tracks.begin(), tracks.end(),
                       [&](const Track& track) { return track.id == reservation.track; })) {
        refuse("selection.reservations",
               base::Reason("policy.track_unknown").with("track", reservation.track));
      }
    }
    unique("selection.tie_break", pack_.selection.tie_break,
           [](TieBreak step) { return std::string(name_of(step)); });
  }

  void offer() {
    unique("offer.pools", pack_.offer.pools, [](const Pool& pool) { return pool.id; });
    for (const Pool& pool : pack_.offer.pools) {
      if (!std::is_sorted(pool.unit_menu.begin(), pool.unit_menu.end())) {
        refuse("offer.pools", base::Reason("policy.not_rising").with("name", pool.id));
      }
    }
  }

  void account() {
    const PasswordRules& password = pack_.account.password;
    if (password.min_length > password.max_length) {
      refuse("account.password.min_length", base::Reason("policy.min_above_max")
                                                .with("min", password.min_length)
                                                .with("max", password.max_length));
    }
    if (password.zigzag && password.keyboard_layouts.empty()) {
      refuse("account.password.zigzag",
             base::Reason("policy.needs_key").with("needed", "account.password.keyboard_layouts"));
    }
    if (password.run_min == 1) {
      refuse("account.password.run_min", base::Reason("policy.run_of_one"));
    }
    if (pack_.account.ip_block && pack_.account.ip_block_failures == 0) {
      refuse("account.ip_block",
             base::Reason("policy.needs_key").with("needed", "account.ip_block_failures"));
    }
    if (pack_.account.evict == Evict::kOldest && pack_.account.max_sessions == 0) {
      refuse("account.evict", base::Reason("policy.needs_key").with("needed", "account.max_sessions"));
    }
  }

  void utilisation() {
    const auto& bands = pack_.utilisation.bands;
    for (std::size_t i = 1; i < bands.size(); ++i) {
      if (bands[i - 1].after == bands[i].after && bands[i - 1].below_bp >= bands[i].below_bp) {
        refuse("utilisation.bands", base::Reason("policy.not_rising").with("name", "below_bp"));
      }
    }
  }

  void billing() {
    check_billing(pack_.billing,
                  [this](std::string_view key, base::Reason reason) { refuse(key, std::move(reason)); });
  }

  void outcomes() {
    for (const Obligation& obligation : pack_.outcomes.obligations) {
      if (obligation.due.year_end_month && obligation.due.due_month == 0) {
        refuse("outcomes.obligations", base::Reason("policy.needs_key").with("needed", "due_month"));
      }
    }
  }

  const Pack& pack_;
  Findings& findings_;
};

}  // namespace

void contradict(const Pack& pack, Findings& findings, std::string_view key, base::Reason reason) {
  const Provenance* from = pack.provenance(key);
  Finding finding{Finding::Severity::kError, key_pointer(key), {}, std::move(reason), ""};
  if (from != nullptr) {
    finding.position = from->position;
    finding.file = from->file;
  }
  findings.push_back(std::move(finding));
}

void check_consistency(const Pack& pack, Findings& findings) {
  Checker(pack, findings).run();
  check_periods(pack, findings);
  check_offer(pack, findings);
}

}  // namespace dure::policy
