// Invariant 17 (with L1, L3, R12) over random histories of one deletion: days pass, the end moves, holds are
// placed, run out and are released, nodes answer late, reports are handed in late, the process dies between
// any two steps. What must hold: nothing is destroyed before the day that was told and before the whole time
// of notice has passed, nor while the whole is held; what is certified is destroyed or held by a law that was
// in force when it was listed; a certificate comes of everything that was listed. DURE_TEST_TIER=full: 10,000
// histories.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "programme/deletion.h"
#include "programme/deletion_states.h"
#include "programme/test_histories.h"

namespace dure::programme {
namespace {

using base::Date;
using model::DeletedKind;
using model::DeletionItemState;
using model::DeletionJobState;

class History {
 public:
  explicit History(std::uint64_t seed) : bits_(seed) {
    rules_.delete_after_end_days = below(10);
    rules_.deletion_notice_days = below(15);
    if (below(3) == 0) rules_.holds = {"evidence"};
    allocation_.ends_on = base::add_days(Date{2027, 2, 1}, below(30));
    today_ = base::add_days(allocation_.ends_on, below(40) - 20);
    owed_ = below(2) == 0;
    plan_dates(job_, plan_closure(allocation_, rules_));
  }

  void live() {
    for (int step = 0; step < 300 && !testing::Test::HasFailure(); ++step) {
      if (below(3) == 0) today_ = base::add_days(today_, below(4));
      if (below(12) == 0) owed_ = false;
      if (below(25) == 0) lengthen();
      if (below(12) == 0) hold();
      if (below(8) == 0) release();
      turn();
    }
    owed_ = false;
    for (auto& each : holds_) each.released_at = base::Instant{1};
    today_ = base::add_days(today_, 400);
    for (int step = 0; step < 300 && job_.state != DeletionJobState::kCertified; ++step) {
      today_ = base::add_days(today_, 1);
      turn();
    }
    EXPECT_TRUE(job_.state == DeletionJobState::kCertified)
        << model::to_text(job_.state) << " on " << base::to_text(today_) << ", to be deleted on "
        << base::to_text(job_.purge_on) << ", used until " << base::to_text(allocation_.ends_on);
  }

 private:
  std::int64_t below(std::int64_t end) {
    return static_cast<std::int64_t>(bits_() % static_cast<std::uint64_t>(end));
  }

  void lengthen() {
    if (job_.state != DeletionJobState::kScheduled && job_.state != DeletionJobState::kNoticed) return;
    allocation_.ends_on = base::add_days(allocation_.ends_on, below(20));
  }
  void hold() {
    if (job_.state != DeletionJobState::kNoticed) return;
    model::RetentionHold made;
    made.law = "law " + std::to_string(holds_.size());
    if (below(2) == 0) made.kinds = {"document", "volume"};
    if (below(2) == 0) made.until = base::add_days(today_, below(30));
    holds_.push_back(made);
    if (made.kinds.empty()) move(DeletionJobEvent::kHold);
  }
  void release() {
    if (!holds_.empty())
      holds_[static_cast<std::size_t>(below(std::ssize(holds_)))].released_at = base::Instant{1};
  }
  void move(DeletionJobEvent event) {
    const auto state = next(job_.state, event);
    ASSERT_TRUE(state.ok()) << model::to_text(job_.state) << " " << model::to_text(event);
    job_.state = *state;
  }

  // One round: what the keeper does, with the process dead in one of four before it is kept.
  void turn() {
    const auto before = job_;
    if (job_.state == DeletionJobState::kScheduled || job_.state == DeletionJobState::kNoticed)
      plan_dates(job_, plan_closure(allocation_, rules_));
    DeletionFacts facts;
    facts.today = today_;
    facts.over = today_ > allocation_.ends_on;
    facts.held = holds_all(holds_, today_);
    facts.all_done = !any_pending(job_.items);
    facts.nothing_readable = below(5) != 0;
    take(step_due(job_, facts));
    if (below(4) == 0) job_ = before;
  }

  void take(DeletionStep step) {
    switch (step) {
      case DeletionStep::kNone:
        return;
      case DeletionStep::kNotify:
        if (job_.state == DeletionJobState::kScheduled) move(DeletionJobEvent::kNotify);
        mark_noticed(job_, today_, base::Instant{1}, rules_);
        told_on_ = today_;
        return;
      case DeletionStep::kCancel:
        FAIL() << "nothing goes on here";
      case DeletionStep::kRelease:
        EXPECT_FALSE(holds_all(holds_, today_));
        return move(DeletionJobEvent::kRelease);
      case DeletionStep::kRun:
        expect_told();
        move(DeletionJobEvent::kRun);
        if (job_.items.empty()) list();
        return;
      case DeletionStep::kDestroy:
        return destroy();
      case DeletionStep::kVerify:
        return move(DeletionJobEvent::kVerify);
      case DeletionStep::kFail:
        return move(DeletionJobEvent::kFail);
      case DeletionStep::kCertify:
        expect_certified();
        return move(DeletionJobEvent::kCertify);
    }
  }

