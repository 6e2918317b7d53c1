// Pipes: two connections tied together, bytes going both ways, inside a running Server.
//
// When one side has finished writing, the other is told (half-close) and the opposite direction goes on; when
// both have, or one breaks, or nothing moved for the idle timeout, or the server stops, both are closed and
// `on_done` is called once, on the I/O thread (it must not block). Early bytes of the connections go first.
// Each direction holds at most one buffer, so a slow side slows the other.
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "base/time.h"
#include "net/connection.h"
#include "net/fd.h"

namespace dure::net {

enum class PipeEnd { kFinished, kBroken, kIdle };

struct PipeReport {
  PipeEnd end = PipeEnd::kFinished;
  std::uint64_t a_to_b = 0;  // bytes
  std::uint64_t b_to_a = 0;
};

struct PipeOptions {
  base::Span idle_timeout = base::Span::minutes(10);
  // Called when bytes have moved, at most once a second: for "last used" stamps. On the I/O thread. May be
  // empty.
  std::function<void()> on_traffic;
  // Asked when bytes have moved, at most once a second: false breaks the pipe. On the I/O thread. May be
  // empty.
  std::function<bool()> go_on;
};

using OnPipeDone = std::function<void(const PipeReport&)>;

// REQUIRES: called on a's I/O thread; a and b live on the same one (adopt_beside).
void splice(Connection a, Connection b, PipeOptions options, OnPipeDone on_done);
// The same with a descriptor that is adopted beside `a`. `on_done` reports kBroken when it cannot be.
void splice(Connection a, Fd b, PipeOptions options, OnPipeDone on_done);

}  // namespace dure::net
