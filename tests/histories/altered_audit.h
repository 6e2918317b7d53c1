// A store whose record of access reads otherwise than it was written: as if somebody had been at its file,
// past the store, which itself refuses to alter an entry.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/sql/nouns.h"
#include "ports/store.h"

namespace dure::tests {

using AlterEntries = std::function<void(std::vector<model::AuditEntry>&)>;

class AlteredEntries final : public ports::Repository<model::AuditEntry> {
 public:
  AlteredEntries(ports::Repository<model::AuditEntry>& behind, AlterEntries alter)
      : behind_(behind), alter_(std::move(alter)) {}

  base::Status insert(const model::AuditEntry& row) override { return behind_.insert(row); }
  base::Status update(model::AuditEntry& row) override { return behind_.update(row); }
  base::Result<model::AuditEntry> get(const base::Id<model::AuditEntry>& id) override {
    return behind_.get(id);
  }
  base::Result<std::optional<model::AuditEntry>> find(const base::Id<model::AuditEntry>& id) override {
    return behind_.find(id);
  }
  base::Result<std::optional<model::AuditEntry>> first(const ports::Query& query) override {
    return behind_.first(query);
  }
  base::Result<ports::Page<model::AuditEntry>> list(const ports::Query& query) override {
    auto page = behind_.list(query);
    if (page) alter_(page->rows);
    return page;
  }
  base::Result<std::string> list_text(const ports::Query& query, std::string& text) override {
    return behind_.list_text(query, text);
  }
  base::Result<std::int64_t> count(const ports::Query& query) override { return behind_.count(query); }
  base::Result<std::int64_t> sum(const std::string& field, const ports::Query& query) override {
    return behind_.sum(field, query);
  }
  base::Status remove(const base::Id<model::AuditEntry>& id) override { return behind_.remove(id); }

 private:
  ports::Repository<model::AuditEntry>& behind_;
  AlterEntries alter_;
};

// Every other repository is the one behind.
class SameRows : public ports::Transaction {
 public:
  explicit SameRows(std::unique_ptr<ports::Transaction> behind) : behind_(std::move(behind)) {}

#define DURE_SAME_ROWS(Noun, rows)                  \
  ports::Repository<model::Noun>& rows() override { \
    return behind_->rows();                         \
  }
  DURE_SQL_NOUNS(DURE_SAME_ROWS)
#undef DURE_SAME_ROWS
  base::Result<std::int64_t> next_number(const std::string& series, std::int64_t first) override {
    return behind_->next_number(series, first);
  }
  base::Status commit() override {
    return behind_->commit();
  }

 protected:
  std::unique_ptr<ports::Transaction> behind_;
};

class AlteredTransaction final : public SameRows {
 public:
  AlteredTransaction(std::unique_ptr<ports::Transaction> behind, AlterEntries alter)
      : SameRows(std::move(behind)), entries_(behind_->audit_entries(), std::move(alter)) {}
  ports::Repository<model::AuditEntry>& audit_entries() override { return entries_; }

 private:
  AlteredEntries entries_;
};

class AlteredStore final : public ports::Store {
 public:
  AlteredStore(ports::Store& behind, AlterEntries alter) : behind_(behind), alter_(std::move(alter)) {}
  base::Result<std::unique_ptr<ports::Transaction>> begin(ports::Access access) override {
    auto begun = behind_.begin(access);
    if (!begun) return begun.failure();
    return std::unique_ptr<ports::Transaction>(
        std::make_unique<AlteredTransaction>(std::move(*begun), alter_));
  }
  std::uint64_t access_changes() const override { return behind_.access_changes(); }
  std::string describe() const override { return behind_.describe(); }

 private:
  ports::Store& behind_;
  AlterEntries alter_;
};

}  // namespace dure::tests
