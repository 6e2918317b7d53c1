// Text from outside as JSON: whatever is taken goes out and comes back the same, as a tree, as a form, as a
// node's report, as applications to be ranked and as a reason; nothing that comes in can break the way out.
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/application.h"
#include "model/node_link.h"
#include "model/selection.h"
#include "wire/cursor.h"
#include "wire/json.h"
#include "wire/problem.h"
#include "wire/reasons.h"

namespace {

namespace wire = dure::wire;

void check_tree(const boost::json::value& tree) {
  const std::string text = wire::write(tree);
  const auto again = wire::parse(text);
  DURE_ASSERT(again.ok());
  DURE_ASSERT(wire::write(*again) == text);
  const std::string canonical = wire::write_canonical(tree);
  const auto sorted = wire::parse(canonical);
  DURE_ASSERT(sorted.ok());
  DURE_ASSERT(wire::write_canonical(*sorted) == canonical);
}

// A patch applied twice changes nothing more.
void check_patch(const boost::json::value& target, const boost::json::value& patch) {
  const auto once = wire::apply_patch(target, patch);
  DURE_ASSERT(wire::write_canonical(wire::apply_patch(once, patch)) == wire::write_canonical(once));
}

void check_problem(const dure::base::Error& error) {
  for (const auto language : {wire::Language::kKorean, wire::Language::kEnglish}) {
    const auto made = wire::problem(error, language, "/api/v1/x", "r-1");
    DURE_ASSERT(made.status >= 400 && wire::parse(made.body).ok());
  }
}

template <class T>
void check_value(const boost::json::value& tree) {
  const auto value = wire::from_json<T>(tree);
  if (!value.ok()) {
    DURE_ASSERT(!value.failure().details.empty() && value.failure().details.size() <= wire::kMaxDetails);
    return check_problem(value.failure());
  }
  const std::string text = wire::json_text(*value, {.secrets = false, .personal = true});
  const auto again = wire::read_json<T>(text);
  DURE_ASSERT(again.ok());
  DURE_ASSERT(wire::json_text(*again, {.secrets = false, .personal = true}) == text);
  DURE_ASSERT(wire::parse(wire::json_text(*value)).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)wire::decode_cursor(text, "name");
  (void)wire::pick_language(text);
  const auto tree = wire::parse(text, {.max_bytes = 1 << 16, .max_depth = 24});
  if (!tree.ok()) {
    check_problem(tree.failure());
    return 0;
  }
  check_tree(*tree);
  check_patch(*tree, *tree);
  check_value<dure::model::Form1>(*tree);
  check_value<dure::model::NodeReport>(*tree);
  check_value<dure::model::SelectionRequest>(*tree);
  check_value<dure::base::Reason>(*tree);
  if (const auto reason = wire::from_json<dure::base::Reason>(*tree); reason.ok())
    check_problem(dure::base::invalid(*reason));
  return 0;
}
