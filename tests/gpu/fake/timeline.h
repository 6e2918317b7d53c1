// Contexts, streams and events as points on time lines.
//
// As soon as an operation's predecessors are known, its own beginning and end are: points in W of its
// context's device (engine.h). What is not known yet waits in its stream: everything behind a host function
// that has not run, and behind an event of another context. When such a thing has happened, `pump` schedules
// what it held up.
//
// All of this is called with both locks held (world.h).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <vector>

#include "gpu/fake/engine.h"
#include "gpu/fake/fake.h"

namespace dure::gpu::fake {

class Process;
class Graph;
struct GraphNode;
struct Module;
class Context;
struct Event;

// The end of an operation that is not scheduled yet.
struct Mark {
  Context* context = nullptr;
  bool known = false;
  Ticks w = 0;
  bool timed = false;  // `t` is known too
  Ticks t = 0;
  std::vector<std::function<void()>> then;  // to be called once it is known
};
using MarkRef = std::shared_ptr<Mark>;

struct Op {
  enum class Kind { kWork, kHost };
  Kind kind = Kind::kWork;
  Ticks length = 0;                   // kWork: of device time
  std::function<void()> act;          // kHost: the function; runs without locks
  std::function<void(Ticks)> at_end;  // with the locks, as soon as the end is known
  std::vector<MarkRef> after;         // besides what precedes it in its stream
  MarkRef done;
  Ticks not_before = 0;
  bool launch = false;  // takes a place in the stream's queue
};

struct Stream {
  Context* context = nullptr;
  unsigned flags = 0;
  int priority = 0;
  std::uint64_t id = 0;
  bool blocking = true;        // synchronises with the legacy stream
  bool visible = true;         // not one of a graph's branches
  bool doomed = false;         // destroyed, with work left
  Ticks tail = 0;              // the end of what is scheduled
  std::deque<Ticks> launched;  // the ends of launches that may not be over
  std::deque<Op> waiting;      // what is not
  bool front_is_due = false;
  MarkRef last;  // of the last of `waiting`

  // Capture.
  struct Capture {
    std::shared_ptr<Graph> graph;
    Stream* origin = nullptr;  // that began it
    std::uint64_t id = 0;
    int mode = 0;
    bool invalid = false;
    bool ended = false;
    bool own_graph = true;  // made by the capture
  };
  std::shared_ptr<Capture> capture;      // shared by all streams that joined it
  std::vector<GraphNode*> capture_last;  // what the stream's next operation depends on
};

struct Event {
  Context* context = nullptr;
  unsigned flags = 0;
  bool recorded = false;
  Ticks w = 0;  // known if `mark` is null
  MarkRef mark;
  bool resolved = false;
  Ticks t = 0;                               // when it happened, if resolved
  std::shared_ptr<Stream::Capture> capture;  // recorded in a stream that captures
  std::vector<GraphNode*> captured;
};

class Context {
 public:
  Context(Process* owner, int on_device, int engine_slot, unsigned with_flags);

  Process* const process;
  const int device;
  const int slot;
  unsigned flags;
  std::uint64_t id = 0;
  bool primary = false;
  int attached = 0;
  std::map<int, std::size_t> limits;
  std::uint64_t overhead = 0;  // bytes granted for the context itself, its heap and local memory included
  std::uint64_t local = 0;     // the latter
  std::uint64_t heap = 0;
  Stream* legacy = nullptr;
  std::map<int, Stream*> per_thread;
  std::vector<Stream*> streams;  // all, those two kinds too
  std::vector<Module*> modules;
  int waiting = 0;    // operations that are not scheduled, in all streams
  int capturing = 0;  // streams that capture globally

  // Puts an operation behind what is in the stream, and schedules it if that is possible now.
  void put(Stream& stream, Op op);
  void record(Stream& stream, Event& event);
  void wait(Stream& stream, Event& event);
  // Work of so much device time, not before `ready` (>= W): when it ends.
  Ticks place(Ticks ready, Ticks length);
  // Schedules what can be by now.
  void pump();

  // How many launches are in the stream; forgets those that are over.
  std::size_t queued(Stream& stream) const;
  bool idle(const Stream& stream) const;
  bool idle() const;
  // Where W must be for all of it to be done; kNever while that is not known.
  Ticks end(const Stream& stream) const;
  Ticks end() const;
  // Everything is gone, as on a destruction or a reset.
  void drop();

  Engine& engine() const;

 private:
  bool deps_known(const Op& op) const;
  bool start_front(Stream& stream);
  Ticks schedule(Stream& stream, const Op& op, Ticks ready);
  void barriers(const Stream& stream, Op& op) const;
  void make_due(Stream& stream, Ticks ready);
  void finish_front(Stream& stream, Ticks end);

  // When each of the `concurrent` places for kernels is free again.
  std::priority_queue<Ticks, std::vector<Ticks>, std::greater<>> places_;
};

// Whether it has happened; finds out when.
bool happened(Event& event);
// Where W of the event's context must be; kNever: not known yet.
Ticks end(const Event& event);

// What a call that blocks waits for.
struct Wait {
  enum class What { kStream, kQueue, kContext, kEvent, kTime };
  What what = What::kTime;
  std::shared_ptr<Process> process;
  Stream* stream = nullptr;
  Context* context = nullptr;
  Event* event = nullptr;
  Ticks until = 0;
  fake_wait outside = {};  // what the hook is shown

  bool over(Ticks now) const;
  // In ticks; kNever: not as things stand.
  Ticks expected() const;

 private:
  static std::size_t limit();
};

}  // namespace dure::gpu::fake
