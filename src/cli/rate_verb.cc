// dure rate: what a payer's use costs under a policy pack, offline.
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "cli/bill_text.h"
#include "cli/pack_files.h"
#include "cli/rate_example.h"
#include "cli/verbs.h"
#include "model/charge.h"
#include "programme/statement.h"
#include "wire/json_impl.h"
#include "wire/reasons.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

constexpr wire::Limits kUsageLimits{16 << 20, 16};

// With a line for each member, so that it can be edited.
void print_indented(const json::value& value, const std::string& indent, std::string& out) {
  const std::string deeper = indent + "  ";
  if (const auto* object = value.if_object(); object && !object->empty()) {
    out += "{\n";
    std::size_t left = object->size();
    for (const auto& member : *object) {
      out += deeper + json::serialize(member.key()) + ": ";
      print_indented(member.value(), deeper, out);
      out += --left > 0 ? ",\n" : "\n";
    }
    out += indent + "}";
    return;
  }
  if (const auto* array = value.if_array(); array && !array->empty()) {
    out += "[\n";
    for (std::size_t i = 0; i < array->size(); ++i) {
      out += deeper;
      print_indented((*array)[i], deeper, out);
      out += i + 1 < array->size() ? ",\n" : "\n";
    }
    out += indent + "]";
    return;
  }
  out += json::serialize(value);
}

base::Status rate(Context& context, const std::vector<std::string>& policies, const std::string& usage) {
  DURE_LET(pack, read_pack(policies));
  DURE_LET(text, read_file(usage));
  const wire::In in{{"payer", "payer/organisation_class", "uses"}};
  const auto statement = wire::read_json<model::UsageStatement>(text, in, kUsageLimits);
  if (!statement) return fault_in(statement.failure(), usage, text);
  DURE_LET(bill, programme::rate_statement(pack, *statement));
  if (context.output() == Format::kJson) {
    auto tree = wire::to_json(bill);
    add_reason_texts(tree, context.connection.language);
    print_json(tree);
    return {};
  }
  const bool korean = wire::pick_language(context.connection.language) == wire::Language::kKorean;
  std::fputs(bill_text(bill, korean).c_str(), stdout);
  return {};
}

// Prices that lie beside one of the files, as an example: the file, and a statement that they rate.
std::optional<std::pair<std::string, model::UsageStatement>> priced_beside(
    const std::vector<std::string>& policies) {
  for (const auto& each : policies) {
    const auto file = (std::filesystem::path(each).parent_path() / "sample-prices.yaml").string();
    if (!std::filesystem::exists(file)) continue;
    auto with_prices = policies;
    with_prices.push_back(file);
    const auto pack = read_pack(with_prices);
    if (!pack) continue;
    if (auto fits = example_statement(*pack)) return std::pair(file, std::move(*fits));
  }
  return std::nullopt;
}

// What the pack rates; where it has no price, says on standard error where there are some.
base::Result<model::UsageStatement> statement_for(const Context& context,
                                                  const std::vector<std::string>& policies) {
  if (policies.empty()) return example_statement();
  DURE_LET(pack, read_pack(policies));
  if (auto fits = example_statement(pack)) return std::move(*fits);
  if (auto beside = priced_beside(policies)) {
    context.note(base::Reason("rating.example_priced_beside").with("file", beside->first));
    return std::move(beside->second);
  }
  context.note(base::Reason("rating.example_without_price"));
  return example_statement();
}

base::Status print_rate_example(Context& context, const std::vector<std::string>& policies) {
  DURE_LET(statement, statement_for(context, policies));
  std::string text;
  print_indented(wire::to_json(statement), "", text);
  std::printf("%s\n", text.c_str());
  return {};
}

struct RateInput {
  std::vector<std::string> policies;
  std::string usage;
  bool example = false;
};

}  // namespace

void add_rate_verb(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("rate", "What a use costs under a policy pack, rule by rule");
  auto input = std::make_shared<RateInput>();
  auto* sample = verb->add_flag("--example", input->example, "Prints a statement of uses to start from");
  verb->add_option("--policy", input->policies, "Policy files over the product's default, lowest first");
  verb->add_option("--usage", input->usage, "Statement of uses, JSON; - for standard input")
      ->excludes(sample);
  verb->callback([&context, input] {
    context.offline([&]() -> base::Status {
      if (input->example) return print_rate_example(context, input->policies);
      for (const auto& [option, given] :
           {std::pair{"--policy", !input->policies.empty()}, std::pair{"--usage", !input->usage.empty()}})
        if (!given)
          return base::invalid(base::Reason("rating.option_missing").with("option", std::string(option)));
      return rate(context, input->policies, input->usage);
    });
  });
}

}  // namespace dure::cli
