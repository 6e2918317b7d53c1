// Terminals: those that are open on this node, by stream, and the sizes that they are to have.
//
// A window that is dragged sends sizes faster than an engine takes them: the newest one counts, the ones
// before it are left out, and none is lost that came last. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "model/gateway_link.h"
#include "ports/engine.h"

namespace dure::node {

class Terminals {
 public:
  void add(const std::string& stream_id, std::shared_ptr<ports::ExecStream> terminal);
  // Ends it as well, where nobody uses it just now. May block.
  void remove(const std::string& stream_id);

  // Notes the size. True where the caller is to see that apply() is called (on a thread that may block).
  bool want(const model::StreamResize& resize);
  void apply(const std::string& stream_id);

 private:
  struct Open {
    std::shared_ptr<ports::ExecStream> terminal;
    std::optional<model::StreamResize> wanted;
    bool applying = false;
  };

  std::mutex mutex_;
  std::map<std::string, Open> open_;
};

}  // namespace dure::node
