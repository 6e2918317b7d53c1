// Network addresses: which may log in (G6, P16; Form 1's registered public address).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/account_rules.h"

namespace dure::access {

// Sixteen bytes in network order; IPv4 lies in ::ffff:0:0/96, so that 10.0.0.1 equals ::ffff:10.0.0.1.
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  bool is_v4() const;
  auto operator<=>(const Address&) const = default;
};

struct Network {
  Address base;      // bits after the prefix are zero
  int prefix = 128;  // of the 128 bits; an IPv4 /24 is 120
  bool contains(const Address& address) const;
  auto operator<=>(const Network&) const = default;
};

// "203.0.113.7", "2001:db8::1", "::ffff:203.0.113.7"; strict: no leading zeros, no zone, no port.
std::optional<Address> parse_address(std::string_view text);
// An address, or an address and a prefix length ("203.0.113.0/24"); bits after the prefix must be zero.
std::optional<Network> parse_network(std::string_view text);
// Dotted, or as RFC 5952 writes it.
std::string to_text(const Address& address);
std::string to_text(const Network& network);

bool loopback(const Address& address);
// Reachable from the whole Internet by its number: none of the private, loopback, link-local, shared,
// documentation, multicast or reserved ranges (IANA special-purpose registries).
bool public_address(const Address& address);

// Under what name failures are counted: an IPv4 address alone, of IPv6 the /64 that one customer has.
std::string blocking_key(const Address& address);

// What a person may register: a public address, or a network of at most 256 IPv4 addresses (/24) or an IPv6
// /48. Refuses (kInvalid): "access.address_malformed" {text}, "access.address_not_public" {text},
// "access.network_too_wide" {text}.
base::Result<Network> check_registration(std::string_view text);

struct AddressRules {
  policy::IpAllowlist allowlist = policy::IpAllowlist::kNone;
  bool loopback_allowed = false;  // somebody at the server itself; the settings of the server say so
};

// Whether the account that registered these may come from there. With an allow-list and nothing registered
// nobody may, except over loopback where that is allowed. Refuses (kNotAllowed):
// "access.address_not_allowed".
base::Status may_come_from(std::string_view address, const std::vector<std::string>& registered,
                           const AddressRules& rules);

}  // namespace dure::access
