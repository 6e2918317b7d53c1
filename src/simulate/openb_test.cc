#include "simulate/openb.h"

#include <gtest/gtest.h>

namespace dure::simulate {
namespace {

constexpr const char* kNodes =
    "sn,cpu_milli,memory_mib,gpu,model\n"
    "n0,64000,262144,2,P100\n"
    "n1,96000,393216,8,G2\r\n"
    "\n"
    "n2,32000,65536,0,\n";
constexpr const char* kPods =
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos\n"
    "p0,12000,16384,1,1000,,LS\n"
    "p1,6000,12288,1,460,G2|V100,LS\n"
    "p2,1000,1024,0,0,,BE\n";

TEST(Openb, ReadsNodesAndPods) {
  const auto trace = read_openb(kNodes, kPods);
  ASSERT_TRUE(trace.ok()) << trace.failure().reason.code;
  ASSERT_EQ(trace->slots.size(), 3u);
  EXPECT_EQ(trace->slots[1].cpu_milli, 96'000);
  EXPECT_EQ(trace->slots[1].whole(), 8);
  EXPECT_EQ(trace->slots[2].cards, 0);
  EXPECT_EQ(trace->models, (std::vector<std::string>{"P100", "G2", "", "V100"}));
  EXPECT_EQ(trace->milli_gpu(), 10'000);
  ASSERT_EQ(trace->pods.size(), 3u);
  EXPECT_EQ(trace->pods[0].shape, (placement::Shape{12'000, 16'384, 1, 1000, 0}));
  EXPECT_EQ(trace->pods[1].shape, (placement::Shape{6'000, 12'288, 1, 460, 0b1010}));
  EXPECT_EQ(trace->pods[2].shape, (placement::Shape{1'000, 1'024, 0, 0, 0}));
}

TEST(Openb, FilesWithoutModelsAndInAnotherOrderAreRead) {
  const auto trace = read_openb(kNodes, "gpu_milli,num_gpu,name,memory_mib,cpu_milli\n1000,2,p,1,1000\n");
  ASSERT_TRUE(trace.ok());
  EXPECT_EQ(trace->pods[0].shape, (placement::Shape{1'000, 1, 2, 1000, 0}));
}

struct BadTrace {
  const char* nodes;
  const char* pods;
  const char* code;
};

TEST(Openb, SaysWhatItCannotRead) {
  for (const BadTrace& bad : {
           BadTrace{"", kPods, "simulate.empty"},
           BadTrace{"sn,cpu_milli,memory_mib,gpu,model\n", kPods, "simulate.empty"},
           BadTrace{kNodes, "\n", "simulate.empty"},
           BadTrace{"sn,cpu_milli,memory_mib,gpu,model\nn,1,1,1,T4|P4\n", kPods, "simulate.row_invalid"},
           BadTrace{"sn,cpu_milli,memory_mib,model\nn,1,1,T4\n", kPods, "simulate.column_missing"},
           BadTrace{"sn,cpu_milli,memory_mib,gpu,model\nn,1,1,17,T4\n", kPods, "simulate.row_invalid"},
           BadTrace{"sn,cpu_milli,memory_mib,gpu,model\nn,-1,1,1,T4\n", kPods, "simulate.row_invalid"},
           BadTrace{"sn,cpu_milli,memory_mib,gpu,model\nn,1\n", kPods, "simulate.row_invalid"},
           BadTrace{kNodes, "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np,1,1,1,1001\n",
                    "simulate.row_invalid"},
           BadTrace{kNodes, "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np,1,1,1,0\n",
                    "simulate.row_invalid"},
           BadTrace{kNodes, "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np,1,1,2,500\n",
                    "simulate.row_invalid"},
           BadTrace{kNodes, "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np,1e3,1,1,500\n",
                    "simulate.row_invalid"},
       }) {
    const auto read = read_openb(bad.nodes, bad.pods);
    ASSERT_FALSE(read.ok()) << bad.nodes << bad.pods;
    EXPECT_EQ(read.failure().reason.code, bad.code) << bad.nodes << bad.pods;
  }
}

TEST(Openb, AFaultNamesItsLineAndHidesControlCharacters) {
  const auto read = read_openb(kNodes, "name,cpu_milli,memory_mib,num_gpu,gpu_milli\n\np,\x1b[31m,1,1,500\n");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(std::get<std::int64_t>(*read.failure().reason.find("line")), 3);
  EXPECT_EQ(std::get<std::string>(*read.failure().reason.find("text")), "?[31m");
}

TEST(Openb, NoMoreModelsThanCanBeToldApart) {
  std::string nodes = "sn,cpu_milli,memory_mib,gpu,model\n";
  for (int i = 0; i < 65; ++i) nodes += "n,1,1,1,M" + std::to_string(i) + "\n";
  EXPECT_EQ(read_openb(nodes, kPods).failure().reason.code, "simulate.too_many_models");
}

}  // namespace
}  // namespace dure::simulate
