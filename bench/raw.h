// The databases' own libraries, without anything of ours in between: what a read costs at the least.
//
// One connection, one thread; the schema's rules hold here too. A read fetches every column of every row as
// the library gives it and keeps nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace dure::bench {

class Raw {
 public:
  // Of "sqlite:PATH" or "postgresql://…". Fails with "bench.raw" {why}.
  static base::Result<std::unique_ptr<Raw>> open(const std::string& url);
  virtual ~Raw() = default;

  // One statement at a time; its binds are $1, $2, …, texts.
  virtual base::Status prepare(const std::string& sql) = 0;
  // Runs a statement that gives no rows.
  virtual base::Status run(const std::string& sql) = 0;
  virtual bool is_postgres() const = 0;
  // How many rows came; -1 where it failed. With `out` the text of every column is appended to it.
  virtual std::int64_t read(const std::vector<std::string>& binds, std::string* out = nullptr) = 0;
};

}  // namespace dure::bench
