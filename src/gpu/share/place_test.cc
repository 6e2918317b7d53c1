#include "gpu/share/place.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace dure::gpu::share {
namespace {

TEST(Place, IsBelowTheFolder) {
  unsetenv("DURE_GPU_RUN");
  Place place;
  ASSERT_TRUE(find_place(kDriverFile, place));
  EXPECT_STREQ(place.text, "/run/dure/driver/libcuda.so.1");
  setenv("DURE_GPU_RUN", "/elsewhere", 1);
  ASSERT_TRUE(find_place(kShareFolder, place));
  EXPECT_STREQ(place.text, "/elsewhere/share");
  unsetenv("DURE_GPU_RUN");
}

TEST(Place, OfTooLongANameIsRefused) {
  Place place;
  const std::string fits(sizeof place.text - sizeof "/run/dure/", 'x');
  EXPECT_TRUE(find_place(fits.c_str(), place));
  EXPECT_EQ(std::string(place.text), "/run/dure/" + fits);
  EXPECT_FALSE(find_place((fits + "x").c_str(), place));
  EXPECT_STREQ(place.text, "");
}

}  // namespace
}  // namespace dure::gpu::share
