#include "commands/groups.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"

namespace dure::server {
namespace {

base::Result<Answer> create(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::CreateGroup>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(group, commands::create_group(work, command));
    return created_answer(group, "groups");
  });
}

base::Result<Answer> set_bindings(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::SetGroup>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(group, commands::set_group(work, exchange.id<model::Group>(), command));
    return row_answer(group);
  });
}

base::Result<Answer> end(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::GiveGround>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(group, commands::end_group(work, exchange.id<model::Group>(), command));
    return row_answer(group);
  });
}

base::Result<Answer> add_member(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::AddGroupMember>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(member, commands::add_group_member(work, exchange.id<model::Group>(), command));
    return created_answer(member, "group-members");
  });
}

base::Result<Answer> remove_member(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::GiveGround>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(member, commands::remove_group_member(work, exchange.id<model::GroupMember>(), command));
    return row_answer(member);
  });
}

base::Result<Answer> of_account(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(answer, commands::read_account_group(work, exchange.id<model::Account>()));
    return json_answer(wire::json_text(answer));
  });
}

}  // namespace

void add_group_routes(Router& router, Api& api) {
  add_collection<model::Group>(router, api, "groups", &ports::Transaction::groups);
  add_collection<model::GroupMember>(router, api, "group-members", &ports::Transaction::group_members);
  add_route(router, api, "POST", "/api/v1/groups", create);
  add_route(router, api, "PUT", "/api/v1/groups/{id}", set_bindings);
  add_route(router, api, "POST", "/api/v1/groups/{id}/end", end);
  add_route(router, api, "POST", "/api/v1/groups/{id}/members", add_member);
  add_route(router, api, "POST", "/api/v1/group-members/{id}/remove", remove_member);
  add_route(router, api, "GET", "/api/v1/accounts/{id}/group", of_account);
}

}  // namespace dure::server
