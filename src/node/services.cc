#include "node/services.h"

#include <algorithm>
#include <array>

namespace dure::node {
namespace {

struct Known {
  std::string_view name;
  std::uint16_t port;
};
constexpr std::array kKnown{Known{"notebook", 8888}, Known{"lab", 8889}, Known{"vscode", 8080}};

// Runs the words behind its first three in the background, in a session of their own, so that they outlive
// this call; what they print goes to a file that the user can read.
constexpr std::string_view kInBackground = R"(name=$1 DURE_SERVICE_PORT=$2 DURE_SERVICE_BASE=$3
export DURE_SERVICE_PORT DURE_SERVICE_BASE
shift 3
[ ! -x "/opt/dure/services/$name" ] || set -- "/opt/dure/services/$name"
[ $# -gt 0 ] && command -v "$1" >/dev/null 2>&1 || exit 127
( cd "${HOME:-/}" 2>/dev/null || cd /
  exec setsid "$@" >"${TMPDIR:-/tmp}/dure-$name.log" 2>&1 ) </dev/null >/dev/null 2>&1 &
exit 0)";

constexpr std::string_view kWithInput = R"(printf %s "$DURE_INPUT" | { unset DURE_INPUT; "$@"; })";

// Old servers read the settings of NotebookApp, new ones those of ServerApp; each ignores the other's.
std::vector<std::string> jupyter_command(const Service& service, const std::string& base_path) {
  std::vector<std::string> words{"jupyter", service.name, "--no-browser"};
  const std::vector<std::string> settings{"ip=127.0.0.1",
                                          "port=" + std::to_string(service.port),
                                          "port_retries=0",
                                          "base_url=" + base_path,
                                          "token=",
                                          "password=",
                                          "allow_remote_access=True",
                                          "open_browser=False"};
  for (const char* app : {"NotebookApp", "ServerApp"})
    for (const std::string& setting : settings) words.push_back("--" + std::string(app) + "." + setting);
  return words;
}

std::vector<std::string> vscode_command(const Service& service) {
  return {"code-server", "--bind-addr", "127.0.0.1:" + std::to_string(service.port),
          "--auth",      "none",        "--disable-telemetry"};
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 32 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

std::optional<Service> find_service(std::string_view name) {
  if (!is_name(name) || name == "terminal") return std::nullopt;
  for (const Known& known : kKnown)
    if (known.name == name) return Service{std::string(name), known.port};
  std::uint32_t sum = 2166136261u;  // FNV-1a
  for (const char c : name) sum = (sum ^ static_cast<unsigned char>(c)) * 16777619u;
  return Service{std::string(name), static_cast<std::uint16_t>(9000 + sum % 1000)};
}

std::vector<std::string> start_command(const Service& service, const std::string& base_path) {
  std::vector<std::string> words{"/bin/sh", "-c",         std::string(kInBackground),
                                 "sh",      service.name, std::to_string(service.port),
                                 base_path};
  std::vector<std::string> program;
  if (service.name == "vscode") program = vscode_command(service);
  if (service.name == "notebook" || service.name == "lab") program = jupyter_command(service, base_path);
  words.insert(words.end(), program.begin(), program.end());
  return words;
}

std::vector<std::string> command_with_input(const std::vector<std::string>& command, bool has_input) {
  if (!has_input) return command;
  std::vector<std::string> words{"/bin/sh", "-c", std::string(kWithInput), "sh"};
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

std::vector<std::string> shell_command() {
  return {"/bin/sh", "-c", "command -v bash >/dev/null 2>&1 && exec bash -l; exec sh -l"};
}

}  // namespace dure::node
