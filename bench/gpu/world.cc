#include "bench/gpu/world.h"

#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <utility>

namespace dure::bench {

namespace share = gpu::share;

namespace {

constexpr std::size_t kStack = 256 * 1024;
// CLOCK_MONOTONIC when the world begins: an hour after the machine's start.
constexpr std::uint64_t kBegin = 3'600'000'000'000;

// The world whose process runs now. Worlds are used by one thread at a time.
thread_local World* g_world = nullptr;

template <typename File>
File* map_file() {
  void* mapped =
      mmap(nullptr, sizeof(File), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) std::abort();
  return static_cast<File*>(mapped);
}

}  // namespace

struct ModelProcess::Fiber {
  ucontext_t self;
  ucontext_t scheduler;
  std::vector<char> stack = std::vector<char>(kStack);
  std::uint64_t wake_ns = 0;
  std::function<bool()> blocked;
  std::uint64_t after_ns = 0;  // once it is blocked no more
  std::uint64_t spent_ns = 0;  // of the host's time, not yet passed
  bool done = false;
};

struct World::Files {
  dure_limits* limits = map_file<dure_limits>();
  dure_usage* usage = map_file<dure_usage>();
  unsigned slots = 0;
  ~Files() {
    munmap(limits, sizeof *limits);
    munmap(usage, sizeof *usage);
  }
};

// The driver's events and the host's clock, for the process that runs.
struct World::Driver {
  static ModelProcess& process() { return *g_world->current_; }
  // What calls cost passes before the next thing that others can see.
  static void pass() {
    auto& fiber = *process().fiber_;
    if (fiber.spent_ns == 0) return;
    const std::uint64_t spent = std::exchange(fiber.spent_ns, 0);
    g_world->sleep_until(g_world->now_ns_ + spent, false);
  }
  static void spend(std::uint64_t ns) { process().fiber_->spent_ns += ns; }

  static CUresult create(CUevent* event, CUcontext, unsigned) {
    *event = reinterpret_cast<CUevent>(new ModelEvent);
    g_world->events_.emplace_back(reinterpret_cast<ModelEvent*>(*event));
    return CUDA_SUCCESS;
  }
  static CUresult record(CUevent event, CUstream stream) {
    spend(g_world->options_.costs.record);
    pass();
    g_world->card_->record(process().index_, reinterpret_cast<std::uintptr_t>(stream),
                           reinterpret_cast<ModelEvent*>(event));
    return CUDA_SUCCESS;
  }
  static CUresult query(CUevent event) {
    pass();
    spend(g_world->options_.costs.query);
    return reinterpret_cast<ModelEvent*>(event)->passed ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
  }
  static CUresult elapsed(float* ms, CUevent start, CUevent end) {
    const auto from = static_cast<std::int64_t>(reinterpret_cast<ModelEvent*>(start)->at_ns);
    const auto to = static_cast<std::int64_t>(reinterpret_cast<ModelEvent*>(end)->at_ns);
    *ms = static_cast<float>(static_cast<double>(to - from) / 1e6);
    return CUDA_SUCCESS;
  }
  static CUresult current(CUstream, CUcontext* context) {
    *context = std::bit_cast<CUcontext>(std::uintptr_t{process().index_ + 1});
    return CUDA_SUCCESS;
  }
  static CUresult capturing(CUstream, int* status) {
    *status = process().capturing_ ? 1 : 0;
    return CUDA_SUCCESS;
  }
  static CUresult exchange(int* mode) {
    *mode = 0;
    return CUDA_SUCCESS;
  }

  static std::uint64_t now() noexcept { return kBegin + g_world->now_ns_ + process().fiber_->spent_ns; }
  static void sleep(std::uint64_t at) noexcept {
    pass();
    if (at > kBegin + g_world->now_ns_) g_world->sleep_until(at - kBegin, true);
  }

