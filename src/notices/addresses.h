// What a mail address and a mobile number may look like before anything is sent there. Pure.
#pragma once

#include <string>
#include <string_view>

namespace dure::notices {

// name@domain as SMTP carries it without quoting or UTF-8 extensions (RFC 5321, 4.1.2): printable ASCII, no
// blank, one "@", a domain of letters, digits, dots and hyphens with a dot in it; at most 254 characters.
bool is_mail_address(std::string_view text);

// The digits of a mobile number ("010-1234-5678", "+82 10 1234 5678"), with a leading "+" where it has one;
// "" where it is none: other characters than digits, blanks, "-", "(" and ")", or not 8 to 15 digits.
std::string dialled(std::string_view text);

}  // namespace dure::notices
