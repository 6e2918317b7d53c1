// Reading every row of a query, page by page. Only where all of them are needed at once.
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

}  // namespace dure::commands
