// L1, L3, invariant 17 where several things meet: accounts of two projects, allocations that follow each
// other, holds of another job and their end, money that is owed, and every personal column afterwards.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <map>

#include "centre/centre.h"
#include "centre/outcome_cast.h"
#include "centre/taken.h"
#include "commands/deletion.h"
#include "commands/leases.h"
#include "commands/rows.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

std::size_t count_of(const Reply& reply) {
  return reply.body.at("items").as_array().size();
}

Reply jobs_of(Centre& centre, const Who& user) {
  return centre.get("/api/v1/deletion-jobs?sort=id&allocation_id=" + user.allocation, centre.operators);
}
// The newest of the allocation.
Reply newest_job_of(Centre& centre, const Who& user) {
  const auto all = jobs_of(centre, user);
  const auto last = count_of(all) == 0 ? "" : all.text("items/" + std::to_string(count_of(all) - 1) + "/id");
  return centre.get("/api/v1/deletion-jobs/" + std::string(last), centre.operators);
}

void turn_at(Centre& centre, const std::string& instant) {
  move_to(centre, instant);
  centre.turn_loops();
}

std::string account_state(Centre& centre, const Who& user) {
  return centre.get("/api/v1/accounts/" + user.account, centre.operators).text("state");
}

void join(Centre& centre, const Who& user, const std::string& project) {
  const auto granted = centre.post(
      "/api/v1/role-grants", centre.operators,
      {{"account_id", user.account}, {"role", "member"}, {"scope", "project"}, {"scope_id", project}});
  ASSERT_EQ(granted.status, 201) << granted.text_body;
}

// Something is written that the API does not write just so.
void write(Centre& centre, const std::function<base::Status(commands::Work&)>& body) {
  const auto done = commands::run<bool>(centre.world(), commands::system_caller("scheduler"),
                                        [&](commands::Work& work) -> base::Result<bool> {
                                          DURE_TRY(body(work));
                                          return true;
                                        });
  ASSERT_TRUE(done.ok()) << done.failure().reason.code;
}

// Another allocation of the user's project, with other dates.
void add_allocation(Centre& centre, const Who& user, base::Date starts_on, base::Date ends_on) {
  write(centre, [&](commands::Work& work) -> base::Status {
    DURE_LET(first, work.tx.allocations().get(model::AllocationId(user.allocation)));
    auto next = first;
    work.stamp(next);
    next.version = 1;
    next.starts_on = starts_on;
    next.ends_on = next.agreed_ends_on = ends_on;
    next.state = model::AllocationState::kPlanned;
    return work.tx.allocations().insert(next);
  });
}

TEST(Deletion, L1_Invariant17_WhoWorkedInTwoProjectsThatEndOnOneDayIsDeletedWithThem) {
  Centre centre;
  const Who one = centre.admit("hong01");
  const Who two = centre.admit("kim01");
  join(centre, one, project_of(centre, two));
  report_and_accept(centre, one);
  report_and_accept(centre, two);
  turn_at(centre, "2027-02-27T01:00:00Z");
  turn_at(centre, "2027-03-08T01:00:00Z");
  turn_at(centre, "2027-03-09T01:00:00Z");
  EXPECT_EQ(newest_job_of(centre, one).text("state"), "certified") << newest_job_of(centre, one).text_body;
  EXPECT_EQ(newest_job_of(centre, two).text("state"), "certified");
  EXPECT_EQ(account_state(centre, one), "deleted") << "neither project waits for the other";
  EXPECT_EQ(account_state(centre, two), "deleted");
}

