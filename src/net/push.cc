#include "net/push.h"

#include <algorithm>

#include "net/deadline.h"
#include "net/push_state.h"

namespace dure::net {

bool PushState::write(std::string_view bytes) {
  std::unique_lock lock(mutex_);
  if (finished_ || broken_ || ended_) return false;
  if (queued_.size() + bytes.size() > options.buffer_limit) {
    broken_ = true;
    notified_ = false;
    notify();
    run_on_close(lock);
    return false;
  }
  queued_.append(bytes);
  notify();
  return true;
}

bool PushState::write_wait(std::string_view bytes, base::Span timeout) {
  const Deadline deadline = Deadline::after(timeout);
  std::unique_lock lock(mutex_);
  // What is larger than the whole buffer goes when the buffer is empty.
  const auto ready = [&] {
    return finished_ || broken_ || ended_ || queued_.empty() ||
           queued_.size() + bytes.size() <= options.buffer_limit;
  };
  if (!room_.wait_until(lock, deadline.at(), ready) || finished_ || broken_ || ended_) return false;
  queued_.append(bytes);
  notify();
  return true;
}

void PushState::finish() {
  std::unique_lock lock(mutex_);
  if (finished_) return;
  finished_ = true;
  notify();
  room_.notify_all();
  run_on_close(lock);
}

bool PushState::closed() {
  const std::lock_guard lock(mutex_);
  return finished_ || broken_ || ended_;
}

void PushState::on_close(std::function<void()> call) {
  std::unique_lock lock(mutex_);
  on_close_ = std::move(call);
  if (finished_ || broken_ || ended_) run_on_close(lock);
}

void PushState::attach(Reactor& reactor, std::function<void()> drop) {
  drop_ = std::move(drop);
  const std::lock_guard lock(mutex_);
  reactor_ = &reactor;
}

std::string PushState::take(bool& last, bool& broken) {
  const std::lock_guard lock(mutex_);
  notified_ = false;
  last = finished_;
  broken = broken_;
  room_.notify_all();
  return std::exchange(queued_, {});
}

void PushState::end() {
  drop_ = nullptr;
  std::unique_lock lock(mutex_);
  reactor_ = nullptr;
  ended_ = true;
  room_.notify_all();
  run_on_close(lock);
}

void PushState::notify() {
  if (reactor_ == nullptr || notified_) return;
  notified_ = true;
  reactor_->post([self = shared_from_this()] { self->arrive(); });
}

void PushState::arrive() {
  bool broken = false;
  {
    const std::lock_guard lock(mutex_);
    broken = broken_;
  }
  if (broken && drop_) drop_();
  wake.notify();
}

void PushState::run_on_close(std::unique_lock<std::mutex>& lock) {
  const std::function<void()> call = std::exchange(on_close_, nullptr);
  lock.unlock();
  if (call) call();
}

Push Push::make(Options options) {
  auto state = std::make_shared<PushState>(std::move(options));
  Push push(state);
  push.last_handle_ = std::shared_ptr<void>(nullptr, [state](void*) { state->finish(); });
  return push;
}

bool Push::write(std::string_view bytes) const {
  return state_->write(bytes);
}

bool Push::write_wait(std::string_view bytes, base::Span timeout) const {
  return state_->write_wait(bytes, timeout);
}

void Push::close() const {
  state_->finish();
}

bool Push::closed() const {
  return state_->closed();
}

void Push::on_close(std::function<void()> call) const {
  state_->on_close(std::move(call));
}

}  // namespace dure::net
