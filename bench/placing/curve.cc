#include "bench/placing/curve.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace dure::bench {
namespace {

constexpr double kWidth = 760, kHeight = 460;
constexpr double kLeft = 76, kRight = 176, kTop = 48, kBottom = 56;
constexpr double kLabelHeight = 14;
// Told apart by eyes that see no red and green as well (Okabe and Ito).
constexpr std::array<const char*, 3> kColours{"#0072b2", "#d55e00", "#555555"};
constexpr std::array<const char*, 3> kDashes{"none", "6 3", "2 3"};

template <class... Values>
std::string text(const char* format, Values... values) {
  std::array<char, 400> made;
  std::snprintf(made.data(), made.size(), format, values...);
  return made.data();
}

// From one power of ten to another.
struct Axis {
  int least = 100;
  int most = -100;
  double begin = 0;
  double end = 0;

  void hold(double value) {
    least = std::min(least, static_cast<int>(std::floor(std::log10(value))));
    most = std::max(most, static_cast<int>(std::ceil(std::log10(value))));
  }
  double at(double value) const {
    return begin + (std::log10(value) - least) / std::max(1, most - least) * (end - begin);
  }
};

std::string grid(const Axis& x, const Axis& y) {
  std::string made;
  for (int power = y.least; power <= y.most; ++power) {
    const double at = y.at(std::pow(10, power));
    made += text("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#e4e4e4\"/>\n", x.begin, at,
                 x.end, at);
    made += text("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%.0f</text>\n", x.begin - 8, at + 4,
                 std::pow(10, power));
  }
  for (int power = x.least; power <= x.most; ++power)
    made += text("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%.0f</text>\n",
                 x.at(std::pow(10, power)), y.begin + 20, std::pow(10, power));
  made += text("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">nodes of 8 cards</text>\n",
               (x.begin + x.end) / 2, kHeight - 14);
  return made + text("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"start\">decisions per second</text>\n", 8.0,
                     kTop - 6);
}

std::string line(const Axis& x, const Axis& y, const Curve& curve) {
  std::string points;
  for (const auto& [size, rate] : curve.points) points += text("%.1f,%.1f ", x.at(size), y.at(rate));
  return text("<polyline fill=\"none\" stroke-width=\"1.6\" stroke=\"%s\" stroke-dasharray=\"%s\" points=\"",
              kColours.at(static_cast<std::size_t>(curve.colour)),
              kDashes.at(static_cast<std::size_t>(curve.dashes))) +
         points + "\"/>\n";
}

// None over another.
std::string names(const Axis& x, const Axis& y, const std::vector<Curve>& curves) {
  std::vector<std::pair<double, const Curve*>> ends;
  for (const Curve& curve : curves)
    if (!curve.points.empty()) ends.emplace_back(y.at(curve.points.back().second), &curve);
  std::sort(ends.begin(), ends.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string made;
  double free_from = 0;
  for (const auto& [end, curve] : ends) {
    const double at = std::max(end + 4, free_from);
    free_from = at + kLabelHeight;
    made += text("<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\">%s</text>\n", x.end + 6, at,
                 kColours.at(static_cast<std::size_t>(curve->colour)), curve->name.c_str());
  }
  return made;
}

}  // namespace

std::string curves_svg(const std::string& title, const std::vector<Curve>& curves) {
  Axis x{.begin = kLeft, .end = kWidth - kRight}, y{.begin = kHeight - kBottom, .end = kTop};
  for (const Curve& curve : curves)
    for (const auto& [size, rate] : curve.points) {
      x.hold(size);
      y.hold(rate);
    }
  std::string svg = text(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" font-family=\"sans-serif\" "
      "font-size=\"12\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
      kWidth, kHeight);
  svg += text("<text x=\"%.1f\" y=\"22\" font-size=\"15\" font-weight=\"bold\">%s</text>\n", kLeft,
              title.c_str());
  svg += grid(x, y);
  for (const Curve& curve : curves) svg += line(x, y, curve);
  return svg + names(x, y, curves) + "</svg>\n";
}

}  // namespace dure::bench