TEST(Deletion, L3_AHoldBindsEveryJobOverTheSameThingsAndItsEndLeadsToDeletion) {
  Centre centre;
  const Who one = centre.admit("hong01");
  const Who two = centre.admit("kim01");
  join(centre, one, project_of(centre, two));
  report_and_accept(centre, one);
  report_and_accept(centre, two);
  turn_at(centre, "2027-02-27T01:00:00Z");
  const auto hold = centre.post("/api/v1/deletion-jobs/" + newest_job_of(centre, one).text("id") + "/hold",
                                centre.operators,
                                {{"law", "형사소송법"},
                                 {"ground", "수사 중인 사건"},
                                 {"kinds", json::array{"account", "person", "document"}}});
  ASSERT_EQ(hold.status, 201) << hold.text_body;
  EXPECT_EQ(newest_job_of(centre, one).text("ground"), "") << "who it is about does not read why";
  turn_at(centre, "2027-03-08T01:00:00Z");
  turn_at(centre, "2027-03-09T01:00:00Z");
  EXPECT_EQ(newest_job_of(centre, one).text("state"), "certified") << newest_job_of(centre, one).text_body;
  EXPECT_EQ(newest_job_of(centre, two).text("state"), "certified") << newest_job_of(centre, two).text_body;
  EXPECT_NE(account_state(centre, one), "deleted") << "held, whichever project ends";
  const auto document =
      centre.get("/api/v1/documents?application_id=" + one.application, centre.operators).text("items/0/id");
  const std::string content = "/api/v1/documents/" + document + "/content?ground=g";
  EXPECT_EQ(centre.get(content, centre.operators).status, 200);
  centre.post("/api/v1/retention-holds/" + hold.text("id") + "/release", centre.operators,
              {{"ground", "수사 종결"}});
  turn_at(centre, "2027-03-10T01:00:00Z");
  auto job = newest_job_of(centre, one);
  EXPECT_EQ(count_of(jobs_of(centre, one)), 2u) << "a job of its own";
  EXPECT_EQ(job.text("state"), "noticed") << job.text_body;
  EXPECT_EQ(centre.get(content, centre.operators).status, 200) << "with its time of notice";
  turn_at(centre, "2027-03-18T01:00:00Z");
  job = newest_job_of(centre, one);
  EXPECT_EQ(job.text("state"), "certified") << job.text_body;
  EXPECT_EQ(centre.get(content, centre.operators).status, 404);
  EXPECT_EQ(account_state(centre, one), "deleted");
  EXPECT_EQ(count_of(centre.get("/api/v1/deletion-certificates?project_id=" + project_of(centre, one),
                                centre.operators)),
            2u);
  turn_at(centre, "2027-03-19T01:00:00Z");
  EXPECT_EQ(count_of(jobs_of(centre, one)), 2u) << "once";
}

// What the newest certificate of the project says of things of the kind: how many of them, by state and law.
std::map<std::string, std::int64_t> certified_of(Centre& centre, const Who& user, const std::string& kind) {
  const auto all = centre.get("/api/v1/deletion-certificates?sort=-id&project_id=" + project_of(centre, user),
                              centre.operators);
  std::map<std::string, std::int64_t> found;
  if (count_of(all) == 0) return found;
  for (const auto& line : all.body.at("items").as_array()[0].at("lines").as_array())
    if (line.at("kind").as_string() == kind)
      found[std::string(line.at("state").as_string()) + " " + std::string(line.at("law").as_string())] =
          line.at("count").as_int64();
  return found;
}

std::string name_of_person(Centre& centre, const Who& user) {
  std::string name;
  write(centre, [&](commands::Work& work) -> base::Status {
    DURE_LET(account, work.tx.accounts().get(model::AccountId(user.account)));
    DURE_LET(person, work.tx.people().get(*account.person_id));
    name = person.name;
    return {};
  });
  return name;
}

std::string name_in_form(Centre& centre, const Who& user) {
  return centre.get("/api/v1/applications/" + user.application + "?reveal=check", centre.operators)
      .text("form/applicant/name");
}

using Counts = std::map<std::string, std::int64_t>;

