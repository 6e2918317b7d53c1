#include "wire/particle.h"

#include <array>

#include "wire/text.h"

namespace dure::wire {
namespace {

enum class Ending { kUnknown, kVowel, kConsonant, kRieul };

// How the last syllable of a number ends when it is read aloud: 영, 일, 이, 삼, 사, 오, 육, 칠, 팔, 구. (A
// number that ends in zeros ends in 십, 백, 천 or 만: 영 and these all end in a consonant.)
constexpr std::array<Ending, 10> kDigits{
    Ending::kConsonant, Ending::kRieul,     Ending::kVowel, Ending::kConsonant, Ending::kVowel,
    Ending::kVowel,     Ending::kConsonant, Ending::kRieul, Ending::kRieul,     Ending::kVowel};

Ending ending_of(std::string_view word) {
  if (word.empty()) return Ending::kUnknown;
  if (word.back() >= '0' && word.back() <= '9') return kDigits[static_cast<std::size_t>(word.back() - '0')];
  if (word.size() < 3 || utf8_length(word, word.size() - 3) != 3) return Ending::kUnknown;
  const char32_t last = code_point(word, word.size() - 3, 3);
  if (last < 0xac00 || last > 0xd7a3) return Ending::kUnknown;
  const char32_t final = (last - 0xac00) % 28;  // the final consonant's number; 0 is none, 8 is rieul
  return final == 0 ? Ending::kVowel : final == 8 ? Ending::kRieul : Ending::kConsonant;
}

struct Forms {
  std::string_view pattern;
  std::string_view after_consonant;
  std::string_view after_vowel;
  std::string_view after_rieul;
};
constexpr std::array<Forms, 7> kForms{{{"을(를)", "을", "를", "을"},
                                       {"를(을)", "을", "를", "을"},
                                       {"이(가)", "이", "가", "이"},
                                       {"은(는)", "은", "는", "은"},
                                       {"과(와)", "과", "와", "과"},
                                       {"(으)로", "으로", "로", "로"},
                                       {"(이)", "이", "", "이"}}};

}  // namespace

Particle choose_particle(std::string_view word, std::string_view text) {
  for (const auto& forms : kForms) {
    if (!text.starts_with(forms.pattern)) continue;
    switch (ending_of(word)) {
      case Ending::kUnknown:
        return {};
      case Ending::kVowel:
        return {forms.pattern.size(), forms.after_vowel};
      case Ending::kConsonant:
        return {forms.pattern.size(), forms.after_consonant};
      case Ending::kRieul:
        return {forms.pattern.size(), forms.after_rieul};
    }
  }
  return {};
}

}  // namespace dure::wire
