// dure consolidate: which few moves would free whole cards, and carrying them out.
#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>

#include "cli/verbs.h"
#include "net/url.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMilliGpuSecondsOfHour = 3'600'000;
constexpr const char* kPath = "/api/v1/consolidation";

struct ConsolidateWish {
  std::string goal = "cards";
  std::int64_t cards = 0;
  std::string model;
  std::string pool;
  std::int64_t most_moves = 10;
  std::string carry_out;  // file of a proposal
};

std::string consolidation_path(const ConsolidateWish& wish) {
  std::string path = std::string(kPath) + "?goal=" + net::percent_encode(wish.goal) +
                     "&most_moves=" + std::to_string(wish.most_moves);
  if (wish.cards != 0) path += "&cards=" + std::to_string(wish.cards);
  if (!wish.model.empty()) path += "&model=" + net::percent_encode(wish.model);
  if (!wish.pool.empty()) path += "&pool=" + net::percent_encode(wish.pool);
  return path;
}

// "12.3", rounded down.
std::string gpu_hours(std::int64_t milli_gpu_seconds) {
  const std::int64_t tenths = milli_gpu_seconds / (kMilliGpuSecondsOfHour / 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

// Of each move, where from and to as "n1: 0 3".
json::array move_rows(const json::value& proposal) {
  json::array rows;
  for (const auto& move : proposal.at("moves").as_array()) {
    json::object row = move.as_object();
    for (const char* end : {"from", "to"}) {
      std::string text = text_at(move.at(end), "node") + ":";
      for (const auto& card : move.at(end).at("cards").as_array()) text += " " + json::serialize(card);
      row[std::string(end) + "_text"] = text;
    }
    row["lost"] = gpu_hours(number_at(move, "lost_milli_gpu_seconds"));
    rows.push_back(row);
  }
  return rows;
}

void print_proposal(const json::value& proposal) {
  if (proposal.at("moves").as_array().empty()) {
    std::printf("%s\n", text_at(proposal, "reason/text").c_str());
    return;
  }
  print_table(move_rows(proposal), {{"#", "position"},
                                    {"NAME", "name"},
                                    {"MODEL", "model"},
                                    {"BLOCKS", "blocks"},
                                    {"CARDS", "cards"},
                                    {"FROM", "from_text"},
                                    {"TO", "to_text"},
                                    {"GPU-HOURS LOST", "lost"},
                                    {"RUN", "run_id"}});
  std::printf("\nwhole cards %s  whole nodes %s  GPU-hours lost %s\n",
              text_at(proposal, "whole_cards_gained").c_str(),
              text_at(proposal, "whole_nodes_gained").c_str(),
              gpu_hours(number_at(proposal, "lost_milli_gpu_seconds")).c_str());
  for (const auto& fit : proposal.at("would_fit").as_array())
    std::printf("%s: %s\n", text_at(fit, "name").c_str(), text_at(fit, "says/text").c_str());
}

base::Result<std::string> relocation_body(const std::string& text) {
  boost::system::error_code failed;
  const auto proposal = json::parse(text, failed);
  const auto* moves = failed || !proposal.is_object() ? nullptr : proposal.as_object().if_contains("moves");
  if (!moves || !moves->is_array()) return base::invalid(base::Reason("cli.no_proposal"));
  json::array relocations;
  for (const auto& move : moves->as_array()) {
    const auto* to = move.is_object() ? move.as_object().if_contains("to") : nullptr;
    if (!to || !to->is_object() || !to->as_object().contains("card_ids"))
      return base::invalid(base::Reason("cli.no_proposal"));
    relocations.push_back(json::object{{"run_id", text_at(move, "run_id")},
                                       {"node_id", text_at(*to, "node_id")},
                                       {"card_ids", to->as_object().at("card_ids")}});
  }
  return json::serialize(json::object{{"version", text_at(proposal, "version")}, {"moves", relocations}});
}

base::Status carry_out(Context& context, Api& api, const std::string& file) {
  DURE_LET(text, read_file(file));
  DURE_LET(body, relocation_body(text));
  DURE_LET(done, api.post_once(kPath, body));
  if (context.output() == Format::kJson)
    print_json(done);
  else
    print_table(done.at("items"), {{"RUN", "id"}, {"STATE", "state"}, {"WHY", "ended_reason/text"}});
  return {};
}

base::Status show_proposal(Context& context, Api& api, const ConsolidateWish& wish) {
  DURE_LET(proposal, api.get(consolidation_path(wish)));
  if (context.output() == Format::kJson)
    print_json(proposal);
  else
    print_proposal(proposal);
  return {};
}

}  // namespace

void add_consolidate_verb(CLI::App& app, Context& context) {
  auto* verb = app.add_subcommand("consolidate", "Which few moves would free whole cards (operators)");
  auto wish = std::make_shared<ConsolidateWish>();
  verb->add_option("--goal", wish->goal, "cards, nodes, or together: --cards on one machine")
      ->check(CLI::IsMember({"cards", "nodes", "together"}))
      ->capture_default_str();
  verb->add_option("--cards", wish->cards, "With --goal together: how many");
  verb->add_option("--model", wish->model, "Only cards of this model");
  verb->add_option("--pool", wish->pool, "Only machines of this pool");
  verb->add_option("--most-moves", wish->most_moves, "So many at most")->capture_default_str();
  verb->add_option("--carry-out", wish->carry_out,
                   "Carries out the proposal in this file (-o json; - is stdin)");
  verb->callback([&context, wish] {
    context.with_api([&](Api& api) {
      return wish->carry_out.empty() ? show_proposal(context, api, *wish)
                                     : carry_out(context, api, wish->carry_out);
    });
  });
}

}  // namespace dure::cli