TEST(Deletion, L1_L3_Invariant17_WhoIsHeldInOneProjectStaysWhenAnotherOfHisIsDeleted) {
  Centre centre;
  const Who one = centre.admit("hong01");
  const Who two = centre.admit("kim01");
  join(centre, one, project_of(centre, two));
  report_and_accept(centre, one);
  report_and_accept(centre, two);
  turn_at(centre, "2027-02-27T01:00:00Z");
  const auto hold = centre.post(
      "/api/v1/deletion-jobs/" + newest_job_of(centre, one).text("id") + "/hold", centre.operators,
      {{"law", "형사소송법"}, {"ground", "수사 중인 사건"}, {"kinds", json::array{"person"}}});
  ASSERT_EQ(hold.status, 201) << hold.text_body;
  turn_at(centre, "2027-03-08T01:00:00Z");
  turn_at(centre, "2027-03-09T01:00:00Z");
  ASSERT_EQ(newest_job_of(centre, one).text("state"), "certified") << newest_job_of(centre, one).text_body;
  ASSERT_EQ(newest_job_of(centre, two).text("state"), "certified") << newest_job_of(centre, two).text_body;
  EXPECT_NE(account_state(centre, one), "deleted");
  EXPECT_NE(name_of_person(centre, one), "");
  EXPECT_EQ(account_state(centre, two), "deleted") << "nobody holds the other";
  EXPECT_EQ(name_of_person(centre, two), "");
  EXPECT_EQ(name_in_form(centre, one), "") << "what is in the rows of a project goes by that project";
  EXPECT_EQ(name_in_form(centre, two), "");
  for (const char* kind : {"account", "person"}) {
    EXPECT_EQ(certified_of(centre, one, kind), (Counts{{"held 형사소송법", 1}})) << kind;
    EXPECT_EQ(certified_of(centre, two, kind), (Counts{{"held 형사소송법", 1}, {"destroyed ", 1}})) << kind;
  }
  centre.post("/api/v1/retention-holds/" + hold.text("id") + "/release", centre.operators,
              {{"ground", "수사 종결"}});
  turn_at(centre, "2027-03-10T01:00:00Z");
  EXPECT_EQ(newest_job_of(centre, one).text("state"), "noticed");
  EXPECT_EQ(count_of(jobs_of(centre, two)), 1u) << "one job deletes him";
  turn_at(centre, "2027-03-18T01:00:00Z");
  EXPECT_EQ(newest_job_of(centre, one).text("state"), "certified");
  EXPECT_EQ(account_state(centre, one), "deleted");
  EXPECT_EQ(name_of_person(centre, one), "");
  EXPECT_EQ(certified_of(centre, one, "account"), (Counts{{"destroyed ", 1}}));
}

// He left the project that is held and not deleted yet; then his own ends.
void leave_what_is_held(const json::array& kinds) {
  Centre centre;
  const Who one = centre.admit("hong01");
  const Who two = centre.admit("kim01");
  join(centre, two, project_of(centre, one));
  const auto grant =
      centre.get("/api/v1/role-grants?account_id=" + two.account + "&scope_id=" + project_of(centre, one),
                 centre.operators);
  ASSERT_EQ(count_of(grant), 1u) << grant.text_body;
  centre.send("DELETE", "/api/v1/role-grants/" + grant.text("items/0/id"), centre.operators.token);
  report_and_accept(centre, two);
  turn_at(centre, "2027-02-27T01:00:00Z");
  const auto hold =
      centre.post("/api/v1/deletion-jobs/" + newest_job_of(centre, one).text("id") + "/hold",
                  centre.operators, {{"law", "형사소송법"}, {"ground", "수사 중인 사건"}, {"kinds", kinds}});
  ASSERT_EQ(hold.status, 201) << hold.text_body;
  turn_at(centre, "2027-03-09T01:00:00Z");
  ASSERT_EQ(newest_job_of(centre, two).text("state"), "certified") << newest_job_of(centre, two).text_body;
  EXPECT_NE(newest_job_of(centre, one).text("state"), "certified") << "held, or its report is owed";
  EXPECT_NE(account_state(centre, two), "deleted");
  EXPECT_NE(name_of_person(centre, two), "");
  EXPECT_EQ(name_in_form(centre, two), "");
  EXPECT_EQ(certified_of(centre, two, "person"), (Counts{{"held 형사소송법", 1}}));
  centre.post("/api/v1/retention-holds/" + hold.text("id") + "/release", centre.operators,
              {{"ground", "수사 종결"}});
  turn_at(centre, "2027-03-10T01:00:00Z");
  EXPECT_NE(account_state(centre, two), "deleted") << "with his time of notice";
  turn_at(centre, "2027-03-18T01:00:00Z");
  EXPECT_NE(newest_job_of(centre, one).text("state"), "certified") << "he does not wait for it";
  EXPECT_EQ(account_state(centre, two), "deleted");
  EXPECT_EQ(name_of_person(centre, two), "");
  EXPECT_EQ(certified_of(centre, two, "person"), (Counts{{"destroyed ", 1}}));
}

