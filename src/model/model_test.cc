#include <gtest/gtest.h>

#include <set>
#include <string>

#include "model/access.h"
#include "model/award.h"
#include "model/billing.h"
#include "model/machine.h"
#include "model/maintenance.h"
#include "model/notice.h"
#include "model/programme.h"
#include "model/quota.h"
#include "model/record.h"
#include "model/reservation.h"
#include "model/share_use.h"
#include "model/usage.h"
#include "model/workload.h"

namespace dure::model {
namespace {

template <class Noun>
std::set<std::string> names() {
  std::set<std::string> found;
  std::size_t count = 0;
  for_each_field<Noun>([&](const auto& each) {
    found.emplace(each.name);
    ++count;
  });
  EXPECT_EQ(found.size(), count) << Fields<Noun>::kTable << " names a field twice";
  return found;
}

template <class... Nouns>
void expect_common_fields() {
  for (const auto& found : {names<Nouns>()...})
    for (const char* common : {"id", "version", "created_at", "updated_at"}) EXPECT_TRUE(found.count(common));
}

TEST(Fields, EveryStoredNounHasAnIdAVersionAndItsTimes) {
  expect_common_fields<Organisation, Person, Account, RoleGrant, Session, ApiToken, BlockedAddress, Programme,
                       PolicyVersion, Call, Application, Document, Decision, Award, Project, Allocation,
                       Outage, Quota, Obligation, Node, Card, Image, Volume, Workload, Revision, model::Run,
                       Replica, Share, Observation, LedgerEntry, Invoice, InvoiceLine, AuditEntry, Event,
                       Notification, NoticePreference, NoticeSilence, NoticeText, NoticeMark, IdempotencyKey,
                       LoopLease, MaintenanceWindow, Reservation, ShareUse, ShareFinding>();
}

TEST(Enums, GoThereAndBack) {
  for (const auto& [value, name] : EnumNames<RunState>::kAll) {
    EXPECT_EQ(parse_enum<RunState>(name), value);
    EXPECT_EQ(to_text(value), name);
  }
  EXPECT_FALSE(parse_enum<RunState>("no-such-state"));
}

}  // namespace
}  // namespace dure::model
