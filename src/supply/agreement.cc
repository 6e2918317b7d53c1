#include "supply/agreement.h"

#include <tuple>
#include <utility>

#include "calendar/period.h"
#include "supply/refusals.h"
#include "supply/states.h"

namespace dure::supply {
namespace {

using model::AgreementEvent;
using model::SupplyAgreement;

base::Result<std::vector<model::PaymentMilestone>> agreed_payments(
    const std::vector<model::AskedPayment>& asked, base::Krw price) {
  std::vector<std::int64_t> shares;
  std::int64_t sum = 0;
  shares.reserve(asked.size());
  for (const auto& each : asked) {
    shares.push_back(each.share_bp);
    sum += each.share_bp;
  }
  if (sum != model::kWhole)
    return refused("/payments", base::Reason("supply.payments_not_whole").with("sum_bp", sum));
  const auto amounts = split_price(price, shares);
  std::vector<model::PaymentMilestone> payments;
  for (std::size_t i = 0; i < asked.size(); ++i)
    payments.push_back({asked[i].title, asked[i].share_bp, amounts[i], asked[i].due_on});
  return payments;
}

void set_payments(SupplyAgreement& agreement, const policy::Supply& rules,
                  const calendar::BusinessDays& days) {
  std::vector<std::int64_t> shares;
  shares.reserve(rules.payments.size());
  for (const auto& each : rules.payments) shares.push_back(each.share_bp);
  if (shares.empty()) return;
  const auto amounts = split_price(agreement.price, shares);
  for (std::size_t i = 0; i < shares.size(); ++i)
    agreement.payments.push_back(
        {rules.payments[i].title.ko, shares[i], amounts[i],
         calendar::period_end(*agreement.signed_on, rules.payments[i].after, calendar::kDeadline, days)});
}

// True where the command changes something of what is negotiable.
bool renegotiate(SupplyAgreement& agreement, const model::MoveAgreement& command) {
  const auto before = std::tie(agreement.own_use_bp, agreement.own_use_plan, agreement.sla);
  const auto old = std::tuple(agreement.own_use_bp, agreement.own_use_plan, agreement.sla);
  if (command.own_use_bp) agreement.own_use_bp = *command.own_use_bp;
  if (command.own_use_plan) agreement.own_use_plan = *command.own_use_plan;
  if (command.sla) agreement.sla = *command.sla;
  return before != old;
}

base::Status take_effect(SupplyAgreement& agreement, base::Date on, const policy::Supply& rules) {
  if (on < *agreement.signed_on)
    return refused(
        "/on",
        base::Reason("supply.before_signature").with("signed_on", base::to_text(*agreement.signed_on)));
  agreement.starts_on = on;
  if (rules.agreement_term) agreement.ends_on = calendar::period_end(on, *rules.agreement_term);
  return {};
}

base::Status amend(SupplyAgreement& agreement, const model::MoveAgreement& command) {
  if (command.ground.empty()) return refused("/ground", base::Reason("supply.ground_missing"));
  if (!renegotiate(agreement, command)) return refused("", base::Reason("supply.nothing_changed"));
  ++agreement.amendments;
  return {};
}

base::Status expire(const SupplyAgreement& agreement, base::Date today) {
  if (agreement.ends_on && today <= *agreement.ends_on)
    return base::error(
        base::ErrorKind::kConflict,
        base::Reason("supply.not_expired_yet").with("ends_on", base::to_text(*agreement.ends_on)));
  return {};
}

base::Status apply(SupplyAgreement& agreement, const model::MoveAgreement& command,
                   const policy::Supply& rules, base::Date today, const calendar::BusinessDays& days) {
  const base::Date on = command.on.value_or(today);
  switch (command.event) {
    case AgreementEvent::kNegotiate:
      renegotiate(agreement, command);
      return {};
    case AgreementEvent::kSign:
      agreement.signed_on = on;
      if (agreement.payments.empty()) set_payments(agreement, rules, days);
      return {};
    case AgreementEvent::kTakeEffect:
      return take_effect(agreement, on, rules);
    case AgreementEvent::kAmend:
      return amend(agreement, command);
    case AgreementEvent::kExpire:
      return expire(agreement, today);
    case AgreementEvent::kTerminate:
      if (command.ground.empty()) return refused("/ground", base::Reason("supply.ground_missing"));
      return {};
  }
  return {};
}

}  // namespace

std::int64_t most_own_use(const policy::Supply& rules) {
  return rules.self_use_max_bp.value_or(rules.self_use_allowed ? model::kWhole : 0);
}

base::Status check_own_use(std::int64_t own_use_bp, const policy::Supply& rules) {
  const std::int64_t most = most_own_use(rules);
  if (own_use_bp <= most) return {};
  return refused("/own_use_bp",
                 base::Reason("supply.own_use_above").with("own_use_bp", own_use_bp).with("most_bp", most));
}

base::Result<SupplyAgreement> draft_agreement(const model::SupplierProposal& proposal,
                                              const model::DraftAgreement& wish,
                                              const policy::Supply& rules) {
  if (proposal.state != model::ProposalState::kSelected)
    return base::error(base::ErrorKind::kConflict,
                       base::Reason("supply.proposal_not_selected")
                           .with("state", std::string(model::to_text(proposal.state))));
  SupplyAgreement draft;
  draft.programme_id = proposal.programme_id;
  draft.supplier_id = proposal.supplier_id;
  draft.supplier_proposal_id = proposal.id;
  draft.title = wish.title;
  draft.owner = rules.owner;
  draft.using_organisation = rules.user;
  draft.items = proposal.items;
  draft.price = proposal.price;
  draft.own_use_bp = proposal.own_use_bp;
  draft.own_use_plan = proposal.own_use_plan;
  draft.sla = wish.sla;
  if (wish.payments) {
    DURE_LET(payments, agreed_payments(*wish.payments, proposal.price));
    draft.payments = payments;
  }
  return draft;
}

base::Result<SupplyAgreement> move_agreement(SupplyAgreement agreement, const model::MoveAgreement& command,
                                             const policy::Supply& rules, base::Date today,
                                             const calendar::BusinessDays& days) {
  DURE_LET(state, next(agreement.state, command.event));
  if (command.on) {
    DURE_TRY(calendar::check_plannable(*command.on));
    if (today < *command.on)
      return refused("/on", base::Reason("supply.in_the_future").with("today", base::to_text(today)));
  }
  DURE_TRY(apply(agreement, command, rules, today, days));
  DURE_TRY(check_own_use(agreement.own_use_bp, rules));
  agreement.state = state;
  return agreement;
}

std::vector<base::Krw> split_price(base::Krw price, const std::vector<std::int64_t>& shares_bp) {
  std::vector<base::Krw> parts;
  base::Krw rest = price;
  for (std::size_t i = 0; i < shares_bp.size(); ++i) {
    const bool last = i + 1 == shares_bp.size();
    const base::Krw part =
        last ? rest : base::Krw{base::multiply_divide(price.won, shares_bp[i], model::kWhole)};
    parts.push_back(part);
    rest = rest - part;
  }
  return parts;
}

}  // namespace dure::supply
