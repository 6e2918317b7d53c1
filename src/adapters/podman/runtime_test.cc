#include "adapters/podman/runtime.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace dure::podman {
namespace {

namespace fs = std::filesystem;

void write_program(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
  ::chmod(path.c_str(), 0755);
}

// A folder with the script, and a runtime behind it whose one container runs once it was started.
class RuntimeScript : public testing::Test {
 protected:
  RuntimeScript() {
    std::string pattern = fs::temp_directory_path() / "dure-runtime-XXXXXX";
    folders.state = ::mkdtemp(pattern.data());
    machine.runtime = folders.state + "/runc";
    fs::create_directories(folders.marks());
    fs::create_directories(folders.exits());
    write_program(machine.runtime, "#!/bin/sh\ncd " + folders.state +
                                       "\necho \"$1\" >>asked\ncase $1 in\n"
                                       "state) [ -e runs ] && echo '\"status\": \"running\"' ;;\n"
                                       "start) [ ! -e runs ] && : >runs ;;\nesac\n");
    write_program(folders.state + "/script", runtime_script(folders, machine));
  }
  ~RuntimeScript() override { fs::remove_all(folders.state); }

  bool start() { return std::system((folders.state + "/script start c1").c_str()) == 0; }
  std::string asked() {
    std::ifstream file(folders.state + "/asked");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Folders folders;
  Machine machine;
};

TEST_F(RuntimeScript, P14_TakingUpWhatRunsDoesNotMoveItsStart) {
  const Runtime runtime(folders, machine);
  ASSERT_TRUE(start());
  ASSERT_TRUE(runtime.marked("c1"));
  const std::string mark = folders.marks() + "/c1";
  fs::last_write_time(mark, fs::last_write_time(mark) - std::chrono::seconds(10));
  const auto before = runtime.marked("c1");
  ASSERT_TRUE(start()) << "Podman may ask again";
  EXPECT_EQ(runtime.marked("c1"), before);
  EXPECT_EQ(asked(), "start\nstate\n") << "it was started once";
}

TEST_F(RuntimeScript, AMarkOfAStartThatFailedIsRenewed) {
  const Runtime runtime(folders, machine);
  const std::string mark = folders.marks() + "/c1";
  std::ofstream(mark).flush();
  fs::last_write_time(mark, fs::last_write_time(mark) - std::chrono::seconds(10));
  const auto before = runtime.marked("c1");
  ASSERT_TRUE(start());
  EXPECT_GT(*runtime.marked("c1"), *before);
}

TEST_F(RuntimeScript, TheAttendantsNoteSaysHowAContainerEnded) {
  const Runtime runtime(folders, machine);
  EXPECT_FALSE(runtime.exit_of("c1"));
  std::ofstream(folders.exits() + "/c1") << "137";
  const auto exit = runtime.exit_of("c1");
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->code, 137);
  EXPECT_GT(exit->at.us, 0);
}

}  // namespace
}  // namespace dure::podman
