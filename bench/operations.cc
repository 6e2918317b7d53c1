#include "bench/operations.h"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <random>
#include <sstream>

#include "adapters/sql/store.h"
#include "bench/bare.h"
#include "bench/link.h"
#include "bench/raw.h"
#include "model/requests.h"
#include "net/url.h"
#include "wire/json.h"

namespace dure::bench {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kPage = 50;
constexpr const char* kState = "eligible";

base::Error unexpected(const std::string& what, const Answer& answer) {
  return base::error(base::ErrorKind::kInternal, base::Reason("bench.answer")
                                                     .with("what", what)
                                                     .with("status", std::int64_t{answer.status})
                                                     .with("body", std::string(answer.body.substr(0, 400))));
}

base::Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::invalid(base::Reason("bench.no_file").with("path", path));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

base::Result<std::string> log_in(Link& link, const Target& target) {
  DURE_LET(password, read_file(target.password_file));
  const model::LogIn who{"operator", password.substr(0, password.find('\n'))};
  DURE_LET(answer, link.call("POST", "/api/v1/sessions", "", wire::json_text(who, wire::Out::everything())));
  if (answer.status != 201) return unexpected("log in", answer);
  DURE_LET(logged_in, wire::read_json<model::LoggedIn>(answer.body));
  return logged_in.token;
}

// The cursor at the end of a page; "" where it was the last.
std::string next_of(std::string_view body) {
  constexpr std::string_view kNext = "\"next\":\"";
  const auto at = body.rfind(kNext);
  if (at == std::string_view::npos) return "";
  const auto from = at + kNext.size();
  return std::string(body.substr(from, body.find('"', from) - from));
}

// Chooses rows, each thread its own, the same in every run.
class Dice {
 public:
  Dice(int thread, std::int64_t sides) : engine_(static_cast<unsigned>(thread) + 1), pick_(0, sides - 1) {}
  std::int64_t roll() { return pick_(engine_); }

 private:
  std::mt19937_64 engine_;
  std::uniform_int_distribution<std::int64_t> pick_;
};

using Binds = std::vector<std::string>;

// An operation over HTTP and, where it reads, the same read through the store's port and as a statement for
// the library alone; each thread has its stroke and its way to choose binds.
struct Operation {
  std::string name;
  std::function<Stroke(int)> http;
  std::function<Stroke(int)> store;
  std::string sql;
  std::function<std::function<Binds()>(int)> binds;
};

class Bench {
 public:
  Bench(const Target& target, const Say& say, ports::Store& store, std::string token, std::string call)
      : target_(target), say_(say), store_(store), token_(std::move(token)), call_(std::move(call)) {}

  Report run() {
    Report report;
    report.store = store_.describe();
    report.engine = target_.store.starts_with("sqlite:") ? "sqlite" : "postgresql";
    report.applications = target_.size.applications;
    report.ledger_entries = target_.size.ledger_entries;
    report.threads = target_.threads;
    report.seconds = target_.seconds;
    const std::vector<Operation> operations{health(), get_application(), list_applications(), list_ledger(),
                                            create()};
    std::vector<std::string> statements;
    statements.reserve(operations.size());
    for (const auto& each : operations) statements.push_back(each.sql);
    auto bare = Bare::start(target_.store, std::move(statements));
    DURE_ASSERT(bare.ok());
    bare_ = std::move(*bare);
    for (std::size_t i = 0; i < operations.size(); ++i)
      report.rows.push_back(run(operations[i], i, report.engine));
    return report;
  }

 private:
  Operation health();
  Operation get_application();
  Operation list_applications();
  Operation list_ledger();
  Operation create();
  Row run(const Operation& operation, std::size_t number, const std::string& engine);
  std::vector<Way> bounds(const Operation& operation, std::size_t number);

  // A connection of its own for each thread; the benchmark ends where there is none.
  std::shared_ptr<Link> link() const { return link(target_.port); }
  std::shared_ptr<Link> link(std::uint16_t port) const {
    auto made = Link::open(target_.host, port);
    DURE_ASSERT(made.ok());
    return std::make_shared<Link>(std::move(*made));
  }
  std::shared_ptr<Raw> raw(const std::string& sql) const {
    auto made = Raw::open(target_.store);
    DURE_ASSERT(made.ok() && (*made)->prepare(sql).ok());
    return std::move(*made);
  }
  bool good(Link& link, const std::string& path) const {
    const auto answer = link.call("GET", path, token_);
    return answer.ok() && answer->status == 200;
  }

