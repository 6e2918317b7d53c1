#include "server/event_hub.h"

#include <algorithm>
#include <chrono>

#include "commands/authentication.h"
#include "commands/reads.h"
#include "wire/json.h"

namespace dure::server {
namespace {

constexpr std::int64_t kBatch = 200;
constexpr base::Span kLookAgain = base::Span::seconds(1);
constexpr base::Span kPatience = base::Span::seconds(30);

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

base::Result<std::int64_t> last_position(commands::World& world) {
  return commands::look<std::int64_t>(
      world, commands::system_caller("events"), [](commands::Work& work) -> base::Result<std::int64_t> {
        DURE_LET(last, work.tx.events().first(ports::Query{}.ordered("position", true).at_most(1)));
        return last ? last->position : std::int64_t{0};
      });
}

}  // namespace

EventHub::~EventHub() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  bell_.notify_one();
  if (thread_.joinable()) thread_.join();
}

net::Push EventHub::subscribe(const commands::Caller& caller, std::string token_hash, std::int64_t position) {
  net::Push push = net::Push::make({});
  const std::lock_guard lock(mutex_);
  listeners_.push_back({caller, std::move(token_hash), push, position, world_.clock.now(), std::nullopt});
  return push;
}

std::size_t EventHub::listener_count() const {
  const std::lock_guard lock(mutex_);
  return listeners_.size() + serving_;
}

// The listeners are served outside the lock, so that nobody who subscribes waits for the store.
void EventHub::pump() {
  const std::lock_guard one(pumping_);
  std::list<Listener> here;
  {
    const std::lock_guard lock(mutex_);
    here.swap(listeners_);
    serving_ = here.size();
  }
  const auto last = here.empty() ? base::Result<std::int64_t>(0) : last_position(world_);
  for (auto listener = here.begin(); last.ok() && listener != here.end();)
    listener = serve(*listener, *last) ? std::next(listener) : here.erase(listener);
  const std::lock_guard lock(mutex_);
  listeners_.splice(listeners_.begin(), here);
  serving_ = 0;
}

void EventHub::start(base::Span period) {
  period_ = period;
  thread_ = std::thread([this] { turn(); });
}

void EventHub::ring() {
  {
    const std::lock_guard lock(mutex_);
    rung_ = true;
  }
  bell_.notify_one();
}

void EventHub::turn() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      bell_.wait_for(lock, std::chrono::microseconds(period_.us), [this] { return rung_ || stopping_; });
      if (stopping_) return;
      rung_ = false;
    }
    pump();
  }
}

bool EventHub::serve(Listener& listener, std::int64_t last) {
  if (listener.push.closed()) return false;
  const auto now = world_.clock.now();
  const bool stale = now < listener.checked_at || now - listener.checked_at >= kLookAgain;
  if (!stale && listener.position >= last) return true;
  switch (look_again(listener)) {
    case Standing::kWelcome:
      return listener.position >= last || send_new(listener, last);
    case Standing::kUnknown:
      return true;  // the next round sends them
    case Standing::kGone:
      listener.push.close();
      return false;
  }
  return false;
}

EventHub::Standing EventHub::look_again(Listener& listener) {
  auto caller = commands::recognise(world_, listener.caller, listener.token_hash);
  if (!caller) {
    const auto kind = caller.failure().kind;
    const bool refused = kind == base::ErrorKind::kUnauthenticated || kind == base::ErrorKind::kNotAllowed ||
                         kind == base::ErrorKind::kNotFound;
    return refused ? Standing::kGone : Standing::kUnknown;
  }
  const auto now = world_.clock.now();
  if (access::visible(caller->subject, access::Permission::kEventRead, now).nothing()) return Standing::kGone;
  listener.caller = std::move(*caller);
  listener.checked_at = now;
  return Standing::kWelcome;
}

bool EventHub::send_new(Listener& listener, std::int64_t last) {
  for (;;) {
    const auto page = events_after(world_, listener.caller, listener.position);
    if (!page) return true;  // the store is away for a moment: the next round sends them
    for (const auto& event : page->rows) {
      const auto text = net::event_text(std::to_string(event.position), event.type, wire::json_text(event));
      if (!listener.push.write_wait(text, base::Span{})) return wait_for_room(listener);
      listener.full_since.reset();
      listener.position = event.position;
    }
    if (static_cast<std::int64_t>(page->rows.size()) == kBatch) continue;
    // What lies between and `last` is not for him: it need not be looked at again.
    listener.position = std::max(listener.position, last);
    return true;
  }
}

// The rest comes when he has read what waits for him.
bool EventHub::wait_for_room(Listener& listener) {
  if (listener.push.closed()) return false;
  const auto now = world_.clock.now();
  if (!listener.full_since) listener.full_since = now;
  if (now - *listener.full_since < kPatience) return true;
  listener.push.close();
  return false;
}

}  // namespace dure::server
