// Where each noun lies, for authorization: its Resource from its row, and the columns by which a list of it
// is filtered.
//
// One table for both, so that a list holds exactly the rows that a single read would give (decision 8).
#pragma once

#include <string_view>
#include <type_traits>

#include "access/authorize.h"
#include "ports/store.h"

namespace dure::commands {

// Names of the columns that hold each scope's id; "" where the noun has none.
struct ScopeColumns {
  access::ResourceKind kind = access::ResourceKind::kCentre;
  access::Permission read = access::Permission::kCentreRead;
  std::string_view programme = "";
  std::string_view project = "";
  std::string_view application = "";
  std::string_view node = "";
  std::string_view account = "";
};

template <class Noun>
struct ScopeOf;  // specialised in scope.cc's table below: static constexpr ScopeColumns kColumns

#define DURE_SCOPE(Noun, ...)                             \
  template <>                                             \
  struct ScopeOf<model::Noun> {                           \
    static constexpr ScopeColumns kColumns = __VA_ARGS__; \
  }

using Kind = access::ResourceKind;
using Permit = access::Permission;
DURE_SCOPE(Programme, {Kind::kProgramme, Permit::kProgrammeRead, "id"});
DURE_SCOPE(PolicyVersion, {Kind::kProgramme, Permit::kProgrammeRead, "programme_id"});
DURE_SCOPE(Call, {Kind::kCall, Permit::kCallRead, "programme_id"});
DURE_SCOPE(CallAttachment, {Kind::kCall, Permit::kCallRead, "programme_id"});
DURE_SCOPE(Application, {.kind = Kind::kApplication,
                         .read = Permit::kApplicationRead,
                         .programme = "programme_id",
                         .application = "id",
                         .account = "account_id"});
DURE_SCOPE(Document, {.kind = Kind::kApplication,
                      .read = Permit::kApplicationRead,
                      .programme = "programme_id",
                      .application = "application_id"});
DURE_SCOPE(Decision, {.kind = Kind::kApplication,
                      .read = Permit::kApplicationRead,
                      .programme = "programme_id",
                      .application = "application_id"});
DURE_SCOPE(Award, {.kind = Kind::kAward,
                   .read = Permit::kAwardRead,
                   .programme = "programme_id",
                   .project = "project_id",
                   .application = "application_id"});
DURE_SCOPE(Project, {.kind = Kind::kProject,
                     .read = Permit::kProjectRead,
                     .programme = "programme_id",
                     .project = "id",
                     .application = "application_id"});
DURE_SCOPE(Allocation, {.kind = Kind::kAllocation,
                        .read = Permit::kAllocationRead,
                        .programme = "programme_id",
                        .project = "project_id"});
DURE_SCOPE(TrainingCompletion, {.kind = Kind::kAllocation,
                                .read = Permit::kAllocationRead,
                                .programme = "programme_id",
                                .project = "project_id"});
DURE_SCOPE(AllocationAction, {.kind = Kind::kAllocation,
                              .read = Permit::kAllocationRead,
                              .programme = "programme_id",
                              .project = "project_id"});
DURE_SCOPE(CounterOffer, {.kind = Kind::kApplication,
                          .read = Permit::kApplicationRead,
                          .programme = "programme_id",
                          .application = "application_id"});
DURE_SCOPE(Obligation, {.kind = Kind::kObligation,
                        .read = Permit::kObligationRead,
                        .programme = "programme_id",
                        .project = "project_id"});
DURE_SCOPE(EvidenceDocument, {.kind = Kind::kObligation,
                              .read = Permit::kObligationRead,
                              .programme = "programme_id",
                              .project = "project_id"});
DURE_SCOPE(Outcome, {.kind = Kind::kObligation,
                     .read = Permit::kObligationRead,
                     .programme = "programme_id",
                     .project = "project_id"});
DURE_SCOPE(AcknowledgementCheck, {.kind = Kind::kObligation,
                                  .read = Permit::kObligationRead,
                                  .programme = "programme_id",
                                  .project = "project_id"});
DURE_SCOPE(DataShare, {.kind = Kind::kObligation,
                       .read = Permit::kObligationRead,
                       .programme = "programme_id",
                       .project = "project_id"});
DURE_SCOPE(UserSurvey, {.kind = Kind::kSurvey, .read = Permit::kSurveyRead, .programme = "programme_id"});
DURE_SCOPE(DeletionJob, {.kind = Kind::kDeletion,
                         .read = Permit::kDeletionRead,
                         .programme = "programme_id",
                         .project = "project_id",
                         .account = "account_id"});
DURE_SCOPE(RetentionHold,
           {.kind = Kind::kDeletion, .read = Permit::kDeletionRead, .programme = "programme_id"});
DURE_SCOPE(DeletionCertificate, {.kind = Kind::kDeletion,
                                 .read = Permit::kDeletionRead,
                                 .programme = "programme_id",
                                 .project = "project_id"});
DURE_SCOPE(Determination,
           {.kind = Kind::kDetermination, .read = Permit::kDeterminationRead, .programme = "programme_id"});
DURE_SCOPE(Question, {.kind = Kind::kQuestion,
                      .read = Permit::kQuestionRead,
                      .programme = "programme_id",
                      .account = "account_id"});
DURE_SCOPE(ReviewCriteria, {Kind::kCall, Permit::kCallRead, "programme_id"});
DURE_SCOPE(UtilisationReview, {.kind = Kind::kUtilisation,
                               .read = Permit::kUtilisationRead,
                               .programme = "programme_id",
                               .project = "project_id"});
DURE_SCOPE(IdleWarning, {.kind = Kind::kUtilisation,
                         .read = Permit::kUtilisationRead,
                         .programme = "programme_id",
                         .project = "project_id"});
DURE_SCOPE(Incident, {Kind::kIncident, Permit::kIncidentRead, "programme_id"});
DURE_SCOPE(Sanction, {.kind = Kind::kSanction,
                      .read = Permit::kSanctionRead,
                      .programme = "programme_id",
                      .project = "told_project_id",
                      .application = "told_application_id",
                      .account = "told_account_id"});
DURE_SCOPE(Restriction, {Kind::kRestriction, Permit::kRestrictionRead, "programme_id"});
DURE_SCOPE(Quota, {.kind = Kind::kQuota, .read = Permit::kQuotaRead});
DURE_SCOPE(Group, {.kind = Kind::kGroup, .read = Permit::kGroupRead, .programme = "programme_id"});
DURE_SCOPE(GroupMember, {.kind = Kind::kGroup,
                         .read = Permit::kGroupRead,
                         .programme = "programme_id",
                         .account = "account_id"});
DURE_SCOPE(Supplier, {Kind::kSupply, Permit::kSupplyRead, "programme_id"});
DURE_SCOPE(SupplierCall, {Kind::kCall, Permit::kCallRead, "programme_id"});
DURE_SCOPE(SupplierProposal, {Kind::kSupply, Permit::kSupplyRead, "programme_id"});
DURE_SCOPE(SupplierEvaluation, {Kind::kSupply, Permit::kSupplyRead, "programme_id"});
DURE_SCOPE(SupplyAgreement, {Kind::kSupply, Permit::kSupplyRead, "programme_id"});
DURE_SCOPE(CapacityBatch, {Kind::kSupply, Permit::kSupplyRead, "programme_id"});
DURE_SCOPE(SupplyTarget, {Kind::kSupply, Permit::kSupplyRead, "programme_id"});
DURE_SCOPE(DemandSurvey, {Kind::kCall, Permit::kCallRead, "programme_id"});
DURE_SCOPE(DemandAnswer, {Kind::kSupply, Permit::kSupplyRead, "programme_id"});
DURE_SCOPE(BeneficiaryReservation, {Kind::kSupply, Permit::kSupplyRead, "programme_id"});
DURE_SCOPE(Round, {Kind::kCall, Permit::kCallRead, "programme_id"});
DURE_SCOPE(RoundEntry, {Kind::kEvaluation, Permit::kEvaluationRead, "programme_id"});
DURE_SCOPE(Panel, {Kind::kEvaluation, Permit::kEvaluationRead, "programme_id"});
DURE_SCOPE(PanelMember, {Kind::kEvaluation, Permit::kEvaluationRead, "programme_id"});
DURE_SCOPE(Ranking, {Kind::kEvaluation, Permit::kRankingRead, "programme_id"});
DURE_SCOPE(ConflictOfInterest, {.kind = Kind::kEvaluation,
                                .read = Permit::kReviewRead,
                                .programme = "programme_id",
                                .account = "account_id"});
DURE_SCOPE(Review, {.kind = Kind::kEvaluation,
                    .read = Permit::kReviewRead,
                    .programme = "programme_id",
                    .account = "account_id"});
DURE_SCOPE(BonusClaim, {.kind = Kind::kApplication,
                        .read = Permit::kApplicationRead,
                        .programme = "programme_id",
                        .application = "application_id"});
DURE_SCOPE(WaitlistEntry, {.kind = Kind::kApplication,
                           .read = Permit::kApplicationRead,
                           .programme = "programme_id",
                           .application = "application_id"});
DURE_SCOPE(Appeal, {.kind = Kind::kApplication,
                    .read = Permit::kApplicationRead,
                    .programme = "programme_id",
                    .application = "application_id"});
DURE_SCOPE(Outage, {.kind = Kind::kOutage, .read = Permit::kOutageRead});
DURE_SCOPE(MaintenanceWindow, {.kind = Kind::kOutage, .read = Permit::kOutageRead, .node = "node_id"});
DURE_SCOPE(Reservation, {.kind = Kind::kAllocation,
                         .read = Permit::kAllocationRead,
                         .programme = "programme_id",
                         .project = "project_id"});
DURE_SCOPE(Account, {.kind = Kind::kAccount,
                     .read = Permit::kAccountRead,
                     .programme = "programme_id",
                     .account = "id"});
DURE_SCOPE(RoleGrant, {.kind = Kind::kRoleGrant, .read = Permit::kRoleGrantRead, .account = "account_id"});
DURE_SCOPE(Session, {.kind = Kind::kSession, .read = Permit::kSessionRead, .account = "account_id"});
DURE_SCOPE(ApiToken, {.kind = Kind::kApiToken, .read = Permit::kApiTokenRead, .account = "account_id"});
DURE_SCOPE(Node, {.kind = Kind::kNode, .read = Permit::kNodeRead, .node = "id"});
DURE_SCOPE(Card, {.kind = Kind::kNode, .read = Permit::kNodeRead, .node = "node_id"});
DURE_SCOPE(Image, {.kind = Kind::kImage, .read = Permit::kImageRead});
DURE_SCOPE(Volume, {.kind = Kind::kVolume,
                    .read = Permit::kVolumeRead,
                    .programme = "programme_id",
                    .project = "project_id",
                    .node = "node_id",
                    .account = "account_id"});
DURE_SCOPE(Workload, {.kind = Kind::kWorkload,
                      .read = Permit::kWorkloadRead,
                      .programme = "programme_id",
                      .project = "project_id",
                      .account = "account_id"});
DURE_SCOPE(Run, {.kind = Kind::kWorkload,
                 .read = Permit::kWorkloadRead,
                 .programme = "programme_id",
                 .project = "project_id",
                 .account = "account_id"});
DURE_SCOPE(Replica, {.kind = Kind::kWorkload,
                     .read = Permit::kWorkloadRead,
                     .programme = "programme_id",
                     .project = "project_id",
                     .node = "node_id",
                     .account = "account_id"});
DURE_SCOPE(Share, {.kind = Kind::kWorkload,
                   .read = Permit::kWorkloadRead,
                   .programme = "programme_id",
                   .project = "project_id",
                   .node = "node_id",
                   .account = "account_id"});
DURE_SCOPE(ShareUse, {.kind = Kind::kWorkload,
                      .read = Permit::kWorkloadRead,
                      .programme = "programme_id",
                      .project = "project_id",
                      .node = "node_id",
                      .account = "account_id"});
DURE_SCOPE(ShareFinding, {.kind = Kind::kWorkload,
                          .read = Permit::kWorkloadRead,
                          .programme = "programme_id",
                          .project = "project_id",
                          .node = "node_id",
                          .account = "account_id"});
DURE_SCOPE(Observation, {.kind = Kind::kNode, .read = Permit::kNodeRead, .node = "node_id"});
DURE_SCOPE(LedgerEntry, {.kind = Kind::kUsage,
                         .read = Permit::kUsageRead,
                         .programme = "programme_id",
                         .project = "project_id",
                         .node = "node_id",
                         .account = "account_id"});
DURE_SCOPE(Invoice, {.kind = Kind::kInvoice,
                     .read = Permit::kInvoiceRead,
                     .programme = "programme_id",
                     .project = "project_id"});
DURE_SCOPE(Payment, {.kind = Kind::kInvoice,
                     .read = Permit::kInvoiceRead,
                     .programme = "programme_id",
                     .project = "project_id"});
DURE_SCOPE(CreditNote, {.kind = Kind::kInvoice,
                        .read = Permit::kInvoiceRead,
                        .programme = "programme_id",
                        .project = "project_id"});
DURE_SCOPE(Event, {.kind = Kind::kEvent,
                   .read = Permit::kEventRead,
                   .programme = "programme_id",
                   .project = "project_id",
                   .application = "application_id",
                   .account = "account_id"});
DURE_SCOPE(AuditEntry, {.kind = Kind::kAudit, .read = Permit::kAuditRead});
DURE_SCOPE(Notification, {.kind = Kind::kNotification,
                          .read = Permit::kNotificationRead,
                          .programme = "programme_id",
                          .account = "account_id"});
DURE_SCOPE(NoticePreference,
           {.kind = Kind::kNotification, .read = Permit::kNotificationRead, .account = "account_id"});
DURE_SCOPE(NoticeSilence,
           {.kind = Kind::kNotification, .read = Permit::kNotificationRead, .programme = "programme_id"});
DURE_SCOPE(NoticeText,
           {.kind = Kind::kNotification, .read = Permit::kNotificationRead, .programme = "programme_id"});
#undef DURE_SCOPE

namespace internal {
inline std::string id_text(const std::string& text) {
  return text;
}
template <class N>
std::string id_text(const base::Id<N>& id) {
  return id.text;
}
template <class N>
std::string id_text(const std::optional<base::Id<N>>& id) {
  return id ? id->text : std::string();
}
template <class T>
std::string id_text(const T&) {
  return {};
}
}  // namespace internal

// Where the row lies.
template <class Noun>
access::Resource resource_of(const Noun& row) {
  constexpr ScopeColumns columns = ScopeOf<Noun>::kColumns;
  access::Resource resource;
  resource.kind = columns.kind;
  model::for_each_field<Noun>([&](const auto& each) {
    const std::string id = internal::id_text(row.*(each.member));
    if (id.empty()) return;
    if (each.name == columns.programme) resource.programme_id = id;
    if (each.name == columns.project) resource.project_id = id;
    if (each.name == columns.application) resource.application_id = id;
    if (each.name == columns.node) resource.node_id = id;
    if (each.name == columns.account) resource.account_id = id;
  });
  return resource;
}

// Adds to the query that only rows of the scope come. False where no row can.
bool restrict(ports::Query& query, const access::ListScope& scope, const ScopeColumns& columns);

}  // namespace dure::commands
