// The crash test: users work, the programs are killed with SIGKILL at random moments, and afterwards the
// books are held against what dure-node recorded and what the engine stamped. One line of figures; exit 1
// where anything does not hold.
//
// Started by tests/crash/crash, which brings the centre up under scripts/supervise: the pid of each program
// stands in STATE/run/<name>.pid.child and changes with each restart.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <random>
#include <thread>

#include "base/time.h"
#include "cli/api.h"
#include "cli/tour.h"
#include "cli/verbs.h"
#include "net/url.h"
#include "wire/form_file.h"
#include "wire/json.h"

namespace {

using namespace dure;
namespace json = boost::json;
using cli::number_at;
using cli::text_at;

struct Options {
  std::string state;
  std::string server;
  std::string policies;
  int users = 6;
  int kills_dured = 12;
  int kills_others = 4;
  unsigned seed = 1;
};

void sleep_ms(int ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

// A call that is tried again while the server is away: it may have been killed under it.
template <class Call>
base::Result<json::value> insist(Call call) {
  base::Result<json::value> last =
      base::error(base::ErrorKind::kUnavailable, base::Reason("crash.never_tried"));
  for (int i = 0; i < 400; ++i) {
    last = call();
    if (last || last.failure().reason.code == "cli.problem") {
      const auto* status = last ? nullptr : last.failure().reason.find("status");
      const bool server_fault = status && std::get<std::int64_t>(*status) >= 500;
      if (!server_fault) return last;
    }
    sleep_ms(100);
  }
  return last;
}

struct User {
  std::string login;
  std::string allocation;
  std::string token;
  int made = 0;
  int refused = 0;
};

json::value must(base::Result<json::value> result, const char* what) {
  if (result) return std::move(*result);
  const auto* detail = result.failure().reason.find("detail");
  std::fprintf(stderr, "%s: %s %s\n", what, result.failure().reason.code.c_str(),
               detail ? std::get<std::string>(*detail).c_str() : "");
  std::exit(1);
}

cli::Api open_api(const Options& options, const std::string& token) {
  auto api = cli::Api::open({options.server, token, "en"});
  if (!api) std::exit(1);
  return std::move(*api);
}

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
  std::ifstream file(options.policies + "/s0-regional-centre/policy.yaml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const json::array layers{json::object{{"name", "policy.yaml"}, {"text", text}}};
  const auto programme = must(
      operators.post("/api/v1/programmes", json::serialize(json::object{{"layers", layers}})), "programme");
  const json::object call{{"programme_id", text_at(programme, "id")}, {"title", "crash"}};
  return text_at(must(operators.post("/api/v1/calls", json::serialize(call)), "call"), "id");
}

base::Date today() {
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  return base::from_days((now.count() + 9 * 3600) / 86400);
}

User admit(const Options& options, cli::Api& operators, const std::string& call, int number) {
  auto form = wire::read_form(wire::example_form());
  form->login = "crash" + std::to_string(number);
  form->starts_on = today();
  form->resources.blocks = 200;
  auto filer = open_api(options, "");
  const json::object body{{"call_id", call}, {"form", wire::to_json(*form, wire::Out{.personal = true})}};
  const auto created = must(filer.post("/api/v1/applications", json::serialize(body)), "application");
  const std::string path = "/api/v1/applications/" + text_at(created, "application/id");
  filer.use_token(text_at(created, "access_token"));
  must(filer.post(path + "/documents?kind=form1&file_name=form.pdf",
                  "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "application/octet-stream"),
       "document");
  const auto submitted = must(filer.post(path + "/submit"), "submit");
  json::array answers;
  for (const auto& item : submitted.at("screening").as_array())
    if (text_at(item, "result") == "needs_person")
      answers.push_back(json::object{{"rule", text_at(item, "rule")}, {"met", true}, {"ground", "checked"}});
  const json::object verdict{{"verdict", "approve"}, {"ground", "test"}, {"answers", answers}};
  must(operators.post(path + "/decision", json::serialize(verdict)), "decision");
  const auto awards =
      must(operators.list("/api/v1/awards?application_id=" + text_at(created, "application/id")), "awards");
  const auto opened =
      must(operators.post("/api/v1/awards/" + text_at(awards, "0/id") + "/allocation"), "allocation");
  User user;
  user.login = form->login;
  user.allocation = text_at(opened, "allocation/id");
  const json::object first{{"login", user.login}, {"password", text_at(opened, "temporary_password")}};
  const auto session = must(filer.post("/api/v1/sessions", json::serialize(first)), "session");
  user.token = text_at(session, "token");
  filer.use_token(user.token);
  const json::object change{{"current", text_at(opened, "temporary_password")}, {"new", "River7!stone_K9"}};
  must(filer.post("/api/v1/me/password", json::serialize(change)), "password");
  return user;
}

// What one user does until told to stop: short jobs and workspaces, stopped at random, asked about all the
// time.
void work(const Options& options, User& user, unsigned seed, const std::atomic<bool>& over) {
  std::mt19937 random(seed);
  auto api = open_api(options, user.token);
  while (!over) {
    const bool job = random() % 2 == 0;
    json::array command;
    if (job) command = {"sh", "-c", json::string("sleep " + std::to_string(1 + random() % 3))};
    const json::object spec{{"image", "localhost/dure/workspace:1"},
                            {"model", "a100-40gb"},
                            {"blocks", static_cast<std::int64_t>(5 + random() % 30)},
                            {"cpu_milli", 50},
                            {"memory_bytes", 64 << 20},
                            {"command", command}};
    const json::object body{{"allocation_id", user.allocation},
                            {"kind", job ? "job" : "workspace"},
                            {"name", user.login + "-" + std::to_string(user.made)},
                            {"spec", spec}};
    const auto text = json::serialize(body);
    const std::string key = user.login + "-key-" + std::to_string(user.made);
    const auto made = insist([&] { return api.post_once("/api/v1/workloads", text, key); });
    if (!made) {
      ++user.refused;
      sleep_ms(300);
      continue;
    }
    ++user.made;
    const std::string path = "/api/v1/workloads/" + text_at(*made, "workload/id");
    const int rounds = 3 + static_cast<int>(random() % 12);
    for (int i = 0; i < rounds && !over; ++i) {
      const auto view = insist([&] { return api.get(path); });
      if (view && text_at(*view, "run/state") == "ended") break;
      sleep_ms(200);
    }
    static_cast<void>(insist([&] { return api.post(path + "/stop"); }));
  }
}

// The pid that the supervisor wrote last, 0 for none.
pid_t pid_of(const Options& options, const std::string& program) {
  pid_t pid = 0;
  std::ifstream(options.state + "/run/" + program + ".pid.child") >> pid;
  return pid;
}

// Kills the program that many times, each time another process. How many kills hit a living one.
void kill_often(const Options& options, const std::string& program, int times, int longest_ms, unsigned seed,
                std::atomic<int>& killed) {
  std::mt19937 random(seed);
  pid_t last = 0;
  while (killed < times) {
    sleep_ms(100 + static_cast<int>(random() % static_cast<unsigned>(longest_ms)));
    const pid_t pid = pid_of(options, program);
    if (pid <= 0 || pid == last) continue;
    if (::kill(pid, SIGKILL) == 0) {
      ++killed;
      last = pid;
    }
  }
}

struct Books {
  std::int64_t replicas = 0, started_twice = 0, unended = 0, entries = 0, estimated = 0,
               largest_estimate_ms = 0;
  std::int64_t off_by_ms = 0, off_engine_ms = 0, over_card = 0, double_workloads = 0, unreleased = 0;
  bool audit_intact = false;
  std::int64_t audit_entries = 0;
};

base::Instant instant_at(const json::value& row, const char* field) {
  return base::parse_instant(text_at(row, field)).value_or(base::Instant{});
}

// One replica: its ledger against the node's own stamps, and those against the engine's.
void check_replica(const json::array& seen, std::int64_t ledger_ms, Books& books) {
  std::int64_t start_us = -1, end_us = -1, starts = 0;
  base::Instant engine_start, engine_end;
  for (const auto& row : seen) {
    if (text_at(row, "kind") == "started") {
      ++starts;
      start_us = number_at(row, "boottime_us");
    }
    if (text_at(row, "kind") == "ended") end_us = number_at(row, "boottime_us");
    if (const auto at = instant_at(row, "engine_started_at"); at.us != 0) engine_start = at;
    if (const auto at = instant_at(row, "engine_finished_at"); at.us != 0) engine_end = at;
  }
  if (starts > 1) ++books.started_twice;
  if (starts == 0) return;
  if (end_us < 0) {
    ++books.unended;
    return;
  }
  books.off_by_ms = std::max(books.off_by_ms, std::abs((end_us - start_us) / 1000 - ledger_ms));
  if (engine_start.us != 0 && engine_end.us != 0)
    books.off_engine_ms = std::max(
        books.off_engine_ms, std::abs((engine_end.us - engine_start.us) / 1000 - (end_us - start_us) / 1000));
}

void check_cards(const json::array& shares, Books& books) {
  std::map<std::string, std::vector<std::pair<std::int64_t, std::int64_t>>> steps;
  for (const auto& share : shares) {
    const auto card = text_at(share, "card_id");
    const auto size = number_at(share, "milli_gpu");
    steps[card].push_back({instant_at(share, "created_at").us, size});
    if (text_at(share, "released_at").empty())
      ++books.unreleased;
    else
      steps[card].push_back({instant_at(share, "released_at").us, -size});
  }
  for (auto& [card, moves] : steps) {
    std::sort(moves.begin(), moves.end());  // at one instant what is given back comes first
    std::int64_t held = 0;
    for (const auto& [at, size] : moves)
      if ((held += size) > 1000) ++books.over_card;
  }
}

json::array list(cli::Api& api, const std::string& path) {
  return must(insist([&] { return api.list(path); }), path.c_str()).as_array();
}

Books check_books(cli::Api& operators) {
  Books books;
  std::map<std::string, json::array> seen;
  for (auto& row : list(operators, "/api/v1/observations")) seen[text_at(row, "replica_id")].push_back(row);
  std::map<std::string, std::int64_t> ledger_ms;
  for (const auto& entry : list(operators, "/api/v1/ledger-entries")) {
    ++books.entries;
    ledger_ms[text_at(entry, "replica_id")] += number_at(entry, "to_ms") - number_at(entry, "from_ms");
    if (text_at(entry, "kind") != "estimated") continue;
    ++books.estimated;
    books.largest_estimate_ms =
        std::max(books.largest_estimate_ms, number_at(entry, "reason/parameters/latest_ms") -
                                                number_at(entry, "reason/parameters/earliest_ms"));
  }
  for (const auto& replica : list(operators, "/api/v1/replicas")) {
    ++books.replicas;
    if (text_at(replica, "state") != "ended") ++books.unended;
    check_replica(seen[text_at(replica, "id")], ledger_ms[text_at(replica, "id")], books);
  }
  check_cards(list(operators, "/api/v1/shares"), books);
  std::map<std::string, int> names;
  for (const auto& workload : list(operators, "/api/v1/workloads"))
    if (++names[text_at(workload, "name")] > 1) ++books.double_workloads;
  const auto verdict = must(insist([&] { return operators.get("/api/v1/audit/verification"); }), "audit");
  books.audit_intact = text_at(verdict, "intact") == "true";
  books.audit_entries = number_at(verdict, "entries");
  return books;
}

// Until every run has ended and every observation has arrived.
bool settle(cli::Api& operators) {
  for (int i = 0; i < 300; ++i) {
    bool open = false;
    for (const auto& workload : list(operators, "/api/v1/workloads?desired=running"))
      static_cast<void>(
          insist([&] { return operators.post("/api/v1/workloads/" + text_at(workload, "id") + "/stop"); }));
    for (const auto& run : list(operators, "/api/v1/runs?state=queued,assigned,running,stopping")) {
      static_cast<void>(run);
      open = true;
    }
    if (!open) return true;
    sleep_ms(400);
  }
  return false;
}

int play(const Options& options) {
  auto operators = open_api(options, log_in_operator(options));
  const auto call = set_up_programme(operators, options);
  std::vector<User> users;
  for (int i = 0; i < options.users; ++i) users.push_back(admit(options, operators, call, i));
  std::fprintf(stderr, "%d users admitted\n", options.users);
  while (list(operators, "/api/v1/images").empty()) sleep_ms(500);  // the node is still at its first start

  std::atomic<bool> over{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < options.users; ++i)
    threads.emplace_back([&, i] {
      work(options, users[static_cast<std::size_t>(i)], options.seed + static_cast<unsigned>(i), over);
    });
  std::atomic<int> dured{0}, node{0}, gateway{0};
  std::thread kill_dured(
      [&] { kill_often(options, "dured", options.kills_dured, 1500, options.seed + 101, dured); });
  std::thread kill_node(
      [&] { kill_often(options, "dure-node", options.kills_others, 6000, options.seed + 102, node); });
  std::thread kill_gateway(
      [&] { kill_often(options, "dure-gateway", options.kills_others, 6000, options.seed + 103, gateway); });
  for (auto* each : {&kill_dured, &kill_node, &kill_gateway}) each->join();
  over = true;
  for (auto& thread : threads) thread.join();
  const bool settled = settle(operators);
  sleep_ms(3000);
  const Books books = check_books(operators);
  int made = 0;
  for (const auto& user : users) made += user.made;
  const bool good = settled && books.started_twice == 0 && books.unended == 0 && books.off_by_ms == 0 &&
                    books.off_engine_ms <= 1000 && books.largest_estimate_ms <= 1000 &&
                    books.over_card == 0 && books.double_workloads == 0 && books.unreleased == 0 &&
                    books.audit_intact && books.entries > 0;
  std::printf(
      "crash: seed %u, kills dured %d, dure-node %d, dure-gateway %d; users %d, workloads %d, replicas %lld, "
      "ledger entries "
      "%lld, estimated %lld (largest %lld ms), ledger against node %lld ms, node against engine %lld ms, "
      "started twice %lld, "
      "not ended %lld, cards over 1000 %lld, doubled workloads %lld, shares not released %lld, audit %lld "
      "entries %s: %s\n",
      options.seed, dured.load(), node.load(), gateway.load(), options.users, made,
      static_cast<long long>(books.replicas), static_cast<long long>(books.entries),
      static_cast<long long>(books.estimated), static_cast<long long>(books.largest_estimate_ms),
      static_cast<long long>(books.off_by_ms), static_cast<long long>(books.off_engine_ms),
      static_cast<long long>(books.started_twice), static_cast<long long>(books.unended),
      static_cast<long long>(books.over_card), static_cast<long long>(books.double_workloads),
      static_cast<long long>(books.unreleased), static_cast<long long>(books.audit_entries),
      books.audit_intact ? "intact" : "BROKEN", good ? "holds" : "DOES NOT HOLD");
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"The crash test"};
  app.add_option("--state", options.state)->required();
  app.add_option("--server", options.server)->required();
  app.add_option("--policies", options.policies)->required();
  app.add_option("--users", options.users);
  app.add_option("--dured", options.kills_dured);
  app.add_option("--others", options.kills_others);
  app.add_option("--seed", options.seed);
  CLI11_PARSE(app, argc, argv);
  return play(options);
}
