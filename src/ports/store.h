// The store: one repository per noun, reached through a transaction.
//
// A Transaction sees one snapshot and either commits as a whole or leaves nothing. A writing transaction on
// SQLite is the only one at a time (it waits for its turn, at most the configured time: "store.busy"); on
// PostgreSQL several run and may fail at any step, commit included, with "store.conflict" because another
// came first: the command is then run again from its start (run_command in commands/ does that). A
// Transaction belongs to one thread. Calls block.
//
// Errors: kNotFound "store.not_found"; kConflict "store.version" where a row was changed since it was read,
// "store.duplicate" where a unique rule is broken, "store.conflict"; kUnavailable "store.busy",
// "store.unavailable".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "model/access.h"
#include "model/allocation_action.h"
#include "model/application.h"
#include "model/award.h"
#include "model/billing.h"
#include "model/call_attachment.h"
#include "model/capacity.h"
#include "model/closure.h"
#include "model/counter_offer.h"
#include "model/group.h"
#include "model/guidance.h"
#include "model/idle.h"
#include "model/machine.h"
#include "model/maintenance.h"
#include "model/notice.h"
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
#include "model/training.h"
#include "model/usage.h"
#include "model/use_review.h"
#include "model/waiting.h"
#include "model/workload.h"
#include "ports/query.h"

namespace dure::ports {

template <class Noun>
class Repository {
 public:
  virtual ~Repository() = default;
  // REQUIRES: row.version == 1.
  virtual base::Status insert(const Noun& row) = 0;
  // Writes the row where its version is still the stored one, and then counts row.version up.
  virtual base::Status update(Noun& row) = 0;
  virtual base::Result<Noun> get(const base::Id<Noun>& id) = 0;
  virtual base::Result<std::optional<Noun>> find(const base::Id<Noun>& id) = 0;
  // The first row of the query, if there is one.
  virtual base::Result<std::optional<Noun>> first(const Query& query) = 0;
  virtual base::Result<Page<Noun>> list(const Query& query) = 0;
  // The same page for those who only pass it on: appends its rows to `text`, with commas between them, as
  // JSON by the field table: secrets left out, personal data masked. Returns the cursor of the page after.
  virtual base::Result<std::string> list_text(const Query& query, std::string& text) = 0;
  virtual base::Result<std::int64_t> count(const Query& query) = 0;
  // The sum of a whole-number field over the rows of the query (order, limit and cursor do not matter).
  virtual base::Result<std::int64_t> sum(const std::string& field, const Query& query) = 0;
  // Takes the row away. Only for nouns whose rows may go (sessions, idempotency keys, leases, drafts,
  // quotas).
  virtual base::Status remove(const base::Id<Noun>& id) = 0;
};

class Transaction {
 public:
  virtual ~Transaction() = default;  // rolls back what was not committed

