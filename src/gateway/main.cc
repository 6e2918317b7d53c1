// dure-gateway: wires the settings and the ticket key, and runs until SIGTERM or SIGINT.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>

#include "adapters/system/secrets.h"
#include "adapters/system/system_clock.h"
#include "gateway/ask_dured.h"
#include "gateway/gateway.h"
#include "gateway/settings.h"
#include "wire/json.h"

namespace dure::gateway {
namespace {

Log open_log() {
  auto logger = spdlog::stderr_logger_mt("dure-gateway");
  logger->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%f%z","level":"%l","program":"%n","message":%v})");
  logger->flush_on(spdlog::level::info);
  return [logger](Severity severity, const std::string& text) {
    const auto level = severity == Severity::kInfo      ? spdlog::level::info
                       : severity == Severity::kWarning ? spdlog::level::warn
                                                        : spdlog::level::err;
    logger->log(level, "{}", wire::json_text(text));
  };
}

base::Result<GatewayOptions> gateway_options(const Settings& settings, ports::Secrets& secrets,
                                             ports::Clock& clock) {
  GatewayOptions options;
  DURE_LET(server, net::parse_endpoint(settings.server));
  DURE_LET(listen, parse_listen(settings.listen));
  options.public_side = net::Listen::tcp(listen.host, listen.port);
  if (!settings.cert_file.empty()) {
    net::TlsFiles tls;
    tls.cert_file = settings.cert_file;
    tls.key_file = settings.tls_key_file;
    options.public_side = net::Listen::with_tls(listen.host, listen.port, tls);
  }
  options.node_side = net::Listen::on_unix(settings.node_socket, 0660);
  options.sign = [&secrets](std::string_view text) { return secrets.sign(text); };
  options.verify = [&secrets](std::string_view text, std::string_view signature) {
    return secrets.verify_signature(text, signature);
  };
  options.ask = ask_dured(server, clock, options.sign);
  options.session = base::Span::hours(settings.session_h);
  options.secure = settings.behind_tls;
  options.console_origin = settings.console_origin;
  options.strip_prefix = {settings.strip_prefix.begin(), settings.strip_prefix.end()};
  return options;
}

base::Status run(const Settings& settings, const Log& log, const sigset_t& signals) {
  DURE_LET(secrets, system::open_secrets({.key_file = settings.key_file}));
  system::SystemClock clock;
  DURE_LET(options, gateway_options(settings, *secrets, clock));
  options.log = log;
  DURE_LET(gateway, Gateway::start(clock, std::move(options)));
  log(Severity::kInfo, "at work on " + settings.listen);
  int signal = 0;
  sigwait(&signals, &signal);
  log(Severity::kInfo, "ending");
  gateway.reset();
  return {};
}

std::string text_of(const base::Error& failure) {
  std::string text = failure.reason.code;
  for (const auto& parameter : failure.reason.parameters)
    if (const auto* value = std::get_if<std::string>(&parameter.value))
      text += " " + parameter.name + "=" + *value;
  return text;
}

}  // namespace
}  // namespace dure::gateway

int main(int argc, char** argv) {
  const auto line = dure::gateway::parse_command_line(argc, argv);
  if (line.exit_code >= 0) return line.exit_code;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  const auto log = dure::gateway::open_log();
  const auto status = dure::gateway::run(line.settings, log, signals);
  if (status.ok()) return 0;
  log(dure::gateway::Severity::kError, dure::gateway::text_of(status.failure()));
  return 1;
}
