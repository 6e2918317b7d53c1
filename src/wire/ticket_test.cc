#include "wire/ticket.h"

#include <gtest/gtest.h>

#include "wire/base64.h"

namespace dure::wire {
namespace {

// Stands in for the keyed signature: enough to tell whether the right text was signed.
std::string sign(std::string_view text) {
  std::uint64_t hash = 1469598103934665603u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (int i = 0; i < 16; ++i) out.push_back(kHex[hash >> (4 * i) & 15]);
  return out;
}
bool verify(std::string_view text, std::string_view signature) {
  return sign(text) == signature;
}

model::AccessTicket ticket() {
  model::AccessTicket made;
  made.purpose = "terminal";
  made.workload_id = model::WorkloadId("w");
  made.replica_id = model::ReplicaId("r");
  made.node_id = model::NodeId("n");
  made.account_id = model::AccountId("a");
  made.expires_at = {1'000'000};
  return made;
}

TEST(Ticket, OpensUntilItExpires) {
  const std::string text = encode_ticket(ticket(), sign);
  const auto read = decode_ticket(text, verify, {999'999});
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->purpose, "terminal");
  EXPECT_EQ(read->replica_id.text, "r");
  EXPECT_EQ(read->account_id.text, "a");
  EXPECT_EQ(read->expires_at, (base::Instant{1'000'000}));
  const auto late = decode_ticket(text, verify, {1'000'000});
  EXPECT_EQ(late.failure().reason.code, "ticket.expired");
  EXPECT_EQ(late.failure().kind, base::ErrorKind::kUnauthenticated);
}

TEST(Ticket, WithOneCharacterChangedIsNeverTaken) {
  const std::string text = encode_ticket(ticket(), sign);
  for (std::size_t i = 0; i < text.size(); ++i)
    for (const char other : {'A', 'b', '0', '.', '-'}) {
      std::string changed = text;
      changed[i] = other;
      EXPECT_EQ(decode_ticket(changed, verify, {0}).ok(), changed == text) << changed;
    }
}

TEST(Ticket, SaysWhetherItIsForgedOrMalformed) {
  const auto code = [](const std::string& text) {
    return decode_ticket(text, verify, {0}).failure().reason.code;
  };
  const std::string text = encode_ticket(ticket(), sign);
  EXPECT_EQ(code(text.substr(0, text.size() - 1)), "ticket.forged");
  EXPECT_EQ(code(base64url("{}") + ".00"), "ticket.forged");
  EXPECT_EQ(code(""), "ticket.malformed");
  EXPECT_EQ(code("abc"), "ticket.malformed");
  EXPECT_EQ(code("abc."), "ticket.malformed");
  EXPECT_EQ(code(text + ".00"), "ticket.malformed");
  EXPECT_EQ(code(std::string(5000, 'A') + ".00"), "ticket.malformed");
}

TEST(Ticket, NeedsASignatureMadeForTickets) {
  const std::string payload =
      encode_ticket(ticket(), sign).substr(0, encode_ticket(ticket(), sign).find('.'));
  EXPECT_EQ(decode_ticket(payload + "." + sign(payload), verify, {0}).failure().reason.code, "ticket.forged");
}

TEST(Ticket, IsWholeOrNothingEvenWhenSignedRightly) {
  const std::string payload = base64url(R"({"purpose":"terminal"})");
  EXPECT_EQ(
      decode_ticket(payload + "." + sign("dure.ticket.v1." + payload), verify, {0}).failure().reason.code,
      "ticket.malformed");
}

}  // namespace
}  // namespace dure::wire
