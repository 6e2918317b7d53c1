// The catalogue of reasons: a stable code with parameters becomes a sentence, only at the edge.
//
// The catalogue is api/reasons/*.json, all files together, compiled into this library, and shared with the
// console. An entry is
//   "area.code": {"params": ["name", …], "ko": "…{name}…", "en": "…", "help_ko": "…", "help_en": "…"}
// A parameter stands as {name}; where its text is a term of the code ("allocation", "gpu_blocks"), the entry
// "word.<text>" has the word for people. Korean particles that depend on the word before them are written
// 을(를), 이(가), 은(는), 과(와), (으)로 behind a parameter, and the right one is chosen (wire/particle.h).
//
// The catalogue is read once, on first use, and then immutable; all functions may be called from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/reason.h"

namespace dure::wire {

enum class Language { kKorean, kEnglish };

// The language that an Accept-Language header (RFC 9110, 12.5.4) likes best of the two; Korean where it says
// nothing usable.
Language pick_language(std::string_view accept_language);

// "ko", "en": as in Content-Language.
std::string_view language_tag(Language language);

struct Rendered {
  std::string text;
  std::string help;  // what would help; "" where there is nothing to say
};

// An unknown code is its own text; a parameter that the reason lacks stays as {name}.
Rendered render(const base::Reason& reason, Language language);

// One entry, for tests and for tools that list the catalogue.
struct CatalogueEntry {
  std::string code;
  std::string file;  // "store.json"
  std::vector<std::string> params;
  std::string ko, en, help_ko, help_en;
};
const std::vector<CatalogueEntry>& catalogue();
const CatalogueEntry* find_reason(std::string_view code);
// What is wrong in the compiled-in files ("store.json: …"); such entries are left out. Empty in a good build.
const std::vector<std::string>& catalogue_faults();

}  // namespace dure::wire
