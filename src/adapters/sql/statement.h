// One prepared statement of one session, with its cells bound once for as long as it lives.
//
//   statement.binds()[0].text = id;
//   for (auto got = statement.execute(); got.ok() && *got; got = statement.next()) use(statement.row());
//   statement.finish();
//
// The cells of binds() and row() stay where they are: SOCI holds their addresses (its static binds, the only
// ones that keep 64-bit numbers whole). Belongs to the session's thread of the moment.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "adapters/sql/cell.h"
#include "base/result.h"

namespace dure::sql {

class Session;

class Statement {
 public:
  // Throws what SOCI throws; Session::prepare() is the way to one.
  Statement(Session& session, const std::string& text, const CellKinds& binds, const CellKinds& columns);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Cells& binds() { return binds_; }
  Cells& row() { return row_; }

  // Runs it with what binds() hold; true where row() then holds a row.
  base::Result<bool> execute();
  // The next row, in the same way.
  base::Result<bool> next();
  // Rows written by the last execute().
  std::int64_t affected();
  // Ends a run before its last row; does nothing otherwise. A statement left open would keep its snapshot.
  void finish();

 private:
  struct Soci;
  base::Result<bool> step(bool first);

  Session& session_;
  Cells binds_;
  Cells row_;
  std::unique_ptr<Soci> soci_;
};

// Ends the statement's run with the block.
class Finish {
 public:
  explicit Finish(Statement& statement) : statement_(statement) {}
  ~Finish() { statement_.finish(); }
  Finish(const Finish&) = delete;
  Finish& operator=(const Finish&) = delete;

 private:
  Statement& statement_;
};

}  // namespace dure::sql
