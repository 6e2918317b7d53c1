#include "adapters/sql/statement.h"

#include <soci/soci.h>

#include <exception>

#include "adapters/sql/session.h"

namespace dure::sql {

struct Statement::Soci {
  explicit Soci(soci::session& session) : statement(session) {}

  std::vector<soci::indicator> bind_nulls;
  std::vector<soci::indicator> row_nulls;
  soci::statement statement;
};

namespace {

void bind_in(soci::statement& statement, const Cell& cell, CellKind kind, soci::indicator& null) {
  if (kind == CellKind::kNumber)
    statement.exchange(soci::use(cell.number, null));
  else
    statement.exchange(soci::use(cell.text, null));
}

void bind_out(soci::statement& statement, Cell& cell, CellKind kind, soci::indicator& null) {
  if (kind == CellKind::kNumber)
    statement.exchange(soci::into(cell.number, null));
  else
    statement.exchange(soci::into(cell.text, null));
}

}  // namespace

Statement::Statement(Session& session, const std::string& text, const CellKinds& binds,
                     const CellKinds& columns)
    : session_(session),
      binds_(binds.size()),
      row_(columns.size()),
      soci_(std::make_unique<Soci>(session.soci())) {
  soci_->bind_nulls.resize(binds.size(), soci::i_ok);
  soci_->row_nulls.resize(columns.size(), soci::i_ok);
  soci_->statement.alloc();
  soci_->statement.prepare(text);
  for (std::size_t i = 0; i < binds.size(); ++i)
    bind_in(soci_->statement, binds_[i], binds[i], soci_->bind_nulls[i]);
  for (std::size_t i = 0; i < columns.size(); ++i)
    bind_out(soci_->statement, row_[i], columns[i], soci_->row_nulls[i]);
  soci_->statement.define_and_bind();
}

Statement::~Statement() = default;

base::Result<bool> Statement::execute() {
  for (std::size_t i = 0; i < binds_.size(); ++i)
    soci_->bind_nulls[i] = binds_[i].null ? soci::i_null : soci::i_ok;
  return step(true);
}

base::Result<bool> Statement::next() {
  return step(false);
}

base::Result<bool> Statement::step(bool first) {
  try {
    const bool got = first ? soci_->statement.execute(true) : soci_->statement.fetch();
    for (std::size_t i = 0; got && i < row_.size(); ++i) row_[i].null = soci_->row_nulls[i] == soci::i_null;
    return got;
  } catch (const std::exception& thrown) {
    return session_.translate(thrown);
  }
}

std::int64_t Statement::affected() {
  return soci_->statement.get_affected_rows();
}

void Statement::finish() {
  session_.reset(soci_->statement);
}

}  // namespace dure::sql
