// Workers: a few threads for what takes long, one piece of work per key at a time.
//
// So one slow container does not hold up the others, and no two actions meet on one replica. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace dure::node {

class Workers {
 public:
  explicit Workers(unsigned threads);
  // Drops what has not begun and waits for what has.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // False, and nothing happens, while work of that key waits or runs.
  bool run(const std::string& key, std::function<void()> work);
  // The keys of work that waits or runs.
  std::set<std::string> busy() const;

 private:
  void serve();

  mutable std::mutex mutex_;
  std::condition_variable there_;
  std::deque<std::pair<std::string, std::function<void()>>> queue_;
  std::set<std::string> busy_;
  bool finishing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace dure::node
