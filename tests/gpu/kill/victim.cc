#include "gpu/kill/victim.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include <cstring>
#include <fstream>
#include <regex>
#include <sstream>
#include <thread>

namespace dure::gpu::share {
namespace {

// Of this process, a victim: the library's hook is a plain function.
Deaths* common = nullptr;
unsigned own_number = 0;
std::uint32_t seen = 0;

void die_here(const char* name) {
  const Aim& aim = common->aim[own_number];
  if (std::strcmp(name, aim.step) != 0 || __atomic_add_fetch(&seen, 1, __ATOMIC_RELAXED) != aim.nth) return;
  __atomic_store_n(&common->at_step[own_number], 1, __ATOMIC_SEQ_CST);
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

void collect(const char* name) {
  for (auto& one : common->name) {
    if (one.text[0] == '\0') std::strncpy(one.text, name, sizeof(one.text) - 1);
    if (std::strcmp(one.text, name) != 0) continue;
    ++one.count;
    return;
  }
}

void act(Program& program, Deaths& deaths, std::uint64_t seed, unsigned acts) {
  Worker worker(program, seed, &deaths.handles, true);
  for (unsigned i = 0; i < acts; ++i) worker.act();
}

}  // namespace

CUdeviceptr share_one(const Program& program, Deaths& deaths, unsigned which) {
  CUdeviceptr address = 0;
  auto& there = deaths.handles.there[which];
  __atomic_store_n(&there, 0, __ATOMIC_RELEASE);
  if (program.allocate(&address, 2 * kMiB) != CUDA_SUCCESS) return 0;
  if (program.call("cuIpcGetMemHandle", &deaths.handles.handle[which], address) == CUDA_SUCCESS)
    __atomic_store_n(&there, 1, __ATOMIC_RELEASE);
  return address;
}

SharedDeaths::SharedDeaths()
    : deaths_(static_cast<Deaths*>(
          mmap(nullptr, sizeof(Deaths), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
SharedDeaths::~SharedDeaths() {
  munmap(deaths_, sizeof(Deaths));
}

void be_victim(Program& program, Deaths& deaths, unsigned number, unsigned acts) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const Aim aim = deaths.aim[number];
  common = &deaths;
  own_number = number;
  program.ours<void(void (*)(const char*))>("dure_gpu_share_on_step")(
      deaths.collects != 0 ? &collect : (aim.how == Aim::How::kAtStep ? &die_here : nullptr));
  if (aim.fault[0] != '\0') {
    const char* const fault = aim.fault;
    EXPECT_EQ(Named<int(const char*)>("fake_fault", program.fake)(fault), 0);
  }
  CUcontext context = nullptr;
  __atomic_store_n(&deaths.began[number], 1, __ATOMIC_RELEASE);
  EXPECT_EQ(program.call("cuInit", 0u), CUDA_SUCCESS);
  if (program.call("cuCtxCreate_v2", &context, 0u, 0) != CUDA_SUCCESS) return;  // the share is full
  share_one(program, deaths, number);
  if (aim.threads == 1) return act(program, deaths, aim.seed, acts);
  std::thread other([&] {
    program.call("cuCtxSetCurrent", context);
    act(program, deaths, aim.seed + 1000, acts);
  });
  act(program, deaths, aim.seed, acts);
  other.join();
}

std::map<std::string, std::string> steps_in_source() {
  std::map<std::string, std::string> found;
  const std::regex step("DURE_STEP\\(\"([a-z._]+)\"\\)");
  for (const auto& file : std::filesystem::directory_iterator(DURE_SOURCE_FOLDER "/src/gpu/share")) {
    if (file.path().filename() == "step.h") continue;
    std::stringstream text;
    text << std::ifstream(file.path()).rdbuf();
    const std::string all = text.str();
    for (std::sregex_iterator at(all.begin(), all.end(), step), end; at != end; ++at)
      found[(*at)[1]] = file.path().filename();
  }
  return found;
}

}  // namespace dure::gpu::share
