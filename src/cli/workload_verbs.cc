// Verbs of the machine room's users: workspace, job, stop, start, exec, logs, terminal, queue.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdio>
#include <thread>

#include "cli/gateway.h"
#include "cli/verbs.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

const std::vector<Column> kViewColumns = {{"ID", "workload/id"},        {"NAME", "workload/name"},
                                          {"KIND", "workload/kind"},    {"STATE", "run/state"},
                                          {"OUTCOME", "run/outcome"},   {"WAITING", "run/waiting/text"},
                                          {"CARD", "shares/0/card_id"}, {"USED", "used"}};

// What would help, most useful first, as one sentence after the other.
std::string help_text(const json::value& run) {
  std::string text;
  const auto* reasons = run.is_object() ? run.as_object().if_contains("alternatives") : nullptr;
  if (reasons == nullptr || !reasons->is_array()) return text;
  for (const auto& reason : reasons->as_array()) text += (text.empty() ? "" : " ") + text_at(reason, "text");
  return text;
}

// The same for each row, under "help"; a program reads the reasons themselves.
json::value with_help(json::value rows) {
  for (auto& row : rows.as_array()) row.as_object()["help"] = help_text(row);
  return rows;
}

void print_workload_view(Context& context, const json::value& view) {
  print(context.output(), context.output() == Format::kTable ? with_use(view) : view, kViewColumns);
}

// What was found on its cards that is in nobody's books, each as one sentence.
void print_share_findings(const json::value& view) {
  const auto* findings = view.is_object() ? view.as_object().if_contains("findings") : nullptr;
  if (findings == nullptr || !findings->is_array()) return;
  for (const auto& finding : findings->as_array())
    std::printf("\n%s\n", text_at(finding, "reason/text").c_str());
}

struct Create {
  std::string kind;
  std::string name;
  std::string allocation;
  std::string image = "localhost/dure/workspace:1";
  std::string model;
  std::int64_t blocks = 0;
  std::int64_t cards = 0;
  double cpus = 0;              // 0: what goes with the blocks
  std::int64_t memory_mib = 0;  // likewise
  std::int64_t time_limit_s = 0;
  std::int64_t retries = 0;
  bool preemptible = false;
  std::vector<std::string> command;
  bool wait = false;
};

// The caller's allocation, where there is exactly one that is active and none was named.
base::Result<json::value> choose_allocation(Api& api, const std::string& named) {
  if (!named.empty()) return api.get("/api/v1/allocations/" + named);
  DURE_LET(active, api.list("/api/v1/allocations?state=active"));
  if (active.as_array().size() == 1) return active.as_array()[0];
  if (active.as_array().empty()) return base::invalid(base::Reason("cli.no_allocation"));
  return base::invalid(base::Reason("cli.which_allocation")
                           .with("active", static_cast<std::int64_t>(active.as_array().size())));
}

