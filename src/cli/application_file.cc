#include "cli/application_file.h"

#include <boost/json/value.hpp>

#include "programme/facts_check.h"
#include "wire/json_impl.h"

namespace dure::cli {

base::Result<ApplicationFile> application_of(const boost::json::value& tree) {
  DURE_LET(file, wire::from_json<ApplicationFile>(tree, {.required = {"form", "facts/received_on"}}));
  if (const auto days = programme::check_facts(file.facts); !days) {
    auto failure = days.failure();
    for (auto& detail : failure.details) detail.pointer = "/facts" + detail.pointer;
    return failure;
  }
  if (file.form.answers && file.facts.answers.empty()) file.facts.answers = *file.form.answers;
  return std::move(file);
}

}  // namespace dure::cli
