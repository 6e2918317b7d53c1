// Reading one row or a page of rows, as far as the caller may see them.
#pragma once

#include "commands/scope.h"
#include "commands/work.h"

namespace dure::commands {

// The row, where the caller may read it; else access::not_found(), the same for both.
template <class Noun>
base::Result<Noun> read_row(Work& work, ports::Repository<Noun>& rows, const base::Id<Noun>& id) {
  DURE_LET(found, rows.find(id));
  if (!found) return access::not_found();
  DURE_TRY(work.require(ScopeOf<Noun>::kColumns.read, resource_of(*found)));
  return std::move(*found);
}

// The row for a change: the caller must hold `permission` on it, and it must have the version that he
// expects.
template <class Noun>
base::Result<Noun> load_for(Work& work, ports::Repository<Noun>& rows, const base::Id<Noun>& id,
                            access::Permission permission) {
  DURE_LET(found, rows.find(id));
  if (!found) return access::not_found();
  DURE_TRY(work.require(permission, resource_of(*found)));
  DURE_TRY(work.expect(*found));
  return std::move(*found);
}

// The page of the query that the caller may see; empty where that is nothing.
template <class Noun>
base::Result<ports::Page<Noun>> read_page(Work& work, ports::Repository<Noun>& rows, ports::Query query) {
  constexpr ScopeColumns columns = ScopeOf<Noun>::kColumns;
  const auto scope = access::visible(work.caller.subject, columns.read, work.now);
  if (!restrict(query, scope, columns)) return ports::Page<Noun>{};
  return rows.list(query);
}

// The same as JSON text, appended to `text`; returns the cursor of the page after.
template <class Noun>
base::Result<std::string> read_page_text(Work& work, ports::Repository<Noun>& rows, ports::Query query,
                                         std::string& text) {
  constexpr ScopeColumns columns = ScopeOf<Noun>::kColumns;
  const auto scope = access::visible(work.caller.subject, columns.read, work.now);
  if (!restrict(query, scope, columns)) return std::string();
  return rows.list_text(query, text);
}

}  // namespace dure::commands
