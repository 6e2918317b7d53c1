#include "gateway/service_visit.h"

#include <algorithm>

#include "net/pipe.h"

namespace dure::gateway {
namespace {

constexpr std::size_t kMostHead = 64 * 1024;

base::Error broken(const char* why) {
  return base::error(base::ErrorKind::kUnavailable,
                     base::Reason("gateway.answer_malformed").with("why", why));
}

}  // namespace

ServiceVisit::ServiceVisit(Hall hall, VisitOrder order, const net::Request& request, Place place)
    : Visit(hall, std::move(order)),
      request_(upstream_request(request, place)),
      method_(request.method),
      place_(std::move(place)),
      websocket_(wants_websocket(request)) {}

void ServiceVisit::on_stream() {
  // A service may answer and close before it has read all of a body: its answer is looked for in any case.
  stream().write(std::move(request_), [me = self<ServiceVisit>()](const base::Status&) { me->read_head(); });
}

void ServiceVisit::read_head() {
  stream().read([me = self<ServiceVisit>()](base::Result<std::string> bytes) {
    if (!bytes.ok() || bytes->empty()) return me->refuse(broken("closed before the answer"));
    me->received_ += *bytes;
    const auto end = me->received_.find("\r\n\r\n");
    if (end != std::string::npos) return me->take_head(end + 4);
    if (me->received_.size() > kMostHead) return me->refuse(broken("head too long"));
    me->read_head();
  });
}

void ServiceVisit::take_head(std::size_t end) {
  const auto head = parse_response_head(std::string_view(received_).substr(0, end));
  received_.erase(0, end);
  if (!head.ok()) return refuse(head.failure());
  const bool switched = head->status == 101;
  if (switched && !websocket_) return refuse(broken("unasked upgrade"));
  if (head->status < 200 && !switched) {  // an interim answer; the real one follows
    const auto next = received_.find("\r\n\r\n");
    return next == std::string::npos ? read_head() : take_head(next + 4);
  }
  const auto length = body_length(*head, method_);
  if (!length.ok()) return refuse(length.failure());
  send(downstream_head(*head, place_), [me = self<ServiceVisit>(), switched, body = *length] {
    std::string early;
    early.swap(me->received_);
    if (switched) return me->become_websocket(std::move(early));
    me->send_body(std::move(early), body);
  });
}

void ServiceVisit::send_body(std::string bytes, BodyLength left) {
  if (left.kind == BodyLength::kNone) return finish();
  if (left.kind == BodyLength::kCounted) {
    bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), left.bytes)));
    left.bytes -= bytes.size();
  }
  const auto next = [me = self<ServiceVisit>(), left] {
    if (left.kind == BodyLength::kCounted && left.bytes == 0) return me->finish();
    me->read_body(left);
  };
  if (bytes.empty()) return next();
  send(std::move(bytes), next);
}

void ServiceVisit::read_body(BodyLength left) {
  stream().read([me = self<ServiceVisit>(), left](base::Result<std::string> bytes) {
    // A body that breaks off is shown as broken: the connection ends at once.
    if (!bytes.ok()) return me->drop();
    if (!bytes->empty()) return me->send_body(std::move(*bytes), left);
    if (left.kind == BodyLength::kCounted) return me->drop();
    me->finish();
  });
}

void ServiceVisit::become_websocket(std::string early) {
  const auto tie = [me = self<ServiceVisit>()] {
    net::PipeOptions options;
    options.idle_timeout = base::Span::hours(12);
    options.go_on = [mark = me->order().mark] { return !ended(mark); };
    net::splice(std::move(me->client()), std::move(me->stream()), std::move(options),
                [](const net::PipeReport&) {});
  };
  if (early.empty()) return tie();
  send(std::move(early), tie);
}

}  // namespace dure::gateway
