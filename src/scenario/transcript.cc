#include "scenario/transcript.h"

#include <cstdint>

namespace dure::scenario {
namespace {

std::string two_digits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

std::string local_text(base::Instant instant, const calendar::Zone& zone) {
  const auto local = calendar::local_time(instant, zone);
  const std::int64_t minutes = local.microsecond_of_day / 60'000'000;
  return base::to_text(local.date) + " " + two_digits(minutes / 60) + ":" + two_digits(minutes % 60);
}

void Transcript::heading(const std::string& text) {
  if (quiet_ > 0) return;
  text_ += (text_.empty() ? "" : "\n") + std::string("## ") + text + "\n";
}

void Transcript::step(base::Instant now, const std::string& who, const std::string& text) {
  ++steps_;
  if (quiet_ > 0) return;
  const auto time = local_text(now, zone_);
  if (time != last_time_) text_ += "\n" + time + "\n";
  last_time_ = time;
  text_ += "  " + who + (who.empty() ? "" : ": ") + text + "\n";
}

void Transcript::line(const std::string& text) {
  if (quiet_ > 0) return;
  text_ += "      " + text + "\n";
}

void Transcript::shown(const std::string& path, const std::string& value) {
  line("  " + path + " = " + value);
}

void Transcript::checked(const std::string& path, const std::string& value) {
  ++checks_;
  line("✓ " + path + " = " + value);
}

void Transcript::refused(const std::string& what, const std::string& answer) {
  text_ += "      ✗ " + what + "\n        " + answer + "\n";
}

void Transcript::missed(const std::string& path, const std::string& value, const std::string& wanted) {
  ++checks_;
  ++misses_;
  text_ += "      ✗ " + path + " = " + value + ", not " + wanted + "\n";
}

}  // namespace dure::scenario
