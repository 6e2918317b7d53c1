// Rows that one transaction reads many of, by id: some hundred with each question to the store, not each with
// one of its own.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "base/result.h"
#include "commands/rows.h"

namespace dure::commands {

// Lives no longer than the transaction. Not for rows that the transaction writes.
template <class Noun>
class RowCache {
 public:
  static constexpr std::size_t kAtOnce = 500;

  explicit RowCache(ports::Repository<Noun>& rows) : rows_(rows) {}

  // Reads those that are not here. What cannot be read beside others is left to get(), which says of which
  // row that is; a failure of the store fails.
  base::Status fetch(std::vector<base::Id<Noun>> ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    std::erase_if(ids, [&](const auto& id) { return found_.contains(id); });
    for (std::size_t from = 0; from < ids.size(); from += kAtOnce) {
      std::vector<ports::Scalar> chunk;
      for (std::size_t i = from; i < std::min(from + kAtOnce, ids.size()); ++i)
        chunk.push_back(ports::scalar(ids[i]));
      auto read = load_all(rows_, ports::Query{}.where_in("id", std::move(chunk)));
      if (!read && !is_of_the_row(read.failure())) return read.failure();
      if (!read) continue;
      for (auto& row : *read) {
        const auto id = row.id;
        found_.insert_or_assign(id, std::move(row));
      }
    }
    return {};
  }

  // Never null. The row stays where it is for as long as this does.
  base::Result<const Noun*> get(const base::Id<Noun>& id) {
    if (const auto found = found_.find(id); found != found_.end()) return &found->second;
    DURE_LET(row, rows_.get(id));
    return &found_.insert_or_assign(id, std::move(row)).first->second;
  }

 private:
  ports::Repository<Noun>& rows_;
  std::map<base::Id<Noun>, Noun> found_;
};

}  // namespace dure::commands
