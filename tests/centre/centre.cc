#include "centre/centre.h"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "adapters/blobs/file_blobs.h"
#include "adapters/blobs/file_types.h"
#include "adapters/sql/store.h"
#include "adapters/system/secrets.h"
#include "centre/taken.h"
#include "cli/api.h"
#include "cli/record.h"
#include "commands/audit.h"
#include "commands/base_layers.h"
#include "commands/scheduling.h"
#include "net/url.h"
#include "policy/pack.h"
#include "server/first_start.h"
#include "server/loops/loops.h"
#include "server/state_folder.h"
#include "wire/form_file.h"
#include "wire/json.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

std::string make_folder() {
  char name[] = "/tmp/dure-centre.XXXXXX";
  DURE_ASSERT(::mkdtemp(name) != nullptr);
  return name;
}

}  // namespace

std::string Reply::text(const std::string& path) const {
  return cli::text_at(body, path);
}
std::int64_t Reply::number(const std::string& path) const {
  return cli::number_at(body, path);
}

// 2026-09-01 09:00 in Seoul: a Tuesday.
Centre::Centre() : clock(*base::parse_instant("2026-09-01T00:00:00Z")), folder_(make_folder()) {
  store_ = taken(sql::open_store("sqlite::memory:"));
  secrets_ =
      taken(system::open_secrets({.key_file = folder_ + "/key", .memory_bytes = 64 << 10, .passes = 1}));
  blobs_ = taken(blobs::open_file_blobs({.folder = folder_ + "/blobs"}));
  file_types_ = taken(blobs::open_file_types());
  commands::Settings settings;
  settings.base_layers = taken(commands::read_base_layers());
  settings.centre_rules = taken(policy::merge(settings.base_layers)).account;
  settings.nobody_hash = taken(secrets_->hash_password("nobody"));
  world_ = std::make_unique<commands::World>(commands::World{
      *store_, clock, *secrets_, *secrets_, *blobs_, *file_types_, policies_, known_callers_, settings});
  DURE_ASSERT(server::set_up_store(*world_, folder_).ok());
  hub_ = std::make_unique<server::EventHub>(*world_);
  api_ = std::make_unique<server::Api>(server::Api{*world_, ledgers_});
  server::add_all_routes(router_, *api_, *hub_);
  handler_ = server::make_handler(router_, *api_);
  operators = log_in("operator", server::read_secret(folder_ + "/operator.password"));
  const json::array layers{json::object{{"name", "policy.yaml"}, {"text", s0_text()}}};
  programme = post("/api/v1/programmes", operators, {{"layers", layers}}).text("id");
  call = post("/api/v1/calls", operators, {{"programme_id", programme}, {"title", "수시"}}).text("id");
}

