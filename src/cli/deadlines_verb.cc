// `dure deadlines`: what falls due after an event of the centre, under a pack; without a server.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "cli/pack_files.h"
#include "cli/told.h"
#include "cli/verbs.h"
#include "programme/deadlines.h"
#include "wire/json.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

constexpr const char* kExampleDay = "2024-03-15";

struct DeadlinesInput {
  std::vector<std::string> policy_files;
  std::string event;
  std::string date;
  bool events = false;
  bool example = false;
};

json::array reminders_json(const programme::Deadline& deadline) {
  json::array array;
  for (const auto& each : deadline.reminders) {
    json::object object;
    object["on"] = base::to_text(each.on);
    object["event"] = each.event;
    object["recipients"] = json::array(each.recipients.begin(), each.recipients.end());
    object["source"] = each.source;
    array.push_back(std::move(object));
  }
  return array;
}

json::object deadline_json(const programme::Deadline& deadline, wire::Language language) {
  json::object object;
  object["id"] = deadline.id;
  object["what"] = told(deadline.what, language);
  object["due_on"] = base::to_text(deadline.day);
  object["sense"] = std::string(programme::to_text(deadline.sense));
  object["rule"] = json::object{{"key", deadline.key},
                                {"value", deadline.value},
                                {"source", deadline.source},
                                {"confidence", std::string(policy::name_of(deadline.confidence))}};
  object["steps"] = told(deadline.steps, language);
  object["then"] = told(deadline.then, language);
  object["reminders"] = reminders_json(deadline);
  return object;
}

void print_deadline(const programme::Deadline& deadline, wire::Language language) {
  std::printf("%s  %-5s  %s\n", base::to_text(deadline.day).c_str(),
              std::string(programme::to_text(deadline.sense)).c_str(),
              sentence(deadline.what, language).c_str());
  std::printf("    %s = %s (%s)\n", deadline.key.c_str(), deadline.value.c_str(), deadline.source.c_str());
  for (const auto& step : deadline.steps) std::printf("    %s\n", sentence(step, language).c_str());
  std::printf("    -> %s\n", sentence(deadline.then, language).c_str());
  for (const auto& each : deadline.reminders)
    std::printf("    %s  %s\n", base::to_text(each.on).c_str(), each.event.c_str());
}

base::Status tell_deadlines(Context& context, const DeadlinesInput& input) {
  DURE_TRY(option_given(input.policy_files.empty() ? "" : input.policy_files.front(), "--policy"));
  DURE_TRY(option_given(input.event, "--event"));
  DURE_TRY(option_given(input.date, "--date"));
  DURE_LET(event, programme::find_event(input.event));
  const auto day = base::parse_date(input.date);
  if (!day) return base::invalid(base::Reason("cli.date").with("value", input.date));
  DURE_LET(pack, read_pack(input.policy_files));
  DURE_LET(deadlines, programme::deadlines_of(event, *day, pack));
  const auto unset = programme::unset_keys(event, pack);
  const auto language = wire::pick_language(context.connection.language);
  if (context.output() == Format::kJson) {
    json::object object;
    object["programme"] = pack.meta.programme;
    object["policy_hash"] = pack.hash();
    object["event"] = input.event;
    object["date"] = base::to_text(*day);
    json::array array;
    for (const auto& each : deadlines) array.push_back(deadline_json(each, language));
    object["deadlines"] = std::move(array);
    object["unset_keys"] = json::array(unset.begin(), unset.end());
    print_json(object);
    return {};
  }
  for (const auto& each : deadlines) print_deadline(each, language);
  if (!deadlines.empty()) return {};
  std::string keys;
  for (const auto& key : unset) keys += (keys.empty() ? "" : ", ") + key;
  context.note(base::Reason("deadline.none").with("event", input.event).with("keys", keys));
  return {};
}

base::Status list_events(Context& context) {
  const auto language = wire::pick_language(context.connection.language);
  json::array array;
  for (const auto& each : programme::centre_events()) {
    if (context.output() == Format::kTable)
      std::printf("%-20s %s\n", std::string(each.name).c_str(), sentence(each.title, language).c_str());
    json::object object;
    object["event"] = std::string(each.name);
    object["title"] = told(each.title, language);
    json::array keys;
    for (const auto key : each.keys) keys.emplace_back(std::string(key));
    object["keys"] = std::move(keys);
    array.push_back(std::move(object));
  }
  if (context.output() == Format::kJson) print_json(array);
  return {};
}

// A command line for each event, to copy.
base::Status print_examples(const std::vector<std::string>& policy_files) {
  if (!policy_files.empty()) DURE_TRY(read_pack(policy_files));
  std::string files;
  for (const auto& file : policy_files) files += " --policy " + file;
  if (files.empty()) files = " --policy policies/s0-regional-centre/policy.yaml";
  for (const auto& each : programme::centre_events())
    std::printf("dure deadlines%s --event %s --date %s\n", files.c_str(), std::string(each.name).c_str(),
                kExampleDay);
  return {};
}

}  // namespace

void add_deadlines_verb(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("deadlines", "What falls due after an event, by which rule, and why then");
  auto input = std::make_shared<DeadlinesInput>();
  verb->add_option("--policy", input->policy_files,
                   "Policy files over the product's default, lowest layer first");
  verb->add_option("--event", input->event, "What happens on the day; --events lists them");
  verb->add_option("--date", input->date, "The day, YYYY-MM-DD");
  verb->add_flag("--events", input->events, "List the events");
  verb->add_flag("--example", input->example, "Print a command line for each event");
  verb->callback([&context, input] {
    context.offline([&] {
      if (input->example) return print_examples(input->policy_files);
      return input->events ? list_events(context) : tell_deadlines(context, *input);
    });
  });
}

}  // namespace dure::cli
