#include "bench/raw.h"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <string_view>

namespace dure::bench {
namespace {

base::Error failed(const char* why) {
  return base::error(base::ErrorKind::kUnavailable, base::Reason("bench.raw").with("why", std::string(why)));
}

class RawSqlite final : public Raw {
 public:
  ~RawSqlite() override {
    sqlite3_finalize(statement_);
    sqlite3_close(handle_);
  }

  base::Status connect(const std::string& path) {
    if (sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK)
      return failed(sqlite3_errmsg(handle_));
    sqlite3_exec(handle_, "PRAGMA cache_size=-16384; PRAGMA foreign_keys=ON;", nullptr, nullptr, nullptr);
    return {};
  }

  base::Status prepare(const std::string& sql) override {
    sqlite3_finalize(statement_);
    if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement_, nullptr) != SQLITE_OK)
      return failed(sqlite3_errmsg(handle_));
    return {};
  }

  base::Status run(const std::string& sql) override {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
      return failed(sqlite3_errmsg(handle_));
    return {};
  }

  bool is_postgres() const override { return false; }

  std::int64_t read(const std::vector<std::string>& binds, std::string* out) override {
    for (std::size_t i = 0; i < binds.size(); ++i)
      sqlite3_bind_text(statement_, static_cast<int>(i) + 1, binds[i].data(),
                        static_cast<int>(binds[i].size()), SQLITE_STATIC);
    std::int64_t rows = 0;
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement_)) == SQLITE_ROW) {
      ++rows;
      for (int i = 0; i < sqlite3_column_count(statement_); ++i) {
        const auto* text = out ? reinterpret_cast<const char*>(sqlite3_column_text(statement_, i)) : nullptr;
        const int size = sqlite3_column_bytes(statement_, i);
        if (text) out->append(text, static_cast<std::size_t>(size));
        bytes_ += size;
      }
    }
    sqlite3_reset(statement_);
    return code == SQLITE_DONE ? rows : -1;
  }

 private:
  sqlite3* handle_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
  std::int64_t bytes_ = 0;
};

class RawPostgres final : public Raw {
 public:
  ~RawPostgres() override { PQfinish(handle_); }

  base::Status connect(const std::string& url) {
    handle_ = PQconnectdb(url.c_str());
    if (PQstatus(handle_) != CONNECTION_OK) return failed(PQerrorMessage(handle_));
    return {};
  }

  base::Status prepare(const std::string& sql) override {
    PQclear(PQexec(handle_, "DEALLOCATE ALL"));
    PGresult* answer = PQprepare(handle_, "read", sql.c_str(), 0, nullptr);
    const bool good = PQresultStatus(answer) == PGRES_COMMAND_OK;
    PQclear(answer);
    if (!good) return failed(PQerrorMessage(handle_));
    return {};
  }

  base::Status run(const std::string& sql) override {
    PGresult* answer = PQexec(handle_, sql.c_str());
    const bool good = PQresultStatus(answer) == PGRES_COMMAND_OK;
    PQclear(answer);
    if (!good) return failed(PQerrorMessage(handle_));
    return {};
  }

  bool is_postgres() const override { return true; }

  std::int64_t read(const std::vector<std::string>& binds, std::string* out) override {
    std::vector<const char*> texts;
    texts.reserve(binds.size());
    for (const auto& bind : binds) texts.push_back(bind.c_str());
    PGresult* answer =
        PQexecPrepared(handle_, "read", static_cast<int>(texts.size()), texts.data(), nullptr, nullptr, 0);
    const std::int64_t rows = PQresultStatus(answer) == PGRES_TUPLES_OK ? PQntuples(answer) : -1;
    for (int row = 0; out && row < rows; ++row)
      for (int i = 0; i < PQnfields(answer); ++i)
        out->append(PQgetvalue(answer, row, i), static_cast<std::size_t>(PQgetlength(answer, row, i)));
    PQclear(answer);
    return rows;
  }

 private:
  PGconn* handle_ = nullptr;
};

template <class Kind>
base::Result<std::unique_ptr<Raw>> connected(const std::string& where) {
  auto raw = std::make_unique<Kind>();
  DURE_TRY(raw->connect(where));
  return std::unique_ptr<Raw>(std::move(raw));
}

}  // namespace

base::Result<std::unique_ptr<Raw>> Raw::open(const std::string& url) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (url.starts_with(kSqlite)) return connected<RawSqlite>(url.substr(kSqlite.size()));
  return connected<RawPostgres>(url);
}

}  // namespace dure::bench
