// Verbs of the operator: account (list, create, unlock, suspend, close, …, grants) and outage (begin, end).
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <functional>

#include "cli/node_names.h"
#include "cli/verbs.h"
#include "net/url.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

const std::vector<Column>& account_columns() {
  static const std::vector<Column> kColumns = {
      {"LOGIN", "login"}, {"STATE", "state"}, {"LAST LOG-IN", "last_login_at"}, {"ID", "id"}};
  return kColumns;
}

const std::vector<Column>& grant_columns() {
  static const std::vector<Column> kColumns = {
      {"ROLE", "role"}, {"SCOPE", "scope"}, {"OF", "scope_id"}, {"ENDS", "ends_at"}, {"ID", "id"}};
  return kColumns;
}

// The id of an account given by its login, or the id itself.
base::Result<std::string> account_id(Api& api, const std::string& text) {
  DURE_LET(found, api.list("/api/v1/accounts?login=" + net::percent_encode(text)));
  return found.as_array().empty() ? text : text_at(found, "0/id");
}

base::Result<std::string> account_path(Api& api, const std::string& account) {
  DURE_LET(id, account_id(api, account));
  return "/api/v1/accounts/" + net::percent_encode(id);
}

void print_password(Context& context, const json::value& made) {
  if (context.output() == Format::kJson) return print_json(made);
  std::printf("account    %s  %s\npassword   %s\n", text_at(made, "account/login").c_str(),
              text_at(made, "account/state").c_str(), text_at(made, "temporary_password").c_str());
}

struct AccountWish {
  std::string login;
  std::string programme;
  std::string project;
  std::string name;
  std::string position;
  std::string email;
  std::string phone;
  std::string mobile;
};

base::Status create_account(Context& context, Api& api, const AccountWish& wish) {
  json::object body{{"login", wish.login}};
  if (!wish.programme.empty()) {
    DURE_LET(found, api.list("/api/v1/programmes?code=" + net::percent_encode(wish.programme)));
    body["programme_id"] = found.as_array().empty() ? wish.programme : text_at(found, "0/id");
  }
  for (const auto& [member, text] : {std::pair<const char*, const std::string&>{"project_id", wish.project},
                                     {"name", wish.name},
                                     {"position", wish.position},
                                     {"email", wish.email},
                                     {"phone", wish.phone},
                                     {"mobile", wish.mobile}})
    if (!text.empty()) body[member] = text;
  DURE_LET(made, api.post_once("/api/v1/accounts", json::serialize(body)));
  print_password(context, made);
  return {};
}

using AccountBody = std::function<base::Status(Api& api, const std::string& path)>;

// A verb on one account, by its login or id.
CLI::App* add_account_verb(CLI::App* account, Context& context, const std::string& name,
                           const std::string& help, const AccountBody& body) {
  auto* verb = account->add_subcommand(name, help);
  auto who = std::make_shared<std::string>();
  verb->add_option("account", *who, "Login or id")->required();
  verb->callback([&context, who, body] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(path, account_path(api, *who));
      return body(api, path);
    });
  });
  return verb;
}

void add_listing(CLI::App* account, Context& context) {
  auto* list = account->add_subcommand("list", "Accounts");
  auto state = std::make_shared<std::string>();
  list->add_option("--state", *state, "Only those in this state: active, locked, suspended, …");
  list->callback([&context, state] {
    context.with_api([&](Api& api) -> base::Status {
      const std::string filter = state->empty() ? "" : "?state=" + net::percent_encode(*state);
      DURE_LET(rows, api.list("/api/v1/accounts" + filter));
      print(context.output(), rows, account_columns());
      return {};
    });
  });
  auto* make = account->add_subcommand("create", "Opens an account; its temporary password is shown once");
  auto wish = std::make_shared<AccountWish>();
  make->add_option("login", wish->login)->required();
  make->add_option("--programme", wish->programme, "Whose rules hold; the centre's own, where left out");
  make->add_option("--project", wish->project,
                   "Id of the project that he works on at once (see: dure projects)");
  make->add_option("--name", wish->name, "Of the person, of the project's organisation");
  make->add_option("--position", wish->position);
  make->add_option("--email", wish->email, "Where mail to him goes");
  make->add_option("--phone", wish->phone);
  make->add_option("--mobile", wish->mobile);
  make->callback(
      [&context, wish] { context.with_api([&](Api& api) { return create_account(context, api, *wish); }); });
}

