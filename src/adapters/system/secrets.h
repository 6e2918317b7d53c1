// Secrets by libsodium: argon2id for passwords, keyed BLAKE2b for tokens, HMAC-SHA-512/256 for signatures,
// XChaCha20-Poly1305 for what is sealed.
//
// The key of tokens, signatures and seals lies in one file of 32 bytes, made on first use with mode 0600
// (written beside, synced, linked into place: of two processes that start together one wins and both read the
// same). A file that is not a plain file, has another size, another owner or is readable by others is refused
// (kUnavailable "secret.key_file_unusable" {path, problem}). Losing the file ends all sessions and tokens,
// not passwords.
//
// Thread-safe. hash_password and verify_password take 64 MiB and about 60 ms of one core each: call them on a
// bounded pool.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "ports/secrets.h"

namespace dure::system {

struct SecretsOptions {
  std::string key_file;                      // absolute, or relative to the working directory
  std::uint64_t memory_bytes = 64ull << 20;  // of argon2id; tests take less
  std::uint64_t passes = 2;                  // with 64 MiB: libsodium's limits for interactive log-in
};

base::Result<std::unique_ptr<ports::Secrets>> open_secrets(const SecretsOptions& options);

}  // namespace dure::system
