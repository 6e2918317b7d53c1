#include "node/services.h"

#include <array>

namespace dure::node {
namespace {

constexpr std::array kServices{Service{"notebook", 8888}, Service{"lab", 8889}, Service{"vscode", 8080}};

// Runs the words behind it in the background, in a session of their own, so that they outlive this call; what
// they print goes to a file that the user can read.
constexpr std::string_view kInBackground = R"(command -v "$2" >/dev/null 2>&1 || exit 127
name=$1; shift
( cd "${HOME:-/}" 2>/dev/null || cd /
  exec setsid "$@" >"${TMPDIR:-/tmp}/dure-$name.log" 2>&1 ) </dev/null >/dev/null 2>&1 &
exit 0)";

constexpr std::string_view kWithInput = R"(printf %s "$DURE_INPUT" | { unset DURE_INPUT; "$@"; })";

// Old servers read the settings of NotebookApp, new ones those of ServerApp; each ignores the other's.
std::vector<std::string> jupyter_command(const Service& service, const std::string& base_path) {
  std::vector<std::string> words{"jupyter", std::string(service.name), "--no-browser"};
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

}  // namespace

const Service* find_service(std::string_view name) {
  for (const Service& service : kServices)
    if (service.name == name) return &service;
  return nullptr;
}

std::vector<std::string> start_command(const Service& service, const std::string& base_path) {
  std::vector<std::string> words{"/bin/sh", "-c", std::string(kInBackground), "sh",
                                 std::string(service.name)};
  const auto program =
      service.name == "vscode" ? vscode_command(service) : jupyter_command(service, base_path);
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
