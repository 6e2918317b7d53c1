// Inventory: what this node has, as it is reported: cards, images, the engine, processors and memory.
//
// refresh() asks the driver and the engine, which may take long; the rest answers from what the last refresh
// found. A refresh that fails keeps what was known. Thread-safe; refresh() from one thread at a time.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "gpu/node/card_source.h"
#include "model/node_link.h"
#include "node/log.h"
#include "ports/engine.h"

namespace dure::node {

class Inventory {
 public:
  // REQUIRES: both outlive this.
  Inventory(ports::Engine& engine, gpu::CardSource& cards, Log log);

  void refresh();

  std::vector<gpu::Card> cards() const;
  // Fills in the report's cards, images, engine, cpu_milli and memory.
  void describe(model::NodeReport& report) const;
  // The services that the image says it has (P31); empty for an unknown image.
  std::vector<std::string> services_of(const std::string& image) const;

 private:
  ports::Engine& engine_;
  gpu::CardSource& source_;
  Log log_;
  mutable std::mutex mutex_;
  std::vector<gpu::Card> cards_;
  std::vector<model::ImageReport> images_;
  std::string engine_text_;
};

// What an image says about itself by its labels: "dure.software", a list of {"name", "version"}, and
// "dure.services", a list of names, both JSON. A label that cannot be read says nothing.
model::ImageReport image_report(const ports::ImageStatus& image);

}  // namespace dure::node