TEST(Deletion, L1_L3_Invariant17_WhoLeftAProjectIsHeldByItsHoldStill) {
  leave_what_is_held({"person"});
}

TEST(Deletion, L1_L3_Invariant17_WhoLeftAProjectThatIsHeldAsAWholeIsHeldStill) {
  leave_what_is_held({});
}

TEST(Deletion, L1_NothingOfAProjectGoesBeforeTheDayOfItsLastAllocation) {
  Centre centre;
  const Who user = centre.admit("hong01");
  report_and_accept(centre, user);
  add_allocation(centre, user, {2027, 2, 1}, {2027, 3, 3});
  turn_at(centre, "2027-02-26T01:00:00Z");
  EXPECT_EQ(count_of(jobs_of(centre, user)), 0u) << "nobody is told of the end of what goes on";
  turn_at(centre, "2027-03-05T01:00:00Z");
  const auto all = centre.get("/api/v1/deletion-jobs", centre.operators);
  ASSERT_EQ(count_of(all), 1u) << all.text_body;
  EXPECT_EQ(all.text("items/0/state"), "noticed");
  EXPECT_EQ(all.text("items/0/last_day"), "2027-03-03");
  EXPECT_EQ(account_state(centre, user), "must_change_password") << "its password is old, and it is there";
  turn_at(centre, "2027-03-13T01:00:00Z");
  EXPECT_EQ(centre.get("/api/v1/deletion-jobs", centre.operators).text("items/0/state"), "certified");
  EXPECT_EQ(centre.get("/api/v1/allocations/" + user.allocation, centre.operators).text("state"), "purged");
  EXPECT_EQ(account_state(centre, user), "deleted");
}

// The keeper died between its two rounds: the row says active still.
TEST(Deletion, L1_Invariant17_AnAllocationWhoseEndNobodyWroteDownIsPurgedWithItsProject) {
  Centre centre;
  const Who user = centre.admit("hong01");
  report_and_accept(centre, user);
  turn_at(centre, "2027-02-27T01:00:00Z");
  move_to(centre, "2027-03-08T01:00:00Z");
  const auto lease =
      taken(commands::acquire_lease(centre.world(), "keeper", "test", base::Span::seconds(15), true));
  ASSERT_TRUE(lease.has_value());
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(commands::keep_deletions(centre.world(), *lease).ok());
  ASSERT_EQ(newest_job_of(centre, user).text("state"), "certified") << newest_job_of(centre, user).text_body;
  const std::string allocation = "/api/v1/allocations/" + user.allocation;
  EXPECT_EQ(centre.get(allocation, centre.operators).text("state"), "purged");
  turn_at(centre, "2027-03-09T01:00:00Z");
  EXPECT_EQ(centre.get(allocation, centre.operators).text("state"), "purged") << "nor does it come back";
}

