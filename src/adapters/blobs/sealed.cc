#include "adapters/blobs/sealed.h"

#include <sodium.h>

#include <algorithm>
#include <vector>

namespace dure::blobs {
namespace {

constexpr std::string_view kMagic = "DUREBLOB1";
constexpr std::size_t kPiece = 64 * 1024;
constexpr std::size_t kSealedPiece = kPiece + crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t kHead = kMagic.size() + crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr int kBase64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

const unsigned char* read(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* write(std::string& text, std::size_t at = 0) {
  return reinterpret_cast<unsigned char*>(text.data()) + at;
}

std::string hex(const unsigned char* bytes, std::size_t count) {
  std::string text(2 * count + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes, count);
  text.pop_back();
  return text;
}

}  // namespace

Key random_key() {
  Key key;
  randombytes_buf(key.data(), key.size());
  return key;
}

std::string random_name() {
  std::array<unsigned char, 16> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  return hex(bytes.data(), bytes.size());
}

bool is_name(std::string_view text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string seal(std::string_view bytes, const Key& key, std::string_view name) {
  const std::size_t pieces = bytes.empty() ? 1 : (bytes.size() + kPiece - 1) / kPiece;
  std::string file(kHead + bytes.size() + pieces * crypto_secretstream_xchacha20poly1305_ABYTES, '\0');
  kMagic.copy(file.data(), kMagic.size());
  crypto_secretstream_xchacha20poly1305_state state;
  crypto_secretstream_xchacha20poly1305_init_push(&state, write(file, kMagic.size()), key.data());
  std::size_t to = kHead;
  for (std::size_t i = 0; i < pieces; ++i) {
    const auto piece = bytes.substr(i * kPiece, kPiece);
    const unsigned char tag = i + 1 == pieces ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                                              : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
    crypto_secretstream_xchacha20poly1305_push(&state, write(file, to), nullptr, read(piece), piece.size(),
                                               read(name), name.size(), tag);
    to += piece.size() + crypto_secretstream_xchacha20poly1305_ABYTES;
  }
  return file;
}

std::optional<std::string> unseal(std::string_view file, const Key& key, std::string_view name) {
  if (file.size() < kHead || !file.starts_with(kMagic)) return std::nullopt;
  crypto_secretstream_xchacha20poly1305_state state;
  if (crypto_secretstream_xchacha20poly1305_init_pull(&state, read(file) + kMagic.size(), key.data()) != 0)
    return std::nullopt;
  std::string bytes(file.size() - kHead, '\0');
  std::size_t at = 0;
  bool ended = false;
  for (auto rest = file.substr(kHead); !rest.empty();) {
    const auto piece = rest.substr(0, kSealedPiece);
    unsigned char tag = 0;
    unsigned long long opened = 0;
    if (ended ||
        crypto_secretstream_xchacha20poly1305_pull(&state, write(bytes, at), &opened, &tag, read(piece),
                                                   piece.size(), read(name), name.size()) != 0)
      return std::nullopt;
    at += static_cast<std::size_t>(opened);
    ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    rest.remove_prefix(piece.size());
  }
  if (!ended) return std::nullopt;
  bytes.resize(at);
  return bytes;
}

std::string wrap(const Key& key, const Key& master, std::string_view name) {
  std::string sealed(kNonce + key.size() + kTag, '\0');
  randombytes_buf(sealed.data(), kNonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(write(sealed, kNonce), nullptr, key.data(), key.size(),
                                             read(name), name.size(), nullptr, write(sealed), master.data());
  std::string text(sodium_base64_encoded_len(sealed.size(), kBase64), '\0');
  sodium_bin2base64(text.data(), text.size(), read(sealed), sealed.size(), kBase64);
  text.pop_back();
  return text;
}

std::optional<Key> unwrap(std::string_view wrapped, const Key& master, std::string_view name) {
  std::string sealed(kNonce + sizeof(Key) + kTag, '\0');
  std::size_t length = 0;
  if (sodium_base642bin(write(sealed), sealed.size(), wrapped.data(), wrapped.size(), nullptr, &length,
                        nullptr, kBase64) != 0 ||
      length != sealed.size())
    return std::nullopt;
  Key key;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(key.data(), nullptr, nullptr, read(sealed) + kNonce,
                                                 sealed.size() - kNonce, read(name), name.size(),
                                                 read(sealed), master.data()) != 0)
    return std::nullopt;
  return key;
}

std::string digest(std::string_view bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), read(bytes), bytes.size());
  return hex(hash.data(), hash.size());
}

}  // namespace dure::blobs
