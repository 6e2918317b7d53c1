#include "commands/authentication.h"

#include <optional>
#include <vector>

#include "access/address.h"
#include "access/lockout.h"
#include "access/session.h"
#include "commands/accounts.h"

namespace dure::commands {
namespace {

constexpr std::string_view kSessionToken = "dure_s_";

// What the store says of a token.
struct Found {
  Caller caller;
  std::optional<base::Instant> ends_at;
  std::optional<model::Session> touch;  // a session whose end is to move on
};

base::Status may_come(Work& work, const model::Account& account) {
  DURE_LET(rules, rules_of(work, account));
  return access::may_come_from(work.caller.address, account.allowed_addresses,
                               {rules.ip_allowlist, work.world.settings.loopback_allowed});
}

base::Result<Found> find_session(Work& work, const std::string& hash) {
  DURE_LET(session, work.tx.sessions().first(ports::Query{}.where("token_hash", hash).at_most(1)));
  if (!session || !access::open(*session, work.now)) return access::wrong_credentials();
  DURE_LET(account, work.tx.accounts().get(session->account_id));
  DURE_TRY(access::may_use(account));
  DURE_TRY(may_come(work, account));
  DURE_LET(grants, grants_of(work.tx, account.id));
  Found found;
  found.caller.subject = access::subject_of(account, grants);
  found.caller.session_id = session->id.text;
  found.ends_at = session->expires_at;
  if (access::worth_touching(*session, work.now)) found.touch = *session;
  return found;
}

base::Result<Found> find_token(Work& work, const std::string& hash) {
  DURE_LET(token, work.tx.api_tokens().first(ports::Query{}.where("token_hash", hash).at_most(1)));
  if (!token) return access::wrong_credentials();
  std::optional<model::Account> account;
  std::vector<model::RoleGrant> grants;
  if (token->account_id) {
    DURE_LET(owner, work.tx.accounts().get(*token->account_id));
    DURE_TRY(may_come(work, owner));
    account = owner;
    DURE_LET(held, grants_of(work.tx, owner.id));
    grants = held;
  }
  Found found;
  found.caller.subject = access::subject_of(*token, account, grants, work.now);
  if (!found.caller.subject.logged_in) return access::wrong_credentials();
  found.ends_at = token->expires_at;
  return found;
}

void touch_session(World& world, const model::Session& session, const Caller& caller) {
  const auto touched = run<bool>(world, caller, [&](Work& work) -> base::Result<bool> {
    DURE_LET(row, work.tx.sessions().get(session.id));
    if (!access::open(row, work.now) || !access::worth_touching(row, work.now)) return false;
    DURE_LET(account, work.tx.accounts().get(row.account_id));
    DURE_LET(rules, rules_of(work, account));
    row.last_seen_at = work.now;
    row.expires_at =
        access::expiry(row.created_at, work.now, access::session_times(rules, is_staff(account)));
    DURE_TRY(work.save(work.tx.sessions(), row));
    return true;
  });
  static_cast<void>(touched);  // an end that did not move today moves with the next request
}

}  // namespace

base::Result<Caller> authenticate(World& world, const std::string& token, const std::string& address) {
  Caller nobody;
  nobody.address = address;
  if (token.empty()) return nobody;
  const std::string hash = world.secrets.hash_token(token);
  const std::uint64_t changes = world.store.access_changes();
  const base::Instant now = world.clock.now();
  if (auto known = world.known_callers.find(hash, address, changes, now)) return std::move(*known);
  DURE_LET(found, look<Found>(world, nobody, [&](Work& work) {
             return token.starts_with(kSessionToken) ? find_session(work, hash) : find_token(work, hash);
           }));
  found.caller.address = address;
  world.known_callers.keep(hash, {found.caller, changes, now, found.ends_at});
  if (found.touch) touch_session(world, *found.touch, found.caller);
  return std::move(found.caller);
}

base::Result<Caller> recognise(World& world, const Caller& before, const std::string& token_hash) {
  Caller nobody;
  nobody.address = before.address;
  DURE_LET(found, look<Found>(world, nobody, [&](Work& work) {
             return before.session_id.empty() ? find_token(work, token_hash) : find_session(work, token_hash);
           }));
  found.caller.address = before.address;
  return std::move(found.caller);
}

}  // namespace dure::commands
