#include "gpu/fake/world.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "gpu/fake/fault.h"
#include "gpu/fake/graph.h"

namespace dure::gpu::fake {
namespace {

constexpr std::uint64_t kPatience = 10'000'000;  // ns: how late a death can be noticed by who sleeps

struct Player {
  int process = 0;
  int thread = 0;
  bool named = false;
};
thread_local Player player;
std::atomic<int> threads{1'000'000};  // numbers of those that fake_play did not name

std::uint64_t monotonic() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The text itself, or the file that it names.
std::string configuration(const std::string& text) {
  if (text.empty() || text.find('=') != std::string::npos) return text;
  std::stringstream content;
  content << std::ifstream(text).rdbuf();
  return content.str();
}

}  // namespace

World& World::get() {
  static World* const world = new World;  // never destroyed: threads of the program may outlive main
  return *world;
}

World::World() {
  pthread_atfork([] { get().before_fork(); }, [] { get().after_fork(false); },
                 [] { get().after_fork(true); });
}

void World::before_fork() {
  mutex.lock();
}

// As with the real driver, a child has no driver if its parent had one.
void World::after_fork(bool child) {
  if (child) static_cast<void>(changed_.release());
  if (child) changed_ = std::make_unique<std::condition_variable>();
  if (child && state_ != nullptr) {
    state_->abandon();
    dead_ = std::any_of(processes_.begin(), processes_.end(),
                        [](const auto& entry) { return entry.second->initialised; });
    if (dead_) {
      static_cast<void>(state_.release());
    } else {
      state_.reset();
      processes_.clear();
      configured_ = false;
    }
  }
  if (child) worker_ = false;
  mutex.unlock();
}

bool World::ready() {
  if (dead_) return false;
  if (!configured_) {
    if (text_.empty()) text_ = configuration(environment("FAKE_CUDA_CONFIG"));
    configured_ = true;
    const std::string faults = environment("FAKE_CUDA_FAULT");
    if (!faults.empty() && !parse_faults(faults)) {
      std::fprintf(stderr, "fake driver: FAKE_CUDA_FAULT is not understood\n");
    }
  }
  if (state_ == nullptr) state_ = open_state();
  return state_ != nullptr;
}

std::unique_ptr<State> World::open_state() {
  epoch_ns_ = virtual_ ? virtual_ns_ : monotonic();
  auto state = State::open(virtual_ ? "" : environment("FAKE_CUDA_STATE"), text_, virtual_, epoch_ns_);
  if (state != nullptr) epoch_ns_ = state->shared().epoch_ns;
  return state;
}

bool World::configure(const std::string& text) {
  const std::string content = configuration(text);
  if (!Config::parse(content)) return false;
  dues_.clear();
  processes_.clear();
  tenants_.clear();
  state_.reset();
  text_ = content;
  dead_ = false;
  virtual_ = false;
  configured_ = true;
  hook = nullptr;
  forget_faults();
  forget_kernels();
  return true;
}

void World::go_virtual(std::uint64_t start_ns) {
  if (!configured_) {
    text_ = configuration(environment("FAKE_CUDA_CONFIG"));
    configured_ = true;
  }
  dues_.clear();
  processes_.clear();
  state_.reset();
  virtual_ = true;
  virtual_ns_ = start_ns;
  ready();
}

Ticks World::now() const {
  return ticks((virtual_ ? virtual_ns_ : monotonic()) - epoch_ns_);
}

void World::play(int process, int thread) {
  player = {.process = process, .thread = thread, .named = true};
}

Process& World::process() {
  auto& found = processes_[player.process];
  if (found == nullptr) {
    const int number = player.process;
    std::string tenant = number == 0 ? environment("FAKE_CUDA_TENANT") : "process-" + std::to_string(number);
    if (tenants_.contains(number)) tenant = tenants_[number];
    found = std::make_shared<Process>(number, state_->attach(tenant, getpid()));
    if (found->slot < 0) {
      std::fprintf(stderr, "fake driver: no slot is free for another process or tenant\n");
      std::abort();
    }
  }
  return *found;
}

Thread& World::thread() {
  if (!player.named) player = {.process = 0, .thread = threads++, .named = true};
  return process().threads[player.thread];
}

int World::thread_number() {
  thread();
  return player.thread;
}

std::shared_ptr<Process> World::find(int number) {
  const auto found = processes_.find(number);
  return found == processes_.end() ? nullptr : found->second;
}

void World::name_tenant(const std::string& name) {
  tenants_[player.process] = name;
}

void World::kill(int number) {
  const auto victim = find(number);
  if (victim == nullptr) return;
  victim->dead = true;
  state_->detach(victim->slot);
  std::erase_if(dues_, [&victim](const Due& due) { return due.process.lock() == victim; });
  victim->events.clear();
  victim->streams.clear();
  victim->contexts.clear();
  processes_.erase(number);
}

void World::poke() {
  state_->advance(now());
  for (int device = 0; device < state_->devices(); ++device) {
    if (state_->engine(device).points - swept_[device] > kBreakPoints / 2) sweep();
  }
}

// The times of events, before the break points that tell them are overwritten.
void World::sweep() {
  for (const auto& [number, process] : processes_) {
    for (const auto& [key, event] : process->events) {
      if (event->context != nullptr) happened(*event);
    }
  }
  for (int device = 0; device < state_->devices(); ++device) swept_[device] = state_->engine(device).points;
}

void World::add(Due due) {
  dues_.push_back(std::move(due));
  if (virtual_) return;
  start_worker();
  changed_->notify_all();
}

// When the first thing is due, with the state's lock held.
Ticks World::next_due(std::size_t* index) {
  Ticks first = kNever;
  for (std::size_t i = 0; i < dues_.size(); ++i) {
    const Ticks at = state_->engine(dues_[i].device).when(dues_[i].w);
    if (at >= first) continue;
    first = at;
    *index = i;
  }
  return first;
}

// Its time has come.
void World::run_due(std::unique_lock<std::mutex>& lock, std::size_t index) {
  Due due = std::move(dues_[index]);
  dues_.erase(dues_.begin() + static_cast<std::ptrdiff_t>(index));
  if (due.act) {
    const auto process = due.process.lock();
    const Player before = player;
    if (virtual_ && process != nullptr) player.process = process->number;
    lock.unlock();
    due.act();
    lock.lock();
    player = before;
  }
  const auto process = due.process.lock();
  if (process != nullptr && !process->dead) {
    const State::Lock held(*state_);
    poke();
    due.after();
  }
  changed_->notify_all();
}

void World::start_worker() {
  if (worker_) return;
  worker_ = true;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread([this] { work(); }).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

// The driver's own thread, in real time: runs host functions when they are due.
void World::work() {
  std::unique_lock lock(mutex);
  while (true) {
    if (state_ == nullptr || dues_.empty()) {
      changed_->wait(lock);
      continue;
    }
    std::size_t index = 0;
    Ticks at = 0;
    Ticks present = 0;
    {
      const State::Lock held(*state_);
      poke();
      present = state_->engine(0).t();
      at = next_due(&index);
    }
    if (at <= present) {
      run_due(lock, index);
      continue;
    }
    const std::uint64_t deadline = std::min(to_ns(at), monotonic() + kPatience);
    changed_->wait_until(lock, std::chrono::steady_clock::time_point(std::chrono::nanoseconds(deadline)));
  }
}

void World::block(std::unique_lock<std::mutex>& lock, Wait& wait) {
  const Player caller = player;
  wait.outside = {.process = caller.process, .thread = caller.thread, .expected_ns = 0, .what = &wait};
  waits_.push_back(&wait);
  while (true) {
    Ticks expected = 0;
    {
      const State::Lock held(*state_);
      poke();
      if (wait.over(now())) break;
      expected = wait.expected();
    }
    wait.outside.expected_ns = to_ns(expected);
    if (!virtual_) {
      const std::uint64_t deadline = std::min(wait.outside.expected_ns, monotonic() + kPatience);
      changed_->wait_until(lock, std::chrono::steady_clock::time_point(std::chrono::nanoseconds(deadline)));
    } else if (hook != nullptr) {
      lock.unlock();
      hook(hook_user, &wait.outside);
      lock.lock();
      player = caller;
    } else {
      const std::uint64_t next = next_event_ns();
      if (next == FAKE_NEVER) {
        std::fprintf(stderr, "fake driver: a call waits for something that will never happen\n");
        std::abort();
      }
      advance_to(lock, next);
    }
  }
  std::erase(waits_, &wait);
}

std::uint64_t World::next_event_ns() {
  if (!ready()) return FAKE_NEVER;
  std::size_t index = 0;
  Ticks first = next_due(&index);
  for (const Wait* wait : waits_) first = std::min(first, wait->expected());
  for (int device = 0; device < state_->devices(); ++device) {
    first = std::min(first, state_->engine(device).next_end());
  }
  return first == kNever ? FAKE_NEVER : std::max(to_ns(first), virtual_ns_);
}

void World::advance_to(std::unique_lock<std::mutex>& lock, std::uint64_t ns) {
  if (!ready()) return;
  while (true) {
    std::size_t index = 0;
    const Ticks at = next_due(&index);
    if (at == kNever || to_ns(at) > ns) break;
    virtual_ns_ = std::max(virtual_ns_, to_ns(at));
    poke();
    run_due(lock, index);
  }
  virtual_ns_ = std::max(virtual_ns_, ns);
  poke();
}

}  // namespace dure::gpu::fake
