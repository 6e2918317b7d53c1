// The few calls of the kernel that the share's files need, made directly: glibc's own wrappers of some of
// them are newer than 2.17, or are called otherwise where files are large. Each returns what the kernel does,
// errors as -1 with errno set. For Linux on 64-bit machines.
#pragma once

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

namespace dure::gpu::share {

// syscall() takes its arguments as it finds them, whole words: an int would leave half of one undefined.
constexpr long kernel_word(long word) noexcept {
  return word;
}
inline long kernel_word(const void* at) noexcept {
  return reinterpret_cast<long>(at);
}
template <class... Words>
long call_kernel(long number, Words... words) noexcept {
  return syscall(number, kernel_word(words)...);
}

inline int open_file(const char* path, int flags) noexcept {
  return static_cast<int>(call_kernel(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC | O_NOFOLLOW, 0));
}
inline void close_file(int file) noexcept {
  call_kernel(SYS_close, file);
}
inline long read_file(int file, void* buffer, uint64_t size) noexcept {
  return call_kernel(SYS_read, file, buffer, static_cast<long>(size));
}
inline bool stat_file(int file, struct stat* status) noexcept {
  return call_kernel(SYS_fstat, file, status) == 0;
}
inline int process_id() noexcept {
  return static_cast<int>(call_kernel(SYS_getpid));
}
// ThreadSanitizer must see what is mapped, or it takes the next user of an address for one that races with
// the last.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define DURE_MAPS_BY_LIBC
#endif
#endif

// Null where it cannot be.
inline void* map_memory(uint64_t size, int protection, int flags, int file) noexcept {
#ifdef DURE_MAPS_BY_LIBC
  void* at = mmap(nullptr, size, protection, flags, file, 0);
#else
  const long result = call_kernel(SYS_mmap, 0, static_cast<long>(size), protection, flags, file, 0);
  void* at =
      reinterpret_cast<void*>(result);  // NOLINT(performance-no-int-to-ptr): the kernel's way to say so
#endif
  return at == MAP_FAILED ? nullptr : at;
}
inline void unmap_memory(void* at, uint64_t size) noexcept {
#ifdef DURE_MAPS_BY_LIBC
  munmap(at, size);
#else
  call_kernel(SYS_munmap, at, static_cast<long>(size));
#endif
}
inline bool advise_memory(void* at, uint64_t size, int advice) noexcept {
  return call_kernel(SYS_madvise, at, static_cast<long>(size), advice) == 0;
}

// A write lock of one byte that belongs to the open file description: it ends with the last descriptor and
// the last mapping of that description, in whatever way its process ends.
enum class LockCall : int { kTest = 36, kSet = 37 };  // F_OFD_GETLK, F_OFD_SETLK
inline struct flock byte_lock(int64_t byte, short type) noexcept {
  struct flock lock = {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return lock;
}
// Does not wait: false where somebody else has it.
inline bool lock_byte(int file, int64_t byte) noexcept {
  struct flock lock = byte_lock(byte, F_WRLCK);
  return call_kernel(SYS_fcntl, file, static_cast<long>(LockCall::kSet), &lock) == 0;
}
inline void unlock_byte(int file, int64_t byte) noexcept {
  struct flock lock = byte_lock(byte, F_UNLCK);
  call_kernel(SYS_fcntl, file, static_cast<long>(LockCall::kSet), &lock);
}
// Where it cannot be said, it is held: nobody is declared dead by mistake.
inline bool is_byte_locked(int file, int64_t byte) noexcept {
  struct flock lock = byte_lock(byte, F_WRLCK);
  return call_kernel(SYS_fcntl, file, static_cast<long>(LockCall::kTest), &lock) != 0 ||
         lock.l_type != F_UNLCK;
}

}  // namespace dure::gpu::share
