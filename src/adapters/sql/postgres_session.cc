#include "adapters/sql/postgres_session.h"

#include <libpq-fe.h>
#include <poll.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

namespace dure::sql {
namespace {

using base::ErrorKind;
using base::Reason;

using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

PGconn* connection_of(soci::session& session) {
  return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

// Only the first line: the details below it may hold values of rows.
std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

// "… Key (login)=(kim) already exists." -> "login"
std::string key_fields_of(std::string_view message) {
  const auto from = message.find("Key (");
  const auto to = message.find(")=", from == std::string_view::npos ? 0 : from);
  if (from == std::string_view::npos || to == std::string_view::npos) return "";
  std::string fields;
  for (const char each : message.substr(from + 5, to - from - 5))
    if (each != ' ' && each != '"') fields += each;
  return fields;
}

bool is_lost(std::string_view state) {
  return state.starts_with("08") || state.starts_with("57P") || state.starts_with("53") ||
         state.starts_with("58") || state == "25006" || state.empty();
}

base::Error error_of(std::string_view state, const std::string& message) {
  if (state == "23505")
    return base::error(ErrorKind::kConflict,
                       Reason("store.duplicate").with("fields", key_fields_of(message)));
  if (state == "23503") return base::error(ErrorKind::kConflict, Reason("store.reference"));
  if (state == "DU001") return base::error(ErrorKind::kConflict, Reason("store.append_only"));
  if (state == "40001" || state == "40P01")
    return base::error(ErrorKind::kConflict, Reason("store.conflict"));
  if (state == "55P03" || state == "57014") return base::error(ErrorKind::kUnavailable, Reason("store.busy"));
  if (state.starts_with("23")) return check_error(first_line(message));
  if (is_lost(state)) return store_error(ErrorKind::kUnavailable, "store.unavailable", first_line(message));
  return store_error(ErrorKind::kInternal, "store.failed", std::string(state) + " " + first_line(message));
}

base::Error error_of(const PGresult* answer) {
  const char* state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
  return error_of(state ? state : "", PQresultErrorMessage(answer));
}

bool is_bad(const PGresult* answer) {
  const auto status = PQresultStatus(answer);
  return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY;
}

std::string begin_text(bool writing) {
  return writing ? "BEGIN ISOLATION LEVEL SERIALIZABLE" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
}

// SOCI takes a connection text apart at white space and completes what holds no "=". A URL survives this
// where it has no white space and some parameter.
std::string for_soci(const std::string& url) {
  if (url.find('=') != std::string::npos) return url;
  return url + (url.find('?') == std::string::npos ? "?" : "&") + "application_name=dure";
}

std::string postgres_settings(std::chrono::milliseconds wait) {
  return "SET application_name = 'dure'; SET client_encoding = 'UTF8'; SET jit = off; "
         "SET idle_in_transaction_session_timeout = 0; SET statement_timeout = '60s'; SET lock_timeout = " +
         std::to_string(wait.count());
}

void ignore_notice(void*, const char*) {}

}  // namespace

base::Result<std::unique_ptr<PostgresSession>> PostgresSession::open(const std::string& url,
                                                                     std::chrono::milliseconds wait) {
  if (url.find_first_of(" \t\r\n") != std::string::npos) return base::invalid(Reason("store.url"));
  try {
    auto soci = std::make_unique<soci::session>(soci::postgresql, for_soci(url));
    auto session = std::make_unique<PostgresSession>(std::move(soci));
    PQsetNoticeProcessor(connection_of(session->soci()), ignore_notice, nullptr);
    DURE_TRY(session->script(postgres_settings(wait)));
    return session;
  } catch (const soci::soci_error& thrown) {
    // libpq names the server and what it said; a password it never repeats.
    std::string_view said = thrown.what();
    if (const auto line = said.find('\n'); line != std::string_view::npos) said.remove_prefix(line + 1);
    return store_error(ErrorKind::kUnavailable, "store.unavailable", first_line(said));
  } catch (const std::exception&) {
    return store_error(ErrorKind::kUnavailable, "store.unavailable", "cannot connect");
  }
}

PostgresSession::~PostgresSession() {
  // SOCI would ask the server to forget each statement, one by one; a closed connection has forgotten them
  // all.
  auto* backend = static_cast<soci::postgresql_session_backend*>(soci().get_backend());
  PQfinish(std::exchange(backend->conn_, nullptr));
  forget_statements();
}

base::Error PostgresSession::connection_error() {
  return store_error(ErrorKind::kUnavailable, "store.unavailable",
                     first_line(PQerrorMessage(connection_of(soci()))));
}

base::Status PostgresSession::script(const std::string& text) {
  const Answer answer(PQexec(connection_of(soci()), text.c_str()), &PQclear);
  if (!answer) return connection_error();
  if (is_bad(answer.get())) return error_of(answer.get());
  return {};
}

base::Error PostgresSession::translate(const std::exception& thrown) {
  if (const auto* known = dynamic_cast<const soci::postgresql_soci_error*>(&thrown))
    return error_of(known->sqlstate(), known->get_error_message());
  if (PQstatus(connection_of(soci())) != CONNECTION_OK) return connection_error();
  return store_error(ErrorKind::kInternal, "store.failed", "the client library refused");
}

// The whole answer is on this side already; there is nothing to end.
void PostgresSession::reset(soci::statement&) {}

void PostgresSession::begin_ahead(bool writing) {
  PQsendQuery(connection_of(soci()), ("ROLLBACK; " + begin_text(writing)).c_str());
}

base::Status PostgresSession::read_answer(bool& more) {
  const Answer answer(PQgetResult(connection_of(soci())), &PQclear);
  more = answer != nullptr;
  if (more && is_bad(answer.get())) return error_of(answer.get());
  if (more && std::string_view(PQcmdStatus(answer.get())) == "ROLLBACK")
    return base::error(ErrorKind::kConflict, Reason("store.conflict"));
  return {};
}

base::Status PostgresSession::drain() {
  base::Status all;
  for (bool more = true; more;) {
    const Answer answer(PQgetResult(connection_of(soci())), &PQclear);
    more = answer != nullptr;
    if (more && is_bad(answer.get()) && all.ok()) all = error_of(answer.get());
  }
  return all;
}

base::Status PostgresSession::commit_and_begin_ahead() {
  if (PQsendQuery(connection_of(soci()), ("COMMIT; " + begin_text(true)).c_str()) != 1)
    return connection_error();
  bool more = false;
  base::Status committed = read_answer(more);
  if (!more) return connection_error();
  if (!committed.ok()) {
    static_cast<void>(drain());
    begin_ahead(true);
  }
  return committed;
}

base::Status PostgresSession::settle() {
  DURE_TRY(drain());
  PGconn* handle = connection_of(soci());
  // An idle server says nothing, one that went away said so: asked then, it does not answer.
  pollfd readable{PQsocket(handle), POLLIN, 0};
  if (poll(&readable, 1, 0) > 0) DURE_TRY(script(";"));
  if (PQstatus(handle) != CONNECTION_OK || PQtransactionStatus(handle) != PQTRANS_INTRANS)
    return connection_error();
  return {};
}

std::string PostgresSession::server() {
  PGconn* handle = connection_of(soci());
  const char* host = PQhost(handle);
  return std::string("PostgreSQL ") + PQparameterStatus(handle, "server_version") + " at " +
         (host ? host : "") + ":" + PQport(handle) + "/" + PQdb(handle);
}

}  // namespace dure::sql
