// What must not matter to a decision: the zone and the language of the machine, and how it writes numbers.
#pragma once

#include <clocale>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <locale>
#include <string>
#include <vector>

namespace dure::identity {

// FNV-1a over 64 bits.
class Digest {
 public:
  void add(const std::string& text) {
    for (const char c : text) take(static_cast<unsigned char>(c));
    take(0);
  }
  std::uint64_t value() const { return value_; }

 private:
  void take(unsigned char byte) {
    value_ ^= byte;
    value_ *= 0x100000001b3ULL;
  }
  std::uint64_t value_ = 0xcbf29ce484222325ULL;
};

// Numbers as some countries write them: 1.234.567,8.
class Grouped : public std::numpunct<char> {
 protected:
  char do_thousands_sep() const override { return '.'; }
  char do_decimal_point() const override { return ','; }
  std::string do_grouping() const override { return "\3"; }
};

struct Surroundings {
  const char* zone;    // of the environment variable TZ
  const char* locale;  // of the C library; one that is not installed is left out
  bool grouped;        // whether C++ streams group digits
};

inline const std::vector<Surroundings>& surroundings() {
  static const std::vector<Surroundings> kAll{{"UTC", "C", false},
                                              {"Asia/Seoul", "C.UTF-8", false},
                                              {"America/Los_Angeles", "ko_KR.UTF-8", true},
                                              {"Pacific/Kiritimati", "tr_TR.UTF-8", true},
                                              {"Pacific/Pago_Pago", "de_DE.UTF-8", false}};
  return kAll;
}

// Lives in them, and goes back.
class Within {
 public:
  explicit Within(const Surroundings& place) : before_(std::locale()) {
    setenv("TZ", place.zone, 1);
    tzset();
    std::setlocale(LC_ALL, place.locale);
    if (place.grouped) std::locale::global(std::locale(std::locale::classic(), new Grouped));
  }
  ~Within() {
    std::locale::global(before_);
    std::setlocale(LC_ALL, "C");
    unsetenv("TZ");
    tzset();
  }
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;

 private:
  std::locale before_;
};

}  // namespace dure::identity
