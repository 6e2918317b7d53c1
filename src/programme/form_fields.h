// Form 1's fields by the names that packs use ("applicant.name"), and what can be wrong with each by itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/application.h"

namespace dure::programme {

// Names of `required` whose field is empty, in that order. A name that is no field counts as empty.
std::vector<std::string> missing_fields(const model::Form1& form, const std::vector<std::string>& required);

// What the field says, "" where it says nothing or there is no such field.
std::string field_text(const model::Form1& form, const std::string& name);

// One detail per field that is wrong whatever the programme; empty fields are not wrong.
std::vector<base::Detail> form_faults(const model::Form1& form, bool resident_numbers_refused);

// A mail address as far as a form can tell: one @, something before it, a dot in the domain, no space.
bool mail_address(const std::string& text);

}  // namespace dure::programme
