// Rows with any content that their field tables allow, and the families that they need to exist.
//
// Made from the shapes of wire/shape.h, so that a field added to a noun is covered without a change here.
// What ties rows together (foreign keys) and what the schema checks is set by adopt().
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>

#include "model/access.h"
#include "model/application.h"
#include "model/award.h"
#include "model/billing.h"
#include "model/capacity.h"
#include "model/closure.h"
#include "model/group.h"
#include "model/guidance.h"
#include "model/machine.h"
#include "model/maintenance.h"
#include "model/outcome.h"
#include "model/panel.h"
#include "model/party.h"
#include "model/programme.h"
#include "model/quota.h"
#include "model/record.h"
#include "model/reservation.h"
#include "model/round.h"
#include "model/sanction.h"
#include "model/share_use.h"
#include "model/supply.h"
#include "model/usage.h"
#include "model/use_review.h"
#include "model/waiting.h"
#include "model/workload.h"
#include "ports/store.h"
#include "wire/shape.h"

namespace dure::store_test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}
  std::int64_t below(std::int64_t end) {
    return static_cast<std::int64_t>(bits_() % static_cast<std::uint64_t>(end));
  }
  bool one_in(std::int64_t n) { return below(n) == 0; }
  // Often one that breaks something: 0, -1, 2^53 + 1, the ends of 64 bits.
  std::int64_t number();
  // Often one that breaks something: empty, Hangul, emoji, quotes, what looks like SQL or a bind, very long.
  std::string text();
  std::string uuid();

 private:
  std::mt19937_64 bits_;
};

void fill(const wire::Shape& shape, void* value, Random& random);
// Member by member, at any depth.
bool equal(const wire::Shape& shape, const void* left, const void* right);

template <class Noun>
bool equal(const Noun& left, const Noun& right) {
  return equal(wire::kShape<Noun>, &left, &right);
}

// One row of everything that other rows point at.
struct Family {
  model::Organisation organisation;
  model::Person person;
  model::Programme programme;
  model::Account account;
  model::Call call;
  model::Application application;
  model::Decision decision;
  model::Award award;
  model::Project project;
  model::Allocation allocation;
  model::Supplier supplier;
  model::SupplierCall supplier_call;
  model::SupplierProposal supplier_proposal;
  model::SupplyAgreement supply_agreement;
  model::DemandSurvey demand_survey;
  model::Round round;
  model::Round other_round;  // that has no panel yet
  model::Panel panel;
  model::Ranking ranking;
  model::EvidenceDocument evidence_document;
  model::Outcome outcome;
  model::UserSurvey user_survey;
  model::DeletionJob deletion_job;
  model::Group group;
  model::Node node;
  model::Card card;
  model::Card other_card;  // on which the family's replica has no share yet
  model::Workload workload;
  model::Revision revision;
  model::Run run;
  model::Replica replica;
  model::Share share;
  model::LedgerEntry entry;
  model::Invoice invoice;
};

