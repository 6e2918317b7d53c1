// One connection to a database, with its prepared statements.
//
// SOCI makes the connection and carries all rows. Four things go to the C library below it, through the
// handle that SOCI gives out for this: scripts of several statements, the kind of an error (SOCI has no
// extended codes of SQLite), the end of a statement that was not read to its last row, and PostgreSQL's
// transaction commands (sent without waiting, postgres_session.h).
//
// A session belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "adapters/sql/cell.h"
#include "adapters/sql/noun_table.h"
#include "adapters/sql/statement.h"
#include "base/result.h"

namespace soci {
class session;
class statement;
}  // namespace soci

namespace dure::sql {

// How many prepared statements a session keeps; the one not used for longest goes first.
inline constexpr std::size_t kStatementsKept = 512;

class Session {
 public:
  explicit Session(std::unique_ptr<soci::session> soci);
  virtual ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  virtual Dialect dialect() const = 0;
  // Statements separated by ";", no binds.
  virtual base::Status script(const std::string& text) = 0;
  // What went wrong in the call that just threw. Never holds values of rows.
  virtual base::Error translate(const std::exception& thrown) = 0;
  virtual void reset(soci::statement& statement) = 0;

  // The statement of that text, prepared now or before; valid until kStatementsKept others were asked for.
  // Kinds follow from the text.
  base::Result<Statement*> prepare(const std::string& text, const CellKinds& binds, const CellKinds& columns);

  soci::session& soci() { return *soci_; }

 protected:
  void forget_statements() { statements_.clear(); }

 private:
  struct Kept {
    std::unique_ptr<Statement> statement;
    std::uint64_t used = 0;
  };
  void drop_oldest();

  std::unique_ptr<soci::session> soci_;
  std::unordered_map<std::string, Kept> statements_;
  std::uint64_t uses_ = 0;
};

// What a broken CHECK of the schema means: "store.too_long" for a constraint called <table>_<field>_short
// (the input is at fault), "store.rule" otherwise (the code is). `message` names the constraint.
base::Error check_error(std::string_view message);

// "store.unavailable", "store.failed", …, with the cause in the library's words.
base::Error store_error(base::ErrorKind kind, std::string code, std::string cause);

}  // namespace dure::sql
