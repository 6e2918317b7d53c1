// Journal: what was decided, a line each, in a file that holds a bounded length of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dure::bench {

class Journal {
 public:
  // Makes the file anew. `synced`: each batch reaches the disk before the next begins (fdatasync).
  Journal(const std::string& path, bool synced);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  Journal& word(std::string_view text);
  Journal& number(std::uint64_t value);
  void end_line() { text_ += '\n'; }
  // After each decision: a batch of kBatch goes to the file.
  void decided();

  static constexpr int kBatch = 100;

 private:
  void flush();

  int file_;
  bool synced_;
  int in_batch_ = 0;
  std::int64_t length_ = 0;
  std::string path_;
  std::string text_;
};

}  // namespace dure::bench
