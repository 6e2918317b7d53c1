// A store that is gone after so many transactions, as it is for a process that dies between two steps.
#pragma once

#include <memory>
#include <string>

#include "ports/store.h"

namespace dure::tests {

// Of the store behind it, which goes on living. A transaction that has begun goes through.
class MortalStore final : public ports::Store {
 public:
  MortalStore(ports::Store& behind, std::int64_t transactions) : behind_(behind), left_(transactions) {}

  base::Result<std::unique_ptr<ports::Transaction>> begin(ports::Access access) override {
    if (left_ <= 0) return base::error(base::ErrorKind::kUnavailable, base::Reason("store.unavailable"));
    --left_;
    return behind_.begin(access);
  }
  std::uint64_t access_changes() const override { return behind_.access_changes(); }
  std::string describe() const override { return behind_.describe(); }

 private:
  ports::Store& behind_;
  std::int64_t left_;
};

}  // namespace dure::tests
