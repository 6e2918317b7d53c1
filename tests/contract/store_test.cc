// The contract of ports/store.h, rows: one suite on SQLite in a file, SQLite in memory, and PostgreSQL.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "store_fixture.h"
#include "store_rows.h"
#include "wire/json.h"

namespace dure::store_test {
namespace {

using ports::Access;
using ports::Compare;
using ports::Query;

INSTANTIATE_TEST_SUITE_P(Engines, StoreContract, testing::ValuesIn(kEngines),
                         [](const auto& each) { return name_of(each.param); });

TEST_P(StoreContract, GivesAPageAsTextJustAsItGivesItsRows) {
  const Family family = new_family();
  for (int i = 0; i < 7; ++i) {
    const auto row = make<model::Document>(random_, family);
    ASSERT_OK(write([&](auto& tx) { return tx.documents().insert(row); }));
  }
  auto tx = begin();
  const auto query = Query{}.where("application_id", family.application.id).at_most(3);
  const auto page = tx->documents().list(query);
  ASSERT_OK(page);
  std::string text;
  const auto next = tx->documents().list_text(query, text);
  ASSERT_OK(next);
  std::string expected;
  for (const auto& row : page->rows) expected += (expected.empty() ? "" : ",") + wire::json_text(row);
  EXPECT_EQ(page->rows.size(), 3u);
  EXPECT_EQ(text, expected);
  EXPECT_EQ(*next, page->next);
  EXPECT_FALSE(next->empty());
}

// Who may do what: ports::Store::access_changes().
TEST_P(StoreContract, CountsTheCommitsThatChangedWhoMayDoWhat) {
  const Family family = new_family();
  const auto before = store().access_changes();
  const auto document = make<model::Document>(random_, family);
  ASSERT_OK(write([&](auto& tx) { return tx.documents().insert(document); }));
  EXPECT_EQ(store().access_changes(), before);
  auto session = make<model::Session>(random_, family);
  {
    auto tx = begin(Access::kWrite);
    ASSERT_OK(tx->sessions().insert(session));
    EXPECT_EQ(store().access_changes(), before) << "not before it lasts";
  }
  EXPECT_EQ(store().access_changes(), before) << "rolled back";
  auto last = before;
  const auto counted = [&](const auto& change) {
    ASSERT_OK(write(change));
    EXPECT_GT(store().access_changes(), last);
    last = store().access_changes();
  };
  counted([&](auto& tx) { return tx.sessions().insert(session); });
  counted([&](auto& tx) { return tx.sessions().update(session); });
  counted([&](auto& tx) { return tx.sessions().remove(session.id); });
  counted([&](auto& tx) { return tx.role_grants().insert(make<model::RoleGrant>(random_, family)); });
  counted([&](auto& tx) { return tx.api_tokens().insert(make<model::ApiToken>(random_, family)); });
  auto account = family.account;
  counted([&](auto& tx) { return tx.accounts().update(account); });
}

TEST_P(StoreContract, KeepsWholeNumbersAndTextsToTheLastBit) {
  model::Organisation row = make<model::Organisation>(random_, {});
  std::string every;  // each length of UTF-8, first and last
  for (const char* each : {"\x01", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                           "\xEE\x80\x80", "\xEF\xBF\xBD", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
    every += each;
  for (const std::int64_t number :
       std::vector<std::int64_t>{(1LL << 53) + 1, -(1LL << 53) - 1, INT64_MAX, INT64_MIN, 0}) {
    for (const std::string& text :
         {every, std::string(), std::string(3 << 20, 'k'), std::string("두레 🧵")}) {
      row.id.text = random_.uuid();
      row.created_at.us = number;
      row.region = text;
      ASSERT_OK(write([&](auto& tx) { return tx.organisations().insert(row); }));
      expect_stored(store(), row);
    }
  }
}

// What one engine cannot keep is refused by all: NUL and bytes that are not UTF-8, at any depth.
TEST_P(StoreContract, RefusesTextThatIsNotUtf8OrHoldsNul) {
  const Family family = new_family();
  for (const std::string& bad : {std::string("a\0b", 3), std::string("\xC0\x80"), std::string("\xED\xA0\x80"),
                                 std::string("half \xEA\xB0")}) {
    auto tx = begin();
    auto organisation = make<model::Organisation>(random_, family);
    organisation.name = bad;
    EXPECT_CODE(tx->organisations().insert(organisation), "store.text");
    auto application = make<model::Application>(random_, family);
    application.form.environments = {"jupyter", bad};
    EXPECT_CODE(tx->applications().insert(application), "store.text");
    auto revision = make<model::Revision>(random_, family);
    revision.spec.environment[bad] = "value";
    EXPECT_CODE(tx->revisions().insert(revision), "store.text");
    auto run = make<model::Run>(random_, family);
    run.waiting = base::Reason("queue.test").with("name", bad);
    EXPECT_CODE(tx->runs().insert(run), "store.text");
    EXPECT_CODE(tx->organisations().list(Query{}.where("name", bad)), "store.text");
    EXPECT_CODE(tx->organisations().get(model::OrganisationId(bad)), "store.not_found");
    ASSERT_OK(tx->commit());  // none of it harmed the transaction
  }
}

TEST_P(StoreContract, RefusesTextThatIsTooLongForAnIndex) {
  auto row = make<model::Organisation>(random_, {});
  row.name.clear();
  for (int i = 0; i < 500; ++i) row.name += "🧵";
  ASSERT_OK(write([&](auto& tx) { return tx.organisations().insert(row); }));
  expect_stored(store(), row);
  row.id.text = random_.uuid();
  row.name += "x";
  const auto refused = write([&](auto& tx) { return tx.organisations().insert(row); });
  EXPECT_CODE(refused, "store.too_long");
  EXPECT_EQ(refused.failure().kind, base::ErrorKind::kInvalid);
  EXPECT_EQ(std::get<std::string>(*refused.failure().reason.find("field")), "name");
}

TEST_P(StoreContract, RefusesARowThatWasChangedSinceItWasRead) {
  const Family family = new_family();
  model::Node mine = family.node;
  model::Node theirs = family.node;
  theirs.pool = "theirs";
  mine.pool = "mine";
  ASSERT_OK(write([&](auto& tx) { return tx.nodes().update(theirs); }));
  auto tx = begin();
  const auto late = tx->nodes().update(mine);
  EXPECT_CODE(late, "store.version");
  EXPECT_EQ(late.failure().kind, base::ErrorKind::kConflict);
  EXPECT_EQ(mine.version, 1);
  mine = *tx->nodes().get(mine.id);  // the transaction still serves
  EXPECT_EQ(mine.pool, "theirs");
  EXPECT_EQ(mine.version, 2);
  mine.pool = "mine";
  ASSERT_OK(tx->nodes().update(mine));
  ASSERT_OK(tx->nodes().update(mine));
  EXPECT_EQ(mine.version, 4);
  ASSERT_OK(tx->commit());
}

TEST_P(StoreContract, SaysThatThereIsNoSuchRow) {
  auto tx = begin();
  auto ghost = make<model::Node>(random_, {});
  EXPECT_CODE(tx->nodes().get(ghost.id), "store.not_found");
  EXPECT_CODE(tx->nodes().update(ghost), "store.not_found");
  EXPECT_CODE(tx->nodes().remove(ghost.id), "store.not_found");
  const auto found = tx->nodes().find(ghost.id);
  ASSERT_OK(found);
  EXPECT_FALSE(found->has_value());
  const auto first = tx->nodes().first(Query{});
  ASSERT_OK(first);
  EXPECT_FALSE(first->has_value());
  ASSERT_OK(tx->commit());
}

TEST_P(StoreContract, RefusesARowWithoutItsParents) {
  const Family family = new_family();
  {
    auto tx = begin();
    auto orphan = make<model::Card>(random_, family);
    orphan.node_id.text = random_.uuid();
    const auto refused = tx->cards().insert(orphan);
    EXPECT_CODE(refused, "store.reference");
    // Refused by the database itself: from here on the transaction can only be given up, on every engine.
    EXPECT_CODE(tx->nodes().insert(make<model::Node>(random_, family)), "store.reference");
    EXPECT_CODE(tx->nodes().list(Query{}), "store.reference");
    EXPECT_CODE(tx->commit(), "store.reference");
  }
  EXPECT_EQ(*begin(Access::kRead)->nodes().count(Query{}), 1);
  auto tx = begin();
  EXPECT_CODE(tx->nodes().remove(family.node.id), "store.reference");
}

// A programme and its policy, a workload and its run point at each other.
TEST_P(StoreContract, ChecksMutualReferencesAtTheEnd) {
  const Family family = new_family();
  ASSERT_OK(write([&](auto& tx) -> base::Status {
    auto programme = make<model::Programme>(random_, family);
    auto policy = make<model::PolicyVersion>(random_, family);
    programme.policy_version_id = policy.id;
    policy.programme_id = programme.id;
    DURE_TRY(tx.programmes().insert(programme));
    return tx.policy_versions().insert(policy);
  }));
  auto tx = begin();
  auto programme = make<model::Programme>(random_, family);
  programme.policy_version_id = model::PolicyVersionId(random_.uuid());
  ASSERT_OK(tx->programmes().insert(programme));
  EXPECT_CODE(tx->commit(), "store.reference");
  EXPECT_EQ(*begin(Access::kRead)->programmes().count(Query{}), 2);
}

TEST_P(StoreContract, RefusesUseThatDoesNotAddUp) {
  const Family family = new_family();
  const auto refused = [&](auto change) {
    auto tx = begin();
    auto entry = make<model::LedgerEntry>(random_, family);
    entry.kind = model::LedgerKind::kObserved;
    entry.corrects.reset();
    entry.usage = {entry.milli_gpu.value * (entry.to_ms - entry.from_ms)};
    change(entry);
    EXPECT_CODE(tx->ledger_entries().insert(entry), "store.rule");
  };
  refused([](auto& entry) { ++entry.usage.milli_gpu_ms; });
  refused([](auto& entry) { entry.to_ms = entry.from_ms - 1; });
  refused([&](auto& entry) { entry.corrects = family.entry.id; });
  auto tx = begin();
  auto share = make<model::Share>(random_, family);
  share.milli_gpu = {1001};
  EXPECT_CODE(tx->shares().insert(share), "store.rule");
}

TEST_P(StoreContract, LeavesNothingOfWhatWasNotCommitted) {
  const auto node = make<model::Node>(random_, {});
  {
    auto tx = begin();
    ASSERT_OK(tx->nodes().insert(node));
    EXPECT_EQ(*tx->nodes().count(Query{}), 1);
  }  // given up
  EXPECT_EQ(*begin(Access::kRead)->nodes().count(Query{}), 0);
  ASSERT_OK(write([&](auto& tx) { return tx.nodes().insert(node); }));
  EXPECT_EQ(*begin(Access::kRead)->nodes().count(Query{}), 1);
}

// L1: what a decision was made from goes with the person that it is about; that it was made stays.
TEST_P(StoreContract, L1_EmptiesTheInputsOfADecisionAndNothingElseOfIt) {
  const Family family = new_family();
  auto decision = make<model::Decision>(random_, family);
  decision.inputs = "{\"name\":\"Hong\"}";
  decision.outcome = "eligible";
  ASSERT_OK(write([&](auto& tx) { return tx.decisions().insert(decision); }));
  const auto try_update = [&](auto change) {
    auto tx = begin();
    auto row = *tx->decisions().get(decision.id);
    change(row);
    const auto done = tx->decisions().update(row);
    return done.ok() ? tx->commit() : done;
  };
  EXPECT_CODE(try_update([](auto& row) { row.inputs = "{}"; }), "store.append_only");
  EXPECT_CODE(try_update([](auto& row) {
                row.inputs.clear();
                row.outcome = "ineligible";
              }),
              "store.append_only");
  ASSERT_OK(try_update([](auto& row) { row.inputs.clear(); }));
  EXPECT_EQ(begin(Access::kRead)->decisions().get(decision.id)->outcome, "eligible");
  EXPECT_CODE(try_update([](auto& row) { row.note += "x"; }), "store.append_only");
}

TEST_P(StoreContract, KeepsWhatOnlyGrowsAsItWasWritten) {
  const Family family = new_family();
  auto observation = make<model::Observation>(random_, family);
  ASSERT_OK(write([&](auto& tx) { return tx.observations().insert(observation); }));
  const auto refused = [&](auto step) {
    auto tx = begin();
    EXPECT_CODE(step(*tx), "store.append_only");
  };
  refused([row = family.entry](auto& tx) mutable { return tx.ledger_entries().update(row); });
  refused([&](auto& tx) { return tx.ledger_entries().remove(family.entry.id); });
  refused([row = family.decision](auto& tx) mutable { return tx.decisions().update(row); });
  refused([row = observation](auto& tx) mutable { return tx.observations().update(row); });
  refused([&](auto& tx) { return tx.observations().remove(observation.id); });
  expect_stored(store(), family.entry);
}

// Decision 7: sealed once, then only its personal part may go.
TEST_P(StoreContract, SealsAnAuditEntryOnceAndErasesOnlyItsPersonalPart) {
  auto entry = make<model::AuditEntry>(random_, {});
  entry.personal = "{\"address\": \"203.0.113.9\"}";
  const auto try_update = [&](auto change) -> base::Status {
    auto tx = begin();
    auto row = *tx->audit_entries().get(entry.id);
    change(row);
    DURE_TRY(tx->audit_entries().update(row));
    return tx->commit();
  };
  ASSERT_OK(write([&](auto& tx) { return tx.audit_entries().insert(entry); }));
  EXPECT_CODE(try_update([](auto& row) { row.action += "x"; }), "store.append_only");
  EXPECT_CODE(try_update([](auto& row) { row.personal = "another"; }), "store.append_only");
  ASSERT_OK(try_update([](auto& row) {
    row.position = 41;
    row.personal_salt = "salt";
    row.personal_digest = "digest";
    row.previous_hash = "before";
    row.hash = "this";
  }));
  EXPECT_CODE(try_update([](auto& row) { row.position = 42; }), "store.append_only");
  EXPECT_CODE(try_update([](auto& row) { row.hash = "that"; }), "store.append_only");
  EXPECT_CODE(try_update([](auto& row) { row.personal_salt = "other"; }), "store.append_only");
  ASSERT_OK(try_update([](auto& row) { row.personal = row.personal_salt = ""; }));
  auto tx = begin();
  EXPECT_CODE(tx->audit_entries().remove(entry.id), "store.append_only");
}

TEST_P(StoreContract, RefusesASumThatDoesNotFit) {
  const Family family = new_family();
  auto tx = begin();
  std::int64_t total = 0;
  EXPECT_EQ(*tx->invoices().sum("total_krw", Query{}.where("price_list", "none")), 0);
  for (const std::int64_t won : {INT64_MAX - 10, std::int64_t{10}, std::int64_t{1}}) {
    auto invoice = make<model::Invoice>(random_, family);
    invoice.total = {won};
    invoice.price_list = "summed";
    ASSERT_OK(tx->invoices().insert(invoice));
    if (won == 1) continue;
    total += won;
    EXPECT_EQ(*tx->invoices().sum("total_krw", Query{}.where("price_list", "summed")), total);
  }
  EXPECT_CODE(tx->invoices().sum("total_krw", Query{}.where("price_list", "summed")), "store.failed");
}

}  // namespace
}  // namespace dure::store_test
