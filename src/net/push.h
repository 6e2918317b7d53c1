// Push: the writing end of a body that the server sends as it comes, for event streams and logs.
//
//   Push push = Push::make({});           // in the handler
//   hub.subscribe(push);                  // kept by whoever will write
//   return Response::events(push);
//
// A Push is a handle; its copies share one stream. What is written before the head has gone out waits in the
// buffer. The stream ends by close() of any copy, when the reader goes away, when the server stops, or when
// the reader is too slow: then the buffer is over its limit and the connection is dropped. A stream whose
// handles are all gone ends as by close(). All functions may be called from any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace dure::net {

struct PushState;

class Push {
 public:
  struct Options {
    std::size_t buffer_limit = 256 * 1024;  // bytes that may wait for the reader
    // Written when nothing else was for that long, so that both ends notice a dead connection; "" for never.
    std::string keep_alive = ":\n\n";
    base::Span keep_alive_every = base::Span::seconds(15);
  };

  static Push make(Options options);

  // Queues the bytes; false when the stream is closed (also by this very write, over the limit).
  bool write(std::string_view bytes) const;
  // The same, but waits until there is room or the time is over; false when closed or late. Never on an I/O
  // thread.
  bool write_wait(std::string_view bytes, base::Span timeout) const;
  // Sends what is queued and ends the body. Further writes are refused.
  void close() const;
  bool closed() const;
  // Calls `call` once when the stream has ended for whatever reason, at once when it has already. It runs on
  // the thread that ended it, often an I/O thread: it must not block. One callback; a second replaces it.
  void on_close(std::function<void()> call) const;

  // Inside net/: the shared state.
  const std::shared_ptr<PushState>& state() const { return state_; }

 private:
  explicit Push(std::shared_ptr<PushState> state) : state_(std::move(state)) {}

  std::shared_ptr<PushState> state_;
  std::shared_ptr<void> last_handle_;  // ends the stream when the last copy outside the server is gone
};

// One event of an event stream in its wire form (HTML standard, 9.2.5). Line ends in `data` become several
// data lines; `id` and `event` are left out when empty. REQUIRES: no line end or NUL in id and event.
std::string event_text(std::string_view id, std::string_view event, std::string_view data);

// Takes an event stream apart as it arrives.
struct Event {
  std::string id;     // the last id seen
  std::string event;  // "message" where none was named
  std::string data;
};
class EventReader {
 public:
  // Calls `on_event` for each event that the bytes complete. A line over 1 MiB is cut off there.
  void feed(std::string_view bytes, const std::function<void(Event)>& on_event);

 private:
  void take_line(std::string_view line, const std::function<void(Event)>& on_event);

  std::string line_;
  Event event_;
  bool has_data_ = false;
  bool after_cr_ = false;
};

}  // namespace dure::net
