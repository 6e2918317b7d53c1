// Permissions as a closed table: for each, which role reaches how far. Deny by default: what is not in the
// table nobody may.
//
// The table is data (permission.cc) and is printed to docs/permissions.md, which a test holds against it.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "model/access.h"
#include "model/fields.h"

namespace dure::access {

// What permissions are about. Children are judged as their parent: a document as its application; revisions,
// runs, replicas, shares and logs as their workload; invoice lines as their invoice; cards as their node.
enum class ResourceKind {
  kCentre,     // settings, metrics, blocked addresses, volumes' host side
  kProgramme,  // and its policy versions
  kCall,
  kApplication,  // and its documents, screening and decisions
  kAward,
  kProject,
  kAllocation,  // and its outages given back
  kObligation,  // and outcomes, their evidence, shares of data
  kSurvey,
  kDeletion,  // and its holds and certificates
  kDetermination,
  kQuestion,
  kUtilisation,  // reviews of use
  kIncident,
  kSanction,
  kRestriction,
  kSupply,      // suppliers, proposals, agreements, batches, targets, demand
  kEvaluation,  // panels, reviews, conflicts of interest, rankings
  kOutage,
  kQuota,    // and the shares of the queue
  kGroup,    // and its members
  kAccount,  // and its person
  kRoleGrant,
  kSession,
  kApiToken,
  kNode,  // and its cards, enrolment tokens
  kImage,
  kCapacity,  // the table Total / Request Max / Available
  kVolume,
  kWorkload,
  kUsage,  // ledger entries
  kInvoice,
  kAudit,
  kEvent,
  kNotification,
};

enum class Permission {
  kCentreRead,
  kCentreManage,
  kProgrammeRead,
  kProgrammeManage,
  kCallRead,
  kCallManage,
  kApplicationRead,
  kApplicationCreate,
  kApplicationEdit,
  kApplicationDecide,
  kApplicationReveal,
  kAwardRead,
  kAwardManage,
  kProjectRead,
  kProjectManage,
  kAllocationRead,
  kAllocationManage,
  kAllocationAsk,
  kTrainingConfirm,
  kObligationRead,
  kObligationSubmit,
  kObligationDecide,
  kSurveyRead,
  kSurveyManage,
  kSurveyAnswer,
  kDeletionRead,
  kDeletionManage,
  kDeterminationRead,
  kDeterminationRecord,
  kQuestionRead,
  kQuestionAsk,
  kQuestionAnswer,
  kUtilisationRead,
  kUtilisationManage,
  kUtilisationAnswer,
  kIncidentRead,
  kIncidentManage,
  kSanctionRead,
  kSanctionManage,
  kSanctionAnswer,
  kRestrictionRead,
  kRestrictionManage,
  kEvaluationRead,
  kEvaluationManage,
  kReviewRead,
  kReviewWrite,
  kRankingRead,
  kSupplyRead,
  kSupplyManage,
  kSupplyEvaluate,
  kDemandAnswer,
  kOutageRead,
  kOutageManage,
  kQuotaRead,
  kQuotaManage,
  kGroupRead,
  kGroupManage,
  kAccountRead,
  kAccountManage,
  kAccountReveal,
  kPasswordChange,
  kRoleGrantRead,
  kRoleGrantManage,
  kSessionRead,
  kSessionEnd,
  kApiTokenRead,
  kApiTokenManage,
  kNodeRead,
  kNodeManage,
  kNodeReport,
  kImageRead,
  kImageManage,
  kCapacityRead,
  kVolumeRead,
  kVolumeManage,
  kWorkloadRead,
  kWorkloadCreate,
  kWorkloadControl,
  kWorkloadLogs,
  kWorkloadEnter,
  kWorkloadConnect,
  kQueueReorder,
  kUsageRead,
  kInvoiceRead,
  kInvoiceManage,
  kAuditRead,
  kEventRead,
  kNotificationPrefer,
  kNotificationManage,
  kNotificationRead,
};

// How far a role reaches with a permission.
enum class Reach {
  kNone,
  kOwn,    // inside the grant's scope, and only what belongs to the account itself
  kScope,  // everything inside the grant's scope
};

// Whom a permission needs no grant for.
enum class Open {
  kNobody,
  kOwner,     // the account that the resource belongs to
  kAccounts,  // any account that is logged in
  kAnyone,    // also without log-in
};

struct PermissionRow {
  Permission permission = Permission::kCentreRead;
  ResourceKind kind = ResourceKind::kCentre;
  std::string_view name;     // "applications.read"
  std::string_view meaning;  // one line for people
  Open open = Open::kNobody;
  bool writes = false;
  bool before_password_change = false;  // also while the password must be changed first
  std::array<Reach, 7> roles{};         // by model::Role
};

// The row of a permission.
const PermissionRow& row(Permission permission);
Reach reach(const PermissionRow& permission, model::Role role);
std::string_view to_text(Permission permission);
std::optional<Permission> parse_permission(std::string_view name);
// The permission to read things of a kind.
Permission reading(ResourceKind kind);

// Calls visit(row) for each permission, in the order of the enum.
template <class Visit>
void for_each_permission(Visit&& visit);

// docs/permissions.md.
std::string permission_matrix();

// Number of permissions and the rows, for for_each_permission.
inline constexpr int kPermissionCount = static_cast<int>(Permission::kNotificationRead) + 1;

template <class Visit>
void for_each_permission(Visit&& visit) {
  for (int i = 0; i < kPermissionCount; ++i) visit(row(static_cast<Permission>(i)));
}

}  // namespace dure::access
