#include "node/settings.h"

#include <unistd.h>

#include <CLI/CLI.hpp>

namespace dure::node {
namespace {

std::string machine_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 && name[0] != '\0' ? name : "node";
}

std::string program_folder() {
  char path[4096] = {};
  const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path - 1);
  const std::string program = length > 0 ? path : "./dure-node";
  return program.substr(0, program.rfind('/'));
}

void declare_centre(CLI::App& app, Settings& settings) {
  app.add_option("--state", settings.state, "Folder of this node's journal, volumes and logs")
      ->capture_default_str();
  app.add_option("--server", settings.server, "Where dured answers: unix:PATH, http://… or https://…")
      ->capture_default_str();
  app.add_option("--gateway", settings.gateway, "Where dure-gateway takes nodes: unix:PATH");
  app.add_option("--name", settings.name, "The node's name (the machine's when not given)");
  app.add_option("--pool", settings.pool, "Pool to enrol into")->capture_default_str();
  app.add_option("--fabric-leaf", settings.fabric_leaf,
                 "InfiniBand leaf switch that the node is below, any name that its neighbours give too");
  app.add_option("--nvlink-island", settings.nvlink_island,
                 "NVLink island below that leaf that the node shares with others");
  app.add_option("--token-file", settings.token_file, "File of the node's id and token");
  app.add_option("--enrol-token-file", settings.enrol_token_file, "File of the token to enrol with, once");
  app.add_option("--ca-file", settings.ca_file, "Certificate authority of dured");
  app.add_option("--cert-file", settings.cert_file, "This node's certificate");
  app.add_option("--key-file", settings.key_file, "This node's private key");
}

void declare_machine(CLI::App& app, Settings& settings) {
  app.add_option(
      "--simulate", settings.simulate,
      "Cards that do not exist, instead of real ones: a100-40gb:2,t4:1; a100-40gb+mig:2 in MIG mode");
  app.add_option("--nvml", settings.nvml, "NVIDIA's management library")->capture_default_str();
  app.add_option("--share-folder", settings.share_folder,
                 "Folder of the files of shares; a tmpfs is mounted there");
  app.add_option("--driver-folder", settings.driver_folder, "Folder of the GPU driver's libraries");
  app.add_option("--share-library", settings.share_library,
                 "Folder of libdure-cuda.so and libdure-nvml.so (lib beside the folder of this program)");
  app.add_option("--cdi-folder", settings.cdi_folder,
                 "Folder to write each share's CDI device into, e.g. /var/run/cdi (none when not given)");
  app.add_option("--on-bypass", settings.on_bypass,
                 "What becomes of a workload that uses a card past the share library: report or stop")
      ->check(CLI::IsMember({"report", "stop"}))
      ->capture_default_str();
  app.add_option("--bypass-tolerance", settings.bypass_tolerance_mib,
                 "MiB that a process may hold beyond its books: its context and modules")
      ->check(CLI::Range(0, 1 << 20))
      ->capture_default_str();
  app.add_option("--bypass-every-s", settings.bypass_every_s,
                 "Seconds between comparisons of the books with what the driver says; 0: never")
      ->check(CLI::Range(0, 3600))
      ->capture_default_str();
  app.add_option("--engine-state", settings.engine_state, "Folder of the container engine");
  app.add_option("--engine-images", settings.engine_images, "Folder of images to load");
  app.add_option("--network", settings.network, "Network of containers: auto, slirp or none")
      ->check(CLI::IsMember({"auto", "slirp", "none"}))
      ->capture_default_str();
  app.add_option("--checkpoint-s", settings.checkpoint_s, "Seconds between notes that a replica runs")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  app.add_option("--grace-s", settings.grace_s, "Seconds between SIGTERM and SIGKILL")
      ->check(CLI::Range(0, 3600))
      ->capture_default_str();
  app.add_option("--start-limit-s", settings.start_limit_s,
                 "Seconds after which a replica that cannot be started is given up")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  app.add_option("--keep-logs-days", settings.keep_logs_days, "Days that a replica's output is kept")
      ->check(CLI::Range(0, 36500))
      ->capture_default_str();
  app.add_option("--workers", settings.workers, "Containers that are started or stopped at once")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--pids", settings.pids, "Processes per container")->check(CLI::Range(16, 1 << 20));
  app.add_option("--open-files", settings.open_files, "Open files per process")
      ->check(CLI::Range(64, 1 << 20));
}

void fill_in(Settings& settings) {
  if (settings.name.empty()) settings.name = machine_name();
  if (settings.token_file.empty()) settings.token_file = settings.state + "/node.json";
  if (settings.share_folder.empty()) settings.share_folder = settings.state + "/shares";
  if (settings.share_library.empty()) settings.share_library = program_folder() + "/../lib";
  if (settings.engine_state.empty()) settings.engine_state = settings.state + "/engine";
}

}  // namespace

CommandLine parse_command_line(int argc, char** argv) {
  CommandLine line;
  CLI::App app{"dure-node: runs the containers of this machine for dured"};
  app.set_config("--config", "", "File of these settings (TOML or INI)");
  declare_centre(app, line.settings);
  declare_machine(app, line.settings);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& failure) {
    line.exit_code = app.exit(failure);
    return line;
  }
  fill_in(line.settings);
  return line;
}

}  // namespace dure::node
