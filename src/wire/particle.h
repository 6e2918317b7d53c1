// Korean particles that depend on the sound before them: 서버를 but 작업을.
#pragma once

#include <cstddef>
#include <string_view>

namespace dure::wire {

struct Particle {
  std::size_t pattern_size = 0;  // bytes of "을(를)" at the start of the text; 0 where none stands there
  std::string_view chosen;       // what to write instead
};

// Looks whether `text` starts with a particle written in both forms, and chooses the one that follows `word`.
// A word whose sound is not known (a Latin letter, a symbol) keeps both forms.
Particle choose_particle(std::string_view word, std::string_view text);

}  // namespace dure::wire