  void expect_told() {
    EXPECT_GT(today_, allocation_.ends_on) << "the use is over";
    EXPECT_GE(today_, job_.purge_on);
    EXPECT_GE(base::to_days(today_), base::to_days(told_on_) + rules_.deletion_notice_days);
    EXPECT_TRUE(job_.noticed_at.has_value());
    EXPECT_GE(base::to_days(today_),
              base::to_days(allocation_.ends_on) + std::max<std::int64_t>(1, rules_.delete_after_end_days));
  }
  void list() {
    for (const auto& each : model::EnumNames<DeletedKind>::kAll) {
      model::DeletionItem item;
      item.kind = each.first;
      item.id = std::string(each.second) + "-1";
      item.size.value = below(100);
      item.law = law_over(item.kind, rules_, "the pack", holds_, today_);
      if (!item.law.empty()) item.state = DeletionItemState::kHeld;
      job_.items.push_back(item);
    }
  }
  void destroy() {
    for (auto& item : job_.items) {
      const bool waits = owed_ && item.kind != DeletedKind::kVolume;
      if (item.state == DeletionItemState::kPending && !waits && below(2) == 0)
        item.state = DeletionItemState::kDestroyed;
    }
    EXPECT_EQ(any_pending(job_.items), what_waits(job_.items).has_value());
  }
  void expect_certified() {
    const auto lines = certificate_lines(job_.items);
    std::int64_t count = 0;
    for (const auto& line : lines) {
      EXPECT_NE(line.state, DeletionItemState::kPending);
      EXPECT_EQ(line.state == DeletionItemState::kHeld, !line.law.empty());
      count += line.count;
    }
    EXPECT_EQ(count, static_cast<std::int64_t>(job_.items.size()));
    for (const auto& item : job_.items) {
      const bool by_the_pack = item.kind == DeletedKind::kEvidence && !rules_.holds.empty();
      EXPECT_TRUE(!by_the_pack || item.state == DeletionItemState::kHeld);
    }
  }

