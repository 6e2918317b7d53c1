#include "gpu/node/share_guard.h"

#include <setjmp.h>
#include <signal.h>

namespace dure::gpu {

namespace {

thread_local sigjmp_buf* guarded = nullptr;
thread_local const void* missing_page = nullptr;

void leave_touch(int signal, siginfo_t* about, void*) {
  if (guarded != nullptr) {
    missing_page = about->si_addr;
    siglongjmp(*guarded, 1);
  }
  // Not ours: as without a handler, when the instruction runs again.
  ::signal(signal, SIG_DFL);
}

void install() {
  struct sigaction action = {};
  action.sa_sigaction = leave_touch;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace

bool touch_pages(const std::function<void()>& touch, const void** missing) {
  static const bool installed = (install(), true);
  (void)installed;
  sigjmp_buf here;
  if (sigsetjmp(here, 1) != 0) {
    guarded = nullptr;
    if (missing != nullptr) *missing = missing_page;
    return false;
  }
  guarded = &here;
  touch();
  guarded = nullptr;
  return true;
}

}  // namespace dure::gpu
