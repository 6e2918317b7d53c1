#include "adapters/sql/session.h"

#include <soci/soci.h>

#include <algorithm>
#include <utility>

namespace dure::sql {

Session::Session(std::unique_ptr<soci::session> soci) : soci_(std::move(soci)) {}

Session::~Session() = default;

base::Result<Statement*> Session::prepare(const std::string& text, const CellKinds& binds,
                                          const CellKinds& columns) {
  auto found = statements_.find(text);
  if (found == statements_.end()) {
    if (statements_.size() >= kStatementsKept) drop_oldest();
    try {
      auto made = std::make_unique<Statement>(*this, text, binds, columns);
      found = statements_.emplace(text, Kept{std::move(made), 0}).first;
    } catch (const std::exception& thrown) {
      return translate(thrown);
    }
  }
  found->second.used = ++uses_;
  return found->second.statement.get();
}

void Session::drop_oldest() {
  const auto oldest =
      std::min_element(statements_.begin(), statements_.end(),
                       [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
  statements_.erase(oldest);
}

base::Error check_error(std::string_view message) {
  constexpr std::string_view kEnd = "_short";
  const auto end = message.find(kEnd);
  if (end == std::string_view::npos)
    return store_error(base::ErrorKind::kInternal, "store.rule", std::string(message));
  auto from = message.find_last_of(" \"", end);
  from = from == std::string_view::npos ? 0 : from + 1;
  return base::invalid(
      base::Reason("store.too_long").with("field", std::string(message.substr(from, end - from))));
}

base::Error store_error(base::ErrorKind kind, std::string code, std::string cause) {
  return base::error(kind, base::Reason(std::move(code)).with("cause", std::move(cause)));
}

}  // namespace dure::sql
