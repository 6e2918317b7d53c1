// Verbs of the operator for nodes and dates: maintenance (plan, preview, list, cancel) and reservation (make,
// preview, list, cancel).
#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <memory>

#include "cli/node_names.h"
#include "cli/verbs.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

const std::vector<Column> kWindowColumns = {{"ID", "id"},         {"NODE", "node_id"}, {"FROM", "starts_at"},
                                            {"UNTIL", "ends_at"}, {"STATE", "state"},  {"GROUND", "ground"}};

const std::vector<Column> kTouchedColumns = {{"RUN", "run_id"},       {"IS", "touch"},
                                             {"STARTS", "starts_at"}, {"ENDS BY", "ends_by"},
                                             {"NODE", "node_id"},     {"WORKLOAD", "workload_id"}};

struct Window {
  std::string node;
  std::string from;
  std::string until;
  std::string ground;
};

void add_window_plan(CLI::App* maintenance, Context& context, bool preview) {
  auto* verb = maintenance->add_subcommand(
      preview ? "preview" : "plan",
      preview ? "Which runs and promises it would touch; nothing is kept"
              : "Closes a node for a while; what would run into it starts elsewhere or later");
  auto input = std::make_shared<Window>();
  verb->add_option("node", input->node, "Name or id of the node")->required();
  verb->add_option("--from", input->from, "When it closes: 2026-09-01T09:00:00Z")->required();
  verb->add_option("--until", input->until, "When it opens again")->required();
  if (!preview) verb->add_option("--ground", input->ground, "Why; everybody may read it")->required();
  verb->callback([&context, input, preview] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(node, node_id(api, input->node));
      const std::string body = json::serialize(json::object{{"node_id", node},
                                                            {"starts_at", input->from},
                                                            {"ends_at", input->until},
                                                            {"ground", input->ground}});
      const std::string path = "/api/v1/maintenance-windows";
      if (!preview) {
        DURE_LET(planned, api.post(path, body));
        print(context.output(), planned, kWindowColumns);
        return {};
      }
      DURE_LET(touched, api.post(path + "/preview", body));
      print(context.output(), touched.at("items"), kTouchedColumns);
      return {};
    });
  });
}

void add_window_list(CLI::App* maintenance, Context& context) {
  auto* list = maintenance->add_subcommand("list", "Windows: planned, under way, over, cancelled");
  auto node = std::make_shared<std::string>();
  auto state = std::make_shared<std::string>();
  list->add_option("--node", *node, "Of this node");
  list->add_option("--state", *state, "planned, under_way, over or cancelled");
  list->callback([&context, node, state] {
    context.with_api([&](Api& api) -> base::Status {
      std::string path = "/api/v1/maintenance-windows?sort=starts_at";
      if (!node->empty()) {
        DURE_LET(id, node_id(api, *node));
        path += "&node_id=" + id;
      }
      if (!state->empty()) path += "&state=" + *state;
      DURE_LET(rows, api.list(path));
      print(context.output(), rows, kWindowColumns);
      return {};
    });
  });
}

void add_cancel(CLI::App* maintenance, Context& context) {
  auto* cancel = maintenance->add_subcommand("cancel", "Cancels it; one that is under way ends now");
  auto id = std::make_shared<std::string>();
  cancel->add_option("id", *id, "Id of the window (see: dure maintenance list)")->required();
  cancel->callback([&context, id] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(row, api.post("/api/v1/maintenance-windows/" + *id + "/cancel"));
      print(context.output(), row, kWindowColumns);
      return {};
    });
  });
}

const std::vector<Column> kReservationColumns = {
    {"ID", "id"},          {"PROJECT", "project_id"}, {"MODEL", "model"}, {"CARDS", "cards"},
    {"FROM", "starts_at"}, {"UNTIL", "ends_at"},      {"STATE", "state"}, {"GROUND", "ground"}};

struct Kept {
  std::string project;
  std::string pool;
  std::string model;
  std::int64_t cards = 0;
  std::vector<std::string> nodes;
  std::string from;
  std::string until;
  std::string ground;
};

std::string window_body(const Kept& input, const std::vector<std::string>& ids) {
  json::array nodes;
  for (const auto& id : ids) nodes.emplace_back(id);
  return json::serialize(json::object{{"project_id", input.project},
                                      {"pool", input.pool},
                                      {"model", input.model},
                                      {"cards", input.cards},
                                      {"node_ids", nodes},
                                      {"starts_at", input.from},
                                      {"ends_at", input.until},
                                      {"ground", input.ground}});
}

void add_make(CLI::App* reservation, Context& context, bool preview) {
  auto* verb = reservation->add_subcommand(
      preview ? "preview" : "make", preview ? "Whose runs and promises stand in its way; nothing is kept"
                                            : "Keeps whole nodes for a project");
  auto input = std::make_shared<Kept>();
  verb->add_option("project", input->project, "Id of the project (see: dure projects)")->required();
  verb->add_option("--model", input->model, "Of the cards");
  verb->add_option("--cards", input->cards, "How many at least; the nodes are chosen");
  verb->add_option("--node", input->nodes, "Name or id of a node, in place of a number of cards");
  verb->add_option("--pool", input->pool, "Nodes of this pool only");
  verb->add_option("--from", input->from, "From when on: 2026-09-01T00:00:00Z")->required();
  verb->add_option("--until", input->until, "Until when")->required();
  if (!preview) verb->add_option("--ground", input->ground, "Why")->required();
  verb->callback([&context, input, preview] {
    context.with_api([&](Api& api) -> base::Status {
      const std::string path = "/api/v1/reservations";
      DURE_LET(nodes, node_ids(api, input->nodes));
      if (!preview) {
        DURE_LET(made, api.post(path, window_body(*input, nodes)));
        print(context.output(), made, kReservationColumns);
        return {};
      }
      DURE_LET(touched, api.post(path + "/preview", window_body(*input, nodes)));
      print(context.output(), touched.at("items"), kTouchedColumns);
      return {};
    });
  });
}

void add_reservations(CLI::App& app, Context& context) {
  auto* reservation =
      app.add_subcommand("reservation", "Nodes that are a project's for a while")->require_subcommand(1);
  add_make(reservation, context, false);
  add_make(reservation, context, true);
  auto* list = reservation->add_subcommand("list", "Reservations: planned, active, over, cancelled");
  auto state = std::make_shared<std::string>();
  list->add_option("--state", *state, "planned, active, over or cancelled");
  list->callback([&context, state] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(rows,
               api.list("/api/v1/reservations?sort=starts_at" + (state->empty() ? "" : "&state=" + *state)));
      print(context.output(), rows, kReservationColumns);
      return {};
    });
  });
  auto* cancel = reservation->add_subcommand("cancel", "Its nodes are everybody's again");
  auto id = std::make_shared<std::string>();
  cancel->add_option("id", *id, "Id of the reservation (see: dure reservation list)")->required();
  cancel->callback([&context, id] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(row, api.post("/api/v1/reservations/" + *id + "/cancel"));
      print(context.output(), row, kReservationColumns);
      return {};
    });
  });
}

}  // namespace

void add_maintenance_verbs(CLI::App& app, Context& context) {
  auto* maintenance =
      app.add_subcommand("maintenance", "Nodes that are closed for a while")->require_subcommand(1);
  add_window_plan(maintenance, context, false);
  add_window_plan(maintenance, context, true);
  add_window_list(maintenance, context);
  add_cancel(maintenance, context);
  add_reservations(app, context);
}

}  // namespace dure::cli
