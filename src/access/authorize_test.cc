// G8, R5, decision 8: deny by default, one rule for single resources and for lists.
#include "access/authorize.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "access/access_fixture.h"

namespace dure::access {
namespace {

using base::ErrorKind;
using model::Role;
using model::ScopeKind;

Subject with(std::vector<Grant> grants, std::string account = "me") {
  Subject subject;
  subject.actor = "accounts/" + account;
  subject.account_id = model::AccountId(std::move(account));
  subject.logged_in = true;
  subject.grants = std::move(grants);
  return subject;
}

Resource workload(std::string project, std::string owner) {
  Resource resource;
  resource.kind = ResourceKind::kWorkload;
  resource.programme_id = "p1";
  resource.project_id = std::move(project);
  resource.account_id = std::move(owner);
  return resource;
}

Resource application(std::string id) {
  Resource resource;
  resource.kind = ResourceKind::kApplication;
  resource.programme_id = "p1";
  resource.application_id = std::move(id);
  return resource;
}

TEST(Authorize, AMemberRunsItsOwnAndReadsItsProjects) {
  const auto member = with({{Role::kMember, ScopeKind::kProject, "red", {}}});
  EXPECT_TRUE(authorize(member, Permission::kWorkloadCreate, workload("red", "me"), kNow).ok());
  EXPECT_TRUE(authorize(member, Permission::kWorkloadControl, workload("red", "me"), kNow).ok());
  EXPECT_TRUE(authorize(member, Permission::kWorkloadEnter, workload("red", "me"), kNow).ok());
  EXPECT_TRUE(authorize(member, Permission::kWorkloadRead, workload("red", "other"), kNow).ok());
  EXPECT_EQ(code(authorize(member, Permission::kWorkloadControl, workload("red", "other"), kNow)),
            "access.not_allowed");
  EXPECT_EQ(code(authorize(member, Permission::kWorkloadCreate, workload("red", "other"), kNow)),
            "access.not_allowed");
  EXPECT_EQ(code(authorize(member, Permission::kWorkloadRead, workload("blue", "other"), kNow)),
            "access.not_found");
}

TEST(Authorize, WhatOneMayNotSeeDoesNotExist) {
  const auto member = with({{Role::kMember, ScopeKind::kProject, "red", {}}});
  const auto hidden = authorize(member, Permission::kWorkloadControl, workload("blue", "x"), kNow);
  EXPECT_EQ(hidden.failure(), not_found());
  const auto shown =
      authorize(member, Permission::kWorkloadControl, workload("blue", "x"), kNow, Presence::kShow);
  EXPECT_EQ(shown.failure().kind, ErrorKind::kNotAllowed);
  EXPECT_EQ(*shown.failure().reason.find("permission"), base::ReasonValue(std::string("workloads.control")));
  EXPECT_EQ(*shown.failure().reason.find("roles"), base::ReasonValue(std::string("operator, member")));
}

TEST(Authorize, AnApplicantReachesItsOwnApplicationOnly) {
  const auto applicant = with({{Role::kApplicant, ScopeKind::kApplication, "a1", {}}}, "");
  EXPECT_TRUE(authorize(applicant, Permission::kApplicationEdit, application("a1"), kNow).ok());
  EXPECT_TRUE(authorize(applicant, Permission::kApplicationReveal, application("a1"), kNow).ok());
  EXPECT_EQ(code(authorize(applicant, Permission::kApplicationRead, application("a2"), kNow)),
            "access.not_found");
  EXPECT_EQ(code(authorize(applicant, Permission::kApplicationDecide, application("a1"), kNow)),
            "access.not_allowed");
}

TEST(Authorize, AnOperatorOfOneProgrammeStopsAtItsBorder) {
  const auto staff = with({{Role::kOperator, ScopeKind::kProgramme, "p1", {}}});
  EXPECT_TRUE(authorize(staff, Permission::kApplicationDecide, application("a1"), kNow).ok());
  auto elsewhere = application("a2");
  elsewhere.programme_id = "p2";
  EXPECT_EQ(code(authorize(staff, Permission::kApplicationDecide, elsewhere, kNow)), "access.not_found");
  EXPECT_FALSE(allowed(staff, Permission::kCentreManage, {}, kNow)) << "the centre is not in a programme";
  Resource centre_grant;
  centre_grant.kind = ResourceKind::kRoleGrant;
  EXPECT_FALSE(allowed(staff, Permission::kRoleGrantManage, centre_grant, kNow)) << "nobody lifts himself";
}

TEST(Authorize, AVisitorMayLookAtCallsAndApply) {
  const Subject visitor;
  Resource call;
  call.kind = ResourceKind::kCall;
  EXPECT_TRUE(authorize(visitor, Permission::kCallRead, call, kNow).ok());
  EXPECT_TRUE(authorize(visitor, Permission::kApplicationCreate, application(""), kNow).ok());
  const auto refused = authorize(visitor, Permission::kApplicationRead, application("a1"), kNow);
  EXPECT_EQ(refused.failure().kind, ErrorKind::kUnauthenticated);
  EXPECT_EQ(code(refused), "access.not_logged_in");
}

TEST(Authorize, GrantsThatEndedDoNotCount) {
  auto member = with({{Role::kMember, ScopeKind::kProject, "red", kNow}});
  EXPECT_FALSE(allowed(member, Permission::kWorkloadRead, workload("red", "x"), kNow));
  EXPECT_TRUE(allowed(member, Permission::kWorkloadRead, workload("red", "x"), kNow - base::Span{1}));
}

TEST(Authorize, AScopeWithoutIdReachesNothing) {
  const auto broken =
      with({{Role::kOperator, ScopeKind::kProgramme, "", {}}, {Role::kMember, ScopeKind::kProject, "", {}}});
  auto nowhere = workload("", "x");
  nowhere.programme_id.clear();
  EXPECT_FALSE(allowed(broken, Permission::kWorkloadRead, nowhere, kNow));
}

TEST(Authorize, G3_BeforeThePasswordIsChangedOnlyThatIsOpen) {
  auto fresh = with({{Role::kMember, ScopeKind::kProject, "red", {}}});
  fresh.must_change_password = true;
  EXPECT_EQ(code(authorize(fresh, Permission::kWorkloadRead, workload("red", "me"), kNow)),
            "access.password_change_first");
  Resource own;
  own.kind = ResourceKind::kAccount;
  own.account_id = "me";
  EXPECT_TRUE(authorize(fresh, Permission::kPasswordChange, own, kNow).ok());
  own.account_id = "other";
  EXPECT_FALSE(authorize(fresh, Permission::kPasswordChange, own, kNow).ok());
}

TEST(Authorize, TheAuditorReadsEverythingAndWritesNothing) {
  for_each_permission([](const PermissionRow& each) {
    const bool inside_a_workload =
        each.permission == Permission::kWorkloadLogs || each.permission == Permission::kWorkloadConnect;
    const auto expected = each.writes || inside_a_workload ? Reach::kNone : Reach::kScope;
    EXPECT_EQ(reach(each, Role::kAuditor), expected) << each.name;
  });
}

TEST(Authorize, NodeAndGatewayReachOnlyWhatTheyAreFor) {
  for_each_permission([](const PermissionRow& each) {
    const bool node = each.permission == Permission::kNodeRead || each.permission == Permission::kNodeReport;
    EXPECT_EQ(reach(each, Role::kNode) != Reach::kNone, node) << each.name;
    EXPECT_EQ(reach(each, Role::kGateway) != Reach::kNone, each.permission == Permission::kWorkloadConnect)
        << each.name;
  });
  const auto node = with({{Role::kNode, ScopeKind::kNode, "n1", {}}}, "");
  Resource link;
  link.kind = ResourceKind::kNode;
  link.node_id = "n1";
  EXPECT_TRUE(authorize(node, Permission::kNodeReport, link, kNow).ok());
  link.node_id = "n2";
  EXPECT_EQ(code(authorize(node, Permission::kNodeReport, link, kNow)), "access.not_found");
}

TEST(Authorize, EveryKindHasAPermissionToReadIt) {
  for (int kind = 0; kind <= static_cast<int>(ResourceKind::kNotification); ++kind) {
    const auto permission = reading(static_cast<ResourceKind>(kind));
    EXPECT_EQ(row(permission).kind, static_cast<ResourceKind>(kind));
  }
  for_each_permission(
      [](const PermissionRow& each) { EXPECT_EQ(parse_permission(each.name), each.permission); });
}

model::Account account(model::AccountState state) {
  model::Account made;
  made.id = model::AccountId("me");
  made.state = state;
  return made;
}

model::RoleGrant role_grant(std::string holder, Role role) {
  model::RoleGrant grant;
  grant.account_id = model::AccountId(std::move(holder));
  grant.role = role;
  grant.scope = ScopeKind::kCentre;
  return grant;
}

TEST(Subject, Invariant14_OnlyAnAccountThatMayActIsSomebody) {
  const std::vector grants{role_grant("me", Role::kOperator), role_grant("other", Role::kAuditor)};
  const auto active = subject_of(account(model::AccountState::kActive), grants);
  EXPECT_TRUE(active.logged_in);
  EXPECT_EQ(active.actor, "accounts/me");
  EXPECT_EQ(active.grants.size(), 1u) << "the grants of another account are not mine";
  EXPECT_TRUE(subject_of(account(model::AccountState::kMustChangePassword), grants).must_change_password);
  for (const auto state :
       {model::AccountState::kLocked, model::AccountState::kSuspended, model::AccountState::kDormant,
        model::AccountState::kDisabled, model::AccountState::kDeleted}) {
    const auto nobody = subject_of(account(state), grants);
    EXPECT_FALSE(nobody.logged_in);
    EXPECT_TRUE(nobody.grants.empty());
  }
}

TEST(Subject, ATokenWithARoleCarriesExactlyThatOne) {
  model::ApiToken token;
  token.id = model::ApiTokenId("t1");
  token.role = Role::kApplicant;
  token.scope = ScopeKind::kApplication;
  token.scope_id = "a1";
  const auto applicant = subject_of(token, std::nullopt, {}, kNow);
  EXPECT_EQ(applicant.actor, "api_tokens/t1");
  EXPECT_TRUE(allowed(applicant, Permission::kApplicationEdit, application("a1"), kNow));
  EXPECT_FALSE(allowed(applicant, Permission::kApplicationEdit, application("a2"), kNow));

  token.account_id = model::AccountId("me");
  const auto narrowed =
      subject_of(token, account(model::AccountState::kActive), {role_grant("me", Role::kOperator)}, kNow);
  EXPECT_FALSE(allowed(narrowed, Permission::kCentreManage, {}, kNow));
  Resource own;
  own.kind = ResourceKind::kAccount;
  own.account_id = "me";
  EXPECT_FALSE(allowed(narrowed, Permission::kPasswordChange, own, kNow));
  EXPECT_FALSE(subject_of(token, account(model::AccountState::kLocked), {}, kNow).logged_in);
  EXPECT_FALSE(subject_of(token, std::nullopt, {}, kNow).logged_in) << "its account is gone";
}

TEST(Subject, ATokenEnds) {
  model::ApiToken token;
  token.role = Role::kNode;
  token.scope = ScopeKind::kNode;
  token.scope_id = "n1";
  EXPECT_EQ(subject_of(token, std::nullopt, {}, kNow).actor, "nodes/n1");
  token.expires_at = kNow;
  EXPECT_FALSE(subject_of(token, std::nullopt, {}, kNow).logged_in);
  EXPECT_TRUE(subject_of(token, std::nullopt, {}, kNow - base::Span{1}).logged_in);
  token.revoked_at = kNow;
  EXPECT_FALSE(subject_of(token, std::nullopt, {}, kNow - base::Span{1}).logged_in);
}

// The rule once more, written down in another way: for each grant, does its scope hold the resource, and how
// far does its role reach?
bool oracle(const Subject& subject, Permission permission, const Resource& resource) {
  const auto& wanted = row(permission);
  if (wanted.open == Open::kAnyone) return true;
  if (!subject.logged_in || (subject.must_change_password && !wanted.before_password_change)) return false;
  const bool mine = !subject.account_id.empty() && subject.account_id.text == resource.account_id;
  if (wanted.open == Open::kAccounts && !subject.account_id.empty()) return true;
  if (wanted.open == Open::kOwner && mine && !subject.by_grants_alone) return true;
  for (const auto& grant : subject.grants) {
    if (grant.ends_at && *grant.ends_at <= kNow) continue;
    const std::string* place = nullptr;
    if (grant.scope == ScopeKind::kProgramme) place = &resource.programme_id;
    if (grant.scope == ScopeKind::kProject) place = &resource.project_id;
    if (grant.scope == ScopeKind::kApplication) place = &resource.application_id;
    if (grant.scope == ScopeKind::kNode) place = &resource.node_id;
    const bool inside = place == nullptr || (!place->empty() && *place == grant.scope_id);
    const auto how_far = reach(wanted, grant.role);
    if (inside && (how_far == Reach::kScope || (how_far == Reach::kOwn && mine))) return true;
  }
  return false;
}

class RandomWorld {
 public:
  explicit RandomWorld(std::uint64_t seed) : random_(seed) {}

