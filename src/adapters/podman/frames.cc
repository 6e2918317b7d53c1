#include "adapters/podman/frames.h"

#include <algorithm>

namespace dure::podman {

void FrameReader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (left_ == 0) {
      bytes = feed_head(bytes);
      continue;
    }
    const std::size_t taken = std::min(left_, bytes.size());
    keep(bytes.substr(0, taken));
    left_ -= taken;
    bytes.remove_prefix(taken);
  }
}

std::string_view FrameReader::feed_head(std::string_view bytes) {
  const std::size_t taken = std::min(kHead - head_size_, bytes.size());
  std::copy_n(bytes.begin(), taken, head_.begin() + static_cast<std::ptrdiff_t>(head_size_));
  head_size_ += taken;
  if (head_size_ == kHead) {
    left_ = (std::size_t{head_[4]} << 24) | (std::size_t{head_[5]} << 16) | (std::size_t{head_[6]} << 8) |
            std::size_t{head_[7]};
    head_size_ = 0;
  }
  return bytes.substr(taken);
}

void FrameReader::keep(std::string_view bytes) {
  const std::size_t room = limit_ - std::min(limit_, output_.size());
  if (bytes.size() > room) cut_ = true;
  output_.append(bytes.substr(0, room));
}

}  // namespace dure::podman
