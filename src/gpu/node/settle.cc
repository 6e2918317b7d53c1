#include "gpu/node/settle.h"

#include <algorithm>

namespace dure::gpu {
namespace {

struct Edge {
  std::uint64_t at_ns;
  bool begins;
  std::size_t span;  // index into Part
};

// A span's part within the bounds.
struct Part {
  std::size_t tenant;
  const BusySpan* of;
  std::uint64_t length_ns;
  std::uint64_t since_milli_ns = 0;  // the integral of 1/n where it began
};

}  // namespace

std::vector<Settled> settle(std::span<const Sharer> sharers, std::size_t tenants, std::uint64_t from_ns,
                            std::uint64_t to_ns, std::uint64_t* turn_milli_ns) {
  std::vector<Part> parts;
  std::vector<Edge> edges;
  for (const Sharer& sharer : sharers)
    for (const BusySpan& span : sharer.spans) {
      const std::uint64_t from = std::max(span.from_ns, from_ns);
      const std::uint64_t to = std::min(span.to_ns, to_ns);
      if (from >= to) continue;
      edges.push_back({from, true, parts.size()});
      edges.push_back({to, false, parts.size()});
      parts.push_back({sharer.tenant, &span, to - from});
    }
  std::ranges::sort(edges, {}, &Edge::at_ns);
  std::vector<Settled> settled(tenants);
  std::uint64_t integral = 0;
  std::uint64_t busy = 0;
  std::uint64_t idle = 0;
  std::uint64_t last = from_ns;
  for (const Edge& edge : edges) {
    if (busy > 0)
      integral += (edge.at_ns - last) * 1000 / busy;
    else
      idle += edge.at_ns - last;
    last = edge.at_ns;
    Part& part = parts[edge.span];
    if (edge.begins) {
      ++busy;
      part.since_milli_ns = integral;
      continue;
    }
    --busy;
    Settled& tenant = settled[part.tenant];
    if (part.of->presumed) {
      tenant.presumed_elapsed_ns += part.length_ns;
      tenant.presumed_device_milli_ns += integral - part.since_milli_ns;
      continue;
    }
    tenant.elapsed_ns += part.length_ns;
    tenant.device_milli_ns += integral - part.since_milli_ns;
    tenant.charged_milli_ns += part.length_ns * part.of->charged_milli;
  }
  if (turn_milli_ns != nullptr) *turn_milli_ns = integral + (idle + to_ns - last) * 1000;
  return settled;
}

}  // namespace dure::gpu
