#include "policy/effect.h"

#include <algorithm>
#include <array>

namespace dure::policy {
namespace {

using E = Effect;

constexpr auto kNotInForce = std::to_array<std::pair<std::string_view, Effect>>({
    {"meta.operator_name", E::kInformative},
    {"meta.issued_on", E::kInformative},
    {"meta.amended_on", E::kInformative},
    {"meta.ends_with", E::kNotYet},
    {"meta.languages", E::kNotYet},
    {"meta.fiscal_year_end_month", E::kNotYet},
    {"calendar.roll_deadlines", E::kNotYet},
    {"texts.files", E::kNotYet},
    {"supply.target_gpus", E::kNotYet},
    {"supply.agreement_term", E::kNotYet},
    {"supply.owner", E::kNotYet},
    {"supply.user", E::kNotYet},
    {"supply.self_use_max_bp", E::kNotYet},
    {"supply.conditional_capacity", E::kNotYet},
    {"supply.criteria", E::kNotYet},
    {"call.opens_on", E::kNotYet},
    {"call.closes_on", E::kNotYet},
    {"call.min_rounds_per_quarter", E::kNotYet},
    {"call.early_close_notice", E::kNotYet},
    {"call.panel_within", E::kNotYet},
    {"call.result_within", E::kNotYet},
    {"application.change_must_be_filed", E::kNotYet},
    {"offer.id_scope", E::kNotYet},
    {"offer.ids_by_demand", E::kNotYet},
    {"offer.storage_primary", E::kNotYet},
    {"offer.storage_backup", E::kNotYet},
    {"offer.one_pool_per_project", E::kNotYet},
    {"offer.one_model_per_project", E::kNotYet},
    {"offer.sized_by_scale", E::kNotYet},
    {"offer.may_change", E::kNotYet},
    {"offer.software", E::kNotYet},
    {"evaluation.mode", E::kNotYet},
    {"evaluation.panel_size", E::kNotYet},
    {"evaluation.min_reviews", E::kNotYet},
    {"evaluation.criteria", E::kNotYet},
    {"evaluation.total_points", E::kNotYet},
    {"evaluation.threshold_points", E::kNotYet},
    {"evaluation.threshold_on", E::kNotYet},
    {"evaluation.bonuses", E::kNotYet},
    {"evaluation.bonus_cap_points", E::kNotYet},
    {"evaluation.consolidation", E::kNotYet},
    {"selection.priority_classes", E::kNotYet},
    {"selection.priority_effect", E::kNotYet},
    {"selection.reservations", E::kNotYet},
    {"selection.institution_cap_bp", E::kNotYet},
    {"selection.institution_penalty_points", E::kNotYet},
    {"selection.partial_award", E::kNotYet},
    {"selection.waiting_list", E::kNotYet},
    {"selection.tie_break", E::kNotYet},
    {"award.accept_within", E::kNotYet},
    {"award.setup_grace_days", E::kNotYet},
    {"award.training_required", E::kNotYet},
    {"award.top_up", E::kNotYet},
    {"account.password.on_expiry", E::kNotYet},
    {"account.password.one_way", E::kAlways},
    {"account.personal_logins", E::kAlways},
    {"privacy.transport_encrypted", E::kNotYet},
    {"privacy.staff_accounts_personal", E::kAlways},
    {"privacy.mask_by_default", E::kAlways},
    {"privacy.large_scale", E::kNotYet},
    {"privacy.access_log_review", E::kNotYet},
    {"privacy.consents", E::kNotYet},
    {"utilisation.idle_days", E::kNotYet},
    {"utilisation.idle_when", E::kNotYet},
    {"utilisation.idle_measure", E::kNotYet},
    {"utilisation.notice_days", E::kNotYet},
    {"utilisation.review_cycle", E::kNotYet},
    {"utilisation.bands", E::kNotYet},
    {"utilisation.low_use_partial_reclaim", E::kNotYet},
    {"utilisation.exempt", E::kNotYet},
    {"utilisation.fake_load", E::kNotYet},
    {"utilisation.criteria_published_first", E::kNotYet},
    {"queue.order", E::kNotYet},
    {"queue.automatic_pending", E::kAlways},
    {"queue.operator_may_reorder", E::kNotYet},
    {"workload.workspace_idle_minutes", E::kNotYet},
    {"billing.currency", E::kAlways},
    {"billing.fee_needs_amendment", E::kNotYet},
    {"billing.basis", E::kNotYet},
    {"billing.invoice_due_days", E::kNotYet},
    {"sanctions.grounds", E::kNotYet},
    {"sanctions.opinion_days", E::kNotYet},
    {"sanctions.appeal_within", E::kNotYet},
    {"outcomes.acknowledgement", E::kInformative},
    {"outcomes.grant_number", E::kInformative},
    {"outcomes.data_share_types", E::kNotYet},
    {"outcomes.data_share_modes", E::kNotYet},
    {"outcomes.surveys_per_year", E::kNotYet},
    {"retention.access_log_days", E::kNotYet},
    {"retention.role_change_days", E::kNotYet},
    {"notify.urgent_stop_without_notice", E::kNotYet},
    {"determination.procedure", E::kInformative},
});

}  // namespace

std::string_view name_of(Effect effect) {
  switch (effect) {
    case Effect::kInForce:
      return "in_force";
    case Effect::kAlways:
      return "always";
    case Effect::kInformative:
      return "informative";
    case Effect::kNotYet:
      break;
  }
  return "not_yet";
}

Effect effect_of(std::string_view key) {
  const auto found = std::ranges::find(kNotInForce, key, &std::pair<std::string_view, Effect>::first);
  return found == kNotInForce.end() ? Effect::kInForce : found->second;
}

std::span<const std::pair<std::string_view, Effect>> keys_not_in_force() {
  return kNotInForce;
}

}  // namespace dure::policy
