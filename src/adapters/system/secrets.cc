#include "adapters/system/secrets.h"

#include <sodium.h>

#include <array>
#include <cstring>
#include <string_view>

#include "adapters/system/key_file.h"

namespace dure::system {
namespace {

template <class Bytes>
std::string hex(const Bytes& bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text, std::size_t at) {
  return reinterpret_cast<unsigned char*>(text.data()) + at;
}

// A sealed text: the nonce, then what is encrypted, then its tag.
constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr int kBase64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

// One of the keys that follow from the key file, by number and eight letters of purpose.
Key derive(const Key& master, std::uint64_t number, const char (&purpose)[9]) {
  Key key;
  static_assert(sizeof(purpose) == crypto_kdf_CONTEXTBYTES + 1);
  crypto_kdf_derive_from_key(key.data(), key.size(), number, purpose, master.data());
  return key;
}

// Characters of temporary passwords, and the key of each. No two characters look alike, and no two of the
// keys are neighbours on a keyboard or in the Latin or Korean alphabet, so that no run can arise.
constexpr std::string_view kCharacters = "369#^+=?!acgknpruACGKNPRU";
constexpr std::string_view kKeys = "36936==/1acgknpruacgknpru";
static_assert(kCharacters.size() == kKeys.size());

bool has_every_class(std::string_view password) {
  return password.find_first_of("369") != std::string_view::npos &&
         password.find_first_of("#^+=?!") != std::string_view::npos &&
         password.find_first_of("acgknpru") != std::string_view::npos &&
         password.find_first_of("ACGKNPRU") != std::string_view::npos;
}

std::string draw_password(std::size_t length) {
  std::string password, keys;
  while (password.size() < length) {
    const auto at = randombytes_uniform(static_cast<std::uint32_t>(kCharacters.size()));
    const auto recent = keys.substr(keys.size() < 2 ? 0 : keys.size() - 2);
    if (recent.find(kKeys[at]) != std::string::npos) continue;
    password += kCharacters[at];
    keys += kKeys[at];
  }
  return password;
}

class SodiumSecrets : public ports::Secrets {
 public:
  SodiumSecrets(const Key& master, const SecretsOptions& options)
      : token_key_(derive(master, 1, "duretokn")),
        signing_key_(derive(master, 2, "duresign")),
        sealing_key_(derive(master, 3, "dureseal")),
        memory_(options.memory_bytes),
        passes_(options.passes) {}

  base::Result<std::string> hash_password(std::string_view password) override {
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), passes_, memory_,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
      return base::error(base::ErrorKind::kUnavailable, base::Reason("secret.out_of_memory"));
    return std::string(hash.data());
  }

  bool verify_password(const std::string& hash, std::string_view password) override {
    if (hash.size() >= crypto_pwhash_STRBYTES) return false;
    return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
  }

  std::string make_token(std::string_view prefix) override {
    std::array<unsigned char, 32> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    constexpr int kForm = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::array<char, sodium_base64_ENCODED_LEN(32, kForm)> text{};
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kForm);
    return std::string(prefix) + text.data();
  }

  std::string hash_token(std::string_view token) override {
    std::array<unsigned char, 32> hash{};
    crypto_generichash(hash.data(), hash.size(), bytes_of(token), token.size(), token_key_.data(),
                       token_key_.size());
    return hex(hash);
  }

  std::string make_password(int length) override {
    DURE_ASSERT(length >= 8 && length <= 128);
    for (;;) {
      auto password = draw_password(static_cast<std::size_t>(length));
      if (has_every_class(password)) return password;
    }
  }

  std::string make_salt() override {
    std::array<unsigned char, 16> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    return hex(bytes);
  }

  std::string digest(std::string_view bytes) override {
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(hash.data(), bytes_of(bytes), bytes.size());
    return hex(hash);
  }

  std::string sign(std::string_view text) override { return hex(signature_of(text)); }

  bool verify_signature(std::string_view text, std::string_view signature) override {
    const auto expected = hex(signature_of(text));
    return signature.size() == expected.size() &&
           sodium_memcmp(signature.data(), expected.data(), expected.size()) == 0;
  }

  std::string seal(std::string_view bytes, std::string_view context) override {
    std::string sealed(kNonce + bytes.size() + kTag, '\0');
    randombytes_buf(sealed.data(), kNonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(sealed, kNonce), nullptr, bytes_of(bytes),
                                               bytes.size(), bytes_of(context), context.size(), nullptr,
                                               bytes_of(sealed), sealing_key_.data());
    std::string text(sodium_base64_encoded_len(sealed.size(), kBase64), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes_of(sealed), sealed.size(), kBase64);
    text.pop_back();
    return text;
  }

  std::optional<std::string> unseal(std::string_view text, std::string_view context) override {
    std::string sealed(text.size(), '\0');
    std::size_t length = 0;
    if (sodium_base642bin(bytes_of(sealed, 0), sealed.size(), text.data(), text.size(), nullptr, &length,
                          nullptr, kBase64) != 0 ||
        length < kNonce + kTag)
      return std::nullopt;
    std::string bytes(length - kNonce - kTag, '\0');
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            bytes_of(bytes, 0), nullptr, nullptr, bytes_of(sealed) + kNonce, length - kNonce,
            bytes_of(context), context.size(), bytes_of(sealed), sealing_key_.data()) != 0)
      return std::nullopt;
    return bytes;
  }

  std::array<std::uint8_t, 10> random10() override {
    std::array<std::uint8_t, 10> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    return bytes;
  }

 private:
  std::array<unsigned char, crypto_auth_hmacsha512256_BYTES> signature_of(std::string_view text) const {
    std::array<unsigned char, crypto_auth_hmacsha512256_BYTES> signature{};
    crypto_auth_hmacsha512256(signature.data(), bytes_of(text), text.size(), signing_key_.data());
    return signature;
  }

  const Key token_key_;
  const Key signing_key_;
  const Key sealing_key_;
  const std::uint64_t memory_;
  const std::uint64_t passes_;
};

}  // namespace

base::Result<std::unique_ptr<ports::Secrets>> open_secrets(const SecretsOptions& options) {
  DURE_LET(master, read_or_make_key(options.key_file));
  return std::unique_ptr<ports::Secrets>(std::make_unique<SodiumSecrets>(master, options));
}

}  // namespace dure::system
