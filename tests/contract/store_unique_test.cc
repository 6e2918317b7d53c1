// The contract of ports/store.h: what may stand once only.
#include <gtest/gtest.h>

#include <string>

#include "store_fixture.h"
#include "store_rows.h"

namespace dure::store_test {
namespace {

using ports::Access;
using ports::Query;

TEST_P(StoreContract, NamesTheFieldsOfADuplicateAndGoesOn) {
  const Family family = new_family();
  auto tx = begin();
  auto twin = make<model::Account>(random_, family);
  twin.login = family.account.login;
  const auto refused = tx->accounts().insert(twin);
  EXPECT_CODE(refused, "store.duplicate");
  EXPECT_EQ(refused.failure().kind, base::ErrorKind::kConflict);
  EXPECT_EQ(std::get<std::string>(*refused.failure().reason.find("fields")), "login");
  EXPECT_EQ(std::get<std::string>(*refused.failure().reason.find("table")), "accounts");
  auto same_id = make<model::Account>(random_, family);
  same_id.id = family.account.id;
  EXPECT_CODE(tx->accounts().insert(same_id), "store.duplicate");
  auto key = make<model::IdempotencyKey>(random_, family);
  ASSERT_OK(tx->idempotency_keys().insert(key));
  key.id.text = random_.uuid();
  const auto again = tx->idempotency_keys().insert(key);
  EXPECT_CODE(again, "store.duplicate");
  EXPECT_EQ(std::get<std::string>(*again.failure().reason.find("fields")), "owner,key");
  ASSERT_OK(tx->commit());
  EXPECT_EQ(*begin(Access::kRead)->idempotency_keys().count(Query{}), 1);
}

// The rules by which nothing is told, billed or counted twice.
TEST_P(StoreContract, KeepsEachUniqueRule) {
  const Family family = new_family();
  auto tx = begin();
  const auto twice = [&]<class Noun>(Noun row, auto alike) {
    SCOPED_TRACE(model::Fields<Noun>::kTable);
    ASSERT_OK(rows_of<Noun>(*tx).insert(row));
    Noun other = make<Noun>(random_, family);
    alike(other, row);
    EXPECT_CODE(rows_of<Noun>(*tx).insert(other), "store.duplicate");
  };
#define LIKE(...) [](auto& other, const auto& row) { __VA_ARGS__; }
  twice(make<model::Programme>(random_, family), LIKE(other.code = row.code));
  twice(make<model::Application>(random_, family), LIKE(other.receipt_number = row.receipt_number));
  twice(make<model::Observation>(random_, family),
        LIKE(other.boot_id = row.boot_id; other.sequence = row.sequence; other.node_id = row.node_id));
  twice(make<model::Image>(random_, family), LIKE(other.reference = row.reference));
  twice(make<model::Node>(random_, family), LIKE(other.name = row.name));
  twice(make<model::Invoice>(random_, family), LIKE(other.number = row.number));
  twice(make<model::InvoiceLine>(random_, family), LIKE(other.number = row.number));
  twice(make<model::LoopLease>(random_, family), LIKE(other.role = row.role));
  auto grant = make<model::RoleGrant>(random_, family);
  grant.ends_at.reset();  // one that ended may be granted again
  twice(grant, LIKE(other.role = row.role; other.scope = row.scope; other.scope_id = row.scope_id;
                    other.ends_at.reset()));
  twice(make<model::Revision>(random_, family), LIKE(other.number = row.number));
  twice(make<model::Run>(random_, family), LIKE(other.attempt = row.attempt));
  twice(make<model::Replica>(random_, family), LIKE(other.number = row.number));
  twice(make<model::Session>(random_, family), LIKE(other.token_hash = row.token_hash));
  twice(make<model::ApiToken>(random_, family), LIKE(other.token_hash = row.token_hash));
  twice(make<model::BlockedAddress>(random_, family), LIKE(other.address = row.address));
  twice(make<model::Volume>(random_, family), LIKE(other.name = row.name));
  twice(make<model::Notification>(random_, family),
        LIKE(other.source = row.source; other.recipient = row.recipient; other.channel = row.channel));
  twice(make<model::NoticeText>(random_, family),
        LIKE(other.name = row.name; other.language = row.language; other.sha256 = row.sha256));
  twice(make<model::NoticeMark>(random_, family), LIKE(other.name = row.name));
  const auto piece = [&] {
    auto row = make<model::LedgerEntry>(random_, family);
    row.kind = model::LedgerKind::kObserved;
    row.corrects.reset();
    row.from_ms = 77'000;
    row.to_ms = row.from_ms + 1 + random_.below(1000);
    row.usage = {row.milli_gpu.value * (row.to_ms - row.from_ms)};
    return row;
  };
  ASSERT_OK(tx->ledger_entries().insert(piece()));
  EXPECT_CODE(tx->ledger_entries().insert(piece()), "store.duplicate");
  const auto uid = [&](std::int64_t number) {
    auto row = make<model::Account>(random_, family);
    row.uid = number;
    return row;
  };
  ASSERT_OK(tx->accounts().insert(uid(20001)));
  EXPECT_CODE(tx->accounts().insert(uid(20001)), "store.duplicate");
  ASSERT_OK(tx->accounts().insert(uid(0)));  // 0 is none, and may stand twice
  ASSERT_OK(tx->accounts().insert(uid(0)));
  // So is an application without a receipt number yet.
  for (int i = 0; i < 2; ++i) {
    auto draft = make<model::Application>(random_, family);
    draft.receipt_number = "";
    ASSERT_OK(tx->applications().insert(draft));
  }
#undef LIKE
  ASSERT_OK(tx->commit());
}

}  // namespace
}  // namespace dure::store_test
