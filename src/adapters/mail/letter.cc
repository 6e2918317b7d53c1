#include "adapters/mail/letter.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace dure::mail {
namespace {

constexpr std::size_t kPlainLimit = 60;  // of a header that is left as it is
constexpr std::size_t kWordBytes = 39;   // of one encoded word: 52 letters, with its frame within 75
constexpr std::size_t kLineBytes = 57;   // of a line of the body: 76 letters

std::string base64(std::string_view bytes) {
  static constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) text += k <= count ? kLetters[(group >> (18 - 6 * k)) & 63] : '=';
  }
  return text;
}

bool is_plain(char each) {
  return each >= ' ' && each <= '~';
}
bool continues_a_character(char each) {
  return (static_cast<unsigned char>(each) & 0xC0) == 0x80;
}

std::string one_line(std::string_view text) {
  std::string line(text);
  for (auto& each : line)
    if (static_cast<unsigned char>(each) < ' ' || each == 0x7F) each = ' ';
  return line;
}

// The longest beginning of at most `most` bytes that ends between two characters.
std::size_t piece(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text.size();
  std::size_t end = most;
  while (end > 0 && continues_a_character(text[end])) --end;
  return end == 0 ? most : end;
}

// Line ends as CRLF, whatever they were.
std::string with_crlf(std::string_view text) {
  std::string lines;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (text[i] == '\n' || text[i] == '\r')
      lines += "\r\n";
    else
      lines += text[i];
  }
  return lines;
}

std::string body_lines(std::string_view text) {
  const std::string whole = with_crlf(text) + "\r\n";
  std::string lines;
  for (std::size_t i = 0; i < whole.size(); i += kLineBytes)
    lines += base64(std::string_view(whole).substr(i, kLineBytes)) + "\r\n";
  return lines;
}

std::string mailbox(const ports::MailSettings& settings) {
  if (settings.from_name.empty()) return "<" + settings.from + ">";
  const auto name = header_text(settings.from_name);
  const bool encoded = name.starts_with("=?");
  std::string quoted;
  for (const char each : name) {
    if (!encoded && (each == '"' || each == '\\')) quoted += '\\';
    quoted += each;
  }
  return (encoded ? quoted : "\"" + quoted + "\"") + " <" + settings.from + ">";
}

}  // namespace

std::string header_text(std::string_view text) {
  std::string line = one_line(text);
  const bool plain = std::all_of(line.begin(), line.end(), is_plain);
  if (plain && line.size() <= kPlainLimit && line.find("=?") == std::string::npos) return line;
  std::string words;
  for (std::string_view rest = line; !rest.empty();) {
    const std::size_t count = piece(rest, kWordBytes);
    words += (words.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + base64(rest.substr(0, count)) + "?=";
    rest.remove_prefix(count);
  }
  return words;
}

std::string message_id(std::string_view key, std::string_view from) {
  const auto at = from.rfind('@');
  const auto domain = at == std::string_view::npos ? "localhost" : from.substr(at + 1);
  return "<" + one_line(key) + "@" + one_line(domain) + ">";
}

std::string date_text(base::Instant instant) {
  static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string iso = base::to_text(instant);  // "2026-09-01T00:00:00Z"
  const auto date = *base::parse_date(std::string_view(iso).substr(0, 10));
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %s +0000",
                kDays[static_cast<std::size_t>(base::weekday(date))], date.day,
                kMonths[static_cast<std::size_t>(date.month - 1)], date.year, iso.substr(11, 8).c_str());
  return text.data();
}

std::string letter(const ports::OutgoingMessage& message, const ports::MailSettings& settings) {
  return "From: " + mailbox(settings) + "\r\nTo: <" + message.email +
         ">\r\nSubject: " + header_text(message.title) + "\r\nDate: " + date_text(message.at) +
         "\r\nMessage-ID: " + message_id(message.key, settings.from) +
         "\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
         "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
         body_lines(message.text);
}

}  // namespace dure::mail
