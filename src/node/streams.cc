#include "node/streams.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

#include "net/pipe.h"
#include "node/log_file.h"
#include "wire/json_impl.h"

namespace dure::node {
namespace {

using base::ErrorKind;
using base::Reason;

base::Error no_replica(const model::ReplicaId& id) {
  return base::error(ErrorKind::kNotFound, Reason("node.not_running").with("replica", id.text));
}

std::int64_t status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid:
      return 400;
    case ErrorKind::kNotFound:
      return 404;
    case ErrorKind::kConflict:
      return 409;
    case ErrorKind::kTooMany:
      return 429;
    case ErrorKind::kNotEver:
      return 422;
    default:
      return 502;
  }
}

void pause(base::Span span) {
  std::this_thread::sleep_for(std::chrono::microseconds(span.us));
}

// Writes all of it; false when the other end is gone, does not read for a minute, or this process ends.
bool send_all(int socket, std::string_view bytes, const std::atomic<bool>& stopping) {
  for (int waits = 0; !bytes.empty() && waits < 240 && !stopping;) {
    pollfd ready{socket, POLLOUT, 0};
    if (::poll(&ready, 1, 250) == 0) {
      ++waits;
      continue;
    }
    const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) return false;
    waits = 0;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return bytes.empty();
}

// Waits; true when the other end has gone meanwhile.
bool gone_within(int socket, int wait_ms) {
  pollfd ready{socket, POLLRDHUP, 0};
  return ::poll(&ready, 1, wait_ms) > 0;
}

}  // namespace