  const Target& target_;
  const Say& say_;
  ports::Store& store_;
  std::string token_;
  std::string call_;
  std::unique_ptr<Bare> bare_;
};

// What HTTP costs where nobody has to be known and one small row is read.
Operation Bench::health() {
  return {"GET /health",
          [this](int) { return [this, link = link()] { return good(*link, "/health"); }; },
          {},
          {},
          {}};
}

Operation Bench::get_application() {
  const auto count = target_.size.applications;
  return {"get application",
          [this, count](int thread) {
            return [this, link = link(), dice = Dice(thread, count)]() mutable {
              return good(*link, "/api/v1/applications/" + application_id(dice.roll()).text);
            };
          },
          [this, count](int thread) {
            return [this, dice = Dice(thread, count)]() mutable {
              const auto tx = store_.begin(ports::Access::kRead);
              return tx.ok() && (*tx)->applications().get(application_id(dice.roll())).ok();
            };
          },
          "SELECT * FROM applications WHERE id = $1",
          [count](int thread) {
            return [dice = Dice(thread, count)]() mutable { return Binds{application_id(dice.roll()).text}; };
          }};
}

// Walks through all pages of one state, and then again from the first.
Operation Bench::list_applications() {
  return {"list 50 applications",
          [this](int) {
            return [this, link = link(), cursor = std::string()]() mutable {
              std::string path = std::string("/api/v1/applications?limit=50&state=") + kState;
              if (!cursor.empty()) path += "&cursor=" + net::percent_encode(cursor);
              const auto answer = link->call("GET", path, token_);
              if (!answer.ok() || answer->status != 200) return false;
              cursor = next_of(answer->body);
              return true;
            };
          },
          [this](int) {
            return [this, cursor = std::string()]() mutable {
              const auto tx = store_.begin(ports::Access::kRead);
              if (!tx.ok()) return false;
              auto query = ports::Query{}.where("state", kState).at_most(kPage);
              query.cursor = cursor;
              const auto page = (*tx)->applications().list(query);
              if (page.ok()) cursor = page->next;
              return page.ok();
            };
          },
          "SELECT * FROM applications WHERE state = $1 AND id > $2 ORDER BY id LIMIT 51",
          [this](int thread) {
            return [dice = Dice(thread, target_.size.applications)]() mutable {
              return Binds{kState, application_id(dice.roll()).text};
            };
          }};
}

Operation Bench::list_ledger() {
  const auto count = allocations_of(target_.size);
  return {"list 50 ledger entries",
          [this, count](int thread) {
            return [this, link = link(), dice = Dice(thread, count)]() mutable {
              return good(*link, "/api/v1/ledger-entries?limit=50&sort=started_at&allocation_id=" +
                                     allocation_id(dice.roll()).text);
            };
          },
          [this, count](int thread) {
            return [this, dice = Dice(thread, count)]() mutable {
              const auto tx = store_.begin(ports::Access::kRead);
              if (!tx.ok()) return false;
              const auto query = ports::Query{}
                                     .where("allocation_id", allocation_id(dice.roll()))
                                     .ordered("started_at")
                                     .at_most(kPage);
              return (*tx)->ledger_entries().list(query).ok();
            };
          },
          "SELECT * FROM ledger_entries WHERE allocation_id = $1 ORDER BY started_at, id LIMIT 51",
          [count](int thread) {
            return [dice = Dice(thread, count)]() mutable { return Binds{allocation_id(dice.roll()).text}; };
          }};
}

// As somebody without an account files: one transaction with application, token, event and audit entry.
Operation Bench::create() {
  return {"create application",
          [this](int thread) {
            return [this, link = link(), number = std::int64_t{10'000'000} * (thread + 1)]() mutable {
              const model::CreateApplication command{model::CallId(call_), sample_form(++number)};
              const auto answer = link->call("POST", "/api/v1/applications", "",
                                             wire::json_text(command, wire::Out::everything()));
              return answer.ok() && answer->status == 201;
            };
          },
          {},
          {},
          {}};
}

// The processor time of a process, from its stat: user and system, in ticks of 10 ms.
CpuClock cpu_of(int pid) {
  return [pid] {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text(std::istreambuf_iterator<char>(file), {});
    const auto after_name = text.rfind(')');
    if (after_name == std::string::npos) return std::int64_t{0};
    std::istringstream fields(text.substr(after_name + 1));
    std::string skipped;
    for (int i = 3; i < 14; ++i) fields >> skipped;
    std::int64_t user = 0;
    std::int64_t system = 0;
    fields >> user >> system;
    return (user + system) * (1'000'000 / ::sysconf(_SC_CLK_TCK));
  };
}

// The same read without the API: through the store's port, by the library alone, and by the library alone
// behind a server of ours.
std::vector<Way> Bench::bounds(const Operation& operation, std::size_t number) {
  const auto mine = cpu_of(::getpid());
  const auto by_library = [this, &operation](int thread) {
    return [raw = raw(operation.sql), binds = operation.binds(thread)] { return raw->read(binds()) >= 0; };
  };
  const auto over_http = [this, &operation, number](int thread) {
    return [number, link = link(bare_->port()), binds = operation.binds(thread)] {
      const auto answer = link->call("GET", Bare::target(number, binds()), "");
      return answer.ok() && answer->status == 200;
    };
  };
  return {{operation.store, mine}, {by_library, mine}, {over_http, mine}};
}

Row Bench::run(const Operation& operation, std::size_t number, const std::string& engine) {
  Row row;
  row.operation = operation.name;
  say_(engine + ": " + operation.name);
  std::vector<Way> ways{{operation.http, cpu_of(target_.pid)}};
  if (operation.store)
    for (auto& bound : bounds(operation, number)) ways.push_back(std::move(bound));
  const auto samples = measure(target_.threads, milliseconds(target_.seconds * 1000), ways);
  const Sample& http = samples[0];
  row.requests = http.count;
  row.per_second = http.per_second;
  row.p50_us = http.p50_us;
  row.p99_us = http.p99_us;
  row.largest_us = http.largest_us;
  row.server_cpu_us = http.cpu_us;
  for (const auto& sample : samples) row.failures += sample.failures;
  if (samples.size() == 1) return row;
  const Sample &store = samples[1], &raw = samples[2], &bare = samples[3];
  row.store_per_second = store.per_second;
  row.store_p99_us = store.p99_us;
  row.store_cpu_us = store.cpu_us;
  row.raw_per_second = raw.per_second;
  row.raw_p99_us = raw.p99_us;
  row.raw_cpu_us = raw.cpu_us;
  row.bare_per_second = bare.per_second;
  row.bare_p99_us = bare.p99_us;
  return row;
}

std::string load_now() {
  std::ifstream file("/proc/loadavg");
  std::string load;
  file >> load;
  return load;
}

// "VmRSS" of a process in KiB.
std::int64_t memory_of(int pid, const std::string& name) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + ":")) return std::atoll(line.c_str() + name.size() + 1);
  return 0;
}

