// MemoryEngine: a container engine for tests. Containers are rows in memory; nothing runs.
//
// It keeps the promises of ports/engine.h and, beyond them, counts: how often each replica was really started
// (more than once is a defect of the caller), and every call that it was asked. A test scripts it: containers
// end when the test says so, calls fail or hang on request, and the caller can be "killed" at any call,
// before or after it took effect: from then on that caller's calls fail without effect, until revive().
// Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ports/engine.h"

namespace dure::ports {

class MemoryEngine : public Engine {
 public:
  using Now = std::function<base::Instant()>;
  explicit MemoryEngine(Now now) : now_(std::move(now)) {}

  base::Result<std::map<std::string, std::string>> describe() override;
  base::Result<std::vector<ContainerStatus>> list() override;
  base::Result<std::optional<ContainerStatus>> inspect(const std::string& replica_id) override;
  base::Result<std::string> create(const ContainerSpec& spec) override;
  base::Status start(const std::string& replica_id) override;
  base::Status stop(const std::string& replica_id, base::Span grace) override;
  base::Status remove(const std::string& replica_id) override;
  base::Result<ExecResult> exec(const std::string& replica_id, const std::vector<std::string>& command,
                                const std::map<std::string, std::string>& environment,
                                std::int64_t output_limit_bytes) override;
  // A process that sends back what it gets, until "exit\n"; a resize makes it say "<columns>x<rows>\r\n".
  base::Result<std::unique_ptr<ExecStream>> open_terminal(const std::string& replica_id,
                                                          const std::vector<std::string>& command,
                                                          int columns, int rows) override;
  base::Result<std::vector<ImageStatus>> images() override;

  // ---- What the test does to it ----

  // The container ends by itself, now.
  void finish(const std::string& replica_id, std::int64_t exit_code, bool out_of_memory = false);
  // Gone, as if by somebody else's hand.
  void vanish(const std::string& replica_id);
  // The machine was started anew: nothing runs any more. Containers stay, ended without a stamp.
  void reboot();
  void set_pid(const std::string& replica_id, std::int64_t pid);
  void set_images(std::vector<ImageStatus> images);
  // What exec() answers. Without one: exit code 0, the command's words as output.
  using Exec =
      std::function<ExecResult(const std::string& replica_id, const std::vector<std::string>& command,
                               const std::map<std::string, std::string>& environment)>;
  void on_exec(Exec exec);

  // The next `times` calls of that name ("create", "start", "stop", "remove", "list", …) fail so.
  void fail(const std::string& call, base::Error failure, int times = 1);
  // From now on calls of that name wait until release(call).
  void hold(const std::string& call);
  void release(const std::string& call);
  // The caller dies at its n-th call that changes something, counted from now (1 = the next): before it takes
  // effect or after. 0 takes it back.
  void kill_at(int call, bool after_effect);
  void kill();  // now
  bool killed() const;
  void revive();

  // ---- What the test looks at ----

  std::optional<ContainerSpec> spec(const std::string& replica_id) const;
  int starts(const std::string& replica_id) const;
  // The real moments, by the test's clock.
  std::optional<base::Instant> real_start(const std::string& replica_id) const;
  std::optional<base::Instant> real_end(const std::string& replica_id) const;
  std::size_t running() const;
  // "create r1", "start r1", … of the calls that change something, in order.
  std::vector<std::string> calls() const;

 private:
  struct Container {
    ContainerSpec spec;
    ContainerStatus status;
  };
  struct Life {
    int starts = 0;
    std::optional<base::Instant> started;
    std::optional<base::Instant> ended;
  };

  // Runs a call: holds it, fails it, dies before or after it. `change` is empty for calls that only look.
  base::Status enter(const std::string& call);
  base::Status change(const std::string& call, const std::string& replica_id,
                      const std::function<base::Status()>& effect);
  void end(Container& container, std::int64_t exit_code, bool out_of_memory);

  mutable std::mutex mutex_;
  std::condition_variable released_;
  Now now_;
  std::map<std::string, Container> containers_;
  std::map<std::string, Life> lives_;
  std::vector<ImageStatus> images_;
  Exec exec_;
  std::map<std::string, std::pair<base::Error, int>> failures_;
  std::map<std::string, bool> held_;
  std::vector<std::string> calls_;
  int kill_at_ = 0;
  bool kill_after_ = false;
  bool killed_ = false;
  std::int64_t made_ = 0;
};

}  // namespace dure::ports
