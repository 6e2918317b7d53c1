#include "bench/fill.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "wire/form_file.h"

namespace dure::bench {
namespace {

constexpr std::int64_t kBatch = 5'000;  // rows of one transaction
constexpr int kTries = 20;
constexpr std::int64_t kCards = 16;
constexpr std::int64_t kStartMs = 1'767'225'600'000;  // 2026-01-01T00:00:00Z
constexpr std::int64_t kMinuteMs = 60'000;

// Ids that sort in the order of `number`, the same in every run.
template <class Noun>
base::Id<Noun> id_of(std::int64_t series, std::int64_t number) {
  std::array<std::uint8_t, 10> rest{};
  rest[2] = static_cast<std::uint8_t>(series);
  std::uint64_t mixed =
      static_cast<std::uint64_t>(number) * 0x9e3779b97f4a7c15u + static_cast<std::uint64_t>(series);
  for (std::size_t i = 3; i < rest.size(); ++i, mixed >>= 8) rest[i] = static_cast<std::uint8_t>(mixed);
  return base::Id<Noun>(base::make_uuid7(kStartMs + number, rest));
}

template <class Noun>
Noun row_of(std::int64_t series, std::int64_t number) {
  Noun row;
  row.id = id_of<Noun>(series, number);
  row.created_at = row.updated_at = base::Instant{(kStartMs + number) * 1000};
  return row;
}

// What all rows hang on.
struct Ground {
  model::Programme programme;
  model::Call call;
  model::Account account;
  model::Node node;
  model::Organisation organisation;
  std::vector<model::Card> cards;
};

// One allocation and what ran under it.
struct Chain {
  model::Project project;
  model::Allocation allocation;
  model::Workload workload;
  model::Run run;
  model::Replica replica;
  model::Share share;
};

model::ApplicationState state_of(std::int64_t number) {
  using enum model::ApplicationState;
  static constexpr model::ApplicationState kStates[] = {
      kSelected, kSelected,    kSelected,    kSelected,    kSelected,   kSelected,   kSelected,
      kSelected, kEligible,    kEligible,    kEligible,    kIneligible, kIneligible, kSubmitted,
      kReturned, kNotSelected, kNotSelected, kNotSelected, kWithdrawn,  kDraft};
  return kStates[static_cast<std::size_t>(number % 20)];
}

model::Application application_of(const Ground& ground, std::int64_t number) {
  auto row = row_of<model::Application>(1, number);
  row.programme_id = ground.programme.id;
  row.call_id = ground.call.id;
  row.state = state_of(number);
  row.form = sample_form(number);
  row.organisation = row.form.applicant.organisation;
  row.title = row.form.plan.title;
  if (row.state == model::ApplicationState::kDraft) return row;
  row.receipt_number = "BENCH-2026-" + std::to_string(1'000'000 + number);
  row.submitted_at = row.created_at + base::Span::hours(1);
  row.policy_hash = std::string(64, 'a');
  for (const char* rule :
       {"eligibility.region", "eligibility.class", "documents.required", "eligibility.data"})
    row.screening.push_back({rule, "S0 4", model::ScreeningResult::kMet, base::Reason("eligibility.met")});
  if (row.state != model::ApplicationState::kSubmitted) row.decided_at = row.created_at + base::Span::days(3);
  return row;
}

class Fill {
 public:
  Fill(ports::Store& store, Raw& raw, const Size& size, const Say& say)
      : store_(store), raw_(raw), size_(size), say_(say) {}

  base::Status run() {
    DURE_TRY(load_ground());
    DURE_TRY(batches("applications", size_.applications, [this](ports::Transaction& tx, std::int64_t number) {
      return tx.applications().insert(application_of(ground_, number));
    }));
    chains_.resize(static_cast<std::size_t>(allocations_of(size_)));
    DURE_TRY(batches("allocations", static_cast<std::int64_t>(chains_.size()),
                     [this](ports::Transaction& tx, std::int64_t number) { return add_chain(tx, number); }));
    DURE_TRY(batches("ledger entries", static_cast<std::int64_t>(chains_.size()),
                     [this](ports::Transaction& tx, std::int64_t number) { return add_entry(tx, number); }));
    return multiply_ledger();
  }

 private:
  using AddRow = std::function<base::Status(ports::Transaction&, std::int64_t)>;

