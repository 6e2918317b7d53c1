#include "adapters/podman/exec.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <thread>
#include <utility>

#include "adapters/podman/frames.h"
#include "adapters/podman/json.h"
#include "adapters/podman/spec.h"
#include "adapters/podman/status.h"

namespace dure::podman {

namespace json = boost::json;
using base::ErrorKind;
using base::Reason;
using base::Span;
using Clock = std::chrono::steady_clock;

namespace {

constexpr Span kShort = Span::seconds(15);

base::Error replica_error(ErrorKind kind, const char* code, const std::string& replica_id) {
  return base::error(kind, Reason(code).with("replica", replica_id));
}

// Podman says 409 or 500 for a container that does not run, depending on the call.
base::Error refused(const std::string& replica_id, const Answer& answer) {
  const std::string why = failure_text(answer.body);
  if (answer.status == 404) return replica_error(ErrorKind::kNotFound, "engine.not_found", replica_id);
  if (answer.status == 409 || why.find("state improper") != std::string::npos) {
    return replica_error(ErrorKind::kConflict, "engine.not_running", replica_id);
  }
  return base::error(ErrorKind::kUnavailable,
                     Reason("engine.exec_failed").with("replica", replica_id).with("why", why));
}

json::array variables(const std::map<std::string, std::string>& environment) {
  json::array list;
  for (const auto& [name, value] : environment) list.push_back(json::value(name + "=" + value));
  return list;
}

base::Result<std::string> create_session(Calls& calls, const ExecOrder& order, bool terminal) {
  const json::object body{{"AttachStdin", terminal},
                          {"AttachStdout", true},
                          {"AttachStderr", true},
                          {"Tty", terminal},
                          {"Env", variables(order.environment)},
                          {"Cmd", json::array(order.command.begin(), order.command.end())}};
  const std::string path = "/containers/" + container_name(order.replica_id) + "/exec";
  DURE_LET(answer, calls.send("POST", path, json::serialize(body), kShort));
  if (answer.status != 201) return refused(order.replica_id, answer);
  const auto value = parse_json(answer.body);
  std::string id = value ? text_of(*value, "Id") : std::string();
  if (id.empty()) return refused(order.replica_id, answer);
  return id;
}

base::Result<net::Hijacked> start_session(Calls& calls, const std::string& session, const ExecOrder& order,
                                          const json::object& body) {
  DURE_LET(taken, calls.take_over("/exec/" + session + "/start", json::serialize(body), kShort));
  if (taken.status != 101 && taken.status != 200) {
    return refused(order.replica_id, Answer{taken.status, taken.early});
  }
  return std::move(taken);
}

// Waits for bytes: 1 when there are some (or the end), 0 when the time is over.
int await_bytes(int descriptor, Clock::time_point until) {
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) return 0;
    struct pollfd wait {
      descriptor, POLLIN, 0
    };
    const int ready = ::poll(&wait, 1, static_cast<int>(left) + 1);
    if (ready > 0) return 1;
    if (ready < 0 && errno != EINTR) return 1;
  }
}

