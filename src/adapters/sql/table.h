// The repository of one noun: a thin, typed face of rows.h.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/sql/codec.h"
#include "adapters/sql/noun_table.h"
#include "adapters/sql/nouns.h"
#include "adapters/sql/rows.h"
#include "ports/store.h"
#include "wire/json.h"

namespace dure::sql {

template <class Noun>
class Table final : public ports::Repository<Noun> {
 public:
  // `scope` outlives this.
  explicit Table(Scope& scope) : scope_(scope) {}

  base::Status insert(const Noun& row) override {
    DURE_ASSERT(row.version == 1);
    return insert_row(scope_, noun_table<Noun>(), &row);
  }

  base::Status update(Noun& row) override {
    DURE_TRY(update_row(scope_, noun_table<Noun>(), &row, row.id.text, row.version));
    ++row.version;
    return {};
  }

  base::Result<Noun> get(const base::Id<Noun>& id) override {
    DURE_LET(found, find(id));
    if (!found) return not_found(noun_table<Noun>(), id.text);
    return std::move(*found);
  }

  base::Result<std::optional<Noun>> find(const base::Id<Noun>& id) override {
    std::optional<Noun> row(std::in_place);
    DURE_LET(found, find_row(scope_, noun_table<Noun>(), id.text, &*row));
    if (!found) row.reset();
    return row;
  }

  base::Result<std::optional<Noun>> first(const ports::Query& query) override {
    ports::Query one = query;
    one.limit = 1;
    DURE_LET(page, list(one));
    if (page.rows.empty()) return std::optional<Noun>();
    return std::optional<Noun>(std::move(page.rows.front()));
  }

  base::Result<ports::Page<Noun>> list(const ports::Query& query) override {
    ports::Page<Noun> page;
    page.rows.reserve(static_cast<std::size_t>(std::min<std::int64_t>(query.limit, 128)));
    const Sink sink{&page.rows, [](void* rows, const NounTable& table, Cells& row) {
                      return decode_row(table, row, &static_cast<std::vector<Noun>*>(rows)->emplace_back());
                    }};
    DURE_LET(next, list_rows(scope_, noun_table<Noun>(), query, sink));
    page.next = std::move(next);
    return page;
  }

  base::Result<std::string> list_text(const ports::Query& query, std::string& text) override {
    Listing listing{text, static_cast<std::size_t>(query.limit)};
    const Sink sink{&listing, [](void* to, const NounTable& table, Cells& row) {
                      return static_cast<Listing*>(to)->add(table, row);
                    }};
    return list_rows(scope_, noun_table<Noun>(), query, sink);
  }

  base::Result<std::int64_t> count(const ports::Query& query) override {
    return count_rows(scope_, noun_table<Noun>(), query);
  }

  base::Result<std::int64_t> sum(const std::string& field, const ports::Query& query) override {
    return sum_rows(scope_, noun_table<Noun>(), field, query);
  }

  base::Status remove(const base::Id<Noun>& id) override {
    return remove_row(scope_, noun_table<Noun>(), id.text);
  }

 private:
  struct Listing {
    std::string& text;
    std::size_t most;
    std::size_t count = 0;

    // Rows are much alike: room for the rest of the page, and an eighth more.
    void reserve_for_more(std::size_t first) {
      const std::size_t rest = first * std::min<std::size_t>(most - 1, 64);
      text.reserve(text.size() + rest + rest / 8);
    }
    base::Status add(const NounTable& table, Cells& row) {
      if (count > 0) text += ',';
      const std::size_t before = text.size();
      if (!append_row_text(table, row, text)) {
        Noun noun;
        DURE_TRY(decode_row(table, row, &noun));
        wire::write_json(text, noun);
      }
      if (++count == 1) reserve_for_more(text.size() - before);
      return {};
    }
  };

  Scope& scope_;
};

// Compiled once each, in tables_*.cc: the tables of all nouns together cost a compiler most of a gigabyte.
#define DURE_SQL_ELSEWHERE(Noun, name)                        \
  extern template const NounTable& noun_table<model::Noun>(); \
  extern template class Table<model::Noun>;
DURE_SQL_NOUNS(DURE_SQL_ELSEWHERE)
#undef DURE_SQL_ELSEWHERE

}  // namespace dure::sql