// Until the run has started or ended; says why it waits, when that changes.
base::Status wait_for_start(Api& api, const std::string& id) {
  std::string said;
  for (;;) {
    DURE_LET(view, api.get("/api/v1/workloads/" + id));
    const std::string state = text_at(view, "run/state");
    const std::string now = state + " " + text_at(view, "run/waiting/text");
    if (now != said) std::fprintf(stderr, "%s\n", now.c_str());
    said = now;
    if (state == "running" || state == "ended") return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
}

base::Status create_workload(Context& context, Api& api, const Create& input) {
  DURE_LET(allocation, choose_allocation(api, input.allocation));
  json::array command;
  for (const auto& word : input.command) command.push_back(json::string(word));
  json::object spec{
      {"image", input.image},
      {"model", input.model.empty() && input.blocks + input.cards > 0 ? text_at(allocation, "limit/model")
                                                                      : input.model},
      {"blocks", input.blocks},
      {"cards", input.cards},
      {"cpu_milli", static_cast<std::int64_t>(input.cpus * 1000)},
      {"memory_bytes", input.memory_mib << 20},
      {"command", command},
      {"time_limit_s", input.time_limit_s},
      {"max_retries", input.retries},
      {"preemptible", input.preemptible}};
  json::object body{{"allocation_id", text_at(allocation, "id")},
                    {"kind", input.kind},
                    {"name", input.name},
                    {"spec", spec}};
  DURE_LET(view, api.post_once("/api/v1/workloads", json::serialize(body)));
  if (input.wait) DURE_TRY(wait_for_start(api, text_at(view, "workload/id")));
  DURE_LET(now, api.get("/api/v1/workloads/" + text_at(view, "workload/id")));
  print_workload_view(context, now);
  return {};
}

void add_create(CLI::App& parent, Context& context, const std::string& kind, const std::string& help) {
  auto* verb = parent.add_subcommand("create", help);
  auto input = std::make_shared<Create>();
  input->kind = kind;
  verb->add_option("name", input->name, "Name")->required();
  verb->add_option("--blocks", input->blocks, "Blocks of one card (1 to 100; a block is 1 %)");
  verb->add_option("--cards", input->cards, "Whole cards instead");
  verb->add_option("--model", input->model, "Accelerator; the allocation's, where left out");
  verb->add_option("--allocation", input->allocation, "Allocation; your active one, where there is one");
  verb->add_option("--image", input->image)->capture_default_str();
  verb->add_option("--cpus", input->cpus, "CPU cores; what goes with the blocks, where left out")
      ->check(CLI::Range(0.0, 10'000.0));
  verb->add_option("--memory", input->memory_mib, "Memory in MiB; likewise")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 30));
  verb->add_flag("--preemptible", input->preemptible,
                 "May go beyond the allocation, and is stopped and queued again when that is asked back");
  verb->add_flag("--wait", input->wait, "Wait until it has started, and say why it waits");
  if (kind == "job") {
    verb->add_option("--time-limit", input->time_limit_s, "Seconds after which it is stopped");
    verb->add_option("--retries", input->retries, "How often it is tried again when it fails");
    verb->add_option("command", input->command, "Command, after --")->required();
  }
  verb->callback([&context, input] {
    context.with_api([&](Api& api) { return create_workload(context, api, *input); });
  });
}

using OnWorkload = std::function<base::Status(Api&, const std::string& id)>;

CLI::App* add_on_workload(CLI::App& app, Context& context, const std::string& name, const std::string& help,
                          OnWorkload body) {
  auto* verb = app.add_subcommand(name, help);
  auto id = std::make_shared<std::string>();
  verb->add_option("workload", *id, "Id of the workload")->required();
  verb->callback(
      [&context, id, body = std::move(body)] { context.with_api([&](Api& api) { return body(api, *id); }); });
  return verb;
}

void add_control(CLI::App& app, Context& context) {
  for (const std::string verb : {"stop", "start"})
    add_on_workload(app, context, verb,
                    verb == "stop" ? "Stops a workload" : "Starts a stopped workload again",
                    [&context, verb](Api& api, const std::string& id) -> base::Status {
                      DURE_LET(view, api.post("/api/v1/workloads/" + id + "/" + verb));
                      print_workload_view(context, view);
                      return {};
                    });
  add_on_workload(app, context, "delete", "Deletes a workload that has ended",
                  [](Api& api, const std::string& id) -> base::Status {
                    DURE_LET(gone, api.remove("/api/v1/workloads/" + id));
                    static_cast<void>(gone);
                    return {};
                  });
  add_on_workload(app, context, "show", "One workload: state, reason for waiting, card",
                  [&context](Api& api, const std::string& id) -> base::Status {
                    DURE_LET(view, api.get("/api/v1/workloads/" + id));
                    print_workload_view(context, view);
                    const std::string help = help_text(view.at("run"));
                    if (context.output() == Format::kTable && !help.empty())
                      std::printf("\n%s\n", help.c_str());
                    if (context.output() == Format::kTable) print_share_findings(view);
                    return {};
                  });
  add_on_workload(app, context, "terminal", "A terminal in the running container",
                  [](Api& api, const std::string& id) { return open_terminal(api, id); });
}

base::Status checkpoint(Context& context, Api& api, const std::string& id, const std::string& at) {
  DURE_LET(view, api.get("/api/v1/workloads/" + id));
  json::object body;
  if (!at.empty()) body["at"] = at;
  DURE_LET(run, api.post("/api/v1/runs/" + text_at(view, "run/id") + "/checkpoint", json::serialize(body)));
  print(context.output(), run, {{"RUN", "id"}, {"STATE", "state"}, {"CHECKPOINT", "checkpoint_at"}});
  return {};
}

void add_checkpoint(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("checkpoint", "Says that a workload's run has saved its work");
  auto id = std::make_shared<std::string>();
  auto at = std::make_shared<std::string>();
  verb->add_option("workload", *id, "Id of the workload")->required();
  verb->add_option("--at", *at, "When (RFC 3339); now, where left out");
  verb->callback(
      [&context, id, at] { context.with_api([&](Api& api) { return checkpoint(context, api, *id, *at); }); });
}

void add_exec(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("exec", "Runs a command in the running container; its exit code is ours");
  auto id = std::make_shared<std::string>();
  auto command = std::make_shared<std::vector<std::string>>();
  verb->add_option("workload", *id)->required();
  verb->add_option("command", *command, "Command, after --")->required();
  verb->callback([&context, id, command] {
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(outcome, exec_in(api, *id, *command));
      std::fwrite(outcome.output.data(), 1, outcome.output.size(), stdout);
      context.exit_code = static_cast<int>(outcome.exit_code);
      return {};
    });
  });
  auto* logs = app.add_subcommand("logs", "What a workload has printed");
  auto follow = std::make_shared<bool>(false);
  auto tail = std::make_shared<std::int64_t>(1000);
  logs->add_option("workload", *id)->required();
  logs->add_flag("-f,--follow", *follow, "Go on as it comes");
  logs->add_option("--tail", *tail, "Last lines")->capture_default_str();
  logs->callback([&context, id, follow, tail] {
    context.with_api([&](Api& api) {
      return read_logs(api, *id, *follow, *tail, [](std::string_view chunk) {
        std::fwrite(chunk.data(), 1, chunk.size(), stdout);
        std::fflush(stdout);
        return true;
      });
    });
  });
}

