// The real driver: opened at the first call that needs it, by its absolute path (place.h), once in a process.
//
// No lock is held and none is ours: threads that come first together all open it, the system gives all of
// them the same handle, and one word remembers it. So a child that is forked in between has nothing to wait
// for. (Forked just while another thread opens the driver, it finds the system's loader half way and must not
// call: as with any library, and as CUDA itself asks once a program has begun to use it.) Nothing is opened
// when this library is loaded, and this library does not name the driver as one that it needs.
//
// A driver that is missing, cannot be loaded, or is none (this library itself, or a file without the function
// that every driver has) stays refused for the life of the process. One sentence on standard error says so,
// once, and what to do.
#ifndef DURE_GPU_SHARE_DRIVER_H
#define DURE_GPU_SHARE_DRIVER_H

namespace dure::gpu::share {

struct Driver {
  const char* file;      // below the folder of place.h
  const char* required;  // a function that every driver of this kind exports
  void* opened;          // read and written by __atomic only: null, a handle, or `refused`
};

extern Driver cuda_driver;
extern Driver nvml_driver;

// Whether `driver` can be called; opens it where nobody has yet. Any thread.
bool open_driver(Driver& driver) noexcept;

// The function of this name; null where this driver has none, or cannot be opened. Any thread. Changes
// neither errno nor what dlerror says of the program's own failures, unless it opens the driver.
void* find_function(Driver& driver, const char* name) noexcept;

// Writes the parts as one line to standard error, "dure: " before them, by one system call. At most 1000
// characters; a null part is left out. For what a program's user must know and no error code can say.
void say(const char* first, const char* second = nullptr, const char* third = nullptr,
         const char* fourth = nullptr, const char* fifth = nullptr) noexcept;

}  // namespace dure::gpu::share

// Exported by both libraries: who finds it below /run/dure/driver has found us, not the driver.
extern "C" __attribute__((visibility("default"))) int dure_gpu_share_marker(void) noexcept;

#endif
