#include "store_random.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <set>
#include <string_view>

#include "base/result.h"

namespace dure::store_test {

using wire::Form;
using wire::Shape;

std::int64_t Random::number() {
  constexpr std::array<std::int64_t, 8> kSharp{
      0, 1, -1, (1LL << 53) + 1, -((1LL << 53) + 1), INT64_MAX, INT64_MIN, 1LL << 31};
  if (one_in(2)) return kSharp[static_cast<std::size_t>(below(kSharp.size()))];
  return below(1'000'000'000'000) - 1000;
}

std::string Random::text() {
  static const std::array<std::string, 14> kSharp{"",
                                                  " ",
                                                  "가나다라 두레",
                                                  "각",
                                                  "👩‍🔬🚀 GPU",
                                                  "'; DROP TABLE accounts; --",
                                                  "\"quoted\" and \\back",
                                                  ":p1 $1 ?1 %s",
                                                  "line\nbreak\ttab\r",
                                                  "\xF4\x8F\xBF\xBF",
                                                  "0123",
                                                  "NULL",
                                                  "e\xCC\x81 ﬁ \xC2\xA0",
                                                  "{\"code\": [1, 2]}"};
  if (one_in(200)) return std::string(100'000, 'x') + "끝";
  std::string text = kSharp[static_cast<std::size_t>(below(kSharp.size()))];
  for (std::int64_t i = below(12); i > 0; --i) text += static_cast<char>('a' + below(26));
  return text;
}

std::string Random::uuid() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "00000000-0000-7000-8000-000000000000";
  for (char& each : text)
    if (each == '0') each = kDigits[static_cast<std::size_t>(below(16))];
  return text;
}

namespace {

void fill_reason(base::Reason& reason, Random& random) {
  reason.code = random.text();
  std::set<std::string> names;
  for (std::int64_t i = random.below(3); i > 0; --i) names.insert(random.text());
  for (const auto& name : names) {
    if (random.one_in(2))
      reason.with(name, random.number());
    else
      reason.with(name, random.text());
  }
}

void fill_items(const Shape& shape, void* value, Random& random) {
  shape.clear(value);
  for (std::int64_t i = random.below(4); i > 0; --i) {
    void* item = shape.form == Form::kList ? shape.append(value) : shape.insert(value, random.text());
    fill(*shape.item, item, random);
  }
}

}  // namespace

void fill(const Shape& shape, void* value, Random& random) {
  switch (shape.form) {
    case Form::kText:
      *shape.text(value) = random.text();
      break;
    case Form::kBool:
      *static_cast<bool*>(value) = random.one_in(2);
      break;
    case Form::kInteger:
      *shape.integer(value) = random.number();
      break;
    case Form::kInstant:
      static_cast<base::Instant*>(value)->us = random.number();
      break;
    case Form::kDate:
      *static_cast<base::Date*>(value) = base::from_days(random.below(60'000));
      break;
    case Form::kReason:
      fill_reason(*static_cast<base::Reason*>(value), random);
      break;
    case Form::kEnum:
      shape.set_name(value, shape.names.first[random.below(static_cast<std::int64_t>(shape.names.count))]);
      break;
    case Form::kOptional:
      shape.clear(value);
      if (random.one_in(2)) fill(*shape.item, shape.hold(value), random);
      break;
    case Form::kList:
    case Form::kMap:
      fill_items(shape, value, random);
      break;
    case Form::kObject:
      for (std::size_t i = 0; i < shape.member_count; ++i)
        fill(*shape.members[i].shape, shape.members[i].of(value), random);
  }
}

namespace {

void* loose(const void* value) {
  return const_cast<void*>(value);
}

bool equal_lists(const Shape& shape, const void* left, const void* right) {
  if (shape.size(left) != shape.size(right)) return false;
  for (std::size_t i = 0; i < shape.size(left); ++i)
    if (!equal(*shape.item, shape.at(left, i), shape.at(right, i))) return false;
  return true;
}

std::map<std::string, const void*> items_of(const Shape& shape, const void* map) {
  std::map<std::string, const void*> items;
  shape.each(map, &items, [](void* context, const std::string& key, const void* value) {
    (*static_cast<std::map<std::string, const void*>*>(context))[key] = value;
  });
  return items;
}

bool equal_maps(const Shape& shape, const void* left, const void* right) {
  const auto ours = items_of(shape, left);
  const auto theirs = items_of(shape, right);
  if (ours.size() != theirs.size()) return false;
  for (const auto& [key, value] : ours)
    if (!theirs.contains(key) || !equal(*shape.item, value, theirs.at(key))) return false;
  return true;
}

bool equal_optionals(const Shape& shape, const void* left, const void* right) {
  const void* ours = shape.held(left);
  const void* theirs = shape.held(right);
  if (!ours || !theirs) return ours == theirs;
  return equal(*shape.item, ours, theirs);
}

bool equal_objects(const Shape& shape, const void* left, const void* right) {
  for (std::size_t i = 0; i < shape.member_count; ++i) {
    const auto& member = shape.members[i];
    if (!equal(*member.shape, member.of(loose(left)), member.of(loose(right)))) return false;
  }
  return true;
}

}  // namespace

bool equal(const Shape& shape, const void* left, const void* right) {
  switch (shape.form) {
    case Form::kText:
      return *shape.text(loose(left)) == *shape.text(loose(right));
    case Form::kBool:
      return *static_cast<const bool*>(left) == *static_cast<const bool*>(right);
    case Form::kInteger:
      return *shape.integer(loose(left)) == *shape.integer(loose(right));
    case Form::kInstant:
      return *static_cast<const base::Instant*>(left) == *static_cast<const base::Instant*>(right);
    case Form::kDate:
      return *static_cast<const base::Date*>(left) == *static_cast<const base::Date*>(right);
    case Form::kReason:
      return *static_cast<const base::Reason*>(left) == *static_cast<const base::Reason*>(right);
    case Form::kEnum:
      return shape.name(left) == shape.name(right);
    case Form::kOptional:
      return equal_optionals(shape, left, right);
    case Form::kList:
      return equal_lists(shape, left, right);
    case Form::kMap:
      return equal_maps(shape, left, right);
    case Form::kObject:
      return equal_objects(shape, left, right);
  }
  return false;
}

namespace {

template <class Id>
void keep(std::optional<Id>& id, const Id& parent) {
  if (id) id = parent;
}

// What is in an index is short (migrations/).
template <class... Texts>
void shorten(Texts&... texts) {
  ((texts.size() > 1000 ? texts.clear() : void()), ...);
}

std::int64_t small(std::int64_t number) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(number) % 1'000'000'007);
}
// A small number that differs by text.
std::int64_t small_of(const std::string& text) {
  return small(static_cast<std::int64_t>(std::hash<std::string>{}(text) >> 2));
}

}  // namespace

void adopt(model::Organisation& row, const Family&) {
  shorten(row.name, row.business_number);
}
void adopt(model::TrainingCompletion& row, const Family& family) {
  shorten(row.material, row.material_version);
  row.programme_id = family.programme.id;
  row.project_id = family.project.id;
  row.allocation_id = family.allocation.id;
  row.account_id = family.account.id;
  row.material += row.id.text;
}
void adopt(model::CounterOffer& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.application_id = family.application.id;
  keep(row.award_id, family.award.id);
  row.waitlist_entry_id.reset();
}
void adopt(model::AllocationAction& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.project_id = family.project.id;
  row.allocation_id = family.allocation.id;
  row.blocks = small(row.blocks);
  row.blocks_before = small(row.blocks_before);
  row.blocks_after = small(row.blocks_after);
}
void adopt(model::Group& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.name = row.id.text;  // unique, and short enough
  row.storage = {small(row.storage.value)};
}
void adopt(model::GroupMember& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.group_id = family.group.id;
  row.account_id = family.account.id;
  if (!row.left_at) row.left_at = row.created_at;  // the family's account is in one group at a time
}
void adopt(model::Quota& row, const Family&) {
  for (auto* each : {&row.runs, &row.blocks, &row.cpu_milli})
    if (*each) *each = small(**each);
  for (auto* each : {&row.card_memory, &row.memory})
    if (*each) *each = base::Bytes{small((*each)->value)};
  if (row.weight) row.weight = 1 + small(*row.weight);
}
void adopt(model::Person& row, const Family& family) {
  shorten(row.email);
  row.organisation_id = family.organisation.id;
}
void adopt(model::Account& row, const Family& family) {
  shorten(row.login);
  row.login += row.id.text;
  row.failed_logins = small(row.failed_logins);
  row.uid = 0;
  keep(row.person_id, family.person.id);
  keep(row.programme_id, family.programme.id);
}
void adopt(model::RoleGrant& row, const Family& family) {
  shorten(row.scope_id);
  row.account_id = family.account.id;
}
void adopt(model::Session& row, const Family& family) {
  shorten(row.token_hash);
  row.account_id = family.account.id;
  row.token_hash += row.id.text;
}
void adopt(model::ApiToken& row, const Family& family) {
  shorten(row.scope_id, row.token_hash);
  keep(row.account_id, family.account.id);
  row.token_hash += row.id.text;
}
void adopt(model::Programme& row, const Family&) {
  shorten(row.code);
  row.code += row.id.text;
  row.policy_version_id.reset();
  row.next_policy_version_id.reset();
}
void adopt(model::PolicyVersion& row, const Family& family) {
  shorten(row.hash);

  keep(row.programme_id, family.programme.id);
}
void adopt(model::Call& row, const Family& family) {
  row.programme_id = family.programme.id;
}
void adopt(model::Application& row, const Family& family) {
  shorten(row.receipt_number);
  row.programme_id = family.programme.id;
  row.call_id = family.call.id;
  row.receipt_number += row.id.text;
  keep(row.account_id, family.account.id);
}
void adopt(model::CallAttachment& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.call_id = family.call.id;
  row.edition = 1 + small(row.edition);
  row.size = {small(row.size.value)};
}
void adopt(model::Document& row, const Family& family) {
  shorten(row.blob);
  row.application_id = family.application.id;
  row.size = {small(row.size.value)};
}
void adopt(model::Decision& row, const Family& family) {
  shorten(row.kind, row.subject);
  keep(row.application_id, family.application.id);
}
void adopt(model::Award& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.application_id = family.application.id;
  row.decision_id = family.decision.id;
  row.months = small(row.months);
}
void adopt(model::Project& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.organisation_id = family.organisation.id;
  row.application_id = family.application.id;
  row.gid = 0;
}
void adopt(model::Allocation& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.award_id = family.award.id;
  row.project_id = family.project.id;
  row.outage_given_back = {small(row.outage_given_back.us)};
}
void adopt(model::Obligation& row, const Family& family) {
  row.allocation_id = family.allocation.id;
}
void adopt(model::Supplier& row, const Family& family) {
  shorten(row.business_number);
  row.programme_id = family.programme.id;
  row.business_number += row.id.text;
}
void adopt(model::SupplierCall& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.budget = {small(row.budget.won)};
}
void adopt(model::SupplierProposal& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.supplier_call_id = family.supplier_call.id;
  row.supplier_id = family.supplier.id;
  row.price = {small(row.price.won)};
  row.running_cost = {small(row.running_cost.won)};
  row.performance_tf = small(row.performance_tf);
  row.own_use_bp = small(row.own_use_bp);
}
void adopt(model::SupplierEvaluation& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.supplier_proposal_id = family.supplier_proposal.id;
  row.account_id = family.account.id;
}
void adopt(model::SupplyAgreement& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.supplier_id = family.supplier.id;
  row.supplier_proposal_id.reset();
  row.price = {small(row.price.won)};
  row.own_use_bp = small(row.own_use_bp);
  row.amendments = small(row.amendments);
}
void adopt(model::CapacityBatch& row, const Family& family) {
  shorten(row.pool);
  row.programme_id = row.serves_programme_id = family.programme.id;
  keep(row.supply_agreement_id, family.supply_agreement.id);
  row.quantity = small(row.quantity);
  row.own_use_gpus = small(row.own_use_gpus);
}
void adopt(model::SupplyTarget& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.gpus = small(row.gpus);
  row.budget = {small(row.budget.won)};
}
void adopt(model::DemandSurvey& row, const Family& family) {
  row.programme_id = family.programme.id;
}
void adopt(model::DemandAnswer& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.demand_survey_id = family.demand_survey.id;
  row.gpus = small(row.gpus);
}
void adopt(model::BeneficiaryReservation& row, const Family& family) {
  shorten(row.pool);
  row.programme_id = family.programme.id;
  row.gpus = small(row.gpus);
}
void adopt(model::EvidenceDocument& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.project_id = family.project.id;
  row.size = {small(row.size.value)};
}
void adopt(model::Outcome& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.project_id = family.project.id;
  row.allocation_id = family.allocation.id;
  row.obligation_id.reset();
}
void adopt(model::AcknowledgementCheck& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.project_id = family.project.id;
  row.outcome_id = family.outcome.id;
  row.evidence_document_id = family.evidence_document.id;
}
void adopt(model::DataShare& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.project_id = family.project.id;
  row.allocation_id = family.allocation.id;
  row.obligation_id.reset();
}
void adopt(model::UserSurvey& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.year = small(row.year);
  row.answers = small(row.answers);
}
void adopt(model::SurveyParticipation& row, const Family& family) {
  row.user_survey_id = family.user_survey.id;
  row.account_id = family.account.id;
}
void adopt(model::DeletionJob& row, const Family& family) {
  row.programme_id = family.programme.id;
  keep(row.project_id, family.project.id);
  row.allocation_id.reset();
  row.account_id.reset();
  row.attempts = small(row.attempts);
  for (auto& item : row.items)  // written as text within the row, which has years of four digits
    if (item.done_at) item.done_at->us = small(item.done_at->us);
}
void adopt(model::RetentionHold& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.deletion_job_id = family.deletion_job.id;
}
void adopt(model::DeletionCertificate& row, const Family& family) {
  row.programme_id = family.programme.id;
  keep(row.project_id, family.project.id);
  row.deletion_job_id = family.deletion_job.id;
}
void adopt(model::Determination& row, const Family& family) {
  row.programme_id = family.programme.id;
}
void adopt(model::Question& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.account_id = family.account.id;
}
void adopt(model::ReviewCriteria& row, const Family& family) {
  row.programme_id = family.programme.id;
}
void adopt(model::UtilisationReview& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.project_id = family.project.id;
  row.allocation_id = family.allocation.id;
  row.number = 1 + small(row.number);
  row.period_from = base::from_days(1 + small_of(row.id.text) % 1'000'000);
  row.blocks = small(row.blocks);
  row.proposed_blocks = small(row.proposed_blocks);
  row.decided_blocks = small(row.decided_blocks);
}
void adopt(model::IdleWarning& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.project_id = family.project.id;
  row.allocation_id = family.allocation.id;
  row.closed_at = row.created_at;  // at most one of an allocation is open
}
void adopt(model::Incident& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.allocation_id = family.allocation.id;
  row.run_id.reset();
}
void adopt(model::Sanction& row, const Family& family) {
  shorten(row.subject, row.ground);
  row.programme_id = family.programme.id;
  row.subject += row.id.text;
}
void adopt(model::Restriction& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.centi_points = small(row.centi_points);
}
void adopt(model::Round& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.call_id = family.call.id;
  row.number = small(row.number);
}
void adopt(model::RoundEntry& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.round_id = family.round.id;
  row.application_id = family.application.id;
  row.position = small(row.position);
}
void adopt(model::Panel& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.round_id = family.other_round.id.empty() ? family.round.id : family.other_round.id;
  row.size = small(row.size);
  if (row.minutes) row.minutes->recorded_at.us = small(row.minutes->recorded_at.us);
}
void adopt(model::PanelMember& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.panel_id = family.panel.id;
  row.account_id = family.account.id;
}
void adopt(model::ConflictOfInterest& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.round_id = family.round.id;
  row.application_id = family.application.id;
  row.account_id = family.account.id;
}
void adopt(model::Review& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.round_id = family.round.id;
  row.application_id = family.application.id;
  row.account_id = family.account.id;
  row.position = small(row.position);
  row.reopened = small(row.reopened);
}
void adopt(model::BonusClaim& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.application_id = family.application.id;
  if (row.rule.size() > 100) row.rule.clear();
}
void adopt(model::Ranking& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.round_id = family.round.id;
  if (row.pool.size() > 100) row.pool.clear();
  for (auto* each : {&row.ranked, &row.selected, &row.waitlisted}) *each = small(*each);
}
void adopt(model::WaitlistEntry& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.call_id = family.call.id;
  row.application_id = family.application.id;
  keep(row.ranking_id, family.ranking.id);
  keep(row.award_id, family.award.id);
  if (row.pool.size() > 100) row.pool.clear();
  row.position = small(row.position);
}
void adopt(model::Appeal& row, const Family& family) {
  row.programme_id = family.programme.id;
  row.application_id = family.application.id;
  row.decision_id = family.decision.id;
}
void adopt(model::Card& row, const Family& family) {
  shorten(row.model);
  row.node_id = family.node.id;
  row.memory = {small(row.memory.value)};
}
void adopt(model::Volume& row, const Family& family) {
  shorten(row.name);
  row.project_id = family.project.id;
  row.account_id = family.account.id;
  row.name += row.id.text;
  row.quota = {small(row.quota.value)};
  keep(row.node_id, family.node.id);
}
void adopt(model::Workload& row, const Family& family) {
  row.allocation_id = family.allocation.id;
  row.account_id = family.account.id;
  row.run_id.reset();
}
void adopt(model::Revision& row, const Family& family) {
  row.workload_id = family.workload.id;
  row.number = 2 + small(row.number) + small_of(row.id.text);
}
void adopt(model::Run& row, const Family& family) {
  row.workload_id = family.workload.id;
  row.revision_id = family.revision.id;
  row.attempt = 2 + small_of(row.id.text);
}
void adopt(model::Replica& row, const Family& family) {
  row.run_id = family.run.id;
  row.node_id = family.node.id;
  row.number = small_of(row.id.text);
}
void adopt(model::Share& row, const Family& family) {
  row.replica_id = family.replica.id;
  row.card_id = family.other_card.id.empty() ? family.card.id : family.other_card.id;
  row.milli_gpu = {1 + small(row.milli_gpu.value) % 1000};
  row.memory = {small(row.memory.value)};
  row.mig_start = small(row.mig_start) % 8;
  row.mig_milli_gpu = {small(row.mig_milli_gpu.value) % 1001};
}
void adopt(model::ShareUse& row, const Family&) {
  shorten(row.run_id.text, row.allocation_id.text);
  for (auto* each : {&row.device_ns, &row.elapsed_ns, &row.given_ns, &row.refused}) *each = small(*each);
  for (auto* each : {&row.memory, &row.memory_high}) *each = base::Bytes{small(each->value)};
}
void adopt(model::ShareFinding& row, const Family&) {
  shorten(row.node_id.text, row.run_id.text);
}
void adopt(model::MaintenanceWindow& row, const Family& family) {
  row.node_id = family.node.id;
}
void adopt(model::Reservation& row, const Family& family) {
  row.project_id = family.project.id;
  row.cards = small(row.cards);
}
void adopt(model::Observation& row, const Family& family) {
  shorten(row.boot_id);
  row.node_id = family.node.id;
  row.replica_id = family.replica.id;
  row.sequence = small(row.sequence);
  row.boot_id += row.id.text;
}
void adopt(model::LedgerEntry& row, const Family& family) {
  row.share_id = family.share.id;
  row.allocation_id = family.allocation.id;
  row.milli_gpu = {1 + small(row.milli_gpu.value) % 1000};
  row.from_ms = small_of(row.id.text);
  row.to_ms = row.from_ms + small(row.to_ms);
  row.usage = {row.milli_gpu.value * (row.to_ms - row.from_ms)};
  row.corrects.reset();
  if (row.kind != model::LedgerKind::kCorrection) return;
  row.corrects = family.entry.id.empty() ? row.id : family.entry.id;
  row.usage = {-row.usage.milli_gpu_ms};
}
void adopt(model::Invoice& row, const Family& family) {
  shorten(row.number);
  row.allocation_id = family.allocation.id;
  row.number += row.id.text;
  row.period_end = {std::max(row.period_start.us, row.period_end.us)};
}
void adopt(model::InvoiceLine& row, const Family& family) {
  row.invoice_id = family.invoice.id;
  row.number = small_of(row.id.text);
  row.discount = {small(row.discount.won)};
  row.amount = {small(row.amount.won)};
  row.gross = row.amount + row.discount;
  row.corrects_invoice_id = row.corrects_invoice_id ? std::optional(family.invoice.id) : std::nullopt;
}
void adopt(model::Payment& row, const Family& family) {
  row.invoice_id = family.invoice.id;
  shorten(row.reference);
  row.reference += row.id.text;
  row.amount = {small(row.amount.won) + 1};
}
void adopt(model::CreditNote& row, const Family& family) {
  row.invoice_id = family.invoice.id;
  shorten(row.number);
  row.number += row.id.text;
  row.amount = {small(row.amount.won) + 1};
}
void adopt(model::AuditEntry& row, const Family&) {
  shorten(row.actor, row.resource, row.scope, row.subject);
  row.position = 0;
}
void adopt(model::Event& row, const Family&) {
  shorten(row.resource, row.programme_id, row.project_id, row.account_id);
  row.position = 0;
}
void adopt(model::Notification& row, const Family&) {
  shorten(row.source, row.event, row.resource, row.recipient);
  row.source += row.id.text;
  row.attempts = small(row.attempts);
}
void adopt(model::NoticePreference& row, const Family& family) {
  row.account_id = family.account.id;
}
void adopt(model::NoticeText& row, const Family& family) {
  row.programme_id = family.programme.id;
  shorten(row.name, row.sha256);
  row.name += row.id.text;
}
void adopt(model::NoticeMark& row, const Family&) {
  shorten(row.name);
  row.name += row.id.text;
  row.position = small(row.position);
}
void adopt(model::Node& row, const Family&) {
  shorten(row.name);
  row.name += row.id.text;
}
void adopt(model::Image& row, const Family&) {
  shorten(row.reference);
  row.reference += row.id.text;
}
void adopt(model::BlockedAddress& row, const Family&) {
  shorten(row.address);
  row.address += row.id.text;
}
void adopt(model::IdempotencyKey& row, const Family&) {
  shorten(row.owner, row.key);
  row.key += row.id.text;
}
void adopt(model::LoopLease& row, const Family&) {
  shorten(row.role);
  row.role += row.id.text;
  row.fencing = small(row.fencing);
}

namespace {

template <class Noun>
void insert(ports::Repository<Noun>& rows, Noun& place, Random& random, const Family& family) {
  place = make<Noun>(random, family);
  const auto inserted = rows.insert(place);
  if (inserted.ok()) return;
  std::fprintf(stderr, "a row of the family was refused: %s %s\n", inserted.failure().reason.code.c_str(),
               std::string(model::Fields<Noun>::kTable).c_str());
  std::abort();
}

}  // namespace

Family insert_family(ports::Transaction& tx, Random& random) {
  Family one;
  insert(tx.organisations(), one.organisation, random, one);
  insert(tx.people(), one.person, random, one);
  insert(tx.programmes(), one.programme, random, one);
  insert(tx.accounts(), one.account, random, one);
  insert(tx.calls(), one.call, random, one);
  insert(tx.applications(), one.application, random, one);
  insert(tx.decisions(), one.decision, random, one);
  insert(tx.awards(), one.award, random, one);
  insert(tx.projects(), one.project, random, one);
  insert(tx.allocations(), one.allocation, random, one);
  insert(tx.suppliers(), one.supplier, random, one);
  insert(tx.supplier_calls(), one.supplier_call, random, one);
  insert(tx.supplier_proposals(), one.supplier_proposal, random, one);
  insert(tx.supply_agreements(), one.supply_agreement, random, one);
  insert(tx.demand_surveys(), one.demand_survey, random, one);
  insert(tx.rounds(), one.round, random, one);
  insert(tx.panels(), one.panel, random, one);
  insert(tx.rounds(), one.other_round, random, one);
  insert(tx.rankings(), one.ranking, random, one);
  insert(tx.evidence_documents(), one.evidence_document, random, one);
  insert(tx.outcomes(), one.outcome, random, one);
  insert(tx.user_surveys(), one.user_survey, random, one);
  insert(tx.deletion_jobs(), one.deletion_job, random, one);
  insert(tx.groups(), one.group, random, one);
  insert(tx.nodes(), one.node, random, one);
  insert(tx.cards(), one.card, random, one);
  insert(tx.workloads(), one.workload, random, one);
  insert(tx.revisions(), one.revision, random, one);
  insert(tx.runs(), one.run, random, one);
  insert(tx.replicas(), one.replica, random, one);
  insert(tx.shares(), one.share, random, one);
  insert(tx.cards(), one.other_card, random, one);
  insert(tx.ledger_entries(), one.entry, random, one);
  insert(tx.invoices(), one.invoice, random, one);
  return one;
}

}  // namespace dure::store_test
