#include "commands/accounts.h"

#include <algorithm>
#include <cctype>

#include "access/address.h"
#include "access/lockout.h"
#include "access/password.h"
#include "access/password_age.h"
#include "access/session.h"
#include "access/standing.h"
#include "commands/command_texts.h"
#include "commands/reads.h"

namespace dure::commands {
namespace {

constexpr std::int64_t kFirstNumericId = 20'000;
constexpr int kTemporaryLength = 16;

// 3 to 32 of a-z 0-9 . _ - , beginning with a letter: also a valid user name inside containers.
base::Result<std::string> read_login(const std::string& text) {
  std::string login;
  for (const char c : text) login.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  const bool right_length = login.size() >= 3 && login.size() <= 32;
  const bool right_start = right_length && login[0] >= 'a' && login[0] <= 'z';
  const bool right_characters = std::all_of(login.begin(), login.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
  if (right_start && right_characters) return login;
  return base::invalid(base::Reason("account.login_malformed"),
                       {{"/login", base::Reason("account.login_malformed")}});
}

base::Status set_temporary_password(Work& work, model::Account& account, std::string& password) {
  password = work.world.secrets.make_password(kTemporaryLength);
  DURE_LET(hash, work.world.secrets.hash_password(password));
  put_temporary_password(work, account, hash);
  return {};
}

base::Result<std::optional<model::Account>> find_account(ports::Transaction& tx, const std::string& login) {
  return tx.accounts().first(ports::Query{}.where("login", login).at_most(1));
}

// What a log-in looks like before the password is compared.
struct Attempt {
  std::optional<model::Account> account;
  std::optional<model::BlockedAddress> address;
  policy::AccountRules rules;
};

std::string address_key(const std::string& address) {
  const auto parsed = access::parse_address(address);
  return parsed ? access::blocking_key(*parsed) : address;
}

base::Result<Attempt> load_attempt(Work& work, const std::string& login) {
  Attempt attempt;
  DURE_LET(account, find_account(work.tx, login));
  attempt.account = account;
  DURE_LET(address, work.tx.blocked_addresses().first(
                        ports::Query{}.where("address", address_key(work.caller.address)).at_most(1)));
  attempt.address = address;
  if (account) {
    DURE_LET(rules, rules_of(work, *account));
    attempt.rules = rules;
  } else {
    attempt.rules = work.world.settings.centre_rules;
  }
  return attempt;
}

base::Status may_log_in(const Attempt& attempt, const Work& work) {
  DURE_TRY(access::may_try(attempt.address, work.now));
  if (!attempt.account) return {};
  DURE_TRY(access::may_try(*attempt.account, attempt.rules, work.now));
  return access::may_come_from(work.caller.address, attempt.account->allowed_addresses,
                               {attempt.rules.ip_allowlist, work.world.settings.loopback_allowed});
}

base::Status count_for_address(Work& work, Attempt& attempt) {
  auto& rows = work.tx.blocked_addresses();
  if (attempt.address) {
    access::record_failure(*attempt.address, attempt.rules, work.now);
    return work.save(rows, *attempt.address);
  }
  model::BlockedAddress address;
  work.stamp(address);
  address.address = address_key(work.caller.address);
  access::record_failure(address, attempt.rules, work.now);
  return rows.insert(address);
}

// A failure is kept although the log-in is refused: it is what the next one is judged by.
base::Status keep_failure(Work& work, Attempt& attempt) {
  DURE_TRY(count_for_address(work, attempt));
  if (!attempt.account) return {};
  auto& account = *attempt.account;
  const auto effect = access::record_failure(account, attempt.rules, work.now);
  DURE_TRY(work.save(work.tx.accounts(), account));
  const auto where = resource_of(account);
  const auto name = "accounts/" + account.id.text;
  if (effect == access::Failure::kLocked) DURE_TRY(work.publish("account.locked", name, where));
  return work.audit(effect == access::Failure::kLocked ? "accounts.locked" : "accounts.log_in_failed", name,
                    where, "{}", name);
}

base::Result<std::vector<model::Session>> open_sessions(Work& work, const model::AccountId& account) {
  DURE_LET(page, work.tx.sessions().list(ports::Query{}
                                             .where("account_id", account)
                                             .where_null("ended_at")
                                             .ordered("created_at", true)
                                             .at_most(200)));
  return page.rows;
}

base::Status end_sessions(Work& work, const std::vector<model::SessionId>& ids) {
  for (const auto& id : ids) {
    DURE_LET(session, work.tx.sessions().get(id));
    session.ended_at = work.now;
    DURE_TRY(work.save(work.tx.sessions(), session));
  }
  return {};
}

base::Result<model::LoggedIn> start_session(Work& work, Attempt& attempt) {
  model::LoggedIn result;
  model::Account& account = *attempt.account;
  access::record_success(account, work.now);
  DURE_TRY(work.save(work.tx.accounts(), account));
  DURE_LET(sessions, open_sessions(work, account.id));
  DURE_LET(ending, access::make_room(sessions, attempt.rules, work.now));
  DURE_TRY(end_sessions(work, ending));
  model::Session& session = result.session;
  work.stamp(session);
  session.account_id = account.id;
  result.token = work.world.secrets.make_token("dure_s_");
  session.token_hash = work.world.secrets.hash_token(result.token);
  session.address = work.caller.address;
  session.last_seen_at = work.now;
  session.expires_at =
      access::expiry(work.now, work.now, access::session_times(attempt.rules, is_staff(account)));
  DURE_TRY(work.tx.sessions().insert(session));
  const auto name = "accounts/" + account.id.text;
  DURE_TRY(work.audit("accounts.log_in", name, resource_of(account), "{}", name));
  result.account = account;
  return result;
}

// The result of the writing half: a refusal that must be kept is a value here, not a failure of the
// transaction.
struct LogInOutcome {
  std::optional<model::LoggedIn> logged_in;
  std::optional<base::Error> refused;
};

base::Result<LogInOutcome> finish_log_in(Work& work, const std::string& login,
                                         const std::string& compared_hash, bool matched) {
  DURE_LET(attempt, load_attempt(work, login));
  LogInOutcome outcome;
  if (const auto may = may_log_in(attempt, work); !may) {
    outcome.refused = may.failure();
    return outcome;
  }
  const bool same_hash = attempt.account && attempt.account->password_hash == compared_hash;
  if (!matched || !same_hash) {
    DURE_TRY(keep_failure(work, attempt));
    outcome.refused = access::wrong_credentials();
    return outcome;
  }
  DURE_LET(logged_in, start_session(work, attempt));
  outcome.logged_in = logged_in;
  return outcome;
}

// Guessing the current password is guessing at the door: it counts for the account and the address alike.
base::Status count_wrong_password(World& world, const Caller& caller, const std::string& login) {
  const auto counted = run<bool>(world, caller, [&](Work& work) -> base::Result<bool> {
    DURE_LET(attempt, load_attempt(work, login));
    DURE_TRY(keep_failure(work, attempt));
    return true;
  });
  return counted ? base::Status{} : base::Status{counted.failure()};
}

base::Error broken_rules(const std::vector<base::Reason>& broken) {
  std::vector<base::Detail> details;
  details.reserve(broken.size());
  for (const auto& reason : broken) details.push_back({"/new", reason});
  return base::invalid(base::Reason("password.refused"), std::move(details));
}

bool used_before(World& world, const model::Account& account, const std::string& password,
                 std::int64_t history) {
  if (world.secrets.verify_password(account.password_hash, password)) return true;
  const auto& former = account.former_password_hashes;
  const auto count =
      std::min<std::size_t>(former.size(), static_cast<std::size_t>(std::max<std::int64_t>(history, 0)));
  return std::any_of(former.begin(), former.begin() + static_cast<std::ptrdiff_t>(count),
                     [&](const std::string& hash) { return world.secrets.verify_password(hash, password); });
}

base::Result<access::PasswordContext> password_context(Work& work, const model::Account& account) {
  access::PasswordContext context{account.login, "", ""};
  if (!account.person_id) return context;
  DURE_LET(person, work.tx.people().find(*account.person_id));
  if (person) {
    context.name = person->name;
    context.email = person->email;
  }
  return context;
}

base::Result<std::optional<model::Project>> project_of_account(Work& work,
                                                               const model::CreateAccount& command) {
  if (!command.project_id) return std::optional<model::Project>();
  DURE_LET(project, work.tx.projects().find(*command.project_id));
  if (!project) return access::not_found();
  DURE_TRY(work.require(access::Permission::kRoleGrantManage, {.kind = access::ResourceKind::kRoleGrant,
                                                               .programme_id = project->programme_id.text,
                                                               .project_id = project->id.text}));
  if (command.programme_id && *command.programme_id != project->programme_id)
    return base::invalid(base::Reason("account.project_elsewhere"),
                         {{"/programme_id", base::Reason("account.project_elsewhere")}});
  return project;
}

// A person belongs to the organisation of his project.
base::Status check_person(const model::CreateAccount& command, const std::optional<model::Project>& project) {
  const bool reached = !command.position.empty() || !command.email.empty() || !command.phone.empty() ||
                       !command.mobile.empty();
  const auto refuse = [](const char* pointer, const char* code) -> base::Status {
    return base::invalid(base::Reason(code), {{pointer, base::Reason(code)}});
  };
  if (reached && command.name.empty()) return refuse("/name", "account.name_missing");
  if (!command.name.empty() && !project) return refuse("/project_id", "account.project_missing");
  return {};
}

base::Result<model::PersonId> person_of_account(Work& work, const model::CreateAccount& command,
                                                const model::Project& project) {
  model::Person person;
  work.stamp(person);
  person.organisation_id = project.organisation_id;
  person.name = command.name;
  person.position = command.position;
  person.email = command.email;
  person.phone = command.phone;
  person.mobile = command.mobile;
  DURE_TRY(work.tx.people().insert(person));
  return person.id;
}

base::Status let_on_project(Work& work, const model::Account& account, const model::Project& project) {
  DURE_TRY(make_grant(work, account.id, model::Role::kMember, model::ScopeKind::kProject, project.id.text));
  const auto name = "accounts/" + account.id.text;
  return work.audit("role_grants.create", name, resource_of(account),
                    "{\"role\":\"member\",\"project\":\"" + project.id.text + "\"}", name);
}

}  // namespace

void put_temporary_password(Work& work, model::Account& account, const std::string& hash) {
  account.password_hash = hash;
  account.password_changed_at = work.now;
  account.password_temporary = true;
  account.failed_logins = 0;
  account.state = model::AccountState::kMustChangePassword;
}

base::Result<std::int64_t> end_sessions_of(Work& work, const model::AccountId& account,
                                           const std::string& but) {
  std::int64_t ended = 0;
  auto query =
      ports::Query{}.where("account_id", account).where_null("ended_at").ordered("created_at").at_most(200);
  do {
    DURE_LET(page, work.tx.sessions().list(query));
    for (const auto& session : page.rows) {
      if (session.id.text == but) continue;
      DURE_TRY(end_sessions(work, {session.id}));
      ++ended;
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return ended;
}

base::Status revoke_tokens_of(Work& work, const model::AccountId& account) {
  auto query =
      ports::Query{}.where("account_id", account).where_null("revoked_at").ordered("created_at").at_most(200);
  do {
    DURE_LET(page, work.tx.api_tokens().list(query));
    for (auto& token : page.rows) {
      token.revoked_at = work.now;
      DURE_TRY(work.save(work.tx.api_tokens(), token));
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return {};
}

base::Status make_account(Work& work, NewAccount& wish) {
  DURE_LET(login, read_login(wish.login));
  DURE_LET(taken, find_account(work.tx, login));
  if (taken)
    return base::error(base::ErrorKind::kConflict, base::Reason("account.login_taken").with("login", login));
  model::Account& account = wish.account;
  work.stamp(account);
  account.login = login;
  account.person_id = wish.person_id;
  account.programme_id = wish.programme_id;
  account.allowed_addresses = wish.allowed_addresses;
  DURE_LET(uid, work.tx.next_number("uid", kFirstNumericId));
  account.uid = uid;
  DURE_TRY(set_temporary_password(work, account, wish.temporary_password));
  return work.tx.accounts().insert(account);
}

base::Result<std::optional<model::Account>> find_login(Work& work, const std::string& text) {
  const auto login = read_login(text);
  if (!login) return std::optional<model::Account>{};
  return find_account(work.tx, *login);
}

base::Result<model::TemporaryPassword> create_account(Work& work, const model::CreateAccount& command) {
  DURE_LET(project, project_of_account(work, command));
  NewAccount wish;
  wish.login = command.login;
  wish.programme_id = project ? project->programme_id : command.programme_id;
  access::Resource where{.kind = access::ResourceKind::kAccount};
  if (wish.programme_id) where.programme_id = wish.programme_id->text;
  DURE_TRY(work.require(access::Permission::kAccountManage, where));
  DURE_TRY(check_command(command));
  DURE_TRY(check_person(command, project));
  if (!command.name.empty()) {
    DURE_LET(person, person_of_account(work, command, *project));
    wish.person_id = person;
  }
  DURE_TRY(make_account(work, wish));
  if (project) DURE_TRY(let_on_project(work, wish.account, *project));
  const auto name = "accounts/" + wish.account.id.text;
  DURE_TRY(work.publish("account.opened", name, resource_of(wish.account)));
  DURE_TRY(work.audit("accounts.create", name, resource_of(wish.account), "{}", name));
  return model::TemporaryPassword{wish.account, wish.temporary_password};
}

base::Result<model::TemporaryPassword> reset_password(Work& work, const model::AccountId& id) {
  DURE_LET(account, load_for(work, work.tx.accounts(), id, access::Permission::kAccountManage));
  DURE_TRY(access::may_get_temporary_password(account));
  model::TemporaryPassword result;
  DURE_TRY(set_temporary_password(work, account, result.temporary_password));
  DURE_TRY(work.save(work.tx.accounts(), account));
  DURE_LET(ended, end_sessions_of(work, account.id));
  static_cast<void>(ended);
  DURE_TRY(revoke_tokens_of(work, account.id));
  const auto name = "accounts/" + id.text;
  DURE_TRY(work.publish("password.temporary", name, resource_of(account)));
  DURE_TRY(work.audit("accounts.reset_password", name, resource_of(account), "{}", name));
  result.account = account;
  return result;
}

base::Result<model::Account> unlock_account(Work& work, const model::AccountId& id) {
  DURE_LET(account, load_for(work, work.tx.accounts(), id, access::Permission::kAccountManage));
  DURE_TRY(access::unlock(account, work.now));
  DURE_TRY(work.save(work.tx.accounts(), account));
  const auto name = "accounts/" + id.text;
  DURE_TRY(work.publish("account.unlocked", name, resource_of(account)));
  DURE_TRY(work.audit("accounts.unlock", name, resource_of(account), "{}", name));
  return account;
}

base::Result<model::LoggedIn> log_in(World& world, const Caller& caller, const model::LogIn& command) {
  // A login that cannot be is tried like one that nobody has: it counts for the address, and the answer takes
  // as long.
  const auto login = read_login(command.login);
  const std::string sought = login ? *login : "";
  // Compared outside any transaction (about 60 ms), and for an unknown login against a hash of nothing, so
  // that the answer takes as long.
  std::string hash;
  const auto before = look<bool>(world, caller, [&](Work& work) -> base::Result<bool> {
    DURE_LET(attempt, load_attempt(work, sought));
    DURE_TRY(may_log_in(attempt, work));
    if (attempt.account) hash = attempt.account->password_hash;
    return true;
  });
  if (!before) return before.failure();
  const bool matched =
      world.secrets.verify_password(hash.empty() ? world.settings.nobody_hash : hash, command.password) &&
      !hash.empty();
  auto outcome = run<LogInOutcome>(world, caller, [&](Work& work) -> base::Result<LogInOutcome> {
    return finish_log_in(work, sought, hash, matched);
  });
  if (!outcome) return outcome.failure();
  if (outcome->refused) return *outcome->refused;
  return *outcome->logged_in;
}

base::Status log_out(Work& work) {
  if (work.caller.session_id.empty())
    return base::error(base::ErrorKind::kConflict, base::Reason("account.no_session"));
  const model::SessionId id(work.caller.session_id);
  DURE_LET(session, work.tx.sessions().get(id));
  DURE_TRY(work.expect(session));
  return end_sessions(work, {id});
}

base::Result<model::Session> end_session(Work& work, const model::SessionId& id) {
  DURE_LET(session, load_for(work, work.tx.sessions(), id, access::Permission::kSessionEnd));
  if (session.ended_at) return session;
  DURE_TRY(end_sessions(work, {id}));
  DURE_TRY(work.audit("sessions.end", "sessions/" + id.text, resource_of(session), "{}",
                      "accounts/" + session.account_id.text));
  return work.tx.sessions().get(id);
}

base::Status end_other_sessions(Work& work) {
  const auto& id = work.caller.subject.account_id;
  return end_account_sessions(work, id, work.caller.session_id);
}

base::Status end_account_sessions(Work& work, const model::AccountId& id, const std::string& but) {
  DURE_LET(account, work.tx.accounts().find(id));
  const access::Resource where{.kind = access::ResourceKind::kSession, .account_id = id.text};
  if (!account) return access::not_found();
  DURE_TRY(work.require(access::Permission::kSessionEnd, where));
  DURE_TRY(work.expect(*account));
  DURE_LET(ended, end_sessions_of(work, id, but));
  const auto name = "accounts/" + id.text;
  return work.audit("accounts.end_sessions", name, where, "{\"ended\":" + std::to_string(ended) + "}", name);
}

base::Result<model::Account> change_password(World& world, const Caller& caller,
                                             const model::ChangePassword& command) {
  model::Account seen;
  policy::AccountRules rules;
  access::PasswordContext context;
  const auto loaded = look<bool>(world, caller, [&](Work& work) -> base::Result<bool> {
    if (caller.subject.account_id.empty()) return access::wrong_credentials();
    DURE_LET(account, work.tx.accounts().get(caller.subject.account_id));
    DURE_TRY(work.require(access::Permission::kPasswordChange, resource_of(account)));
    DURE_LET(held, rules_of(work, account));
    DURE_LET(about, password_context(work, account));
    seen = account;
    rules = held;
    context = about;
    return true;
  });
  if (!loaded) return loaded.failure();
  if (!world.secrets.verify_password(seen.password_hash, command.current)) {
    DURE_TRY(count_wrong_password(world, caller, seen.login));
    return access::wrong_credentials();
  }
  if (const auto broken = access::check(command.replacement, rules.password, context); !broken.empty())
    return broken_rules(broken);
  if (used_before(world, seen, command.replacement, rules.password.history))
    return broken_rules({base::Reason("account.password_used_before")});
  DURE_LET(hash, world.secrets.hash_password(command.replacement));
  return run<model::Account>(world, caller, [&](Work& work) -> base::Result<model::Account> {
    DURE_LET(account, work.tx.accounts().get(seen.id));
    DURE_TRY(work.expect(account));
    // Closed, suspended or given another password while this one was hashed: that stands.
    if (account.password_hash != seen.password_hash || account.state != seen.state)
      return base::error(base::ErrorKind::kConflict, base::Reason("store.version"));
    account.former_password_hashes.insert(account.former_password_hashes.begin(), account.password_hash);
    const auto keep = static_cast<std::size_t>(std::max<std::int64_t>(rules.password.history, 0));
    if (account.former_password_hashes.size() > keep) account.former_password_hashes.resize(keep);
    account.password_hash = hash;
    account.password_changed_at = work.now;
    account.password_temporary = false;
    account.failed_logins = 0;
    account.state = model::AccountState::kActive;
    DURE_TRY(work.save(work.tx.accounts(), account));
    DURE_LET(ended, end_sessions_of(work, account.id, caller.session_id));
    static_cast<void>(ended);
    const auto name = "accounts/" + account.id.text;
    DURE_TRY(work.publish("account.password_changed", name, resource_of(account)));
    DURE_TRY(work.audit("accounts.change_password", name, resource_of(account), "{}", name));
    return account;
  });
}

base::Result<model::CreatedToken> create_token(Work& work, const model::CreateToken& command) {
  const auto& account = work.caller.subject.account_id;
  DURE_TRY(work.require(access::Permission::kApiTokenManage,
                        {.kind = access::ResourceKind::kApiToken, .account_id = account.text}));
  if (command.name.empty())
    return base::invalid(base::Reason("account.token_name_missing"),
                         {{"/name", base::Reason("account.token_name_missing")}});
  model::CreatedToken created;
  work.stamp(created.api_token);
  created.token = work.world.secrets.make_token("dure_t_");
  created.api_token.account_id = account;
  created.api_token.name = command.name;
  created.api_token.token_hash = work.world.secrets.hash_token(created.token);
  created.api_token.expires_at = command.expires_at;
  DURE_TRY(work.tx.api_tokens().insert(created.api_token));
  DURE_TRY(work.audit("api_tokens.create", "api-tokens/" + created.api_token.id.text,
                      resource_of(created.api_token), "{}", "accounts/" + account.text));
  return created;
}

base::Result<model::ApiToken> revoke_token(Work& work, const model::ApiTokenId& id) {
  DURE_LET(token, load_for(work, work.tx.api_tokens(), id, access::Permission::kApiTokenManage));
  if (!token.revoked_at) {
    token.revoked_at = work.now;
    DURE_TRY(work.save(work.tx.api_tokens(), token));
    DURE_TRY(work.audit("api_tokens.revoke", "api-tokens/" + id.text, resource_of(token), "{}",
                        token.account_id ? "accounts/" + token.account_id->text : ""));
  }
  return token;
}

base::Result<model::WhoAmI> who_am_i(Work& work) {
  model::WhoAmI who;
  who.actor = work.caller.subject.actor;
  if (work.caller.subject.account_id.empty()) return who;
  DURE_LET(account, work.tx.accounts().get(work.caller.subject.account_id));
  who.account = account;
  DURE_LET(grants, grants_of(work.tx, account.id));
  who.grants = grants;
  return who;
}

bool is_staff(const model::Account& account) {
  return !account.programme_id.has_value();
}

base::Result<policy::AccountRules> rules_of(Work& work, const model::Account& account) {
  if (!account.programme_id) return work.world.settings.centre_rules;
  DURE_LET(pack, work.world.policies.of_programme(work.tx, *account.programme_id));
  return pack->account;
}

base::Result<std::int64_t> keep_passwords(Work& work) {
  std::int64_t changed = 0;
  auto query = ports::Query{}.where("state", model::AccountState::kActive).at_most(500);
  do {
    DURE_LET(page, work.tx.accounts().list(query));
    for (auto& account : page.rows) {
      if (!account.programme_id) continue;
      DURE_LET(pack, work.world.policies.of_programme(work.tx, *account.programme_id));
      if (!access::apply_password_age(account, pack->account, policy::zone_of(*pack), work.now)) continue;
      DURE_TRY(work.save(work.tx.accounts(), account));
      DURE_TRY(work.publish("password.expired", "accounts/" + account.id.text, resource_of(account)));
      ++changed;
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return changed;
}

}  // namespace dure::commands
