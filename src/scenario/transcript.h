// What was played, as text for people: the same script gives the same text, byte for byte. Nothing of it
// holds an id, a token or a password, unless the script shows one.
#pragma once

#include <string>

#include "base/time.h"
#include "calendar/zone.h"

namespace dure::scenario {

class Transcript {
 public:
  explicit Transcript(calendar::Zone zone) : zone_(std::move(zone)) {}

  void heading(const std::string& text);
  // A step: who did what. The time stands before it where it is another than before.
  void step(base::Instant now, const std::string& who, const std::string& text);
  void line(const std::string& text);                             // under the step, as it stands
  void shown(const std::string& path, const std::string& value);  // a figure that is told
  void checked(const std::string& path, const std::string& value);
  // The play ends here: written also while it is quiet.
  void refused(const std::string& what, const std::string& answer);
  void missed(const std::string& path, const std::string& value, const std::string& wanted);

  // While it is quiet, steps are counted and nothing is written but what was missed.
  void be_quiet(bool quiet) { quiet_ += quiet ? 1 : -1; }

  const std::string& text() const { return text_; }
  int steps() const { return steps_; }
  int checks() const { return checks_; }
  int misses() const { return misses_; }

 private:
  calendar::Zone zone_;
  std::string text_;
  std::string last_time_;
  int steps_ = 0;
  int checks_ = 0;
  int misses_ = 0;
  int quiet_ = 0;
};

// "2026-09-01 09:00" in the zone.
std::string local_text(base::Instant instant, const calendar::Zone& zone);

}  // namespace dure::scenario
