// Verbs of the operator on who may hold how much: quota (set, list, remove) and share.
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <optional>

#include "cli/verbs.h"
#include "net/url.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

struct Quota {
  std::string organisation;
  std::string project;
  std::string account;
  std::optional<std::int64_t> runs;
  std::optional<std::int64_t> blocks;
  std::optional<std::int64_t> card_memory_mib;
  std::optional<std::int64_t> cpu_milli;
  std::optional<std::int64_t> memory_mib;
  std::optional<std::int64_t> weight;
  std::string ground;
  std::string from;
  std::string until;
};

// "": none was named.
std::pair<std::string, std::string> subject_of(const Quota& input) {
  if (!input.organisation.empty()) return {"organisation", input.organisation};
  if (!input.project.empty()) return {"project", input.project};
  return {"account", input.account};
}

// The id of an account given by its login, or the id itself.
base::Result<std::string> subject_id(Api& api, const std::string& scope, const std::string& text) {
  if (scope != "account") return text;
  DURE_LET(found, api.list("/api/v1/accounts?login=" + net::percent_encode(text)));
  return found.as_array().empty() ? text : text_at(found, "0/id");
}

json::object quota_body(const Quota& input, const std::string& scope) {
  json::object body{{"scope", scope}, {"ground", input.ground}};
  const auto add = [&](const char* name, const std::optional<std::int64_t>& value, int shift = 0) {
    if (value) body[name] = *value << shift;
  };
  add("runs", input.runs);
  add("blocks", input.blocks);
  add("card_memory_bytes", input.card_memory_mib, 20);
  add("cpu_milli", input.cpu_milli);
  add("memory_bytes", input.memory_mib, 20);
  add("weight", input.weight);
  if (!input.from.empty()) body["valid_from"] = input.from;
  if (!input.until.empty()) body["valid_until"] = input.until;
  return body;
}

const std::vector<Column>& quota_columns() {
  static const std::vector<Column> kColumns = {
      {"SCOPE", "scope"},         {"RUNS", "runs"},     {"BLOCKS", "blocks"},     {"CPU", "cpu_milli"},
      {"MEMORY", "memory_bytes"}, {"WEIGHT", "weight"}, {"UNTIL", "valid_until"}, {"ID", "id"}};
  return kColumns;
}

base::Status set_quota(Context& context, Api& api, const Quota& input) {
  const auto [scope, named] = subject_of(input);
  DURE_LET(id, subject_id(api, scope, named));
  DURE_LET(quota,
           api.put("/api/v1/quotas/" + net::percent_encode(id), json::serialize(quota_body(input, scope))));
  print(context.output(), quota, quota_columns());
  return {};
}

void add_set(CLI::App* quota, Context& context) {
  auto* set = quota->add_subcommand("set", "Sets what an organisation, a project or an account may hold");
  auto input = std::make_shared<Quota>();
  auto* subject = set->add_option_group("subject")->require_option(1);
  subject->add_option("--organisation", input->organisation, "Id of the organisation");
  subject->add_option("--project", input->project, "Id of the project (see: dure projects)");
  subject->add_option("--account", input->account, "Login or id of the account");
  const CLI::Range whole(std::int64_t{0}, std::int64_t{1} << 40);
  set->add_option("--runs", input->runs, "Runs at a time")->check(whole);
  set->add_option("--blocks", input->blocks, "Blocks at a time; 100 are a card")->check(whole);
  set->add_option("--card-memory", input->card_memory_mib, "Memory of cards, in MiB")->check(whole);
  set->add_option("--cpu", input->cpu_milli, "Thousandths of a core")->check(whole);
  set->add_option("--memory", input->memory_mib, "Memory in MiB")->check(whole);
  set->add_option("--weight", input->weight, "What its turn weighs, beside the blocks of others")
      ->check(whole);
  set->add_option("--ground", input->ground, "Why; kept in the audit")->required();
  set->add_option("--from", input->from, "2026-09-01T00:00:00Z; at once, where left out");
  set->add_option("--until", input->until, "Not any more from then on");
  set->callback(
      [&context, input] { context.with_api([&](Api& api) { return set_quota(context, api, *input); }); });
}

