// G8: whose numbers a container's processes run under.
#include "node/container_spec.h"

#include <gtest/gtest.h>

namespace dure::node {
namespace {

model::ReplicaOrder order() {
  model::ReplicaOrder made;
  made.replica_id = model::ReplicaId("01900000-0000-7000-8000-000000000001");
  made.workload_id = model::WorkloadId("01900000-0000-7000-8000-000000000002");
  made.uid = 20'001;
  made.gid = 20'002;
  return made;
}

TEST(ContainerSpec, TheNumbersAreTheAccountsAndTheProjectsAlsoWithoutAVolume) {
  const auto bare = container_spec(order(), {}, {}, "/volumes", "/logs");
  EXPECT_EQ(bare.uid, 20'001);
  EXPECT_EQ(bare.gid, 20'002);
  auto with_home = order();
  with_home.volumes = {
      {model::VolumeId("01900000-0000-7000-8000-000000000003"), "/home/user", 20'001, 20'002, {}}};
  const auto spec = container_spec(with_home, {}, {}, "/volumes", "/logs");
  EXPECT_EQ(spec.uid, 20'001);
  EXPECT_EQ(spec.working_directory, "/home/user");
}

}  // namespace
}  // namespace dure::node