  static constexpr share::EventDriver kEvents = {create,  record,    query,   elapsed,
                                                 current, capturing, exchange};
  static constexpr share::Host kHost = {now, sleep};
};

World::World(const WorldOptions& options) : options_(options), random_(options.seed) {
  all_.guaranteed_milli = 1000;
}
World::~World() = default;

std::size_t World::add_container(std::uint32_t guaranteed_milli, dure_policy policy, std::uint32_t weight,
                                 std::uint32_t priority) {
  files_.push_back(std::make_unique<Files>());
  dure_card_limits& card = files_.back()->limits->card[0];
  card.guaranteed_milli = guaranteed_milli;
  card.policy = policy;
  card.weight = weight;
  card.priority = priority;
  return files_.size() - 1;
}

ModelProcess& World::add_process(std::size_t container, std::function<void(ModelProcess&)> body, bool held) {
  processes_.push_back(std::make_unique<ModelProcess>());
  ModelProcess& process = *processes_.back();
  process.world_ = this;
  process.index_ = processes_.size() - 1;
  process.container_ = container;
  process.body_ = std::move(body);
  process.random_.seed(random_());
  process.fiber_ = std::make_shared<ModelProcess::Fiber>();
  if (!options_.library) return process;
  Files& files = *files_[container];
  const unsigned slot = files.slots++;
  files.usage->process[slot].pid = slot + 1;
  process.slot_ = slot;
  process.gate_ = std::make_unique<share::Gate>();
  process.gate_->attach({held ? &files.limits->card[0] : &all_, held ? &files.limits->pace[0] : &no_pace_,
                         &files.usage->card[0].bucket, &files.usage->process[slot].card[0].work, slot},
                        Driver::kHost, Driver::kEvents);
  return process;
}

void World::start() {
  card_ = std::make_unique<ModelCard>(processes_.size());
  if (options_.library && options_.node) {
    pace_ = std::make_unique<gpu::CardPace>();
    for (std::size_t i = 0; i < files_.size(); ++i)
      pace_->add(i, {files_[i]->limits, &files_[i]->limits->pace[0], files_[i]->usage, 0});
  } else {
    next_round_ = kNever;
  }
  for (auto& process : processes_) {
    auto& fiber = *process->fiber_;
    getcontext(&fiber.self);
    fiber.self.uc_stack.ss_sp = fiber.stack.data();
    fiber.self.uc_stack.ss_size = fiber.stack.size();
    fiber.self.uc_link = &fiber.scheduler;
    makecontext(
        &fiber.self,
        [] {
          ModelProcess& mine = *g_world->current_;
          mine.body_(mine);
          mine.fiber_->done = true;
        },
        0);
  }
}

void World::resume(ModelProcess& process) {
  current_ = &process;
  swapcontext(&process.fiber_->scheduler, &process.fiber_->self);
  current_ = nullptr;
}

void World::run_until(std::uint64_t at_ns) {
  g_world = this;
  if (!card_) start();
  for (;;) {
    ModelProcess* next = nullptr;
    std::uint64_t at = std::min(at_ns, next_round_);
    for (auto& process : processes_) {
      auto& fiber = *process->fiber_;
      if (fiber.done) continue;
      if (fiber.blocked) {
        if (fiber.blocked()) continue;
        fiber.blocked = nullptr;
        fiber.wake_ns = now_ns_ + fiber.after_ns;
      }
      if (fiber.wake_ns < at) {
        at = fiber.wake_ns;
        next = process.get();
      }
    }
    const std::uint64_t end = card_->next_end();
    if (end <= at) {
      card_->advance(end);
      now_ns_ = end;
      continue;
    }
    card_->advance(at);
    now_ns_ = at;
    if (next) {
      resume(*next);
    } else if (at == next_round_) {
      round_of_node();
    } else {
      return;
    }
  }
}

void World::round_of_node() {
  pace_->round(kBegin + now_ns_);
  const std::uint64_t late = options_.costs.lateness;
  next_round_ = now_ns_ + options_.node_round_ns + late / 2 + random_() % (late + 1);
}

void World::sleep_until(std::uint64_t at, bool late) {
  auto& fiber = *current_->fiber_;
  const std::uint64_t lateness = options_.costs.lateness;
  fiber.wake_ns = at + (late ? lateness / 2 + random_() % (lateness + 1) : 0);
  swapcontext(&fiber.self, &fiber.scheduler);
}

void World::wait_while(std::function<bool()> blocked, std::uint64_t then_ns) {
  auto& fiber = *current_->fiber_;
  fiber.blocked = std::move(blocked);
  fiber.after_ns = then_ns;
  swapcontext(&fiber.self, &fiber.scheduler);
}

void World::kill(ModelProcess& process) {
  process.fiber_->done = true;
  if (process.gate_) files_[process.container_]->usage->process[process.slot_].pid = 0;
}

double World::served_ns(std::size_t container) const {
  double sum = 0;
  for (const auto& process : processes_)
    if (process->container_ == container) sum += process->served_ns();
  return sum;
}

dure_limits& World::limits(std::size_t container) {
  return *files_[container]->limits;
}
dure_usage& World::usage(std::size_t container) {
  return *files_[container]->usage;
}

void ModelProcess::launch(std::uint64_t device_ns, std::uintptr_t function, std::uintptr_t stream) {
  const share::Shape shape = {{128, 1, 1}, {256, 1, 1}, 0};
  run(share::kernel_work(std::bit_cast<CUfunction>(function), shape), device_ns, stream + 0x1000);
}

void ModelProcess::launch_graph(std::uint64_t device_ns, std::uintptr_t graph) {
  run(share::graph_work(std::bit_cast<CUgraphExec>(graph)), device_ns, 0x1001);
}

void ModelProcess::run(const share::Work& work, std::uint64_t device_ns, std::uintptr_t stream) {
  share::Pass pass;
  if (gate_) pass = gate_->enter(std::bit_cast<CUstream>(stream), work);
  World::Driver::spend(world_->options_.costs.launch);
  World::Driver::pass();
  if (!capturing_) {
    if (outstanding() >= world_->options_.queue)
      world_->wait_while([this] { return outstanding() >= world_->options_.queue; }, 0);
    world_->card_->launch(index_, stream, device_ns);
  }
  if (gate_) gate_->leave(pass, true);
}

void ModelProcess::sync() {
  if (gate_) gate_->before_sync();
  World::Driver::pass();
  world_->wait_while([this] { return !world_->card_->is_idle(index_); }, world_->options_.costs.sync);
  if (gate_) gate_->after_sync();
}

void ModelProcess::sleep(std::uint64_t ns) {
  World::Driver::pass();
  world_->sleep_until(world_->now_ns_ + ns, false);
}

std::uint64_t ModelProcess::now() const {
  return world_->now_ns_ + fiber_->spent_ns;
}

double ModelProcess::noise(double part) {
  return 1 + part * (2 * std::uniform_real_distribution<>()(random_) - 1);
}

double ModelProcess::served_ns() const {
  return world_->card_->served_ns(index_);
}

std::size_t ModelProcess::outstanding() const {
  return world_->card_->queued(index_);
}

double ModelProcess::left_ns() const {
  return world_->card_->left_ns(index_);
}

}  // namespace dure::bench
