// bench_year: a year of a programme of 10,000 GPUs by its rules: 800 applications ranked, 500 awards, their
// use day by day from ledger entries, an outage a month, four reviews of use each with what follows, twelve
// invoices each, and every date that all of it brings about. bench/centre runs it.
//
//   build/bin/bench_year                 10,000 GPUs, 500 awards
//   build/bin/bench_year --awards 50
//
// Beside it, in the same run, the bound: the entries of the year read once and added up, which no way to
// review use can do without. Time is the processor's. Exit code 1 where the books do not agree (what the
// reviews saw is what the entries say; the invoices' lines add up to their totals) or the year of 500 awards
// takes 10 s or more.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <ctime>
#include <random>
#include <string>
#include <vector>

#include "calendar/zone.h"
#include "commands/base_layers.h"
#include "policy/pack.h"
#include "programme/deadlines.h"
#include "programme/statement.h"
#include "programme/utilisation.h"
#include "selection/rules.h"
#include "selection/select.h"

namespace dure::bench {
namespace {

using base::Date;

constexpr double kMostSeconds = 10;
constexpr std::int64_t kGpusEach = 20;
constexpr int kYear = 2026;

constexpr const char* kPack = R"(format: dure-policy/1
layer: programme
id: bench-year
version: "1"
meta:
  programme: {value: bench-year, source: bench, confidence: chosen}
  time_zone: {value: Asia/Seoul, source: bench, confidence: chosen}
offer:
  pools: {source: bench, confidence: chosen, value: [{id: gpus, kind: dedicated, title: {ko: g}, unit: gpu, models: [h200]}]}
evaluation:
  mode: {value: panel, source: bench, confidence: chosen}
  panel_size: {value: 7, source: bench, confidence: chosen}
  criteria:
    source: bench
    confidence: chosen
    value:
      - {id: fit, title: {ko: f}, max_points: 50, tie_order: 1}
      - {id: task, title: {ko: t}, max_points: 50, tie_order: 2}
selection:
  waiting_list: {value: true, source: bench, confidence: chosen}
award:
  max_period: {value: 12 months, source: bench, confidence: chosen}
  setup_grace_days: {value: 14, source: bench, confidence: chosen}
utilisation:
  review_cycle: {value: quarterly, source: bench, confidence: chosen}
  exempt: {value: [setup_grace, outage], source: bench, confidence: chosen}
  bands:
    source: bench
    confidence: chosen
    value:
      - {below_bp: 1000, measure: reduce, share_bp: 3000}
      - {below_bp: 2000, measure: reduce, share_bp: 1500}
billing:
  prices: {source: bench, confidence: chosen, value: [{id: h200, model: h200, unit: gpu_month, price_krw: 3333000}]}
  matching:
    source: bench
    confidence: chosen
    value:
      - {id: large, title: {ko: l}, when: [{is: org.class, in: [large_company]}], rate_bp: 2500}
      - {id: small, title: {ko: s}, when: [{is: org.class, in: [small_company, venture]}], rate_bp: 750}
  waivers:
    source: bench
    confidence: chosen
    value: [{id: open, title: {ko: o}, all: [{is: project.open_source}]}]
outcomes:
  obligations:
    source: bench
    confidence: chosen
    value:
      - {kind: result_report, title: {ko: r}, form: form2, after_event: allocation_end, due: {after: 1 month, roll: next_business_day}, source: bench}
)";

template <class T>
T take(base::Result<T> result) {
  if (!result) std::fprintf(stderr, "bench_year: %s\n", result.failure().reason.code.c_str());
  DURE_ASSERT(result.ok());
  return std::move(*result);
}

policy::Pack read_pack() {
  auto layers = take(commands::read_base_layers());
  layers.push_back(take(policy::parse_layer(kPack, "bench")));
  return take(policy::merge(layers));
}

// What a replica held on a day, with what its node had read of its life so far.
struct DayOfUse {
  base::Instant from;
  base::Usage held;
  programme::DeviceReading reading;
};

struct Held {
  model::Allocation allocation;
  std::vector<programme::HeldBlocks> blocks;
  std::vector<DayOfUse> days;  // by time
  model::UsageStatement payer;
};

struct Books {
  std::int64_t reviews = 0, reduced = 0, invoices = 0, deadlines = 0;
  std::int64_t won = 0;
  bool lines_add_up = true;
  std::int64_t reviewed_ms = 0, entered_ms = 0;  // device time, milli-GPU-milliseconds
};

model::SelectionRequest applications(std::int64_t awards, std::mt19937_64& random) {
  model::SelectionRequest made;
  made.capacity = model::SelectionCapacity{{awards * kGpusEach, model::AmountUnit::kGpu}, {}};
  for (std::int64_t i = 0; i < awards * 8 / 5; ++i) {
    model::SelectionApplication it;
    it.id = "2026-" + std::to_string(100'000 + i);
    it.organisation = "institution-" + std::to_string(random() % 200);
    it.submitted_at = {static_cast<std::int64_t>(1'767'000'000'000'000 + random() % 1'000'000'000)};
    it.requested = {kGpusEach, model::AmountUnit::kGpu};
    for (int reviewer = 0; reviewer < 7; ++reviewer) {
      model::SelectionReview review;
      review.reviewer = "r" + std::to_string(reviewer);
      review.state = model::ReviewState::kLocked;
      for (const char* criterion : {"fit", "task"})
        review.scores.push_back({criterion, static_cast<std::int64_t>(2500 + random() % 2501)});
      it.reviews.push_back(std::move(review));
    }
    made.applications.push_back(std::move(it));
  }
  return made;
}

Held hold(std::int64_t gpus, const policy::Pack& pack, std::mt19937_64& random) {
  using Class = model::OrganisationClass;
  constexpr Class kClasses[] = {Class::kLargeCompany, Class::kSmallCompany, Class::kVenture};
  Held held;
  held.allocation.pool = "gpus";
  held.allocation.limit.model = "h200";
  held.allocation.limit.blocks = gpus * 100;
  held.allocation.starts_on = {kYear, 1, 5};
  held.allocation.ends_on = calendar::period_end(held.allocation.starts_on, pack.award.max_period);
  held.blocks = {{calendar::start_of(held.allocation.starts_on, calendar::seoul()), gpus * 100}};
  held.payer.payer.organisation_class = kClasses[random() % 3];
  held.payer.payer.received_on = Date{kYear, 1, 2};
  const std::int64_t percent = static_cast<std::int64_t>(random() % 100);
  programme::DeviceReading life;
  for (Date day = held.allocation.starts_on; day <= Date{kYear, 12, 31}; day = base::add_days(day, 1)) {
    const auto from = calendar::start_of(day, calendar::seoul());
    const base::Usage usage{gpus * 1000 * 86'400'000};
    life.given_ns += usage.milli_gpu_ms / 1000 * 1'000'000;
    life.device_ns = life.given_ns / 100 * percent;
    held.days.push_back({from, usage, life});
  }
  return held;
}

std::vector<model::Outage> outages() {
  std::vector<model::Outage> all;
  for (int month = 1; month <= 12; ++month) {
    model::Outage outage;
    outage.started_at = calendar::start_of({kYear, month, 15}, calendar::seoul());
    outage.ended_at = outage.started_at + base::Span::hours(30);
    all.push_back(outage);
  }
  return all;
}

programme::UsedTime used_in(const Held& held, programme::UseSpan window) {
  programme::UsedTime sum;
  for (const auto& day : held.days)
    if (window.from <= day.from && day.from < window.to) programme::add_use(sum, day.held, day.reading);
  return sum;
}

// The four reviews of the year, and what each leads to.
void review(Held& held, const policy::Pack& pack, const std::vector<model::Outage>& stops, Books& books) {
  const auto year_end = calendar::end_of({kYear, 12, 31}, calendar::seoul());
  const auto steps = programme::steps_of(pack.offer.pools.front());
  for (const auto& period :
       programme::cycles_of(held.allocation, {kYear, 12, 31}, model::UseCycle::kQuarterly)) {
    const auto window = programme::window_of(held.allocation, period, calendar::seoul(), year_end);
    if (!window) continue;
    const auto exempt = programme::exempt_times(held.allocation, stops, {}, pack.utilisation,
                                                pack.award.setup_grace_days, calendar::seoul(), year_end);
    const auto given = programme::given_in(programme::counted_spans(*window, exempt), held.blocks);
    const auto used = used_in(held, *window);
    books.reviewed_ms += used.used.milli_gpu_ms;
    ++books.reviews;
    const auto proposed = programme::propose(
        {period.number, held.allocation.limit.blocks, programme::ratio_bp(used.used, given), {}},
        pack.utilisation, steps);
    if (!proposed || proposed->measure != model::UseMeasure::kReduce) continue;
    ++books.reduced;
    held.allocation = programme::applied(held.allocation, proposed->measure, proposed->blocks);
    held.blocks.push_back({calendar::end_of(period.until, calendar::seoul()), proposed->blocks});
  }
}

// An invoice for each month, by what was held in it.
void bill(const Held& held, const policy::Pack& pack, Books& books) {
  for (int month = 1; month <= 12; ++month) {
    model::UsageStatement statement = held.payer;
    const Date last{kYear, month, base::days_in_month(kYear, month)};
    const Date first = month == 1 ? held.allocation.starts_on : Date{kYear, month, 1};
    std::int64_t blocks = 0;
    for (const auto& each : held.blocks)
      if (each.from <= calendar::start_of(first, calendar::seoul())) blocks = each.blocks;
    model::ChargedUse use;
    use.model = "h200";
    use.gpus = blocks / 100;
    use.starts_on = first;
    use.ends_on = last;
    use.counted_from = held.allocation.starts_on;
    statement.issued_on = base::add_days(last, 1);
    if (*use.gpus > 0) statement.uses = {use};
    if (statement.uses.empty()) continue;
    const auto rated = take(programme::rate_statement(pack, statement));
    ++books.invoices;
    books.won += rated.total.won;
    std::int64_t lines = 0;
    for (const auto& line : rated.lines) lines += line.amount.won;
    books.lines_add_up = books.lines_add_up && rated.total.won == lines;
    books.deadlines += static_cast<std::int64_t>(
        take(programme::deadlines_of(programme::CentreEvent::kInvoiceIssued, *statement.issued_on, pack))
            .size());
  }
}

void count_dates(const Held& held, const policy::Pack& pack, Books& books) {
  for (const auto& [event, day] :
       {std::pair{programme::CentreEvent::kAwardMade, Date{kYear, 1, 2}},
        std::pair{programme::CentreEvent::kAllocationStarted, held.allocation.starts_on},
        std::pair{programme::CentreEvent::kAllocationEnded, held.allocation.ends_on}})
    books.deadlines += static_cast<std::int64_t>(take(programme::deadlines_of(event, day, pack)).size());
}

double seconds_since(std::clock_t begin) {
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

// What each entry says was computed, added up without any rule: the bound.
std::int64_t add_up(const std::vector<Held>& all) {
  programme::UsedTime sum;
  for (const auto& held : all)
    for (const auto& day : held.days) programme::add_use(sum, day.held, day.reading);
  return sum.used.milli_gpu_ms;
}

int run(std::int64_t awards) {
  const auto pack = read_pack();
  std::mt19937_64 random(11);
  const auto asked = applications(awards, random);
  Books books;
  const std::clock_t begin = std::clock();
  const auto ranked = take(selection::select(asked, take(selection::rules_of(pack, "gpus"))));
  const double ranking = seconds_since(begin);
  std::vector<Held> all;
  for (const auto& each : ranked.ranking)
    if (each.outcome == model::SelectionOutcome::kSelected)
      all.push_back(hold(each.awarded.count, pack, random));
  const auto stops = outages();
  const std::clock_t from = std::clock();
  for (auto& held : all) review(held, pack, stops, books);
  const double reviews = seconds_since(from);
  const std::clock_t billed = std::clock();
  for (const auto& held : all) bill(held, pack, books);
  const double invoices = seconds_since(billed);
  for (const auto& held : all) count_dates(held, pack, books);
  const double whole = seconds_since(begin);
  const std::clock_t bound_from = std::clock();
  books.entered_ms = add_up(all);
  const double bound = seconds_since(bound_from);
  std::size_t entries = 0;
  for (const auto& held : all) entries += held.days.size();
  std::printf(
      "| awards | GPUs | entries | reviews | reduced | invoices | dates | ranking s | reviews s | invoices s "
      "| "
      "year s | entries added up s |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n"
      "| %zu | %lld | %zu | %lld | %lld | %lld | %lld | %.3f | %.3f | %.3f | %.3f | %.4f |\n",
      all.size(), static_cast<long long>(awards * kGpusEach), entries, static_cast<long long>(books.reviews),
      static_cast<long long>(books.reduced), static_cast<long long>(books.invoices),
      static_cast<long long>(books.deadlines), ranking, reviews, invoices, whole, bound);
  const bool agreed = books.reviewed_ms == books.entered_ms && books.lines_add_up &&
                      static_cast<std::int64_t>(all.size()) == awards;
  if (!agreed) std::fprintf(stderr, "bench_year: the books do not agree\n");
  const bool soon = awards != 500 || whole < kMostSeconds;
  if (!soon) std::fprintf(stderr, "bench_year: a year took %.1f s\n", whole);
  return agreed && soon ? 0 : 1;
}

}  // namespace
}  // namespace dure::bench

int main(int argc, char** argv) {
  CLI::App app{"bench_year: a year of a programme of 10,000 GPUs, by its rules"};
  std::int64_t awards = 500;
  app.add_option("--awards", awards)->check(CLI::Range(1, 5000));
  CLI11_PARSE(app, argc, argv);
  return dure::bench::run(awards);
}
