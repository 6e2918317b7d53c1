// Resident registration numbers may not be processed without a statute (Personal Information Protection Act,
// article 24-2), so forms refuse them wherever text can be written.
//
// Found are thirteen digits that start with a date of birth (YYMMDD) and go on with a digit for century, sex
// and nationality, with or without a separator between the two parts, in ASCII or full-width digits, not
// inside a longer run of digits. The check digit is not asked for: numbers given since October 2020 have
// none.
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/application.h"

namespace dure::wire {

bool has_resident_number(std::string_view text);

// Fails with kInvalid "form.invalid" and one detail "form.resident_number" per text field that holds one. The
// number itself is not repeated in the error. (REQUIRES nothing; call it for forms that came as JSON, too.)
base::Status refuse_resident_numbers(const model::Form1& form);

}  // namespace dure::wire
