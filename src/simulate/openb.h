// The openb traces (Alibaba, 2023): a list of nodes and a list of pods, as CSV.
//
//   nodes: sn,cpu_milli,memory_mib,gpu,model
//   pods:  name,cpu_milli,memory_mib,num_gpu,gpu_milli[,gpu_spec,…]   gpu_spec: models with "|" between, or
//   nothing
//
// Columns are found by the names in the first line; others are passed over. Bytes from outside: what cannot
// be read is a fault with its line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "placement/board.h"

namespace dure::simulate {

struct Pod {
  std::string name;
  placement::Shape shape;
  bool operator==(const Pod&) const = default;
};

struct Trace {
  std::vector<std::string> models;  // by their number in a slot
  std::vector<std::string> node_names;
  std::vector<placement::Slot> slots;  // in the order of the list
  std::vector<Pod> pods;

  std::int64_t milli_gpu() const;  // of all cards
};

// Errors: simulate.column_missing {file, column}, simulate.row_invalid {file, line, column, text},
// simulate.too_many_models {count, most}, simulate.empty {file}.
base::Result<Trace> read_openb(std::string_view nodes, std::string_view pods);

}  // namespace dure::simulate
