// Runs in a row of keystrokes: what makes a password easy to type and to guess (G2).
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "access/keyboard.h"

namespace dure::access {

enum class RunKind {
  kCharacters,  // by the alphabet, Latin or Korean, or by number
  kKeys,        // neighbours along a row or down a column
  kZigzag,      // two runs typed alternately, or a short piece shifted along
  kRepetition,  // one key
};

struct KeyRun {
  std::size_t at = 0;  // first stroke
  std::size_t length = 0;
  bool operator==(const KeyRun&) const = default;
};

// The longest run of that kind of at least `run_min` strokes, the first of equals. REQUIRES: run_min >= 2.
//
// A zigzag between two touching rows counts from run_min strokes on, any other two runs typed alternately and
// pieces shifted along from 2 * (run_min - 1) strokes on, a run typed alternately with one standing key from
// 2 * run_min on.
std::optional<KeyRun> longest_run(const std::vector<Stroke>& strokes, RunKind kind, std::size_t run_min);

// Runs by the order of the Korean alphabet on Dubeolsik keys (rsef = ㄱㄴㄷㄹ), read from Latin letters too.
std::optional<KeyRun> longest_korean_run(const std::vector<Stroke>& strokes, std::size_t run_min);

}  // namespace dure::access