base::Result<std::string> find_call(ports::Store& store) {
  DURE_LET(tx, store.begin(ports::Access::kRead));
  DURE_LET(call, tx->calls().first(ports::Query{}.where("state", model::CallState::kOpen).at_most(1)));
  if (!call) return base::error(base::ErrorKind::kNotFound, base::Reason("bench.no_call"));
  return call->id.text;
}

}  // namespace

base::Status prepare(const Target& target, const std::string& policy_file) {
  DURE_LET(link, Link::open(target.host, target.port));
  DURE_LET(token, log_in(link, target));
  DURE_LET(text, read_file(policy_file));
  const model::LoadPolicy policy{{{"policy.yaml", text}}};
  DURE_LET(loaded, link.call("POST", "/api/v1/programmes", token, wire::json_text(policy)));
  if (loaded.status != 201) return unexpected("load policy", loaded);
  DURE_LET(programme, wire::read_json<model::Programme>(loaded.body));
  model::OpenCall call;
  call.programme_id = programme.id;
  call.title = "bench";
  DURE_LET(opened, link.call("POST", "/api/v1/calls", token, wire::json_text(call)));
  if (opened.status != 201) return unexpected("open call", opened);
  return {};
}

base::Result<Report> measure_all(const Target& target, const Say& say) {
  DURE_LET(store, sql::open_store(target.store));
  DURE_LET(call, find_call(*store));
  DURE_LET(link, Link::open(target.host, target.port));
  DURE_LET(token, log_in(link, target));
  const std::string before = load_now();
  Report report = Bench(target, say, *store, token, call).run();
  report.load = before + " before, " + load_now() + " after";
  report.resident_kib = memory_of(target.pid, "VmRSS");
  report.peak_kib = memory_of(target.pid, "VmHWM");
  return report;
}

}  // namespace dure::bench
