// A plot of allocation against arrival, as SVG: one line a rule, named at its end.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace dure::simulate {

struct Line {
  std::string name;
  std::vector<std::optional<double>> allocated_pct;  // at x %, x = 0 …
};

std::string plot_svg(const std::string& title, const std::vector<Line>& lines);

}  // namespace dure::simulate
