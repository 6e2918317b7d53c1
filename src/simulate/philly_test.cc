#include "simulate/philly.h"

#include <gtest/gtest.h>

#include <utility>

#include "simulate/test_instants.h"

namespace dure::simulate {
namespace {

const std::string kPhillyHeader = "timestamp,duration,num_gpus,gpu_time,cluster\n";

TEST(Philly, RowsAreSortedByTheirSubmission) {
  const auto trace = read_philly(kPhillyHeader +
                                 "2017-10-09 07:01:55,66.0,1,66.0,11cb48\n"
                                 "2017-10-09 06:13:03,2951.0,16,47216.0,6214e9\r\n"
                                 "\n"
                                 "2017-09-29 07:58:32,860662.25,0,0.0,11cb48\n\n");
  ASSERT_TRUE(trace.ok()) << trace.failure().reason.code;
  EXPECT_EQ(trace->tenants, (std::vector<std::string>{"11cb48", "6214e9"}));
  ASSERT_EQ(trace->jobs.size(), 3u);
  EXPECT_EQ(trace->jobs[0], (Job{at("2017-09-29T07:58:32Z"), {860'662'250'000}, 0, 0, 0, 0, 0, 2, {}}));
  EXPECT_EQ(trace->jobs[1], (Job{at("2017-10-09T06:13:03Z"), {2'951'000'000}, 16, 1000, 0, 0, 1, 1, {}}));
  EXPECT_EQ(trace->jobs[2], (Job{at("2017-10-09T07:01:55Z"), {66'000'000}, 1, 1000, 0, 0, 0, 0, {}}));
  EXPECT_EQ(trace->jobs[1].total_milli_gpu(), 16'000);
}

TEST(Philly, JobsOfOneInstantStayInTheOrderOfTheFile) {
  std::string text = kPhillyHeader;
  for (int i = 0; i < 100; ++i) text += "2017-10-09 07:01:0" + std::to_string(i % 3) + ",1,1,1,c\n";
  const auto trace = read_philly(text);
  ASSERT_TRUE(trace.ok());
  for (std::size_t i = 1; i < trace->jobs.size(); ++i) {
    const Job& before = trace->jobs[i - 1];
    const Job& job = trace->jobs[i];
    EXPECT_LT(std::pair(before.submitted, before.row), std::pair(job.submitted, job.row));
  }
  EXPECT_EQ(trace->jobs[1].row, 3u);
}

TEST(Philly, ColumnsAreFoundByNameAndTheTimeOfGpusIsNotWanted) {
  const auto trace =
      read_philly("cluster,num_gpus,user,duration,timestamp\nvc,8,me,1.5,2017-12-31 23:59:59\n");
  ASSERT_TRUE(trace.ok());
  EXPECT_EQ(trace->jobs[0], (Job{at("2017-12-31T23:59:59Z"), {1'500'000}, 8, 1000, 0, 0, 0, 0, {}}));
}

TEST(Philly, AnEmptyListIsSaid) {
  for (const std::string& text : {std::string(), std::string("\n"), kPhillyHeader, kPhillyHeader + "\n\n"}) {
    const auto read = read_philly(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.failure().reason.code, "simulate.empty") << text;
  }
}

TEST(Philly, AMissingColumnIsNamed) {
  for (const char* column : {"timestamp", "duration", "num_gpus", "cluster"}) {
    std::string header = kPhillyHeader;
    header.replace(header.find(column), 3, "xxx");
    const auto read = read_philly(header + "2017-10-09 07:01:55,66.0,1,66.0,11cb48\n");
    ASSERT_FALSE(read.ok()) << header;
    EXPECT_EQ(read.failure().reason.code, "simulate.column_missing");
    EXPECT_EQ(std::get<std::string>(*read.failure().reason.find("column")), column);
  }
}

struct BadPhillyRow {
  const char* row;
  const char* column;
};

TEST(Philly, AFaultNamesItsLineAndColumn) {
  for (const BadPhillyRow& bad : {
           BadPhillyRow{"2017-10-09T07:01:55,66.0,1,66.0,11cb48", "timestamp"},
           BadPhillyRow{"2017-10-09 07:01:55Z,66.0,1,66.0,11cb48", "timestamp"},
           BadPhillyRow{"2017-10-09,66.0,1,66.0,11cb48", "timestamp"},
           BadPhillyRow{"2017-02-29 07:01:55,66.0,1,66.0,11cb48", "timestamp"},
           BadPhillyRow{"2017-10-09 24:00:00,66.0,1,66.0,11cb48", "timestamp"},
           BadPhillyRow{"2017-10-09 07:01:60,66.0,1,66.0,11cb48", "timestamp"},
           BadPhillyRow{"17-10-2009 07:01:55,66.0,1,66.0,11cb48", "timestamp"},
           BadPhillyRow{"2017-10-09 07:01:5.,66.0,1,66.0,11cb48", "timestamp"},
           BadPhillyRow{"1507532515,66.0,1,66.0,11cb48", "timestamp"},
           BadPhillyRow{",66.0,1,66.0,11cb48", "timestamp"},
           BadPhillyRow{"2017-10-09 07:01:55,-66.0,1,66.0,11cb48", "duration"},
           BadPhillyRow{"2017-10-09 07:01:55,6.6e1,1,66.0,11cb48", "duration"},
           BadPhillyRow{"2017-10-09 07:01:55,66.0000001,1,66.0,11cb48", "duration"},
           BadPhillyRow{"2017-10-09 07:01:55,3155760001,1,66.0,11cb48", "duration"},
           BadPhillyRow{"2017-10-09 07:01:55,,1,66.0,11cb48", "duration"},
           BadPhillyRow{"2017-10-09 07:01:55", "duration"},
           BadPhillyRow{"2017-10-09 07:01:55,66.0,1.0,66.0,11cb48", "num_gpus"},
           BadPhillyRow{"2017-10-09 07:01:55,66.0,-1,66.0,11cb48", "num_gpus"},
           BadPhillyRow{"2017-10-09 07:01:55,66.0,100001,66.0,11cb48", "num_gpus"},
           BadPhillyRow{"2017-10-09 07:01:55,66.0,,66.0,11cb48", "num_gpus"},
           BadPhillyRow{"2017-10-09 07:01:55,66.0,1,66.0,", "cluster"},
           BadPhillyRow{"2017-10-09 07:01:55,66.0,1,66.0", "cluster"},
           BadPhillyRow{"2017-10-09 07:01:55,66.0,1,66.0,a\x1b[31m", "cluster"},
       }) {
    const auto read =
        read_philly(kPhillyHeader + "2017-10-09 07:01:55,66.0,1,66.0,11cb48\n\n" + bad.row + "\n");
    ASSERT_FALSE(read.ok()) << bad.row;
    EXPECT_EQ(read.failure().reason.code, "simulate.row_invalid") << bad.row;
    EXPECT_EQ(std::get<std::string>(*read.failure().reason.find("column")), bad.column) << bad.row;
    EXPECT_EQ(std::get<std::int64_t>(*read.failure().reason.find("line")), 4) << bad.row;
  }
}

TEST(Philly, ATenantsNameIsShortAndCanBePrinted) {
  EXPECT_TRUE(tenant_name("6214e9"));
  EXPECT_TRUE(tenant_name("물리학과 1"));
  EXPECT_TRUE(tenant_name(std::string(100, 'a')));
  for (const std::string& name :
       {std::string(), std::string(101, 'a'), std::string("a,b"), std::string("a\nb"), std::string(" a"),
        std::string("a\t"), std::string("a\x7f"), std::string("a\0b", 3)})
    EXPECT_FALSE(tenant_name(name)) << name;
}

}  // namespace
}  // namespace dure::simulate
