// One value between a row and the database: a whole number or text, or nothing. All that goes through SOCI.
#pragma once

#include <string>
#include <vector>

namespace dure::sql {

enum class CellKind { kNumber, kText };

struct Cell {
  bool null = false;
  long long number = 0;  // the type that SOCI binds on every platform as 64 bits
  std::string text;
};

using Cells = std::vector<Cell>;
using CellKinds = std::vector<CellKind>;

}  // namespace dure::sql
