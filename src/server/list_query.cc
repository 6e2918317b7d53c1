#include "server/list_query.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "wire/text.h"

namespace dure::server {
namespace {

constexpr std::int64_t kDefaultLimit = 50;
constexpr std::int64_t kLargestLimit = 500;
constexpr std::string_view kFrom = ".from";
constexpr std::string_view kTo = ".to";

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_name(const FilterField& field, const std::string& text) {
  return std::find(field.names.begin(), field.names.end(), text) != field.names.end();
}

std::optional<ports::Scalar> read_scalar(const FilterField& field, const std::string& text) {
  switch (field.type) {
    case FilterType::kText:
      return ports::Scalar(text);
    case FilterType::kEnum:
      if (is_name(field, text)) return ports::Scalar(text);
      return std::nullopt;
    case FilterType::kWhole:
      if (const auto whole = whole_number(text)) return ports::Scalar(*whole);
      return std::nullopt;
    case FilterType::kBool:
      if (text == "true") return ports::scalar(true);
      if (text == "false") return ports::scalar(false);
      return std::nullopt;
    case FilterType::kInstant:
      if (const auto instant = base::parse_instant(text)) return ports::scalar(*instant);
      return std::nullopt;
    case FilterType::kDate:
      if (const auto date = base::parse_date(text)) return ports::scalar(*date);
      return std::nullopt;
    case FilterType::kNone:
      return std::nullopt;
  }
  return std::nullopt;
}

base::Error refuse_value(const std::string& parameter, const FilterField& field, const std::string& value) {
  if (field.type != FilterType::kEnum)
    return base::invalid(base::Reason("http.filter_value").with("parameter", parameter).with("value", value));
  std::string allowed;
  for (const auto name : field.names) allowed += (allowed.empty() ? "" : ", ") + std::string(name);
  const std::string near(wire::nearest(value, field.names));
  auto reason = near.empty() ? base::Reason("http.filter_choice") : base::Reason("http.filter_choice_near");
  reason.with("parameter", parameter).with("value", value).with("allowed", allowed);
  if (!near.empty()) reason.with("near", near);
  return base::invalid(std::move(reason));
}

const FilterField* find_field(const std::vector<FilterField>& fields, std::string_view name) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const auto& each) { return each.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

base::Result<std::vector<ports::Scalar>> read_values(const net::Field& parameter, const FilterField& field) {
  std::vector<ports::Scalar> values;
  std::size_t begin = 0;
  while (begin <= parameter.value.size()) {
    const std::size_t end = std::min(parameter.value.find(',', begin), parameter.value.size());
    const std::string text = parameter.value.substr(begin, end - begin);
    const auto value = read_scalar(field, text);
    if (!value) return refuse_value(parameter.name, field, text);
    values.push_back(*value);
    begin = end + 1;
  }
  return values;
}

// "created_at.from" is the field created_at and a lower bound.
std::pair<std::string_view, ports::Compare> split_name(std::string_view name) {
  if (name.ends_with(kFrom)) return {name.substr(0, name.size() - kFrom.size()), ports::Compare::kAtLeast};
  if (name.ends_with(kTo)) return {name.substr(0, name.size() - kTo.size()), ports::Compare::kLess};
  return {name, ports::Compare::kEqual};
}

base::Status add_filter(ports::Query& query, const net::Field& parameter,
                        const std::vector<FilterField>& fields) {
  auto [name, compare] = split_name(parameter.name);
  const FilterField* field = find_field(fields, name);
  DURE_ASSERT(field != nullptr);
  DURE_LET(values, read_values(parameter, *field));
  if (values.size() > 1 && compare != ports::Compare::kEqual)
    return refuse_value(parameter.name, *field, parameter.value);
  if (values.size() > 1) compare = ports::Compare::kIn;
  query.all.push_back({std::string(name), compare, std::move(values)});
  return {};
}

base::Status set_limit(ports::Query& query, const net::Field& parameter) {
  const auto limit = whole_number(parameter.value);
  if (!limit || *limit < 1 || *limit > kLargestLimit)
    return base::invalid(base::Reason("http.limit")
                             .with("parameter", parameter.name)
                             .with("largest", kLargestLimit)
                             .with("value", parameter.value));
  query.limit = *limit;
  return {};
}

base::Status set_order(ports::Query& query, const net::Field& parameter,
                       const std::vector<FilterField>& fields) {
  std::string name = parameter.value;
  query.descending = !name.empty() && name.front() == '-';
  if (query.descending) name.erase(0, 1);
  if (!find_field(fields, name))
    return base::invalid(
        base::Reason("http.filter_unknown").with("parameter", "sort").with("value", parameter.value));
  query.order_by = name;
  return {};
}

base::Status set_cursor(ports::Query& query, const net::Field& parameter, const std::string& prefix) {
  if (!parameter.value.starts_with(prefix))
    return base::invalid(base::Reason("cursor.other_list").with("parameter", parameter.name));
  query.cursor = parameter.value.substr(prefix.size());
  return {};
}

base::Error contradiction(const std::string& parameter, const std::string& other) {
  return base::invalid(
      base::Reason("http.filter_contradiction").with("parameter", parameter).with("other", other));
}

const ports::Condition* find_condition(const ports::Query& query, const std::string& field,
                                       ports::Compare compare) {
  const auto found = std::find_if(query.all.begin(), query.all.end(), [&](const auto& each) {
    return each.field == field && each.compare == compare;
  });
  return found == query.all.end() ? nullptr : &*found;
}

// A field that is asked for by value and by range at once, or by a range that ends before it begins.
base::Status check_ranges(const ports::Query& query) {
  for (const auto& condition : query.all) {
    const auto& name = condition.field;
    const bool by_value =
        condition.compare == ports::Compare::kEqual || condition.compare == ports::Compare::kIn;
    const auto* from = find_condition(query, name, ports::Compare::kAtLeast);
    const auto* to = find_condition(query, name, ports::Compare::kLess);
    if (by_value && (from || to)) return contradiction(name, name + std::string(from ? kFrom : kTo));
    if (from && to && !(from->values[0] < to->values[0]))
      return contradiction(name + std::string(kFrom), name + std::string(kTo));
  }
  return {};
}

// FNV-1a. A cursor is no secret and is checked again where it is used: this only tells lists apart.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 14695981039346656037ull;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return value;
}

}  // namespace

