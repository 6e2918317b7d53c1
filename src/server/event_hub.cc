#include "server/event_hub.h"

#include "commands/reads.h"
#include "wire/json.h"

namespace dure::server {
namespace {

constexpr std::int64_t kBatch = 200;

base::Result<ports::Page<model::Event>> events_after(commands::World& world, const commands::Caller& caller,
                                                     std::int64_t position) {
  return commands::look<ports::Page<model::Event>>(world, caller, [&](commands::Work& work) {
    return commands::read_page(work, work.tx.events(),
                               ports::Query{}
                                   .where("position", position, ports::Compare::kGreater)
                                   .ordered("position")
                                   .at_most(kBatch));
  });
}

}  // namespace

net::Push EventHub::subscribe(const commands::Caller& caller, std::int64_t position) {
  net::Push push = net::Push::make({});
  const std::lock_guard lock(mutex_);
  listeners_.push_back({caller, push, position});
  return push;
}

void EventHub::pump() {
  const std::lock_guard lock(mutex_);
  for (auto listener = listeners_.begin(); listener != listeners_.end();)
    listener = send_new(*listener) ? std::next(listener) : listeners_.erase(listener);
}

bool EventHub::send_new(Listener& listener) {
  if (listener.push.closed()) return false;
  for (;;) {
    const auto page = events_after(world_, listener.caller, listener.position);
    if (!page) return true;  // the store is away for a moment: the next round sends them
    for (const auto& event : page->rows) {
      if (!listener.push.write(
              net::event_text(std::to_string(event.position), event.type, wire::json_text(event))))
        return false;
      listener.position = event.position;
    }
    if (static_cast<std::int64_t>(page->rows.size()) < kBatch) return true;
  }
}

}  // namespace dure::server
