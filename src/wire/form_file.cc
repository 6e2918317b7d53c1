#include "wire/form_file.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "wire/json_impl.h"
#include "wire/resident_scan.h"
#include "wire/text.h"
#include "wire/yaml_tree.h"

namespace dure::wire {
namespace {

namespace json = boost::json;
using base::Reason;
using Places = std::map<std::string, Place>;

constexpr std::size_t kMaxFormBytes = 256 << 10;
constexpr YamlLimits kFormLimits{.max_depth = 16, .max_nodes = 5000};

Place place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const auto lines = std::count(before.begin(), before.end(), '\n');
  return {lines + 1, static_cast<std::int64_t>(characters(before.substr(line_start)).size()) + 1, false};
}

Reason at_place(Reason reason, const Place& place) {
  return std::move(reason).with("line", place.line).with("column", place.column);
}

// The offset of the first byte that no form may hold, or npos.
std::size_t unreadable_at(std::string_view text) {
  const auto control = std::find_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
  });
  const auto first =
      control == text.end() ? std::string_view::npos : static_cast<std::size_t>(control - text.begin());
  return std::min(first, invalid_utf8_at(text));
}

base::Status check_text(std::string_view text) {
  if (text.size() > kMaxFormBytes)
    return base::error(
        base::ErrorKind::kTooLarge,
        Reason("form.too_large").with("limit_bytes", static_cast<std::int64_t>(kMaxFormBytes)));
  if (const std::size_t bad = unreadable_at(text); bad != std::string_view::npos)
    return base::invalid(at_place(Reason("form.utf8"), place_of(text, bad)));
  return {};
}

std::size_t count_nodes(const json::value& value) {
  std::size_t count = 1;
  if (const auto* array = value.if_array())
    for (const auto& each : *array) count += count_nodes(each);
  if (const auto* object = value.if_object())
    for (const auto& each : *object) count += 1 + count_nodes(each.value());
  return count;
}

// JSON goes through the JSON parser (its escapes are not YAML's); the places come from the YAML reader, which
// can read nearly all of it, and stay empty where it cannot.
base::Result<YamlTree> read_json_form(std::string_view text) {
  auto tree = parse(text, {.max_bytes = kMaxFormBytes, .max_depth = kFormLimits.max_depth});
  if (!tree.ok()) {
    base::Error error = tree.failure();
    if (const auto* offset = error.reason.find("offset"))
      error.reason =
          at_place(error.reason, place_of(text, static_cast<std::size_t>(std::get<std::int64_t>(*offset))));
    return error;
  }
  if (count_nodes(*tree) > kFormLimits.max_nodes)
    return base::invalid(at_place(
        Reason("form.too_many_nodes").with("limit", static_cast<std::int64_t>(kFormLimits.max_nodes)),
        Place{}));
  const auto located = read_yaml(text, kFormLimits);
  return YamlTree{std::move(*tree), located.ok() ? located->places : Places{}};
}

base::Result<YamlTree> read_yaml_form(std::string_view text) {
  auto tree = read_yaml(text, kFormLimits);
  if (tree.ok()) retype(*tree, kShape<model::Form1>);
  return tree;
}

// The place of the node, or of the nearest one above it (a missing member has none of its own).
const Place* nearest_place(const Places& places, std::string pointer) {
  while (true) {
    if (const auto found = places.find(pointer); found != places.end()) return &found->second;
    const std::size_t slash = pointer.rfind('/');
    if (slash == std::string::npos) return nullptr;
    pointer.resize(slash);
  }
}

// One error for everything found in the form. Where a resident number stands, nothing else is said: another
// reason might repeat it.
base::Error gather(std::vector<base::Detail> numbers, const base::Error* read, const Places& places) {
  std::vector<base::Detail> details = std::move(numbers);
  const std::size_t own = details.size();
  if (read)
    for (const auto& detail : read->details) {
      const auto end = details.begin() + static_cast<std::ptrdiff_t>(own);
      const auto same = [&](const base::Detail& each) { return each.pointer == detail.pointer; };
      if (std::none_of(details.begin(), end, same)) details.push_back(detail);
    }
  const auto count = static_cast<std::int64_t>(details.size());
  if (details.size() > kMaxDetails) details.resize(kMaxDetails);
  for (auto& detail : details)
    if (const Place* place = nearest_place(places, detail.pointer))
      detail.reason = at_place(std::move(detail.reason), *place);
  return base::invalid(Reason("form.invalid").with("count", count), std::move(details));
}

}  // namespace

base::Result<model::Form1> read_form(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  DURE_TRY(check_text(text));
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool is_json = first != std::string_view::npos && text[first] == '{';
  DURE_LET(tree, is_json ? read_json_form(text) : read_yaml_form(text));
  if (!tree.root.is_object()) return base::invalid(Reason("form.not_a_mapping"));
  auto numbers = find_resident_numbers(tree.root);
  auto form = from_json<model::Form1>(tree.root);
  if (form.ok() && numbers.empty()) return form;
  return gather(std::move(numbers), form.ok() ? nullptr : &form.failure(), tree.places);
}

}  // namespace dure::wire
