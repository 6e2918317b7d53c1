// A form file from outside: what is taken reads the same again as JSON and holds no resident number, and is
// screened and planned whatever stands in it; what is refused can be told to a person.
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "calendar/period.h"
#include "programme/award.h"
#include "programme/eligibility.h"
#include "wire/form_file.h"
#include "wire/json.h"
#include "wire/problem.h"
#include "wire/resident_number.h"

namespace {

namespace wire = dure::wire;

void check_refusal(const dure::base::Error& error) {
  DURE_ASSERT(error.details.size() <= wire::kMaxDetails);
  for (const auto language : {wire::Language::kKorean, wire::Language::kEnglish})
    DURE_ASSERT(wire::parse(wire::problem(error, language).body).ok());
}

void check_form(const dure::model::Form1& form) {
  const std::string text = wire::json_text(form, wire::Out::everything());
  DURE_ASSERT(wire::refuse_resident_numbers(form).ok());
  const auto again = wire::read_json<dure::model::Form1>(text);
  DURE_ASSERT(again.ok());
  DURE_ASSERT(wire::json_text(*again, wire::Out::everything()) == text);
  DURE_ASSERT(wire::parse(wire::json_text(form)).ok());
}

// As a stranger's form is, on its way to an award.
void check_screening(const dure::model::Form1& form) {
  namespace programme = dure::programme;
  programme::Facts facts;
  facts.received_on = {2026, 8, 21};
  DURE_ASSERT(!programme::screen(form, facts, {}).items.empty());
  const auto plan = programme::plan_period(form.starts_on, form.months, {1000, dure::calendar::Unit::kYears});
  if (!plan.ok()) return;
  const dure::calendar::DueRule rule{{1000, dure::calendar::Unit::kYears}, {}, {}, 0};
  DURE_ASSERT(plan->ends_on <= dure::calendar::due_date(plan->ends_on, rule, {}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto form = wire::read_form({reinterpret_cast<const char*>(data), size});
  if (!form.ok()) {
    check_refusal(form.failure());
    return 0;
  }
  check_form(*form);
  check_screening(*form);
  return 0;
}
