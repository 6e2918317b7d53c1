#include <array>
#include <charconv>

#include "commands/consolidation.h"
#include "placement/board.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"

namespace dure::server {
namespace {

using Kind = placement::Goal::Kind;
constexpr std::array<std::pair<std::string_view, Kind>, 3> kGoals{
    {{"cards", Kind::kCards}, {"nodes", Kind::kNodes}, {"together", Kind::kTogether}}};

base::Result<Kind> read_goal(const net::Request& request) {
  const std::string* text = request.parameter("goal");
  if (!text) return Kind::kCards;
  for (const auto& [name, kind] : kGoals)
    if (*text == name) return kind;
  return base::invalid(base::Reason("http.filter_choice")
                           .with("parameter", "goal")
                           .with("value", *text)
                           .with("allowed", "cards, nodes, together"));
}

base::Result<std::int64_t> read_number(const net::Request& request, const std::string& name,
                                       std::int64_t unsaid, std::int64_t most) {
  const std::string* text = request.parameter(name);
  if (!text) return unsaid;
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (problem != std::errc() || end != text->data() + text->size())
    return base::invalid(base::Reason("http.filter_value").with("parameter", name).with("value", *text));
  if (value < 1 || value > most)
    return base::invalid(
        base::Reason("number.out_of_range").with("value", value).with("least", 1).with("most", most));
  return value;
}

base::Result<commands::WantedRoom> read_wanted(const net::Request& request) {
  commands::WantedRoom wanted;
  DURE_LET(goal, read_goal(request));
  DURE_LET(cards, read_number(request, "cards", 0, placement::kMostCardsOfSlot));
  DURE_LET(most_moves, read_number(request, "most_moves", wanted.most_moves, commands::kMostMovesAtOnce));
  if (goal == Kind::kTogether && cards == 0)
    return base::invalid(base::Reason("http.parameter_missing").with("parameter", "cards"));
  if (goal != Kind::kTogether && cards != 0)
    return base::invalid(
        base::Reason("http.filter_contradiction").with("parameter", "cards").with("other", "goal"));
  wanted.goal = goal;
  wanted.cards = cards;
  wanted.most_moves = most_moves;
  if (const std::string* pool = request.parameter("pool")) wanted.pool = *pool;
  if (const std::string* model = request.parameter("model")) wanted.model = *model;
  return wanted;
}

base::Result<Answer> propose(Exchange& exchange) {
  DURE_LET(wanted, read_wanted(exchange.request));
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(proposal, commands::propose_consolidation(work, wanted));
    return tagged_json(exchange, wire::json_text(proposal));
  });
}

base::Result<Answer> carry_out(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::CarryOutConsolidation>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(runs, commands::carry_out_consolidation(work, command));
    std::string json = "{\"items\":[";
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (i > 0) json += ',';
      wire::write_json(json, runs[i]);
    }
    return json_answer(json + "],\"next\":null}");
  });
}

}  // namespace

void add_consolidation_routes(Router& router, Api& api) {
  add_route(router, api, "GET", "/api/v1/consolidation", propose,
            {"goal", "cards", "model", "pool", "most_moves"});
  add_route(router, api, "POST", "/api/v1/consolidation", carry_out);
}

}  // namespace dure::server
