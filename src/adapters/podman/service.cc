#include "adapters/podman/service.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>

#include "adapters/podman/child.h"
#include "net/client.h"

namespace dure::podman {

using base::ErrorKind;
using base::Reason;
using base::Span;
using Clock = std::chrono::steady_clock;

namespace {

constexpr Span kFirstPause = Span::milliseconds(20);
constexpr Span kLastPause = Span::seconds(5);
constexpr std::uintmax_t kLongestLog = 16ULL * 1024 * 1024;

std::chrono::microseconds microseconds(Span span) {
  return std::chrono::microseconds(span.us);
}

// A predecessor that was just killed lets go within moments.
base::Result<net::Fd> take_lock(const Folders& folders) {
  const std::string path = folders.state + "/lock";
  net::Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  for (int attempt = 0; file && attempt < 20; ++attempt) {
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return file;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return base::error(ErrorKind::kConflict, Reason("engine.state_in_use").with("folder", folders.state));
}

bool answers(const std::string& socket) {
  net::Endpoint endpoint;
  endpoint.unix_path = socket;
  net::Client client(endpoint);
  net::ClientRequest request;
  request.target = "/libpod/_ping";
  request.timeout = Span::seconds(2);
  const auto answer = client.send(request);
  return answer.ok() && answer.value().status == 200;
}

void shorten_log(const std::string& path) {
  std::error_code failure;
  if (std::filesystem::file_size(path, failure) > kLongestLog && !failure) {
    std::filesystem::resize_file(path, 0, failure);
  }
}

}  // namespace

Service::Service(Folders folders, Machine machine, net::Fd lock)
    : folders_(std::move(folders)), machine_(std::move(machine)), lock_(std::move(lock)) {}

base::Result<std::unique_ptr<Service>> Service::start(Folders folders, Machine machine) {
  DURE_LET(lock, take_lock(folders));
  std::unique_ptr<Service> service(new Service(std::move(folders), std::move(machine), std::move(lock)));
  service->keeper_ = std::thread([raw = service.get()] { raw->supervise(); });
  DURE_TRY(service->await_answer(Span::seconds(20)));
  return service;
}

Service::~Service() {
  {
    const std::lock_guard guard(mutex_);
    ending_ = true;
    if (process_ > 0) ::kill(process_, SIGKILL);
  }
  changed_.notify_all();
  if (keeper_.joinable()) keeper_.join();
  ::unlink(folders_.socket().c_str());
}

pid_t Service::process() const {
  const std::lock_guard guard(mutex_);
  return process_;
}

bool Service::sleep_unless_ended(Span span) {
  std::unique_lock guard(mutex_);
  return !changed_.wait_for(guard, microseconds(span), [this] { return ending_; });
}

// Lives as long as the object, because the service is killed when the thread that started it ends. One that
// dies again and again is given more and more time.
void Service::supervise() {
  Span pause = kFirstPause;
  while (true) {
    const auto began = Clock::now();
    run_once();
    const bool was_short = Clock::now() - began < std::chrono::seconds(1);
    pause = was_short ? std::min(kLastPause, pause + pause) : kFirstPause;
    if (!sleep_unless_ended(pause)) return;
  }
}

void Service::run_once() {
  const std::string socket = folders_.socket();
  shorten_log(folders_.log());
  ::unlink(socket.c_str());
  const Command command{
      {machine_.podman, "--log-level=warn", "system", "service", "--time=0", "unix://" + socket},
      environment(folders_),
      folders_.log(),
      folders_.work()};
  pid_t child = -1;
  {
    const std::lock_guard guard(mutex_);
    if (ending_) return;
    const auto started = start_child(command);
    if (!started.ok()) return;
    child = process_ = *started;
  }
  // The process stays a zombie until it is waited for below, so its id cannot be another's while we hold it.
  siginfo_t ended{};
  while (::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  const std::lock_guard guard(mutex_);
  process_ = -1;
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
}

base::Status Service::await_answer(Span limit) {
  const auto until = Clock::now() + microseconds(limit);
  while (Clock::now() < until) {
    if (process() > 0 && answers(folders_.socket())) return {};
    if (!sleep_unless_ended(Span::milliseconds(20))) break;
  }
  return base::error(ErrorKind::kUnavailable,
                     Reason("engine.service_failed").with("why", "no answer; see " + folders_.log()));
}

}  // namespace dure::podman
