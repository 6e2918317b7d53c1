#include "node/node.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "node/log_file.h"
#include "wire/json_impl.h"

namespace dure::node {
namespace {

constexpr int kMostBackoffSteps = 5;  // 250 ms … 8 s
// Between two rounds at least, so that a burst of events does not become a burst of rounds.
constexpr base::Span kBreath = base::Span::milliseconds(20);

model::ObservationId make_observation_id(base::Instant now) {
  std::array<std::uint8_t, 10> random{};
  DURE_ASSERT(::getrandom(random.data(), random.size(), 0) == static_cast<ssize_t>(random.size()));
  return model::ObservationId(base::make_uuid7(now.unix_ms(), random));
}

// Between a half and the whole of 250 ms << failures, so that nodes do not come back all at once.
base::Span backoff(int failures) {
  const std::int64_t whole = 250LL << std::min(failures, kMostBackoffSteps);
  std::uint32_t random = 0;
  static_cast<void>(::getrandom(&random, sizeof random, 0));
  return base::Span::milliseconds(whole / 2 + random % (whole / 2 + 1));
}

}  // namespace

base::Result<std::unique_ptr<Node>> Node::start(const StateFolder& state, ports::Engine& engine,
                                                gpu::CardSource& cards, BootClock& clock,
                                                NodeOptions options) {
  std::unique_ptr<Node> node(new Node(state, engine, cards, clock, std::move(options)));
  DURE_TRY(node->open());
  return node;
}

Node::Node(const StateFolder& state, ports::Engine& engine, gpu::CardSource& cards, BootClock& clock,
           NodeOptions options)
    : state_(state),
      engine_(engine),
      clock_(clock),
      options_(std::move(options)),
      inventory_(engine, cards, options_.log),
      centre_(options_.centre) {}

base::Status Node::open() {
  DURE_LET(journal, Journal::open({.path = state_.journal(),
                                   .make_id = make_observation_id,
                                   .before_write = options_.before_journal_write}));
  journal_ = std::move(journal);
  if (journal_->cut_bytes() > 0)
    options_.log(Severity::kWarning, "journal: " + std::to_string(journal_->cut_bytes()) +
                                         " bytes of an unfinished write cut off");
  KeeperOptions keeper = options_.keeper;
  keeper.volumes_folder = state_.volumes();
  keeper.logs_folder = state_.logs();
  keeper.log = options_.log;
  keeper.on_change = [this] {
    ring(kLook);
    ring(kReport);
  };
  keeper_ = std::make_unique<Keeper>(engine_, *journal_, inventory_, clock_, std::move(keeper));
  DURE_TRY(open_server());
  if (options_.gateway) open_gateway();
  refresh();
  looking_ = std::thread([this] { look_loop(); });
  reporting_ = std::thread([this] { report_loop(); });
  refreshing_ = std::thread([this] { refresh_loop(); });
  return {};
}

base::Status Node::open_server() {
  net::ServerOptions options;
  options.listen = {net::Listen::on_unix(state_.socket(), 0600)};
  options.handler = [this](const net::Request& request) { return local_answer(request); };
  options.io_threads = 1;
  options.pool_threads = 2;
  DURE_LET(server, net::Server::start(std::move(options)));
  server_ = std::move(server);
  return {};
}

void Node::open_gateway() {
  gateway_ = std::make_unique<GatewayLink>(*options_.gateway, options_.log);
  StreamsOptions streams;
  streams.logs_folder = state_.logs();
  streams.connect = options_.connect;
  streams.service_start_limit = options_.service_start_limit;
  streams.dial = [this](const std::string& id) { return gateway_->dial(id); };
  streams.fail = [this](const model::StreamFailure& failure) { gateway_->fail(failure); };
  streams_ = std::make_unique<Streams>(*keeper_, engine_, inventory_, *server_, std::move(streams));
  gateway_->start(*streams_);
}

Node::~Node() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_all();
  centre_.cancel();
  for (std::thread* thread : {&looking_, &reporting_, &refreshing_})
    if (thread->joinable()) thread->join();
  if (gateway_) gateway_->stop();
  if (server_) server_->stop(base::Span::milliseconds(200));
  streams_.reset();
  keeper_.reset();
}

