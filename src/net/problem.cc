#include <string>

#include "net/server.h"

namespace dure::net {
namespace {

void append_quoted(std::string& out, std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += kDigits[c >> 4];
      out += kDigits[c & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_parameters(std::string& out, const base::Reason& reason) {
  out += '{';
  for (const base::ReasonParameter& parameter : reason.parameters) {
    if (out.back() != '{') out += ',';
    append_quoted(out, parameter.name);
    out += ':';
    if (const auto* number = std::get_if<std::int64_t>(&parameter.value))
      out += std::to_string(*number);
    else
      append_quoted(out, std::get<std::string>(parameter.value));
  }
  out += '}';
}

}  // namespace

Response plain_problem(int status, const base::Reason& reason) {
  std::string body = "{\"status\":" + std::to_string(status) + ",\"title\":";
  append_quoted(body, reason_phrase(status));
  body += ",\"code\":";
  append_quoted(body, reason.code);
  body += ",\"params\":";
  append_parameters(body, reason);
  body += "}\n";
  return Response::text(status, "application/problem+json", std::move(body));
}

}  // namespace dure::net