  std::mt19937_64 bits_;
  policy::Retention rules_;
  model::Allocation allocation_;
  model::DeletionJob job_;
  std::vector<model::RetentionHold> holds_;
  Date today_;
  Date told_on_{1900, 1, 1};
  bool owed_ = false;
};

TEST(DeletionHistory, Invariant17_L1_NothingGoesBeforeItsDayAndWhatIsCertifiedIsGoneOrHeld) {
  for (int seed = 1; seed <= histories(500) && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    History(static_cast<std::uint64_t>(seed)).live();
  }
}

TEST(Deletion, L1_WhoWasToldLateHasTheWholeTimeOfNoticeStill) {
  policy::Retention rules;
  rules.delete_after_end_days = 5;
  rules.deletion_notice_days = 7;
  model::Allocation allocation;
  allocation.ends_on = {2027, 2, 28};
  model::DeletionJob job;
  plan_dates(job, plan_closure(allocation, rules));
  EXPECT_EQ(job.notice_on, (Date{2027, 2, 26}));
  EXPECT_EQ(job.purge_on, (Date{2027, 3, 5}));
  mark_noticed(job, {2027, 3, 4}, base::Instant{1}, rules);
  EXPECT_EQ(job.purge_on, (Date{2027, 3, 11}));
  plan_dates(job, plan_closure(allocation, rules));
  EXPECT_EQ(job.purge_on, (Date{2027, 3, 11})) << "it does not come forward again";
}

TEST(Deletion, L1_AProjectThatGoesOnIsNotDeleted) {
  model::DeletionJob job;
  job.state = DeletionJobState::kNoticed;
  job.noticed_at = base::Instant{1};
  job.purge_on = {2027, 3, 5};
  DeletionFacts facts;
  facts.today = {2027, 3, 5};
  facts.over = true;
  facts.goes_on = true;
  EXPECT_EQ(step_due(job, facts), DeletionStep::kCancel);
  facts.today = {2027, 3, 4};
  job.noticed_at.reset();
  EXPECT_EQ(step_due(job, facts), DeletionStep::kNone) << "nobody is told";
  facts.today = {2027, 3, 5};
  facts.goes_on = false;
  EXPECT_EQ(step_due(job, facts), DeletionStep::kNotify) << "nothing goes before he was told";
  job.noticed_at = base::Instant{1};
  facts.held = true;
  EXPECT_EQ(step_due(job, facts), DeletionStep::kNone) << "a hold of another job";
  facts.held = false;
  EXPECT_EQ(step_due(job, facts), DeletionStep::kRun);
  facts.today = {2027, 3, 4};
  EXPECT_EQ(step_due(job, facts), DeletionStep::kNone);
}

TEST(Deletion, L1_ADayThatMovesOnByMoreThanTheTimeOfNoticeIsToldAnew) {
  policy::Retention rules;
  rules.delete_after_end_days = 5;
  rules.deletion_notice_days = 7;
  model::Allocation allocation;
  allocation.ends_on = {2027, 2, 28};
  model::DeletionJob job;
  plan_dates(job, plan_closure(allocation, rules));
  mark_noticed(job, {2027, 2, 26}, base::Instant{1}, rules);
  allocation.ends_on = {2027, 3, 7};
  plan_dates(job, plan_closure(allocation, rules));
  EXPECT_TRUE(job.noticed_at) << "a week";
  allocation.ends_on = {2027, 3, 31};
  plan_dates(job, plan_closure(allocation, rules));
  EXPECT_FALSE(job.noticed_at);
  EXPECT_EQ(job.purge_on, (Date{2027, 4, 5}));
  EXPECT_EQ(job.notice_on, (Date{2027, 3, 29}));
}

TEST(Deletion, L3_WhatNoLawHoldsAnyMoreGoesWhileTheJobRuns) {
  std::vector<model::DeletionItem> items(3);
  items[0].state = DeletionItemState::kHeld;
  items[0].law = "law";
  items[1].state = DeletionItemState::kDestroyed;
  EXPECT_TRUE(settle_laws(items, [](const auto&) { return std::string(); }));
  EXPECT_EQ(items[0].state, DeletionItemState::kPending);
  EXPECT_EQ(items[0].law, "");
  EXPECT_TRUE(settle_laws(items, [](const auto&) { return std::string("other"); }));
  EXPECT_EQ(items[1].state, DeletionItemState::kDestroyed) << "what is gone is gone";
  EXPECT_EQ(items[2].state, DeletionItemState::kHeld);
  EXPECT_FALSE(settle_laws(items, [](const auto&) { return std::string("other"); }));
}

model::RetentionHold hold_over(std::vector<std::string> kinds, std::string law) {
  model::RetentionHold hold;
  hold.kinds = std::move(kinds);
  hold.law = std::move(law);
  return hold;
}

TEST(Deletion, L3_Invariant17_WhoWorkedInSeveralProjectsIsHeldByTheHoldOfAny) {
  const Date today{2027, 3, 5};
  const auto law = [&](DeletedKind kind, const std::vector<model::RetentionHold>& holds) {
    return law_over_somebody(kind, holds, today);
  };
  const auto person = hold_over({"document", "person"}, "law of A");
  const auto account = hold_over({"account"}, "law of B");
  EXPECT_EQ(law(DeletedKind::kPerson, {person}), "law of A");
  EXPECT_EQ(law(DeletedKind::kAccount, {person}), "law of A") << "by which the person is known";
  EXPECT_EQ(law(DeletedKind::kPerson, {account}), "") << "nobody asked to keep him";
  EXPECT_EQ(law(DeletedKind::kAccount, {account, person}), "law of B");
  EXPECT_EQ(law(DeletedKind::kPerson, {account, person}), "law of A");
  const auto whole = hold_over({}, "law of C");
  EXPECT_EQ(law(DeletedKind::kAccount, {whole}), "law of C");
  EXPECT_EQ(law(DeletedKind::kPerson, {whole}), "law of C");
  EXPECT_EQ(law(DeletedKind::kAccount, {hold_over({"document", "application"}, "law of D")}), "");
  auto ended = person;
  ended.until = Date{2027, 3, 4};
  auto released = whole;
  released.released_at = base::Instant{1};
  EXPECT_EQ(law(DeletedKind::kAccount, {ended, released}), "");
  EXPECT_EQ(law(DeletedKind::kAccount, {ended, released, account}), "law of B");
  EXPECT_EQ(law_over(DeletedKind::kAccount, {}, "", {person}, today), "law of A")
      << "nor does the project itself part the two";
}

TEST(Deletion, L3_AThingInSeveralPlacesIsCertifiedOnce) {
  model::DeletionItem item;
  item.id = "v";
  item.size.value = 7;
  item.place = "n1";
  item.state = DeletionItemState::kDestroyed;
  auto other = item;
  other.place = "n2";
  const auto lines = certificate_lines({item, other});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].count, 1);
  EXPECT_EQ(lines[0].size.value, 7);
}

}  // namespace
}  // namespace dure::programme
