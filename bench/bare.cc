#include "bench/bare.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <mutex>
#include <string_view>
#include <utility>

#include "bench/raw.h"
#include "net/message.h"
#include "net/server.h"

namespace dure::bench {
namespace {

// Connections with their statements prepared: as many as are in use at once.
struct Reads {
  std::string store;
  std::vector<std::string> statements;
  std::mutex mutex;
  std::vector<std::vector<std::unique_ptr<Raw>>> idle;  // per statement; guarded by mutex

  std::unique_ptr<Raw> take(std::size_t statement) {
    {
      const std::lock_guard lock(mutex);
      auto& rest = idle[statement];
      if (!rest.empty()) {
        auto last = std::move(rest.back());
        rest.pop_back();
        return last;
      }
    }
    auto made = Raw::open(store);
    if (!made.ok() || !(*made)->prepare(statements[statement]).ok()) return nullptr;
    return std::move(*made);
  }
  void give(std::size_t statement, std::unique_ptr<Raw> raw) {
    const std::lock_guard lock(mutex);
    idle[statement].push_back(std::move(raw));
  }

  net::Response answer(const net::Request& request) {
    std::vector<std::string> parts;
    for (std::string_view rest = std::string_view(request.path).substr(1);;) {
      const auto slash = rest.find('/');
      parts.emplace_back(rest.substr(0, slash));
      if (slash == std::string_view::npos) break;
      rest.remove_prefix(slash + 1);
    }
    std::size_t statement = statements.size();
    std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), statement);
    auto raw = statement < statements.size() ? take(statement) : nullptr;
    parts.erase(parts.begin());
    std::string body;
    if (!raw || raw->read(parts, &body) < 0) return net::Response::text(500, "text/plain", "");
    give(statement, std::move(raw));
    return net::Response::text(200, "text/plain", std::move(body));
  }
};

// What the process does: serves until it is killed. Says its port first.
[[noreturn]] void serve(const std::string& store, std::vector<std::string> statements, int port_out) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  Reads reads;
  reads.store = store;
  reads.idle.resize(statements.size());
  reads.statements = std::move(statements);
  net::ServerOptions options;
  options.listen = {net::Listen::tcp("127.0.0.1", 0)};
  options.handler = [&reads](const net::Request& request) { return reads.answer(request); };
  const auto server = net::Server::start(std::move(options));
  const std::uint16_t port = server.ok() ? (*server)->port(0) : 0;
  if (::write(port_out, &port, sizeof port) != sizeof port || port == 0) ::_exit(1);
  for (;;) ::pause();
}

}  // namespace

base::Result<std::unique_ptr<Bare>> Bare::start(const std::string& store,
                                                std::vector<std::string> statements) {
  const base::Error failed = base::error(base::ErrorKind::kUnavailable, base::Reason("bench.bare"));
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failed;
  const pid_t process = ::fork();
  if (process == 0) serve(store, std::move(statements), ends[1]);
  ::close(ends[1]);
  std::uint16_t port = 0;
  const bool told = process > 0 && ::read(ends[0], &port, sizeof port) == sizeof port && port != 0;
  ::close(ends[0]);
  if (!told) return failed;
  return std::unique_ptr<Bare>(new Bare(process, port));
}

Bare::~Bare() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

std::string Bare::target(std::size_t statement, const std::vector<std::string>& binds) {
  std::string target = "/" + std::to_string(statement);
  for (const auto& bind : binds) target += "/" + bind;
  return target;
}

}  // namespace dure::bench