// "3 / 8"; the one alone where there is no limit.
std::string of(const json::value& use, const std::string& field) {
  const std::string limit = text_at(use, "quota/" + field);
  const std::string held = text_at(use, "held/" + field);
  return limit.empty() ? held : held + " / " + limit;
}

void add_quota_list(CLI::App* quota, Context& context) {
  quota->add_subcommand("list", "Quotas, and what is held of them now")->callback([&context] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(answer, api.get("/api/v1/quota-use"));
      const auto& uses = answer.at("items");
      if (context.output() == Format::kJson) {
        print_json(uses);
        return {};
      }
      json::array rows;
      for (const auto& use : uses.as_array())
        rows.push_back(json::object{{"runs", of(use, "runs")},
                                    {"blocks", of(use, "blocks")},
                                    {"card_memory", of(use, "card_memory_bytes")},
                                    {"cpu", of(use, "cpu_milli")},
                                    {"memory", of(use, "memory_bytes")},
                                    {"use", use}});
      print_table(rows, {{"SCOPE", "use/quota/scope"},
                         {"NAME", "use/name"},
                         {"RUNS", "runs"},
                         {"BLOCKS", "blocks"},
                         {"CARD MEMORY", "card_memory"},
                         {"CPU", "cpu"},
                         {"MEMORY", "memory"},
                         {"WEIGHT", "use/quota/weight"},
                         {"IN FORCE", "use/in_force"},
                         {"ID", "use/quota/id"}});
      if (rows.empty()) context.explain_empty(false, "dure quota set --project ID --blocks 400 --ground …");
      return {};
    });
  });
}

void add_remove(CLI::App* quota, Context& context) {
  auto* remove = quota->add_subcommand("remove", "Removes it; what policy says holds again");
  auto id = std::make_shared<std::string>();
  remove->add_option("id", *id, "Id of the organisation, project or account (see: dure quota list)")
      ->required();
  remove->callback([&context, id] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(removed, api.remove("/api/v1/quotas/" + net::percent_encode(*id)));
      print(context.output(), removed, quota_columns());
      return {};
    });
  });
}

// "12.3456 %" of millionths.
std::string share_percent(std::int64_t ppm) {
  char text[32];
  std::snprintf(text, sizeof text, "%lld.%04lld %%", static_cast<long long>(ppm / 10'000),
                static_cast<long long>(ppm % 10'000));
  return text;
}

std::string indented_name(const json::value& owner) {
  const std::string scope = text_at(owner, "scope");
  return (scope == "organisation" ? "" : scope == "project" ? "  " : "    ") + text_at(owner, "name");
}

void add_fair_shares(CLI::App& app, Context& context) {
  app.add_subcommand("share", "What share everybody should have, what he had, and whose turn it is")
      ->callback([&context] {
        context.with_api([&](Api& api) -> base::Status {
          DURE_LET(table, api.get("/api/v1/fair-share"));
          if (context.output() == Format::kJson) {
            print_json(table);
            return {};
          }
          json::array rows;
          for (const auto& owner : table.at("owners").as_array())
            rows.push_back(json::object{{"owner", indented_name(owner)},
                                        {"due", share_percent(number_at(owner, "due_ppm"))},
                                        {"had", share_percent(number_at(owner, "had_ppm"))},
                                        {"row", owner}});
          print_table(rows, {{"OWNER", "owner"},
                             {"WEIGHT", "row/weight"},
                             {"BY", "row/weight_source"},
                             {"DUE", "due"},
                             {"HAD", "had"},
                             {"BLOCKS NOW", "row/held_blocks"},
                             {"WAITING", "row/waiting"},
                             {"TURN", "row/turn"}});
          if (rows.empty()) context.explain_empty(false, "");
          if (text_at(table, "decides") != "true")
            std::printf("%s\n",
                        "Not every programme of the queue says order: fair_share; priority and time decide.");
          return {};
        });
      });
}

}  // namespace

void add_quota_verbs(CLI::App& app, Context& context) {
  auto* quota = app.add_subcommand("quota", "What organisations, projects and accounts may hold at a time")
                    ->require_subcommand(1);
  add_set(quota, context);
  add_quota_list(quota, context);
  add_remove(quota, context);
  add_fair_shares(app, context);
}

}  // namespace dure::cli
