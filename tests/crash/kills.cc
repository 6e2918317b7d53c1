#include "crash/kills.h"

#include <signal.h>

#include <fstream>
#include <random>

namespace dure::crash {
namespace {

// The pid that the supervisor wrote last, 0 for none.
pid_t pid_of(const Options& options, const std::string& program) {
  pid_t pid = 0;
  std::ifstream(options.state + "/run/" + program + ".pid.child") >> pid;
  return pid;
}

}  // namespace

void kill_often(const Options& options, const std::string& program, int times, int every_ms, unsigned seed,
                std::atomic<int>& killed) {
  std::mt19937 random(seed);
  pid_t last = 0;
  while (killed < times) {
    sleep_ms(100 + static_cast<int>(random() % static_cast<unsigned>(2 * every_ms - 200)));
    pid_t pid = pid_of(options, program);
    for (; pid <= 0 || pid == last; pid = pid_of(options, program)) sleep_ms(20);
    if (::kill(pid, SIGKILL) == 0) ++killed;
    last = pid;
  }
}

}  // namespace dure::crash
