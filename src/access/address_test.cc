// G6, P16: log-ins by the registered public address.
#include "access/address.h"

#include <gtest/gtest.h>

#include <random>

namespace dure::access {
namespace {

std::string round_trip(std::string_view text) {
  const auto address = parse_address(text);
  return address ? to_text(*address) : "refused";
}

TEST(Address, ReadsBothFamiliesAndWritesThemInOneForm) {
  EXPECT_EQ(round_trip("210.119.3.7"), "210.119.3.7");
  EXPECT_EQ(round_trip("::ffff:210.119.3.7"), "210.119.3.7");
  EXPECT_EQ(round_trip("2001:0DB8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");  // RFC 5952, 4.2.3
  EXPECT_EQ(round_trip("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");
  EXPECT_EQ(round_trip("::"), "::");
  EXPECT_EQ(round_trip("::1"), "::1");
  EXPECT_EQ(round_trip("fe80::"), "fe80::");
  EXPECT_EQ(round_trip("64:ff9b::1.2.3.4"), "64:ff9b::102:304");
}

TEST(Address, RefusesWhatIsNotExactlyOne) {
  for (const char* text : {"",
                           "1.2.3",
                           "1.2.3.4.5",
                           "256.1.1.1",
                           "01.2.3.4",
                           "1.2.3.4 ",
                           "+1.2.3.4",
                           "1.2.3.-4",
                           "1.2.3.4:80",
                           "[::1]",
                           "fe80::1%eth0",
                           ":::",
                           "1::2::3",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "12345::",
                           "::g",
                           ":1",
                           "1:",
                           "1:2:3:4:5:6:7::8",
                           "::1.2.3",
                           "1.2.3.4::"})
    EXPECT_EQ(round_trip(text), "refused") << text;
}

TEST(Address, RoundTripOfRandomAddresses) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    Address address;
    for (auto& byte : address.bytes)
      byte = random() % 3 == 0 ? static_cast<std::uint8_t>(random()) : std::uint8_t{0};
    const auto text = to_text(address);
    ASSERT_EQ(parse_address(text), address) << text;
  }
}

TEST(Network, HoldsItsAddressesOnly) {
  const auto network = parse_network("210.119.3.0/25");
  ASSERT_TRUE(network);
  EXPECT_TRUE(network->contains(*parse_address("210.119.3.127")));
  EXPECT_TRUE(network->contains(*parse_address("::ffff:210.119.3.1")));
  EXPECT_FALSE(network->contains(*parse_address("210.119.3.128")));
  EXPECT_EQ(to_text(*network), "210.119.3.0/25");
  EXPECT_TRUE(parse_network("2001:db8:5::/48")->contains(*parse_address("2001:db8:5:ffff::1")));
  for (const char* text : {"210.119.3.1/25", "210.119.3.0/33", "210.119.3.0/", "210.119.3.0/08", "::/129"})
    EXPECT_FALSE(parse_network(text)) << text;
}

TEST(Address, G6_OnlyPublicAddressesMayBeRegistered) {
  const auto code = [](std::string_view text) {
    const auto result = check_registration(text);
    return result.ok() ? std::string("ok") : result.failure().reason.code;
  };
  EXPECT_EQ(code("210.119.3.7"), "ok");
  EXPECT_EQ(code("210.119.3.0/24"), "ok");
  EXPECT_EQ(code("2400:cb00:2048:1::1"), "ok");
  EXPECT_EQ(code("210.119.0.0/16"), "access.network_too_wide");
  EXPECT_EQ(code("2400:cb00::/32"), "access.network_too_wide");
  EXPECT_EQ(code("210.119.3"), "access.address_malformed");
  for (const char* text : {"192.168.0.10", "10.1.2.3", "172.31.255.1", "127.0.0.1", "169.254.1.1",
                           "100.64.0.1", "203.0.113.5", "224.0.0.1", "255.255.255.255", "0.0.0.0", "::1",
                           "fe80::1", "fd00::1", "2001:db8::1", "ff02::1", "::ffff:192.168.0.1"})
    EXPECT_EQ(code(text), "access.address_not_public") << text;
}

TEST(Address, G6_P16_OnlyRegisteredAddressesMayLogIn) {
  const AddressRules rules{policy::IpAllowlist::kRegistered, false};
  const std::vector<std::string> registered{"210.119.3.7", "211.34.0.0/24"};
  EXPECT_TRUE(may_come_from("210.119.3.7", registered, rules).ok());
  EXPECT_TRUE(may_come_from("::ffff:210.119.3.7", registered, rules).ok());
  EXPECT_TRUE(may_come_from("211.34.0.200", registered, rules).ok());
  for (const char* other : {"210.119.3.8", "211.34.1.0", "127.0.0.1", "", "nonsense"})
    EXPECT_EQ(may_come_from(other, registered, rules).failure().reason.code, "access.address_not_allowed");
  EXPECT_FALSE(may_come_from("210.119.3.7", {}, rules).ok()) << "nothing registered: nobody";
}

TEST(Address, G6_LoopbackIsLetInWhereTheServerSaysSo) {
  const AddressRules rules{policy::IpAllowlist::kRegistered, true};
  EXPECT_TRUE(may_come_from("127.0.0.1", {}, rules).ok());
  EXPECT_TRUE(may_come_from("::1", {}, rules).ok());
  EXPECT_TRUE(may_come_from("::ffff:127.0.0.1", {}, rules).ok());
  EXPECT_FALSE(may_come_from("10.0.0.1", {}, rules).ok());
  EXPECT_TRUE(may_come_from("10.0.0.1", {}, {policy::IpAllowlist::kNone, false}).ok());
}

TEST(Address, G4_FailuresCountPerCustomer) {
  EXPECT_EQ(blocking_key(*parse_address("210.119.3.7")), "210.119.3.7");
  EXPECT_EQ(blocking_key(*parse_address("::ffff:210.119.3.7")), "210.119.3.7");
  EXPECT_EQ(blocking_key(*parse_address("2400:cb00:1:2:aaaa::1")), "2400:cb00:1:2::/64");
  EXPECT_EQ(blocking_key(*parse_address("2400:cb00:1:2:bbbb::9")), "2400:cb00:1:2::/64");
}

}  // namespace
}  // namespace dure::access
