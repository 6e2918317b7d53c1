#include "access/address.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace dure::access {
namespace {

using base::Reason;

constexpr std::array<std::uint8_t, 12> kV4Prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

// A number of plain digits without leading zero, at most `most`.
std::optional<int> parse_decimal(std::string_view text, int most) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  int value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || value < 0 || value > most)
    return std::nullopt;
  return value;
}

std::optional<std::array<std::uint8_t, 4>> parse_v4(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  std::array<std::uint8_t, 4> bytes{};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto value = parse_decimal(parts[i], 255);
    if (!value) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(*value);
  }
  return bytes;
}

// The bytes of groups between colons; the last may be IPv4 where `v4_allowed`.
bool parse_groups(std::string_view text, bool v4_allowed, std::vector<std::uint8_t>& bytes) {
  if (text.empty()) return true;
  const auto groups = split(text, ':');
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const bool last = i + 1 == groups.size();
    if (const auto v4 = parse_v4(groups[i]); v4 && last && v4_allowed) {
      bytes.insert(bytes.end(), v4->begin(), v4->end());
      continue;
    }
    if (groups[i].empty() || groups[i].size() > 4) return false;
    unsigned value = 0;
    const auto [end, failed] =
        std::from_chars(groups[i].data(), groups[i].data() + groups[i].size(), value, 16);
    if (failed != std::errc{} || end != groups[i].data() + groups[i].size()) return false;
    bytes.push_back(static_cast<std::uint8_t>(value >> 8));
    bytes.push_back(static_cast<std::uint8_t>(value & 0xff));
  }
  return true;
}

std::optional<Address> parse_v6(std::string_view text) {
  const auto gap = text.find("::");
  const bool has_gap = gap != std::string_view::npos;
  std::vector<std::uint8_t> head, tail;
  if (has_gap && text.find("::", gap + 1) != std::string_view::npos) return std::nullopt;
  if (!parse_groups(text.substr(0, gap), !has_gap, head)) return std::nullopt;
  if (has_gap && !parse_groups(text.substr(gap + 2), true, tail)) return std::nullopt;
  const auto given = head.size() + tail.size();
  if (has_gap ? given > 14 : given != 16) return std::nullopt;
  Address address;
  std::copy(head.begin(), head.end(), address.bytes.begin());
  std::copy(tail.begin(), tail.end(), address.bytes.end() - static_cast<std::ptrdiff_t>(tail.size()));
  return address;
}

Address cut(const Address& address, int prefix) {
  Address result = address;
  for (int bit = prefix; bit < 128; ++bit)
    result.bytes[static_cast<std::size_t>(bit / 8)] &= static_cast<std::uint8_t>(~(0x80 >> bit % 8));
  return result;
}

struct Groups {
  std::size_t at = 8;  // first group of the longest run of zeros, 8: none
  std::size_t length = 0;
};

Groups longest_zeros(const std::array<unsigned, 8>& groups) {
  Groups best;
  for (std::size_t at = 0; at < 8; ++at) {
    std::size_t length = 0;
    while (at + length < 8 && groups[at + length] == 0) ++length;
    if (length >= 2 && length > best.length) best = {at, length};
  }
  return best;
}

std::string hexadecimal(unsigned value) {
  std::array<char, 4> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return {digits.data(), result.ptr};
}

std::string v6_text(const Address& address) {
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) groups[i] = address.bytes[2 * i] << 8 | address.bytes[2 * i + 1];
  const auto zeros = longest_zeros(groups);
  std::string text;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == zeros.at) {
      text += "::";
      i += zeros.length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    text += hexadecimal(groups[i]);
  }
  return text;
}

// IANA special-purpose registries: what is not reachable from the whole Internet.
const std::vector<Network>& special_ranges() {
  static const std::vector<Network> ranges = [] {
    std::vector<Network> parsed;
    for (const char* range :
         {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
          "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
          "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "2001:db8::/32", "2001::/23", "3fff::/20"})
      parsed.push_back(*parse_network(range));
    return parsed;
  }();
  return ranges;
}

const Network& global_unicast_v6() {
  static const Network range = *parse_network("2000::/3");
  return range;
}

}  // namespace

bool Address::is_v4() const {
  return std::equal(kV4Prefix.begin(), kV4Prefix.end(), bytes.begin());
}

bool Network::contains(const Address& address) const {
  return cut(address, prefix) == base;
}

std::optional<Address> parse_address(std::string_view text) {
  if (const auto v4 = parse_v4(text)) {
    Address address;
    std::copy(kV4Prefix.begin(), kV4Prefix.end(), address.bytes.begin());
    std::copy(v4->begin(), v4->end(), address.bytes.begin() + 12);
    return address;
  }
  return text.size() > 45 ? std::nullopt : parse_v6(text);
}

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return Network{*address, 128};
  const bool dotted = text.find(':') == std::string_view::npos;
  const auto length = parse_decimal(text.substr(slash + 1), dotted ? 32 : 128);
  if (!length) return std::nullopt;
  const int prefix = dotted ? *length + 96 : *length;
  if (cut(*address, prefix) != *address) return std::nullopt;
  return Network{*address, prefix};
}

std::string to_text(const Address& address) {
  if (!address.is_v4()) return v6_text(address);
  std::string text;
  for (std::size_t i = 12; i < 16; ++i) text += (i > 12 ? "." : "") + std::to_string(address.bytes[i]);
  return text;
}

std::string to_text(const Network& network) {
  if (network.prefix == 128) return to_text(network.base);
  const bool v4 = network.base.is_v4() && network.prefix >= 96;
  return to_text(network.base) + "/" + std::to_string(v4 ? network.prefix - 96 : network.prefix);
}

bool loopback(const Address& address) {
  static const Network v4 = *parse_network("127.0.0.0/8");
  static const Address v6 = *parse_address("::1");
  return v4.contains(address) || address == v6;
}

bool public_address(const Address& address) {
  if (!address.is_v4() && !global_unicast_v6().contains(address)) return false;
  return std::none_of(special_ranges().begin(), special_ranges().end(),
                      [&](const Network& range) { return range.contains(address); });
}

std::string blocking_key(const Address& address) {
  if (address.is_v4()) return to_text(address);
  return to_text(Network{cut(address, 64), 64});
}

base::Result<Network> check_registration(std::string_view text) {
  const auto network = parse_network(text);
  const auto refuse = [&](const char* code) {
    return base::invalid(Reason(code).with("text", std::string(text)));
  };
  if (!network) return refuse("access.address_malformed");
  if (network->prefix < (network->base.is_v4() ? 96 + 24 : 48)) return refuse("access.network_too_wide");
  if (!public_address(network->base)) return refuse("access.address_not_public");
  return *network;
}

base::Status may_come_from(std::string_view text, const std::vector<std::string>& registered,
                           const AddressRules& rules) {
  if (rules.allowlist == policy::IpAllowlist::kNone) return {};
  const auto address = parse_address(text);
  if (address) {
    if (rules.loopback_allowed && loopback(*address)) return {};
    for (const auto& entry : registered)
      if (const auto network = parse_network(entry); network && network->contains(*address)) return {};
  }
  return base::error(base::ErrorKind::kNotAllowed, Reason("access.address_not_allowed"));
}

}  // namespace dure::access