  Subject subject() {
    Subject made;
    made.logged_in = pick(10) != 0;
    if (pick(4) != 0) made.account_id = model::AccountId(id("u", 3));
    made.must_change_password = pick(12) == 0;
    made.by_grants_alone = pick(6) == 0;
    for (int i = pick(4); i > 0; --i) made.grants.push_back(grant());
    return made;
  }

  Resource resource(ResourceKind kind) {
    return {kind, id("p", 3), id("j", 3), id("a", 3), id("n", 3), id("u", 3)};
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<std::uint64_t>(below)); }
  std::string id(const char* prefix, int of) {
    const int number = pick(of + 1);
    return number == 0 ? "" : prefix + std::to_string(number);
  }
  Grant grant() {
    Grant made;
    made.role = static_cast<Role>(pick(7));
    made.scope = static_cast<ScopeKind>(pick(5));
    const std::array prefixes{"", "p", "j", "a", "n"};
    if (made.scope != ScopeKind::kCentre)
      made.scope_id = id(prefixes[static_cast<std::size_t>(made.scope)], 3);
    if (pick(5) == 0) made.ends_at = base::Instant{kNow.us + pick(3) - 1};
    return made;
  }

  std::mt19937_64 random_;
};

TEST(Authorize, AListHoldsExactlyWhatMayBeRead) {
  RandomWorld world(42);
  int seen = 0, hidden = 0;
  for (int i = 0; i < 3'000; ++i) {
    const auto subject = world.subject();
    for (int p = 0; p < kPermissionCount; ++p) {
      const auto permission = static_cast<Permission>(p);
      const auto scope = visible(subject, permission, kNow);
      const auto resource = world.resource(row(permission).kind);
      const bool expected = oracle(subject, permission, resource);
      ASSERT_EQ(matches(scope, resource), expected) << row(permission).name;
      ASSERT_EQ(authorize(subject, permission, resource, kNow).ok(), expected) << row(permission).name;
      (expected ? seen : hidden) += 1;
    }
  }
  EXPECT_GT(seen, 10'000);
  EXPECT_GT(hidden, 10'000);
}

TEST(Authorize, NothingIsVisibleWithoutAGrant) {
  for_each_permission([](const PermissionRow& each) {
    const auto scope = visible(with({}), each.permission, kNow);
    EXPECT_EQ(scope.nothing(), each.open == Open::kNobody) << each.name;
    EXPECT_EQ(scope.everything(), each.open == Open::kAnyone || each.open == Open::kAccounts) << each.name;
    EXPECT_EQ(visible({}, each.permission, kNow).nothing(), each.open != Open::kAnyone) << each.name;
  });
}

// docs/permissions.md is what the table says. DURE_WRITE_DOCS=1 writes it anew.
TEST(Permissions, TheDocumentIsTheTable) {
  constexpr const char* kPath = "docs/permissions.md";
  if (std::getenv("DURE_WRITE_DOCS") != nullptr) std::ofstream(kPath) << permission_matrix();
  std::stringstream written;
  written << std::ifstream(kPath).rdbuf();
  EXPECT_EQ(written.str(), permission_matrix()) << "run access_test with DURE_WRITE_DOCS=1";
}

}  // namespace
}  // namespace dure::access