TEST(Deletion, L1_WhatIsUsedAgainWhileItsDeletionRunsStopsIt) {
  Centre centre;
  const Who user = centre.admit("hong01");
  turn_at(centre, "2027-02-26T01:00:00Z");
  turn_at(centre, "2027-03-06T01:00:00Z");
  ASSERT_EQ(newest_job_of(centre, user).text("trouble/code"), "deletion.report_owed")
      << newest_job_of(centre, user).text_body;
  add_allocation(centre, user, {2027, 3, 1}, {2027, 8, 31});
  report_and_accept(centre, user);
  turn_at(centre, "2027-03-07T01:00:00Z");
  EXPECT_EQ(newest_job_of(centre, user).text("state"), "cancelled");
  EXPECT_EQ(account_state(centre, user), "active");
}

TEST(Deletion, L1_ACancelledDeletionIsMadeAgainWithItsNoticeWhereTheUseIsOver) {
  Centre centre;
  const Who user = centre.admit("hong01");
  report_and_accept(centre, user);
  turn_at(centre, "2027-02-26T01:00:00Z");
  centre.post("/api/v1/deletion-jobs/" + newest_job_of(centre, user).text("id") + "/cancel", centre.operators,
              {{"ground", "잘못 알림"}});
  turn_at(centre, "2027-03-06T01:00:00Z");
  const auto job = newest_job_of(centre, user);
  EXPECT_EQ(count_of(jobs_of(centre, user)), 2u);
  EXPECT_EQ(job.text("state"), "noticed") << job.text_body;
  EXPECT_GE(job.text("purge_on"), "2027-03-13") << "the whole time of notice";
  turn_at(centre, "2027-03-14T01:00:00Z");
  EXPECT_EQ(newest_job_of(centre, user).text("state"), "certified");
}

TEST(Deletion, L1_AnOffboardingEndsWhereTheAccountIsUsedAgain) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const Who other = centre.admit("kim01");
  report_and_accept(centre, user);
  const auto grant = centre.get("/api/v1/role-grants?account_id=" + user.account, centre.operators);
  centre.send("DELETE", "/api/v1/role-grants/" + grant.text("items/0/id"), centre.operators.token);
  const auto job =
      centre.post("/api/v1/accounts/" + user.account + "/offboard", centre.operators, {{"ground", "퇴사"}});
  ASSERT_EQ(job.status, 201) << job.text_body;
  centre.turn_loops();
  join(centre, user, project_of(centre, other));
  turn_at(centre, "2026-09-12T01:00:00Z");
  EXPECT_EQ(centre.get("/api/v1/deletion-jobs/" + job.text("id"), centre.operators).text("state"),
            "cancelled");
  EXPECT_EQ(account_state(centre, user), "active");
}

TEST(Deletion, L1_WhoHasAnApplicationThatIsNotDecidedKeepsHisAccount) {
  Centre centre;
  const Who user = centre.admit("hong01");
  const Who next = centre.file_application("kim01");
  report_and_accept(centre, user);
  write(centre, [&](commands::Work& work) -> base::Status {
    DURE_LET(application, work.tx.applications().get(model::ApplicationId(next.application)));
    application.account_id = model::AccountId(user.account);
    return work.save(work.tx.applications(), application);
  });
  turn_at(centre, "2027-02-26T01:00:00Z");
  turn_at(centre, "2027-03-06T01:00:00Z");
  EXPECT_EQ(newest_job_of(centre, user).text("state"), "certified") << newest_job_of(centre, user).text_body;
  EXPECT_EQ(account_state(centre, user), "must_change_password") << "its password is old, and it is there";
}

