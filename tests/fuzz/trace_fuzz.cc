// Traces from raw bytes: two CSV files, read and filled.
//
// What must hold for every input that is not refused: what was read, written down again, reads back the same;
// every rule fills it without giving out what is not there (placement's own promises), and places what it
// says. What is refused has a code.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "simulate/fill.h"

namespace {

using dure::simulate::Filling;
using dure::simulate::Trace;

// Where the nodes end and the pods begin.
constexpr std::string_view kBetween = "\n--\n";

std::string spec_of(const Trace& trace, std::uint64_t models) {
  std::string list;
  for (std::size_t i = 0; i < trace.models.size(); ++i)
    if ((models >> i & 1) != 0) list += (list.empty() ? "" : "|") + trace.models[i];
  return list;
}

std::string nodes_of(const Trace& trace) {
  std::string text = "sn,cpu_milli,memory_mib,gpu,model\n";
  for (std::size_t i = 0; i < trace.slots.size(); ++i) {
    const auto& slot = trace.slots[i];
    text += trace.node_names[i] + "," + std::to_string(slot.cpu_milli) + "," + std::to_string(slot.memory) +
            "," + std::to_string(slot.cards) + "," + trace.models[static_cast<std::size_t>(slot.model)] +
            "\n";
  }
  return text;
}

std::string pods_of(const Trace& trace) {
  std::string text = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n";
  for (const auto& pod : trace.pods)
    text += pod.name + "," + std::to_string(pod.shape.cpu_milli) + "," + std::to_string(pod.shape.memory) +
            "," + std::to_string(pod.shape.cards) + "," + std::to_string(pod.shape.milli_gpu) + "," +
            spec_of(trace, pod.shape.models) + "\n";
  return text;
}

void fill_all(const Trace& trace) {
  for (const auto rule : dure::simulate::rule_names()) {
    auto fill = dure::simulate::Fill::prepare(trace, rule, Filling{1, 1300});
    DURE_ASSERT(fill.ok());
    const auto filled = fill->run();
    DURE_ASSERT(filled.failed <= filled.arrived);
    for (const auto& percent : filled.allocated_pct)
      DURE_ASSERT(!percent || (*percent >= 0 && *percent <= 100));
  }
}

// Small enough to be filled often: a pod that asks for next to nothing is drawn again and again.
bool small(const Trace& trace) {
  std::int64_t least = dure::placement::kWholeCard, sum = 0;
  for (const auto& pod : trace.pods) {
    if (pod.shape.cards > 0) least = std::min(least, pod.shape.total_milli_gpu());
    sum += pod.shape.total_milli_gpu();
  }
  return trace.slots.size() <= 20 && trace.pods.size() <= 50 &&
         (sum == 0 || trace.milli_gpu() / least <= 2000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto between = text.find(kBetween);
  if (between == std::string_view::npos) return -1;
  const auto trace =
      dure::simulate::read_openb(text.substr(0, between + 1), text.substr(between + kBetween.size()));
  if (!trace.ok()) {
    DURE_ASSERT(trace.failure().reason.code.starts_with("simulate."));
    return 0;
  }
  for (const auto& pod : trace->pods) DURE_ASSERT(pod.name.find('\n') == std::string::npos);
  const auto again = dure::simulate::read_openb(nodes_of(*trace), pods_of(*trace));
  DURE_ASSERT(again.ok() && again->slots.size() == trace->slots.size() &&
              again->pods.size() == trace->pods.size());
  DURE_ASSERT(nodes_of(*again) == nodes_of(*trace) && pods_of(*again) == pods_of(*trace));
  if (small(*trace)) fill_all(*trace);
  return 0;
}
