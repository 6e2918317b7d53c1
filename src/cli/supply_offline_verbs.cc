// Verbs of the supply side that work on files, without a server: rank (what the committee's points and a pack
// make of proposals) and share (GPUs among groups by answers and a pack). Files are in the API's own format.
#include "cli/supply_offline_verbs.h"

#include <CLI/CLI.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/pack_files.h"
#include "cli/supply_columns.h"
#include "model/ranges.h"
#include "model/supply_requests.h"
#include "policy/pack.h"
#include "supply/ranking.h"
#include "supply/shares.h"
#include "wire/json_impl.h"

namespace dure::model {

// A proposal as the API shows it, whether its supplier is a member of the national centre, and what experts
// said of it.
struct RankedInput {
  SupplierProposal proposal;
  bool national_centre_member = false;
  std::vector<SupplierEvaluation> evaluations;
};
DURE_VALUE_FIELDS(RankedInput, field("proposal", &RankedInput::proposal),
                  field("national_centre_member", &RankedInput::national_centre_member),
                  field("evaluations", &RankedInput::evaluations));

struct RankingInput {
  base::Krw budget;
  std::vector<RankedInput> proposals;
};
DURE_VALUE_FIELDS(RankingInput, field("budget_won", &RankingInput::budget),
                  field("proposals", &RankingInput::proposals));

struct ShareInput {
  std::vector<DemandAnswer> answers;
};
DURE_VALUE_FIELDS(ShareInput, field("answers", &ShareInput::answers));

}  // namespace dure::model

