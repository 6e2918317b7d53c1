#include "queue/order.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

namespace dure::queue {
namespace {

// The order among equals in priority.
bool came_before(const Entry& a, const Entry& b) {
  return std::tie(a.queued_at, a.run_id) < std::tie(b.queued_at, b.run_id);
}

std::vector<Entry> sorted(const std::vector<Entry>& entries) {
  std::vector<Entry> list;
  for (const std::size_t i : order(entries)) list.push_back(entries[i]);
  return list;
}

std::vector<Entry>::iterator find(std::vector<Entry>& list, const model::RunId& run_id) {
  return std::find_if(list.begin(), list.end(), [&](const Entry& entry) { return entry.run_id == run_id; });
}

base::Error not_queued(const model::RunId& run_id) {
  return base::error(base::ErrorKind::kNotFound, base::Reason("queue.not_queued").with("run", run_id.text));
}

// Gives the entry at `place` the priority that puts it right before the next one, then lifts those before it
// as far as they need to stay before it.
void fit_priorities(std::vector<Entry>& list, std::size_t place) {
  Entry& moved = list[place];
  if (place + 1 < list.size()) {
    const Entry& next = list[place + 1];
    moved.priority = next.priority + (came_before(moved, next) ? 0 : 1);
  } else if (place > 0) {
    const Entry& former = list[place - 1];
    moved.priority = former.priority - (came_before(former, moved) ? 0 : 1);
  }
  for (std::size_t i = place; i-- > 0;)
    if (!before(list[i], list[i + 1]))
      list[i].priority = list[i + 1].priority + (came_before(list[i], list[i + 1]) ? 0 : 1);
}

Preview difference(const std::vector<Entry>& was, const std::vector<Entry>& is) {
  std::map<model::RunId, std::pair<std::int64_t, std::int64_t>> former;  // position, priority
  for (std::size_t i = 0; i < was.size(); ++i)
    former[was[i].run_id] = {static_cast<std::int64_t>(i) + 1, was[i].priority};
  Preview preview;
  for (std::size_t i = 0; i < is.size(); ++i) {
    const auto [position, priority] = former.at(is[i].run_id);
    if (priority != is[i].priority) preview.changes.push_back({is[i].run_id, priority, is[i].priority});
    const auto new_position = static_cast<std::int64_t>(i) + 1;
    if (position != new_position) preview.shifts.push_back({is[i].run_id, position, new_position});
  }
  return preview;
}

}  // namespace

bool before(const Entry& a, const Entry& b) {
  if (a.priority != b.priority) return a.priority > b.priority;
  return came_before(a, b);
}

std::vector<std::size_t> order(const std::vector<Entry>& entries) {
  std::vector<std::size_t> indices(entries.size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  std::sort(indices.begin(), indices.end(),
            [&](std::size_t a, std::size_t b) { return before(entries[a], entries[b]); });
  return indices;
}

base::Result<Preview> preview(const std::vector<Entry>& entries, const Move& move) {
  if (move.position < 1)
    return base::invalid(base::Reason("queue.bad_position").with("position", move.position));
  const std::vector<Entry> was = sorted(entries);
  std::vector<Entry> is = was;
  const auto found = find(is, move.run_id);
  if (found == is.end()) return not_queued(move.run_id);
  const auto place = static_cast<std::size_t>(
      std::min<std::int64_t>(move.position, static_cast<std::int64_t>(is.size())) - 1);
  if (found == is.begin() + static_cast<std::ptrdiff_t>(place)) return Preview{};
  const Entry moved = *found;
  is.erase(found);
  is.insert(is.begin() + static_cast<std::ptrdiff_t>(place), moved);
  fit_priorities(is, place);
  return difference(was, is);
}

base::Result<Preview> preview_priority(const std::vector<Entry>& entries, const model::RunId& run_id,
                                       std::int64_t priority) {
  const std::vector<Entry> was = sorted(entries);
  std::vector<Entry> is = was;
  const auto found = find(is, run_id);
  if (found == is.end()) return not_queued(run_id);
  found->priority = priority;
  return difference(was, sorted(is));
}

}  // namespace dure::queue
