#include "access/runs.h"

#include <array>
#include <cstdlib>
#include <initializer_list>

namespace dure::access {
namespace {

// Strokes as numbers in which a run is a constant step. A key is 100 * row + column: a neighbour in the row
// is one away, the keys that it touches in the row below are 100 and 99 away. kNone breaks every run.
using Numbers = std::vector<int>;
constexpr int kNone = -1'000'000;
constexpr std::array kRowSteps{1, -1};
constexpr std::array kKeySteps{1, -1, 100, -100, 99, -99};

bool letter_or_digit(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

Numbers by_character(const std::vector<Stroke>& strokes) {
  Numbers numbers;
  for (const auto& stroke : strokes)
    numbers.push_back(letter_or_digit(stroke.typed) ? static_cast<int>(stroke.character) : kNone);
  return numbers;
}

Numbers by_key(const std::vector<Stroke>& strokes) {
  Numbers numbers;
  for (const auto& stroke : strokes)
    numbers.push_back(stroke.key.row < 0 ? kNone : 100 * stroke.key.row + stroke.key.column);
  return numbers;
}

Numbers by_korean_order(const std::vector<Stroke>& strokes) {
  Numbers numbers;
  for (const auto& stroke : strokes) {
    const int order = dubeolsik_order(stroke.character);
    numbers.push_back(order < 0 ? kNone : order);
  }
  return numbers;
}

// What counts as the same key for repetition: the key, or the character where it has none.
Numbers by_identity(const std::vector<Stroke>& strokes) {
  Numbers numbers;
  for (const auto& stroke : strokes) numbers.push_back(static_cast<int>(stroke.character));
  return numbers;
}

void keep_longer(std::optional<KeyRun>& best, std::size_t at, std::size_t length, std::size_t least) {
  if (length < least) return;
  if (!best || length > best->length || (length == best->length && at < best->at)) best = KeyRun{at, length};
}

// How many numbers from `at` on, `stride` apart, follow each other by `step`.
std::size_t run_length(const Numbers& numbers, std::size_t at, std::size_t stride, int step) {
  if (at >= numbers.size() || numbers[at] == kNone) return 0;
  std::size_t length = 1;
  for (std::size_t i = at; i + stride < numbers.size(); i += stride, ++length)
    if (numbers[i + stride] == kNone || numbers[i + stride] - numbers[i] != step) break;
  return length;
}

template <class Steps>
std::optional<KeyRun> longest_constant_step(const Numbers& numbers, const Steps& steps, std::size_t least) {
  std::optional<KeyRun> best;
  for (std::size_t at = 0; at < numbers.size(); ++at)
    for (const int step : steps) keep_longer(best, at, run_length(numbers, at, 1, step), least);
  return best;
}

bool touching(int a, int b) {
  const int apart = std::abs(a - b);
  return apart == 100 || apart == 99;
}

// To and fro between two touching rows: 1 q 2 w.
void find_touching_zigzag(const Numbers& keys, std::size_t run_min, std::optional<KeyRun>& best) {
  for (std::size_t at = 0; at + 1 < keys.size(); ++at) {
    if (keys[at] == kNone || keys[at + 1] == kNone || !touching(keys[at], keys[at + 1])) continue;
    for (const int step : kRowSteps) {
      const auto first = run_length(keys, at, 2, step);
      const auto second = run_length(keys, at + 1, 2, step);
      const auto length = first > second ? 2 * second + 1 : 2 * first;
      keep_longer(best, at, length, run_min < 4 ? 4 : run_min);
    }
  }
}

// Two runs of any kind typed alternately: 1 a 2 b 3 c; or one beside a key that stands: r k s k e k f k.
void find_interleaved(std::initializer_list<const Numbers*> readings, std::size_t run_min,
                      std::optional<KeyRun>& best) {
  constexpr std::array kSteps{1, -1, 0};
  const auto size = (*readings.begin())->size();
  for (std::size_t at = 0; at < size; ++at)
    for (const auto* even : readings)
      for (const auto* odd : readings)
        for (const int step : kSteps)
          for (const int other : kSteps) {
            if (step == 0 && other == 0) continue;
            const auto pairs = std::min(run_length(*even, at, 2, step), run_length(*odd, at + 1, 2, other));
            const bool one_stands = step == 0 || other == 0;
            keep_longer(best, at, 2 * pairs, 2 * (one_stands ? run_min : run_min - 1));
          }
}

bool shifted_piece(const Numbers& keys, std::size_t at, std::size_t piece, int shift, bool reversed) {
  for (std::size_t i = 0; i < piece; ++i) {
    const auto from = keys[at + i];
    const auto to = keys[at + piece + (reversed ? piece - 1 - i : i)];
    if (from == kNone || to == kNone || to - from != shift) return false;
  }
  return true;
}

// A piece of a row or column and then the same one key further, in the same or in the other direction:
// q a z w s x, q a z x s w.
void find_shifted_pieces(const Numbers& keys, std::size_t run_min, std::optional<KeyRun>& best) {
  const std::size_t piece = run_min - 1;
  if (piece < 3) return;
  for (std::size_t at = 0; at + 2 * piece <= keys.size(); ++at)
    for (const int step : kKeySteps) {
      if (run_length(keys, at, 1, step) < piece) continue;
      for (const int shift : kKeySteps)
        if (shifted_piece(keys, at, piece, shift, false) || shifted_piece(keys, at, piece, shift, true))
          keep_longer(best, at, 2 * piece, 2 * piece);
    }
}

std::optional<KeyRun> longest_zigzag(const std::vector<Stroke>& strokes, std::size_t run_min) {
  std::optional<KeyRun> best;
  const auto keys = by_key(strokes);
  const auto characters = by_character(strokes);
  const auto korean = by_korean_order(strokes);
  find_touching_zigzag(keys, run_min, best);
  find_interleaved({&keys, &characters, &korean}, run_min, best);
  find_shifted_pieces(keys, run_min, best);
  return best;
}

}  // namespace

std::optional<KeyRun> longest_run(const std::vector<Stroke>& strokes, RunKind kind, std::size_t run_min) {
  switch (kind) {
    case RunKind::kCharacters:
      return longest_constant_step(by_character(strokes), kRowSteps, run_min);
    case RunKind::kKeys:
      return longest_constant_step(by_key(strokes), kKeySteps, run_min);
    case RunKind::kRepetition:
      return longest_constant_step(by_identity(strokes), std::array{0}, run_min);
    case RunKind::kZigzag:
      return longest_zigzag(strokes, run_min);
  }
  return std::nullopt;
}

std::optional<KeyRun> longest_korean_run(const std::vector<Stroke>& strokes, std::size_t run_min) {
  return longest_constant_step(by_korean_order(strokes), kRowSteps, run_min);
}

}  // namespace dure::access