// Makes a random row fit for the store: of this family, within what the schema checks.
void adopt(model::Organisation& row, const Family& family);
void adopt(model::Quota& row, const Family& family);
void adopt(model::Group& row, const Family& family);
void adopt(model::GroupMember& row, const Family& family);
void adopt(model::TrainingCompletion& row, const Family& family);
void adopt(model::CounterOffer& row, const Family& family);
void adopt(model::AllocationAction& row, const Family& family);
void adopt(model::Person& row, const Family& family);
void adopt(model::Account& row, const Family& family);
void adopt(model::RoleGrant& row, const Family& family);
void adopt(model::Session& row, const Family& family);
void adopt(model::ApiToken& row, const Family& family);
void adopt(model::Programme& row, const Family& family);
void adopt(model::PolicyVersion& row, const Family& family);
void adopt(model::Call& row, const Family& family);
void adopt(model::Application& row, const Family& family);
void adopt(model::CallAttachment& row, const Family& family);
void adopt(model::Document& row, const Family& family);
void adopt(model::Decision& row, const Family& family);
void adopt(model::Award& row, const Family& family);
void adopt(model::Project& row, const Family& family);
void adopt(model::Allocation& row, const Family& family);
void adopt(model::Obligation& row, const Family& family);
void adopt(model::Supplier& row, const Family& family);
void adopt(model::SupplierCall& row, const Family& family);
void adopt(model::SupplierProposal& row, const Family& family);
void adopt(model::SupplierEvaluation& row, const Family& family);
void adopt(model::SupplyAgreement& row, const Family& family);
void adopt(model::CapacityBatch& row, const Family& family);
void adopt(model::SupplyTarget& row, const Family& family);
void adopt(model::DemandSurvey& row, const Family& family);
void adopt(model::DemandAnswer& row, const Family& family);
void adopt(model::BeneficiaryReservation& row, const Family& family);
void adopt(model::EvidenceDocument& row, const Family& family);
void adopt(model::Outcome& row, const Family& family);
void adopt(model::AcknowledgementCheck& row, const Family& family);
void adopt(model::DataShare& row, const Family& family);
void adopt(model::UserSurvey& row, const Family& family);
void adopt(model::SurveyParticipation& row, const Family& family);
void adopt(model::DeletionJob& row, const Family& family);
void adopt(model::RetentionHold& row, const Family& family);
void adopt(model::DeletionCertificate& row, const Family& family);
void adopt(model::Determination& row, const Family& family);
void adopt(model::Question& row, const Family& family);
void adopt(model::ReviewCriteria& row, const Family& family);
void adopt(model::UtilisationReview& row, const Family& family);
void adopt(model::IdleWarning& row, const Family& family);
void adopt(model::Incident& row, const Family& family);
void adopt(model::Sanction& row, const Family& family);
void adopt(model::Restriction& row, const Family& family);
void adopt(model::Round& row, const Family& family);
void adopt(model::RoundEntry& row, const Family& family);
void adopt(model::Panel& row, const Family& family);
void adopt(model::PanelMember& row, const Family& family);
void adopt(model::ConflictOfInterest& row, const Family& family);
void adopt(model::Review& row, const Family& family);
void adopt(model::BonusClaim& row, const Family& family);
void adopt(model::Ranking& row, const Family& family);
void adopt(model::WaitlistEntry& row, const Family& family);
void adopt(model::Appeal& row, const Family& family);
void adopt(model::Node& row, const Family& family);
void adopt(model::Card& row, const Family& family);
void adopt(model::Image& row, const Family& family);
void adopt(model::Volume& row, const Family& family);
void adopt(model::Workload& row, const Family& family);
void adopt(model::Revision& row, const Family& family);
void adopt(model::Run& row, const Family& family);
void adopt(model::Replica& row, const Family& family);
void adopt(model::Share& row, const Family& family);
void adopt(model::ShareUse& row, const Family& family);
void adopt(model::ShareFinding& row, const Family& family);
void adopt(model::MaintenanceWindow& row, const Family& family);
void adopt(model::Reservation& row, const Family& family);
void adopt(model::Observation& row, const Family& family);
void adopt(model::LedgerEntry& row, const Family& family);
void adopt(model::Invoice& row, const Family& family);
void adopt(model::InvoiceLine& row, const Family& family);
void adopt(model::Payment& row, const Family& family);
void adopt(model::CreditNote& row, const Family& family);
void adopt(model::AuditEntry& row, const Family& family);
void adopt(model::Event& row, const Family& family);
void adopt(model::Notification& row, const Family& family);
void adopt(model::NoticePreference& row, const Family& family);
void adopt(model::NoticeText& row, const Family& family);
void adopt(model::NoticeMark& row, const Family& family);
void adopt(model::BlockedAddress& row, const Family& family);
void adopt(model::IdempotencyKey& row, const Family& family);
void adopt(model::LoopLease& row, const Family& family);
template <class Noun>
void adopt(Noun&, const Family&) {}

template <class Noun>
Noun make(Random& random, const Family& family) {
  Noun row;
  fill(wire::kShape<Noun>, &row, random);
  row.id.text = random.uuid();
  row.version = 1;
  adopt(row, family);
  return row;
}

// Random rows, inserted.
Family insert_family(ports::Transaction& transaction, Random& random);

}  // namespace dure::store_test