  virtual Repository<model::Organisation>& organisations() = 0;
  virtual Repository<model::Person>& people() = 0;
  virtual Repository<model::Account>& accounts() = 0;
  virtual Repository<model::RoleGrant>& role_grants() = 0;
  virtual Repository<model::Session>& sessions() = 0;
  virtual Repository<model::ApiToken>& api_tokens() = 0;
  virtual Repository<model::BlockedAddress>& blocked_addresses() = 0;
  virtual Repository<model::Programme>& programmes() = 0;
  virtual Repository<model::PolicyVersion>& policy_versions() = 0;
  virtual Repository<model::Call>& calls() = 0;
  virtual Repository<model::CallAttachment>& call_attachments() = 0;
  virtual Repository<model::Application>& applications() = 0;
  virtual Repository<model::Document>& documents() = 0;
  virtual Repository<model::Decision>& decisions() = 0;
  virtual Repository<model::Award>& awards() = 0;
  virtual Repository<model::Project>& projects() = 0;
  virtual Repository<model::Allocation>& allocations() = 0;
  virtual Repository<model::Outage>& outages() = 0;
  virtual Repository<model::Obligation>& obligations() = 0;
  virtual Repository<model::Quota>& quotas() = 0;
  virtual Repository<model::TrainingCompletion>& training_completions() = 0;
  virtual Repository<model::CounterOffer>& counter_offers() = 0;
  virtual Repository<model::AllocationAction>& allocation_actions() = 0;
  virtual Repository<model::ReviewCriteria>& review_criteria() = 0;
  virtual Repository<model::UtilisationReview>& utilisation_reviews() = 0;
  virtual Repository<model::IdleWarning>& idle_warnings() = 0;
  virtual Repository<model::Incident>& incidents() = 0;
  virtual Repository<model::Sanction>& sanctions() = 0;
  virtual Repository<model::Restriction>& restrictions() = 0;
  virtual Repository<model::Supplier>& suppliers() = 0;
  virtual Repository<model::SupplierCall>& supplier_calls() = 0;
  virtual Repository<model::SupplierProposal>& supplier_proposals() = 0;
  virtual Repository<model::SupplierEvaluation>& supplier_evaluations() = 0;
  virtual Repository<model::SupplyAgreement>& supply_agreements() = 0;
  virtual Repository<model::CapacityBatch>& capacity_batches() = 0;
  virtual Repository<model::SupplyTarget>& supply_targets() = 0;
  virtual Repository<model::DemandSurvey>& demand_surveys() = 0;
  virtual Repository<model::DemandAnswer>& demand_answers() = 0;
  virtual Repository<model::BeneficiaryReservation>& beneficiary_reservations() = 0;
  virtual Repository<model::EvidenceDocument>& evidence_documents() = 0;
  virtual Repository<model::Outcome>& outcomes() = 0;
  virtual Repository<model::AcknowledgementCheck>& acknowledgement_checks() = 0;
  virtual Repository<model::DataShare>& data_shares() = 0;
  virtual Repository<model::UserSurvey>& user_surveys() = 0;
  virtual Repository<model::SurveyParticipation>& survey_participations() = 0;
  virtual Repository<model::DeletionJob>& deletion_jobs() = 0;
  virtual Repository<model::RetentionHold>& retention_holds() = 0;
  virtual Repository<model::DeletionCertificate>& deletion_certificates() = 0;
  virtual Repository<model::Determination>& determinations() = 0;
  virtual Repository<model::Question>& questions() = 0;
  virtual Repository<model::Round>& rounds() = 0;
  virtual Repository<model::RoundEntry>& round_entries() = 0;
  virtual Repository<model::Panel>& panels() = 0;
  virtual Repository<model::PanelMember>& panel_members() = 0;
  virtual Repository<model::ConflictOfInterest>& conflicts_of_interest() = 0;
  virtual Repository<model::Review>& reviews() = 0;
  virtual Repository<model::BonusClaim>& bonus_claims() = 0;
  virtual Repository<model::Ranking>& rankings() = 0;
  virtual Repository<model::WaitlistEntry>& waitlist_entries() = 0;
  virtual Repository<model::Appeal>& appeals() = 0;
  virtual Repository<model::Node>& nodes() = 0;
  virtual Repository<model::Card>& cards() = 0;
  virtual Repository<model::Image>& images() = 0;
  virtual Repository<model::Volume>& volumes() = 0;
  virtual Repository<model::Workload>& workloads() = 0;
  virtual Repository<model::Revision>& revisions() = 0;
  virtual Repository<model::Run>& runs() = 0;
  virtual Repository<model::Replica>& replicas() = 0;
  virtual Repository<model::Share>& shares() = 0;
  virtual Repository<model::ShareUse>& share_uses() = 0;
  virtual Repository<model::ShareFinding>& share_findings() = 0;
  virtual Repository<model::MaintenanceWindow>& maintenance_windows() = 0;
  virtual Repository<model::Reservation>& reservations() = 0;
  virtual Repository<model::Group>& groups() = 0;
  virtual Repository<model::GroupMember>& group_members() = 0;
  virtual Repository<model::Observation>& observations() = 0;
  virtual Repository<model::LedgerEntry>& ledger_entries() = 0;
  virtual Repository<model::Invoice>& invoices() = 0;
  virtual Repository<model::InvoiceLine>& invoice_lines() = 0;
  virtual Repository<model::Payment>& payments() = 0;
  virtual Repository<model::CreditNote>& credit_notes() = 0;
  virtual Repository<model::AuditEntry>& audit_entries() = 0;
  virtual Repository<model::Event>& events() = 0;
  virtual Repository<model::Notification>& notifications() = 0;
  virtual Repository<model::NoticePreference>& notice_preferences() = 0;
  virtual Repository<model::NoticeSilence>& notice_silences() = 0;
  virtual Repository<model::NoticeText>& notice_texts() = 0;
  virtual Repository<model::NoticeMark>& notice_marks() = 0;
  virtual Repository<model::IdempotencyKey>& idempotency_keys() = 0;
  virtual Repository<model::LoopLease>& loop_leases() = 0;

  // The next number of a named series ("receipt/s0-regional-centre/2026", "uid", "gid", "invoice/2026"), from
  // `first` on. Numbers of transactions that roll back may be left out; none is given twice.
  virtual base::Result<std::int64_t> next_number(const std::string& series, std::int64_t first) = 0;

  // Makes everything written so far last. Nothing may be called after it.
  virtual base::Status commit() = 0;
};

enum class Access { kRead, kWrite };

class Store {
 public:
  virtual ~Store() = default;
  virtual base::Result<std::unique_ptr<Transaction>> begin(Access access) = 0;
  // Counts up with each transaction of this process that wrote who may do what (accounts, role grants,
  // sessions, API tokens), before its commit() returns: what was read of these is still so while this has not
  // changed since before it was read, but for what other processes write. Thread-safe; asks nobody.
  virtual std::uint64_t access_changes() const = 0;
  // "SQLite 3.40.1 var/dure.db (WAL)", "PostgreSQL 15.20 …": for logs and health. No secrets.
  virtual std::string describe() const = 0;
};

}  // namespace dure::ports
