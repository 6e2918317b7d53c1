#include "server/loops/loop.h"

#include <spdlog/spdlog.h>

#include <chrono>

#include "wire/reasons.h"

namespace dure::server {
namespace {

constexpr base::Span kLeaseLength = base::Span::seconds(15);
constexpr base::Span kRenewAfter = base::Span::seconds(5);

void log_failure(const std::string& role, const base::Error& failure) {
  spdlog::warn("loop {}: {} ({})", role, wire::render(failure.reason, wire::Language::kEnglish).text,
               failure.reason.code);
}

}  // namespace

Loop::Loop(commands::World& world, std::string role, std::string holder, base::Span period, LoopBody body)
    : world_(world),
      role_(std::move(role)),
      holder_(std::move(holder)),
      period_(period),
      body_(std::move(body)) {
  thread_ = std::thread([this] { turn(); });
}

Loop::~Loop() {
  stop();
}

void Loop::ring() {
  {
    const std::lock_guard lock(mutex_);
    rung_ = true;
  }
  bell_.notify_one();
}

void Loop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  bell_.notify_one();
  if (!thread_.joinable()) return;
  thread_.join();
  if (lease_) static_cast<void>(commands::release_lease(world_, *lease_));
}

void Loop::turn() {
  for (;;) {
    run_round();
    std::unique_lock lock(mutex_);
    bell_.wait_for(lock, std::chrono::microseconds(period_.us), [this] { return rung_ || stopping_; });
    if (stopping_) return;
    rung_ = false;
  }
}

void Loop::run_round() {
  if (!hold_lease()) return;
  const auto done = body_(*lease_);
  if (done) return;
  log_failure(role_, done.failure());
  if (done.failure().reason.code == "lease.lost") lease_.reset();
}

bool Loop::hold_lease() {
  const auto now = world_.clock.now();
  if (lease_ && now < renew_at_) return true;
  auto acquired = commands::acquire_lease(world_, role_, holder_, kLeaseLength, !lease_.has_value());
  if (!acquired) {
    log_failure(role_, acquired.failure());
    return lease_.has_value() && now < renew_at_ + kRenewAfter;
  }
  lease_ = *acquired;
  renew_at_ = now + kRenewAfter;
  return lease_.has_value();
}

}  // namespace dure::server
