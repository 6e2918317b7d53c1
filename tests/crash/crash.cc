// The crash test: users work, the programs are killed with SIGKILL at random moments, and afterwards what
// dured has, what dure-node recorded, what the engine stamped and what the workloads wrote are held against
// each other (books.h). One line of figures; exit 1 where anything does not hold.
//
// Started by tests/crash/crash, which brings the centre up under scripts/supervise: the pid of each program
// stands in STATE/run/<name>.pid.child and changes with each restart.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <thread>

#include "crash/books.h"
#include "crash/centre.h"
#include "crash/engine_witness.h"
#include "crash/kills.h"
#include "crash/lives.h"
#include "crash/node_journal.h"
#include "crash/users.h"

namespace {

using namespace dure;
using namespace dure::crash;
using cli::text_at;

// Until every run has ended.
bool settle(cli::Api& operators) {
  for (int i = 0; i < 300; ++i) {
    for (const auto& workload : list(operators, "/api/v1/workloads?desired=running"))
      static_cast<void>(
          insist([&] { return operators.post("/api/v1/workloads/" + text_at(workload, "id") + "/stop"); }));
    if (list(operators, "/api/v1/runs?state=queued,assigned,running,stopping").empty()) return true;
    sleep_ms(400);
  }
  return false;
}

// Until the engine has none left, for a minute at most; how many it has then.
std::int64_t containers_left(EngineWitness& engine) {
  std::int64_t left = -1;
  for (int i = 0; i < 150 && left != 0; ++i) {
    left = engine.containers_now().value_or(-1);
    sleep_ms(400);
  }
  return left;
}

struct Kills {
  std::atomic<int> dured{0}, node{0}, gateway{0};
};

// Says every ten seconds how far it is.
void tell(const Options& options, const Kills& kills, const std::atomic<bool>& over) {
  for (int ticks = 1; !over; ++ticks) {
    sleep_ms(100);
    if (ticks % 100 == 0)
      std::fprintf(stderr, "killed dured %d of %d, dure-node %d and dure-gateway %d of %d\n",
                   kills.dured.load(), options.kills_dured, kills.node.load(), kills.gateway.load(),
                   options.kills_others);
  }
}

// All kills, spread over one time.
void kill_all(const Options& options, Kills& kills) {
  const int whole_ms = options.kill_every_ms * std::max(1, options.kills_dured);
  const int others_every_ms = std::max(500, whole_ms / std::max(1, options.kills_others));
  const auto start = [&](const char* program, int times, int every_ms, unsigned salt,
                         std::atomic<int>& count) {
    return std::thread([&options, program, times, every_ms, seed = options.seed + salt, &count] {
      kill_often(options, program, times, every_ms, seed, count);
    });
  };
  std::thread threads[] = {start("dured", options.kills_dured, options.kill_every_ms, 101, kills.dured),
                           start("dure-node", options.kills_others, others_every_ms, 102, kills.node),
                           start("dure-gateway", options.kills_others, others_every_ms, 103, kills.gateway)};
  std::atomic<bool> over{false};
  std::thread teller([&] { tell(options, kills, over); });
  for (auto& each : threads) each.join();
  over = true;
  teller.join();
}

void gather_rows(cli::Api& operators, Evidence& evidence) {
  evidence.replicas = list(operators, "/api/v1/replicas");
  evidence.shares = list(operators, "/api/v1/shares");
  evidence.workloads = list(operators, "/api/v1/workloads");
  evidence.observations = list(operators, "/api/v1/observations");
  evidence.entries = list(operators, "/api/v1/ledger-entries");
  const auto verdict = must(insist([&] { return operators.get("/api/v1/audit/verification"); }), "audit");
  evidence.audit_intact = text_at(verdict, "intact") == "true";
  evidence.audit_entries = cli::number_at(verdict, "entries");
}

int play(const Options& options) {
  auto operators = open_api(options, log_in_operator(options));
  const auto call = set_up_programme(operators, options);
  std::vector<User> users;
  users.reserve(options.users);
  for (int i = 0; i < options.users; ++i) users.push_back(admit(options, operators, call, i));
  std::fprintf(stderr, "%d users admitted\n", options.users);
  while (list(operators, "/api/v1/images").empty()) sleep_ms(500);  // the node is still at its first start

  Evidence evidence;
  Kills kills;
  {
    NodeJournal journal(options.state + "/node/journal");
    EngineWitness engine(options.state + "/engine");
    std::atomic<bool> over{false};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < users.size(); ++i)
      threads.emplace_back(
          [&, i] { work(options, users[i], options.seed + static_cast<unsigned>(i), over); });
    kill_all(options, kills);
    over = true;
    for (auto& thread : threads) thread.join();
    std::fprintf(stderr, "all killed; waiting for what is under way\n");
    // Staff who are silent for so long are logged out.
    operators.use_token(log_in_operator(options));
    evidence.settled = settle(operators);
    evidence.containers_left = containers_left(engine);
    gather_rows(operators, evidence);
    sleep_ms(500);
    evidence.journal = journal.observations();
    evidence.engine = engine.lives();
  }
  evidence.own = read_lives(options.state + "/node/volumes");
  for (const auto& user : users) evidence.told.insert(user.told.begin(), user.told.end());

  const Figures figures = judge(evidence);
  const std::string wrong = faults(figures);
  for (const auto& finding : figures.findings) std::fprintf(stderr, "%s\n", finding.c_str());
  std::printf(
      "crash: seed %u, kills dured %d, dure-node %d, dure-gateway %d; users %d, workloads %zu; %s: %s\n",
      options.seed, kills.dured.load(), kills.node.load(), kills.gateway.load(), options.users,
      evidence.told.size(), line(figures).c_str(),
      wrong.empty() ? "holds" : ("DOES NOT HOLD: " + wrong).c_str());
  return wrong.empty() ? 0 : 1;
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
  app.add_option("--kill-every-ms", options.kill_every_ms, "Between two kills of dured, on the average");
  app.add_option("--seed", options.seed);
  CLI11_PARSE(app, argc, argv);
  return play(options);
}
