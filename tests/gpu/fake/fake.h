// The controls of the fake driver: its clock, who plays which process, the books that judge, faults.
//
// The fake driver is a libcuda.so.1 and a libnvidia-ml.so.1 for tests (README.md beside this file). Programs
// use it through the driver's own interface; tests and simulators use the functions here, which the fake
// libcuda exports too: find them with dlsym, or link the objects of the CMake targets fake_cuda and
// fake_cards. All are C and never throw.
//
// Two clocks. With the real one (the default) time is CLOCK_MONOTONIC, several processes share the cards of
// the file named by FAKE_CUDA_STATE, and a call that blocks sleeps. With the virtual one time stands until it
// is moved, everything lies in this process, and one process plays several.
//
// Time of kernels. A kernel has a length in nanoseconds of device time (below). The kernels of one context
// run side by side over its streams, at most `concurrent` of them, started in the order in which they were
// launched. Contexts share a card by exact processor sharing: while n contexts have work, each gets 1/n of
// the time. So a kernel of length L that shares the card with one other context all the while takes 2 L from
// start to end.
//
// A simulator in virtual time, in short (see fake_clock_test.cc):
//
//   fake_clock_virtual(0);
//   fake_set_block_hook(yield_to_main_loop, user);
//   per fiber:       fake_play(process, thread) after every switch to it; then the driver's calls
//   in the main loop: while (no fiber can run) {
//                       t = min(fake_next_event_ns(), earliest deadline of a fiber);
//                       fake_advance_to(t);
//                       wake fibers whose deadline is t or whose fake_wait_is_over();
//                     }
#ifndef DURE_TESTS_GPU_FAKE_H
#define DURE_TESTS_GPU_FAKE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FAKE_NEVER UINT64_MAX

// -------------------------------------------------------------------------------------------------
// configuration

// Begins anew with this configuration ("cards=2; memory=80GiB; …", README.md has the keys): all processes
// that were played, all contexts, memory, faults, tenants and kernels are forgotten; the clock becomes real
// again. With FAKE_CUDA_STATE set, the file is opened (or made) at the next call. Handles from before are
// invalid. Without it the first call of the driver configures from FAKE_CUDA_CONFIG. 0, or -1: not
// understood.
int fake_configure(const char* text);

// ------------------------------------------------------------------------------------------------------- the
// clock

// From now on time is virtual and begins at start_ns. Before the first cuInit. The cards are this process's
// own even with FAKE_CUDA_STATE. In virtual time the fake is to be used by one thread at a time (fibers are
// fine).
void fake_clock_virtual(uint64_t start_ns);

// Nanoseconds: virtual, or CLOCK_MONOTONIC.
uint64_t fake_now(void);

// Virtual time only. When the next thing happens that anybody could wait for, if no further call comes: a
// call that blocks is over, a host function is due, a context runs out of work. FAKE_NEVER: nothing will.
uint64_t fake_next_event_ns(void);

// Virtual time only. Moves the clock forward to `ns` (no-op if that is past) through all events up to and
// including it, in order. Host functions run inside, on this thread, at their time, as their own process.
void fake_advance_to(uint64_t ns);

// A call of the driver that cannot return yet.
struct fake_wait {
  int process;  // who calls: as fake_play was told
  int thread;
  uint64_t expected_ns;  // when it will be over as things stand; later work of others moves it. Or FAKE_NEVER
  const void* what;      // the fake's own
};

// Whether the call could return now.
int fake_wait_is_over(const struct fake_wait* wait);

// Virtual time only: called in the blocking call, again and again until its wait is over. The hook switches
// to another fiber, or moves the clock. `wait` lives until the driver's call returns; the fake holds no lock
// while the hook runs, and takes up (process, thread) again by itself afterwards. Without a hook (NULL) a
// blocking call moves the clock itself, event by event; if nothing will ever happen it aborts with a message.
typedef void (*fake_block_hook)(void* user, const struct fake_wait* wait);
void fake_set_block_hook(fake_block_hook hook, void* user);

// ------------------------------------------------------------------------------------------------- who is
// calling

