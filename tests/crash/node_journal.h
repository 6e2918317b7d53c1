// NodeJournal: follows dure-node's journal while it is written, so that what it recorded is known from itself
// and not only from what dured kept. Reads only; what a compaction drops has been read before.
#pragma once

#include <atomic>
#include <boost/json/array.hpp>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace dure::crash {

class NodeJournal {
 public:
  explicit NodeJournal(std::string path);
  ~NodeJournal();
  NodeJournal(const NodeJournal&) = delete;
  NodeJournal& operator=(const NodeJournal&) = delete;

  // Each observation once, in the order of writing.
  boost::json::array observations() const;

 private:
  void look();

  const std::string path_;
  std::uint64_t inode_ = 0;
  std::size_t offset_ = 0;
  mutable std::mutex mutex_;
  boost::json::array observations_;
  std::set<std::string> known_;  // boot and sequence
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

// The whole frames at the beginning of `bytes`: their payloads, and how many bytes they take
// (node/record_file.h says how they are made).
struct Frames {
  std::vector<std::string> payloads;
  std::size_t bytes = 0;
};
Frames whole_frames(const std::string& bytes);

}  // namespace dure::crash
