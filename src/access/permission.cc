#include "access/permission.h"

#include <cstddef>

namespace dure::access {
namespace {

using P = Permission;
using K = ResourceKind;

enum class Effect { kReads, kWrites };

// `roles`: one letter per role in the order of model::Role: S the grant's scope, O one's own in it, -
// nothing.
constexpr PermissionRow make(P permission, K kind, std::string_view name, Effect effect, Open open,
                             std::string_view roles, std::string_view meaning) {
  PermissionRow made{permission, kind, name, meaning, open, effect == Effect::kWrites, false, {}};
  for (std::size_t i = 0; i < made.roles.size(); ++i)
    made.roles[i] = roles[i] == 'S' ? Reach::kScope : roles[i] == 'O' ? Reach::kOwn : Reach::kNone;
  return made;
}

constexpr PermissionRow before_password_change(PermissionRow made) {
  made.before_password_change = true;
  return made;
}

constexpr auto kReads = Effect::kReads;
constexpr auto kWrites = Effect::kWrites;

// clang-format off
constexpr std::array<PermissionRow, kPermissionCount> kPermissionRows{
    //                                                                                       operator, applicant, member,
    //                                                                                       reviewer, auditor, node, gateway
    make(P::kCentreRead, K::kCentre, "centre.read", kReads, Open::kNobody,                  "S---S--", "settings, blocked addresses, metrics"),
    make(P::kCentreManage, K::kCentre, "centre.manage", kWrites, Open::kNobody,             "S------", "change settings, block and unblock addresses"),
    make(P::kProgrammeRead, K::kProgramme, "programmes.read", kReads, Open::kAnyone,        "S---S--", "programmes and their published rules"),
    make(P::kProgrammeManage, K::kProgramme, "programmes.manage", kWrites, Open::kNobody,   "S------", "create programmes, load policy packs"),
    make(P::kCallRead, K::kCall, "calls.read", kReads, Open::kAnyone,                       "S---S--", "announced calls"),
    make(P::kCallManage, K::kCall, "calls.manage", kWrites, Open::kNobody,                  "S------", "draft, announce, open and close calls"),
    make(P::kApplicationRead, K::kApplication, "applications.read", kReads, Open::kOwner,   "SS-SS--", "applications, documents, screening, decisions; personal data masked"),
    make(P::kApplicationCreate, K::kApplication, "applications.create", kWrites, Open::kAnyone, "SS-----", "begin an application to an open call"),
    make(P::kApplicationEdit, K::kApplication, "applications.edit", kWrites, Open::kOwner,  "SS-----", "fill in, attach documents, submit, withdraw"),
    make(P::kApplicationDecide, K::kApplication, "applications.decide", kWrites, Open::kNobody, "S------", "screen, approve, return, reject"),
    make(P::kApplicationReveal, K::kApplication, "applications.reveal", kReads, Open::kOwner, "SS--S--", "personal data unmasked; each look is recorded"),
    make(P::kAwardRead, K::kAward, "awards.read", kReads, Open::kNobody,                    "SSS-S--", "awards"),
    make(P::kAwardManage, K::kAward, "awards.manage", kWrites, Open::kNobody,               "S------", "open, change and end awards"),
    make(P::kProjectRead, K::kProject, "projects.read", kReads, Open::kNobody,              "SSS-S--", "projects"),
    make(P::kProjectManage, K::kProject, "projects.manage", kWrites, Open::kNobody,         "S------", "create projects, add and remove members"),
    make(P::kAllocationRead, K::kAllocation, "allocations.read", kReads, Open::kNobody,     "SSS-S--", "allocations and what lengthened them"),
    make(P::kAllocationManage, K::kAllocation, "allocations.manage", kWrites, Open::kNobody, "S------", "activate, suspend, change and end allocations"),
    make(P::kAllocationAsk, K::kAllocation, "allocations.ask", kWrites, Open::kNobody,      "S-S----", "ask for a later end, more or less of an allocation"),
    make(P::kTrainingConfirm, K::kAllocation, "training.confirm", kWrites, Open::kNobody,   "--S----", "say that one has been through the training before use"),
    make(P::kObligationRead, K::kObligation, "obligations.read", kReads, Open::kNobody,     "SSS-S--", "reports that are owed, and handed in"),
    make(P::kObligationSubmit, K::kObligation, "obligations.submit", kWrites, Open::kNobody, "-SS----", "hand in a report"),
    make(P::kObligationDecide, K::kObligation, "obligations.decide", kWrites, Open::kNobody, "S------", "accept or return a report"),
    make(P::kSurveyRead, K::kSurvey, "surveys.read", kReads, Open::kAccounts,              "S---S--", "surveys among users, and the counts of closed ones"),
    make(P::kSurveyManage, K::kSurvey, "surveys.manage", kWrites, Open::kNobody,           "S------", "ask users, close surveys"),
    make(P::kSurveyAnswer, K::kSurvey, "surveys.answer", kWrites, Open::kAccounts,         "-------", "answer a survey of one's programme once"),
    make(P::kDeletionRead, K::kDeletion, "deletions.read", kReads, Open::kOwner,           "S-S-S--", "what is deleted when, what is held, certificates"),
    make(P::kDeletionManage, K::kDeletion, "deletions.manage", kWrites, Open::kNobody,     "S------", "offboard, hold, release and cancel deletions"),
    make(P::kDeterminationRead, K::kDetermination, "determinations.read", kReads, Open::kAccounts,"S---S--", "what meetings decided where the rules are silent"),
    make(P::kDeterminationRecord, K::kDetermination, "determinations.record", kWrites, Open::kNobody,"S------", "record what a meeting decided"),
    make(P::kQuestionRead, K::kQuestion, "questions.read", kReads, Open::kOwner,           "S---S--", "questions to the desks"),
    make(P::kQuestionAsk, K::kQuestion, "questions.ask", kWrites, Open::kAccounts,         "-------", "ask a desk, close one's question"),
    make(P::kQuestionAnswer, K::kQuestion, "questions.answer", kWrites, Open::kNobody,     "S------", "answer and decline questions"),
    make(P::kUtilisationRead, K::kUtilisation, "utilisation.read", kReads, Open::kNobody,   "S-S-S--", "reviews of use, and actual against planned use"),
    make(P::kUtilisationManage, K::kUtilisation, "utilisation.manage", kWrites, Open::kNobody, "S------", "publish criteria, open reviews, propose, notify, decide"),
    make(P::kUtilisationAnswer, K::kUtilisation, "utilisation.answer", kWrites, Open::kNobody, "S-S----", "give an opinion on what a review proposes"),
    make(P::kIncidentRead, K::kIncident, "incidents.read", kReads, Open::kNobody,           "S---S--", "suspicions of misuse"),
    make(P::kIncidentManage, K::kIncident, "incidents.manage", kWrites, Open::kNobody,      "S------", "report a suspicion, say what it is"),
    make(P::kSanctionRead, K::kSanction, "sanctions.read", kReads, Open::kOwner,            "SSS-S--", "cases; the accused see theirs from the notice on"),
    make(P::kSanctionManage, K::kSanction, "sanctions.manage", kWrites, Open::kNobody,      "S------", "open a case, suspend, notify, record deliberations, impose, dismiss, refer"),
    make(P::kSanctionAnswer, K::kSanction, "sanctions.answer", kWrites, Open::kOwner,       "SSS----", "give an opinion on one's case, appeal"),
    make(P::kRestrictionRead, K::kRestriction, "restrictions.read", kReads, Open::kNobody,  "S---S--", "who may not take part until when"),
    make(P::kRestrictionManage, K::kRestriction, "restrictions.manage", kWrites, Open::kNobody, "S------", "record a ban by others, lift a restriction"),
    make(P::kEvaluationRead, K::kEvaluation, "evaluation.read", kReads, Open::kNobody,      "S--SS--", "panels, their members, what is evaluated in a round"),
    make(P::kEvaluationManage, K::kEvaluation, "evaluation.manage", kWrites, Open::kNobody, "S------", "plan rounds, convene panels, assign reviews, rank, confirm, offer what is free"),
    make(P::kReviewRead, K::kEvaluation, "reviews.read", kReads, Open::kNobody,             "S--OS--", "reviews and conflicts of interest; a reviewer sees his own"),
    make(P::kReviewWrite, K::kEvaluation, "reviews.write", kWrites, Open::kNobody,          "---O---", "answer an invitation, declare a conflict of interest, give points; as chair lock, reopen, recommend"),
    make(P::kRankingRead, K::kEvaluation, "rankings.read", kReads, Open::kNobody,           "S---S--", "rankings, what they were made from and their reasons"),
    make(P::kSupplyRead, K::kSupply, "supply.read", kReads, Open::kNobody,                  "S--SS--", "suppliers, proposals, agreements, batches, targets, demand; contacts masked"),
    make(P::kSupplyManage, K::kSupply, "supply.manage", kWrites, Open::kNobody,             "S------", "call for suppliers, decide, agree, record batches, promise and reserve capacity"),
    make(P::kSupplyEvaluate, K::kSupply, "supply.evaluate", kWrites, Open::kNobody,         "S--S---", "judge proposals of suppliers, declare a conflict of interest"),
    make(P::kDemandAnswer, K::kSupply, "supply.answer", kWrites, Open::kAnyone,             "SSS----", "answer an open demand survey"),
    make(P::kOutageRead, K::kOutage, "outages.read", kReads, Open::kAccounts,               "S---S--", "stops of service"),
    make(P::kOutageManage, K::kOutage, "outages.manage", kWrites, Open::kNobody,            "S------", "declare stops of service and their end"),
    make(P::kQuotaRead, K::kQuota, "quotas.read", kReads, Open::kNobody,                    "S---S--", "quotas, what is used of them, and the shares of the queue"),
    make(P::kQuotaManage, K::kQuota, "quotas.manage", kWrites, Open::kNobody,               "S------", "set and remove quotas and weights"),
    make(P::kGroupRead, K::kGroup, "groups.read", kReads, Open::kOwner,                     "S---S--", "groups of users, what they bind and who is in them"),
    make(P::kGroupManage, K::kGroup, "groups.manage", kWrites, Open::kNobody,               "S------", "make, change and end groups, add and remove members"),
    make(P::kAccountRead, K::kAccount, "accounts.read", kReads, Open::kOwner,               "S---S--", "accounts; personal data masked"),
    make(P::kAccountManage, K::kAccount, "accounts.manage", kWrites, Open::kNobody,         "S------", "open, lock, unlock, suspend, close; temporary passwords; registered addresses"),
    make(P::kAccountReveal, K::kAccount, "accounts.reveal", kReads, Open::kOwner,           "S---S--", "personal data unmasked; each look is recorded"),
    before_password_change(
    make(P::kPasswordChange, K::kAccount, "accounts.password", kWrites, Open::kOwner,       "-------", "change one's own password")),
    make(P::kRoleGrantRead, K::kRoleGrant, "role_grants.read", kReads, Open::kOwner,        "S---S--", "who holds which role"),
    make(P::kRoleGrantManage, K::kRoleGrant, "role_grants.manage", kWrites, Open::kNobody,  "S------", "grant and end roles inside one's own scope"),
    before_password_change(
    make(P::kSessionRead, K::kSession, "sessions.read", kReads, Open::kOwner,               "S---S--", "open sessions")),
    before_password_change(
    make(P::kSessionEnd, K::kSession, "sessions.end", kWrites, Open::kOwner,                "S------", "log out, end sessions")),
    make(P::kApiTokenRead, K::kApiToken, "api_tokens.read", kReads, Open::kOwner,           "S---S--", "tokens for programs, without their secrets"),
    make(P::kApiTokenManage, K::kApiToken, "api_tokens.manage", kWrites, Open::kOwner,      "S------", "make and revoke tokens"),
    make(P::kNodeRead, K::kNode, "nodes.read", kReads, Open::kNobody,                       "S---SS-", "nodes and their cards"),
    make(P::kNodeManage, K::kNode, "nodes.manage", kWrites, Open::kNobody,                  "S------", "enrol, drain and remove nodes"),
    make(P::kNodeReport, K::kNode, "nodes.report", kWrites, Open::kNobody,                  "-----S-", "report what a node sees, take its assignments"),
    make(P::kImageRead, K::kImage, "images.read", kReads, Open::kAccounts,                  "S---S--", "images and what runs in them"),
    make(P::kImageManage, K::kImage, "images.manage", kWrites, Open::kNobody,               "S------", "add and remove images"),
    make(P::kCapacityRead, K::kCapacity, "capacity.read", kReads, Open::kAccounts,          "S---S--", "the table Total / Request Max / Available"),
    make(P::kVolumeRead, K::kVolume, "volumes.read", kReads, Open::kNobody,                 "S-O-S--", "volumes, not what is in them"),
    make(P::kVolumeManage, K::kVolume, "volumes.manage", kWrites, Open::kNobody,            "S-O----", "create, size and delete volumes"),
    make(P::kWorkloadRead, K::kWorkload, "workloads.read", kReads, Open::kNobody,           "S-S-S--", "workloads, revisions, runs, replicas, queue"),
    make(P::kWorkloadCreate, K::kWorkload, "workloads.create", kWrites, Open::kNobody,      "--O----", "start a workload of one's own"),
    make(P::kWorkloadControl, K::kWorkload, "workloads.control", kWrites, Open::kNobody,    "S-O----", "start again, stop, change, delete"),
    make(P::kWorkloadLogs, K::kWorkload, "workloads.logs", kReads, Open::kNobody,           "S-O----", "output of a workload"),
    make(P::kWorkloadEnter, K::kWorkload, "workloads.enter", kWrites, Open::kNobody,        "--O----", "run commands inside, terminal, services"),
    make(P::kWorkloadConnect, K::kWorkload, "workloads.connect", kReads, Open::kNobody,     "------S", "carry the connections of who may enter"),
    make(P::kQueueReorder, K::kWorkload, "queue.reorder", kWrites, Open::kNobody,           "S------", "change the priority of what waits"),
    make(P::kUsageRead, K::kUsage, "usage.read", kReads, Open::kNobody,                     "S-S-S--", "ledger entries"),
    make(P::kInvoiceRead, K::kInvoice, "invoices.read", kReads, Open::kNobody,              "S-S-S--", "invoices and their lines"),
    make(P::kInvoiceManage, K::kInvoice, "invoices.manage", kWrites, Open::kNobody,         "S------", "rate, issue and cancel invoices"),
    make(P::kAuditRead, K::kAudit, "audit.read", kReads, Open::kNobody,                     "S---S--", "the audit"),
    make(P::kEventRead, K::kEvent, "events.read", kReads, Open::kOwner,                     "SSS-S--", "what changed"),
    make(P::kNotificationPrefer, K::kNotification, "notifications.prefer", kWrites, Open::kOwner, "-------", "mark one's own messages as read, say how one wants to be told"),
    make(P::kNotificationManage, K::kNotification, "notifications.manage", kWrites, Open::kNobody, "S------", "send messages again, silence them, try a channel, take in a pack's texts"),
    make(P::kNotificationRead, K::kNotification, "notifications.read", kReads, Open::kOwner, "S---S--", "messages, and whether they were read"),
};
// clang-format on

constexpr bool in_the_order_of_the_enum() {
  for (std::size_t i = 0; i < kPermissionRows.size(); ++i)
    if (kPermissionRows[i].permission != static_cast<P>(i)) return false;
  return true;
}
static_assert(in_the_order_of_the_enum());

std::string_view cell(Reach reach) {
  return reach == Reach::kScope ? "scope" : reach == Reach::kOwn ? "own" : "";
}

std::string_view without_grant(const PermissionRow& made) {
  switch (made.open) {
    case Open::kNobody:
      return "";
    case Open::kOwner:
      return "its owner";
    case Open::kAccounts:
      return "any account";
    case Open::kAnyone:
      return "anyone";
  }
  return "";
}

}  // namespace

const PermissionRow& row(Permission permission) {
  return kPermissionRows[static_cast<std::size_t>(permission)];
}

Reach reach(const PermissionRow& permission, model::Role role) {
  return permission.roles[static_cast<std::size_t>(role)];
}

std::string_view to_text(Permission permission) {
  return row(permission).name;
}

std::optional<Permission> parse_permission(std::string_view name) {
  for (const auto& made : kPermissionRows)
    if (made.name == name) return made.permission;
  return std::nullopt;
}

Permission reading(ResourceKind kind) {
  for (const auto& made : kPermissionRows)
    if (made.kind == kind && made.name.ends_with(".read")) return made.permission;
  return Permission::kCentreRead;
}

std::string permission_matrix() {
  std::string text =
      "# Permissions\n\n"
      "Who may do what. Written by a test from `src/access/permission.cc`; what is not listed nobody may.\n\n"
      "A role holds in the scope of its grant: the centre, a programme, a project, an application or a node. "
      "`scope`: everything in it. `own`: only what belongs to the account itself. *Without a grant*: who "
      "needs "
      "none. Rows marked `*` are also open while a password must be changed first.\n\n"
      "| permission | what | writes | without a grant |";
  std::string line = "|---|---|---|---|";
  for (const auto& [role, name] : model::EnumNames<model::Role>::kAll) {
    text += " " + std::string(name) + " |";
    line += "---|";
  }
  text += "\n" + line + "\n";
  for (const auto& made : kPermissionRows) {
    text += "| `" + std::string(made.name) + "`" + (made.before_password_change ? " *" : "") + " | " +
            std::string(made.meaning) + " | " + (made.writes ? "yes" : "") + " | " +
            std::string(without_grant(made)) + " |";
    for (const auto each : made.roles) text += " " + std::string(cell(each)) + " |";
    text += "\n";
  }
  return text;
}

}  // namespace dure::access
