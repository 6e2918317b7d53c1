#include "gpu/node/share_guard.h"

#include <setjmp.h>
#include <signal.h>

namespace dure::gpu {

namespace {

thread_local sigjmp_buf* guarded = nullptr;

void leave_touch(int signal) {
  if (guarded != nullptr) siglongjmp(*guarded, 1);
  // Not ours: as without a handler, when the instruction runs again.
  ::signal(signal, SIG_DFL);
}

void install() {
  struct sigaction action = {};
  action.sa_handler = leave_touch;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace

bool touch_pages(const std::function<void()>& touch) {
  static const bool installed = (install(), true);
  (void)installed;
  sigjmp_buf here;
  if (sigsetjmp(here, 1) != 0) {
    guarded = nullptr;
    return false;
  }
  guarded = &here;
  touch();
  guarded = nullptr;
  return true;
}

}  // namespace dure::gpu
