// Reading every row of a query, page by page, only where all of them are needed at once; and what it means
// that one cannot be read.
#pragma once

#include <utility>
#include <vector>

#include "base/result.h"
#include "ports/store.h"

namespace dure::commands {

template <class Noun>
base::Result<std::vector<Noun>> load_all(ports::Repository<Noun>& rows, ports::Query query) {
  std::vector<Noun> all;
  query.limit = 1000;
  do {
    DURE_LET(page, rows.list(query));
    for (auto& row : page.rows) all.push_back(std::move(row));
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return all;
}

// True where the failure is of the row that was read (it is gone, or cannot be read) and not of the store:
// others may be read, and go on.
bool is_of_the_row(const base::Error& failure);

}  // namespace dure::commands
