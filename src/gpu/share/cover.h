// When the card was busy with this process: the union of what its streams measured, so that kernels that run
// side by side count once. The last kSpans spans are remembered apart; what lies before them counts as busy
// throughout. Not for several threads at once.
#ifndef DURE_GPU_SHARE_COVER_H
#define DURE_GPU_SHARE_COVER_H

#include <cstdint>

namespace dure::gpu::share {

struct Span {
  std::uint64_t from_ns;
  std::uint64_t to_ns;
};

class Cover {
 public:
  static constexpr unsigned kSpans = 16;

  // Adds a span. What of it was not busy before is written to `fresh`, in order; returns how many pieces that
  // is. REQUIRES: span.from_ns <= span.to_ns.
  unsigned add(Span span, Span (&fresh)[kSpans + 1]) noexcept;

 private:
  void replace(unsigned first, unsigned last, Span with) noexcept;

  std::uint64_t floor_ns_ = 0;
  unsigned count_ = 0;
  Span spans_[kSpans + 1] = {};  // apart, in order; one more for the time of an insertion
};

}  // namespace dure::gpu::share

#endif
