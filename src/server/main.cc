// dured: the centre. Wires the adapters to the commands, starts the server and the loops, and stops on a
// signal.
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "adapters/blobs/file_blobs.h"
#include "adapters/blobs/file_types.h"
#include "adapters/mail/mail_channel.h"
#include "adapters/sql/store.h"
#include "adapters/system/key_file.h"
#include "adapters/system/secrets.h"
#include "adapters/system/system_clock.h"
#include "adapters/webhook/channels.h"
#include "commands/base_layers.h"
#include "net/server.h"
#include "server/event_hub.h"
#include "server/first_start.h"
#include "server/loops/loops.h"
#include "server/notice_settings.h"
#include "server/options.h"
#include "server/routes/routes.h"
#include "server/state_folder.h"
#include "server/version.h"
#include "wire/reasons.h"

namespace {

using namespace dure;

int fail(const std::string& what, const base::Error& failure) {
  const auto rendered = wire::render(failure.reason, wire::Language::kEnglish);
  spdlog::critical("{}: {} ({}) {}", what, rendered.text, failure.reason.code, rendered.help);
  for (const auto& detail : failure.details)
    spdlog::critical("  {}: {}", detail.pointer, wire::render(detail.reason, wire::Language::kEnglish).text);
  return 1;
}

void set_up_logging() {
  auto logger = std::make_shared<spdlog::logger>("dured", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

net::ServerOptions server_options(const server::Options& options, net::Handler handler) {
  net::ServerOptions settings;
  settings.listen = {net::Listen::tcp(options.host, options.port)};
  if (!options.node_socket.empty())
    settings.listen.push_back(net::Listen::on_unix(options.node_socket, 0600));
  settings.handler = std::move(handler);
  settings.body_limit = [](const net::Request& request) -> std::size_t {
    return request.path.ends_with("/documents") ? (20u << 20) : (1u << 20);
  };
  settings.render_problem = [](int status, const base::Reason& reason) {
    auto response = server::problem_response(base::error(base::ErrorKind::kInvalid, reason),
                                             wire::Language::kKorean, "", "");
    response.status = status;
    return response;
  };
  return settings;
}

void wait_for_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  int received = 0;
  sigwait(&signals, &received);
  spdlog::info("signal {}: stopping", received);
}

void block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

template <class Settings>
base::Status open_channel(ports::MessageChannels& channels, model::NoticeChannel channel,
                          const std::optional<Settings>& settings,
                          base::Result<std::unique_ptr<ports::MessageChannel>> (*open)(const Settings&)) {
  if (!settings) return {};
  auto opened = open(*settings);
  if (!opened) return opened.failure();
  channels[channel] = std::move(*opened);
  return {};
}

base::Status open_channels(const server::NoticeSettings& settings, ports::MessageChannels& channels) {
  using model::NoticeChannel;
  DURE_TRY(open_channel(channels, NoticeChannel::kMail, settings.mail, mail::open_mail));
  DURE_TRY(open_channel(channels, NoticeChannel::kSlack, settings.slack, webhook::open_slack));
  DURE_TRY(open_channel(channels, NoticeChannel::kKakao, settings.kakao, webhook::open_kakao));
  return open_channel(channels, NoticeChannel::kWebhook, settings.webhook, webhook::open_webhook);
}

int reset_operator(commands::World& world, const server::Options& options) {
  if (const auto done = server::reset_operator(world, options.state); !done)
    return fail("operator", done.failure());
  spdlog::info("operator has a new temporary password: {}/operator.password", options.state);
  return 0;
}

int serve(const server::Options& options, const std::string& holder) {
  auto store = sql::open_store(options.store);
  if (!store) return fail("store", store.failure());
  auto secrets = system::open_secrets({.key_file = options.state + "/keys/token.key"});
  if (!secrets) return fail("keys", secrets.failure());
  auto tickets = system::open_secrets({.key_file = options.state + "/keys/ticket.key"});
  if (!tickets) return fail("keys", tickets.failure());
  const auto blob_key = system::read_or_make_key(options.state + "/keys/blob.key");
  if (!blob_key) return fail("keys", blob_key.failure());
  auto blobs = blobs::open_file_blobs({.folder = options.state + "/blobs", .master_key = *blob_key});
  if (!blobs) return fail("blobs", blobs.failure());
  auto file_types = blobs::open_file_types();
  if (!file_types) return fail("file types", file_types.failure());
  auto settings = server::make_settings(options, **secrets);
  if (!settings) return fail("settings", settings.failure());
  const auto notices = server::read_notice_settings(
      options.notices.empty() ? options.state + "/notices.json" : options.notices, !options.notices.empty());
  if (!notices) return fail("notices", notices.failure());
  ports::MessageChannels channels;
  if (const auto opened = open_channels(*notices, channels); !opened)
    return fail("notices", opened.failure());

  system::SystemClock clock;
  commands::PolicyBook policies;
  commands::KnownCallers known_callers;
  commands::World world{**store,      clock,    **secrets,     **tickets, **blobs,
                        **file_types, policies, known_callers, *settings};
  if (options.reset_operator) return reset_operator(world, options);
  if (const auto ready = server::set_up_store(world, options.state); !ready)
    return fail("store", ready.failure());

  server::EventHub hub(world);
  hub.start(base::Span::milliseconds(250));
  server::Loop scheduler(world, "scheduler", holder, base::Span::milliseconds(500),
                         server::scheduler_body(world));
  server::Loop sealer(world, "sealer", holder, base::Span::milliseconds(500),
                      server::sealer_body(world, hub));
  server::Loop keeper(world, "keeper", holder, base::Span::seconds(1), server::keeper_body(world));
  server::Loop notice(world, "notices", holder, base::Span::seconds(1), server::notice_body(world));
  server::Loop courier(world, "courier", holder, base::Span::seconds(1),
                       server::courier_body(world, channels, notices->retries));

  // The server's commands ring the loops; what the loops themselves write is found by their period.
  commands::World front = world;
  front.wake = [&scheduler, &sealer] {
    scheduler.ring();
    sealer.ring();
  };
  commands::LedgerCache ledgers;
  server::Api api{front, ledgers};
  server::Router router;
  server::add_all_routes(router, api, hub);
  auto http = net::Server::start(server_options(options, server::make_handler(router, api)));
  if (!http) return fail("listen", http.failure());
  spdlog::info("dured {} on http://{}:{}, store {}", server::kVersion, options.host, (*http)->port(0),
               (*store)->describe());
  wait_for_signal();
  (*http)->stop(base::Span::seconds(10));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  server::Options options;
  CLI::App app{"dured: the centre of Dure"};
  server::add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  set_up_logging();
  block_signals();
  const auto folder = server::StateFolder::open(options.state);
  if (!folder) return fail("state folder", folder.failure());
  return serve(options, folder->installation());
}
