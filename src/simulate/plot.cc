#include "simulate/plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace dure::simulate {
namespace {

constexpr double kWidth = 760, kHeight = 460;
constexpr double kLeft = 64, kRight = 118, kTop = 48, kBottom = 56;
constexpr double kLabelHeight = 15;
// Told apart by eyes that see no red and green as well (Okabe and Ito), ours first.
constexpr std::array<std::string_view, 7> kColours{"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                   "#e69f00", "#56b4e9", "#555555"};

// To a tenth. REQUIRES: not below 0.
std::string number(double value) {
  const std::int64_t tenths = std::llround(value * 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

std::string escaped(std::string_view text) {
  std::string made;
  for (const char each : text) {
    if (each == '<')
      made += "&lt;";
    else if (each == '&')
      made += "&amp;";
    else
      made += each;
  }
  return made;
}

struct Axes {
  double most_x = 100;
  double most_y = 100;

  double x(double percent) const { return kLeft + percent / most_x * (kWidth - kLeft - kRight); }
  double y(double percent) const { return kHeight - kBottom - percent / most_y * (kHeight - kTop - kBottom); }
};

std::string text_at(double x, double y, std::string_view anchor, const std::string& text,
                    std::string_view more = "") {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + std::string(anchor) + "\"" +
         std::string(more) + ">" + escaped(text) + "</text>\n";
}

std::string segment(double x1, double y1, double x2, double y2, std::string_view colour) {
  return "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) + "\" y2=\"" +
         number(y2) + "\" stroke=\"" + std::string(colour) + "\"/>\n";
}

std::string grid(const Axes& axes) {
  std::string made;
  for (int percent = 0; percent <= axes.most_y; percent += 20) {
    made += segment(kLeft, axes.y(percent), kWidth - kRight, axes.y(percent), "#e4e4e4");
    made += text_at(kLeft - 8, axes.y(percent) + 4, "end", std::to_string(percent));
  }
  for (int percent = 0; percent <= axes.most_x; percent += 20)
    made += text_at(axes.x(percent), kHeight - kBottom + 20, "middle", std::to_string(percent));
  made += segment(axes.x(100), axes.y(0), axes.x(100), axes.y(axes.most_y), "#c0c0c0");
  made += text_at((kLeft + kWidth - kRight) / 2, kHeight - 14, "middle", "arrived, % of all cards");
  made += text_at(18, (kTop + kHeight - kBottom) / 2, "middle", "allocated, % of all cards",
                  " transform=\"rotate(-90 18 " + number((kTop + kHeight - kBottom) / 2) + ")\"");
  return made;
}

std::string path_of(const Axes& axes, const Line& line, std::string_view colour) {
  std::string points;
  for (std::size_t percent = 0; percent < line.allocated_pct.size(); ++percent) {
    if (!line.allocated_pct[percent]) continue;
    points += (points.empty() ? "" : " ") + number(axes.x(static_cast<double>(percent))) + "," +
              number(axes.y(*line.allocated_pct[percent]));
  }
  return "<polyline fill=\"none\" stroke-width=\"1.6\" stroke=\"" + std::string(colour) + "\" points=\"" +
         points + "\"/>\n";
}

std::optional<double> last_of(const Line& line) {
  for (std::size_t i = line.allocated_pct.size(); i-- > 0;)
    if (line.allocated_pct[i]) return line.allocated_pct[i];
  return std::nullopt;
}

// The names beside the ends of the lines, none over another.
std::string names(const Axes& axes, const std::vector<Line>& lines) {
  std::vector<std::pair<double, std::size_t>> ends;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (const auto last = last_of(lines[i])) ends.emplace_back(axes.y(*last), i);
  std::sort(ends.begin(), ends.end());
  std::string made;
  double free_from = 0;
  for (const auto& [y, i] : ends) {
    const double at = std::max(y + 4, free_from);
    free_from = at + kLabelHeight;
    made += text_at(kWidth - kRight + 6, at, "start", lines[i].name + " " + number(*last_of(lines[i])),
                    " fill=\"" + std::string(kColours[i % kColours.size()]) + "\"");
  }
  return made;
}

}  // namespace

std::string plot_svg(const std::string& title, const std::vector<Line>& lines) {
  Axes axes;
  for (const Line& line : lines)
    axes.most_x = std::max(axes.most_x, static_cast<double>(line.allocated_pct.size()) - 1);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(kWidth) + " " +
                    number(kHeight) +
                    "\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" "
                    "fill=\"#ffffff\"/>\n";
  svg += text_at(kLeft, 26, "start", title, " font-size=\"15\" font-weight=\"bold\"");
  svg += grid(axes);
  for (std::size_t i = lines.size(); i-- > 0;) svg += path_of(axes, lines[i], kColours[i % kColours.size()]);
  svg += names(axes, lines);
  return svg + "</svg>\n";
}

}  // namespace dure::simulate
