#include "commands/account_standing.h"
#include "commands/accounts.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"
#include "wire/json_impl.h"

namespace dure::server {
namespace {

// HttpOnly and SameSite: a page of another origin can neither read it nor send it.
std::string session_cookie(const Exchange& exchange, const std::string& token, bool ended) {
  std::string cookie = "dure_session=" + token + "; Path=/; HttpOnly; SameSite=Strict";
  if (exchange.request.secure) cookie += "; Secure";
  if (ended) cookie += "; Max-Age=0";
  return cookie;
}

base::Result<Answer> log_in(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::LogIn>());
  DURE_LET(logged_in, commands::log_in(exchange.world, exchange.caller, command));
  Answer answer = json_answer(wire::json_text(logged_in, wire::Out{.personal = true}), 201);
  answer.headers.push_back({"Set-Cookie", session_cookie(exchange, logged_in.token, false)});
  return answer;
}

base::Result<Answer> log_out(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_TRY(commands::log_out(work));
    Answer answer = no_content();
    answer.headers.push_back({"Set-Cookie", session_cookie(exchange, "", true)});
    return answer;
  });
}

base::Result<Answer> end_session(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(session, commands::end_session(work, exchange.id<model::Session>()));
    return row_answer(session);
  });
}

base::Result<Answer> end_other_sessions(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_TRY(commands::end_other_sessions(work));
    return no_content();
  });
}

base::Result<Answer> end_account_sessions(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_TRY(commands::end_account_sessions(work, exchange.id<model::Account>()));
    return no_content();
  });
}

base::Result<Answer> change_password(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::ChangePassword>());
  DURE_LET(account, commands::change_password(exchange.world, exchange.caller, command));
  return row_answer(account);
}

base::Result<Answer> who_am_i(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(who, commands::who_am_i(work));
    return tagged_json(exchange, wire::json_text(who, wire::Out{.personal = true}));
  });
}

base::Result<Answer> create_token(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::CreateToken>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(created, commands::create_token(work, command));
    Answer answer = json_answer(wire::json_text(created), 201);
    return answer;
  });
}

base::Result<Answer> revoke_token(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(token, commands::revoke_token(work, exchange.id<model::ApiToken>()));
    return row_answer(token);
  });
}

base::Result<Answer> create_account(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::CreateAccount>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(created, commands::create_account(work, command));
    Answer answer = json_answer(wire::json_text(created), 201);
    answer.headers.push_back({"Location", "/api/v1/accounts/" + created.account.id.text});
    answer.headers.push_back({"ETag", etag_of(created.account.version)});
    return answer;
  });
}

base::Result<Answer> reset_password(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(reset, commands::reset_password(work, exchange.id<model::Account>()));
    Answer answer = json_answer(wire::json_text(reset));
    return answer;
  });
}

base::Result<Answer> unlock(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(account, commands::unlock_account(work, exchange.id<model::Account>()));
    return row_answer(account);
  });
}

base::Result<Answer> suspend(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::ChangeStanding>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(account, commands::suspend_account(work, exchange.id<model::Account>(), command));
    return row_answer(account);
  });
}

base::Result<Answer> reinstate(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::ChangeStanding>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(account, commands::reinstate_account(work, exchange.id<model::Account>(), command));
    return row_answer(account);
  });
}

base::Result<Answer> close_for_good(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::ChangeStanding>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(account, commands::close_account(work, exchange.id<model::Account>(), command));
    return row_answer(account);
  });
}

base::Result<Answer> create_grant(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::CreateGrant>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(grant, commands::create_grant(work, command));
    return created_answer(grant, "role-grants");
  });
}

base::Result<Answer> end_grant(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(grant, commands::end_grant(work, exchange.id<model::RoleGrant>()));
    return row_answer(grant);
  });
}

}  // namespace

void add_access_routes(Router& router, Api& api) {
  add_route(router, api, "POST", "/api/v1/sessions", log_in);
  add_route(router, api, "DELETE", "/api/v1/sessions/current", log_out);
  add_route(router, api, "DELETE", "/api/v1/sessions/others", end_other_sessions);
  add_route(router, api, "DELETE", "/api/v1/sessions/{id}", end_session);
  add_list<model::Session>(router, api, "sessions", &ports::Transaction::sessions);
  add_route(router, api, "GET", "/api/v1/me", who_am_i);
  add_route(router, api, "POST", "/api/v1/me/password", change_password);
  add_list<model::ApiToken>(router, api, "api-tokens", &ports::Transaction::api_tokens);
  add_route(router, api, "POST", "/api/v1/api-tokens", create_token);
  add_route(router, api, "DELETE", "/api/v1/api-tokens/{id}", revoke_token);
  add_collection<model::Account>(router, api, "accounts", &ports::Transaction::accounts);
  add_route(router, api, "POST", "/api/v1/accounts", create_account);
  add_route(router, api, "POST", "/api/v1/accounts/{id}/temporary-password", reset_password);
  add_route(router, api, "POST", "/api/v1/accounts/{id}/unlock", unlock);
  add_route(router, api, "POST", "/api/v1/accounts/{id}/suspend", suspend);
  add_route(router, api, "POST", "/api/v1/accounts/{id}/reinstate", reinstate);
  add_route(router, api, "POST", "/api/v1/accounts/{id}/close", close_for_good);
  add_route(router, api, "DELETE", "/api/v1/accounts/{id}/sessions", end_account_sessions);
  add_list<model::RoleGrant>(router, api, "role-grants", &ports::Transaction::role_grants);
  add_route(router, api, "POST", "/api/v1/role-grants", create_grant);
  add_route(router, api, "DELETE", "/api/v1/role-grants/{id}", end_grant);
}

}  // namespace dure::server
