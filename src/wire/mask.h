// How personal data is shown to those who may not see it: enough to recognise, too little to use.
//
//   name      홍길동 -> 홍*동, 홍길 -> 홍*, John Smith -> J*** S****
//   phone     010-1234-5678 -> 010-****-5678
//   e-mail    abcdef@example.kr -> ab***@example.kr
//   address   울산광역시 남구 무거동 123 -> 울산광역시 남구 무거동 ***
//   network   203.0.113.7 -> 203.0.113.*; 2001:db8:1:2::7 -> 2001:db8:1:*
//   rest      ***
//
// No law prescribes a pattern; these are common Korean practice. The text is UTF-8; characters are counted as
// people see them (a syllable of conjoining jamo is one). Empty text stays empty. A text that does not look
// like what its rule expects is hidden wholly. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace dure::wire {

enum class MaskRule { kWhole, kName, kPhone, kEmail, kAddress, kNetwork };

// The rule for a personal field of that name; kWhole for a name that no rule knows. A field called "address"
// may hold either kind; mask() looks at the text.
MaskRule mask_rule(std::string_view field_name);

std::string mask(MaskRule rule, std::string_view text);

std::string mask_name(std::string_view text);
std::string mask_phone(std::string_view text);
std::string mask_email(std::string_view text);
std::string mask_address(std::string_view text);
std::string mask_network(std::string_view text);

}  // namespace dure::wire
