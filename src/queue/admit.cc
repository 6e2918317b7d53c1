#include "queue/admit.h"

#include <algorithm>

#include "model/ranges.h"
#include "placement/place.h"

namespace dure::queue {
namespace {

std::string pointer_of(const std::string& code) {
  if (code == "placement.blocks_out_of_range" || code == "placement.whole_cards_only") return "/blocks";
  if (code == "placement.too_many_cards" || code == "placement.blocks_only") return "/cards";
  if (code == "placement.too_much_cpu") return "/cpu_milli";
  if (code == "placement.too_much_memory") return "/memory_bytes";
  if (code == "placement.too_many_replicas" || code == "placement.too_many_apart") return "/replicas";
  if (code == "placement.unknown_model" || code == "placement.model_not_in_pool") return "/model";
  return "";
}

base::Error error_at(base::ErrorKind kind, const std::string& pointer, const base::Reason& reason) {
  return base::error(kind, reason, {{pointer, reason}});
}

// Before anything is computed with them. Blocks have a refusal of their own, in the terms of cards
// (possible()).
base::Status within_range(const model::WorkloadSpec& spec) {
  for (const auto& [pointer, reason] : model::out_of_range(spec)) {
    if (pointer == "/blocks") continue;
    const auto value = std::get<std::int64_t>(*reason.find("value"));
    if (value < 0)
      return error_at(base::ErrorKind::kInvalid, pointer,
                      base::Reason("queue.negative").with("field", pointer.substr(1)));
    const bool too_little = value < std::get<std::int64_t>(*reason.find("least"));
    return error_at(too_little ? base::ErrorKind::kInvalid : base::ErrorKind::kNotEver, pointer, reason);
  }
  return {};
}

// What no engine starts a container with.
base::Status enough_to_start(const model::WorkloadSpec& spec) {
  const auto check = [](const char* field, std::int64_t asked, std::int64_t least) -> base::Status {
    if (asked >= least) return {};
    return error_at(
        base::ErrorKind::kNotEver, std::string("/") + field,
        base::Reason("queue.below_least").with("field", field).with("asked", asked).with("least", least));
  };
  DURE_TRY(check("cpu_milli", spec.cpu_milli, model::kLeastCpuMilli));
  return check("memory_bytes", spec.memory.value, model::kLeastMemory);
}

base::Status ever_possible(const placement::Request& request, const placement::Cluster& cluster) {
  const auto refusal = placement::possible(cluster, request);
  if (!refusal) return {};
  if (refusal->reason.code == "placement.contradictory")
    return error_at(base::ErrorKind::kInvalid, "", refusal->reason);
  const auto kind = refusal->kind == placement::RefusalKind::kNotAllowed ? base::ErrorKind::kNotAllowed
                                                                         : base::ErrorKind::kNotEver;
  return error_at(kind, pointer_of(refusal->reason.code), refusal->reason);
}

base::Status check_allocated(const model::WorkloadSpec& spec, const Admission& admission) {
  if (!may_run(admission.state) && !may_run_later(admission.state))
    return error_at(base::ErrorKind::kNotAllowed, "",
                    base::Reason("queue.allocation_not_active")
                        .with("state", std::string(model::to_text(admission.state))));
  const std::string& model = admission.limit.model;
  if (spec.model.empty() || model.empty() || spec.model == model) return {};
  if (const auto instance = placement::parse_mig_model(spec.model);
      instance && instance->model->name == model)
    return {};
  return error_at(base::ErrorKind::kNotAllowed, "/model",
                  base::Reason("queue.model_not_allocated")
                      .with("asked_model", spec.model)
                      .with("allocated_model", model));
}

// "100, 200, 400": the menu in blocks.
std::string menu_text(const std::vector<base::MilliGpu>& menu) {
  std::string text;
  for (const base::MilliGpu& amount : menu)
    text += (text.empty() ? "" : ", ") + std::to_string(amount.value / 10);
  return text;
}

base::Status on_menu(const Amount& asked, const Admission& admission, const model::WorkloadSpec& spec) {
  const auto& menu = admission.menu;
  if (menu.empty() || asked.gpu.value == 0) return {};
  if (std::find(menu.begin(), menu.end(), asked.gpu) != menu.end()) return {};
  return error_at(base::ErrorKind::kNotAllowed, spec.cards > 0 ? "/cards" : "/blocks",
                  base::Reason("queue.not_on_menu")
                      .with("asked_blocks", asked.gpu.value / 10)
                      .with("menu_blocks", menu_text(menu)));
}

base::Status under(const Ceiling& ceiling, const Amount& asked, const std::string& scope) {
  if (auto reason = passed(ceiling, {}, asked, scope))
    return base::error(base::ErrorKind::kNotAllowed, *std::move(reason));
  return {};
}

}  // namespace

base::Status admit(const model::WorkloadSpec& spec, const Admission& admission,
                   const placement::Cluster& cluster) {
  DURE_TRY(within_range(spec));
  // What can never be placed has no defaults, either (defaults.h): so that is said first.
  const placement::Request request = placement::request_of(spec, admission.pool);
  DURE_TRY(ever_possible(request, cluster));
  DURE_TRY(enough_to_start(spec));
  DURE_TRY(check_allocated(spec, admission));
  const Amount asked = amount_of(request, placement::largest_card_memory(cluster, spec.model));
  DURE_TRY(on_menu(asked, admission, spec));
  const auto most =
      with_borrowed(ceiling_of(admission.limit), spec.preemptible ? admission.borrow_percent : 0);
  DURE_TRY(under(most, asked, "allocation"));
  DURE_TRY(under(admission.account, asked, "account"));
  DURE_TRY(under(admission.account_quota, asked, "account"));
  DURE_TRY(under(admission.project, asked, "project"));
  return under(admission.organisation, asked, "organisation");
}

}  // namespace dure::queue
