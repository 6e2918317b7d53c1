#include "net/head.h"

#include <algorithm>
#include <charconv>

namespace dure::net {
namespace {

// RFC 9110, 5.6.2.
bool token(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

void append_value(std::string& out, std::string_view value) {
  for (const char c : value) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
}

bool server_writes(std::string_view name) {
  switch (name.size()) {
    case 4:
      return equal_ignoring_case(name, "Date");
    case 10:
      return equal_ignoring_case(name, "Connection") || equal_ignoring_case(name, "Keep-Alive");
    case 14:
      return equal_ignoring_case(name, "Content-Length");
    case 17:
      return equal_ignoring_case(name, "Transfer-Encoding");
    default:
      return false;
  }
}

void append_framing(std::string& out, const HeadPlan& plan) {
  if (plan.framing == Framing::kLength) {
    out += "Content-Length: ";
    append_number(out, plan.length);
    out += "\r\n";
  } else if (plan.framing == Framing::kChunked) {
    out += "Transfer-Encoding: chunked\r\n";
  }
  if (plan.own_connection_headers) return;
  if (!plan.keep_alive)
    out += "Connection: close\r\n";
  else if (plan.version < 11)
    out += "Connection: keep-alive\r\n";
}

}  // namespace

void append_head(std::string& out, int status, const Headers& headers, const HeadPlan& plan,
                 const std::string& date_line) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::uint64_t>(status));
  out += ' ';
  out += reason_phrase(status);
  out += "\r\n";
  out += date_line;
  append_framing(out, plan);
  for (const Field& field : headers) {
    const bool own = plan.own_connection_headers && equal_ignoring_case(field.name, "Connection");
    if (!token(field.name) || (server_writes(field.name) && !own)) continue;
    out += field.name;
    out += ": ";
    append_value(out, field.value);
    out += "\r\n";
  }
  out += "\r\n";
}

}  // namespace dure::net
