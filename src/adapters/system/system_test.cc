// G3 (temporary passwords), G8 (hashed secrets).
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "access/password.h"
#include "adapters/system/key_file.h"
#include "adapters/system/secrets.h"
#include "adapters/system/system_clock.h"

namespace dure::system {
namespace {

namespace fs = std::filesystem;

// A folder of its own that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "dure-system-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), {}));
  }

 private:
  fs::path path_;
};

std::unique_ptr<ports::Secrets> open_small(const std::string& key_file) {
  auto secrets = open_secrets({key_file, 8 << 20, 1});
  DURE_ASSERT(secrets.ok());
  return std::move(secrets).value();
}

std::string problem(const base::Result<Key>& result) {
  if (result.ok()) return "";
  EXPECT_EQ(result.failure().reason.code, "secret.key_file_unusable");
  return std::get<std::string>(*result.failure().reason.find("problem"));
}

TEST(KeyFile, IsMadeOnceForItsOwnerOnly) {
  const Folder folder;
  const auto path = folder.file("key");
  const auto first = read_or_make_key(path);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(*read_or_make_key(path), *first);
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(folder.entries(), 1u) << "nothing is left beside it";
}

TEST(KeyFile, WhatOthersMayReadIsRefused) {
  const Folder folder;
  const auto path = folder.file("key");
  ASSERT_TRUE(read_or_make_key(path).ok());
  ::chmod(path.c_str(), 0640);
  EXPECT_EQ(problem(read_or_make_key(path)), "others may read or write it");
  ::chmod(path.c_str(), 0600);
  EXPECT_EQ(::truncate(path.c_str(), 31), 0);
  EXPECT_EQ(problem(read_or_make_key(path)), "not 32 bytes long");
  ASSERT_EQ(::symlink(path.c_str(), folder.file("link").c_str()), 0);
  EXPECT_NE(problem(read_or_make_key(folder.file("link"))), "");
  ASSERT_EQ(::mkfifo(folder.file("pipe").c_str(), 0600), 0);
  EXPECT_EQ(problem(read_or_make_key(folder.file("pipe"))), "not a plain file");
  EXPECT_NE(problem(read_or_make_key(folder.file("no/such/folder"))), "");
}

TEST(KeyFile, ProcessesThatStartTogetherReadTheSame) {
  const Folder folder;
  const auto path = folder.file("key");
  std::array<Key, 8> keys{};
  std::vector<std::thread> starters;
  starters.reserve(keys.size());
  for (auto& key : keys)
    starters.emplace_back([&] {
      const auto read = read_or_make_key(path);
      DURE_ASSERT(read.ok());
      key = *read;
    });
  for (auto& starter : starters) starter.join();
  for (const auto& key : keys) EXPECT_EQ(key, keys[0]);
  EXPECT_EQ(folder.entries(), 1u);
}

TEST(Secrets, G8_PasswordsAreKeptAsArgon2id) {
  const Folder folder;
  const auto secrets = open_small(folder.file("key"));
  const auto hash = secrets->hash_password("River7!stone_K9");
  ASSERT_TRUE(hash.ok());
  EXPECT_EQ(hash->rfind("$argon2id$", 0), 0u) << *hash;
  EXPECT_NE(*secrets->hash_password("River7!stone_K9"), *hash) << "a salt of its own";
  EXPECT_TRUE(secrets->verify_password(*hash, "River7!stone_K9"));
  EXPECT_FALSE(secrets->verify_password(*hash, "River7!stone_K8"));
  for (const auto& bad : {std::string(), std::string("$argon2id$"), std::string(500, 'x')})
    EXPECT_FALSE(secrets->verify_password(bad, "River7!stone_K9"));
}

