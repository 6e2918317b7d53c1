// Visit: one browser's (or client's) request that is answered from a stream of a node.
//
// A visit owns the client's connection, asks the node for the stream, and ends when either side does. It
// lives on the server's one I/O thread and keeps itself alive by its pending operations. What kind of answer
// it is made into is the derived class's: a service's response, a text that follows a log, a command's
// result.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gateway/guests.h"
#include "gateway/node_links.h"
#include "gateway/ticker.h"
#include "net/connection.h"
#include "net/message.h"
#include "wire/reasons.h"

namespace dure::gateway {

// What every visit needs; outlives all of them.
struct Hall {
  NodeLinks& links;
  Ticker& ticker;
};

struct VisitOrder {
  model::NodeId node;
  model::StreamOrder stream;
  base::Span patience = base::Span::seconds(90);
  wire::Language language = wire::Language::kKorean;
  std::string path;  // for the problem
  Mark mark;         // whether he may still be here: looked at whenever bytes move
};

class Visit : public std::enable_shared_from_this<Visit> {
 public:
  Visit(Hall hall, VisitOrder order) : hall_(hall), order_(std::move(order)) {}
  virtual ~Visit() = default;
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  // Begins, on the I/O thread. REQUIRES: owned by a shared_ptr.
  void begin(net::Connection client);

 protected:
  // The stream is there: stream() may be used.
  virtual void on_stream() = 0;
  // Whether the client's connection is read while waiting, so that its end is noticed. Not where its bytes
  // belong to the stream.
  virtual bool watches_client() const { return true; }

  net::Connection& client() { return client_; }
  net::Connection& stream() { return stream_; }
  const VisitOrder& order() const { return order_; }
  Hall hall() const { return hall_; }

  // Answers with a problem and ends.
  void refuse(const base::Error& error);
  // Sends `bytes` to the client; then `next`, unless the client has gone, which ends the visit.
  void send(std::string bytes, std::function<void()> next);
  // Ends: the client's side gently (what was sent arrives), the stream's at once.
  void finish();
  void drop();

  template <class Self>
  std::shared_ptr<Self> self() {
    return std::static_pointer_cast<Self>(shared_from_this());
  }

 private:
  void watch_client();

  Hall hall_;
  VisitOrder order_;
  net::Connection client_;
  net::Connection stream_;
  std::string stream_id_;
  bool reading_client_ = false;
  bool finishing_ = false;
  bool over_ = false;
};

// An answer of the gateway itself, as bytes, for a connection that was taken over.
std::string plain_answer(int status, std::string_view content_type, std::string_view body);
// The fields that every answer of the gateway's own carries: nothing may embed, sniff, keep or script it.
net::Headers own_headers();
net::Response problem_response(const base::Error& error, wire::Language language, const std::string& path);
// The error of a node's failure.
base::Error error_of(const model::StreamFailure& failure);

}  // namespace dure::gateway
