#include "policy/type.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <utility>

#include "base/quantity.h"

namespace dure::policy {
namespace {

struct ByteUnit {
  std::string_view name;
  std::int64_t bytes;
};
constexpr std::array<ByteUnit, 9> kByteUnits{{{"TiB", 1LL << 40},
                                              {"TB", 1'000'000'000'000},
                                              {"GiB", 1LL << 30},
                                              {"GB", 1'000'000'000},
                                              {"MiB", 1LL << 20},
                                              {"MB", 1'000'000},
                                              {"KiB", 1LL << 10},
                                              {"kB", 1000},
                                              {"B", 1}}};

// Korean words for the units of numbers; a unit without an entry is printed as it is.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kUnitsKo{{{"characters", "자"},
                                                                                  {"days", "일"},
                                                                                  {"hours", "시간"},
                                                                                  {"minutes", "분"},
                                                                                  {"times", "회"},
                                                                                  {"points", "점"},
                                                                                  {"people", "명"},
                                                                                  {"connections", "개 접속"},
                                                                                  {"KRW", "원"},
                                                                                  {"cores", "코어"},
                                                                                  {"bytes", "바이트"},
                                                                                  {"months", "월"},
                                                                                  {"files", "개"},
                                                                                  {"entries", "개"},
                                                                                  {"workloads", "개"},
                                                                                  {"passwords", "개"}}};

std::string unit_ko(std::string_view unit) {
  for (const auto& [en, ko] : kUnitsKo) {
    if (en == unit) return std::string(ko);
  }
  return std::string(unit);
}

std::string field_names(const Type& type) {
  std::string all;
  for (const FieldType& field : type.fields) {
    all += (all.empty() ? "" : ", ") + field.name + (field.required ? "" : "?");
  }
  return all;
}

std::string range(const Type& type) {
  std::string text = ", " + std::to_string(type.min) + " ..";
  if (type.max < kMaxNumber) text += " " + std::to_string(type.max);
  return text;
}

std::string plain_en(const Type& type) {
  switch (type.kind) {
    case Kind::kBool:
      return "true or false";
    case Kind::kNumber:
      return "whole number" + range(type) + (type.unit.empty() ? "" : " " + type.unit);
    case Kind::kText:
      return type.form == Form::kId ? "id" : type.form == Form::kHex64 ? "SHA-256" : "text";
    case Kind::kDate:
      return "date";
    case Kind::kLength:
      return "length (\"6 months\")";
    case Kind::kBytes:
      return "amount of bytes (\"320 GiB\")";
    case Kind::kMilliGpu:
      return "amount of GPU (\"8 GPU\", \"30 blocks\")";
    case Kind::kName:
      return "one of: " + join(type.names);
    case Kind::kList:
      return "list of " + describe_type_en(*type.item);
    case Kind::kRecord:
      return "{" + field_names(type) + "}";
  }
  return "";
}

std::string plain_ko(const Type& type) {
  switch (type.kind) {
    case Kind::kBool:
      return "true 또는 false";
    case Kind::kNumber:
      return "정수" + range(type) + (type.unit.empty() ? "" : " " + unit_ko(type.unit));
    case Kind::kText:
      return type.form == Form::kId ? "식별자" : type.form == Form::kHex64 ? "SHA-256" : "글";
    case Kind::kDate:
      return "날짜";
    case Kind::kLength:
      return "기간(\"6 months\")";
    case Kind::kBytes:
      return "용량(\"320 GiB\")";
    case Kind::kMilliGpu:
      return "GPU 양(\"8 GPU\", \"30 blocks\")";
    case Kind::kName:
      return "다음 중 하나: " + join(type.names);
    case Kind::kList:
      return "목록: " + describe_type_ko(*type.item);
    case Kind::kRecord:
      return "{" + field_names(type) + "}";
  }
  return "";
}

std::string display_bytes(std::int64_t bytes) {
  for (const ByteUnit& unit : kByteUnits) {
    if (bytes != 0 && bytes % unit.bytes == 0) {
      return std::to_string(bytes / unit.bytes) + " " + std::string(unit.name);
    }
  }
  return std::to_string(bytes);
}

std::string display_milli_gpu(std::int64_t milli) {
  if (milli % 1000 == 0) return std::to_string(milli / 1000) + " GPU";
  if (milli % 10 == 0) return std::to_string(milli / 10) + " blocks";
  return std::to_string(milli) + " milli-GPU";
}

void append_json_text(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json(std::string& out, const Value& value) {
  if (const auto* truth = std::get_if<bool>(&value.data)) {
    out += *truth ? "true" : "false";
  } else if (const auto* number = std::get_if<std::int64_t>(&value.data)) {
    out += std::to_string(*number);
  } else if (const auto* text = std::get_if<std::string>(&value.data)) {
    append_json_text(out, *text);
  } else if (const auto* list = std::get_if<Value::List>(&value.data)) {
    out += '[';
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (i != 0) out += ", ";
      append_json(out, (*list)[i]);
    }
    out += ']';
  } else {
    out += '{';
    bool first = true;
    for (const auto& [name, field] : std::get<Value::Record>(value.data)) {
      if (!first) out += ", ";
      first = false;
      append_json_text(out, name);
      out += ": ";
      append_json(out, field);
    }
    out += '}';
  }
}

// Splits "8 GPU" into 8 and "GPU"; a bare number has the unit "".
std::optional<std::pair<std::int64_t, std::string_view>> number_and_unit(std::string_view text) {
  const std::size_t space = text.find(' ');
  const auto number = parse_number(text.substr(0, space));
  if (!number) return std::nullopt;
  if (space == std::string_view::npos) return std::pair{*number, std::string_view()};
  return std::pair{*number, text.substr(space + 1)};
}

std::optional<std::int64_t> times(std::int64_t number, std::int64_t factor) {
  const base::Wide product = static_cast<base::Wide>(number) * factor;
  if (product > std::numeric_limits<std::int64_t>::max() / 2 || product < 0) return std::nullopt;
  return static_cast<std::int64_t>(product);
}

}  // namespace

