// The stream of an attached process without a terminal: frames of eight bytes of head (1 = output, 2 = error,
// three zero bytes, the length in network order) and the bytes. Source: Docker Engine API, "Stream format".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dure::podman {

// Takes a stream in pieces of any size and keeps the bytes of both kinds, as they came, up to a limit; what
// is beyond is dropped and remembered as cut. Not thread-safe.
class FrameReader {
 public:
  explicit FrameReader(std::int64_t limit_bytes) : limit_(static_cast<std::size_t>(limit_bytes)) {}

  void feed(std::string_view bytes);
  bool cut() const { return cut_; }
  std::string take() { return std::move(output_); }

 private:
  static constexpr std::size_t kHead = 8;

  std::string_view feed_head(std::string_view bytes);
  void keep(std::string_view bytes);

  std::size_t limit_;
  std::string output_;
  bool cut_ = false;
  std::array<unsigned char, kHead> head_{};
  std::size_t head_size_ = 0;
  std::size_t left_ = 0;  // bytes of the frame still to come
};

}  // namespace dure::podman