  base::Status load_ground();
  base::Status add_machine(ports::Transaction& tx);
  base::Status add_award(ports::Transaction& tx, Chain& chain, std::int64_t number);
  base::Status add_work(ports::Transaction& tx, Chain& chain, std::int64_t number);
  base::Status add_run(ports::Transaction& tx, Chain& chain, std::int64_t number);
  base::Status add_chain(ports::Transaction& tx, std::int64_t number);
  base::Status add_entry(ports::Transaction& tx, std::int64_t number);
  base::Status multiply_ledger();
  base::Status batch(std::int64_t first, std::int64_t end, const AddRow& add);
  base::Status batches(const std::string& what, std::int64_t count, const AddRow& add);

  ports::Store& store_;
  Raw& raw_;
  Size size_;
  const Say& say_;
  Ground ground_;
  std::vector<Chain> chains_;
};

base::Status Fill::load_ground() {
  DURE_LET(tx, store_.begin(ports::Access::kWrite));
  DURE_LET(call, tx->calls().first(ports::Query{}.where("state", model::CallState::kOpen).at_most(1)));
  if (!call) return base::error(base::ErrorKind::kNotFound, base::Reason("bench.no_call"));
  DURE_LET(programme, tx->programmes().get(call->programme_id));
  DURE_LET(account, tx->accounts().first(ports::Query{}.at_most(1)));
  if (!account) return base::error(base::ErrorKind::kNotFound, base::Reason("bench.no_account"));
  ground_.call = *call;
  ground_.programme = programme;
  ground_.account = *account;
  DURE_TRY(add_machine(*tx));
  return tx->commit();
}

base::Status Fill::add_machine(ports::Transaction& tx) {
  ground_.organisation = row_of<model::Organisation>(2, 0);
  ground_.organisation.name = "가나다기계";
  DURE_TRY(tx.organisations().insert(ground_.organisation));
  ground_.node = row_of<model::Node>(3, 0);
  ground_.node.name = "bench-node";
  ground_.node.state = model::NodeState::kLost;
  ground_.node.boot_id = "bench-boot";
  ground_.node.simulated = true;
  DURE_TRY(tx.nodes().insert(ground_.node));
  for (std::int64_t i = 0; i < kCards; ++i) {
    auto card = row_of<model::Card>(4, i);
    card.id = model::CardId("SIM-BENCH-" + std::to_string(i));
    card.node_id = ground_.node.id;
    card.index = i;
    card.model = "a100-40gb";
    card.memory = {40LL << 30};
    card.simulated = true;
    DURE_TRY(tx.cards().insert(card));
    ground_.cards.push_back(card);
  }
  return {};
}

base::Status Fill::add_award(ports::Transaction& tx, Chain& chain, std::int64_t number) {
  const auto application = id_of<model::Application>(1, number % size_.applications);
  auto decision = row_of<model::Decision>(5, number);
  decision.programme_id = ground_.programme.id;
  decision.application_id = application;
  decision.kind = "decision";
  decision.subject = "applications/" + application.text;
  decision.outcome = "approved";
  decision.inputs = "{}";
  DURE_TRY(tx.decisions().insert(decision));
  auto award = row_of<model::Award>(6, number);
  award.programme_id = ground_.programme.id;
  award.application_id = application;
  award.decision_id = decision.id;
  award.state = model::AwardState::kActive;
  award.requested = award.recommended = award.awarded = sample_form(number).resources;
  award.starts_on = {2026, 1, 1};
  award.months = 6;
  DURE_TRY(tx.awards().insert(award));
  chain.project = row_of<model::Project>(7, number);
  chain.project.programme_id = ground_.programme.id;
  chain.project.organisation_id = ground_.organisation.id;
  chain.project.application_id = application;
  chain.project.name = "project " + std::to_string(number);
  chain.project.gid = 1'000'000 + number;
  DURE_TRY(tx.projects().insert(chain.project));
  chain.allocation = row_of<model::Allocation>(8, number);
  chain.allocation.programme_id = ground_.programme.id;
  chain.allocation.award_id = award.id;
  chain.allocation.project_id = chain.project.id;
  chain.allocation.state = model::AllocationState::kActive;
  chain.allocation.pool = "gpu-server";
  chain.allocation.limit = award.awarded;
  chain.allocation.starts_on = {2026, 1, 1};
  chain.allocation.ends_on = chain.allocation.agreed_ends_on = {2099, 12, 31};
  return tx.allocations().insert(chain.allocation);
}

base::Status Fill::add_work(ports::Transaction& tx, Chain& chain, std::int64_t number) {
  auto revision = row_of<model::Revision>(10, number);
  chain.workload = row_of<model::Workload>(9, number);
  chain.workload.programme_id = ground_.programme.id;
  chain.workload.project_id = chain.project.id;
  chain.workload.allocation_id = chain.allocation.id;
  chain.workload.account_id = ground_.account.id;
  chain.workload.kind = model::WorkloadKind::kJob;
  chain.workload.name = "job";
  chain.workload.desired = model::Desired::kStopped;
  chain.workload.revision_id = revision.id;
  DURE_TRY(tx.workloads().insert(chain.workload));
  revision.workload_id = chain.workload.id;
  revision.spec.image = "localhost/dure/workspace:1";
  DURE_TRY(tx.revisions().insert(revision));
  return add_run(tx, chain, number);
}

base::Status Fill::add_run(ports::Transaction& tx, Chain& chain, std::int64_t number) {
  const auto& work = chain.workload;
  const auto& ground = ground_;
  const auto& card = ground.cards[static_cast<std::size_t>(number % kCards)];
  chain.run = row_of<model::Run>(11, number);
  chain.run.workload_id = work.id;
  chain.run.revision_id = work.revision_id;
  chain.run.programme_id = ground.programme.id;
  chain.run.project_id = chain.project.id;
  chain.run.allocation_id = chain.allocation.id;
  chain.run.account_id = ground.account.id;
  chain.run.state = model::RunState::kEnded;
  chain.run.outcome = model::RunOutcome::kSucceeded;
  chain.run.queued_at = chain.run.created_at;
  DURE_TRY(tx.runs().insert(chain.run));
  chain.replica = row_of<model::Replica>(12, number);
  chain.replica.run_id = chain.run.id;
  chain.replica.workload_id = work.id;
  chain.replica.programme_id = ground.programme.id;
  chain.replica.project_id = chain.project.id;
  chain.replica.account_id = ground.account.id;
  chain.replica.node_id = ground.node.id;
  chain.replica.desired = model::Desired::kStopped;
  chain.replica.state = model::ReplicaState::kEnded;
  DURE_TRY(tx.replicas().insert(chain.replica));
  chain.share = row_of<model::Share>(13, number);
  chain.share.replica_id = chain.replica.id;
  chain.share.run_id = chain.run.id;
  chain.share.programme_id = ground.programme.id;
  chain.share.project_id = chain.project.id;
  chain.share.account_id = ground.account.id;
  chain.share.node_id = ground.node.id;
  chain.share.card_id = card.id;
  chain.share.milli_gpu = base::MilliGpu::blocks(20);
  chain.share.released_at = chain.share.created_at + base::Span::days(1);
  return tx.shares().insert(chain.share);
}

base::Status Fill::add_chain(ports::Transaction& tx, std::int64_t number) {
  Chain& chain = chains_[static_cast<std::size_t>(number)];
  chain = {};
  DURE_TRY(add_award(tx, chain, number));
  return add_work(tx, chain, number);
}

// The first minute of each share.
base::Status Fill::add_entry(ports::Transaction& tx, std::int64_t number) {
  const Chain& chain = chains_[static_cast<std::size_t>(number)];
  auto row = row_of<model::LedgerEntry>(14, number);
  row.share_id = chain.share.id;
  row.replica_id = chain.replica.id;
  row.run_id = chain.run.id;
  row.workload_id = chain.workload.id;
  row.programme_id = ground_.programme.id;
  row.account_id = ground_.account.id;
  row.project_id = chain.project.id;
  row.allocation_id = chain.allocation.id;
  row.node_id = ground_.node.id;
  row.card_id = chain.share.card_id;
  row.model = "a100-40gb";
  row.boot_id = ground_.node.boot_id;
  row.milli_gpu = chain.share.milli_gpu;
  row.from_ms = 0;
  row.to_ms = row.from_ms + kMinuteMs;
  row.usage = {row.milli_gpu.value * kMinuteMs};
  row.started_at = base::Instant{(kStartMs + row.from_ms) * 1000};
  row.ended_at = base::Instant{(kStartMs + row.to_ms) * 1000};
  return tx.ledger_entries().insert(row);
}

// Minutes `first` to `last` of every share: entries of all allocations come in turn, as they do in a centre
// where many run at once. The id's time is that of its number; the rest of the first minute's id stays.
std::string multiply_sql(std::int64_t first, std::int64_t last, std::int64_t shares, bool postgres) {
  const std::string later = " + k * " + std::to_string(kMinuteMs);
  const std::string ms = "(b.created_at / 1000 + k * " + std::to_string(shares) + ")";
  const std::string hex = postgres ? "lpad(to_hex(" + ms + "), 12, '0')" : "printf('%012x', " + ms + ")";
  std::string names;
  std::string values;
  model::for_each_field<model::LedgerEntry>([&](const auto& each) {
    const std::string name = '"' + std::string(each.name) + '"';
    std::string value = "b." + name;
    if (each.name == "id")
      value = "substr(" + hex + ", 1, 8) || '-' || substr(" + hex + ", 9, 4) || substr(b.id, 14)";
    if (each.name == "from_ms" || each.name == "to_ms") value += later;
    if (each.name == "started_at" || each.name == "ended_at") value += later + "000";
    if (each.name == "created_at" || each.name == "updated_at") value = ms + " * 1000";
    names += (names.empty() ? "" : ", ") + name;
    values += (values.empty() ? "" : ", ") + value;
  });
  return "INSERT INTO ledger_entries (" + names + ") WITH RECURSIVE minutes(k) AS (SELECT CAST(" +
         std::to_string(first) + " AS BIGINT) UNION ALL SELECT k + 1 FROM minutes WHERE k < " +
         std::to_string(last) + ") SELECT " + values +
         " FROM shares s JOIN ledger_entries b ON b.share_id = s.id AND b.from_ms = 0 CROSS JOIN minutes";
}

base::Status Fill::multiply_ledger() {
  const auto shares = static_cast<std::int64_t>(chains_.size());
  const std::int64_t minutes = size_.ledger_entries / shares;
  const std::int64_t step = std::max<std::int64_t>(1, 20'000 / shares);
  for (std::int64_t first = 1; first < minutes; first += step) {
    const std::int64_t end = std::min(first + step, minutes);
    DURE_TRY(raw_.run(multiply_sql(first, end - 1, shares, raw_.is_postgres())));
    if (end == minutes || first / step % 5 == 0)
      say_("ledger entries " + std::to_string(end * shares) + " of " + std::to_string(minutes * shares));
  }
  return {};
}

// One transaction of rows; run again from its start where another came first.
base::Status Fill::batch(std::int64_t first, std::int64_t end, const AddRow& add) {
  for (int attempt = 1;; ++attempt) {
    DURE_LET(tx, store_.begin(ports::Access::kWrite));
    base::Status done;
    for (std::int64_t number = first; done.ok() && number < end; ++number) done = add(*tx, number);
    if (done.ok()) done = tx->commit();
    if (done.ok() || done.failure().reason.code != "store.conflict" || attempt == kTries) return done;
  }
}

base::Status Fill::batches(const std::string& what, std::int64_t count, const AddRow& add) {
  const auto begun = std::chrono::steady_clock::now();
  std::atomic<std::int64_t> next = 0;
  std::mutex mutex;  // of `all` and `said`
  base::Status all;
  auto said = begun;
  const auto write = [&] {
    for (std::int64_t first = next.fetch_add(kBatch); first < count; first = next.fetch_add(kBatch)) {
      const std::int64_t end = std::min(first + kBatch, count);
      const auto done = batch(first, end, add);
      const std::lock_guard lock(mutex);
      if (!done.ok()) all = done;
      if (!all.ok()) return;
      if (std::chrono::steady_clock::now() - said < std::chrono::seconds(2)) continue;
      said = std::chrono::steady_clock::now();
      say_(what + " " + std::to_string(end) + " of " + std::to_string(count));
    }
  };
  std::vector<std::thread> writers;
  writers.reserve(static_cast<std::size_t>(size_.writers));
  for (int i = 0; i < size_.writers; ++i) writers.emplace_back(write);
  for (auto& writer : writers) writer.join();
  DURE_TRY(all);
  const auto took =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begun);
  say_(std::to_string(count) + " " + what + " in " + std::to_string(took.count()) + " s");
  return {};
}

}  // namespace

model::ApplicationId application_id(std::int64_t number) {
  return id_of<model::Application>(1, number);
}

model::AllocationId allocation_id(std::int64_t number) {
  return id_of<model::Allocation>(8, number);
}

std::int64_t allocations_of(const Size& size) {
  return std::clamp<std::int64_t>(size.ledger_entries / 1000, 1, 1000);
}

model::Form1 sample_form(std::int64_t number) {
  static const model::Form1 kExample = [] {
    auto form = wire::read_form(wire::example_form());
    DURE_ASSERT(form.ok());
    return *form;
  }();
  model::Form1 form = kExample;
  const std::string text = std::to_string(number);
  form.applicant.organisation = "가나다기계 " + std::to_string(number % 5000);
  form.applicant.email = "hong" + text + "@example.kr";
  form.login = "hong" + text;
  form.plan.title += " " + text;
  return form;
}

base::Status fill(ports::Store& store, Raw& raw, const Size& size, const Say& say) {
  return Fill(store, raw, size, say).run();
}

}  // namespace dure::bench
