// dure-node: wires the settings, the engine and the cards, and runs until SIGTERM or SIGINT.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "adapters/podman/engine.h"
#include "gpu/node/context_sizes.h"
#include "gpu/node/nvml_cards.h"
#include "gpu/node/shares.h"
#include "gpu/node/simulated_cards.h"
#include "net/fd.h"
#include "node/context_file.h"
#include "node/node.h"
#include "node/settings.h"
#include "wire/json.h"

namespace dure::node {
namespace {

constexpr base::Span kNvmlRetry = base::Span::seconds(30);

Log open_log() {
  auto logger = spdlog::stderr_logger_mt("dure-node");
  logger->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%f%z","level":"%l","program":"%n","message":%v})");
  logger->flush_on(spdlog::level::info);
  return [logger](Severity severity, const std::string& text) {
    const auto level = severity == Severity::kInfo      ? spdlog::level::info
                       : severity == Severity::kWarning ? spdlog::level::warn
                                                        : spdlog::level::err;
    logger->log(level, "{}", wire::json_text(text));
  };
}

base::Result<std::unique_ptr<gpu::CardSource>> open_cards(const Settings& settings, const Log& log) {
  if (!settings.simulate.empty()) {
    DURE_LET(cards, gpu::SimulatedCards::parse(settings.simulate, settings.name));
    return std::unique_ptr<gpu::CardSource>(new gpu::SimulatedCards(std::move(cards)));
  }
  const auto now = [] {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
  };
  auto cards = std::make_unique<gpu::AwaitedNvmlCards>(settings.nvml, kNvmlRetry, now);
  if (cards->missing()) log(Severity::kWarning, log_text(*cards->missing()));
  return std::unique_ptr<gpu::CardSource>(std::move(cards));
}

base::Result<std::unique_ptr<podman::PodmanEngine>> open_engine(const Settings& settings) {
  podman::EngineOptions options;
  options.state_folder = settings.engine_state;
  options.images_folder = settings.engine_images;
  options.network = settings.network == "none"    ? podman::NetworkChoice::kNone
                    : settings.network == "slirp" ? podman::NetworkChoice::kSlirp
                                                  : podman::NetworkChoice::kAuto;
  return podman::PodmanEngine::open(options);
}

// Nothing where the cards are simulated: a context takes nothing of them.
std::unique_ptr<gpu::ContextSizes> measure_contexts(const Settings& settings, const StateFolder& state,
                                                    const Log& log) {
  if (!settings.simulate.empty()) return nullptr;
  const auto probe =
      std::make_shared<gpu::ContextProbe>(gpu::ContextProbeOptions{.driver_folder = settings.driver_folder,
                                                                   .library_folder = settings.share_library,
                                                                   .nvml = settings.nvml});
  return std::make_unique<gpu::ContextSizes>(gpu::ContextSizesOptions{
      .known = load_contexts(state.contexts(), log),
      .measure = [probe](const std::string& card,
                         const std::atomic<bool>& ending) { return probe->measure(card, ending); },
      .keep =
          [path = state.contexts(), log](const gpu::ContextTable& all) {
            const auto saved = save_contexts(path, all);
            if (!saved.ok()) log(Severity::kWarning, "contexts: " + log_text(saved.failure()));
          },
      .inform = [log](const std::string& text) { log(Severity::kInfo, text); },
      .warn = [log](const std::string& text) { log(Severity::kWarning, text); }});
}

base::Result<std::unique_ptr<gpu::Shares>> open_shares(const Settings& settings,
                                                       const gpu::ContextSizes* contexts, const Log& log) {
  return gpu::Shares::open(
      {.folder = settings.share_folder,
       .driver_folder = settings.driver_folder,
       .library_folder = settings.share_library,
       .cdi_folder = settings.cdi_folder,
       .warn = [log](const std::string& text) { log(Severity::kWarning, text); },
       .context_bytes =
           [contexts](const std::string& card) { return contexts != nullptr ? contexts->of(card) : 0; }});
}

// Nothing where the cards are simulated: nobody has a context on them.
std::unique_ptr<gpu::ShareWatch> watch_shares(const Settings& settings, const gpu::Shares& shares,
                                              BootClock& clock, const Log& log) {
  if (!settings.simulate.empty() || settings.bypass_every_s == 0) return nullptr;
  return std::make_unique<gpu::ShareWatch>(
      shares, gpu::WatchOptions{.nvml = settings.nvml,
                                .every = base::Span::seconds(settings.bypass_every_s),
                                .tolerance = static_cast<std::uint64_t>(settings.bypass_tolerance_mib) << 20,
                                .now = [&clock] { return clock.now().wall; },
                                .warn = [log](const std::string& text) { log(Severity::kWarning, text); }});
}

base::Result<NodeOptions> node_options(const Settings& settings, const Log& log) {
  NodeOptions options;
  options.log = log;
  options.name = settings.name;
  options.pool = settings.pool;
  options.fabric_leaf = settings.fabric_leaf;
  options.nvlink_island = settings.nvlink_island;
  options.identity_path = settings.token_file;
  options.connect = [](pid_t process, std::uint16_t port, base::Span timeout) {
    return net::connect_in_namespace(process, "127.0.0.1", port, timeout);
  };
  options.keeper.limits = {settings.pids, settings.open_files};
  options.keeper.grace = base::Span::seconds(settings.grace_s);
  options.keeper.checkpoint_every = base::Span::seconds(settings.checkpoint_s);
  options.keeper.start_limit = base::Span::seconds(settings.start_limit_s);
  options.keeper.workers = static_cast<unsigned>(settings.workers);
  options.keep_logs = base::Span::days(settings.keep_logs_days);
  DURE_LET(centre, net::parse_endpoint(settings.server));
  options.centre = centre;
  options.centre.ca_file = settings.ca_file;
  options.centre.cert_file = settings.cert_file;
  options.centre.key_file = settings.key_file;
  if (!settings.gateway.empty()) {
    DURE_LET(gateway, net::parse_endpoint(settings.gateway));
    options.gateway = gateway;
  }
  if (!settings.enrol_token_file.empty()) {
    const auto token = read_file(settings.enrol_token_file);  // gone after the first time, perhaps
    if (token.ok()) options.enrol_token = token->substr(0, token->find_last_not_of(" \r\n") + 1);
  }
  return options;
}

base::Status run(const Settings& settings, const Log& log, const sigset_t& signals) {
  DURE_LET(options, node_options(settings, log));
  DURE_LET(state, StateFolder::open(settings.state));
  DURE_LET(cards, open_cards(settings, log));
  log(Severity::kInfo, "cards: " + cards->describe());
  DURE_LET(engine, open_engine(settings));
  const auto contexts = measure_contexts(settings, state, log);
  if (contexts) options.on_cards = [&contexts](const auto& found) { contexts->look(found); };
  DURE_LET(shares, open_shares(settings, contexts.get(), log));
  options.keeper.shares = shares.get();
  SystemBootClock clock;
  const auto watch = watch_shares(settings, *shares, clock, log);
  if (watch)
    options.keeper.compare = [&watch](std::vector<gpu::WatchedContainer> running) {
      watch->watch(std::move(running));
      return watch->findings();
    };
  options.keeper.stop_on_bypass = settings.on_bypass == "stop";
  DURE_LET(node, Node::start(state, *engine, *cards, clock, std::move(options)));
  log(Severity::kInfo, "at work on " + state.path());
  int signal = 0;
  sigwait(&signals, &signal);
  log(Severity::kInfo, "ending; containers keep running");
  // What is under way may take minutes (a command in a container); a kill costs nothing but a retry.
  std::thread([] {
    std::this_thread::sleep_for(std::chrono::seconds(5));
    ::_exit(0);
  }).detach();
  node.reset();
  return {};
}

}  // namespace
}  // namespace dure::node

int main(int argc, char** argv) {
  if (const auto status = dure::gpu::run_context_probe(argc, argv)) return *status;
  const auto line = dure::node::parse_command_line(argc, argv);
  if (line.exit_code >= 0) return line.exit_code;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  const auto log = dure::node::open_log();
  const auto status = dure::node::run(line.settings, log, signals);
  if (status.ok()) return 0;
  log(dure::node::Severity::kError, dure::node::log_text(status.failure()));
  return 1;
}
