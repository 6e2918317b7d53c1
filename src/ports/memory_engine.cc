#include "ports/memory_engine.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

namespace dure::ports {
namespace {

base::Error missing(const std::string& replica_id) {
  return base::error(base::ErrorKind::kNotFound,
                     base::Reason("engine.not_found").with("replica", replica_id));
}

base::Error dead() {
  return base::error(base::ErrorKind::kUnavailable, base::Reason("engine.unavailable").with("why", "killed"));
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

class EchoTerminal : public ExecStream {
 public:
  EchoTerminal(int ours, int theirs) : ours_(ours), theirs_(theirs), thread_([theirs] { echo(theirs); }) {}
  ~EchoTerminal() override {
    ::shutdown(theirs_, SHUT_RDWR);
    thread_.join();
    ::close(theirs_);
    ::close(ours_);
  }
  int descriptor() const override { return ours_; }
  std::string take_early_bytes() override { return "$ "; }
  base::Status resize(int columns, int rows) override {
    send_all(theirs_, std::to_string(columns) + "x" + std::to_string(rows) + "\r\n");
    return {};
  }

 private:
  static void echo(int socket) {
    char buffer[4096];
    std::string tail;
    for (;;) {
      const ssize_t count = ::recv(socket, buffer, sizeof buffer, 0);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      const std::string_view bytes(buffer, static_cast<std::size_t>(count));
      tail = (tail + std::string(bytes))
                 .substr(tail.size() + bytes.size() > 5 ? tail.size() + bytes.size() - 5 : 0);
      if (!send_all(socket, bytes) || tail == "exit\n") break;
    }
    ::shutdown(socket, SHUT_RDWR);
  }

  int ours_;
  int theirs_;
  std::thread thread_;
};

}  // namespace

base::Status MemoryEngine::enter(const std::string& call) {
  std::unique_lock lock(mutex_);
  released_.wait(lock, [&] { return !held_[call] || killed_; });
  if (killed_) return dead();
  const auto failure = failures_.find(call);
  if (failure == failures_.end() || failure->second.second == 0) return {};
  --failure->second.second;
  return failure->second.first;
}

base::Status MemoryEngine::change(const std::string& call, const std::string& replica_id,
                                  const std::function<base::Status()>& effect) {
  DURE_TRY(enter(call));
  const std::lock_guard lock(mutex_);
  if (killed_) return dead();
  calls_.push_back(call + " " + replica_id);
  const bool dies = kill_at_ > 0 && --kill_at_ == 0;
  killed_ = dies;
  if (dies && !kill_after_) return dead();
  auto status = effect();
  return dies ? base::Status(dead()) : status;
}

base::Result<std::map<std::string, std::string>> MemoryEngine::describe() {
  DURE_TRY(enter("describe"));
  return std::map<std::string, std::string>{{"engine", "memory"}, {"version", "1"}, {"network", "none"}};
}

base::Result<std::vector<ContainerStatus>> MemoryEngine::list() {
  DURE_TRY(enter("list"));
  const std::lock_guard lock(mutex_);
  std::vector<ContainerStatus> all;
  all.reserve(containers_.size());
  for (const auto& [id, container] : containers_) all.push_back(container.status);
  return all;
}

base::Result<std::optional<ContainerStatus>> MemoryEngine::inspect(const std::string& replica_id) {
  DURE_TRY(enter("inspect"));
  const std::lock_guard lock(mutex_);
  const auto found = containers_.find(replica_id);
  if (found == containers_.end()) return std::optional<ContainerStatus>{};
  return std::optional(found->second.status);
}

base::Result<std::string> MemoryEngine::create(const ContainerSpec& spec) {
  DURE_TRY(change("create", spec.replica_id, [&]() -> base::Status {
    auto& container = containers_[spec.replica_id];
    if (!container.status.container_id.empty()) return {};
    container.spec = spec;
    container.status.replica_id = spec.replica_id;
    container.status.container_id = "c" + std::to_string(++made_);
    return {};
  }));
  const std::lock_guard lock(mutex_);
  return containers_[spec.replica_id].status.container_id;
}

base::Status MemoryEngine::start(const std::string& replica_id) {
  return change("start", replica_id, [&]() -> base::Status {
    const auto found = containers_.find(replica_id);
    if (found == containers_.end()) return missing(replica_id);
    ContainerStatus& status = found->second.status;
    if (status.state == ContainerState::kRunning) return {};
    status.state = ContainerState::kRunning;
    status.started_at = now_();
    status.finished_at.reset();
    Life& life = lives_[replica_id];
    if (++life.starts == 1) life.started = status.started_at;
    return {};
  });
}

void MemoryEngine::end(Container& container, std::int64_t exit_code, bool out_of_memory) {
  if (container.status.state != ContainerState::kRunning) return;
  container.status.state = ContainerState::kExited;
  container.status.exit_code = exit_code;
  container.status.out_of_memory = out_of_memory;
  container.status.finished_at = now_();
  container.status.pid = 0;
  lives_[container.spec.replica_id].ended = container.status.finished_at;
}

base::Status MemoryEngine::stop(const std::string& replica_id, base::Span) {
  return change("stop", replica_id, [&]() -> base::Status {
    const auto found = containers_.find(replica_id);
    if (found != containers_.end()) end(found->second, 143, false);
    return {};
  });
}

base::Status MemoryEngine::remove(const std::string& replica_id) {
  return change("remove", replica_id, [&]() -> base::Status {
    containers_.erase(replica_id);
    return {};
  });
}

base::Result<ExecResult> MemoryEngine::exec(const std::string& replica_id,
                                            const std::vector<std::string>& command,
                                            const std::map<std::string, std::string>& environment,
                                            std::int64_t output_limit_bytes) {
  DURE_TRY(enter("exec"));
  Exec answer;
  {
    const std::lock_guard lock(mutex_);
    const auto found = containers_.find(replica_id);
    if (found == containers_.end() || found->second.status.state != ContainerState::kRunning)
      return missing(replica_id);
    answer = exec_;
  }
  ExecResult result;
  if (answer)
    result = answer(replica_id, command, environment);
  else
    for (const auto& word : command) result.output += (result.output.empty() ? "" : " ") + word;
  const auto limit = static_cast<std::size_t>(output_limit_bytes);
  result.cut = result.output.size() > limit;
  if (result.cut) result.output.resize(limit);
  return result;
}

base::Result<std::unique_ptr<ExecStream>> MemoryEngine::open_terminal(const std::string& replica_id,
                                                                      const std::vector<std::string>&, int,
                                                                      int) {
  DURE_TRY(enter("open_terminal"));
  const std::lock_guard lock(mutex_);
  const auto found = containers_.find(replica_id);
  if (found == containers_.end() || found->second.status.state != ContainerState::kRunning)
    return missing(replica_id);
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return dead();
  return std::unique_ptr<ExecStream>(new EchoTerminal(pair[0], pair[1]));
}

base::Result<std::vector<ImageStatus>> MemoryEngine::images() {
  DURE_TRY(enter("images"));
  const std::lock_guard lock(mutex_);
  return images_;
}

void MemoryEngine::finish(const std::string& replica_id, std::int64_t exit_code, bool out_of_memory) {
  const std::lock_guard lock(mutex_);
  end(containers_.at(replica_id), exit_code, out_of_memory);
}

void MemoryEngine::vanish(const std::string& replica_id) {
  const std::lock_guard lock(mutex_);
  end(containers_.at(replica_id), 137, false);
  containers_.erase(replica_id);
}

void MemoryEngine::reboot() {
  const std::lock_guard lock(mutex_);
  for (auto& [id, container] : containers_) {
    if (container.status.state != ContainerState::kRunning) continue;
    end(container, 0, false);
    container.status.finished_at.reset();
  }
}

void MemoryEngine::set_pid(const std::string& replica_id, std::int64_t pid) {
  const std::lock_guard lock(mutex_);
  containers_.at(replica_id).status.pid = pid;
}

void MemoryEngine::set_images(std::vector<ImageStatus> images) {
  const std::lock_guard lock(mutex_);
  images_ = std::move(images);
}

void MemoryEngine::on_exec(Exec exec) {
  const std::lock_guard lock(mutex_);
  exec_ = std::move(exec);
}

void MemoryEngine::fail(const std::string& call, base::Error failure, int times) {
  const std::lock_guard lock(mutex_);
  failures_[call] = {std::move(failure), times};
}

void MemoryEngine::hold(const std::string& call) {
  const std::lock_guard lock(mutex_);
  held_[call] = true;
}

void MemoryEngine::release(const std::string& call) {
  const std::lock_guard lock(mutex_);
  held_[call] = false;
  released_.notify_all();
}

void MemoryEngine::kill_at(int call, bool after_effect) {
  const std::lock_guard lock(mutex_);
  kill_at_ = call;
  kill_after_ = after_effect;
}

void MemoryEngine::kill() {
  const std::lock_guard lock(mutex_);
  killed_ = true;
  released_.notify_all();
}

bool MemoryEngine::killed() const {
  const std::lock_guard lock(mutex_);
  return killed_;
}

void MemoryEngine::revive() {
  const std::lock_guard lock(mutex_);
  killed_ = false;
  kill_at_ = 0;
}

std::optional<ContainerSpec> MemoryEngine::spec(const std::string& replica_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = containers_.find(replica_id);
  if (found == containers_.end()) return std::nullopt;
  return found->second.spec;
}

int MemoryEngine::starts(const std::string& replica_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = lives_.find(replica_id);
  return found == lives_.end() ? 0 : found->second.starts;
}

std::optional<base::Instant> MemoryEngine::real_start(const std::string& replica_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = lives_.find(replica_id);
  return found == lives_.end() ? std::nullopt : found->second.started;
}

std::optional<base::Instant> MemoryEngine::real_end(const std::string& replica_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = lives_.find(replica_id);
  return found == lives_.end() ? std::nullopt : found->second.ended;
}

std::size_t MemoryEngine::running() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& [id, container] : containers_)
    if (container.status.state == ContainerState::kRunning) ++count;
  return count;
}

std::vector<std::string> MemoryEngine::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

}  // namespace dure::ports
