#include "programme/screening_answers.h"

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace dure::programme {
namespace {

using model::ScreeningItem;
using model::ScreeningResult;

// The rules of which one is enough: what their names begin with; "" where the item is none of them.
std::string alternatives_of(const ScreeningItem& item) {
  for (const std::string_view key : {"eligibility.include.", "call.tracks."})
    if (item.rule.starts_with(key)) return item.rule.substr(0, item.rule.rfind('.') + 1);
  return "";
}

}  // namespace

bool settle_answers(std::vector<ScreeningItem>& items) {
  std::map<std::string, std::set<ScreeningResult>> found;  // of each set of alternatives
  bool holds = true;
  for (const auto& each : items) {
    const auto key = alternatives_of(each);
    if (!key.empty()) found[key].insert(each.result);
    if (key.empty() && each.result == ScreeningResult::kNotMet) holds = false;
  }
  for (const auto& [key, results] : found)
    if (results == std::set{ScreeningResult::kNotMet}) holds = false;
  std::erase_if(items, [&](const auto& each) {
    const auto key = alternatives_of(each);
    return !key.empty() && each.result != ScreeningResult::kMet && found[key].contains(ScreeningResult::kMet);
  });
  return holds;
}

}  // namespace dure::programme