std::vector<std::string> list_parameters(const std::vector<FilterField>& fields) {
  std::vector<std::string> names{"limit", "cursor", "sort"};
  for (const auto& field : fields) {
    names.emplace_back(field.name);
    if (!has_ranges(field.type)) continue;
    names.push_back(std::string(field.name) + std::string(kFrom));
    names.push_back(std::string(field.name) + std::string(kTo));
  }
  return names;
}

base::Result<ports::Query> read_list_query(const net::Request& request,
                                           const std::vector<FilterField>& fields) {
  ports::Query query;
  query.limit = kDefaultLimit;
  for (const auto& parameter : request.query) {
    if (parameter.name == "limit") {
      DURE_TRY(set_limit(query, parameter));
    } else if (parameter.name == "cursor") {
      DURE_TRY(set_cursor(query, parameter, cursor_prefix(request)));
    } else if (parameter.name == "sort") {
      DURE_TRY(set_order(query, parameter, fields));
    } else {
      DURE_TRY(add_filter(query, parameter, fields));
    }
  }
  DURE_TRY(check_ranges(query));
  return query;
}

std::string cursor_prefix(const net::Request& request) {
  std::vector<std::string> parts;
  for (const auto& parameter : request.query)
    if (parameter.name != "limit" && parameter.name != "cursor")
      parts.push_back(parameter.name + "=" + parameter.value);
  std::sort(parts.begin(), parts.end());
  std::string list = request.path;
  for (const auto& part : parts) list += "\n" + part;
  char text[18];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash(list)));
  return std::string(text) + ".";
}

}  // namespace dure::server
