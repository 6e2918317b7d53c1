// The fake cards as several processes share them: one file, mapped by each, in the part of the kernel driver.
//
// It holds who is there, the books of physical memory and the time of each device. Whatever is in it belongs
// to a process slot, a shared block or a tenant; the sums (used bytes of a device, of a tenant) are derived
// and are made anew when somebody died with the lock in his hand (a robust mutex).
//
// Who is alive: each process holds a lock on its slot's byte of the file, with an open file description of
// its own, so that the kernel lets go when the process dies; this works between containers too. The memory
// and the contexts of the dead are taken back by whoever next takes the lock and would notice: before a grant
// that fails or sets a new high mark, before any question about the books, and at the latest after a
// millisecond.
//
// What number a process has is a matter of who looks. Beside the file lies another, `path`.pids, in which
// each process holds a lock of the old kind, by which the kernel tells everybody his own number of the
// holder.
//
// All members are to be called with the lock held (State::Lock), but for open().
#pragma once

#include <pthread.h>

#include <cstdint>
#include <memory>
#include <string>

#include "gpu/fake/config.h"
#include "gpu/fake/engine.h"

namespace dure::gpu::fake {

constexpr int kMaxProcesses = 256;
constexpr int kMaxTenants = 256;
constexpr int kMaxBlocks = 8192;

struct Bytes {
  std::uint64_t used, high;
};

struct Work {
  Ticks received, elapsed;
  std::uint64_t launches;
};

// NVML's sample of a process's utilisation.
struct Sample {
  Ticks t, elapsed;  // when, and how long it had had work until then
  std::uint32_t percent;
  std::uint32_t reserved;
};

struct ProcessSlot {
  std::uint32_t used;
  std::uint32_t tenant;
  std::int32_t pid;  // as the process sees itself
  std::uint32_t reserved;
  std::uint64_t generation;   // counts the owners of the slot
  Bytes memory[kMaxDevices];  // its own, without shared blocks
  Sample sample[kMaxDevices];
};

struct TenantSlot {
  char name[64];
  std::uint32_t used;
  std::uint32_t reserved;
  Bytes memory[kMaxDevices];
  Work work[kMaxDevices];  // of contexts that are gone
};

// Physical memory that more than one process can hold: exported, or opened by an IPC handle. It is booked to
// whoever held it first, and then to the next holder.
struct Block {
  std::uint64_t bytes;  // 0: unused
  std::uint32_t device, tenant;
  std::uint32_t process;   // to whom it is booked, kMaxProcesses: nobody who is alive
  std::uint32_t exported;  // a descriptor was made of it
  std::uint64_t generation;
  std::uint16_t holds[kMaxProcesses];
};

struct Device {
  std::uint64_t total;
  Bytes memory;
  std::uint32_t lost;
  std::uint32_t reserved;
};

struct Shared {
  std::uint64_t magic;
  std::uint64_t size;
  std::uint64_t ready;
  pthread_mutex_t mutex;
  std::uint64_t epoch_ns;  // CLOCK_MONOTONIC (or virtual) at t = 0
  std::uint64_t generations;
  std::uint32_t processes, blocks;  // of each, no slot at or behind this was ever used
  char config[4096];
  Device device[kMaxDevices];
  TenantSlot tenant[kMaxTenants];
  ProcessSlot process[kMaxProcesses];
  Block block[kMaxBlocks];
  Engine engine[kMaxDevices];
};

class State {
 public:
  // The file `path`, made if it is not there, with `config` if nobody configured it before; "": a file of
  // this process's own. Null, with a message on standard error, if it cannot be opened or is another
  // version's. With `one_thread` the lock does nothing.
  static std::unique_ptr<State> open(const std::string& path, const std::string& config, bool one_thread,
                                     std::uint64_t epoch_ns);
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  class Lock {
   public:
    explicit Lock(State& state) : state_(state) { state_.lock(); }
    ~Lock() { state_.unlock(); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

   private:
    State& state_;
  };

  Shared& shared() { return *shared_; }
  const Config& config() const { return config_; }
  int devices() const { return static_cast<int>(config_.devices.size()); }
  Engine& engine(int device) { return shared_->engine[device]; }

  // All engines forward to t; looks for the dead if that was not done for a millisecond.
  void advance(Ticks t);

  // A slot for a process; -1: none is free.
  int attach(const std::string& tenant, int pid);
  void detach(int process);
  // Takes back what the dead had.
  void reap();
  int alive();
  // -1: unknown.
  int find_tenant(const std::string& name) const;
  // The process's number as the caller sees it, also from outside the container that it is in.
  int pid_of(int process) const;

  // Physical memory of the process's own. False: there is not so much.
  bool grant(int process, int device, std::uint64_t bytes);
  void give_back(int process, int device, std::uint64_t bytes);

  // Memory that others can hold too. share() takes it out of the process's own books; -1: no block is free.
  int share(int process, int device, std::uint64_t bytes);
  void hold(int block, int process);
  void let_go(int block, int process);
  // A descriptor that keeps the block alive as long as it, or any copy of it, is open; -1: none could be
  // made.
  int export_block(int block);
  // The block that the descriptor keeps alive; -1: it is not one of ours.
  int import_block(int fd) const;

  // -1: none is free.
  int open_context(int process, int device);
  void close_context(int context, int device);

  // Of the process with its shared blocks.
  Bytes process_memory(int process, int device) const;
  Work tenant_work(int tenant, int device) const;
  Work process_work(int process, int device) const;
  void forget_high();

  // In a child after fork: lets go of the parent's file without touching its locks.
  void abandon();

 private:
  State() = default;
  void lock();
  void unlock();
  void recover();
  void count_in(int tenant, int device, std::uint64_t bytes);
  void count_out(int tenant, int device, std::uint64_t bytes);
  bool would_show(int tenant, int device, std::uint64_t bytes) const;
  bool is_alive(int process) const;
  bool is_exported(int block) const;
  void bury(int process);
  void pass_on(int block);
  int tenant_slot(const std::string& name);
  int reopen() const;
  void show_pid(int process) const;

  Shared* shared_ = nullptr;
  Config config_;
  int fd_ = -1;       // the file
  int pids_fd_ = -1;  // the file `path`.pids
  int lock_fd_ = -1;  // a description of its own, with the locks of this process's slots
  bool one_thread_ = false;
  Ticks looked_ = 0;  // when the dead were looked for last
  bool own_[kMaxProcesses] = {};
};

}  // namespace dure::gpu::fake
