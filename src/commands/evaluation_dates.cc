#include "commands/evaluation_dates.h"

#include "commands/reads.h"
#include "commands/rows.h"

namespace dure::commands {
namespace {

base::Status open_call(Work& work, model::Call call) {
  call.state = model::CallState::kOpen;
  DURE_TRY(work.save(work.tx.calls(), call));
  DURE_TRY(work.publish("call.opened", "calls/" + call.id.text, resource_of(call)));
  return work.audit("calls.open", "calls/" + call.id.text, resource_of(call));
}

// Those whose opening has come.
base::Result<std::int64_t> open_calls(Work& work) {
  DURE_LET(due, load_all(work.tx.calls(), ports::Query{}
                                              .where("state", model::CallState::kAnnounced)
                                              .where("opens_at", work.now, ports::Compare::kAtMost)));
  for (const auto& each : due) DURE_TRY(open_call(work, each));
  return static_cast<std::int64_t>(due.size());
}

}  // namespace

base::Result<std::int64_t> keep_evaluations(Work& work) {
  return open_calls(work);
}

}  // namespace dure::commands
