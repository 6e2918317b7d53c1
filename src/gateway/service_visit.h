// ServiceVisit: a request to a service in a workload, answered by it (P6, P17).
//
// The response's head is read, checked and rewritten (gateway/forward.h); the body goes through as it comes.
// A WebSocket, once the service has agreed to it, is two connections tied together.
#pragma once

#include <string>

#include "gateway/forward.h"
#include "gateway/visit.h"

namespace dure::gateway {

class ServiceVisit : public Visit {
 public:
  ServiceVisit(Hall hall, VisitOrder order, const net::Request& request, Place place);

 protected:
  void on_stream() override;
  bool watches_client() const override { return !websocket_; }

 private:
  void read_head();
  void take_head(std::size_t end);
  void send_body(std::string bytes, BodyLength left);
  void read_body(BodyLength left);
  void become_websocket(std::string early);

  std::string request_;
  std::string method_;
  Place place_;
  bool websocket_;
  std::string received_;
};

}  // namespace dure::gateway