TEST(Secrets, ThePasswordHashCostsWhatItShould) {
  const Folder folder;
  auto secrets = open_secrets({folder.file("key")});
  ASSERT_TRUE(secrets.ok());
  const auto start = std::chrono::steady_clock::now();
  const auto hash = (*secrets)->hash_password("River7!stone_K9");
  const auto took = std::chrono::steady_clock::now() - start;
  ASSERT_TRUE(hash.ok());
  EXPECT_NE(hash->find("m=65536,t=2,p=1"), std::string::npos) << *hash;
  std::printf("argon2id, 64 MiB, 2 passes: %lld ms\n",
              static_cast<long long>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
}

TEST(Secrets, TokensAreLongRandomAndKeptAsAKeyedHash) {
  const Folder folder;
  const auto secrets = open_small(folder.file("key"));
  std::set<std::string> tokens;
  for (int i = 0; i < 1000; ++i) tokens.insert(secrets->make_token("dure_s_"));
  EXPECT_EQ(tokens.size(), 1000u);
  const auto& token = *tokens.begin();
  EXPECT_EQ(token.size(), 7u + 43u);
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
  EXPECT_EQ(secrets->hash_token(token), open_small(folder.file("key"))->hash_token(token))
      << "after a restart";
  EXPECT_NE(secrets->hash_token(token), open_small(folder.file("other"))->hash_token(token)) << "another key";
}

TEST(Secrets, SignaturesHoldForTheirTextAndKeyOnly) {
  const Folder folder;
  const auto secrets = open_small(folder.file("key"));
  auto signature = secrets->sign("ticket");
  EXPECT_TRUE(open_small(folder.file("key"))->verify_signature("ticket", signature));
  EXPECT_FALSE(secrets->verify_signature("tickeT", signature));
  EXPECT_FALSE(open_small(folder.file("other"))->verify_signature("ticket", signature));
  EXPECT_FALSE(secrets->verify_signature("ticket", ""));
  EXPECT_FALSE(secrets->verify_signature("ticket", signature.substr(1)));
  signature[0] = signature[0] == 'a' ? 'b' : 'a';
  EXPECT_FALSE(secrets->verify_signature("ticket", signature));
}

TEST(Secrets, WhatIsSealedOpensWithItsKeyAndContextOnly) {
  const Folder folder;
  const auto secrets = open_small(folder.file("key"));
  const std::string text = "{\"token\":\"dure_a_x\"}";
  auto sealed = secrets->seal(text, "key of hong");
  EXPECT_EQ(sealed.find("dure_a_"), std::string::npos);
  EXPECT_NE(secrets->seal(text, "key of hong"), sealed) << "a nonce of its own";
  EXPECT_EQ(open_small(folder.file("key"))->unseal(sealed, "key of hong"), text) << "after a restart";
  EXPECT_EQ(secrets->unseal(secrets->seal("", "c"), "c"), "");
  EXPECT_EQ(secrets->unseal(sealed, "key of kim"), std::nullopt);
  EXPECT_EQ(open_small(folder.file("other"))->unseal(sealed, "key of hong"), std::nullopt);
  EXPECT_EQ(secrets->unseal(sealed.substr(0, sealed.size() - 4), "key of hong"), std::nullopt);
  for (const char* none : {"", "x", "not base64 at all"}) EXPECT_EQ(secrets->unseal(none, "c"), std::nullopt);
  sealed[40] = sealed[40] == 'A' ? 'B' : 'A';
  EXPECT_EQ(secrets->unseal(sealed, "key of hong"), std::nullopt);
}

TEST(Secrets, DigestIsSha256) {
  const Folder folder;
  EXPECT_EQ(open_small(folder.file("key"))->digest("abc"),  // FIPS 180-2, B.1
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Secrets, G3_TemporaryPasswordsMeetTheStrictestRules) {
  const Folder folder;
  const auto secrets = open_small(folder.file("key"));
  policy::PasswordRules rules;
  rules.min_length = 12;
  rules.classes = {policy::CharacterClass::kDigit, policy::CharacterClass::kLower,
                   policy::CharacterClass::kUpper, policy::CharacterClass::kSpecial};
  rules.run_min = 3;  // stricter than S0's four
  rules.keyboard_layouts = {policy::KeyboardLayout::kQwerty, policy::KeyboardLayout::kDubeolsik};
  rules.zigzag = true;
  std::set<std::string> passwords;
  for (int i = 0; i < 20'000; ++i) {
    const auto password = secrets->make_password(12 + i % 9);
    passwords.insert(password);
    ASSERT_TRUE(access::check(password, rules).empty()) << password;
    ASSERT_EQ(password.find_first_of("0O1lIo|5S2Z8B"), std::string::npos) << password << ": look-alikes";
  }
  EXPECT_EQ(passwords.size(), 20'000u);
}

TEST(SystemClock, TellsTheTimeOfDay) {
  SystemClock clock;
  const auto before = std::chrono::system_clock::now().time_since_epoch();
  const auto now = clock.now();
  EXPECT_GE(now.us, std::chrono::duration_cast<std::chrono::microseconds>(before).count());
  EXPECT_LT(now.us - std::chrono::duration_cast<std::chrono::microseconds>(before).count(), 10'000'000);
}

}  // namespace
}  // namespace dure::system
