#include "commands/appeals.h"
#include "commands/claims.h"
#include "commands/panels.h"
#include "commands/rankings.h"
#include "commands/reviews.h"
#include "commands/rounds.h"
#include "commands/waiting.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"
#include "server/routes/steps.h"

namespace dure::server {
namespace {

// A step whose body may be left out.
template <class Noun, class Command>
void add_step_with(Router& router, Api& api, const std::string& name, const std::string& step,
                   Change<Noun, Command> take) {
  add_route(router, api, "POST", "/api/v1/" + name + "/{id}/" + step,
            [take](Exchange& exchange) -> base::Result<Answer> {
              Command command;
              if (!exchange.request.body.empty()) {
                DURE_LET(read, exchange.body<Command>());
                command = read;
              }
              return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
                DURE_LET(row, take(work, exchange.id<Noun>(), command));
                return row_answer(row);
              });
            });
}

// GET of what belongs to a row.
template <class Noun, class Read>
void add_view(Router& router, Api& api, const std::string& pattern, Read read) {
  add_route(router, api, "GET", "/api/v1/" + pattern, [read](Exchange& exchange) -> base::Result<Answer> {
    return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
      return read(exchange, work, exchange.id<Noun>());
    });
  });
}

void add_rounds(Router& router, Api& api) {
  add_change(router, api, "calls", "close-early", commands::close_early);
  add_view<model::Call>(router, api, "calls/{id}/round-duty",
                        [](Exchange& exchange, commands::Work& work, const auto& id) -> base::Result<Answer> {
                          DURE_LET(duty, commands::round_duty(work, id));
                          return tagged_json(exchange, wire::json_text(duty));
                        });
  add_collection<model::Round>(router, api, "rounds", &ports::Transaction::rounds);
  add_make(router, api, "rounds", commands::plan_round);
  add_step(router, api, "rounds", "cut-off", commands::cut_off_round);
  add_step(router, api, "rounds", "evaluate", commands::begin_evaluation);
  add_change(router, api, "rounds", "cancel", commands::cancel_round);
  add_child(router, api, "rounds/{id}/entries", "round-entries", commands::admit_to_round);
  add_step_with(router, api, "rounds", "assign", commands::assign_reviews);
  add_view<model::Round>(
      router, api, "rounds/{id}/progress",
      [](Exchange& exchange, commands::Work& work, const auto& id) -> base::Result<Answer> {
        DURE_LET(progress, commands::round_progress(work, id));
        return tagged_json(exchange, wire::json_text(progress));
      });
  add_view<model::Round>(router, api, "rounds/{id}/results",
                         [](Exchange&, commands::Work& work, const auto& id) -> base::Result<Answer> {
                           DURE_LET(results, commands::round_results(work, id));
                           return items_answer(results);
                         });
  add_collection<model::RoundEntry>(router, api, "round-entries", &ports::Transaction::round_entries);
  add_change(router, api, "round-entries", "recommend", commands::recommend_amount);
}

void add_panels(Router& router, Api& api) {
  add_collection<model::Panel>(router, api, "panels", &ports::Transaction::panels);
  add_make(router, api, "panels", commands::convene_panel);
  add_change(router, api, "panels", "resize", commands::resize_panel);
  add_child(router, api, "panels/{id}/members", "panel-members", commands::invite_member);
  add_change(router, api, "panels", "minutes", commands::record_minutes);
  add_collection<model::PanelMember>(router, api, "panel-members", &ports::Transaction::panel_members);
  add_change(router, api, "panel-members", "respond", commands::respond_invitation);
  add_change(router, api, "panel-members", "release", commands::release_member);
}

void add_reviews(Router& router, Api& api) {
  add_collection<model::Review>(router, api, "reviews", &ports::Transaction::reviews);
  add_step(router, api, "reviews", "accept", commands::accept_review);
  add_change(router, api, "reviews", "decline", commands::decline_review);
  add_step(router, api, "reviews", "start", commands::start_review);
  add_change(router, api, "reviews", "draft", commands::draft_review);
  add_change(router, api, "reviews", "submit", commands::submit_review);
  add_step(router, api, "reviews", "lock", commands::lock_review);
  add_change(router, api, "reviews", "reopen", commands::reopen_review);
  add_collection<model::ConflictOfInterest>(router, api, "conflicts-of-interest",
                                            &ports::Transaction::conflicts_of_interest);
  add_make(router, api, "conflicts-of-interest", commands::declare_conflict);
  add_change(router, api, "conflicts-of-interest", "resolve", commands::resolve_conflict);
}

// What the ranking was made from, and what came out, as they are kept.
void add_rankings(Router& router, Api& api) {
  add_collection<model::Ranking>(router, api, "rankings", &ports::Transaction::rankings);
  add_make(router, api, "rankings", commands::compute_ranking);
  add_step_with(router, api, "rankings", "confirm", commands::confirm_ranking);
  add_view<model::Ranking>(
      router, api, "rankings/{id}/inputs",
      [](Exchange& exchange, commands::Work& work, const auto& id) -> base::Result<Answer> {
        DURE_LET(ranking, commands::read_ranking(work, id));
        return tagged_json(exchange, ranking.inputs);
      });
  add_view<model::Ranking>(
      router, api, "rankings/{id}/result",
      [](Exchange& exchange, commands::Work& work, const auto& id) -> base::Result<Answer> {
        DURE_LET(ranking, commands::read_ranking(work, id));
        return tagged_json(exchange, ranking.result);
      });
}

// POST /programmes/{id}/match-demand
base::Result<Answer> match_demand(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::MatchDemand>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(matched, commands::match_demand(work, exchange.id<model::Programme>(), command));
    return json_answer(wire::json_text(matched));
  });
}

// POST /applications/{id}/screening: the answer is masked, as a list's rows are.
base::Result<Answer> answer_screening(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::AnswerScreening>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(application, commands::answer_screening(work, exchange.id<model::Application>(), command));
    return row_answer(application);
  });
}

void add_waiting(Router& router, Api& api) {
  add_route(router, api, "POST", "/api/v1/applications/{id}/screening", answer_screening);
  add_collection<model::BonusClaim>(router, api, "bonus-claims", &ports::Transaction::bonus_claims);
  add_make(router, api, "bonus-claims", commands::claim_bonus);
  add_change(router, api, "bonus-claims", "decide", commands::decide_bonus);
  add_step(router, api, "awards", "accept", commands::accept_award);
  add_change(router, api, "awards", "decline", commands::decline_award);
  add_step_with(router, api, "awards", "agreement", commands::sign_agreement);
  add_route(router, api, "POST", "/api/v1/programmes/{id}/match-demand", match_demand);
  add_collection<model::WaitlistEntry>(router, api, "waitlist-entries",
                                       &ports::Transaction::waitlist_entries);
  add_change(router, api, "waitlist-entries", "withdraw", commands::withdraw_from_waiting);
  add_collection<model::Appeal>(router, api, "appeals", &ports::Transaction::appeals);
  add_make(router, api, "appeals", commands::file_appeal);
  add_step(router, api, "appeals", "withdraw", commands::withdraw_appeal);
  add_change(router, api, "appeals", "decide", commands::decide_appeal);
}

}  // namespace

void add_evaluation_routes(Router& router, Api& api) {
  add_rounds(router, api);
  add_panels(router, api);
  add_reviews(router, api);
  add_rankings(router, api);
  add_waiting(router, api);
}

}  // namespace dure::server
