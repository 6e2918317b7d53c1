#include "simulate/openb.h"

#include <algorithm>

#include "simulate/csv.h"

namespace dure::simulate {
namespace {

constexpr std::size_t kMostModels = 64;

class Reader {
 public:
  base::Status nodes(std::string_view text);
  base::Status pods(std::string_view text);
  Trace take() && { return std::move(trace_); }

 private:
  base::Status node(const Csv& csv);
  base::Status pod(const Csv& csv);
  base::Result<std::int64_t> model(std::string_view name);
  base::Result<std::uint64_t> models(std::string_view list);

  Trace trace_;
};

base::Result<std::int64_t> Reader::model(std::string_view name) {
  const auto found = std::find(trace_.models.begin(), trace_.models.end(), name);
  if (found != trace_.models.end()) return found - trace_.models.begin();
  if (trace_.models.size() == kMostModels)
    return base::invalid(base::Reason("simulate.too_many_models")
                             .with("count", static_cast<std::int64_t>(kMostModels) + 1)
                             .with("most", static_cast<std::int64_t>(kMostModels)));
  trace_.models.emplace_back(name);
  return static_cast<std::int64_t>(trace_.models.size()) - 1;
}

base::Result<std::uint64_t> Reader::models(std::string_view list) {
  std::uint64_t bits = 0;
  while (!list.empty()) {
    const auto bar = list.find('|');
    const auto name = trimmed(list.substr(0, bar));
    list.remove_prefix(bar == std::string_view::npos ? list.size() : bar + 1);
    if (name.empty()) continue;
    DURE_LET(number, model(name));
    bits |= std::uint64_t{1} << number;
  }
  return bits;
}

base::Status Reader::node(const Csv& csv) {
  placement::Slot slot;
  DURE_LET(cpu, csv.number("cpu_milli", 0, kMostCpuMilli));
  DURE_LET(memory, csv.number("memory_mib", 0, kMostMemoryMib));
  DURE_LET(cards, csv.number("gpu", 0, placement::kMostCardsOfSlot));
  if (csv.text("model").find('|') != std::string_view::npos) return csv.invalid("model");
  DURE_LET(number, model(csv.text("model")));
  slot.cpu_milli = cpu;
  slot.memory = memory;
  slot.cards = cards;
  slot.model = number;
  std::fill_n(slot.free.begin(), cards, static_cast<std::int16_t>(placement::kWholeCard));
  trace_.slots.push_back(slot);
  trace_.node_names.emplace_back(csv.text("sn"));
  return {};
}

base::Status Reader::pod(const Csv& csv) {
  Pod pod;
  DURE_LET(cpu, csv.number("cpu_milli", 0, kMostCpuMilli));
  DURE_LET(memory, csv.number("memory_mib", 0, kMostMemoryMib));
  DURE_LET(cards, csv.number("num_gpu", 0, placement::kMostCardsOfSlot));
  DURE_LET(milli, csv.number("gpu_milli", 0, placement::kWholeCard));
  if (cards > 0 && (milli == 0 || (cards > 1 && milli < placement::kWholeCard)))
    return csv.invalid("gpu_milli");
  DURE_LET(which, models(csv.text("gpu_spec")));
  pod.name = csv.text("name");
  pod.shape = {cpu, memory, cards, cards > 0 ? milli : 0, cards > 0 ? which : 0};
  trace_.pods.push_back(std::move(pod));
  return {};
}

base::Status Reader::nodes(std::string_view text) {
  DURE_LET(csv, Csv::open(text, "nodes"));
  while (csv.next()) DURE_TRY(node(csv));
  if (trace_.slots.empty()) return base::invalid(base::Reason("simulate.empty").with("file", "nodes"));
  return {};
}

base::Status Reader::pods(std::string_view text) {
  DURE_LET(csv, Csv::open(text, "pods"));
  while (csv.next()) DURE_TRY(pod(csv));
  if (trace_.pods.empty()) return base::invalid(base::Reason("simulate.empty").with("file", "pods"));
  return {};
}

}  // namespace

std::int64_t Trace::milli_gpu() const {
  std::int64_t cards = 0;
  for (const auto& slot : slots) cards += slot.cards;
  return cards * placement::kWholeCard;
}

base::Result<Trace> read_openb(std::string_view nodes, std::string_view pods) {
  Reader reader;
  DURE_TRY(reader.nodes(nodes));
  DURE_TRY(reader.pods(pods));
  return std::move(reader).take();
}

}  // namespace dure::simulate
