// dure rate: what a payer's use costs under a policy pack, offline.
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>

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

base::Status print_rate_example(Context& context, const std::vector<std::string>& policies) {
  auto statement = example_statement();
  if (!policies.empty()) {
    DURE_LET(pack, read_pack(policies));
    if (auto fits = example_statement(pack))
      statement = std::move(*fits);
    else
      context.note(base::Reason("rating.example_without_price"));
  }
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
