#include "cli/gaps_verb.h"

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/output.h"
#include "cli/pack_files.h"
#include "cli/told.h"
#include "model/gap.h"
#include "selection/gaps.h"
#include "wire/json.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

constexpr wire::Limits kGapLimits{16 << 20, 16};

struct GapsInput {
  std::vector<std::string> policies;
  std::string file;
  bool example = false;
};

model::GapQuestion example() {
  model::GapQuestion question;
  question.gaps = {{"returned-1", "idle-gpus", "h200", base::MilliGpu::cards(16), base::Date{2026, 5, 1},
                    base::Date{2026, 7, 31}},
                   {"before-project-a", "idle-gpus", "b200", base::MilliGpu::cards(8),
                    base::Date{2026, 4, 15}, base::Date{2026, 6, 30}}};
  question.requests = {{"gaon", "", "", base::MilliGpu::cards(8), std::nullopt, 3, 2},
                       {"naru", "", "h200", base::MilliGpu::cards(16), std::nullopt, 2, 1},
                       {"daon", "", "", base::MilliGpu::cards(8), base::Date{2026, 5, 1}, 4, 2}};
  return question;
}

void print_matching(Context& context, const model::GapMatching& matching) {
  auto tree = wire::to_json(matching);
  add_reason_texts(tree, context.connection.language);
  if (context.output() == Format::kJson) return print_json(tree);
  print_table(tree.at("offers"), {{"REQUEST", "request"},
                                  {"GAP", "gap"},
                                  {"MILLI-GPU", "amount_milli_gpu"},
                                  {"FROM", "from"},
                                  {"UNTIL", "until"},
                                  {"MONTHS", "months"}});
  if (matching.unserved.empty()) return;
  std::printf("\n");
  print_table(tree.at("unserved"), {{"REQUEST", "request"}, {"REASON", "reason/text"}});
}

base::Status match(Context& context, const GapsInput& input) {
  if (input.example) {
    print_json(wire::to_json(example()));
    return {};
  }
  DURE_TRY(option_given(input.policies.empty() ? "" : input.policies.front(), "--policy"));
  DURE_TRY(option_given(input.file, "--gaps"));
  DURE_LET(pack, read_pack(input.policies));
  DURE_LET(text, read_file(input.file));
  DURE_LET(question, wire::read_json<model::GapQuestion>(text, wire::In{{"gaps", "requests"}}, kGapLimits));
  DURE_LET(matching, selection::match_gaps(question, pack.award));
  print_matching(context, matching);
  return {};
}

}  // namespace

void add_gaps_verb(CLI::App& app, Context& context) {
  auto input = std::make_shared<GapsInput>();
  auto* verb = app.add_subcommand(
      "gaps", "What is idle for a few months, offered to those who wait and fit: rules and reasons, offline");
  verb->add_option("--policy", input->policies, "Pack: its files, each layer once");
  verb->add_option("--gaps", input->file, "Gaps and requests (JSON; - is standard input)");
  verb->add_flag("--example", input->example, "Prints a file to start from");
  verb->callback([&context, input] { context.offline([&] { return match(context, *input); }); });
}

}  // namespace dure::cli
