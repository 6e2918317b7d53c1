// A plot of rates over sizes, both by powers of ten, as SVG: one line each, named at its end.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dure::bench {

struct Curve {
  std::string name;
  std::vector<std::pair<double, double>> points;  // of size and rate, both above 0, by size
  int colour = 0;                                 // 0 to 2
  int dashes = 0;                                 // 0 to 2: how the line is broken
};

std::string curves_svg(const std::string& title, const std::vector<Curve>& curves);

}  // namespace dure::bench
