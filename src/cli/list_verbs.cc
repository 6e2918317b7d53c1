// Verbs that show: lists of everything, the table of resources, usage, the audit, events.
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>

#include "cli/node_names.h"
#include "cli/verbs.h"
#include "net/push.h"
#include "net/url.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

struct List {
  const char* verb;
  const char* path;
  const char* help;
  std::vector<Column> columns;
  const char* next = "";  // what makes the first row
};

const std::vector<List>& lists() {
  static const std::vector<List> kLists = {
      {"programmes",
       "programmes",
       "Programmes",
       {{"CODE", "code"}, {"NAME", "name"}, {"ID", "id"}},
       "dure programme load policies/s0-regional-centre/policy.yaml"},
      {"calls",
       "calls",
       "Calls",
       {{"ID", "id"}, {"TITLE", "title"}, {"STATE", "state"}},
       "dure call open s0-regional-centre --title …"},
      {"applications",
       "applications",
       "Applications",
       {{"RECEIPT", "receipt_number"},
        {"STATE", "state"},
        {"ORGANISATION", "organisation"},
        {"TITLE", "title"},
        {"ID", "id"}},
       "dure apply form1.yaml --document form1=signed.pdf"},
      {"awards",
       "awards",
       "Awards",
       {{"ID", "id"},
        {"STATE", "state"},
        {"MODEL", "awarded/model"},
        {"BLOCKS", "awarded/blocks"},
        {"FROM", "starts_on"},
        {"MONTHS", "months"}},
       "dure application decide ID --ground …"},
      {"projects",
       "projects",
       "Projects",
       {{"ID", "id"}, {"NAME", "name"}, {"GID", "gid"}},
       "dure award open AWARD"},
      {"allocations",
       "allocations",
       "Allocations",
       {{"ID", "id"},
        {"STATE", "state"},
        {"POOL", "pool"},
        {"MODEL", "limit/model"},
        {"BLOCKS", "limit/blocks"},
        {"FROM", "starts_on"},
        {"UNTIL", "ends_on"}},
       "dure award open AWARD"},
      {"obligations",
       "obligations",
       "What falls due",
       {{"KIND", "kind"}, {"DUE", "due_on"}, {"STATE", "state"}, {"ID", "id"}}},
      {"accounts",
       "accounts",
       "Accounts",
       {{"LOGIN", "login"}, {"STATE", "state"}, {"LAST LOG-IN", "last_login_at"}, {"ID", "id"}}},
      {"nodes",
       "nodes",
       "Nodes",
       {{"NAME", "name"},
        {"STATE", "state"},
        {"POOL", "pool"},
        {"LEAF", "fabric_leaf"},
        {"ISLAND", "nvlink_island"},
        {"SIMULATED", "simulated"},
        {"ENGINE", "engine"},
        {"LAST REPORT", "last_report_at"},
        {"ID", "id"}}},
      {"cards",
       "cards",
       "Cards",
       {{"ID", "id"},
        {"MODEL", "model"},
        {"MEMORY", "memory_bytes"},
        {"HEALTH", "health"},
        {"SIMULATED", "simulated"}}},
      {"findings",
       "share-findings",
       "What was found on cards that is in nobody's books",
       {{"FOUND", "found_at"},
        {"REASON", "reason/text"},
        {"STOPPED", "stopped"},
        {"ENDED", "ended_at"},
        {"WORKLOAD'S RUN", "run_id"}}},
      {"images",
       "images",
       "Images",
       {{"REFERENCE", "reference"}, {"SERVICES", "services"}, {"SIZE", "size_bytes"}}},
      {"workloads",
       "workloads",
       "Workloads",
       {{"ID", "id"}, {"NAME", "name"}, {"KIND", "kind"}, {"DESIRED", "desired"}},
       "dure workspace create NAME --blocks 20"},
      {"runs",
       "runs",
       "Runs",
       {{"ID", "id"},
        {"STATE", "state"},
        {"OUTCOME", "outcome"},
        {"WAITING", "waiting/text"},
        {"STARTED", "started_at"},
        {"ENDED", "ended_at"},
        {"EXIT", "exit_code"}},
       "dure workspace create NAME --blocks 20"},
      {"ledger",
       "ledger-entries",
       "The ledger",
       {{"KIND", "kind"},
        {"MODEL", "model"},
        {"MILLI-GPU", "milli_gpu"},
        {"FROM MS", "from_ms"},
        {"TO MS", "to_ms"},
        {"MILLI-GPU-MS", "milli_gpu_ms"},
        {"STARTED", "started_at"},
        {"CARD", "card_id"}},
       "dure workspace create NAME --blocks 20"},
      {"invoices",
       "invoices",
       "Invoices",
       {{"NUMBER", "number"},
        {"STATE", "state"},
        {"KRW", "total_krw"},
        {"PAID", "paid_krw"},
        {"DUE", "due_on"},
        {"MILLI-GPU-MS", "milli_gpu_ms"},
        {"ID", "id"}},
       "dure invoice make ALLOCATION"},
      {"payments",
       "payments",
       "Payments",
       {{"INVOICE", "invoice_id"}, {"KRW", "amount_krw"}, {"PAID ON", "paid_on"}, {"REFERENCE", "reference"}},
       "dure invoice pay INVOICE --amount …"},
      {"credit-notes",
       "credit-notes",
       "Credit notes",
       {{"NUMBER", "number"}, {"INVOICE", "invoice_id"}, {"KRW", "amount_krw"}, {"GROUND", "ground"}}},
      {"outages",
       "outages",
       "Outages",
       {{"CAUSE", "cause"}, {"STARTED", "started_at"}, {"ENDED", "ended_at"}, {"ID", "id"}}},
      {"audit",
       "audit-entries",
       "The audit",
       {{"#", "position"},
        {"AT", "created_at"},
        {"ACTOR", "actor"},
        {"ACTION", "action"},
        {"RESOURCE", "resource"}}},
  };
  return kLists;
}

