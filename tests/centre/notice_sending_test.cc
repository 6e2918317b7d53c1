// P13: messages are sent once, tried again, given up, sent again by an operator; whatever is killed between
// any two steps costs a try and nothing else.
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "centre/cast.h"
#include "centre/notice_cast.h"
#include "cli/api.h"
#include "commands/notice_sending.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

// One letter to the applicant is due.
struct Decided {
  Decided() : post(centre) {
    filed = centre.file_application("hong01");
    DURE_ASSERT(centre.approve(filed.application).status < 300);
    post.make();
  }
  json::object row() {
    const auto rows = post.list("event=application.decided&channel=mail");
    DURE_ASSERT(rows.size() == 1);
    return rows.front();
  }
  std::string state() { return cli::text_at(row(), "state"); }
  std::string why() { return cli::text_at(row(), "failure/code"); }
  std::string path() { return "/api/v1/notifications/" + cli::text_at(row(), "id"); }

  Centre centre;
  Post post;
  Who filed;
};

TEST(NoticeSending, P13_ABusyPeerIsAskedAgainLaterAndLaterAndThenGivenUp) {
  Decided it;
  it.post.mail.set(SmtpMood::kBusy);
  it.post.deliver();
  EXPECT_EQ(it.state(), "pending");
  EXPECT_EQ(it.why(), "notice.peer_busy");
  EXPECT_EQ(cli::number_at(it.row(), "attempts"), 1);
  it.post.deliver();
  EXPECT_EQ(cli::number_at(it.row(), "attempts"), 1) << "not before its time";
  it.centre.clock.advance(base::Span::seconds(30));
  it.post.deliver();
  EXPECT_EQ(cli::number_at(it.row(), "attempts"), 2);
  it.centre.clock.advance(base::Span::seconds(59));
  it.post.deliver();
  EXPECT_EQ(cli::number_at(it.row(), "attempts"), 2) << "the second pause is twice the first";
  it.centre.clock.advance(base::Span::seconds(1));
  it.post.deliver();
  EXPECT_EQ(it.state(), "failed");
  EXPECT_EQ(cli::number_at(it.row(), "attempts"), 3);
  it.centre.clock.advance(base::Span::hours(5));
  it.post.deliver();
  EXPECT_TRUE(it.post.mail.letters().empty());
  EXPECT_EQ(cli::number_at(it.row(), "attempts"), 3);
}

TEST(NoticeSending, P13_WhatIsRefusedForGoodIsNotTriedAgainAndAnOperatorIsTold) {
  Decided it;
  it.post.mail.set(SmtpMood::kRefuses);
  it.post.deliver();
  EXPECT_EQ(it.state(), "failed");
  EXPECT_EQ(it.why(), "notice.peer_refused");
  it.post.make();
  const auto told = it.post.list("event=notice.failed");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(cli::text_at(told[0], "channel"), "console");
  EXPECT_EQ(cli::text_at(told[0], "account_id"), it.centre.operators.account);
}

TEST(NoticeSending, P13_AnOperatorSendsAgainWhatFailedAndNobodyElseMay) {
  Decided it;
  it.post.mail.set(SmtpMood::kRefuses);
  it.post.deliver();
  const auto path = it.path();
  EXPECT_EQ(it.centre.post(path + "/resend", it.filed).status, 404);
  it.post.mail.set(SmtpMood::kTakes);
  const auto again = it.centre.post(path + "/resend", it.centre.operators);
  ASSERT_EQ(again.status, 200) << again.text_body;
  EXPECT_EQ(again.text("state"), "pending");
  EXPECT_EQ(again.number("attempts"), 0);
  it.post.deliver();
  EXPECT_EQ(it.state(), "sent");
  EXPECT_EQ(it.post.mail.letters().size(), 1u);
  const auto twice = it.centre.post(path + "/resend", it.centre.operators);
  EXPECT_EQ(twice.status, 409);
  EXPECT_EQ(twice.text("code"), "notice.not_failed");
}

