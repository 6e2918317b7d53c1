// What a value of the key table may look like. Used to check a file, to describe a key, and to print a value.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/layer.h"

namespace dure::policy {

enum class Kind { kBool, kNumber, kText, kDate, kLength, kBytes, kMilliGpu, kName, kList, kRecord };

// any: up to 4'000 characters, lines allowed. line: one line, up to 400. id: lower case, digits, ". _ -".
enum class Form { kAny, kLine, kId, kHex64 };

struct Type;
using TypePointer = std::shared_ptr<const Type>;

struct FieldType {
  std::string name;
  TypePointer type;
  bool required = false;
};

struct Type {
  Kind kind = Kind::kText;
  bool optional = false;  // may be "none"
  std::int64_t min = 0;   // numbers, bytes, milli-GPU
  std::int64_t max = 0;
  std::string unit;  // numbers: "days", "bp", "KRW", …
  Form form = Form::kLine;
  std::vector<std::string> names;  // kName
  TypePointer item;                // kList
  std::vector<FieldType> fields;   // kRecord
};

inline constexpr std::int64_t kMaxNumber = 1'000'000'000'000;
inline constexpr std::size_t kMaxItems = 500;

// "whole number, 1 .. 128 characters".
std::string describe_type_en(const Type& type);
std::string describe_type_ko(const Type& type);

// For people: "8 GPU", "320 GiB", "6 months", lists and records as JSON.
std::string display(const Value& value, const Type& type);

// Canonical JSON: no spaces but after ':' and ',', keys sorted, non-ASCII as it is.
std::string to_json(const Value& value);

// Amounts as written: "8 GPU", "30 blocks", "500 milli-GPU", or milli-GPU as a plain number.
std::optional<std::int64_t> parse_milli_gpu(std::string_view text);
// "320 GiB", "1 TB", or bytes as a plain number.
std::optional<std::int64_t> parse_bytes(std::string_view text);
// Digits with an optional '-'; basis points also as "30 %" or "7.5 %".
std::optional<std::int64_t> parse_number(std::string_view text);
std::optional<std::int64_t> parse_basis_points(std::string_view text);

// The reason `code`, or, where a candidate is near to the word, `code`_near with it as "suggestion".
base::Reason with_suggestion(std::string code, std::string_view word,
                             const std::vector<std::string>& candidates);

// The nearest of the candidates by edits (at most a third of the word), or "".
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

// "a, b, c"
std::string join(const std::vector<std::string>& words);

}  // namespace dure::policy
