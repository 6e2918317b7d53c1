// State: the file, the lock, who is there. The books are in books.cc.
#include "gpu/fake/state.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define DURE_THREAD_SANITIZER
#endif
#endif

namespace dure::gpu::fake {
namespace {

constexpr std::uint64_t kMagic = 0x3131454b41465544;  // "DUFAKE11"
constexpr off_t kProcessByte = off_t{1} << 40;        // far behind the file's end
constexpr off_t kBlockByte = off_t{1} << 41;
constexpr Ticks kLookEvery = ticks(1'000'000);
[[maybe_unused]] constexpr long kLongestWaitNs = 20'000'000;
[[maybe_unused]] constexpr useconds_t kPauseBetweenTriesUs = 20;

bool lock_byte(int fd, short kind, off_t byte) {
  struct flock lock = {};
  lock.l_type = kind;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

// Whether another open file description has a lock there.
bool is_locked(int fd, off_t byte) {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

void make_mutex(pthread_mutex_t* mutex) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(mutex, &attributes);
  pthread_mutexattr_destroy(&attributes);
}

// 0 or EOWNERDEAD. Nobody sleeps for long: a waiter that is woken and killed before it has the mutex can
// leave others asleep whom nobody wakes, where a third took it meanwhile. (ThreadSanitizer knows no robust
// mutexes in pthread_mutex_timedlock: there it is tried again and again.)
int lock_robustly(pthread_mutex_t* mutex) {
#ifdef DURE_THREAD_SANITIZER
  for (;;) {
    const int locked = pthread_mutex_trylock(mutex);
    if (locked != EBUSY) return locked;
    usleep(kPauseBetweenTriesUs);
  }
#else
  for (;;) {
    timespec until = {};
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += kLongestWaitNs;
    until.tv_sec += until.tv_nsec / 1'000'000'000;
    until.tv_nsec %= 1'000'000'000;
    const int locked = pthread_mutex_timedlock(mutex, &until);
    if (locked != ETIMEDOUT) return locked;
  }
#endif
}

std::nullptr_t refuse(const std::string& path, const char* why) {
  std::fprintf(stderr, "fake driver: %s: %s\n", path.empty() ? "(own state)" : path.c_str(), why);
  return nullptr;
}

}  // namespace

std::unique_ptr<State> State::open(const std::string& path, const std::string& config, bool one_thread,
                                   std::uint64_t epoch_ns) {
  std::unique_ptr<State> state(new State);
  state->one_thread_ = one_thread;
  state->fd_ = path.empty() ? memfd_create("fake-cuda", MFD_CLOEXEC)
                            : ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (state->fd_ < 0) return refuse(path, std::strerror(errno));
  // Only for who makes it: the lock of a maker who dies is gone with him, and `ready` is written last.
  if (flock(state->fd_, LOCK_EX) != 0) return refuse(path, std::strerror(errno));
  struct stat file = {};
  if (fstat(state->fd_, &file) != 0) return refuse(path, std::strerror(errno));
  if (file.st_size == 0 && ftruncate(state->fd_, sizeof(Shared)) != 0) return refuse(path, "cannot be made");
  if (file.st_size != 0 && file.st_size != static_cast<off_t>(sizeof(Shared))) {
    return refuse(path, "is of another version");
  }
  void* at = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, state->fd_, 0);
  if (at == MAP_FAILED) return refuse(path, std::strerror(errno));
  state->shared_ = static_cast<Shared*>(at);
  Shared& shared = *state->shared_;
  const bool made = shared.ready == 0;
  const auto parsed = Config::parse(made ? config : std::string(shared.config));
  if (!parsed || config.size() >= sizeof(shared.config)) return refuse(path, "configuration not understood");
  state->config_ = *parsed;
  if (made) {
    shared.magic = kMagic;
    shared.size = sizeof(Shared);
    shared.epoch_ns = epoch_ns;
    std::memcpy(shared.config, config.c_str(), config.size() + 1);
    for (int i = 0; i < state->devices(); ++i) shared.device[i].total = parsed->devices[i].memory;
    make_mutex(&shared.mutex);
    __atomic_store_n(&shared.ready, 1, __ATOMIC_RELEASE);
  }
  flock(state->fd_, LOCK_UN);
  if (shared.magic != kMagic || shared.size != sizeof(Shared)) return refuse(path, "is of another version");
  if (!path.empty()) state->pids_fd_ = ::open((path + ".pids").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  state->lock_fd_ = state->reopen();
  if (state->lock_fd_ < 0) return refuse(path, "cannot be opened a second time");
  return state;
}

State::~State() {
  if (shared_ != nullptr) munmap(shared_, sizeof(Shared));
  if (pids_fd_ >= 0) close(pids_fd_);
  if (lock_fd_ >= 0) close(lock_fd_);
  if (fd_ >= 0) close(fd_);
}

// A new open file description of the same file.
int State::reopen() const {
  const std::string self = "/proc/self/fd/" + std::to_string(fd_);
  return ::open(self.c_str(), O_RDWR | O_CLOEXEC);
}

void State::abandon() {
  if (pids_fd_ >= 0) close(pids_fd_);
  close(lock_fd_);
  close(fd_);
  pids_fd_ = lock_fd_ = fd_ = -1;
}

void State::lock() {
  if (one_thread_) return;
  if (lock_robustly(&shared_->mutex) == EOWNERDEAD) {
    recover();
    pthread_mutex_consistent(&shared_->mutex);
  }
}

void State::unlock() {
  if (!one_thread_) pthread_mutex_unlock(&shared_->mutex);
}

void State::recover() {
  for (int i = 0; i < devices(); ++i) {
    shared_->device[i].memory.used = 0;
    for (TenantSlot& tenant : shared_->tenant) tenant.memory[i].used = 0;
    for (const ProcessSlot& process : shared_->process) {
      if (process.used == 0) continue;
      shared_->device[i].memory.used += process.memory[i].used;
      shared_->tenant[process.tenant].memory[i].used += process.memory[i].used;
    }
    shared_->engine[i].recover();
  }
  for (const Block& block : shared_->block) {
    if (block.bytes == 0) continue;
    shared_->device[block.device].memory.used += block.bytes;
    shared_->tenant[block.tenant].memory[block.device].used += block.bytes;
  }
  reap();
}

void State::advance(Ticks t) {
  for (int i = 0; i < devices(); ++i) shared_->engine[i].advance(t);
  if (one_thread_ || t < looked_ + kLookEvery) return;
  looked_ = t;
  reap();
}

bool State::is_alive(int process) const {
  return own_[process] || is_locked(lock_fd_, kProcessByte + process);
}

bool State::is_exported(int block) const {
  return shared_->block[block].exported != 0 && is_locked(lock_fd_, kBlockByte + block);
}

int State::tenant_slot(const std::string& name) {
  const int found = find_tenant(name);
  if (found >= 0) return found;
  for (int i = 0; i < kMaxTenants; ++i) {
    TenantSlot& tenant = shared_->tenant[i];
    if (tenant.used != 0) continue;
    std::snprintf(tenant.name, sizeof(tenant.name), "%s", name.c_str());
    tenant.used = 1;
    return i;
  }
  return -1;
}

int State::find_tenant(const std::string& name) const {
  for (int i = 0; i < kMaxTenants; ++i) {
    const TenantSlot& tenant = shared_->tenant[i];
    if (tenant.used != 0 && name.substr(0, sizeof(tenant.name) - 1) == tenant.name) return i;
  }
  return -1;
}

int State::attach(const std::string& tenant, int pid) {
  reap();
  const int booked = tenant_slot(tenant);
  for (int i = 0; booked >= 0 && i < kMaxProcesses; ++i) {
    ProcessSlot& process = shared_->process[i];
    if (process.used != 0 || own_[i] || !lock_byte(lock_fd_, F_WRLCK, kProcessByte + i)) continue;
    process = {};
    process.tenant = static_cast<std::uint32_t>(booked);
    process.pid = pid;
    process.generation = ++shared_->generations;
    shared_->processes = std::max(shared_->processes, static_cast<std::uint32_t>(i) + 1);
    process.used = 1;
    own_[i] = true;
    show_pid(i);
    return i;
  }
  return -1;
}

// A lock of the old kind belongs to the process, not to the descriptor, and the kernel says whose it is.
void State::show_pid(int process) const {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = process;
  lock.l_len = 1;
  if (pids_fd_ >= 0) fcntl(pids_fd_, F_SETLK, &lock);
}

int State::pid_of(int process) const {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = process;
  lock.l_len = 1;
  const bool asked = pids_fd_ >= 0 && fcntl(pids_fd_, F_GETLK, &lock) == 0;
  // Its own lock a process does not see.
  return asked && lock.l_type != F_UNLCK && lock.l_pid > 0 ? lock.l_pid : shared_->process[process].pid;
}

void State::detach(int process) {
  bury(process);
  own_[process] = false;
  lock_byte(lock_fd_, F_UNLCK, kProcessByte + process);
}

void State::reap() {
  for (int i = 0; i < static_cast<int>(shared_->processes); ++i) {
    if (shared_->process[i].used != 0 && !is_alive(i)) bury(i);
  }
  for (int i = 0; i < static_cast<int>(shared_->blocks); ++i) {
    const Block& block = shared_->block[i];
    if (block.bytes != 0 && block.process == kMaxProcesses) pass_on(i);
  }
}

int State::alive() {
  reap();
  int count = 0;
  for (const ProcessSlot& process : shared_->process) count += process.used != 0 ? 1 : 0;
  return count;
}

// Its contexts and its memory go back, and the slot is free. Each step can be done twice.
void State::bury(int process) {
  for (int device = 0; device < devices(); ++device) {
    for (int i = 0; i < kMaxContexts; ++i) {
      const ContextSlot& context = shared_->engine[device].context[i];
      if (context.used != 0 && context.process == static_cast<std::uint32_t>(process))
        close_context(i, device);
    }
    give_back(process, device, shared_->process[process].memory[device].used);
  }
  for (int i = 0; i < static_cast<int>(shared_->blocks); ++i) {
    Block& block = shared_->block[i];
    if (block.bytes == 0) continue;
    block.holds[process] = 0;
    if (block.process == static_cast<std::uint32_t>(process)) pass_on(i);
  }
  shared_->process[process].used = 0;
}

int State::export_block(int block) {
  const int fd = reopen();
  if (fd < 0) return -1;
  if (!lock_byte(fd, F_RDLCK, kBlockByte + block) || lseek(fd, kBlockByte + block, SEEK_SET) < 0) {
    close(fd);
    return -1;
  }
  shared_->block[block].exported = 1;
  return fd;
}

int State::import_block(int fd) const {
  struct stat ours = {};
  struct stat theirs = {};
  if (fstat(fd_, &ours) != 0 || fstat(fd, &theirs) != 0) return -1;
  if (ours.st_dev != theirs.st_dev || ours.st_ino != theirs.st_ino) return -1;
  const off_t index = lseek(fd, 0, SEEK_CUR) - kBlockByte;
  if (index < 0 || index >= kMaxBlocks || shared_->block[index].bytes == 0) return -1;
  return static_cast<int>(index);
}

}  // namespace dure::gpu::fake