// "state=active" of --filter as a query.
std::string query_of(const std::vector<std::string>& filters) {
  std::string query;
  for (const auto& filter : filters) {
    const auto equals = filter.find('=');
    query += query.empty() ? "?" : "&";
    query += net::percent_encode(filter.substr(0, equals)) + "=" +
             (equals == std::string::npos ? "" : net::percent_encode(filter.substr(equals + 1)));
  }
  return query;
}

void add_lists(CLI::App& app, Context& context) {
  for (const auto& list : lists()) {
    auto* verb = app.add_subcommand(list.verb, list.help);
    auto filters = std::make_shared<std::vector<std::string>>();
    verb->add_option("--filter", *filters, "FIELD=VALUE; several must all hold");
    verb->callback([&context, &list, filters] {
      context.with_api([&](Api& api) -> base::Status {
        DURE_LET(rows, api.list(std::string("/api/v1/") + list.path + query_of(*filters)));
        print(context.output(), rows, list.columns);
        if (rows.as_array().empty()) context.explain_empty(!filters->empty(), list.next);
        return {};
      });
    });
  }
}

// The rows of that model's cards and blocks; all of them where none is named.
json::array rows_of_model(const json::value& rows, const std::string& model) {
  json::array kept;
  for (const auto& row : rows.as_array()) {
    const std::string resource = text_at(row, "resource");
    if (model.empty() || resource == model || resource.starts_with(model + "-block")) kept.push_back(row);
  }
  return kept;
}

// As in RFC 4180, both parts under one line of titles; nothing in it needs quotes but a name of a card's.
void print_resources_csv(const json::array& resources, const json::array& block_types) {
  std::printf("resource,unit,total,request_max,available,simulated\r\n");
  for (const json::array* part : {&resources, &block_types})
    for (const auto& row : *part)
      std::printf("\"%s\",%s,%s,%s,%s,%s\r\n", text_at(row, "resource").c_str(), text_at(row, "unit").c_str(),
                  text_at(row, "total").c_str(), text_at(row, "request_max").c_str(),
                  text_at(row, "available").c_str(), text_at(row, "simulated").c_str());
}

void print_resources_table(const json::array& resources, const json::array& block_types) {
  print_table(resources, {{"RESOURCE TYPE", "resource"},
                          {"TOTAL", "total"},
                          {"REQUEST MAX", "request_max"},
                          {"AVAILABLE", "available"},
                          {"UNIT", "unit"},
                          {"SIMULATED", "simulated"}});
  std::printf("\n");
  print_table(block_types, {{"BLOCK TYPE", "resource"},
                            {"TOTAL", "total"},
                            {"REQUEST MAX", "request_max"},
                            {"AVAILABLE", "available"},
                            {"SIMULATED", "simulated"}});
}