namespace dure::cli {
namespace {

struct SupplyInput {
  std::vector<std::string> policy;
  std::string file;
  std::int64_t gpus = 0;
  bool example = false;
};
using SupplyInputPtr = std::shared_ptr<SupplyInput>;

// The pack of the files over the product's default and the floors.
template <class Value>
void print_rows(Context& context, const std::vector<Value>& rows, const std::vector<Column>& columns) {
  auto value = boost::json::parse(wire::json_text(rows));
  if (context.output() == Format::kJson) add_reason_texts(value, context.connection.language);
  print(context.output(), value, columns);
}

model::RankedInput example_proposal(const std::string& id, std::int64_t price, std::int64_t capability) {
  model::RankedInput input;
  input.proposal.id.text = id;
  input.proposal.price = {price};
  input.proposal.items = {{"h200", model::SupplyUnit::kServer, 100, 8}};
  for (const auto phase :
       {model::SupplyPhase::kWritten, model::SupplyPhase::kPresentation, model::SupplyPhase::kSiteVisit}) {
    model::SupplierEvaluation evaluation;
    evaluation.phase = phase;
    if (phase != model::SupplyPhase::kSiteVisit)  // which gives no points
      evaluation.scores = {{"capability", capability}, {"speed", 2500}, {"own-use", 1500}};
    input.evaluations.push_back(evaluation);
  }
  return input;
}

// The error under the part of the file that it is about.
base::Error error_under(const std::string& pointer, base::Error error) {
  if (error.details.empty()) error.details.push_back({"", error.reason});
  for (auto& each : error.details) each.pointer = pointer + each.pointer;
  return error;
}

base::Status check_number(const std::string& pointer, std::int64_t value, std::int64_t least,
                          std::int64_t most) {
  if (least <= value && value <= most) return {};
  const auto reason =
      base::Reason("number.out_of_range").with("value", value).with("least", least).with("most", most);
  return base::invalid(reason, {{pointer, reason}});
}

base::Status check_options(const SupplyInput& input, const std::string& file_option) {
  for (const auto& [option, given] : {std::pair{std::string("--policy"), !input.policy.empty()},
                                      std::pair{file_option, !input.file.empty()}})
    if (!given) return base::invalid(base::Reason("supply.option_missing").with("option", option));
  return {};
}

// What the commands would refuse, too.
base::Status check_judged(const model::RankedInput& judged, const policy::Supply& rules) {
  DURE_TRY(check_number("/proposal/price_won", judged.proposal.price.won, 0, model::kMostWon));
  DURE_TRY(check_number("/proposal/own_use_bp", judged.proposal.own_use_bp, 0, model::kWhole));
  for (std::size_t i = 0; i < judged.evaluations.size(); ++i) {
    const auto& kept = judged.evaluations[i];
    const model::EvaluateProposal said{kept.phase, kept.conflict, kept.passed, kept.scores, kept.comment};
    auto status = model::check_ranges(said);
    if (status.ok()) status = supply::check_evaluation(said, rules);
    if (!status.ok()) return error_under("/evaluations/" + std::to_string(i), status.failure());
  }
  return {};
}

base::Status check_ranking(const model::RankingInput& given, const policy::Supply& rules) {
  DURE_TRY(check_number("/budget_won", given.budget.won, 0, model::kMostWon));
  for (std::size_t i = 0; i < given.proposals.size(); ++i)
    if (const auto status = check_judged(given.proposals[i], rules); !status.ok())
      return error_under("/proposals/" + std::to_string(i), status.failure());
  return {};
}

base::Status check_answers(const std::vector<model::DemandAnswer>& answers, const policy::Supply& rules) {
  for (std::size_t i = 0; i < answers.size(); ++i) {
    auto status = check_number("/gpus", answers[i].gpus, 1, model::kMostGpus);
    if (status.ok()) status = supply::check_group(rules, answers[i].user_group);
    if (!status.ok()) return error_under("/answers/" + std::to_string(i), status.failure());
  }
  return {};
}

base::Status rank(Context& context, const SupplyInput& input) {
  if (input.example) {
    const model::RankingInput example{
        {100'000'000'000},
        {example_proposal("가", 60'000'000'000, 4500), example_proposal("나", 50'000'000'000, 4000)}};
    print_json(boost::json::parse(wire::json_text(example)));
    return {};
  }
  DURE_TRY(check_options(input, "--proposals"));
  DURE_LET(pack, read_pack(input.policy));
  DURE_LET(text, read_file(input.file));
  DURE_LET(given, wire::read_json<model::RankingInput>(text));
  DURE_TRY(check_ranking(given, pack.supply));
  std::vector<supply::JudgedProposal> judged;
  judged.reserve(given.proposals.size());
  for (auto& each : given.proposals)
    judged.push_back({std::move(each.proposal), each.national_centre_member, std::move(each.evaluations)});
  DURE_LET(ranked, supply::rank_proposals(std::move(judged), pack.supply, given.budget));
  print_rows(context, ranked,
             {{"RANK", "rank"},
              {"PROPOSAL", "id"},
              {"STATE", "state"},
              {"POINTS/100", "centi_points"},
              {"PRICE", "price_won"}});
  return {};
}

base::Status share(Context& context, const SupplyInput& input) {
  if (input.example) {
    model::ShareInput example;
    for (const auto& [group, gpus] : {std::pair{"industry", 1288}, {"academia", 2624}, {"research", 312}}) {
      model::DemandAnswer answer;
      answer.user_group = group;
      answer.gpus = gpus;
      example.answers.push_back(answer);
    }
    print_json(boost::json::parse(wire::json_text(example)));
    return {};
  }
  DURE_TRY(check_options(input, "--answers"));
  DURE_LET(pack, read_pack(input.policy));
  DURE_LET(text, read_file(input.file));
  DURE_LET(given, wire::read_json<model::ShareInput>(text));
  DURE_TRY(check_answers(given.answers, pack.supply));
  DURE_LET(shares, supply::share_among(pack.supply, given.answers, input.gpus));
  print_rows(context, shares, share_columns());
  return {};
}

void add_files(CLI::App* verb, const SupplyInputPtr& input, const std::string& option,
               const std::string& what) {
  auto* example = verb->add_flag("--example", input->example, "Prints a file to begin with");
  verb->add_option("--policy", input->policy, "Policy files: programme, then track and call layers");
  verb->add_option(option, input->file, what)->excludes(example);
}

}  // namespace

void add_supply_offline_verbs(CLI::App* supply, Context& context) {
  auto ranking = std::make_shared<SupplyInput>();
  auto* by_rank = supply->add_subcommand("rank", "Ranks proposals of a file by a pack, without a server");
  add_files(by_rank, ranking, "--proposals", "A JSON file; - for standard input");
  by_rank->callback([&context, ranking] { context.offline([&] { return rank(context, *ranking); }); });
  auto sharing = std::make_shared<SupplyInput>();
  auto* by_share =
      supply->add_subcommand("share", "Shares GPUs by a file of answers and a pack, without a server");
  add_files(by_share, sharing, "--answers", "A JSON file; - for standard input");
  by_share->add_option("--gpus", sharing->gpus, "How many there are to share")
      ->check(CLI::Range(std::int64_t{0}, model::kMostGpus));
  by_share->callback([&context, sharing] { context.offline([&] { return share(context, *sharing); }); });
}

}  // namespace dure::cli