void add_standing(CLI::App* account, Context& context) {
  add_account_verb(account, context, "unlock", "Opens a locked account again",
                   [&context](Api& api, const std::string& path) -> base::Status {
                     DURE_LET(row, api.post(path + "/unlock"));
                     print(context.output(), row, account_columns());
                     return {};
                   });
  add_account_verb(account, context, "reset-password",
                   "A new temporary password, shown once; sessions and tokens end",
                   [&context](Api& api, const std::string& path) -> base::Status {
                     DURE_LET(reset, api.post_once(path + "/temporary-password", "{}"));
                     print_password(context, reset);
                     return {};
                   });
  add_account_verb(account, context, "end-sessions", "Ends all its sessions",
                   [](Api& api, const std::string& path) -> base::Status {
                     DURE_LET(gone, api.remove(path + "/sessions"));
                     static_cast<void>(gone);
                     return {};
                   });
  for (const std::string name : {"suspend", "reinstate", "close"}) {
    auto ground = std::make_shared<std::string>();
    auto* verb = add_account_verb(
        account, context, name,
        name == "suspend"     ? "Shuts it out until it is reinstated"
        : name == "reinstate" ? "Lets it in again"
                              : "Closes it for good: nobody enters, sessions and tokens end",
        [&context, name, ground](Api& api, const std::string& path) -> base::Status {
          DURE_LET(row, api.post(path + "/" + name, json::serialize(json::object{{"ground", *ground}})));
          print(context.output(), row, account_columns());
          return {};
        });
    verb->add_option("--ground", *ground, "Why; kept in the audit")->required();
  }
}

void add_grants(CLI::App* account, Context& context) {
  add_account_verb(account, context, "grants", "Its roles",
                   [&context](Api& api, const std::string& path) -> base::Status {
                     const std::string id = path.substr(path.rfind('/') + 1);
                     DURE_LET(rows, api.list("/api/v1/role-grants?account_id=" + id));
                     print(context.output(), rows, grant_columns());
                     return {};
                   });
  auto role = std::make_shared<std::string>();
  auto scope = std::make_shared<std::string>("centre");
  auto scope_id = std::make_shared<std::string>();
  auto* grant =
      add_account_verb(account, context, "grant", "Gives it a role",
                       [&context, role, scope, scope_id](Api& api, const std::string& path) -> base::Status {
                         const json::object body{{"account_id", path.substr(path.rfind('/') + 1)},
                                                 {"role", *role},
                                                 {"scope", *scope},
                                                 {"scope_id", *scope_id}};
                         DURE_LET(made, api.post("/api/v1/role-grants", json::serialize(body)));
                         print(context.output(), made, grant_columns());
                         return {};
                       });
  grant->add_option("role", *role, "operator, applicant, member, reviewer or auditor")->required();
  grant->add_option("--scope", *scope, "centre, programme, project, application")->capture_default_str();
  grant->add_option("--of", *scope_id, "Id of the programme, project or application");
  auto* end = account->add_subcommand("end-grant", "Ends a role");
  auto id = std::make_shared<std::string>();
  end->add_option("grant", *id, "Id of the grant (see: dure account grants)")->required();
  end->callback([&context, id] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(ended, api.remove("/api/v1/role-grants/" + *id));
      print(context.output(), ended, grant_columns());
      return {};
    });
  });
}

struct Outage {
  std::string cause;
  std::string note;
  std::vector<std::string> nodes;
};

base::Status begin_outage(Context& context, Api& api, const Outage& input) {
  DURE_LET(ids, node_ids(api, input.nodes));
  json::array nodes;
  for (const auto& id : ids) nodes.emplace_back(id);
  const json::object body{{"cause", input.cause}, {"note", input.note}, {"node_ids", nodes}};
  DURE_LET(begun, api.post("/api/v1/outages", json::serialize(body)));
  print(context.output(), begun, {{"ID", "id"}, {"CAUSE", "cause"}, {"STARTED", "started_at"}});
  return {};
}

void add_outages(CLI::App& app, Context& context) {
  auto* outage = app.add_subcommand("outage", "Stops of service")->require_subcommand(1);
  auto* begin = outage->add_subcommand("begin", "Declares a stop of service");
  auto input = std::make_shared<Outage>();
  begin->add_option("--cause", input->cause, "Why")->required();
  begin->add_option("--note", input->note);
  begin->add_option("--node", input->nodes, "Name or id of a node that it is about; all, where left out");
  begin->callback(
      [&context, input] { context.with_api([&](Api& api) { return begin_outage(context, api, *input); }); });
  auto* end = outage->add_subcommand("end", "Ends it; the time is given back to the allocations");
  auto id = std::make_shared<std::string>();
  end->add_option("id", *id, "Id of the outage (see: dure outages)")->required();
  end->callback([&context, id] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(ended, api.post("/api/v1/outages/" + *id + "/end"));
      print(context.output(), ended,
            {{"ID", "id"}, {"CAUSE", "cause"}, {"STARTED", "started_at"}, {"ENDED", "ended_at"}});
      return {};
    });
  });
}

}  // namespace

void add_account_verbs(CLI::App& app, Context& context) {
  auto* account = app.add_subcommand("account", "Accounts and their roles")->require_subcommand(1);
  add_listing(account, context);
  add_standing(account, context);
  add_grants(account, context);
  add_outages(app, context);
}

}  // namespace dure::cli
