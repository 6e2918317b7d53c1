// Verbs of the supply side: status, list, target, plan, stage, promise, tie, reserve, shares; and file and
// step, which hand in what the API takes as it is (suppliers, calls, proposals, evaluations, agreements,
// answers).
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <map>
#include <memory>

#include "cli/node_names.h"
#include "cli/row_verbs.h"
#include "cli/supply_columns.h"
#include "cli/supply_offline_verbs.h"
#include "cli/verbs.h"
#include "net/url.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

// The id of a programme given by its code, or the id itself.
base::Result<std::string> programme_or_id(Api& api, const std::string& text) {
  DURE_LET(found, api.list("/api/v1/programmes?code=" + net::percent_encode(text)));
  return found.as_array().empty() ? text : text_at(found, "0/id");
}

const std::vector<Column> kStatusColumns = {{"MODEL", "model"},
                                            {"TARGET", "target"},
                                            {"AGREED", "agreed"},
                                            {"PLANNED", "planned"},
                                            {"ORDERED", "ordered"},
                                            {"DELIVERED", "delivered"},
                                            {"IN SERVICE", "in_service"},
                                            {"OWN USE", "own_use"},
                                            {"FOR USERS", "for_users"},
                                            {"PROMISED", "promised"},
                                            {"RESERVED", "reserved"},
                                            {"BLOCKS GIVEN", "allocated_blocks"},
                                            {"SEEN", "seen"}};

void print_status(const json::value& status) {
  json::array rows = status.at("models").as_array();
  json::object total = status.at("total").as_object();
  total["model"] = "total";
  rows.push_back(total);
  print_table(rows, kStatusColumns);
  json::array batches;
  for (const auto& each : status.at("batches").as_array()) {
    json::object row = each.at("row").as_object();
    row["name"] = each.at("name");
    row["state"] = each.at("state");
    batches.push_back(row);
  }
  if (batches.empty()) return;
  std::printf("\n");
  print_table(batches, {{"BATCH", "name"},
                        {"MODEL", "model"},
                        {"STATE", "state"},
                        {"GPUS", "planned"},
                        {"IN SERVICE", "in_service"},
                        {"FOR USERS", "for_users"},
                        {"PROMISED", "promised"},
                        {"SEEN", "seen"}});
}

void add_status(CLI::App* supply, Context& context) {
  auto* verb =
      supply->add_subcommand("status", "Target, agreed, ordered, delivered, in service, promised, given");
  auto programme = std::make_shared<std::string>();
  auto year = std::make_shared<std::int64_t>(0);
  verb->add_option("programme", *programme, "Code or id (see: dure programmes)")->required();
  verb->add_option("--year", *year, "Of the target; this year where left out");
  verb->callback([&context, programme, year] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(id, programme_or_id(api, *programme));
      DURE_LET(status, api.get("/api/v1/programmes/" + net::percent_encode(id) + "/supply" +
                               (*year == 0 ? "" : "?year=" + std::to_string(*year))));
      if (context.output() == Format::kJson)
        print_json(status);
      else
        print_status(status);
      return {};
    });
  });
}

CLI::IsMember collections() {
  std::vector<std::string> names;
  names.reserve(supply_columns().size());
  for (const auto& [name, columns] : supply_columns()) names.push_back(name);
  return CLI::IsMember(names);
}

void add_supply_list(CLI::App* supply, Context& context) {
  auto* verb = supply->add_subcommand("list", "The rows of a collection");
  auto name = std::make_shared<std::string>();
  auto filters = std::make_shared<std::vector<std::string>>();
  verb->add_option("collection", *name, "Which")->required()->check(collections());
  verb->add_option("--where", *filters, "A filter of the list: state=in_service");
  verb->callback([&context, name, filters] {
    context.with_api([&](Api& api) -> base::Status {
      std::string path = "/api/v1/" + *name;
      for (std::size_t i = 0; i < filters->size(); ++i) path += (i == 0 ? "?" : "&") + (*filters)[i];
      DURE_LET(rows, api.list(path));
      print(context.output(), rows, supply_columns().at(*name));
      if (rows.as_array().empty()) context.explain_empty(!filters->empty(), "");
      return {};
    });
  });
}

// A verb whose options are members of the body: "--gpus-per-unit" is gpus_per_unit.
struct Body {
  std::string programme;
  std::string row;
  std::map<std::string, std::string> texts;
  std::map<std::string, std::int64_t> numbers;
  json::object object() const {
    json::object body;
    for (const auto& [name, value] : texts)
      if (!value.empty()) body[name] = value;
    for (const auto& [name, value] : numbers)
      if (value >= 0) body[name] = value;
    return body;
  }
};
using BodyPtr = std::shared_ptr<Body>;

