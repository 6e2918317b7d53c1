// A form file from outside: what is taken reads the same again as JSON and holds no resident number; what is
// refused can be told to a person.
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto form = wire::read_form({reinterpret_cast<const char*>(data), size});
  if (form.ok())
    check_form(*form);
  else
    check_refusal(form.failure());
  return 0;
}
