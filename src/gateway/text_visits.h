// LogVisit and ExecVisit: what a replica printed, as text that may go on; and a command's result, as JSON.
#pragma once

#include <string>

#include "gateway/visit.h"

namespace dure::gateway {

// text/plain, chunked, for as long as the node sends.
class LogVisit : public Visit {
 public:
  using Visit::Visit;

 protected:
  void on_stream() override;

 private:
  void pass_on();
};

// Waits for the node's whole answer (model::ExecAnswer).
class ExecVisit : public Visit {
 public:
  using Visit::Visit;

 protected:
  void on_stream() override { collect(); }

 private:
  void collect();
  void answer();

  std::string received_;
};

}  // namespace dure::gateway
