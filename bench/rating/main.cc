// bench_rating: invoices rated by programme/statement, beside one SQL statement over the same rows in SQLite.
//
//   build/bin/bench_rating                      100,000 invoices
//   build/bin/bench_rating --invoices 5000
//
// Both price each line by model and date of force, take the payer's matching level, discount and waiver,
// round each step down, add up, and drop what is below ten won. Exit code 1 where a total differs, or where
// rating is slower than 0.3 of the SQL's speed: the median of pairs, each of one run of the SQL and one of
// rating right after it, by the processor's time, since other work shares the machine. The SQL answers with
// totals alone; rating also makes each line's steps.
#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "commands/base_layers.h"
#include "programme/statement.h"

namespace dure::bench {
namespace {

constexpr double kLeastSpeed = 0.3;
constexpr int kPairs = 5;

constexpr const char* kPack = R"(format: dure-policy/1
layer: programme
id: bench
version: "1"
billing:
  prices:
    source: bench
    confidence: chosen
    value:
      - {id: a100-1, model: a100, unit: gpu_hour, price_krw: 11111, until: 2026-06-30}
      - {id: a100-2, model: a100, unit: gpu_hour, price_krw: 12345, from: 2026-07-01}
      - {id: h200-1, model: h200, unit: gpu_hour, price_krw: 31234, until: 2026-06-30}
      - {id: h200-2, model: h200, unit: gpu_hour, price_krw: 29876, from: 2026-07-01}
      - {id: any, unit: gpu_hour, price_krw: 5432}
  matching:
    source: bench
    confidence: chosen
    value:
      - {id: large, title: {ko: l}, when: [{is: org.class, in: [large_company]}], rate_bp: 2500}
      - {id: mid, title: {ko: m}, when: [{is: org.class, in: [mid_company]}], rate_bp: 1250}
      - {id: small, title: {ko: s}, when: [{is: org.class, in: [small_company, venture]}], rate_bp: 750}
  discounts:
    source: bench
    confidence: chosen
    value: [{id: youth, title: {ko: y}, when: [{is: certificate.valid, of: youth}], rate_bp: 5000}]
  waivers:
    source: bench
    confidence: chosen
    value: [{id: academia, title: {ko: a}, all: [{is: org.class, in: [university, institute]}]}]
)";

constexpr const char* kTables = R"(
CREATE TABLE payers (invoice INTEGER PRIMARY KEY, class TEXT, youth INTEGER);
CREATE TABLE uses (invoice INTEGER, model TEXT, account TEXT, day TEXT, milli_gpu_ms INTEGER);
CREATE TABLE prices (id TEXT, model TEXT, from_day TEXT, until_day TEXT, price INTEGER);
CREATE TABLE matching (class TEXT PRIMARY KEY, rate_bp INTEGER, waived INTEGER);
INSERT INTO prices VALUES ('a100-1','a100','0000-01-01','2026-06-30',11111),('a100-2','a100','2026-07-01','9999-12-31',12345),
  ('h200-1','h200','0000-01-01','2026-06-30',31234),('h200-2','h200','2026-07-01','9999-12-31',29876),
  ('any','','0000-01-01','9999-12-31',5432);
INSERT INTO matching VALUES ('large_company',2500,0),('mid_company',1250,0),('small_company',750,0),('venture',750,0),
  ('university',10000,1),('institute',10000,1);
)";

// All amounts are at least 0, so SQL's division rounds as rating does. A line is what one account used of one
// model at one price.
constexpr const char* kRating = R"(
SELECT invoice, SUM(won) / 10 * 10 FROM (
  SELECT u.invoice AS invoice,
    CASE WHEN m.waived THEN 0 ELSE
      (p.price * SUM(u.milli_gpu_ms) / 3600000000) * m.rate_bp / 10000 * (CASE y.youth WHEN 1 THEN 5000 ELSE 10000 END) / 10000
    END AS won
  FROM uses u
  JOIN payers y ON y.invoice = u.invoice
  JOIN matching m ON m.class = y.class
  JOIN prices p ON p.model = (CASE WHEN u.model IN ('a100', 'h200') THEN u.model ELSE '' END)
    AND u.day BETWEEN p.from_day AND p.until_day
  GROUP BY u.invoice, u.model, u.account, p.id)
GROUP BY invoice ORDER BY invoice)";

std::vector<model::UsageStatement> random_invoices(int count) {
  using Class = model::OrganisationClass;
  constexpr Class kClasses[] = {Class::kLargeCompany, Class::kMidCompany, Class::kSmallCompany,
                                Class::kVenture,      Class::kUniversity, Class::kInstitute};
  constexpr const char* kModels[] = {"a100", "h200", "t4"};
  constexpr const char* kAccounts[] = {"x", "y"};
  std::mt19937_64 random(7);
  std::vector<model::UsageStatement> all(static_cast<std::size_t>(count));
  for (auto& statement : all) {
    statement.payer.organisation_class = kClasses[random() % 6];
    if (random() % 2 == 0) statement.payer.certificates = {{"youth", base::Date{2025, 1, 1}, {}}};
    statement.payer.received_on = base::Date{2026, 1, 5};
    for (auto n = 2 + random() % 7; n > 0; --n) {
      model::ChargedUse use;
      use.model = kModels[random() % 3];
      use.account_id = kAccounts[random() % 2];
      use.milli_gpu_ms = static_cast<std::int64_t>(random() % 10'000'000'000'000);
      use.starts_on = base::Date{2026, static_cast<std::int32_t>(5 + random() % 4), 10};
      statement.uses.push_back(std::move(use));
    }
  }
  return all;
}