bool Node::enrolled() const {
  const std::lock_guard lock(mutex_);
  return identity_.has_value();
}

void Node::ring(Bell bell) {
  {
    const std::lock_guard lock(mutex_);
    ++rings_[bell];
  }
  woken_.notify_all();
}

std::uint64_t Node::rings(Bell bell) const {
  const std::lock_guard lock(mutex_);
  return rings_[bell];
}

bool Node::wait(base::Span span, Bell bell, std::uint64_t heard) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, std::chrono::microseconds(span.us),
                  [&] { return stopping_ || rings_[bell] != heard; });
  return !stopping_;
}

bool Node::pause(base::Span span) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, std::chrono::microseconds(span.us), [&] { return stopping_; });
  return !stopping_;
}

void Node::look_loop() {
  bool was_well = true;
  for (bool going = true; going;) {
    const std::uint64_t heard = rings(kLook);
    const base::Status status = keeper_->round();
    if (!status.ok() && was_well) options_.log(Severity::kWarning, "engine: " + log_text(status.failure()));
    was_well = status.ok();
    going = pause(kBreath) && wait(options_.look_every, kLook, heard);
  }
}

void Node::report_loop() {
  int failures = 0;
  for (bool going = true; going;) {
    const std::uint64_t heard = rings(kReport);
    base::Status status = become_known();
    if (status.ok()) status = report_once();
    if (!status.ok() && failures == 0)
      options_.log(Severity::kWarning, "dured: " + log_text(status.failure()));
    if (status.ok() && failures > 0) options_.log(Severity::kInfo, "dured: answers again");
    failures = status.ok() ? 0 : failures + 1;
    const base::Span span = keeper_->pending() ? options_.report_pending_every : options_.report_every;
    going = failures > 0 ? pause(backoff(failures)) : pause(kBreath) && wait(span, kReport, heard);
  }
}

void Node::refresh() {
  inventory_.refresh();
  if (options_.on_cards) options_.on_cards(inventory_.cards());
}

void Node::refresh_loop() {
  while (pause(options_.refresh_every)) {
    refresh();
    const auto keep = [this](const std::string& id) { return keeper_->may_print(model::ReplicaId(id)); };
    collect_logs(state_.logs(), clock_.now().wall.us / 1'000'000, options_.keep_logs.in_seconds(), keep);
  }
}

// Loads the identity, or enrols.
base::Status Node::become_known() {
  if (enrolled()) return {};
  auto identity = load_identity(options_.identity_path);
  if (!identity.ok()) {
    if (options_.enrol_token.empty()) return identity.failure();
    identity = centre_.enrol(options_.enrol_token, options_.name, options_.pool);
    if (!identity.ok()) return identity.failure();
    DURE_TRY(save_identity(options_.identity_path, *identity));
    options_.log(Severity::kInfo, "enrolled as node " + identity->node_id.text);
  }
  const std::lock_guard lock(mutex_);
  identity_ = *identity;
  return {};
}

model::NodeReport Node::report() const {
  model::NodeReport report = keeper_->report();
  report.fabric_leaf = options_.fabric_leaf;
  report.nvlink_island = options_.nvlink_island;
  return report;
}

base::Status Node::report_once() {
  Identity identity;
  {
    const std::lock_guard lock(mutex_);
    identity = *identity_;
  }
  model::NodeReport report = this->report();
  for (auto& each : report.observations) each.node_id = identity.node_id;
  DURE_LET(orders, centre_.report(identity, report));
  DURE_TRY(keeper_->take_orders(orders, report.observations));
  if (gateway_) gateway_->set_pass(orders.gateway_pass);
  ring(kLook);
  return {};
}

// What a local operator, or a test, asks: is this node at work, and with what.
net::Response Node::local_answer(const net::Request& request) {
  if (request.path != "/status") return net::Response::empty(404);
  return net::Response::text(200, "application/json", wire::json_text(report()));
}

}  // namespace dure::node
