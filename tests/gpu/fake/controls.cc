// The functions of fake.h.
#include "gpu/fake/fake.h"

#include "gpu/fake/call.h"
#include "gpu/fake/fault.h"
#include "gpu/fake/graph.h"
#include "gpu/fake/world.h"

namespace dure::gpu::fake {
namespace {

// Runs the body with both locks and the engines at now; -1: there is no driver.
template <typename Body>
int with_state(Body body) {
  World& world = World::get();
  const std::scoped_lock lock(world.mutex);
  if (!world.ready()) return -1;
  const State::Lock held(world.state());
  world.poke();
  return body(world, world.state());
}

void tell(const Bytes& bytes, std::uint64_t total, fake_memory* out) {
  *out = {.used = bytes.used, .high = bytes.high, .total = total};
}

void tell(const Work& work, std::uint64_t at_ns, fake_work* out) {
  *out = {.device_ns = floor_ns(work.received),
          .elapsed_ns = floor_ns(work.elapsed),
          .launches = work.launches,
          .at_ns = at_ns};
}

// Memory or time of a card, after the dead have been reaped.
template <typename Out, typename Body>
int ask(int card, Out* out, Body body) {
  return with_state([&](World& world, State& state) {
    if (card < 0 || card >= state.devices() || out == nullptr) return -1;
    state.reap();
    return body(world, state);
  });
}

}  // namespace
}  // namespace dure::gpu::fake

using namespace dure::gpu::fake;

FAKE_EXPORT int fake_configure(const char* text) {
  World& world = World::get();
  const std::scoped_lock lock(world.mutex);
  return world.configure(text == nullptr ? "" : text) ? 0 : -1;
}

FAKE_EXPORT void fake_clock_virtual(uint64_t start_ns) {
  World& world = World::get();
  const std::scoped_lock lock(world.mutex);
  world.go_virtual(start_ns);
}

FAKE_EXPORT uint64_t fake_now() {
  World& world = World::get();
  const std::scoped_lock lock(world.mutex);
  return world.ready() ? world.to_ns(world.now()) : 0;
}

FAKE_EXPORT uint64_t fake_next_event_ns() {
  World& world = World::get();
  const std::scoped_lock lock(world.mutex);
  return world.next_event_ns();
}

FAKE_EXPORT void fake_advance_to(uint64_t ns) {
  World& world = World::get();
  std::unique_lock lock(world.mutex);
  world.advance_to(lock, ns);
}

FAKE_EXPORT int fake_wait_is_over(const struct fake_wait* wait) {
  World& world = World::get();
  const std::scoped_lock lock(world.mutex);
  return static_cast<const Wait*>(wait->what)->over(world.now()) ? 1 : 0;
}

FAKE_EXPORT void fake_set_block_hook(fake_block_hook hook, void* user) {
  World& world = World::get();
  const std::scoped_lock lock(world.mutex);
  world.hook = hook;
  world.hook_user = user;
}

FAKE_EXPORT void fake_play(int process, int thread) {
  World::play(process, thread);
}

FAKE_EXPORT void fake_name_tenant(const char* name) {
  World& world = World::get();
  const std::scoped_lock lock(world.mutex);
  world.name_tenant(name == nullptr ? "" : name);
}

FAKE_EXPORT void fake_kill(int process) {
  with_state([&](World& world, State&) {
    world.kill(process);
    return 0;
  });
}

FAKE_EXPORT void fake_set_kernel(const char* name, uint64_t ns) {
  World& world = World::get();
  const std::scoped_lock lock(world.mutex);
  set_kernel(name, ns);
}

FAKE_EXPORT int fake_card_memory(int card, struct fake_memory* memory) {
  return ask(card, memory, [&](World&, State& state) {
    const Device& device = state.shared().device[card];
    tell(device.memory, device.total, memory);
    return 0;
  });
}

FAKE_EXPORT int fake_tenant_memory(const char* tenant, int card, struct fake_memory* memory) {
  return ask(card, memory, [&](World&, State& state) {
    const int index = state.find_tenant(tenant);
    if (index < 0) return -1;
    tell(state.shared().tenant[index].memory[card], state.shared().device[card].total, memory);
    return 0;
  });
}

FAKE_EXPORT int fake_tenant_work(const char* tenant, int card, struct fake_work* work) {
  return ask(card, work, [&](World& world, State& state) {
    const int index = state.find_tenant(tenant);
    if (index < 0) return -1;
    tell(state.tenant_work(index, card), world.to_ns(state.engine(card).t()), work);
    return 0;
  });
}

FAKE_EXPORT int fake_process_memory(int card, struct fake_memory* memory) {
  return ask(card, memory, [&](World& world, State& state) {
    tell(state.process_memory(world.process().slot, card), state.shared().device[card].total, memory);
    return 0;
  });
}

FAKE_EXPORT int fake_process_work(int card, struct fake_work* work) {
  return ask(card, work, [&](World& world, State& state) {
    tell(state.process_work(world.process().slot, card), world.to_ns(state.engine(card).t()), work);
    return 0;
  });
}

FAKE_EXPORT void fake_forget_high() {
  with_state([](World&, State& state) {
    state.forget_high();
    return 0;
  });
}

FAKE_EXPORT int fake_processes() {
  return with_state([](World&, State& state) { return state.alive(); });
}

FAKE_EXPORT int fake_fault(const char* text) {
  World& world = World::get();
  const std::scoped_lock lock(world.mutex);
  return parse_faults(text == nullptr ? "" : text) ? 0 : -1;
}

FAKE_EXPORT void fake_lose_card(int card) {
  with_state([&](World&, State& state) {
    if (card >= 0 && card < state.devices()) state.shared().device[card].lost = 1;
    return 0;
  });
}
