#include "commands/programmes.h"
#include "server/routes/collection.h"
#include "server/routes/routes.h"

namespace dure::server {
namespace {

base::Result<Answer> load_policy(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::LoadPolicy>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(programme, commands::load_policy(work, command));
    return created_answer(programme, "programmes");
  });
}

std::string explanation_json(const policy::Explanation& explanation, wire::Language language) {
  const bool korean = language == wire::Language::kKorean;
  const auto text = [](const std::string& value) { return wire::json_text(value); };
  std::string json = "{\"key\":" + text(explanation.key);
  json += ",\"value\":" + text(explanation.value);
  json += ",\"type\":" + text(korean ? explanation.type_ko : explanation.type_en);
  json += ",\"description\":" + text(korean ? explanation.description_ko : explanation.description_en);
  json += ",\"layer\":" + text(std::string(policy::name_of(explanation.provenance.layer)));
  json += ",\"source\":" + text(explanation.provenance.source);
  json += ",\"confidence\":" + text(std::string(policy::name_of(explanation.provenance.confidence)));
  json += ",\"note\":" + text(explanation.provenance.note);
  json += ",\"section_on\":" + std::string(explanation.section_on ? "true" : "false");
  json += ",\"effect\":" + text(std::string(policy::name_of(explanation.effect)));
  return json + "}";
}

// GET /programmes/{id}/policy: the pack's hash and, with ?key=, one value and where it comes from.
base::Result<Answer> show_policy(Exchange& exchange) {
  return look(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(programme, commands::read_row(work, work.tx.programmes(), exchange.id<model::Programme>()));
    DURE_LET(pack, work.world.policies.of_programme(work.tx, programme.id));
    const std::string* key = exchange.request.parameter("key");
    std::string json = "{\"hash\":" + wire::json_text(pack->hash()) +
                       ",\"version\":" + wire::json_text(pack->meta.version) + ",\"values\":[";
    bool first = true;
    for (const auto& info : policy::key_table()) {
      if (key && info.key != *key) continue;
      DURE_LET(explanation, policy::explain(*pack, info.key));
      json += (first ? "" : ",") + explanation_json(explanation, exchange.language);
      first = false;
    }
    if (key && first) {
      DURE_LET(unknown, policy::explain(*pack, *key));
      static_cast<void>(unknown);
    }
    return tagged_json(exchange, json + "]}");
  });
}

base::Result<Answer> open_call(Exchange& exchange) {
  DURE_LET(command, exchange.body<model::OpenCall>());
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(call, commands::open_call(work, command));
    return created_answer(call, "calls");
  });
}

base::Result<Answer> close_call(Exchange& exchange) {
  return perform(exchange, [&](commands::Work& work) -> base::Result<Answer> {
    DURE_LET(call, commands::close_call(work, exchange.id<model::Call>()));
    return row_answer(call);
  });
}

}  // namespace

void add_programme_routes(Router& router, Api& api) {
  add_collection<model::Programme>(router, api, "programmes", &ports::Transaction::programmes);
  add_route(router, api, "POST", "/api/v1/programmes", load_policy);
  add_route(router, api, "GET", "/api/v1/programmes/{id}/policy", show_policy, {"key"});
  add_collection<model::PolicyVersion>(router, api, "policy-versions", &ports::Transaction::policy_versions);
  add_collection<model::Call>(router, api, "calls", &ports::Transaction::calls);
  add_route(router, api, "POST", "/api/v1/calls", open_call);
  add_route(router, api, "POST", "/api/v1/calls/{id}/close", close_call);
}

}  // namespace dure::server
