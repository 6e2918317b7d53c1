#include "node/services.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "node/exit_watch.h"
#include "node/log_file.h"
#include "node/testing/scratch.h"
#include "node/workers.h"

namespace dure::node {
namespace {

int run(const std::vector<std::string>& words, const std::string& output) {
  const pid_t child = ::fork();
  if (child == 0) {
    static_cast<void>(std::freopen(output.c_str(), "w", stdout));
    std::vector<char*> arguments;
    arguments.reserve(words.size());
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execv(arguments[0], arguments.data());
    ::_exit(126);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Services, P6_AServiceIsStartedInTheBackgroundWithTheGatewaysPath) {
  const Scratch scratch;
  std::ofstream(scratch.file("jupyter")) << "#!/bin/sh\necho \"$@\"\nexec sleep 3\n";
  ASSERT_EQ(::chmod(scratch.file("jupyter").c_str(), 0755), 0);
  ::setenv("TMPDIR", scratch.path().c_str(), 1);
  const char* programs = std::getenv("PATH");
  ASSERT_NE(programs, nullptr);
  const std::string path = programs;
  ::setenv("PATH", (scratch.path() + ":" + path).c_str(), 1);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(run(start_command(*find_service("lab"), "/w/1/lab/"), scratch.file("out")), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2)) << "it does not wait";
  for (int n = 0; n < 200 && content_of(scratch.file("dure-lab.log")).empty(); ++n)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const std::string said = content_of(scratch.file("dure-lab.log"));
  for (const char* part : {"lab --no-browser", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=8889",
                           "--ServerApp.base_url=/w/1/lab/", "--ServerApp.token= "})
    EXPECT_NE(said.find(part), std::string::npos) << said;
  ::setenv("PATH", path.c_str(), 1);
  ::unsetenv("TMPDIR");
  EXPECT_EQ(run(start_command(*find_service("vscode"), "/"), scratch.file("out")), 127) << "is not there";
  EXPECT_EQ(run(start_command(*find_service("tensorboard"), "/"), scratch.file("out")), 127);
  EXPECT_FALSE(find_service("terminal"));
  EXPECT_FALSE(find_service("../x"));
  EXPECT_GE(find_service("tensorboard")->port, 9000);
}

TEST(Services, ACommandReadsItsInput) {
  const Scratch scratch;
  ::setenv("DURE_INPUT", "one 'two' \"$three\"\n", 1);
  EXPECT_EQ(run(command_with_input({"/bin/sh", "-c", "cat; echo ${DURE_INPUT-gone}; exit 5"}, true),
                scratch.file("out")),
            5);
  ::unsetenv("DURE_INPUT");
  EXPECT_EQ(content_of(scratch.file("out")), "one 'two' \"$three\"\ngone\n");
  EXPECT_EQ(command_with_input({"a"}, false), std::vector<std::string>{"a"});
}

std::string log_lines(int from, int to) {
  std::string text;
  for (int n = from; n < to; ++n)
    text += "2026-11-22T10:00:00.000000000+00:00 stdout F line " + std::to_string(n) + "\n";
  return text;
}

std::string read_all(LogFile& log) {
  std::string text;
  for (auto piece = log.next(); piece.ok() && !piece->empty(); piece = log.next()) text += *piece;
  return text;
}

TEST(LogFile, LinesLoseTheirStampsAndKeepTheirText) {
  EXPECT_EQ(log_line_text("2026-11-22T10:00:00.000000000+00:00 stdout F  a b "), " a b \n");
  EXPECT_EQ(log_line_text("2026-11-22T10:00:00.000000000+00:00 stderr P half"), "half");
  EXPECT_EQ(log_line_text("2026-11-22T10:00:00.000000000+00:00 stdout F "), "\n");
  EXPECT_EQ(log_line_text("2026-11-22T10:00:00.000000000+00:00 stdout F"), "\n");
  EXPECT_EQ(log_line_text("something else"), "something else\n");
  EXPECT_EQ(log_line_text(""), "\n");
}

TEST(LogFile, BeginsAtTheTailAtEveryCountAndGoesOnAfterBeingEmptied) {
  const Scratch scratch(Scratch::kMemory);
  const std::string path = scratch.file("log");
  std::ofstream(path) << log_lines(0, 20000);  // more than one piece
  for (const int tail : {0, 1, 2, 7, 4000, 19999, 20000, 30000}) {
    LogFile log(path, tail);
    std::string expected;
    for (int n = std::max(0, 20000 - tail); n < 20000; ++n) expected += "line " + std::to_string(n) + "\n";
    ASSERT_EQ(read_all(log), expected) << tail;
  }
  LogFile log(path, 0);
  EXPECT_EQ(read_all(log), "");
  std::ofstream(path, std::ios::app) << "2026-11-22T10:00:00.000000000+00:00 stdout F ha";
  EXPECT_EQ(read_all(log), "") << "not a whole line yet";
  std::ofstream(path, std::ios::app) << "lf\n";
  EXPECT_EQ(read_all(log), "half\n");
  std::ofstream(path) << log_lines(5, 6);
  EXPECT_EQ(read_all(log), "line 5\n");
}

TEST(LogFile, OldOnesAreCollectedExceptThoseInUse) {
  const Scratch scratch;
  for (const char* name : {"a.log", "b.log"}) std::ofstream(scratch.file(name)) << "x";
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  const auto keep = [](const std::string& id) { return id == "b"; };
  EXPECT_EQ(collect_logs(scratch.path(), now, 100, keep), 0);
  EXPECT_EQ(collect_logs(scratch.path(), now + 101, 100, keep), 1);
  EXPECT_EQ(content_of(scratch.file("b.log")), "x");
}

TEST(ExitWatch, SeesTheEndOfAProcessToTheMillisecond) {
  SystemBootClock clock;
  std::atomic<int> calls = 0;
  ExitWatch watch(clock, [&] { ++calls; });
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  watch.watch("r1", child);
  watch.watch("none", 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  EXPECT_FALSE(watch.ended_boottime_us("r1"));
  const auto before = clock.now().boottime_us;
  ::kill(child, SIGKILL);
  for (int n = 0; n < 500 && calls == 0; ++n) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  ASSERT_TRUE(watch.ended_boottime_us("r1"));
  EXPECT_GE(*watch.ended_boottime_us("r1"), before);
  EXPECT_EQ(calls, 1);
  ::waitpid(child, nullptr, 0);
  watch.watch("r1", child);  // known to have ended
  EXPECT_TRUE(watch.ended_boottime_us("r1"));
  watch.forget("r1");
  EXPECT_FALSE(watch.ended_boottime_us("r1"));
}

TEST(Workers, OneKeyAtATimeAndSeveralKeysAtOnce) {
  std::atomic<int> inside = 0, most = 0, done = 0;
  std::atomic<bool> twice = false;
  std::map<std::string, std::atomic<int>> by_key;
  for (const char* key : {"a", "b", "c"}) by_key[key] = 0;
  Workers workers(3);
  for (int n = 0; n < 300; ++n) {
    const std::string key(1, static_cast<char>('a' + n % 3));
    workers.run(key, [&, key] {
      if (++by_key.at(key) > 1) twice = true;
      most = std::max(most.load(), ++inside);
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      --inside;
      --by_key.at(key);
      ++done;
    });
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  for (int n = 0; n < 1000 && !workers.busy().empty(); ++n)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_FALSE(twice);
  EXPECT_GT(done, 3);
  EXPECT_GT(most, 1);
}

}  // namespace
}  // namespace dure::node
