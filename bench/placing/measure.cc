#include "bench/placing/measure.h"

#include <time.h>

#include <algorithm>
#include <chrono>

namespace dure::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

// Of this thread: other work on the machine does not count, nor does waiting for a disk.
double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void time_each(Subject& subject, std::int64_t level_permille, double seconds, int batch, Measured& found) {
  std::vector<double> taken;
  const auto began = Clock::now();
  while (seconds_since(began) < seconds) {
    for (int i = 0; i < batch; ++i) {
      subject.make_room(level_permille);
      const auto before = Clock::now();
      subject.decide();
      taken.push_back(seconds_since(before) * 1e6);
    }
  }
  std::sort(taken.begin(), taken.end());
  found.p50_us = taken[taken.size() / 2];
  found.p99_us = taken[taken.size() * 99 / 100];
}

}  // namespace

double fill(Subject& subject, std::int64_t capacity, std::int64_t level_permille, double most_seconds) {
  const auto below = [&] { return subject.used() * 1000 < capacity * level_permille; };
  const auto began = Clock::now();
  const double processor = processor_seconds();
  while (below() && seconds_since(began) < most_seconds) {
    for (int i = 0; i < 1000 && below(); ++i) {
      subject.make_room(1000);
      subject.decide();
    }
  }
  return static_cast<double>(subject.decided()) / (processor_seconds() - processor);
}

void mix(Subject& subject, std::int64_t level_permille, std::int64_t decisions, double most_seconds) {
  const auto last = subject.decided() + decisions;
  const auto began = Clock::now();
  while (subject.decided() < last && seconds_since(began) < most_seconds) {
    for (int i = 0; i < 100; ++i) {
      subject.make_room(level_permille);
      subject.decide();
    }
  }
}

Measured churn(Subject& subject, std::int64_t level_permille, double seconds, int batch) {
  Measured found;
  const auto decided = subject.decided(), unplaced = subject.unplaced();
  const auto began = Clock::now();
  const double processor = processor_seconds();
  while (seconds_since(began) < seconds * 2 / 3) {
    for (int i = 0; i < batch; ++i) {
      subject.make_room(level_permille);
      subject.decide();
    }
  }
  const auto more = static_cast<double>(subject.decided() - decided);
  found.per_second = more / (processor_seconds() - processor);
  found.per_second_waited = more / seconds_since(began);
  found.unplaced_pct = 100.0 * static_cast<double>(subject.unplaced() - unplaced) / more;
  time_each(subject, level_permille, seconds / 3, batch, found);
  return found;
}

Measured median(const std::vector<Measured>& rounds) {
  const auto of = [&](double Measured::*figure) {
    std::vector<double> figures;
    figures.reserve(rounds.size());
    for (const Measured& round : rounds) figures.push_back(round.*figure);
    std::sort(figures.begin(), figures.end());
    return figures[figures.size() / 2];
  };
  return {of(&Measured::per_second), of(&Measured::per_second_waited), of(&Measured::p50_us),
          of(&Measured::p99_us), of(&Measured::unplaced_pct)};
}

}  // namespace dure::bench
