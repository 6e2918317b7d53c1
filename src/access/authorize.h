// Who may do what to which resource (decision 8): deny by default, by role and by scope, and the same rule
// for one resource, for lists, for exports and for event streams.
//
//   DURE_TRY(access::authorize(subject, Permission::kWorkloadControl, resource, now));
//   query.any = conditions_of(access::visible(subject, Permission::kWorkloadRead, now));   // commands/ does
//   this
//
// A list filtered by visible() holds exactly the rows for which authorize() succeeds. Pure; values only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/permission.h"
#include "base/result.h"
#include "base/time.h"
#include "model/access.h"

namespace dure::access {

struct Grant {
  model::Role role = model::Role::kMember;
  model::ScopeKind scope = model::ScopeKind::kProject;
  std::string scope_id;  // "" for the centre; a scoped grant without an id reaches nothing
  std::optional<base::Instant> ends_at;
};

// Who asks. Made by subject_of() below; a default one is a visitor who is not logged in.
struct Subject {
  std::string actor = "anonymous";  // as in the audit: "accounts/<id>", "nodes/<id>", "rule", …
  model::AccountId account_id;      // empty where no account stands behind it
  bool logged_in = false;           // account or token
  bool must_change_password = false;
  bool by_grants_alone = false;  // a token with a role of its own: being the owner gives it nothing more
  std::vector<Grant> grants;
};

// The subject of an account's session or token. Accounts that may not act (locked, suspended, dormant,
// disabled, deleted) become a visitor.
Subject subject_of(const model::Account& account, const std::vector<model::RoleGrant>& grants);
// The subject of a token. `account` and `grants` where the token belongs to an account. A token that names a
// role carries exactly that one, whatever the account has besides. Revoked or run out: a visitor.
Subject subject_of(const model::ApiToken& token, const std::optional<model::Account>& account,
                   const std::vector<model::RoleGrant>& grants, base::Instant now);
// A part of Dure that acts by itself: "rule", "loop/scheduler". Holds the operator's rights everywhere.
Subject system_subject(std::string actor);

// Where a resource lies. Fill in all ids that it has: an id that is empty is matched by no scoped grant.
struct Resource {
  ResourceKind kind = ResourceKind::kCentre;
  std::string programme_id;
  std::string project_id;
  std::string application_id;
  std::string node_id;
  std::string account_id;  // whom it belongs to
};

// kHide: to somebody who may not even read it, the resource does not exist (kNotFound); use it wherever the
// id came from outside. kShow: the refusal says what would be needed.
enum class Presence { kHide, kShow };

// Refusals: kUnauthenticated "access.not_logged_in" for a visitor; kNotAllowed
// "access.password_change_first"; kNotAllowed "access.not_allowed" {permission, roles}; kNotFound
// "access.not_found". REQUIRES: resource.kind is the permission's kind.
base::Status authorize(const Subject& subject, Permission permission, const Resource& resource,
                       base::Instant now, Presence presence = Presence::kHide);

// The same question as a plain answer.
bool allowed(const Subject& subject, Permission permission, const Resource& resource, base::Instant now);

// The error of a resource that does not exist: the same as that of one that is hidden, so that an answer
// does not tell the two apart. Commands return it where a row is not found.
base::Error not_found();

// One way in: every id that is given must be equal. None given: everything.
struct Clause {
  std::optional<std::string> programme_id;
  std::optional<std::string> project_id;
  std::optional<std::string> application_id;
  std::optional<std::string> node_id;
  std::optional<std::string> account_id;
  bool operator==(const Clause&) const = default;
};

// Which rows may be seen: those that at least one clause lets in. No clause: nothing.
struct ListScope {
  std::vector<Clause> any;
  bool nothing() const { return any.empty(); }
  bool everything() const;
};

bool matches(const ListScope& scope, const Resource& resource);

// The rows for which authorize(subject, permission, row, now) succeeds.
ListScope visible(const Subject& subject, Permission permission, base::Instant now);

// True where the subject holds the role anywhere at that time (for what a page offers; never for a decision).
bool holds(const Subject& subject, model::Role role, base::Instant now);

}  // namespace dure::access
