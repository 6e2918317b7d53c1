// Verbs that work on files, without a server: password, calendar, form.
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <sstream>

#include "access/password.h"
#include "calendar/period.h"
#include "cli/pack_files.h"
#include "cli/verbs.h"
#include "policy/pack.h"
#include "wire/form_file.h"
#include "wire/json.h"
#include "wire/reasons.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

json::object reason_json(const base::Reason& reason, wire::Language language) {
  json::object object;
  object["code"] = reason.code;
  object["text"] = wire::render(reason, language).text;
  return object;
}

json::array reasons_json(const std::vector<base::Reason>& reasons, wire::Language language) {
  json::array array;
  for (const auto& reason : reasons) array.push_back(reason_json(reason, language));
  return array;
}

// One password a line in; one answer a line out, in the same order. The passwords themselves are never
// printed.
base::Status check_passwords(Context& context, const std::string& policy_file, const std::string& input) {
  DURE_LET(pack, read_pack({policy_file}));
  DURE_LET(text, read_file(input));
  const auto language = wire::pick_language(context.connection.language);
  std::istringstream lines(text);
  std::string line;
  json::array answers;
  std::int64_t number = 0;
  while (std::getline(lines, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const auto broken = access::check(line, pack.account.password);
    ++number;
    if (context.output() == Format::kJson) {
      json::object answer;
      answer["line"] = number;
      answer["ok"] = broken.empty();
      answer["broken"] = reasons_json(broken, language);
      answers.push_back(std::move(answer));
      continue;
    }
    std::string answer = broken.empty() ? "ok" : "";
    for (const auto& reason : broken)
      answer += (answer.empty() ? "" : "; ") + wire::render(reason, language).text;
    std::printf("%s\n", answer.c_str());
  }
  if (context.output() == Format::kJson) print_json(answers);
  return {};
}

struct PeriodInput {
  std::string start;
  std::int64_t months = 0;
  std::string length;
  std::string policy_file;
  bool deadline = false;
};

base::Status describe_period(Context& context, const PeriodInput& input) {
  const auto start = base::parse_date(input.start);
  if (!start) return base::invalid(base::Reason("cli.date").with("value", input.start));
  auto length = calendar::parse_length(input.length);
  if (input.months != 0) length = calendar::Length{input.months, calendar::Unit::kMonths};
  if (!length) return base::invalid(base::Reason("cli.length").with("value", input.length));
  calendar::BusinessDays days = calendar::korean_business_days();
  auto rule = input.deadline ? calendar::kDeadline : calendar::kUse;
  if (!input.policy_file.empty()) {
    DURE_LET(pack, read_pack({input.policy_file}));
    days = policy::business_days_of(pack);
    if (input.deadline) rule = policy::deadline_rule(pack);
  }
  DURE_LET(story, calendar::describe_period(*start, *length, rule, days));
  const auto language = wire::pick_language(context.connection.language);
  if (context.output() == Format::kJson) {
    json::object object;
    object["start"] = base::to_text(story.start);
    object["length"] = calendar::to_text(story.length);
    object["end"] = base::to_text(story.end);
    object["days"] = story.days;
    object["steps"] = reasons_json(story.steps, language);
    print_json(object);
    return {};
  }
  std::printf("%s .. %s (%lld days)\n", base::to_text(story.first_counted).c_str(),
              base::to_text(story.end).c_str(), static_cast<long long>(story.days));
  for (const auto& step : story.steps) std::printf("  %s\n", wire::render(step, language).text.c_str());
  return {};
}

void add_password(CLI::App& app, Context& context) {
  auto* password = app.add_subcommand("password", "Passwords")->require_subcommand(1);
  auto* check =
      password->add_subcommand("check", "Reads passwords, one a line; answers ok or the broken rules");
  auto policy_file = std::make_shared<std::string>();
  auto input = std::make_shared<std::string>("-");
  check->add_option("--policy", *policy_file, "Policy pack whose rules hold")->required();
  check->add_option("input", *input, "File of passwords; - for standard input")->capture_default_str();
  check->callback([&context, policy_file, input] {
    context.offline([&] { return check_passwords(context, *policy_file, *input); });
  });
}

void add_calendar(CLI::App& app, Context& context) {
  auto* calendar = app.add_subcommand("calendar", "Legal periods")->require_subcommand(1);
  auto* period = calendar->add_subcommand("period", "Where a period ends, and why");
  auto input = std::make_shared<PeriodInput>();
  period->add_option("--start", input->start, "First day, YYYY-MM-DD")->required();
  period->add_option("--months", input->months, "Length in months");
  period->add_option("--length", input->length, "Length otherwise: \"21 days\", \"3 weeks\"");
  period->add_flag("--deadline", input->deadline,
                   "A deadline after an event: its day is not counted, holidays move it");
  period->add_option("--policy", input->policy_file, "Policy pack whose holidays and rules hold");
  period->callback([&context, input] { context.offline([&] { return describe_period(context, *input); }); });
}

// The example, to begin today: one that begins in the past could be filed and not be decided.
std::string form_for_today() {
  std::string text = wire::example_form();
  constexpr std::string_view kField = "\nstarts_on: ";
  const auto at = text.find(kField);
  DURE_ASSERT(at != std::string::npos);
  const std::string today = base::to_text(today_in_korea());
  return text.replace(at + kField.size(), today.size(), today);
}

void add_form(CLI::App& app, Context& context) {
  auto* form = app.add_subcommand("form", "Form 1 as a file")->require_subcommand(1);
  form->add_subcommand("example", "Prints a commented example")->callback([] {
    std::printf("%s", form_for_today().c_str());
  });
  auto* check = form->add_subcommand("check", "Reads a form file and says what is wrong with it");
  auto file = std::make_shared<std::string>();
  check->add_option("file", *file, "Form file; - for standard input")->required();
  check->callback([&context, file] {
    context.offline([&]() -> base::Status {
      DURE_LET(text, read_file(*file));
      DURE_LET(read, wire::read_form(text));
      std::printf("ok: %s, %s\n", read.applicant.organisation.c_str(), read.plan.title.c_str());
      return {};
    });
  });
}

}  // namespace

void add_offline_verbs(CLI::App& app, Context& context) {
  add_password(app, context);
  add_calendar(app, context);
  add_policy_verbs(app, context);
  add_form(app, context);
}

}  // namespace dure::cli
