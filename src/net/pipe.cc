#include "net/pipe.h"

#include <array>
#include <vector>

#include "net/link.h"
#include "net/task.h"

namespace dure::net {
namespace {

constexpr std::size_t kBufferSize = 64 * 1024;
constexpr std::int64_t kTrafficEveryUs = 1'000'000;

// Both directions of one pipe. Owned by the coroutine that runs it; both directions end before it does.
class Pipe final : public Watched {
 public:
  Pipe(std::unique_ptr<Link> a, std::unique_ptr<Link> b, PipeOptions options)
      : Watched(a->reactor()), a_(std::move(a)), b_(std::move(b)), options_(std::move(options)) {
    a_stream_ = a_->stream();
    b_stream_ = b_->stream();
  }

  Task<PipeReport> run() {
    if (!a_stream_ || !b_stream_) co_return PipeReport{PipeEnd::kBroken, 0, 0};
    expire_in(options_.idle_timeout);
    spawn(direction(*a_stream_, *b_stream_, std::exchange(a_->early, {}), report_.a_to_b));
    spawn(direction(*b_stream_, *a_stream_, std::exchange(b_->early, {}), report_.b_to_a));
    while (running_ > 0) co_await ended_;
    never_expire();
    a_stream_->close();
    b_stream_->close();
    co_return report_;
  }

 private:
  Task<void> direction(Stream& from, Stream& to, std::string early, std::uint64_t& count) {
    ++running_;
    bool ok = co_await write(to, early, count);
    std::vector<char> buffer(kBufferSize);
    while (ok) {
      const Io io = co_await from.read(buffer.data(), buffer.size());
      if (io.end) break;
      ok = io.ok();
      if (ok) ok = co_await write(to, {buffer.data(), io.bytes}, count);
    }
    if (ok)
      to.finish_writing();
    else
      end(PipeEnd::kBroken);
    --running_;
    ended_.notify();
  }

  Task<bool> write(Stream& to, std::string_view bytes, std::uint64_t& count) {
    if (!bytes.empty()) moved();
    while (!bytes.empty()) {
      const std::array<Slice, 1> slices = {bytes};
      const Io io = co_await to.write(slices);
      if (!io.ok()) co_return false;
      bytes.remove_prefix(io.bytes);
      count += io.bytes;
    }
    co_return true;
  }

  void moved() {
    expire_in(options_.idle_timeout);
    const std::int64_t now = reactor().now_us();
    if (now - told_us_ < kTrafficEveryUs) return;
    told_us_ = now;
    if (options_.go_on && !options_.go_on()) return end(PipeEnd::kBroken);
    if (options_.on_traffic) options_.on_traffic();
  }

  // The first cause counts; what follows from closing does not.
  void end(PipeEnd cause) {
    if (closing_) return;
    closing_ = true;
    report_.end = cause;
    a_stream_->close();
    b_stream_->close();
  }

  void expired() override { end(PipeEnd::kIdle); }
  void stopping(bool now) override {
    if (now && a_stream_ && b_stream_) end(PipeEnd::kBroken);
  }

  std::unique_ptr<Link> a_;
  std::unique_ptr<Link> b_;
  std::shared_ptr<Stream> a_stream_;
  std::shared_ptr<Stream> b_stream_;
  PipeOptions options_;
  PipeReport report_;
  Wake ended_;
  int running_ = 0;
  bool closing_ = false;
  std::int64_t told_us_ = 0;
};

Task<void> run_pipe(std::unique_ptr<Pipe> pipe, OnPipeDone on_done) {
  const PipeReport report = co_await pipe->run();
  pipe.reset();
  if (on_done) on_done(report);
}

}  // namespace

void splice(Connection a, Connection b, PipeOptions options, OnPipeDone on_done) {
  DURE_ASSERT(&a.link()->reactor() == &b.link()->reactor());
  auto pipe = std::make_unique<Pipe>(a.release(), b.release(), std::move(options));
  spawn(run_pipe(std::move(pipe), std::move(on_done)));
}

void splice(Connection a, Fd b, PipeOptions options, OnPipeDone on_done) {
  auto beside = a.adopt_beside(std::move(b));
  if (beside.ok()) return splice(std::move(a), std::move(*beside), std::move(options), std::move(on_done));
  if (on_done) on_done(PipeReport{PipeEnd::kBroken, 0, 0});
}

}  // namespace dure::net