// Reads to the end of the stream; false when the time was over first.
bool read_frames(const net::Hijacked& taken, FrameReader& frames, Clock::time_point until) {
  frames.feed(taken.early);
  std::array<char, 65536> buffer{};
  while (await_bytes(taken.fd.get(), until) == 1) {
    const ssize_t size = ::read(taken.fd.get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return true;
    frames.feed({buffer.data(), static_cast<std::size_t>(size)});
  }
  return false;
}

base::Error timed_out(const ExecOrder& order, Span limit) {
  return base::error(
      ErrorKind::kUnavailable,
      Reason("engine.timeout").with("action", "exec in " + order.replica_id).with("limit_ms", limit.in_ms()));
}

// The stream may end a moment before the process does.
base::Result<std::int64_t> await_exit(Calls& calls, const std::string& session, const ExecOrder& order,
                                      Clock::time_point until, Span limit) {
  while (Clock::now() < until) {
    DURE_LET(answer, calls.send("GET", "/exec/" + session + "/json", "", kShort));
    const auto value = parse_json(answer.body);
    if (answer.status != 200 || !value) {
      return replica_error(ErrorKind::kUnavailable, "engine.exec_lost", order.replica_id);
    }
    if (!flag_of(*value, "Running")) return number_of(*value, "ExitCode");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return timed_out(order, limit);
}

class Terminal : public ports::ExecStream {
 public:
  Terminal(std::shared_ptr<Calls> calls, std::string session, std::string replica_id, net::Hijacked taken)
      : calls_(std::move(calls)),
        session_(std::move(session)),
        replica_id_(std::move(replica_id)),
        taken_(std::move(taken)) {}
  ~Terminal() override {
    taken_.fd.reset();
    hang_up();
  }

  int descriptor() const override { return taken_.fd.get(); }
  std::string take_early_bytes() override { return std::exchange(taken_.early, {}); }
  base::Status resize(int columns, int rows) override;

 private:
  void hang_up();

  std::shared_ptr<Calls> calls_;
  std::string session_;
  std::string replica_id_;
  net::Hijacked taken_;
};

// Right after the start Podman may not know yet that the session runs.
base::Status Terminal::resize(int columns, int rows) {
  const std::string path =
      "/exec/" + session_ + "/resize?h=" + std::to_string(rows) + "&w=" + std::to_string(columns);
  Answer last;
  for (int attempt = 0; attempt < 20; ++attempt) {
    DURE_LET(answer, calls_->send("POST", path, "", kShort));
    if (answer.status < 300) return {};
    last = answer;
    if (answer.status == 404) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
  }
  return refused(replica_id_, last);
}

// Podman has no call to end a session, so the process gets the signal from here. Its cgroup must be the
// container's, in case the id is another's by now.
void Terminal::hang_up() {
  const auto answer = calls_->send("GET", "/exec/" + session_ + "/json", "", kShort);
  if (!answer.ok() || answer->status != 200) return;
  const auto value = parse_json(answer->body);
  if (!value || !flag_of(*value, "Running")) return;
  const std::int64_t process = number_of(*value, "Pid");
  const std::string container = text_of(*value, "ContainerID");
  std::ifstream file("/proc/" + std::to_string(process) + "/cgroup");
  const std::string groups{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (process > 1 && !container.empty() && groups.find(container) != std::string::npos) {
    ::kill(static_cast<pid_t>(process), SIGHUP);
  }
}

}  // namespace

base::Result<ports::ExecResult> run_command(Calls& calls, const ExecOrder& order,
                                            std::int64_t output_limit_bytes, Span limit) {
  const auto until = Clock::now() + std::chrono::microseconds(limit.us);
  DURE_LET(session, create_session(calls, order, false));
  const std::int64_t service = calls.service_process();
  DURE_LET(taken, start_session(calls, session, order, {{"Detach", false}, {"Tty", false}}));
  FrameReader frames(output_limit_bytes);
  if (!read_frames(taken, frames, until)) return timed_out(order, limit);
  if (calls.service_process() != service) {  // then the stream's end says nothing about the process
    return replica_error(ErrorKind::kUnavailable, "engine.exec_lost", order.replica_id);
  }
  DURE_LET(code, await_exit(calls, session, order, until, limit));
  ports::ExecResult result;
  result.exit_code = code;
  result.cut = frames.cut();
  result.output = frames.take();
  return result;
}

base::Result<std::unique_ptr<ports::ExecStream>> open_terminal(const std::shared_ptr<Calls>& calls,
                                                               const ExecOrder& order, int columns,
                                                               int rows) {
  DURE_LET(session, create_session(*calls, order, true));
  const json::object body{{"Detach", false}, {"Tty", true}, {"h", rows}, {"w", columns}};
  DURE_LET(taken, start_session(*calls, session, order, body));
  auto terminal = std::make_unique<Terminal>(calls, session, order.replica_id, std::move(taken));
  // Podman 4.3.1 takes the size of the start only sometimes; a command that has ended already has none.
  if (const auto sized = terminal->resize(columns, rows); !sized.ok()) static_cast<void>(sized);
  return std::unique_ptr<ports::ExecStream>(std::move(terminal));
}

}  // namespace dure::podman
