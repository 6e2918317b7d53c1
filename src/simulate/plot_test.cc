#include "simulate/plot.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace dure::simulate {
namespace {

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

TEST(Plot, HasALineAndANameForEachRule) {
  const std::string svg =
      plot_svg("A < B", {{"dure", {0.0, 50.0, std::nullopt, 95.82}}, {"fgd", {0.0, 49.0}}});
  EXPECT_EQ(count(svg, "<polyline"), 2u);
  EXPECT_NE(svg.find("dure 95.8"), std::string::npos);
  EXPECT_NE(svg.find("fgd 49.0"), std::string::npos);
  EXPECT_NE(svg.find("A &lt; B"), std::string::npos);
  EXPECT_TRUE(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
}

TEST(Plot, APointThatIsNotKnownIsPassedOver) {
  const std::string svg = plot_svg("t", {{"dure", {0.0, std::nullopt, 10.0}}});
  const auto points = svg.find("points=\"") + 8;
  EXPECT_EQ(std::count(svg.begin() + static_cast<std::ptrdiff_t>(points),
                       svg.begin() + static_cast<std::ptrdiff_t>(svg.find('"', points)), ','),
            2);
}

TEST(Plot, WithoutLinesThereIsAnEmptyFrame) {
  EXPECT_EQ(count(plot_svg("t", {}), "<polyline"), 0u);
}

}  // namespace
}  // namespace dure::simulate
