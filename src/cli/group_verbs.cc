// Verbs on groups of users: group list, make, show, set, end, add, remove.
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <optional>

#include "cli/verbs.h"
#include "net/url.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

struct GroupInput {
  std::string group;
  std::string programme;
  std::string name;
  std::optional<std::string> description;
  std::optional<std::vector<std::string>> nodes;
  std::optional<std::vector<std::string>> namespaces;
  std::optional<std::vector<std::string>> registries;
  std::optional<std::int64_t> storage_gib;
  std::string account;
  std::string ground;
};

const std::vector<Column>& group_columns() {
  static const std::vector<Column> kColumns = {{"NAME", "name"},
                                               {"NODES", "node_ids"},
                                               {"NAMESPACES", "namespaces"},
                                               {"REGISTRIES", "registries"},
                                               {"STORAGE", "storage_bytes"},
                                               {"ENDED", "ended_at"},
                                               {"ID", "id"}};
  return kColumns;
}

const std::vector<Column>& member_columns() {
  static const std::vector<Column> kColumns = {
      {"ACCOUNT", "account_id"}, {"SINCE", "created_at"}, {"UNTIL", "left_at"}, {"ID", "id"}};
  return kColumns;
}

// The row of a group that is named by its id or, while it has not ended, by its name.
base::Result<json::value> find_group(Api& api, const std::string& text) {
  DURE_LET(groups, api.list("/api/v1/groups?name=" + net::percent_encode(text)));
  for (const auto& each : groups.as_array())
    if (text_at(each, "ended_at").empty()) return each;
  return api.get("/api/v1/groups/" + net::percent_encode(text));
}

base::Result<std::string> id_of_account(Api& api, const std::string& text) {
  DURE_LET(found, api.list("/api/v1/accounts?login=" + net::percent_encode(text)));
  return found.as_array().empty() ? text : text_at(found, "0/id");
}

json::array array_of(const std::vector<std::string>& texts) {
  json::array items;
  for (const auto& each : texts)
    if (!each.empty()) items.emplace_back(each);
  return items;
}

// What is given, over what `body` says already.
void put_bindings(const GroupInput& input, json::object& body) {
  if (input.description) body["description"] = *input.description;
  if (input.nodes) body["node_ids"] = array_of(*input.nodes);
  if (input.namespaces) body["namespaces"] = array_of(*input.namespaces);
  if (input.registries) body["registries"] = array_of(*input.registries);
  if (input.storage_gib) body["storage_bytes"] = *input.storage_gib << 30;
}

void add_bindings(CLI::App* verb, GroupInput& input) {
  verb->add_option("--description", input.description, "What it is for");
  verb->add_option("--node", input.nodes, "Id of a node that is the members' alone; may be repeated");
  verb->add_option("--namespace", input.namespaces, "Namespace of the members; may be repeated");
  verb->add_option("--registry", input.registries,
                   "Beginning of the images that members may start; may be repeated");
  verb->add_option("--storage", input.storage_gib,
                   "GiB of a folder that members share; not offered yet, only 0")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 30));
}

base::Status make_group(Context& context, Api& api, const GroupInput& input) {
  json::object body{{"programme_id", input.programme}, {"name", input.name}};
  put_bindings(input, body);
  DURE_LET(group, api.post("/api/v1/groups", json::serialize(body)));
  print(context.output(), group, group_columns());
  return {};
}

base::Status set_group(Context& context, Api& api, const GroupInput& input) {
  DURE_LET(was, find_group(api, input.group));
  json::object body{{"ground", input.ground}};
  for (const char* key : {"description", "node_ids", "namespaces", "registries", "storage_bytes"})
    body[key] = was.at(key);
  put_bindings(input, body);
  DURE_LET(group, api.put("/api/v1/groups/" + text_at(was, "id"), json::serialize(body)));
  print(context.output(), group, group_columns());
  return {};
}

base::Status end_group(Context& context, Api& api, const GroupInput& input) {
  DURE_LET(was, find_group(api, input.group));
  DURE_LET(group, api.post("/api/v1/groups/" + text_at(was, "id") + "/end",
                           json::serialize(json::object{{"ground", input.ground}})));
  print(context.output(), group, group_columns());
  return {};
}