CLI::Option* text_option(CLI::App* verb, const BodyPtr& body, const std::string& member,
                         const std::string& what) {
  return verb->add_option(option_of(member), body->texts[member], what);
}
CLI::Option* number_option(CLI::App* verb, const BodyPtr& body, const std::string& member,
                           const std::string& what) {
  body->numbers[member] = -1;
  return verb->add_option(option_of(member), body->numbers[member], what)->check(CLI::NonNegativeNumber);
}

// Makes a row of a programme.
void on_make(CLI::App* verb, Context& context, const BodyPtr& body, const std::string& collection) {
  verb->add_option("programme", body->programme, "Code or id (see: dure programmes)")->required();
  verb->callback([&context, body, collection] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(id, programme_or_id(api, body->programme));
      auto object = body->object();
      object["programme_id"] = id;
      DURE_LET(made, api.post("/api/v1/" + collection, json::serialize(object)));
      print(context.output(), made, supply_columns().at(collection));
      return {};
    });
  });
}

// Changes a batch.
void on_batch(CLI::App* verb, Context& context, const BodyPtr& body, const std::string& step) {
  verb->add_option("batch", body->row, "Id (see: dure supply list capacity-batches)")->required();
  verb->callback([&context, body, step] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(row, api.post("/api/v1/capacity-batches/" + net::percent_encode(body->row) + "/" + step,
                             json::serialize(body->object())));
      print(context.output(), row, supply_columns().at("capacity-batches"));
      return {};
    });
  });
}

void add_target(CLI::App* supply, Context& context) {
  auto body = std::make_shared<Body>();
  auto* verb = supply->add_subcommand("target", "Records how many GPUs a year, by whose decision");
  number_option(verb, body, "year", "Which")->required();
  number_option(verb, body, "gpus", "How many")->required();
  number_option(verb, body, "budget_won", "With what money, in won");
  text_option(verb, body, "model", "Of this model alone");
  text_option(verb, body, "decided_by", "The body that decided")->required();
  text_option(verb, body, "decided_on", "2025-05-14")->required();
  text_option(verb, body, "ground", "Why");
  on_make(verb, context, body, "supply-targets");
}

void add_reserve(CLI::App* supply, Context& context) {
  auto body = std::make_shared<Body>();
  auto* verb = supply->add_subcommand("reserve", "Keeps GPUs of a pool for a national project");
  text_option(verb, body, "beneficiary", "The project")->required();
  text_option(verb, body, "decided_by", "The body that decided")->required();
  text_option(verb, body, "pool", "Of which pool")->required();
  text_option(verb, body, "model", "Of this model alone");
  number_option(verb, body, "gpus", "How many")->required();
  text_option(verb, body, "starts_on", "2026-01-01")->required();
  text_option(verb, body, "ends_on", "Last day")->required();
  text_option(verb, body, "ground", "Why")->required();
  on_make(verb, context, body, "beneficiary-reservations");
}

void add_batch_plan(CLI::App* supply, Context& context) {
  auto body = std::make_shared<Body>();
  auto unit = std::make_shared<std::string>("gpu");
  auto item = std::make_shared<Body>();
  auto* verb = supply->add_subcommand("plan", "Plans a batch of capacity");
  verb->add_option("programme", body->programme, "Code or id (see: dure programmes)")->required();
  text_option(verb, body, "name", "What it is called")->required();
  text_option(verb, body, "pool", "Into which pool it goes")->required();
  text_option(verb, body, "site", "Where it stands");
  text_option(verb, body, "supply_agreement_id",
              "Of which agreement; left out: the supplier is not fixed yet");
  text_option(verb, item, "model", "Of the cards")->required();
  number_option(verb, item, "quantity", "How many units")->required();
  number_option(verb, item, "gpus_per_unit", "GPUs of a server");
  verb->add_option("--unit", *unit, "gpu or server")->check(CLI::IsMember({"gpu", "server"}));
  verb->callback([&context, body, item, unit] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(id, programme_or_id(api, body->programme));
      auto object = body->object();
      auto what = item->object();
      what["unit"] = *unit;
      object["item"] = what;
      object["programme_id"] = id;
      DURE_LET(made, api.post("/api/v1/capacity-batches", json::serialize(object)));
      print(context.output(), made, supply_columns().at("capacity-batches"));
      return {};
    });
  });
}

void add_stage(CLI::App* supply, Context& context) {
  auto body = std::make_shared<Body>();
  auto* verb = supply->add_subcommand("stage",
                                      "Records a stage: power, network, order, delivery, acceptance, "
                                      "stabilisation, users, drain, retirement");
  verb->add_option("stage", body->texts["stage"], "Which")->required();
  text_option(verb, body, "planned_on", "The day that is planned");
  text_option(verb, body, "actual_on", "The day on which it was");
  number_option(verb, body, "wave", "Of users; left out: a new one");
  number_option(verb, body, "quantity", "Units of a new wave of users");
  text_option(verb, body, "note", "What to remember");
  on_batch(verb, context, body, "stages");
}

