// What the echoing driver remembers of the last call of this thread, and how a test tells it what to do.
#ifndef DURE_TESTS_GPU_DRIVER_ECHO_H
#define DURE_TESTS_GPU_DRIVER_ECHO_H

#include <cstdint>

struct EchoCall {
  int symbol;  // the line in symbols_*.def
  std::int64_t integer[8];
  double floating[8];
  std::int64_t calls;  // of this thread
};

// How its cuGetProcAddress answers.
enum class EchoLookup {
  kExported,  // with the entry point of the symbol that it means
  kPrivate,   // with one that it exports under no name
};

// Exported by the echoing driver: found with dlsym.
using EchoLast = EchoCall*();              // echo_last: this thread's
using EchoSetLookup = void(EchoLookup);    // echo_set_lookup
using EchoCalls = std::int64_t();          // echo_calls: of all threads
inline constexpr int kEchoResult = 10000;  // what a function returns: this and its number

#endif
