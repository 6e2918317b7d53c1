#include "server/list_query.h"

#include <algorithm>
#include <charconv>

namespace dure::server {
namespace {

constexpr std::int64_t kDefaultLimit = 50;
constexpr std::int64_t kLargestLimit = 500;

std::optional<std::int64_t> read_whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<ports::Scalar> read_scalar(FilterType type, const std::string& text) {
  switch (type) {
    case FilterType::kText:
      return ports::Scalar(text);
    case FilterType::kWhole:
      if (const auto whole = read_whole(text)) return ports::Scalar(*whole);
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

base::Error refuse(const std::string& parameter, const std::string& code, const std::string& value) {
  return base::invalid(base::Reason(code).with("parameter", parameter).with("value", value));
}

const FilterField* find_field(const std::vector<FilterField>& fields, std::string_view name) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const auto& each) { return each.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

base::Result<std::vector<ports::Scalar>> read_values(const net::Field& parameter, FilterType type) {
  std::vector<ports::Scalar> values;
  std::size_t begin = 0;
  while (begin <= parameter.value.size()) {
    const std::size_t end = std::min(parameter.value.find(',', begin), parameter.value.size());
    const auto value = read_scalar(type, parameter.value.substr(begin, end - begin));
    if (!value) return refuse(parameter.name, "http.filter_value", parameter.value);
    values.push_back(*value);
    begin = end + 1;
  }
  return values;
}

base::Status add_filter(ports::Query& query, const net::Field& parameter,
                        const std::vector<FilterField>& fields) {
  std::string name = parameter.name;
  auto compare = ports::Compare::kEqual;
  if (name.size() > 5 && name.ends_with(".from")) {
    compare = ports::Compare::kAtLeast;
    name.resize(name.size() - 5);
  } else if (name.size() > 3 && name.ends_with(".to")) {
    compare = ports::Compare::kLess;
    name.resize(name.size() - 3);
  }
  const FilterField* field = find_field(fields, name);
  if (!field) return refuse(parameter.name, "http.filter_unknown", parameter.value);
  DURE_LET(values, read_values(parameter, field->type));
  if (values.size() > 1 && compare != ports::Compare::kEqual)
    return refuse(parameter.name, "http.filter_value", parameter.value);
  if (values.size() > 1) compare = ports::Compare::kIn;
  query.all.push_back({name, compare, std::move(values)});
  return {};
}

base::Status set_limit(ports::Query& query, const net::Field& parameter) {
  const auto limit = read_whole(parameter.value);
  if (!limit || *limit < 1 || *limit > kLargestLimit)
    return base::invalid(
        base::Reason("http.limit").with("largest", kLargestLimit).with("value", parameter.value));
  query.limit = *limit;
  return {};
}

base::Status set_order(ports::Query& query, const net::Field& parameter,
                       const std::vector<FilterField>& fields) {
  std::string name = parameter.value;
  query.descending = !name.empty() && name.front() == '-';
  if (query.descending) name.erase(0, 1);
  if (!find_field(fields, name)) return refuse("sort", "http.filter_unknown", parameter.value);
  query.order_by = name;
  return {};
}

}  // namespace

base::Result<ports::Query> read_list_query(const net::Request& request,
                                           const std::vector<FilterField>& fields,
                                           const std::set<std::string, std::less<>>& ignored) {
  ports::Query query;
  query.limit = kDefaultLimit;
  for (const auto& parameter : request.query) {
    if (ignored.contains(parameter.name)) continue;
    if (parameter.name == "limit") {
      DURE_TRY(set_limit(query, parameter));
    } else if (parameter.name == "cursor") {
      query.cursor = parameter.value;
    } else if (parameter.name == "sort") {
      DURE_TRY(set_order(query, parameter, fields));
    } else {
      DURE_TRY(add_filter(query, parameter, fields));
    }
  }
  return query;
}

}  // namespace dure::server
