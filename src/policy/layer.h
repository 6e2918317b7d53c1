// A layer: one policy file, read, checked against the key table, and hashed.
//
// Files are YAML (docs/formats/policy-pack.md). Each value is written as {value, source, confidence, note}: a
// value without a source is refused. The tree of values below is what a file comes down to; the typed pack
// (pack.h) is made from one or more layers by merge().
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace dure::policy {

// Later ones win over earlier ones; floors stand apart: they never set a value, they bound it.
enum class LayerKind { kDefault, kFloors, kCentre, kProgramme, kTrack, kCall, kWhatIf };

// How sure the pack's author is that `value` is what `source` says.
enum class Confidence {
  kStated,       // stated: the source says it
  kInterpreted,  // interpreted: our reading of an unclear source
  kChosen,       // chosen: the source is silent
  kUnverified,   // unverified: quoted from a second hand
};

// A value as written, typed by the key table: truth, whole number, text, list or record.
// Dates, lengths, amounts of bytes and names of a closed set are texts here, already checked.
struct Value {
  using List = std::vector<Value>;
  using Record = std::map<std::string, Value>;
  std::variant<bool, std::int64_t, std::string, List, Record> data = false;
  bool operator==(const Value&) const = default;
};

// 1-based; 0 = unknown (built in, or made from canonical text).
struct Position {
  std::int64_t line = 0;
  std::int64_t column = 0;
  bool operator==(const Position&) const = default;
};

struct Entry {
  Value value;
  bool none = false;  // the key is set to "none": an optional value is taken away
  std::string source;
  Confidence confidence = Confidence::kStated;
  std::string note;
  Position position;
  bool operator==(const Entry&) const = default;
};

// min: not smaller; max: not greater; equal: exactly this.
enum class Direction { kMin, kMax, kEqual };

struct Floor {
  Value limit;
  Direction direction = Direction::kMin;
  std::string when;  // a key with a truth value that must be true for the floor to hold; "" = always
  std::string source;
  Confidence confidence = Confidence::kStated;
  std::string layer;  // id of the layer it came from
  bool operator==(const Floor&) const = default;
};

struct Layer {
  std::string name;  // of the file, for messages
  LayerKind kind = LayerKind::kProgramme;
  std::string id;
  std::string version;
  std::string over;  // id of the layer that it is written over; "" = whatever lies below
  Position over_position;
  std::map<std::string, Entry> entries;              // by dotted key
  std::map<std::string, std::vector<Floor>> floors;  // by dotted key; only of kFloors
  std::string canonical;  // JSON, sorted, without positions, comments and name; parse_layer reads it back
  std::string hash;       // SHA-256 of it, lower-case hexadecimal
};

// Limits of a policy file; more is refused before or while it is parsed.
inline constexpr std::size_t kMaxLayerBytes = 256 * 1024;
inline constexpr std::size_t kMaxLayerNodes = 20'000;
inline constexpr int kMaxLayerDepth = 16;

// Something to tell the author of a file.
struct Finding {
  enum class Severity { kError, kWarning };
  Severity severity = Severity::kError;
  std::string pointer;  // JSON pointer into the file
  Position position;
  base::Reason reason;  // codes "policy.…"
  std::string file;     // where it lies in another file than the one that was checked, else ""
  bool operator==(const Finding&) const = default;
};

// Reads and checks one file. The error (kInvalid or kTooLarge) is "policy.file_refused" with one detail for
// each finding; details carry line and column as parameters.
base::Result<Layer> parse_layer(std::string_view text, std::string_view name);

// All findings of a file, errors and warnings; `below`: the layers that it is merged over (floors included).
// Without them the file is checked alone.
std::vector<Finding> check(std::string_view text, std::string_view name,
                           const std::vector<Layer>& below = {});

// SHA-256 as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace dure::policy