// Killed after the claim and before the letter left, or before it was written down that it had: the claim is
// nobody's after a while, and the letter goes under the same id.
TEST(NoticeSending, P13_WhatWasBegunAndNeverFinishedIsTakenUpAgain) {
  Decided it;
  const auto id = model::NotificationId(cli::text_at(it.row(), "id"));
  const auto claimed = commands::run<bool>(it.centre.world(), commands::system_caller("test"),
                                           [&](commands::Work& work) -> base::Result<bool> {
                                             DURE_LET(row, work.tx.notifications().get(id));
                                             row.state = model::NotificationState::kSending;
                                             row.attempts = 1;
                                             row.claimed_at = work.now;
                                             row.next_attempt_at.reset();
                                             DURE_TRY(work.save(work.tx.notifications(), row));
                                             return true;
                                           });
  ASSERT_TRUE(claimed.ok());
  it.post.deliver();
  EXPECT_EQ(it.state(), "sending") << "it may still be on its way";
  it.centre.clock.advance(base::Span::seconds(39));
  it.post.deliver();
  EXPECT_TRUE(it.post.mail.letters().empty());
  it.centre.clock.advance(base::Span::seconds(1));
  it.post.deliver();
  EXPECT_EQ(it.state(), "sent");
  EXPECT_EQ(cli::number_at(it.row(), "attempts"), 2);
  ASSERT_EQ(it.post.mail.letters().size(), 1u);
  EXPECT_EQ(header_of(it.post.mail.letters()[0], "Message-ID"), "<" + id.text + "@centre.kr>");
}

TEST(NoticeSending, P13_WhatIsCutOffEachTimeIsGivenUpToo) {
  Decided it;
  const auto id = model::NotificationId(cli::text_at(it.row(), "id"));
  ASSERT_TRUE(commands::run<bool>(it.centre.world(), commands::system_caller("test"),
                                  [&](commands::Work& work) -> base::Result<bool> {
                                    DURE_LET(row, work.tx.notifications().get(id));
                                    row.state = model::NotificationState::kSending;
                                    row.attempts = it.post.retries.attempts;
                                    row.claimed_at = work.now;
                                    DURE_TRY(work.save(work.tx.notifications(), row));
                                    return true;
                                  })
                  .ok());
  it.centre.clock.advance(base::Span::minutes(1));
  it.post.deliver();
  EXPECT_EQ(it.state(), "failed");
  EXPECT_EQ(it.why(), "notice.interrupted");
  EXPECT_TRUE(it.post.mail.letters().empty());
}

// Two dureds: the second takes the role while the first is still sending. Nothing goes out twice.
class Nested : public ports::MessageChannel {
 public:
  explicit Nested(std::function<void()> during) : during_(std::move(during)) {}
  base::Status send(const ports::OutgoingMessage&) override {
    ++sent;
    if (sent == 1) during_();
    return {};
  }
  int sent = 0;

 private:
  std::function<void()> during_;
};

TEST(NoticeSending, P13_AHolderThatLosesItsRoleWhileItSendsStillWritesThatItDid) {
  Decided it;
  auto& world = it.centre.world();
  it.centre.clock.advance(base::Span::seconds(16));  // the loop that sent what was before holds it no more
  const auto first = commands::acquire_lease(world, "courier", "one", base::Span::seconds(15));
  ASSERT_TRUE(first.ok() && first->has_value());
  ports::MessageChannels channels;
  Nested* nested = nullptr;
  const auto take_over = [&] {
    it.centre.clock.advance(base::Span::seconds(16));
    const auto second = commands::acquire_lease(world, "courier", "two", base::Span::seconds(15));
    ASSERT_TRUE(second.ok() && second->has_value());
    const auto count =
        commands::send_notices(world, **second, channels, it.post.retries, 50, base::Span::seconds(3));
    ASSERT_TRUE(count.ok());
    EXPECT_EQ(count->all(), 0) << "it is claimed";
  };
  auto channel = std::make_unique<Nested>(take_over);
  nested = channel.get();
  channels[model::NoticeChannel::kMail] = std::move(channel);
  const auto count =
      commands::send_notices(world, **first, channels, it.post.retries, 50, base::Span::seconds(3));
  ASSERT_TRUE(count.ok()) << count.failure().reason.code;
  EXPECT_EQ(count->sent, 1);
  EXPECT_EQ(nested->sent, 1);
  EXPECT_EQ(it.state(), "sent");
  const auto late =
      commands::send_notices(world, **first, channels, it.post.retries, 50, base::Span::seconds(3));
  EXPECT_TRUE(late.ok()) << "nothing is due";
}

// Whoever starts dured without its settings loses no message: it says so, and waits.
TEST(NoticeSending, P13_AChannelThatIsNotSetUpSaysSoAndItsMessagesWait) {
  Decided it;
  auto channels = std::move(it.post.channels);
  it.post.channels.clear();
  it.post.deliver();
  EXPECT_EQ(it.state(), "pending");
  EXPECT_EQ(it.why(), "notice.channel_off");
  it.post.channels = std::move(channels);
  it.post.deliver();
  EXPECT_EQ(it.state(), "pending") << "not before its time";
  ASSERT_EQ(it.centre.post(it.path() + "/resend", it.centre.operators).status, 200) << "unless one asks";
  it.post.deliver();
  EXPECT_EQ(it.state(), "sent");
}

