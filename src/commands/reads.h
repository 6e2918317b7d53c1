// Reading one row or a page of rows, as far as the caller may see them.
#pragma once

#include <string>
#include <vector>

#include "commands/scope.h"
#include "commands/work.h"

namespace dure::commands {

// ---- Conflicts of interest (invariant 5; commands/reviews.cc): who has one with an application that is
// unresolved, or stood back from it, reads neither it nor what hangs on it. Whose application it is reads it.

// Refuses (kNotAllowed) "evaluation.conflict_open".
base::Status may_read_application(Work& work, const model::ApplicationId& application);

// The ids of those that the caller may not read for that reason.
base::Result<std::vector<std::string>> closed_applications(Work& work);

namespace internal {

// Of a noun that is an application, or hangs on one: the column with its id; else "".
template <class Noun>
constexpr std::string_view application_column() {
  constexpr ScopeColumns columns = ScopeOf<Noun>::kColumns;
  return columns.kind == access::ResourceKind::kApplication ? columns.application : std::string_view();
}

// Adds to the query that the column is empty, or none of these.
void without(ports::Query& query, const std::string& column, const std::vector<std::string>& ids);

template <class Noun>
base::Status leave_out_closed(Work& work, ports::Query& query) {
  constexpr std::string_view column = application_column<Noun>();
  if constexpr (!column.empty()) {
    DURE_LET(closed, closed_applications(work));
    if (!closed.empty()) without(query, std::string(column), closed);
  }
  return {};
}

}  // namespace internal

// The row, where the caller may read it; else access::not_found(), the same for both.
template <class Noun>
base::Result<Noun> read_row(Work& work, ports::Repository<Noun>& rows, const base::Id<Noun>& id) {
  DURE_LET(found, rows.find(id));
  if (!found) return access::not_found();
  DURE_TRY(work.require(ScopeOf<Noun>::kColumns.read, resource_of(*found)));
  if constexpr (!internal::application_column<Noun>().empty())
    DURE_TRY(may_read_application(work, model::ApplicationId(resource_of(*found).application_id)));
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
  DURE_TRY(internal::leave_out_closed<Noun>(work, query));
  return rows.list(query);
}

// The same as JSON text, appended to `text`; returns the cursor of the page after.
template <class Noun>
base::Result<std::string> read_page_text(Work& work, ports::Repository<Noun>& rows, ports::Query query,
                                         std::string& text) {
  constexpr ScopeColumns columns = ScopeOf<Noun>::kColumns;
  const auto scope = access::visible(work.caller.subject, columns.read, work.now);
  if (!restrict(query, scope, columns)) return std::string();
  DURE_TRY(internal::leave_out_closed<Noun>(work, query));
  return rows.list_text(query, text);
}

}  // namespace dure::commands