TEST(Deletion, L1_AccountAndPapersStayWhileMoneyIsOwed) {
  Centre centre;
  const Who user = centre.admit("hong01");
  report_and_accept(centre, user);
  const auto project = project_of(centre, user);
  model::InvoiceId id;
  write(centre, [&](commands::Work& work) -> base::Status {
    model::Invoice invoice;
    work.stamp(invoice);
    invoice.number = "S0-I-2027-000001";
    invoice.programme_id = model::ProgrammeId(centre.programme);
    invoice.project_id = model::ProjectId(project);
    invoice.allocation_id = model::AllocationId(user.allocation);
    invoice.state = model::InvoiceState::kOverdue;
    invoice.total = {10'000};
    id = invoice.id;
    return work.tx.invoices().insert(invoice);
  });
  turn_at(centre, "2027-02-26T01:00:00Z");
  turn_at(centre, "2027-03-06T01:00:00Z");
  EXPECT_EQ(newest_job_of(centre, user).text("trouble/code"), "deletion.invoice_open")
      << newest_job_of(centre, user).text_body;
  EXPECT_EQ(account_state(centre, user), "must_change_password") << "its password is old, and it is there";
  write(centre, [&](commands::Work& work) -> base::Status {
    DURE_LET(invoice, work.tx.invoices().get(id));
    invoice.state = model::InvoiceState::kPaid;
    return work.save(work.tx.invoices(), invoice);
  });
  turn_at(centre, "2027-03-07T01:00:00Z");
  EXPECT_EQ(newest_job_of(centre, user).text("state"), "certified");
}

TEST(ProgrammeEnd, L2_WhatWasToBeginLaterEndsUnusedAndCallsThatWouldTakeApplicationsClose) {
  Centre centre;
  const Who user = centre.admit("hong01");
  add_allocation(centre, user, {2027, 1, 10}, {2027, 5, 31});
  write(centre, [&](commands::Work& work) -> base::Status {
    for (const auto state : {model::CallState::kAnnounced, model::CallState::kClosingEarly}) {
      model::Call call;
      work.stamp(call);
      call.programme_id = model::ProgrammeId(centre.programme);
      call.title = "c";
      call.state = state;
      call.opens_at = work.now;
      DURE_TRY(work.tx.calls().insert(call));
    }
    return {};
  });
  const auto told = centre.post("/api/v1/programmes/" + centre.programme + "/end", centre.operators,
                                {{"ends_on", "2026-12-31"}, {"ground", "사업 기간 만료"}});
  ASSERT_EQ(told.text("ends_on"), "2026-12-31") << told.text_body;
  const auto behind = centre.get("/api/v1/allocations?state=ended", centre.operators);
  ASSERT_EQ(count_of(behind), 1u) << behind.text_body;
  EXPECT_LE(behind.text("items/0/starts_on"), behind.text("items/0/ends_on"));
  turn_at(centre, "2026-12-31T15:10:00Z");
  const auto calls = centre.get("/api/v1/calls", centre.operators);
  ASSERT_EQ(count_of(calls), 3u);
  for (const auto& each : calls.body.at("items").as_array()) EXPECT_EQ(each.at("state"), "closed");
}

TEST(Evidence, K1_IsLimitedUnderWhateverKindItComesAndItsLooksTakeNoResidentNumber) {
  Centre centre;
  const Who user = centre.admit("hong01");
  std::string first;
  for (int i = 0; i < 20; ++i) first = put_evidence(centre, user, "kind-" + std::to_string(i));
  const auto more = centre.send(
      "POST", "/api/v1/projects/" + project_of(centre, user) + "/evidence?kind=yet-another&file_name=a.pdf",
      user.token, kPdfFile);
  EXPECT_EQ(more.text("code"), "document.too_many") << more.text_body;
  const std::string content = "/api/v1/evidence-documents/" + first + "/content?ground=";
  EXPECT_EQ(centre.get(content + "900101-1234568", centre.operators).text("code"), "form.resident_number");
  EXPECT_EQ(centre.get(content + std::string(501, 'g'), centre.operators).text("code"),
            "document.ground_too_long");
  EXPECT_EQ(centre.get(content + "g", centre.operators).status, 200);
}

// Whether nothing is there: of a text, a list, something optional, and a value with fields the personal ones.
template <class T>
bool forgotten(const T& value) {
  if constexpr (requires { value.has_value(); }) {
    return !value.has_value();
  } else if constexpr (model::Described<T>) {
    bool none = true;
    model::for_each_field<T>([&](const auto& field) {
      using Member = std::remove_cvref_t<decltype(value.*field.member)>;
      if (model::Described<Member> || field.visibility == model::Visibility::kPersonal)
        none = none && forgotten(value.*field.member);
    });
    return none;
  } else if constexpr (requires { value.empty(); }) {
    return value.empty();
  } else {
    return false;
  }
}

template <class Noun>
void expect_forgotten(commands::Work& work, ports::Repository<Noun>& (ports::Transaction::*rows)(),
                      ports::Query query, bool some = true) {
  const auto all = commands::load_all((work.tx.*rows)(), std::move(query));
  ASSERT_TRUE(all.ok());
  EXPECT_TRUE(!some || !all->empty()) << model::Fields<Noun>::kTable << ": nothing was looked at";
  for (const auto& each : *all)
    EXPECT_TRUE(forgotten(each)) << model::Fields<Noun>::kTable << " " << each.id.text;
}

TEST(Deletion, Invariant17_NoPersonalColumnOfWhatIsCertifiedHoldsAnything) {
  Centre centre;
  const Who user = centre.admit("hong01");
  put_evidence(centre, user, "paper");
  centre.post(
      "/api/v1/questions", user,
      {{"programme_id", centre.programme}, {"desk", ""}, {"title", "제 번호"}, {"text", "010-0000-0000"}});
  const model::AccountId account(user.account);
  write(centre, [&](commands::Work& work) -> base::Status {
    model::NoticePreference wish;
    work.stamp(wish);
    wish.account_id = account;
    wish.email = "hong@example.org";
    wish.mobile = "010-0000-0000";
    return work.tx.notice_preferences().insert(wish);
  });
  report_and_accept(centre, user);
  turn_at(centre, "2027-02-26T01:00:00Z");
  turn_at(centre, "2027-03-06T01:00:00Z");
  ASSERT_EQ(newest_job_of(centre, user).text("state"), "certified") << newest_job_of(centre, user).text_body;
  const auto looked = commands::look<bool>(
      centre.world(), commands::system_caller("scheduler"), [&](commands::Work& work) -> base::Result<bool> {
        using Tx = ports::Transaction;
        const auto own = ports::Query{}.where("account_id", account);
        const auto filed = ports::Query{}.where("application_id", model::ApplicationId(user.application));
        DURE_LET(row, work.tx.accounts().get(account));
        expect_forgotten(work, &Tx::accounts, ports::Query{}.where("id", account));
        expect_forgotten(work, &Tx::people, ports::Query{}.where("id", *row.person_id));
        expect_forgotten(work, &Tx::sessions, own);
        expect_forgotten(work, &Tx::applications,
                         ports::Query{}.where("id", model::ApplicationId(user.application)));
        expect_forgotten(work, &Tx::documents, filed);
        expect_forgotten(work, &Tx::decisions, filed);
        expect_forgotten(work, &Tx::evidence_documents, {});
        expect_forgotten(work, &Tx::notifications, own, false);
        expect_forgotten(work, &Tx::notice_preferences, own);
        DURE_LET(questions, commands::load_all(work.tx.questions(), own));
        EXPECT_EQ(questions.size(), 1u);
        for (const auto& each : questions) EXPECT_EQ(each.title + each.text + each.answer, "");
        EXPECT_EQ(row.password_hash, "");
        return true;
      });
  EXPECT_TRUE(looked.ok());
}

}  // namespace
}  // namespace dure::tests
