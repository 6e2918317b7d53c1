// dure policy try: what a changed rule would have done, rank by rank and won by won. Files alone; nothing is
// kept.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json/value.hpp>
#include <cstdio>
#include <memory>

#include "cli/history_files.h"
#include "cli/pack_files.h"
#include "cli/told.h"
#include "cli/try_table.h"
#include "cli/verbs.h"
#include "compare/compare.h"
#include "compare/comparison_fields.h"
#include "wire/json_impl.h"

namespace dure::cli {
namespace {

struct TryWish {
  std::vector<std::string> drafts;
  std::vector<std::string> policies;
  std::string history;
  bool all = false;
  bool example = false;
};

// The layers in force, but for those whose kind the draft has: a draft of the programme's pack stands in its
// place, a what-if lies over it. Floors stay whatever the draft says.
std::vector<policy::Layer> with_draft(const std::vector<policy::Layer>& in_force,
                                      const std::vector<policy::Layer>& draft) {
  std::vector<policy::Layer> layers;
  for (const auto& layer : in_force) {
    const bool replaced = layer.kind != policy::LayerKind::kFloors &&
                          std::any_of(draft.begin(), draft.end(),
                                      [&](const policy::Layer& each) { return each.kind == layer.kind; });
    if (!replaced) layers.push_back(layer);
  }
  layers.insert(layers.end(), draft.begin(), draft.end());
  return layers;
}

base::Status print_comparison_as(Context& context, const compare::Comparison& comparison, bool all) {
  if (context.format == "csv") {
    std::printf("%s", to_csv(comparison_sheet(comparison)).c_str());
  } else if (context.output() == Format::kJson) {
    auto tree = wire::to_json(comparison);
    add_reason_texts(tree, context.connection.language);
    print_json(tree);
  } else {
    print_comparison(comparison, all, wire::pick_language(context.connection.language));
  }
  if (comparison.changed) context.exit_code = kChanged;
  return {};
}

base::Status try_policy(Context& context, const TryWish& wish) {
  DURE_LET(in_force, read_layers(wish.policies));
  DURE_LET(before, pack_of(in_force));
  if (wish.example) {
    DURE_LET(text, example_history(before));
    std::printf("%s\n", text.c_str());
    return {};
  }
  DURE_TRY(option_given(wish.policies.empty() ? "" : wish.policies.front(), "--policy"));
  DURE_TRY(option_given(wish.drafts.empty() ? "" : wish.drafts.front(), "DRAFT"));
  DURE_TRY(option_given(wish.history, "--on"));
  DURE_LET(draft, read_layers(wish.drafts));
  DURE_LET(after, pack_of(with_draft(in_force, draft)));
  DURE_LET(history, read_history(wish.history));
  DURE_LET(comparison, compare::compare(before, after, history));
  return print_comparison_as(context, comparison, wish.all);
}

}  // namespace

void add_policy_try(CLI::App& policy, Context& context) {
  auto* verb = policy.add_subcommand("try",
                                     "What a changed rule would have done: rounds, bills, screenings and "
                                     "deadlines of the past decided anew");
  auto wish = std::make_shared<TryWish>();
  verb->add_option("draft", wish->drafts,
                   "Policy files of the draft, in any order; each stands for its kind of layer");
  verb->add_option("--policy", wish->policies, "Policy files in force, over the product's default");
  verb->add_option(
      "--on", wish->history,
      "The past: a folder of inputs of select, rate, eligible and deadlines, or one file; - is stdin");
  verb->add_flag("--all", wish->all, "Also what stays as it was");
  verb->add_flag("--example", wish->example, "Prints a history to start from, made for the pack");
  verb->add_option("-o,--output", context.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}));
  verb->callback([&context, wish] { context.offline([&] { return try_policy(context, *wish); }); });
}

}  // namespace dure::cli
