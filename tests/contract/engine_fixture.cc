#include "engine_fixture.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

namespace dure::podman {
namespace {

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::int64_t milliseconds_since(Clock::time_point began) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began).count();
}

bool eventually(const std::function<bool()>& condition, int seconds) {
  const auto until = Clock::now() + std::chrono::seconds(seconds);
  while (Clock::now() < until) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return condition();
}

std::string told(const base::Reason& reason) {
  std::string text = reason.code;
  for (const auto& parameter : reason.parameters) {
    const auto* value = std::get_if<std::string>(&parameter.value);
    text += " " + parameter.name + "=" + (value != nullptr ? *value : std::string("…"));
  }
  return text;
}

void EngineContract::SetUpTestSuite() {
  state_ = setting("DURE_TEST_ENGINE_STATE");
  temporary_ = state_.empty();
  if (temporary_) state_ = make_temporary();
  images_ = setting("DURE_TEST_ENGINE_IMAGES");
  if (images_.empty()) images_ = state_ + "/images";
  work_ = state_ + "/test." + std::to_string(::getpid());
  fs::create_directories(work_);
  if (::geteuid() == 0) build_image();
  open_engine();
}

void EngineContract::TearDownTestSuite() {
  if (engine_) remove_all();
  engine_.reset();
  fs::remove_all(work_);
  if (temporary_) remove_temporary();
}

void EngineContract::SetUp() {
  if (!skip_.empty()) GTEST_SKIP() << skip_;
  ASSERT_NE(engine_, nullptr) << fault_;
}

void EngineContract::open_engine() {
  auto opened = PodmanEngine::open({state_, images_, NetworkChoice::kAuto, Span::minutes(2)});
  if (opened.ok()) {
    engine_ = std::move(opened).value();
    print_facts();
    return;
  }
  fault_ = code_of(opened);
  const std::string& code = opened.failure().reason.code;
  if (code == "engine.not_root" || code == "engine.not_installed")
    skip_ = "Podman cannot run here: " + fault_;
}

ContainerSpec EngineContract::spec_of(const std::string& name) {
  ContainerSpec spec;
  spec.replica_id = name + "-" + std::to_string(::getpid());
  spec.image = kImage;
  spec.uid = 20001;
  spec.gid = 20001;
  spec.cpu_milli = 1000;
  spec.memory_bytes = 128 * kMebibyte;
  spec.pids = 64;
  spec.open_files = 256;
  spec.log_path = work_ + "/" + spec.replica_id + ".log";
  return spec;
}

void EngineContract::run(const ContainerSpec& spec) {
  const auto created = engine_->create(spec);
  ASSERT_TRUE(created.ok()) << code_of(created);
  const auto started = engine_->start(spec.replica_id);
  ASSERT_TRUE(started.ok()) << code_of(started);
}

ContainerStatus EngineContract::status_of(const std::string& replica_id) {
  const auto seen = engine_->inspect(replica_id);
  EXPECT_TRUE(seen.ok()) << code_of(seen);
  EXPECT_TRUE(seen.ok() && seen->has_value()) << replica_id << " is gone";
  return seen.ok() && seen->has_value() ? **seen : ContainerStatus{};
}

// What the shell command prints inside; its exit code is put into *code.
std::string EngineContract::shell(const std::string& replica_id, const std::string& command,
                                  std::int64_t* code) {
  const auto result = engine_->exec(replica_id, {"sh", "-c", command}, {}, 64 * 1024);
  EXPECT_TRUE(result.ok()) << code_of(result);
  if (!result.ok()) return {};
  if (code != nullptr) *code = result->exit_code;
  return result->output;
}

void EngineContract::remove(const std::vector<ContainerSpec>& specs) {
  for (const ContainerSpec& spec : specs) {
    const auto removed = engine_->remove(spec.replica_id);
    EXPECT_TRUE(removed.ok()) << code_of(removed);
  }
}

bool EngineContract::ended(const std::string& replica_id) {
  const auto seen = engine_->inspect(replica_id);
  return seen.ok() && seen->has_value() && (*seen)->state == ContainerState::kExited;
}

void EngineContract::remove_all() {
  const auto all = engine_->list();
  if (!all.ok()) return;
  for (const ContainerStatus& status : *all) static_cast<void>(engine_->remove(status.replica_id).ok());
}

std::string EngineContract::make_temporary() {
  std::string pattern = "/tmp/dure-engine-XXXXXX";
  return ::mkdtemp(pattern.data());
}

void EngineContract::build_image() {
  const std::string command = "deploy/images/build '" + images_ + "' workspace";
  if (std::system(command.c_str()) != 0) fault_ = "the image could not be built; ";
}

void EngineContract::print_facts() {
  const auto facts = engine_->describe();
  if (!facts.ok()) return;
  std::cout << "engine:";
  for (const auto& [name, value] : *facts) std::cout << ' ' << name << '=' << value << ';';
  std::cout << " state=" << state_ << std::endl;
}

// Attendants that are about to end may still write there.
void EngineContract::remove_temporary() {
  std::error_code failure;
  for (int attempt = 0; attempt < 50 && fs::exists(state_); ++attempt) {
    fs::remove_all(state_, failure);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

}  // namespace dure::podman