base::Status show_group(Context& context, Api& api, const GroupInput& input) {
  DURE_LET(group, find_group(api, input.group));
  DURE_LET(members, api.list("/api/v1/group-members?group_id=" + text_at(group, "id")));
  if (context.output() == Format::kJson) {
    print_json(json::object{{"group", group}, {"members", members}});
    return {};
  }
  print(context.output(), group, group_columns());
  print(context.output(), members, member_columns());
  if (members.as_array().empty()) context.explain_empty(false, "dure group add GROUP --account LOGIN");
  return {};
}

base::Status take_account_in(Context& context, Api& api, const GroupInput& input) {
  DURE_LET(group, find_group(api, input.group));
  DURE_LET(account, id_of_account(api, input.account));
  DURE_LET(member, api.post("/api/v1/groups/" + text_at(group, "id") + "/members",
                            json::serialize(json::object{{"account_id", account}})));
  print(context.output(), member, member_columns());
  return {};
}

base::Status take_account_out(Context& context, Api& api, const GroupInput& input) {
  DURE_LET(group, find_group(api, input.group));
  DURE_LET(account, id_of_account(api, input.account));
  DURE_LET(stays, api.list("/api/v1/group-members?group_id=" + text_at(group, "id") +
                           "&account_id=" + net::percent_encode(account) + "&sort=-created_at"));
  if (stays.as_array().empty())
    return base::error(base::ErrorKind::kNotFound, base::Reason("group.member_left"));
  DURE_LET(member, api.post("/api/v1/group-members/" + text_at(stays, "0/id") + "/remove",
                            json::serialize(json::object{{"ground", input.ground}})));
  print(context.output(), member, member_columns());
  return {};
}

base::Status list_groups(Context& context, Api& api) {
  DURE_LET(groups, api.list("/api/v1/groups"));
  print(context.output(), groups, group_columns());
  if (groups.as_array().empty()) context.explain_empty(false, "dure group make --programme ID --name NAME");
  return {};
}

using Verb = base::Status (*)(Context&, Api&, const GroupInput&);

CLI::App* add_group_verb(CLI::App* group, Context& context, const char* name, const char* what, Verb verb,
                         const std::shared_ptr<GroupInput>& input) {
  auto* made = group->add_subcommand(name, what);
  made->callback(
      [&context, verb, input] { context.with_api([&](Api& api) { return verb(context, api, *input); }); });
  return made;
}

CLI::App* add_on_group(CLI::App* group, Context& context, const char* name, const char* what, Verb verb,
                       const std::shared_ptr<GroupInput>& input) {
  auto* made = add_group_verb(group, context, name, what, verb, input);
  made->add_option("group", input->group, "Name or id of the group (see: dure group list)")->required();
  return made;
}

}  // namespace

void add_group_verbs(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("group", "Groups of users, and what binds their members");
  group->require_subcommand(1);
  group->add_subcommand("list", "Groups, and what each binds")->callback([&context] {
    context.with_api([&](Api& api) { return list_groups(context, api); });
  });
  auto made = std::make_shared<GroupInput>();
  auto* make = add_group_verb(group, context, "make", "Makes a group", make_group, made);
  make->add_option("--programme", made->programme, "Id of the programme")->required();
  make->add_option("--name", made->name, "Lower-case letters, digits and hyphens")->required();
  add_bindings(make, *made);
  auto shown = std::make_shared<GroupInput>();
  add_on_group(group, context, "show", "One group and who is or was in it", show_group, shown);
  auto changed = std::make_shared<GroupInput>();
  auto* set = add_on_group(group, context, "set", "Changes what it binds; what is not named stays", set_group,
                           changed);
  add_bindings(set, *changed);
  set->add_option("--ground", changed->ground, "Why; kept in the audit")->required();
  auto over = std::make_shared<GroupInput>();
  add_on_group(group, context, "end", "Ends it: nobody is in it, and what it bound is free", end_group, over)
      ->add_option("--ground", over->ground, "Why; kept in the audit")
      ->required();
  auto joins = std::make_shared<GroupInput>();
  add_on_group(group, context, "add", "Takes an account in", take_account_in, joins)
      ->add_option("--account", joins->account, "Login or id")
      ->required();
  auto leaves = std::make_shared<GroupInput>();
  auto* remove = add_on_group(group, context, "remove", "Takes an account out, from its next start on",
                              take_account_out, leaves);
  remove->add_option("--account", leaves->account, "Login or id")->required();
  remove->add_option("--ground", leaves->ground, "Why; kept in the audit")->required();
}

}  // namespace dure::cli