std::string s0_text(const std::string& file) {
  std::ifstream stream("policies/s0-regional-centre/" + file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

Centre::~Centre() {
  std::filesystem::remove_all(folder_);
}

Reply Centre::send(const std::string& method, const std::string& target, const std::string& token,
                   const std::string& body, net::Headers headers) {
  net::Request request;
  request.method = method;
  request.target = target;
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string::npos) request.query = *net::parse_query(target.substr(question + 1));
  request.headers = std::move(headers);
  if (!token.empty()) request.headers.add("Authorization", "Bearer " + token);
  request.headers.add("Accept-Language", "en");
  if (body.starts_with('{'))
    request.headers.set("Content-Type", "application/json");
  else if (!body.empty())
    request.headers.set("Content-Type", "application/octet-stream");
  request.body = body;
  request.peer = peer;
  const net::Response response = handler_(request);
  Reply reply;
  reply.status = response.status;
  reply.headers = response.headers;
  const auto* text = std::get_if<std::string>(&response.body);
  if (text) reply.text_body = *text;
  if (auto parsed = wire::parse(reply.text_body)) reply.body = *parsed;
  if (!unpromised)
    cli::record({method, target, request.headers, body, reply.status, reply.headers, reply.text_body});
  return reply;
}

Reply Centre::post(const std::string& target, const Who& who, const json::object& body) {
  return send("POST", target, who.token, json::serialize(body));
}

Who Centre::log_in(const std::string& login, const std::string& password) {
  const auto reply = post("/api/v1/sessions", {}, {{"login", login}, {"password", password}});
  if (reply.status != 201)
    std::fprintf(stderr, "log in %s: %s\n", login.c_str(), json::serialize(reply.body).c_str());
  Who who;
  who.login = login;
  who.password = password;
  who.token = reply.text("token");
  who.account = reply.text("account/id");
  return who;
}

void Centre::advance(base::Span by) {
  clock.advance(by);
  operators = log_in("operator", operators.password);
}

Who Centre::file_application(const std::string& login, std::int64_t blocks) {
  auto form = taken(wire::read_form(wire::example_form()));
  form.login = login;
  form.resources.blocks = blocks;
  const auto created = post("/api/v1/applications", {},
                            {{"call_id", call}, {"form", wire::to_json(form, wire::Out{.personal = true})}});
  Who who;
  who.login = login;
  who.application = created.text("application/id");
  who.token = created.text("access_token");
  send("POST", "/api/v1/applications/" + who.application + "/documents?kind=form1&file_name=form.pdf",
       who.token, kPdfFile);
  post("/api/v1/applications/" + who.application + "/submit", who);
  return who;
}

Reply Centre::approve(const std::string& application, json::object more) {
  const std::string path = "/api/v1/applications/" + application;
  json::array answers;
  const auto screened = get(path, operators);
  for (const auto& item : screened.body.at("screening").as_array())
    if (cli::text_at(item, "result") == "needs_person")
      answers.push_back(
          json::object{{"rule", cli::text_at(item, "rule")}, {"met", true}, {"ground", "checked"}});
  more["verdict"] = "approve";
  more["ground"] = "fit";
  more["answers"] = std::move(answers);
  return post(path + "/decision", operators, more);
}

Who Centre::admit(const std::string& login, std::int64_t blocks) {
  Who who = file_application(login, blocks);
  approve(who.application);
  who.award = get("/api/v1/awards?application_id=" + who.application, operators).text("items/0/id");
  const auto opened = post("/api/v1/awards/" + who.award + "/allocation", operators);
  who.allocation = opened.text("allocation/id");
  who.obligation = opened.text("obligation/id");
  who.account = opened.text("account/id");
  const std::string temporary = opened.text("temporary_password");
  who.token = log_in(login, temporary).token;
  post("/api/v1/me/password", who, {{"current", temporary}, {"new", kGoodPassword}});
  who.password = kGoodPassword;
  return who;
}

Reply Centre::report_node(const json::object& more) {
  if (node_token.empty()) {
    const auto enrol = taken(commands::make_enrol_token(*world_));
    Who node;
    node.token = enrol;
    node_token = post("/node/v1/enrolment", node, {{"name", "n1"}, {"pool", "gpu-server"}}).text("token");
  }
  boottime_us_ += 1'000'000;
  json::array cards;
  for (int i = 0; i < 2; ++i)
    cards.push_back(json::object{{"id", "SIM-" + std::to_string(i)},
                                 {"index", i},
                                 {"model", "a100-40gb"},
                                 {"product", "simulated"},
                                 {"memory_bytes", 40LL << 30},
                                 {"simulated", true}});
  const json::array images{json::object{{"reference", "localhost/dure/workspace:1"},
                                        {"digest", "sha256:1"},
                                        {"services", json::array{"terminal"}}}};
  json::object report{
      {"boot_id", "boot-1"}, {"boottime_us", boottime_us_}, {"reported_at", base::to_text(clock.now())},
      {"cpu_milli", 64'000}, {"memory_bytes", 512LL << 30}, {"cards", cards},
      {"images", images}};
  for (const auto& [name, value] : more) report[name] = value;
  Who node;
  node.token = node_token;
  auto reply = post("/node/v1/report", node, report);
  if (reply.status != 200) std::fprintf(stderr, "report: %s\n", reply.text_body.c_str());
  DURE_ASSERT(reply.status == 200);
  return reply;
}

void Centre::turn_loops() {
  for (const auto& [role, body] : {std::pair{"scheduler", server::scheduler_body(*world_)},
                                   {"sealer", server::sealer_body(*world_, *hub_)},
                                   {"keeper", server::keeper_body(*world_)}}) {
    const auto lease = taken(commands::acquire_lease(*world_, role, "test", base::Span::seconds(15)));
    DURE_ASSERT(lease && body(*lease).ok());
  }
  hub_->pump();
}

}  // namespace dure::tests
