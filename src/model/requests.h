// What the commands take and give beside the nouns themselves: the bodies of the API's writes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/quantity.h"
#include "base/reason.h"
#include "base/time.h"
#include "model/access.h"
#include "model/application.h"
#include "model/award.h"
#include "model/billing.h"
#include "model/fields.h"
#include "model/share_use.h"
#include "model/workload.h"

namespace dure::model {

struct PolicyLayerText {
  std::string name;  // of the file, for messages
  std::string text;  // YAML
};
DURE_VALUE_FIELDS(PolicyLayerText, field("name", &PolicyLayerText::name),
                  field("text", &PolicyLayerText::text));

// Loads a programme's policy: makes the programme, or puts a new version in force.
struct LoadPolicy {
  std::vector<PolicyLayerText>
      layers;  // over the product's default and the statutory floors, which always hold
};
DURE_VALUE_FIELDS(LoadPolicy, field("layers", &LoadPolicy::layers));

struct OpenCall {
  ProgrammeId programme_id;
  std::string title;
  std::optional<base::Instant> closes_at;
  std::optional<base::Instant> opens_at;  // later than now: announced until then (B2)
};
DURE_VALUE_FIELDS(OpenCall, field("programme_id", &OpenCall::programme_id), field("title", &OpenCall::title),
                  field("closes_at", &OpenCall::closes_at), field("opens_at", &OpenCall::opens_at));

struct CreateApplication {
  CallId call_id;
  Form1 form;
};
DURE_VALUE_FIELDS(CreateApplication, field("call_id", &CreateApplication::call_id),
                  field("form", &CreateApplication::form));

// The application and the token that its filer follows it up with, shown once.
struct CreatedApplication {
  Application application;
  std::string access_token;
};
DURE_VALUE_FIELDS(CreatedApplication, field("application", &CreatedApplication::application),
                  field("access_token", &CreatedApplication::access_token));

// A person's answer to an item that screening left open.
struct ScreeningAnswer {
  std::string rule;
  bool met = false;
  std::string ground;
};
DURE_VALUE_FIELDS(ScreeningAnswer, field("rule", &ScreeningAnswer::rule), field("met", &ScreeningAnswer::met),
                  field("ground", &ScreeningAnswer::ground));

enum class VerdictKind { kApprove, kReturn, kReject };
DURE_ENUM(VerdictKind, DURE_NAME(kApprove, "approve"), DURE_NAME(kReturn, "return"),
          DURE_NAME(kReject, "reject"));

struct DecideApplication {
  VerdictKind verdict = VerdictKind::kApprove;
  std::optional<ResourceAmount> awarded;  // of an approval; what was asked for, where left out
  std::optional<base::Date> starts_on;
  std::optional<std::int64_t> months;
  std::string ground;
  std::vector<ScreeningAnswer> answers;
  std::vector<std::string> determination_ids;  // that it cites
};
DURE_VALUE_FIELDS(DecideApplication, field("verdict", &DecideApplication::verdict),
                  field("awarded", &DecideApplication::awarded),
                  field("starts_on", &DecideApplication::starts_on),
                  field("months", &DecideApplication::months, Range{1, kMostMonths}),
                  field("ground", &DecideApplication::ground), field("answers", &DecideApplication::answers),
                  field("determination_ids", &DecideApplication::determination_ids));

struct OpenAllocation {
  std::optional<std::string> login;  // of the account; the form's wish, where left out
  std::string pool;                  // of the pack; the first that offers the award, where left out
};
DURE_VALUE_FIELDS(OpenAllocation, field("login", &OpenAllocation::login),
                  field("pool", &OpenAllocation::pool));

// Everything that opening an allocation made. The temporary password is shown once, to the operator.
struct OpenedAllocation {
  Allocation allocation;
  Project project;
  Account account;
  Obligation obligation;
  std::string temporary_password;
};
DURE_VALUE_FIELDS(OpenedAllocation, field("allocation", &OpenedAllocation::allocation),
                  field("project", &OpenedAllocation::project), field("account", &OpenedAllocation::account),
                  field("obligation", &OpenedAllocation::obligation),
                  field("temporary_password", &OpenedAllocation::temporary_password));

struct LogIn {
  std::string login;
  std::string password;
};
DURE_VALUE_FIELDS(LogIn, field("login", &LogIn::login), field("password", &LogIn::password));

struct LoggedIn {
  Session session;
  Account account;
  std::string token;
};
DURE_VALUE_FIELDS(LoggedIn, field("session", &LoggedIn::session), field("account", &LoggedIn::account),
                  field("token", &LoggedIn::token));

struct ChangePassword {
  std::string current;
  std::string replacement;
};
DURE_VALUE_FIELDS(ChangePassword, field("current", &ChangePassword::current),
                  field("new", &ChangePassword::replacement));

// Who the caller is, and with which roles.
struct WhoAmI {
  std::string actor;
  std::optional<Account> account;
  std::vector<RoleGrant> grants;
};
DURE_VALUE_FIELDS(WhoAmI, field("actor", &WhoAmI::actor), field("account", &WhoAmI::account),
                  field("grants", &WhoAmI::grants));

struct CreateToken {
  std::string name;
  std::optional<base::Instant> expires_at;
};
DURE_VALUE_FIELDS(CreateToken, field("name", &CreateToken::name),
                  field("expires_at", &CreateToken::expires_at));

struct CreatedToken {
  ApiToken api_token;
  std::string token;
};
DURE_VALUE_FIELDS(CreatedToken, field("api_token", &CreatedToken::api_token),
                  field("token", &CreatedToken::token));

// A password that an operator hands on, shown once.
struct TemporaryPassword {
  Account account;
  std::string temporary_password;
};
DURE_VALUE_FIELDS(TemporaryPassword, field("account", &TemporaryPassword::account),
                  field("temporary_password", &TemporaryPassword::temporary_password));

struct CreateGrant {
  AccountId account_id;
  Role role = Role::kMember;
  ScopeKind scope = ScopeKind::kProject;
  std::string scope_id;
  std::optional<base::Instant> ends_at;
};
DURE_VALUE_FIELDS(CreateGrant, field("account_id", &CreateGrant::account_id),
                  field("role", &CreateGrant::role), field("scope", &CreateGrant::scope),
                  field("scope_id", &CreateGrant::scope_id), field("ends_at", &CreateGrant::ends_at));

// With a project: of somebody who works on it, for its organisation, by the rules of its programme.
struct CreateAccount {
  std::string login;
  std::optional<ProgrammeId> programme_id;
  std::optional<ProjectId> project_id;
  std::string name;  // of the person; only with a project
  std::string position;
  std::string email;
  std::string phone;
  std::string mobile;
};
DURE_VALUE_FIELDS(CreateAccount, field("login", &CreateAccount::login),
                  field("programme_id", &CreateAccount::programme_id),
                  field("project_id", &CreateAccount::project_id),
                  field("name", &CreateAccount::name, Visibility::kPersonal),
                  field("position", &CreateAccount::position),
                  field("email", &CreateAccount::email, Visibility::kPersonal),
                  field("phone", &CreateAccount::phone, Visibility::kPersonal),
                  field("mobile", &CreateAccount::mobile, Visibility::kPersonal));

struct CreateWorkload {
  AllocationId allocation_id;
  WorkloadKind kind = WorkloadKind::kWorkspace;
  std::string name;
  WorkloadSpec spec;
};
DURE_VALUE_FIELDS(CreateWorkload, field("allocation_id", &CreateWorkload::allocation_id),
                  field("kind", &CreateWorkload::kind), field("name", &CreateWorkload::name),
                  field("spec", &CreateWorkload::spec));

// A workload with its current revision and its current or last run.
struct WorkloadView {
  Workload workload;
  Revision revision;
  std::optional<Run> run;
  std::vector<Replica> replicas;
  std::vector<Share> shares;
  std::vector<ShareUse> uses;           // of those shares on real cards, with how much of them in all
  std::optional<std::int64_t> used_bp;  // device time of what was given, basis points; null: not measured
  std::vector<ShareFinding> findings;
};
DURE_VALUE_FIELDS(WorkloadView, field("workload", &WorkloadView::workload),
                  field("revision", &WorkloadView::revision), field("run", &WorkloadView::run),
                  field("replicas", &WorkloadView::replicas), field("shares", &WorkloadView::shares),
                  field("uses", &WorkloadView::uses), field("used_bp", &WorkloadView::used_bp),
                  field("findings", &WorkloadView::findings));

// What a ticket is wanted for.
struct RequestAccess {
  std::string purpose;  // "terminal", "exec", "logs", "service"
  std::string service;
};
DURE_VALUE_FIELDS(RequestAccess, field("purpose", &RequestAccess::purpose),
                  field("service", &RequestAccess::service));

struct GrantedAccess {
  std::string url;  // at the gateway; the ticket is never part of it
  std::string ticket;
  base::Instant expires_at;
};
DURE_VALUE_FIELDS(GrantedAccess, field("url", &GrantedAccess::url), field("ticket", &GrantedAccess::ticket),
                  field("expires_at", &GrantedAccess::expires_at));

// One entry of the queue as people see it.
struct QueueItem {
  RunId run_id;
  WorkloadId workload_id;
  std::string name;
  ProjectId project_id;
  AccountId account_id;
  std::int64_t position = 1;
  std::int64_t priority = 0;
  std::string model;
  std::int64_t blocks = 0;
  std::int64_t cards = 0;
  base::Instant queued_at;
  std::optional<base::Reason> waiting;
  std::optional<base::Instant> estimated_start_at;
  std::vector<base::Reason> alternatives;  // what would help, most useful first
};
DURE_VALUE_FIELDS(QueueItem, field("run_id", &QueueItem::run_id),
                  field("workload_id", &QueueItem::workload_id), field("name", &QueueItem::name),
                  field("project_id", &QueueItem::project_id), field("account_id", &QueueItem::account_id),
                  field("position", &QueueItem::position), field("priority", &QueueItem::priority),
                  field("model", &QueueItem::model), field("blocks", &QueueItem::blocks),
                  field("cards", &QueueItem::cards), field("queued_at", &QueueItem::queued_at),
                  field("waiting", &QueueItem::waiting),
                  field("estimated_start_at", &QueueItem::estimated_start_at),
                  field("alternatives", &QueueItem::alternatives));

inline constexpr std::int64_t kMostPriority = 1'000'000;

struct MoveRun {
  std::int64_t priority = 0;
  std::string ground;
};
DURE_VALUE_FIELDS(MoveRun, field("priority", &MoveRun::priority, Range{-kMostPriority, kMostPriority}),
                  field("ground", &MoveRun::ground));

// What a run has done until then would not be lost if it were stopped.
struct RecordCheckpoint {
  std::optional<base::Instant> at;  // left out: now
};
DURE_VALUE_FIELDS(RecordCheckpoint, field("at", &RecordCheckpoint::at));

// Who moves by how much when a run's priority is changed: its place, and when it would start by all that is
// known now; nothing where something that must end first has no limit, or the run stands too far behind.
struct QueueMove {
  RunId run_id;
  std::int64_t old_position = 0;
  std::int64_t new_position = 0;
  std::optional<base::Instant> old_start;
  std::optional<base::Instant> new_start;
};
DURE_VALUE_FIELDS(QueueMove, field("run_id", &QueueMove::run_id),
                  field("old_position", &QueueMove::old_position),
                  field("new_position", &QueueMove::new_position), field("old_start", &QueueMove::old_start),
                  field("new_start", &QueueMove::new_start));

// One row of the table Total / Request Max / Available (P2).
struct ResourceRow {
  std::string resource;  // "cpu", "memory", "a100-40gb", "a100-40gb-block-0"
  std::string unit;      // "cores", "bytes", "cards", "blocks"
  std::int64_t total = 0;
  std::int64_t request_max = 0;
  std::int64_t available = 0;
  bool simulated = false;
};
DURE_VALUE_FIELDS(ResourceRow, field("resource", &ResourceRow::resource), field("unit", &ResourceRow::unit),
                  field("total", &ResourceRow::total), field("request_max", &ResourceRow::request_max),
                  field("available", &ResourceRow::available), field("simulated", &ResourceRow::simulated));

struct ResourceTable {
  std::vector<ResourceRow> resources;
  std::vector<ResourceRow> block_types;
};
DURE_VALUE_FIELDS(ResourceTable, field("resources", &ResourceTable::resources),
                  field("block_types", &ResourceTable::block_types));

struct MakeInvoice {
  AllocationId allocation_id;
  std::optional<base::Instant> period_start;  // left out: the end of the last invoice, else of the allocation
  std::optional<base::Instant> period_end;    // left out: now
  std::vector<PolicyLayerText> what_if;       // preview only: layers over the pack in force
};
DURE_VALUE_FIELDS(MakeInvoice, field("allocation_id", &MakeInvoice::allocation_id),
                  field("period_start", &MakeInvoice::period_start),
                  field("period_end", &MakeInvoice::period_end), field("what_if", &MakeInvoice::what_if));

struct InvoiceView {
  Invoice invoice;
  std::vector<InvoiceLine> lines;
};
DURE_VALUE_FIELDS(InvoiceView, field("invoice", &InvoiceView::invoice), field("lines", &InvoiceView::lines));

// What a project used, summed exactly from its ledger entries.
struct UsageSum {
  AllocationId allocation_id;
  base::Instant period_start;
  base::Instant period_end;
  base::Usage usage;
  std::int64_t milli_gpu_seconds = 0;
  std::int64_t entries = 0;
  std::int64_t estimated_entries = 0;
  // How much of their shares the runs used that were first read in the period, in basis points of device
  // time; null: none was measured. Beside what is charged: nothing is charged by it.
  std::optional<std::int64_t> used_bp;
};
DURE_VALUE_FIELDS(UsageSum, field("allocation_id", &UsageSum::allocation_id),
                  field("period_start", &UsageSum::period_start), field("period_end", &UsageSum::period_end),
                  field("milli_gpu_ms", &UsageSum::usage),
                  field("milli_gpu_seconds", &UsageSum::milli_gpu_seconds),
                  field("entries", &UsageSum::entries),
                  field("estimated_entries", &UsageSum::estimated_entries),
                  field("used_bp", &UsageSum::used_bp));

struct BeginOutage {
  std::string cause;
  std::string note;
  std::vector<std::string> node_ids;
};
DURE_VALUE_FIELDS(BeginOutage, field("cause", &BeginOutage::cause), field("note", &BeginOutage::note),
                  field("node_ids", &BeginOutage::node_ids));

struct EnrolNode {
  std::string name;
  std::string pool;
};
DURE_VALUE_FIELDS(EnrolNode, field("name", &EnrolNode::name), field("pool", &EnrolNode::pool));

struct EnrolledNode {
  NodeId node_id;
  std::string token;
};
DURE_VALUE_FIELDS(EnrolledNode, field("node_id", &EnrolledNode::node_id),
                  field("token", &EnrolledNode::token));

struct AuditVerdict {
  std::int64_t entries = 0;
  bool intact = true;
  std::int64_t broken_at = 0;
  std::string what;
  std::string head;
};
DURE_VALUE_FIELDS(AuditVerdict, field("entries", &AuditVerdict::entries),
                  field("intact", &AuditVerdict::intact), field("broken_at", &AuditVerdict::broken_at),
                  field("what", &AuditVerdict::what), field("head", &AuditVerdict::head));

}  // namespace dure::model
