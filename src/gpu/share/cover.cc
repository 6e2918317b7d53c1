#include "gpu/share/cover.h"

namespace dure::gpu::share {

unsigned Cover::add(Span span, Span (&fresh)[kSpans + 1]) noexcept {
  if (span.from_ns < floor_ns_) span.from_ns = floor_ns_;
  if (span.from_ns >= span.to_ns) return 0;
  unsigned pieces = 0;
  unsigned first = 0;
  while (first < count_ && spans_[first].to_ns < span.from_ns) ++first;
  unsigned last = first;  // the spans [first, last) touch the new one
  Span whole = span;
  std::uint64_t at = span.from_ns;
  for (; last < count_ && spans_[last].from_ns <= span.to_ns; ++last) {
    const Span& old = spans_[last];
    if (old.from_ns > at) fresh[pieces++] = {at, old.from_ns};
    if (old.to_ns > at) at = old.to_ns;
    if (old.from_ns < whole.from_ns) whole.from_ns = old.from_ns;
    if (old.to_ns > whole.to_ns) whole.to_ns = old.to_ns;
  }
  if (at < span.to_ns) fresh[pieces++] = {at, span.to_ns};
  replace(first, last, whole);
  return pieces;
}

void Cover::replace(unsigned first, unsigned last, Span with) noexcept {
  if (first == last) {
    for (unsigned i = count_; i > first; --i) spans_[i] = spans_[i - 1];
    ++count_;
  } else {
    const unsigned gone = last - first - 1;
    for (unsigned i = last; gone && i < count_; ++i) spans_[i - gone] = spans_[i];
    count_ -= gone;
  }
  spans_[first] = with;
  if (count_ <= kSpans) return;
  floor_ns_ = spans_[0].to_ns;
  for (unsigned i = 1; i < count_; ++i) spans_[i - 1] = spans_[i];
  --count_;
}

}  // namespace dure::gpu::share