void add_resources(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("resources", "Total / Request Max / Available, per model and card");
  auto pool = std::make_shared<std::string>();
  auto model = std::make_shared<std::string>();
  auto csv = std::make_shared<bool>(false);
  verb->add_option("--pool", *pool, "Only that pool");
  verb->add_option("--model", *model, "Only that model's cards and blocks");
  verb->add_flag("--csv", *csv, "As CSV, both parts in one");
  verb->callback([&context, pool, model, csv] {
    context.with_api([&](Api& api) -> base::Status {
      const std::string query = pool->empty() ? "" : "?pool=" + net::percent_encode(*pool);
      DURE_LET(table, api.get("/api/v1/resources" + query));
      const json::array resources = rows_of_model(table.at("resources"), *model);
      const json::array block_types = rows_of_model(table.at("block_types"), *model);
      if (context.output() == Format::kJson)
        print_json(json::object{{"resources", resources}, {"block_types", block_types}});
      else if (*csv)
        print_resources_csv(resources, block_types);
      else
        print_resources_table(resources, block_types);
      return {};
    });
  });
}

void add_usage(CLI::App& app, Context& context) {
  auto* usage = app.add_subcommand("usage", "What an allocation has used, to the millisecond");
  auto id = std::make_shared<std::string>();
  usage->add_option("allocation", *id)->required();
  usage->callback([&context, id] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(sum, api.get("/api/v1/usage?allocation_id=" + *id));
      print(context.output(), context.output() == Format::kTable ? with_use(sum) : sum,
            {{"MILLI-GPU-SECONDS", "milli_gpu_seconds"},
             {"USED", "used"},
             {"ENTRIES", "entries"},
             {"ESTIMATED", "estimated_entries"},
             {"UNTIL", "period_end"}});
      return {};
    });
  });
}

void add_nodes(CLI::App& app, Context& context) {
  auto* node = app.add_subcommand("node", "Nodes in and out of service")->require_subcommand(1);
  for (const std::string verb : {"drain", "resume"}) {
    auto* sub = node->add_subcommand(
        verb, verb == "drain" ? "Takes nothing new; what runs goes on" : "Back in service");
    auto id = std::make_shared<std::string>();
    sub->add_option("node", *id, "Its name or id")->required();
    sub->callback([&context, id, verb] {
      context.with_api([&](Api& api) -> base::Status {
        DURE_LET(which, node_id(api, *id));
        DURE_LET(row, api.post("/api/v1/nodes/" + which + "/" + verb));
        print(context.output(), row, {{"NAME", "name"}, {"STATE", "state"}});
        return {};
      });
    });
  }
}

void add_events(CLI::App& app, Context& context) {
  auto* events = app.add_subcommand("events", "What changes, as it does");
  auto after = std::make_shared<std::int64_t>(-1);
  events->add_option("--after", *after, "From this position on; from now on, where left out");
  events->callback([&context, after] {
    context.with_api([&](Api& api) {
      net::EventReader reader;
      return api.stream("/api/v1/events/stream" + (*after < 0 ? "" : "?after=" + std::to_string(*after)),
                        [&](std::string_view chunk) {
                          reader.feed(chunk, [](const net::Event& event) {
                            std::printf("%s %s %s\n", event.id.c_str(), event.event.c_str(),
                                        event.data.c_str());
                            std::fflush(stdout);
                          });
                          return true;
                        });
    });
  });
  app.add_subcommand("audit-verify", "Checks the whole chain of the audit")->callback([&context] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(verdict, api.get("/api/v1/audit/verification"));
      print(context.output(), verdict, {{"ENTRIES", "entries"}, {"INTACT", "intact"}, {"HEAD", "head"}});
      if (text_at(verdict, "intact") != "true") context.exit_code = kFailed;
      return {};
    });
  });
}

}  // namespace

void add_list_verbs(CLI::App& app, Context& context) {
  add_lists(app, context);
  add_resources(app, context);
  add_usage(app, context);
  add_nodes(app, context);
  add_events(app, context);
}

}  // namespace dure::cli