void add_queue(CLI::App& app, Context& context) {
  auto* queue = app.add_subcommand("queue", "What waits, why, and until when");
  queue->callback([&context, queue] {
    if (!queue->get_subcommands().empty()) return;
    context.with_api([&](Api& api) -> base::Status {
      DURE_LET(list, api.get("/api/v1/queue"));
      const auto& items = list.at("items");
      print(context.output(), context.output() == Format::kTable ? with_help(items) : items,
            {{"#", "position"},
             {"NAME", "name"},
             {"MODEL", "model"},
             {"BLOCKS", "blocks"},
             {"CARDS", "cards"},
             {"SINCE", "queued_at"},
             {"WHY", "waiting/text"},
             {"WHAT HELPS", "help"},
             {"STARTS BY", "estimated_start_at"},
             {"RUN", "run_id"}});
      if (list.at("items").as_array().empty()) context.explain_empty(false, "");
      return {};
    });
  });
  auto* move = queue->add_subcommand("move", "Gives a waiting run another priority (operators)");
  auto id = std::make_shared<std::string>();
  auto priority = std::make_shared<std::int64_t>(0);
  auto ground = std::make_shared<std::string>();
  auto preview = std::make_shared<bool>(false);
  move->add_option("run", *id)->required();
  move->add_option("--priority", *priority, "Higher goes first; 0 is usual")->required();
  move->add_option("--ground", *ground, "Why; kept in the audit");
  move->add_flag("--preview", *preview, "Only say who would move, and from when to when");
  move->callback([&context, id, priority, ground, preview] {
    context.with_api([&](Api& api) -> base::Status {
      const auto body = json::serialize(json::object{{"priority", *priority}, {"ground", *ground}});
      DURE_LET(answer, api.post("/api/v1/queue/" + *id + (*preview ? "/preview" : "/priority"), body));
      if (*preview)
        print(context.output(), answer.at("items"),
              {{"RUN", "run_id"},
               {"FROM", "old_position"},
               {"TO", "new_position"},
               {"STARTED BY", "old_start"},
               {"STARTS BY", "new_start"}});
      else
        print(context.output(), answer, {{"RUN", "id"}, {"PRIORITY", "priority"}});
      return {};
    });
  });
}

}  // namespace

void add_workload_verbs(CLI::App& app, Context& context) {
  auto* workspace =
      app.add_subcommand("workspace", "Workspaces: interactive, until stopped")->require_subcommand(1);
  add_create(*workspace, context, "workspace", "Starts a workspace on a share of a card");
  auto* job = app.add_subcommand("job", "Jobs: a command that runs to its end")->require_subcommand(1);
  add_create(*job, context, "job", "Queues a job");
  add_control(app, context);
  add_checkpoint(app, context);
  add_exec(app, context);
  add_queue(app, context);
}

}  // namespace dure::cli