// Takes its whole time to say nothing.
class Dead : public ports::MessageChannel {
 public:
  explicit Dead(Centre& centre) : centre_(centre) {}
  base::Status send(const ports::OutgoingMessage&) override {
    centre_.clock.advance(base::Span::seconds(4));
    return base::error(base::ErrorKind::kUnavailable,
                       base::Reason("notice.peer_away").with("channel", "mail").with("why", "dead"));
  }

 private:
  Centre& centre_;
};

TEST(NoticeSending, P13_ADeadChannelDoesNotStarveTheOthers) {
  Centre centre;
  Post post(centre);
  ASSERT_EQ(
      centre
          .send("PUT", "/api/v1/me/notice-preference", centre.operators.token, R"({"email":"ops@centre.kr"})")
          .status,
      200);
  for (const char* channel : {"mail", "mail", "mail", "mail", "slack", "slack"})
    ASSERT_EQ(centre.post("/api/v1/notice-tests", centre.operators, {{"channel", channel}}).status, 201);
  post.channels[model::NoticeChannel::kMail] = std::make_unique<Dead>(centre);
  post.deliver();
  post.deliver();
  EXPECT_EQ(post.slack.seen().size(), 2u) << "the letters were due before them";
}

// Nothing is told twice however often the loop runs, and nothing is lost where it was killed before its
// transaction: the mark and the messages are one.
TEST(NoticeSending, P13_TheOutboxIsReadOnceWhateverHappens) {
  Cast cast;
  Post post(cast.centre);
  const auto before = post.list().size();
  EXPECT_GT(before, 0u);
  for (int i = 0; i < 3; ++i) post.make();
  EXPECT_EQ(post.list().size(), before);
  const auto marks = commands::look<std::int64_t>(
      cast.centre.world(), commands::system_caller("test"),
      [](commands::Work& work) -> base::Result<std::int64_t> {
        DURE_LET(mark, work.tx.notice_marks().first(ports::Query{}.where("name", "events").at_most(1)));
        DURE_LET(last, work.tx.events().first(ports::Query{}.ordered("position", true).at_most(1)));
        EXPECT_EQ(mark->position, last->position);
        return mark->position;
      });
  ASSERT_TRUE(marks.ok());
}

TEST(NoticeSending, P13_ATestMessageTakesTheWayOfAllOthers) {
  Cast cast;
  Post post(cast.centre);
  auto& centre = cast.centre;
  EXPECT_EQ(centre.post("/api/v1/notice-tests", cast.member, {{"channel", "slack"}}).status, 404);
  for (const char* channel : {"slack", "webhook", "console", "mail", "kakao"}) {
    const auto made = centre.post("/api/v1/notice-tests", centre.operators, {{"channel", channel}});
    ASSERT_EQ(made.status, 201) << made.text_body;
  }
  post.deliver();
  std::map<std::string, std::string> states;
  for (const auto& row : post.list("event=notice.test"))
    states[cli::text_at(row, "channel")] = cli::text_at(row, "state") + cli::text_at(row, "failure/code");
  EXPECT_EQ(states, (std::map<std::string, std::string>{{"slack", "sent"},
                                                        {"webhook", "sent"},
                                                        {"console", "sent"},
                                                        {"mail", "failednotice.no_address"},
                                                        {"kakao", "failednotice.no_address"}}));
  EXPECT_EQ(post.slack.seen().size(), 1u);
  const auto wish = centre.send("PUT", "/api/v1/me/notice-preference", centre.operators.token,
                                R"({"language":"en","email":"ops@centre.kr","mobile":"010-9999-8888"})");
  ASSERT_EQ(wish.status, 200) << wish.text_body;
  centre.post("/api/v1/notice-tests", centre.operators, {{"channel", "mail"}});
  centre.post("/api/v1/notice-tests", centre.operators, {{"channel", "kakao"}});
  post.deliver();
  ASSERT_EQ(post.mail.letters().size(), 1u);
  EXPECT_EQ(post.mail.letters()[0].to, "ops@centre.kr");
  EXPECT_EQ(header_of(post.mail.letters()[0], "Subject"), "Test message from Dure");
  ASSERT_EQ(post.kakao.seen().size(), 1u);
  EXPECT_EQ(cli::text_at(json::parse(post.kakao.seen()[0].body), "to"), "01099998888");
}

}  // namespace
}  // namespace dure::tests