std::string join(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

std::string describe_type_en(const Type& type) {
  return plain_en(type) + (type.optional ? ", or none" : "");
}

std::string describe_type_ko(const Type& type) {
  return plain_ko(type) + (type.optional ? ", 또는 none" : "");
}

std::string to_json(const Value& value) {
  std::string out;
  append_json(out, value);
  return out;
}

std::string display(const Value& value, const Type& type) {
  if (const auto* number = std::get_if<std::int64_t>(&value.data)) {
    if (type.kind == Kind::kBytes) return display_bytes(*number);
    if (type.kind == Kind::kMilliGpu) return display_milli_gpu(*number);
    return std::to_string(*number);
  }
  if (const auto* text = std::get_if<std::string>(&value.data)) return *text;
  return to_json(value);
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc{} || rest != end) return std::nullopt;
  const std::string_view digits = text.front() == '-' ? text.substr(1) : text;
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;  // not octal, not padded
  return number;
}

std::optional<std::int64_t> parse_milli_gpu(std::string_view text) {
  const auto split = number_and_unit(text);
  if (!split) return std::nullopt;
  const auto [number, unit] = *split;
  if (unit.empty() || unit == "milli-GPU") return number;
  if (unit == "GPU") return times(number, 1000);
  if (unit == "block" || unit == "blocks") return times(number, 10);
  return std::nullopt;
}

std::optional<std::int64_t> parse_bytes(std::string_view text) {
  const auto split = number_and_unit(text);
  if (!split) return std::nullopt;
  if (split->second.empty()) return split->first;
  for (const ByteUnit& unit : kByteUnits) {
    if (unit.name == split->second) return times(split->first, unit.bytes);
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse_basis_points(std::string_view text) {
  if (text.size() < 3 || text.substr(text.size() - 2) != " %") return parse_number(text);
  text.remove_suffix(2);
  const std::size_t point = text.find('.');
  const auto whole = parse_number(text.substr(0, point));
  if (!whole || *whole < 0 || *whole > kMaxNumber) return std::nullopt;
  std::int64_t hundredths = 0;
  if (point != std::string_view::npos) {
    const std::string_view part = text.substr(point + 1);
    if (part.empty() || part.size() > 2) return std::nullopt;
    for (const char c : part) {
      if (c < '0' || c > '9') return std::nullopt;
      hundredths = hundredths * 10 + (c - '0');
    }
    if (part.size() == 1) hundredths *= 10;
  }
  return *whole * 100 + hundredths;
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > 64) return "";
  std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
  std::string found;
  for (const std::string& candidate : candidates) {
    // Levenshtein's distance, one row at a time.
    std::vector<std::size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= word.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= candidate.size(); ++j) {
        const std::size_t replaced = diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
      }
    }
    if (row.back() < best) {
      best = row.back();
      found = candidate;
    }
  }
  return found;
}

base::Reason with_suggestion(std::string code, std::string_view word,
                             const std::vector<std::string>& candidates) {
  std::string found = nearest(word, candidates);
  if (found.empty()) return base::Reason(std::move(code));
  return base::Reason(code + "_near").with("suggestion", std::move(found));
}

}  // namespace dure::policy
