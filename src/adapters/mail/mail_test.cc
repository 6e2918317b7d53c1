// M4, P13, D5: letters in Korean over SMTP, against a mail server of our own and against aiosmtpd.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>

#include "adapters/mail/letter.h"
#include "adapters/mail/mail_channel.h"
#include "support/smtp_peer.h"

namespace dure::mail {
namespace {

using tests::SmtpMood;
using tests::SmtpPeer;

ports::OutgoingMessage message() {
  return {"0190-key",
          "application.decided",
          "applications/1",
          "신청 결과를 알려 드립니다: S0-2026-000001",
          "첫 줄\n.점으로 시작하는 줄\n마지막",
          "dev@example.kr",
          "",
          *base::parse_instant("2026-09-01T00:00:00Z")};
}

ports::MailSettings settings(const std::string& server) {
  ports::MailSettings made;
  made.server = server;
  made.from = "noreply@centre.kr";
  made.from_name = "두레 센터";
  return made;
}

std::unique_ptr<ports::MessageChannel> open(const std::string& server) {
  auto opened = open_mail(settings(server));
  EXPECT_TRUE(opened.ok());
  return std::move(*opened);
}

TEST(Mail, M4_ALetterArrivesAsItWasWritten) {
  SmtpPeer peer;
  ASSERT_TRUE(open(peer.url())->send(message()).ok());
  ASSERT_EQ(peer.letters().size(), 1u);
  const auto letter = peer.letters().front();
  EXPECT_EQ(letter.from, "noreply@centre.kr");
  EXPECT_EQ(letter.to, "dev@example.kr");
  EXPECT_EQ(tests::decoded(tests::header_of(letter, "Subject")), message().title);
  EXPECT_EQ(tests::body_of(letter), "첫 줄\r\n.점으로 시작하는 줄\r\n마지막\r\n");
  EXPECT_EQ(tests::header_of(letter, "Message-ID"), "<0190-key@centre.kr>");
  EXPECT_EQ(tests::header_of(letter, "Date"), "Tue, 01 Sep 2026 00:00:00 +0000");
  EXPECT_EQ(tests::header_of(letter, "Auto-Submitted"), "auto-generated");
  EXPECT_EQ(tests::header_of(letter, "Content-Type"), "text/plain; charset=UTF-8");
}

TEST(Mail, P13_WhatThePeerSaysDecidesWhetherOneTriesAgain) {
  SmtpPeer peer;
  const auto channel = open(peer.url());
  peer.set(SmtpMood::kBusy);
  auto told = channel->send(message());
  ASSERT_FALSE(told.ok());
  EXPECT_EQ(told.failure().kind, base::ErrorKind::kUnavailable);
  EXPECT_EQ(told.failure().reason.code, "notice.peer_busy");
  EXPECT_EQ(std::get<std::int64_t>(*told.failure().reason.find("status")), 451);
  peer.set(SmtpMood::kRefuses);
  told = channel->send(message());
  ASSERT_FALSE(told.ok());
  EXPECT_EQ(told.failure().kind, base::ErrorKind::kInvalid);
  EXPECT_EQ(told.failure().reason.code, "notice.peer_refused");
  peer.set(SmtpMood::kSaysNothing);
  told = channel->send(message());
  ASSERT_FALSE(told.ok());
  EXPECT_EQ(told.failure().kind, base::ErrorKind::kUnavailable);
  EXPECT_EQ(told.failure().reason.code, "notice.peer_away");
  EXPECT_TRUE(peer.letters().empty());
}

// A sender that the peer does not let through is a wrong setting: no letter is lost of it.
TEST(Mail, P13_WhatIsRefusedBeforeTheRecipientIsNamedMayPass) {
  SmtpPeer peer;
  const auto channel = open(peer.url());
  peer.set(SmtpMood::kRefusesSenders);
  const auto told = channel->send(message());
  ASSERT_FALSE(told.ok());
  EXPECT_EQ(told.failure().kind, base::ErrorKind::kUnavailable);
  EXPECT_EQ(told.failure().reason.code, "notice.peer_busy");
  EXPECT_EQ(std::get<std::int64_t>(*told.failure().reason.find("status")), 553);
}

// The only case in which a letter can come twice; then both bear the same Message-ID.
TEST(Mail, P13_APeerThatDiesMidAnswerGetsTheSameLetterAgain) {
  SmtpPeer peer;
  const auto channel = open(peer.url());
  peer.set(SmtpMood::kHangsUpAfterwards);
  const auto told = channel->send(message());
  ASSERT_FALSE(told.ok());
  EXPECT_EQ(told.failure().kind, base::ErrorKind::kUnavailable);
  peer.set(SmtpMood::kTakes);
  ASSERT_TRUE(channel->send(message()).ok());
  ASSERT_EQ(peer.letters().size(), 2u);
  EXPECT_EQ(peer.letters()[0].text, peer.letters()[1].text);
}

TEST(Mail, P13_NoOneIsThere) {
  std::string url;
  {
    SmtpPeer gone;
    url = gone.url();
  }
  const auto told = open(url)->send(message());
  ASSERT_FALSE(told.ok());
  EXPECT_EQ(told.failure().reason.code, "notice.peer_away");
}

TEST(Mail, P13_SettingsThatCannotWorkAreRefusedAtOnce) {
  EXPECT_EQ(open_mail(settings("http://127.0.0.1")).failure().reason.code, "notice.settings_url");
  EXPECT_EQ(open_mail(settings("file:///etc/passwd")).failure().reason.code, "notice.settings_url");
  EXPECT_EQ(open_mail(settings("")).failure().reason.code, "notice.settings_missing");
}

TEST(Letter, P13_NothingOfAMessageBecomesAHeader) {
  auto evil = message();
  evil.title = "x\r\nBcc: everybody@example.kr\r\n\r\nbody";
  auto named = settings("smtp://127.0.0.1");
  named.from_name = "a\"b\\c\r\nX-Evil: 1";
  const std::string text = letter(evil, named);
  const std::string head = text.substr(0, text.find("\r\n\r\n"));
  EXPECT_EQ(head.find("\nBcc"), std::string::npos) << head;
  EXPECT_EQ(head.find("\nX-Evil"), std::string::npos) << head;
}

// Any UTF-8 title and text: lines are short, headers are ASCII, and what was written is read back.
TEST(Letter, P13_AnyTextComesBack) {
  std::mt19937 random(52);
  const std::vector<std::string> letters{"a", "=", "?", "가", "힣", "é", "😀", " ", "\n", "_", "=?", "?="};
  for (int i = 0; i < 3000; ++i) {
    auto any = message();
    any.title.clear();
    any.text.clear();
    for (std::size_t n = random() % 90; n > 0; --n) any.title += letters[random() % letters.size()];
    for (std::size_t n = random() % 200; n > 0; --n) any.text += letters[random() % letters.size()];
    const std::string whole = letter(any, settings("smtp://127.0.0.1"));
    std::size_t start = 0;
    for (std::size_t end; (end = whole.find("\r\n", start)) != std::string::npos; start = end + 2) {
      ASSERT_LE(end - start, 78u) << whole;
      for (std::size_t k = start; k < end; ++k) ASSERT_TRUE(whole[k] >= ' ' && whole[k] <= '~') << whole;
    }
    std::string title = any.title;
    std::string lines;
    for (auto& each : title) each = each == '\n' ? ' ' : each;
    for (const char each : any.text) lines += each == '\n' ? std::string("\r\n") : std::string(1, each);
    const tests::Letter read{"", "", whole};
    ASSERT_EQ(tests::decoded(tests::header_of(read, "Subject")), title);
    ASSERT_EQ(tests::body_of(read), lines + "\r\n");
  }
}

// ---- Against aiosmtpd, a mail server that others wrote
// -----------------------------------------------------

constexpr const char* kServer = R"PY(
import ssl, sys
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

folder = sys.argv[1]

class Keep:
    count = 0
    async def handle_DATA(self, server, session, envelope):
        Keep.count += 1
        with open(f"{folder}/{Keep.count}.tmp", "wb") as out:
            out.write(envelope.rcpt_tos[0].encode() + b"\n" + envelope.content)
        import os
        os.rename(f"{folder}/{Keep.count}.tmp", f"{folder}/{Keep.count}.eml")
        return "250 kept"

def check(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"dure" and data.password == b"right")

context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(f"{folder}/cert.pem", f"{folder}/key.pem")
controller = Controller(Keep(), hostname="127.0.0.1", port=int(sys.argv[2]), tls_context=context,
                        require_starttls=True, authenticator=check, auth_required=True)
controller.start()
open(f"{folder}/ready", "w").close()
sys.stdin.read()
)PY";

class Aiosmtpd : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (std::system("/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null") != 0) return;
    char name[] = "/tmp/dure-mail.XXXXXX";
    folder_ = ::mkdtemp(name);
    const std::string make =
        "cd " + folder_ +
        " && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test "
        "-addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem 2>/dev/null";
    ASSERT_EQ(std::system(make.c_str()), 0);
    std::ofstream(folder_ + "/server.py") << kServer;
    port_ = free_port();
    start();
  }
  void SetUp() override {
    if (folder_.empty()) GTEST_SKIP() << "python3-aiosmtpd is not installed (scripts/packages-test)";
    for (int number = 1; !kept(number).empty(); ++number)
      std::filesystem::rename(folder_ + "/" + std::to_string(number) + ".eml", folder_ + "/seen");
  }
  static void TearDownTestSuite() {
    if (input_ >= 0) ::close(input_);
    if (child_ > 0) ::waitpid(child_, nullptr, 0);
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  static std::uint16_t free_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
    ::close(fd);
    return ntohs(address.sin_port);
  }

  static void start() {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const std::string script = folder_ + "/server.py";
    const std::string port = std::to_string(port_);
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(ends[0], 0);
      ::execl("/usr/bin/python3", "python3", script.c_str(), folder_.c_str(), port.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[0]);
    input_ = ends[1];
    for (int i = 0; i < 500 && !std::filesystem::exists(folder_ + "/ready"); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ASSERT_TRUE(std::filesystem::exists(folder_ + "/ready"));
  }

  static ports::MailSettings settings_of(const std::string& password, bool trusted = true) {
    auto made = settings("smtp://127.0.0.1:" + std::to_string(port_));
    made.user = "dure";
    made.password = password;
    if (trusted) made.ca_file = folder_ + "/cert.pem";
    return made;
  }

  static base::Status send(const ports::MailSettings& with) {
    auto channel = open_mail(with);
    EXPECT_TRUE(channel.ok());
    return (*channel)->send(message());
  }

  static std::string kept(int number) {
    std::ifstream file(folder_ + "/" + std::to_string(number) + ".eml");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static inline std::string folder_;
  static inline std::uint16_t port_ = 0;
  static inline pid_t child_ = -1;
  static inline int input_ = -1;
};

TEST_F(Aiosmtpd, M4_TakesTheLetterOverTlsAfterALogIn) {
  const auto sent = send(settings_of("right"));
  ASSERT_TRUE(sent.ok()) << sent.failure().reason.code;
  const auto text = kept(1);
  const auto line = text.find('\n');
  EXPECT_EQ(text.substr(0, line), "dev@example.kr");
  const tests::Letter letter{"", "", text.substr(line + 1)};
  EXPECT_EQ(tests::decoded(tests::header_of(letter, "Subject")), message().title);
  EXPECT_EQ(tests::body_of(letter), "첫 줄\r\n.점으로 시작하는 줄\r\n마지막\r\n");
}

TEST_F(Aiosmtpd, P13_IsNotToldAnythingWithACertificateThatNobodySigned) {
  const auto sent = send(settings_of("right", false));
  ASSERT_FALSE(sent.ok());
  EXPECT_EQ(sent.failure().reason.code, "notice.peer_away");
  EXPECT_EQ(sent.failure().kind, base::ErrorKind::kUnavailable);
  EXPECT_EQ(kept(1), "");
}

TEST_F(Aiosmtpd, P13_AWrongPasswordIsTriedAgainUntilTheOperatorMendsIt) {
  const auto sent = send(settings_of("wrong"));
  ASSERT_FALSE(sent.ok());
  EXPECT_EQ(sent.failure().kind, base::ErrorKind::kUnavailable) << sent.failure().reason.code;
  EXPECT_EQ(kept(1), "");
}

}  // namespace
}  // namespace dure::mail