// The database's handle; a failure of it ends the program.
class Database {
 public:
  Database() { must(sqlite3_open(":memory:", &handle_) == SQLITE_OK); }
  ~Database() { sqlite3_close(handle_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void run(const char* sql) { must(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK); }

  void fill(const std::vector<model::UsageStatement>& all) {
    run("BEGIN");
    auto* payer = prepare("INSERT INTO payers VALUES (?, ?, ?)");
    auto* use = prepare("INSERT INTO uses VALUES (?, ?, ?, ?, ?)");
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto number = static_cast<std::int64_t>(i);
      const std::string name(model::to_text(all[i].payer.organisation_class));
      sqlite3_bind_int64(payer, 1, number);
      sqlite3_bind_text(payer, 2, name.c_str(), -1, SQLITE_TRANSIENT);
      sqlite3_bind_int64(payer, 3, all[i].payer.certificates.empty() ? 0 : 1);
      step(payer);
      for (const auto& each : all[i].uses) {
        sqlite3_bind_int64(use, 1, number);
        sqlite3_bind_text(use, 2, each.model.c_str(), -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(use, 3, each.account_id.c_str(), -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(use, 4, base::to_text(*each.starts_on).c_str(), -1, SQLITE_TRANSIENT);
        sqlite3_bind_int64(use, 5, *each.milli_gpu_ms);
        step(use);
      }
    }
    sqlite3_finalize(payer);
    sqlite3_finalize(use);
    run("COMMIT");
  }

  std::vector<std::int64_t> totals() {
    std::vector<std::int64_t> all;
    auto* rating = prepare(kRating);
    while (sqlite3_step(rating) == SQLITE_ROW) all.push_back(sqlite3_column_int64(rating, 1));
    sqlite3_finalize(rating);
    return all;
  }

 private:
  static void must(bool done) {
    if (done) return;
    std::fprintf(stderr, "bench_rating: SQLite refuses\n");
    std::exit(1);
  }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    must(sqlite3_prepare_v2(handle_, sql, -1, &statement, nullptr) == SQLITE_OK);
    return statement;
  }
  static void step(sqlite3_stmt* statement) {
    must(sqlite3_step(statement) == SQLITE_DONE);
    sqlite3_reset(statement);
  }

  sqlite3* handle_ = nullptr;
};

policy::Pack pack() {
  auto layers = commands::read_base_layers();
  auto layer = policy::parse_layer(kPack, "bench.yaml");
  DURE_ASSERT(layers.ok() && layer.ok());
  layers->push_back(*layer);
  auto merged = policy::merge(*layers);
  DURE_ASSERT(merged.ok());
  return *merged;
}

// Of the processor, in seconds.
template <class Body>
double seconds_of(Body&& body) {
  const std::clock_t begin = std::clock();
  body();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

double median(std::vector<double> numbers) {
  std::sort(numbers.begin(), numbers.end());
  return numbers[numbers.size() / 2];
}

int compare(int count) {
  const auto rules = pack();
  const auto invoices = random_invoices(count);
  Database database;
  database.run(kTables);
  database.fill(invoices);
  std::vector<std::int64_t> wanted, totals;
  std::size_t lines = 0, uses = 0;
  for (const auto& each : invoices) uses += each.uses.size();
  std::vector<double> by_sql, by_rating, speeds;
  for (int pair = 0; pair < kPairs; ++pair) {
    by_sql.push_back(seconds_of([&] { wanted = database.totals(); }));
    by_rating.push_back(seconds_of([&] {
      totals.clear();
      lines = 0;
      for (const auto& each : invoices) {
        const auto bill = programme::rate_statement(rules, each);
        DURE_ASSERT(bill.ok());
        totals.push_back(bill->total.won);
        lines += bill->lines.size();
      }
    }));
    speeds.push_back(by_sql.back() / by_rating.back());
  }
  const double sql = median(by_sql), rating = median(by_rating), speed = median(speeds);
  std::int64_t sum = 0;
  for (const auto total : totals) sum += total;
  std::printf("invoices  uses     lines    total KRW            SQL s   rating s  us/invoice  x SQL\n");
  std::printf("%-8d  %-7zu  %-7zu  %-19lld  %-6.3f  %-8.3f  %-10.2f  %.2f\n", count, uses, lines,
              static_cast<long long>(sum), sql, rating, rating * 1e6 / count, speed);
  if (totals != wanted) std::fprintf(stderr, "bench_rating: the totals differ from those of SQL\n");
  if (speed < kLeastSpeed)
    std::fprintf(stderr, "bench_rating: below %.1f of the speed of SQL\n", kLeastSpeed);
  return totals == wanted && speed >= kLeastSpeed ? 0 : 1;
}

}  // namespace
}  // namespace dure::bench

int main(int argc, char** argv) {
  CLI::App app{"bench_rating: invoices rated, beside SQL over the same rows"};
  int invoices = 100'000;
  app.add_option("--invoices", invoices)->check(CLI::Range(1, 1'000'000))->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return dure::bench::compare(invoices);
}