// From now on this thread's calls are those of thread `thread` of process `process`: small numbers that the
// caller chooses, 0 0 if never called. A process so named is a process to the fake: it has its own cuInit,
// contexts, memory, handles; a thread has its own current context and its own per-thread default stream.
// Virtual time, or real time within one process.
void fake_play(int process, int thread);

// The tenant to whom the playing process's memory and time are booked: at most 63 characters. Before its
// cuInit. Without it: FAKE_CUDA_TENANT, else "" for process 0 and "process-N" for the others.
void fake_name_tenant(const char* name);

// As though the process had been killed with SIGKILL at this instant: memory, contexts and queued work are
// gone, and none of its host functions runs any more. Its number can be used again afterwards.
void fake_kill(int process);

// -------------------------------------------------------------------------------------------------------
// kernels

// The length of a kernel, in ns of device time, is found in this order:
//   1. fake_set_kernel(name, ns): a table by the function's name, for this process (all played processes);
//   2. the length in the module's image ("kernel NAME NS");
//   3. a name that begins with "sleep_ns": the kernel's first parameter, a uint64_t;
//   4. otherwise 1000 ns per wave of blocks: ceil(blocks / multiprocessors) * 1000.
// An image is text: "fake image\n" and then lines "kernel NAME [NS] [local BYTES]", "global NAME BYTES",
// "code BYTES". Local memory is of each thread; what of it is beyond 1 KiB is taken of the card for 2048
// threads on each multiprocessor, at the first launch in a context, and kept with that. An image is loaded
// with cuModuleLoadData, cuModuleLoad, cuLibraryLoadData and so on. NS for a name: 0 is allowed.
void fake_set_kernel(const char* name, uint64_t ns);

// ------------------------------------------------------------------------------------------------ the books,
// exact

// Physical memory, bytes. `card` is the number of the CUDA device without CUDA_VISIBLE_DEVICES; with MIG each
// instance is a device of its own (in the order of README.md).
struct fake_memory {
  uint64_t used;   // now
  uint64_t high;   // the most there ever was at one instant
  uint64_t total;  // of the card
};

// Time on a card up to now, ns.
struct fake_work {
  uint64_t device_ns;   // received: the integral of 1/n over the time with work
  uint64_t elapsed_ns;  // during which there was work
  uint64_t launches;    // kernels, graph launches counted once
  uint64_t at_ns;       // when, by fake_now's clock: the kernel that runs then counts with what it has had
};

// Each is 0, or -1: no such card or tenant. Callable without cuInit, from any process that has the state open
// (FAKE_CUDA_STATE). Dead processes are reaped first; what they received stays in the tenant's account of
// time.
int fake_card_memory(int card, struct fake_memory* memory);
int fake_tenant_memory(const char* tenant, int card, struct fake_memory* memory);
int fake_tenant_work(const char* tenant, int card, struct fake_work* work);
// Of the playing process alone.
int fake_process_memory(int card, struct fake_memory* memory);
int fake_process_work(int card, struct fake_work* work);
// Forgets the high marks: they become what is used now.
void fake_forget_high(void);
// How many processes are attached to the state and alive.
int fake_processes(void);

// ---------------------------------------------------------------------------------------------------------
// faults

// "FUNCTION:NTH=ACTION", several separated by ';'. FUNCTION is an exported name ("cuMemAlloc_v2", or with a
// trailing '*': any that begins so); NTH counts that process's calls from now, from 1; "NTH+" means that and
// all later ones. ACTION:
//   fail:CODE        return CODE and do nothing
//   lie:CODE         take effect, and then return CODE
//   block:MS         wait that long (real time: sleep; virtual: as a blocking call), then go on
//   kill-before      SIGKILL this process before the call takes effect (a played process other than 0 in
//   virtual kill-after       time: fake_kill, and the call returns CUDA_ERROR_UNKNOWN); or after
// "" removes all. Also FAKE_CUDA_FAULT. 0, or -1: not understood.
int fake_fault(const char* text);

// The card falls off the bus: every call that needs it returns CUDA_ERROR_DEVICE_UNAVAILABLE (46), and NVML
// says NVML_ERROR_GPU_IS_LOST. For all processes.
void fake_lose_card(int card);

#ifdef __cplusplus
}
#endif

#endif
