// The schema of both engines against the field tables, and its migrations.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "adapters/sql/migrations.h"
#include "adapters/sql/noun_table.h"
#include "adapters/sql/nouns.h"
#include "adapters/sql/sqlite_session.h"
#include "store_fixture.h"

namespace dure::store_test {
namespace {

using sql::CellKind;
using std::chrono::milliseconds;

class StoreSchema : public StoreContract {};

INSTANTIATE_TEST_SUITE_P(Engines, StoreSchema, testing::Values(Engine::kSqliteFile, Engine::kPostgres),
                         [](const auto& each) { return name_of(each.param); });

// table -> column -> "number", "text", with "?" where it may be NULL.
using Found = std::map<std::string, std::map<std::string, std::string>>;

Found columns_of(sql::Session& session) {
  const char* question =
      session.dialect() == sql::Dialect::kSqlite
          ? "SELECT m.name, c.name, c.type, CASE c.\"notnull\" WHEN 1 THEN 'NO' ELSE 'YES' END "
            "FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
          : "SELECT table_name, column_name, CASE domain_name WHEN 'text_c' THEN 'text_c' ELSE data_type "
            "END, "
            "is_nullable FROM information_schema.columns WHERE table_schema = 'public'";
  auto statement = session.prepare(question, {}, sql::CellKinds(4, CellKind::kText));
  EXPECT_TRUE(succeeded(statement));
  Found found;
  const sql::Finish finish(**statement);
  for (auto got = (*statement)->execute(); got.ok() && *got; got = (*statement)->next()) {
    const auto& row = (*statement)->row();
    const bool number = row[2].text == "BIGINT" || row[2].text == "bigint";
    EXPECT_TRUE(number || row[2].text == "text_c" || row[0].text == "schema_migrations")
        << row[0].text << row[2].text;
    found[row[0].text][row[1].text] =
        (number ? "number" : "text") + std::string(row[3].text == "YES" ? "?" : "");
  }
  return found;
}

Found described_columns() {
  Found found;
  const auto add = [&](const sql::NounTable& table) {
    for (const auto& each : table.columns)
      found[std::string(table.name)][std::string(each.name)] =
          (each.kind == CellKind::kNumber ? "number" : "text") + std::string(each.nullable ? "?" : "");
  };
#define DURE_TEST_ADD(Noun, name) add(sql::noun_table<model::Noun>());
  DURE_SQL_NOUNS(DURE_TEST_ADD)
#undef DURE_TEST_ADD
  return found;
}

TEST_P(StoreSchema, HasExactlyTheFieldsOfTheModel) {
  auto found = columns_of(*raw_session());
  EXPECT_EQ(found.erase("counters"), 1u);
  EXPECT_EQ(found.erase("schema_migrations"), 1u);
  const auto described = described_columns();
  EXPECT_EQ(found.size(), described.size());
  for (const auto& [table, columns] : described) EXPECT_EQ(found[table], columns) << table;
}

// Invariant 16: no resident registration number in Dure's own records.
TEST_P(StoreSchema, R_HasNoPlaceForAResidentNumber) {
  for (const auto& [table, columns] : columns_of(*raw_session()))
    for (const auto& [column, kind] : columns)
      for (const char* word : {"resident", "rrn", "jumin", "ssn", "birth"})
        EXPECT_EQ(column.find(word), std::string::npos) << table << "." << column;
}

TEST_P(StoreSchema, OpensAgainWithWhatItHolds) {
  const Family family = new_family();
  reopen();
  const auto again = begin(ports::Access::kRead)->applications().get(family.application.id);
  ASSERT_OK(again);
  EXPECT_TRUE(equal(*again, family.application));
}

TEST_P(StoreSchema, RefusesAMigrationThatWasChangedAfterwards) {
  auto session = raw_session();
  auto steps = sql::migrations_for(session->dialect());
  ASSERT_OK(sql::migrate(*session, steps));
  steps[1].sha256 = "0000";
  const auto refused = sql::migrate(*session, steps);
  EXPECT_CODE(refused, "store.migration_changed");
  EXPECT_EQ(std::get<std::int64_t>(*refused.failure().reason.find("number")), 2);
}

TEST_P(StoreSchema, AppliesANewStepOnceAndLeavesNewerOnesAlone) {
  auto session = raw_session();
  auto steps = sql::migrations_for(session->dialect());
  steps.push_back({9001, "later", "", "beef",
                   "CREATE TABLE later (id text_c PRIMARY KEY NOT NULL); "
                   "INSERT INTO later VALUES ('once')"});
  ASSERT_OK(sql::migrate(*session, steps));
  ASSERT_OK(sql::migrate(*session, steps));
  EXPECT_EQ(columns_of(*session).count("later"), 1u);
  reopen();  // this release does not know step 9001, and runs on the schema all the same
  EXPECT_EQ(*begin(ports::Access::kRead)->nodes().count({}), 0);
}

TEST_P(StoreSchema, LeavesNothingOfAStepThatFails) {
  auto session = raw_session();
  auto steps = sql::migrations_for(session->dialect());
  steps.push_back(
      {9001, "broken", "", "beef", "CREATE TABLE half (id text_c); INSERT INTO nowhere VALUES (1)"});
  const auto failed = sql::migrate(*session, steps);
  EXPECT_CODE(failed, "store.migration_failed");
  EXPECT_EQ(columns_of(*session).count("half"), 0u);
  steps.back().text = "CREATE TABLE half (id text_c)";
  ASSERT_OK(sql::migrate(*session, steps));
}

TEST_P(StoreSchema, RefusesWhatGoesPastTheRepositories) {
  const Family family = new_family();
  auto session = raw_session();
  for (const char* table : {"ledger_entries", "decisions"}) {
    EXPECT_CODE(session->script(std::string("DELETE FROM ") + table), "store.append_only");
    EXPECT_CODE(session->script(std::string("UPDATE ") + table + " SET version = 2"), "store.append_only");
  }
  if (on_postgres())
    EXPECT_CODE(session->script("TRUNCATE ledger_entries CASCADE"), "store.append_only");
  else
    EXPECT_CODE(session->script("REPLACE INTO decisions SELECT * FROM decisions"), "store.append_only");
}

TEST(StoreUrl, IsReadStrictlyAndNeverShown) {
  for (const char* bad : {"", "sqlite", "sqlite:", "mysql://x", "postgresql://a b/c", "/var/dure.db"}) {
    const auto opened = sql::open_store(bad);
    EXPECT_CODE(opened, "store.url") << bad;
  }
  EXPECT_CODE(sql::open_store("sqlite:/no/such/folder/dure.db"), "store.unavailable");
  const auto lost = sql::open_store("postgresql://dure:s3cret@127.0.0.1:1/none");
  EXPECT_CODE(lost, "store.unavailable");
  EXPECT_EQ(told(lost.failure()).find("s3cret"), std::string::npos);
}

TEST_P(StoreSchema, DescribesItselfWithoutASecret) {
  const std::string text = store().describe();
  if (!on_postgres()) {
    EXPECT_TRUE(text.starts_with("SQLite 3.")) << text;
    return;
  }
  EXPECT_TRUE(text.starts_with("PostgreSQL 1")) << text;
  const std::string url = database().url();
  const auto from = url.find(':', 13) + 1;
  EXPECT_EQ(text.find(url.substr(from, url.find('@') - from)), std::string::npos);
}

}  // namespace
}  // namespace dure::store_test
