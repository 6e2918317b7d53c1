// What the offline verbs of the centre share: reasons as programs and people read them.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "base/result.h"
#include "wire/reasons.h"

namespace dure::cli {

// {"code", "parameters", "text", "text_ko", "text_en"}, and "help", "help_ko", "help_en" where there is any;
// text and help in the language asked for.
boost::json::object told(const base::Reason& reason, wire::Language language);
boost::json::array told(const std::vector<base::Reason>& reasons, wire::Language language);

// The sentence in the language asked for.
std::string sentence(const base::Reason& reason, wire::Language language);

// Refuses (kInvalid) "cli.option_missing" {option} where the value is empty.
base::Status option_given(const std::string& value, const char* option);

}  // namespace dure::cli
