// Randomness, hashes of secrets, and sealed values. Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace dure::ports {

class Secrets {
 public:
  virtual ~Secrets() = default;
  // argon2id in libsodium's text form (64 MiB, about 60 ms of one core).
  virtual base::Result<std::string> hash_password(std::string_view password) = 0;
  virtual bool verify_password(const std::string& hash, std::string_view password) = 0;
  // 256 random bits as URL-safe text with a prefix that says what it is ("dure_s_…"): for sessions and
  // tokens.
  virtual std::string make_token(std::string_view prefix) = 0;
  // What is kept of a token: a keyed hash. Constant-time comparisons are by equality of these hashes.
  virtual std::string hash_token(std::string_view token) = 0;
  // A password that meets the strictest rules (for a temporary one), of `length` characters without
  // look-alikes.
  virtual std::string make_password(int length) = 0;
  virtual std::string make_salt() = 0;                     // 128 random bits, hex
  virtual std::string digest(std::string_view bytes) = 0;  // SHA-256, hex
  // A keyed signature over text that another of Dure's programs checks (gateway tickets); hex.
  virtual std::string sign(std::string_view text) = 0;
  virtual bool verify_signature(std::string_view text, std::string_view signature) = 0;
  // Encrypted with a key of this installation, as URL-safe text; `context` is bound to it.
  virtual std::string seal(std::string_view bytes, std::string_view context) = 0;
  // The bytes; none where another key sealed them, or text or context is not that of seal().
  virtual std::optional<std::string> unseal(std::string_view sealed, std::string_view context) = 0;
  virtual std::array<std::uint8_t, 10> random10() = 0;  // for UUIDv7
};

// A fresh id of any noun.
template <class Noun>
base::Id<Noun> make_id(Secrets& secrets, base::Instant now) {
  return base::Id<Noun>(base::make_uuid7(now.unix_ms(), secrets.random10()));
}

}  // namespace dure::ports