void add_promise(CLI::App* supply, Context& context) {
  auto body = std::make_shared<Body>();
  auto* verb = supply->add_subcommand("promise", "What a call promises of a batch, in service or not yet");
  text_option(verb, body, "call_id", "Id of the call (see: dure calls)")->required();
  number_option(verb, body, "gpus", "How many in all; 0 takes it back")->required();
  on_batch(verb, context, body, "promise");
}

void add_tie(CLI::App* supply, Context& context) {
  auto* verb = supply->add_subcommand("tie", "The agreement of a batch, and the nodes that carry it");
  auto batch = std::make_shared<std::string>();
  auto agreement = std::make_shared<std::string>();
  auto nodes = std::make_shared<std::vector<std::string>>();
  verb->add_option("batch", *batch, "Id (see: dure supply list capacity-batches)")->required();
  verb->add_option("--agreement", *agreement, "Id of the agreement");
  verb->add_option("--node", *nodes, "Name or id of a node");
  verb->callback([&context, batch, agreement, nodes] {
    context.with_api([&](Api& api) -> base::Status {
      json::object body;
      if (!agreement->empty()) body["supply_agreement_id"] = *agreement;
      if (!nodes->empty()) {
        DURE_LET(ids, node_ids(api, *nodes));
        body["node_ids"] = json::array(ids.begin(), ids.end());
      }
      DURE_LET(row, api.post("/api/v1/capacity-batches/" + net::percent_encode(*batch) + "/tie",
                             json::serialize(body)));
      print(context.output(), row, supply_columns().at("capacity-batches"));
      return {};
    });
  });
}

void add_supply_shares(CLI::App* supply, Context& context) {
  auto* verb = supply->add_subcommand("shares", "GPUs shared among the groups of users by a demand survey");
  auto survey = std::make_shared<std::string>();
  auto gpus = std::make_shared<std::int64_t>(0);
  verb->add_option("survey", *survey, "Id (see: dure supply list demand-surveys)")->required();
  verb->add_option("--gpus", *gpus, "How many there are to share")->required();
  verb->callback([&context, survey, gpus] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(answer, api.get("/api/v1/demand-surveys/" + net::percent_encode(*survey) +
                               "/shares?gpus=" + std::to_string(*gpus)));
      print(context.output(), answer.at("items"), share_columns());
      return {};
    });
  });
}

void add_supply_file(CLI::App* supply, Context& context) {
  auto* verb = supply->add_subcommand("file", "Hands in a JSON file as the API takes it");
  auto name = std::make_shared<std::string>();
  auto path = std::make_shared<std::string>();
  verb->add_option("collection", *name, "suppliers, supplier-calls, supplier-proposals, supply-agreements, …")
      ->required();
  verb->add_option("file", *path, "The file; - for standard input")->required();
  verb->callback([&context, name, path] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(text, read_file(*path));
      DURE_LET(made, api.post("/api/v1/" + *name, text));
      const auto found = supply_columns().find(*name);
      print(context.output(), made,
            found == supply_columns().end() ? std::vector<Column>{{"ID", "id"}} : found->second);
      return {};
    });
  });
}

void add_supply_step(CLI::App* supply, Context& context) {
  auto* verb = supply->add_subcommand(
      "step", "Takes a step of a row: close, decide, move, withdraw, cancel, evaluations, answers");
  auto name = std::make_shared<std::string>();
  auto id = std::make_shared<std::string>();
  auto step = std::make_shared<std::string>();
  auto path = std::make_shared<std::string>();
  verb->add_option("collection", *name, "Of which the row is")->required()->check(collections());
  verb->add_option("id", *id, "Its id")->required();
  verb->add_option("step", *step, "Which")->required();
  verb->add_option("file", *path,
                   "A JSON file as the API takes it, where the step wants one; - for standard input");
  verb->callback([&context, name, id, step, path] {
    context.with_api([&](Api& api) -> base::Status {
      std::string body = "{}";
      if (!path->empty()) {
        DURE_LET(text, read_file(*path));
        body = text;
      }
      DURE_LET(row, api.post("/api/v1/" + *name + "/" + net::percent_encode(*id) + "/" + *step, body));
      print(context.output(), row, supply_columns().at(*name));
      return {};
    });
  });
}

}  // namespace

void add_supply_verbs(CLI::App& app, Context& context) {
  auto* supply =
      app.add_subcommand("supply", "From the supplier to capacity in service")->require_subcommand(1);
  add_status(supply, context);
  add_supply_list(supply, context);
  add_target(supply, context);
  add_batch_plan(supply, context);
  add_stage(supply, context);
  add_promise(supply, context);
  add_tie(supply, context);
  add_reserve(supply, context);
  add_supply_shares(supply, context);
  add_supply_file(supply, context);
  add_supply_step(supply, context);
  add_supply_offline_verbs(supply, context);
}

}  // namespace dure::cli
