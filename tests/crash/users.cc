#include "crash/users.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <iterator>
#include <random>

#include "wire/form_file.h"
#include "wire/json.h"

namespace dure::crash {

namespace json = boost::json;
using cli::text_at;

namespace {

constexpr const char* kPassword = "River7!stone_K9";

base::Date today() {
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  return base::from_days((now.count() + 9 * 3600) / 86400);
}

std::string file_text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A line of a workload's own account.
std::string note(const std::string& word) {
  return "read -r at rest </proc/uptime; echo " + word + " $at >>\"$HOME/life.$DURE_REPLICA_ID\"";
}

// A job that cannot write its first line fails, so that one that succeeded has surely written it.
json::array job_command(unsigned seconds) {
  return {"sh", "-c", note("start") + " || exit 9; sleep " + std::to_string(seconds) + "; " + note("end")};
}

json::array workspace_command() {
  const std::string script =
      "trap '" + note("end") + "; exit 0' TERM; " + note("start") + "; while :; do sleep 60 & wait $!; done";
  return {"sh", "-c", script};
}

json::object spec_of(std::mt19937& random, bool job) {
  json::array command;  // some workspaces have none: they stay up with nothing but an idle first process
  if (job)
    command = job_command(1 + random() % 3);
  else if (random() % 4 != 0)
    command = workspace_command();
  return {{"image", "localhost/dure/workspace:1"},
          {"model", "a100-40gb"},
          {"blocks", static_cast<std::int64_t>(5 + random() % 30)},
          {"cpu_milli", 100},
          {"memory_bytes", 64 << 20},
          {"command", command}};
}

json::value decide(cli::Api& operators, const std::string& path, const json::value& submitted) {
  json::array answers;
  for (const auto& item : submitted.at("screening").as_array())
    if (text_at(item, "result") == "needs_person")
      answers.push_back(json::object{{"rule", text_at(item, "rule")}, {"met", true}, {"ground", "checked"}});
  const json::object verdict{{"verdict", "approve"}, {"ground", "test"}, {"answers", answers}};
  return must(operators.post(path + "/decision", json::serialize(verdict)), "decision");
}

void take_account(User& user, cli::Api& filer, const json::value& opened) {
  user.allocation = text_at(opened, "allocation/id");
  const json::object first{{"login", user.login}, {"password", text_at(opened, "temporary_password")}};
  const auto session = must(filer.post("/api/v1/sessions", json::serialize(first)), "session");
  user.token = text_at(session, "token");
  filer.use_token(user.token);
  const json::object change{{"current", text_at(opened, "temporary_password")}, {"new", kPassword}};
  must(filer.post("/api/v1/me/password", json::serialize(change)), "password");
}

}  // namespace

std::string log_in_operator(const Options& options) {
  auto api = open_api(options, "");
  std::ifstream file(options.state + "/dured/operator.password");
  std::string password;
  std::getline(file, password);
  const json::object body{{"login", "operator"}, {"password", password}};
  return text_at(must(insist([&] { return api.post("/api/v1/sessions", json::serialize(body)); }), "log in"),
                 "token");
}

std::string set_up_programme(cli::Api& operators, const Options& options) {
  const std::string text = file_text(options.policies + "/s0-regional-centre/policy.yaml");
  const json::array layers{json::object{{"name", "policy.yaml"}, {"text", text}}};
  const auto programme = must(
      operators.post("/api/v1/programmes", json::serialize(json::object{{"layers", layers}})), "programme");
  const json::object call{{"programme_id", text_at(programme, "id")}, {"title", "crash"}};
  return text_at(must(operators.post("/api/v1/calls", json::serialize(call)), "call"), "id");
}

User admit(const Options& options, cli::Api& operators, const std::string& call, int number) {
  User user;
  user.login = "crash" + std::to_string(number);
  auto form = wire::read_form(wire::example_form());
  form->login = user.login;
  form->starts_on = today();
  form->resources.blocks = 200;
  auto filer = open_api(options, "");
  const json::object body{{"call_id", call}, {"form", wire::to_json(*form, wire::Out{.personal = true})}};
  const auto created = must(filer.post("/api/v1/applications", json::serialize(body)), "application");
  const std::string id = text_at(created, "application/id");
  const std::string path = "/api/v1/applications/" + id;
  filer.use_token(text_at(created, "access_token"));
  must(filer.post(path + "/documents?kind=form1&file_name=form.pdf",
                  "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "application/octet-stream"),
       "document");
  decide(operators, path, must(filer.post(path + "/submit"), "submit"));
  const auto awards = must(operators.list("/api/v1/awards?application_id=" + id), "awards");
  take_account(
      user, filer,
      must(operators.post("/api/v1/awards/" + text_at(awards, "0/id") + "/allocation"), "allocation"));
  return user;
}

void work(const Options& options, User& user, unsigned seed, const std::atomic<bool>& over) {
  std::mt19937 random(seed);
  auto api = open_api(options, user.token);
  while (!over) {
    const bool job = random() % 2 == 0;
    const std::string name = user.login + "-" + std::to_string(user.told.size());
    const json::object body{{"allocation_id", user.allocation},
                            {"kind", job ? "job" : "workspace"},
                            {"name", name},
                            {"spec", spec_of(random, job)}};
    const auto text = json::serialize(body);
    const auto made = insist([&] { return api.post_once("/api/v1/workloads", text, name); });
    if (!made) {
      ++user.refused;
      sleep_ms(300);
      continue;
    }
    user.told.insert(name);
    const std::string path = "/api/v1/workloads/" + text_at(*made, "workload/id");
    const int rounds = 8 + static_cast<int>(random() % 40);
    for (int i = 0; i < rounds && !over; ++i) {
      const auto view = insist([&] { return api.get(path); });
      if (view && text_at(*view, "run/state") == "ended") break;
      sleep_ms(200);
    }
    static_cast<void>(insist([&] { return api.post(path + "/stop"); }));
  }
}

}  // namespace dure::crash
