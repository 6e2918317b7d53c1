#include "gpu/share/driver.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "gpu/share/place.h"

// glibc 2.34 moved these from libdl to libc under a new version; the old one still finds them, and lets this
// library run where glibc is 2.17.
#if defined(__x86_64__)
#define DURE_OLD "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define DURE_OLD "GLIBC_2.17"
#endif
__asm__(".symver dlopen, dlopen@" DURE_OLD);
__asm__(".symver dlclose, dlclose@" DURE_OLD);
__asm__(".symver dlsym, dlsym@" DURE_OLD);
__asm__(".symver dlerror, dlerror@" DURE_OLD);

extern "C" int dure_gpu_share_marker(void) noexcept {
  return 1;
}

namespace dure::gpu::share {

Driver cuda_driver = {kDriverFile, "cuInit", nullptr};
Driver nvml_driver = {kNvmlFile, "nvmlInit_v2", nullptr};

namespace {

// A word that is no handle.
void* const refused = reinterpret_cast<void*>(1);

// Why `handle`, opened at `path`, is no driver; null where it is one.
const char* find_fault(void* handle, const char* required) noexcept {
  if (dlsym(handle, "dure_gpu_share_marker") != nullptr)
    return "it is Dure's share library, which stands in for the driver, and not the driver";
  if (dlsym(handle, required) == nullptr) return "it lacks the function that every driver has";
  return nullptr;
}

struct Loaded {
  void* handle;     // or `refused`
  const char* why;  // it is refused: the system's own words are this thread's, until its next dlerror
};

Loaded load(const char* path, const char* required) noexcept {
  void* handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* why = dlerror();
    return {refused, why != nullptr ? why : "it cannot be opened"};
  }
  const char* why = find_fault(handle, required);
  if (why == nullptr) return {handle, nullptr};
  dlclose(handle);  // or its SONAME would answer a program's dlopen
  return {refused, why};
}

}  // namespace

bool open_driver(Driver& driver) noexcept {
  void* opened = __atomic_load_n(&driver.opened, __ATOMIC_ACQUIRE);
  if (opened != nullptr) return opened != refused;
  Place place;
  const Loaded loaded = find_place(driver.file, place) ? load(place.text, driver.required)
                                                       : Loaded{refused, "its path is too long"};
  if (!__atomic_compare_exchange_n(&driver.opened, &opened, loaded.handle, false, __ATOMIC_ACQ_REL,
                                   __ATOMIC_ACQUIRE))
    return opened != refused;  // another thread was first, and has said what there is to say
  if (loaded.handle == refused) {
    say("the GPU driver ", place.text, " cannot be used and every GPU call is refused: ", loaded.why,
        ". Ask the operators of this machine whether dure-node runs there and where it finds the driver.");
    dlerror();
  }
  return loaded.handle != refused;
}

void* find_function(Driver& driver, const char* name) noexcept {
  if (!open_driver(driver)) return nullptr;
  const int before = errno;
  void* function = dlsym(__atomic_load_n(&driver.opened, __ATOMIC_ACQUIRE), name);
  if (function == nullptr) dlerror();  // or the program would take our failure for its own
  errno = before;
  return function;
}

void say(const char* first, const char* second, const char* third, const char* fourth,
         const char* fifth) noexcept {
  char line[1024];
  size_t length = 0;
  const char* const parts[] = {"dure: ", first, second, third, fourth, fifth};
  for (const char* part : parts) {
    for (; part != nullptr && *part != '\0' && length + 1 < sizeof line; ++part) line[length++] = *part;
  }
  line[length++] = '\n';
  if (write(STDERR_FILENO, line, length) < 0) return;  // then there is nobody to tell
}

}  // namespace dure::gpu::share