// Counted from the order's arrival to the end of the opening.
class Streams::Place {
 public:
  Place(Streams& streams, const model::ReplicaId& id) : streams_(streams), id_(id) {
    const std::lock_guard lock(streams_.mutex_);
    taken_ = ++streams_.openings_[id_] <= streams_.options_.per_replica;
  }
  ~Place() {
    const std::lock_guard lock(streams_.mutex_);
    if (--streams_.openings_[id_] == 0) streams_.openings_.erase(id_);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool taken() const { return taken_; }

 private:
  Streams& streams_;
  model::ReplicaId id_;
  bool taken_ = false;
};

Streams::Streams(Keeper& keeper, ports::Engine& engine, Inventory& inventory, net::Server& server,
                 StreamsOptions options)
    : keeper_(keeper),
      engine_(engine),
      inventory_(inventory),
      server_(server),
      options_(std::move(options)),
      workers_(options_.workers) {}

Streams::~Streams() {
  stopping_ = true;
}

void Streams::open(const model::StreamOrder& order) {
  auto place = std::make_shared<Place>(*this, order.replica_id);
  const auto fail = [this, id = order.stream_id](const base::Error& failure) {
    options_.fail({id, status_of(failure.kind), failure.reason});
  };
  if (!place->taken())
    return fail(
        base::error(ErrorKind::kTooMany,
                    Reason("node.too_many_streams").with("limit", std::int64_t{options_.per_replica})));
  const bool taken = workers_.run(order.stream_id, [this, order, place, fail]() mutable {
    const base::Status status = serve(order);
    if (!status.ok()) fail(status.failure());
    place.reset();
  });
  if (!taken) fail(base::error(ErrorKind::kConflict, Reason("node.stream_doubled")));
}

base::Status Streams::serve(const model::StreamOrder& order) {
  if (order.kind == "logs") return serve_logs(order);  // also of one that has ended
  const auto replica = keeper_.order(order.replica_id);
  if (!replica || replica->workload_id != order.workload_id) return no_replica(order.replica_id);
  if (order.kind == "terminal") return serve_terminal(order);
  if (order.kind == "service") return serve_service(order, *replica);
  if (order.kind == "exec") return serve_exec(order);
  return base::invalid(Reason("node.stream_kind_unknown").with("kind", order.kind));
}

base::Status Streams::tie(Dialled gateway, net::Fd inside, const std::function<void()>& on_done) {
  if (!send_all(inside.get(), gateway.early, stopping_))
    return base::error(ErrorKind::kUnavailable, Reason("node.stream_broken"));
  auto shared = std::make_shared<net::Fd>(std::move(inside));
  return server_.adopt(std::move(gateway.fd), [shared, on_done](net::Connection connection) {
    net::PipeOptions options;
    options.idle_timeout = base::Span::hours(12);
    net::splice(std::move(connection), std::move(*shared), std::move(options),
                [on_done](const net::PipeReport&) { on_done(); });
  });
}

base::Status Streams::serve_terminal(const model::StreamOrder& order) {
  const auto command = order.command.empty() ? shell_command() : order.command;
  const auto columns = static_cast<int>(std::clamp<std::int64_t>(order.columns, 1, 1000));
  const auto rows = static_cast<int>(std::clamp<std::int64_t>(order.rows, 1, 1000));
  DURE_LET(opened, engine_.open_terminal(order.replica_id.text, command, columns, rows));
  const std::shared_ptr<ports::ExecStream> terminal = std::move(opened);
  net::Fd inside(::fcntl(terminal->descriptor(), F_DUPFD_CLOEXEC, 3));
  // Known before the gateway hears of it, which then tells the size at once.
  terminals_.add(order.stream_id, terminal);
  auto status = tie_terminal(order.stream_id, *terminal, std::move(inside));
  if (!status.ok()) terminals_.remove(order.stream_id);
  return status;
}

base::Status Streams::tie_terminal(const std::string& stream_id, ports::ExecStream& terminal,
                                   net::Fd inside) {
  DURE_LET(gateway, options_.dial(stream_id));
  if (!inside || !send_all(gateway.fd.get(), terminal.take_early_bytes(), stopping_))
    return base::error(ErrorKind::kUnavailable, Reason("node.stream_broken"));
  // Ending a terminal may block, so it is done by a worker and not by the I/O thread.
  return tie(std::move(gateway), std::move(inside), [this, stream_id] {
    workers_.run("end " + stream_id, [this, stream_id] { terminals_.remove(stream_id); });
  });
}

void Streams::resize(const model::StreamResize& resize) {
  if (!terminals_.want(resize)) return;
  // The work before may be just leaving: each has a key of its own.
  workers_.run("resize " + std::to_string(++resizes_),
               [this, id = resize.stream_id] { terminals_.apply(id); });
}

base::Result<pid_t> Streams::process_of(const model::ReplicaId& replica_id) {
  DURE_LET(container, engine_.inspect(replica_id.text));
  if (!container || container->state != ports::ContainerState::kRunning || container->pid <= 0)
    return no_replica(replica_id);
  return static_cast<pid_t>(container->pid);
}

base::Status Streams::serve_service(const model::StreamOrder& order, const model::ReplicaOrder& replica) {
  const auto service = find_service(order.service);
  const auto offered = inventory_.services_of(replica.spec.image);
  if (!service || std::ranges::find(offered, order.service) == offered.end())
    return base::error(ErrorKind::kNotFound,
                       Reason("node.service_not_in_image").with("service", order.service));
  DURE_LET(inside, reach(order, *service));
  DURE_LET(gateway, options_.dial(order.stream_id));
  return tie(std::move(gateway), std::move(inside), [] {});
}

// Connects to the service, which is started on its first use; then whoever asks waits until it listens.
base::Result<net::Fd> Streams::reach(const model::StreamOrder& order, const Service& service) {
  using Time = std::chrono::steady_clock;
  const auto limit = Time::now() + std::chrono::microseconds(options_.service_start_limit.us);
  DURE_LET(process, process_of(order.replica_id));
  auto connected = options_.connect(process, service.port, base::Span::seconds(2));
  if (connected.ok()) return connected;
  DURE_TRY(start_service(order, service));
  while (!connected.ok() && !stopping_ && Time::now() < limit) {
    pause(base::Span::milliseconds(100));
    DURE_LET(same, process_of(order.replica_id));
    connected = options_.connect(same, service.port, base::Span::seconds(2));
  }
  if (connected.ok()) return connected;
  return base::error(ErrorKind::kUnavailable, Reason("node.service_not_up").with("service", order.service));
}

base::Status Streams::start_service(const model::StreamOrder& order, const Service& service) {
  const std::string key = order.replica_id.text + "/" + order.service;
  {
    const std::lock_guard lock(mutex_);
    if (!starting_.insert(key).second) return {};  // somebody else does; wait for it
  }
  const auto started = engine_.exec(order.replica_id.text, start_command(service, order.base_path), {}, 4096);
  // A second start while the first comes up would only fail to bind the port.
  const bool there = started.ok() && started->exit_code != 127;
  if (there) pause(base::Span::milliseconds(500));
  {
    const std::lock_guard lock(mutex_);
    starting_.erase(key);
  }
  if (!started.ok()) return started.failure();
  if (there) return {};
  return base::error(ErrorKind::kNotFound,
                     Reason("node.service_not_in_image").with("service", order.service));
}

base::Status Streams::serve_exec(const model::StreamOrder& order) {
  if (order.command.empty()) return base::invalid(Reason("node.command_empty"));
  if (order.input.find('\0') != std::string::npos) return base::invalid(Reason("node.input_has_nul"));
  std::map<std::string, std::string> environment;
  if (!order.input.empty()) environment["DURE_INPUT"] = order.input;
  const std::int64_t limit = std::clamp<std::int64_t>(order.output_limit_bytes, 0, 4 << 20);
  DURE_LET(result, engine_.exec(order.replica_id.text,
                                command_with_input(order.command, !order.input.empty()), environment, limit));
  DURE_LET(gateway, options_.dial(order.stream_id));
  send_all(gateway.fd.get(), wire::json_text(model::ExecAnswer{result.exit_code, result.output, result.cut}),
           stopping_);
  return {};
}

base::Status Streams::serve_logs(const model::StreamOrder& order) {
  if (!base::is_uuid(order.replica_id.text)) return no_replica(order.replica_id);
  DURE_LET(gateway, options_.dial(order.stream_id));
  follow(order, gateway.fd.get());
  return {};
}

void Streams::follow(const model::StreamOrder& order, int gateway) {
  LogFile log(log_path(options_.logs_folder, order.replica_id), order.tail_lines);
  while (!stopping_) {
    // Asked before reading, so that what was printed last is still read.
    const bool more = order.follow && keeper_.may_print(order.replica_id);
    auto text = log.next();
    while (text.ok() && !text->empty()) {
      if (!send_all(gateway, *text, stopping_)) return;
      text = log.next();
    }
    if (!more || !text.ok() || gone_within(gateway, 250)) return;
  }
}

}  // namespace dure::node
