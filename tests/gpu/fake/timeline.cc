#include "gpu/fake/timeline.h"

#include <algorithm>

#include "gpu/fake/graph.h"
#include "gpu/fake/process.h"
#include "gpu/fake/world.h"

namespace dure::gpu::fake {
namespace {

State& state() {
  return World::get().state();
}

// Now the end of it is known.
void settle(Mark& mark, Ticks w, const Engine& engine) {
  mark.known = true;
  mark.w = w;
  if (w <= engine.w()) {
    mark.timed = true;
    mark.t = engine.t();
  }
  for (const auto& next : mark.then) next();
  mark.then.clear();
}

}  // namespace

Context::Context(Process* owner, int on_device, int engine_slot, unsigned with_flags)
    : process(owner), device(on_device), slot(engine_slot), flags(with_flags) {}

Engine& Context::engine() const {
  return state().engine(device);
}

// What the legacy stream's rules put before the operation: work in the legacy stream waits for all blocking
// streams, and they for it.
void Context::barriers(const Stream& stream, Op& op) const {
  const auto behind = [&op](const Stream& other) {
    op.not_before = std::max(op.not_before, other.tail);
    if (!other.waiting.empty()) op.after.push_back(other.last);
  };
  if (&stream == legacy) {
    for (const Stream* other : streams) {
      if (other->blocking && other != legacy) behind(*other);
    }
  } else if (stream.blocking && legacy != nullptr) {
    behind(*legacy);
  }
}

bool Context::deps_known(const Op& op) const {
  return std::all_of(op.after.begin(), op.after.end(), [](const MarkRef& mark) { return mark->known; });
}

// Not before `ready`, and when a place for it is free.
Ticks Context::schedule(Stream& stream, const Op& op, Ticks ready) {
  Ticks start = std::max({ready, stream.tail, op.not_before, engine().w()});
  for (const MarkRef& mark : op.after) start = std::max(start, mark->w);
  return place(start, op.length);
}

Ticks Context::place(Ticks start, Ticks length) {
  if (length == 0) return start;
  const auto limit = static_cast<std::size_t>(state().config().concurrent);
  if (places_.size() >= limit) {
    start = std::max(start, places_.top());
    places_.pop();
  }
  const Ticks end = start + length;
  places_.push(end);
  engine().extend(slot, end);
  return end;
}

void Context::put(Stream& stream, Op op) {
  barriers(stream, op);
  if (op.kind == Op::Kind::kWork && stream.waiting.empty() && deps_known(op)) {
    stream.tail = schedule(stream, op, 0);
    if (op.launch) stream.launched.push_back(stream.tail);
    if (op.done) settle(*op.done, stream.tail, engine());
    if (op.at_end) op.at_end(stream.tail);
    return;
  }
  if (!op.done) op.done = std::make_shared<Mark>();
  op.done->context = this;
  stream.last = op.done;
  stream.waiting.push_back(std::move(op));
  ++waiting;
  pump();
}

void Context::finish_front(Stream& stream, Ticks end) {
  Op op = std::move(stream.waiting.front());
  stream.waiting.pop_front();
  stream.front_is_due = false;
  --waiting;
  stream.tail = end;
  if (op.launch) stream.launched.push_back(end);
  settle(*op.done, end, engine());
  if (op.at_end) op.at_end(end);
}

void Context::make_due(Stream& stream, Ticks ready) {
  stream.front_is_due = true;
  const auto owner = process->shared_from_this();
  const Stream* key = &stream;
  World::get().add({.device = device,
                    .w = ready,
                    .process = owner,
                    .act = std::move(stream.waiting.front().act),
                    .after = [owner, key] {
                      const auto found = owner->streams.find(key);
                      if (found == owner->streams.end()) return;
                      Stream& back = *found->second;
                      back.context->finish_front(back, back.context->engine().w());
                      back.context->pump();
                    }});
}

// Whether the front of the stream could be scheduled.
bool Context::start_front(Stream& stream) {
  if (stream.waiting.empty() || stream.front_is_due) return false;
  const Op& op = stream.waiting.front();
  if (!deps_known(op)) return false;
  if (op.kind == Op::Kind::kWork) {
    finish_front(stream, schedule(stream, op, 0));
    return true;
  }
  make_due(stream, schedule(stream, op, 0));
  return false;
}

void Context::pump() {
  bool progress = waiting > 0;
  while (progress) {
    progress = false;
    for (std::size_t i = 0; i < streams.size(); ++i) {
      while (start_front(*streams[i])) progress = true;
    }
  }
}

void Context::record(Stream& stream, Event& event) {
  event.context = this;
  event.recorded = true;
  event.resolved = false;
  event.mark = nullptr;
  event.capture = nullptr;
  Op op;
  op.done = std::make_shared<Mark>();
  event.mark = op.done;
  put(stream, std::move(op));
  if (event.mark->known) happened(event);
}

void Context::wait(Stream& stream, Event& event) {
  if (!event.recorded || happened(event)) return;
  Op op;
  if (event.context == this) {
    if (event.mark) {
      op.after.push_back(event.mark);
    } else {
      op.not_before = event.w;
    }
    put(stream, std::move(op));
    return;
  }
  // Another context's time line: nothing is known until that point has come.
  auto reached = std::make_shared<Mark>();
  reached->context = this;
  op.after.push_back(reached);
  const auto owner = process->shared_from_this();
  const auto watch = [owner, reached, there = event.context->device, here = this](Ticks w) {
    World::get().add({.device = there, .w = w, .process = owner, .act = nullptr, .after = [=] {
                        if (!owner->contexts.contains(here)) return;
                        settle(*reached, here->engine().w(), here->engine());
                        here->pump();
                      }});
  };
  put(stream, std::move(op));
  if (event.mark && !event.mark->known) {
    event.mark->then.push_back([mark = event.mark, watch] { watch(mark->w); });
  } else {
    watch(event.mark ? event.mark->w : event.w);
  }
}

std::size_t Context::queued(Stream& stream) const {
  auto& ends = stream.launched;
  while (!ends.empty() && ends.front() <= engine().w()) ends.pop_front();
  return ends.size() + stream.waiting.size();
}

bool Context::idle(const Stream& stream) const {
  const Ticks last = end(stream);
  return last != kNever && last <= engine().w();
}

Ticks Context::end(const Stream& stream) const {
  if (!stream.waiting.empty()) return kNever;
  Ticks last = stream.tail;
  if (&stream == legacy) {
    for (const Stream* other : streams) {
      if (!other->blocking) continue;
      if (!other->waiting.empty()) return kNever;
      last = std::max(last, other->tail);
    }
  }
  return last;
}

Ticks Context::end() const {
  if (waiting > 0) return kNever;
  Ticks last = 0;
  for (const Stream* stream : streams) last = std::max(last, stream->tail);
  return last;
}

bool Context::idle() const {
  const Ticks last = end();
  return last != kNever && last <= engine().w();
}

void Context::drop() {
  engine().stop(slot);
  for (Stream* stream : streams) {
    stream->waiting.clear();
    stream->tail = 0;
  }
  waiting = 0;
}

bool happened(Event& event) {
  if (!event.recorded || event.resolved) return true;
  if (event.mark) {
    if (!event.mark->known) return false;
    event.w = event.mark->w;
    if (event.mark->timed) {
      event.t = event.mark->t;
      event.resolved = true;
    }
    event.mark = nullptr;
  }
  const Engine& engine = event.context->engine();
  if (!event.resolved && event.w <= engine.w()) {
    event.t = engine.reached(event.w);
    event.resolved = true;
  }
  return event.resolved;
}

Ticks end(const Event& event) {
  if (!event.recorded || event.resolved) return 0;
  if (!event.mark) return event.w;
  return event.mark->known ? event.mark->w : kNever;
}

std::size_t Wait::limit() {
  return static_cast<std::size_t>(state().config().queue);
}

bool Wait::over(Ticks now) const {
  switch (what) {
    case What::kStream:
      return !process->streams.contains(stream) || stream->context->idle(*stream);
    case What::kQueue:
      return !process->streams.contains(stream) || stream->context->queued(*stream) < limit();
    case What::kContext:
      return !process->contexts.contains(context) || context->idle();
    case What::kEvent:
      return !process->events.contains(event) || happened(*event);
    case What::kTime:
      return now >= until;
  }
  return true;
}

Ticks Wait::expected() const {
  const Context* on = nullptr;
  Ticks w = kNever;
  if (what == What::kTime) return until;
  if (what == What::kStream && process->streams.contains(stream)) {
    on = stream->context;
    w = on->end(*stream);
  } else if (what == What::kQueue && process->streams.contains(stream)) {
    on = stream->context;
    const std::size_t queued = on->queued(*stream);
    if (queued < limit()) return 0;
    const std::size_t first = queued - limit();  // when this one is over, there is room
    if (first < stream->launched.size()) w = stream->launched[first];
  } else if (what == What::kContext && process->contexts.contains(context)) {
    on = context;
    w = on->end();
  } else if (what == What::kEvent && process->events.contains(event) && event->recorded) {
    on = event->context;
    w = fake::end(*event);
  }
  if (on == nullptr) return 0;
  return w == kNever ? kNever : on->engine().when(w);
}

}  // namespace dure::gpu::fake
