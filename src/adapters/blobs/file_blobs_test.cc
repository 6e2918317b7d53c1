// Decision 12, R8, R12: encrypted files, one key each; nothing is lost or left by a kill.
#include "adapters/blobs/file_blobs.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "adapters/blobs/sealed.h"

namespace dure::blobs {
namespace {

namespace fs = std::filesystem;
using ports::StoredBlob;

constexpr std::string_view kPlain = "홍길동 plain text that must never lie on the disk ";

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "dure-blobs-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  std::string blobs() const { return (path_ / "blobs").string(); }
  std::string file(const std::string& name) const { return blobs() + "/" + name; }
  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(blobs())) found.insert(entry.path().filename().string());
    return found;
  }

 private:
  fs::path path_;
};

Key test_key(std::uint8_t fill) {
  Key key;
  key.fill(fill);
  return key;
}

std::unique_ptr<ports::Blobs> open(const Folder& folder, std::uint8_t key = 7) {
  FileBlobsOptions options;
  options.folder = folder.blobs();
  options.master_key = test_key(key);
  auto blobs = open_file_blobs(options);
  DURE_ASSERT(blobs.ok());
  return std::move(blobs).value();
}

std::string slurp(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void spill(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

template <class T>
std::string code(const base::Result<T>& result) {
  return result.ok() ? "ok" : result.failure().reason.code;
}

base::Instant wall_clock() {
  return {std::chrono::duration_cast<std::chrono::microseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

std::string sample(std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) bytes += kPlain;
  bytes.resize(size);
  return bytes;
}

TEST(Blobs, WhatWasPutIsGotAlsoAtTheEdgesOfPieces) {
  const Folder folder;
  const auto blobs = open(folder);
  for (const std::size_t size : {0u, 1u, 65535u, 65536u, 65537u, 131072u, 1'000'000u}) {
    const auto bytes = sample(size);
    const auto stored = blobs->put(bytes);
    ASSERT_TRUE(stored.ok());
    EXPECT_EQ(*blobs->get(stored->name, stored->wrapped_key), bytes) << size;
    EXPECT_EQ(stored->sha256, digest(bytes));
    EXPECT_EQ(*open(folder)->get(stored->name, stored->wrapped_key), bytes) << "after a restart";
  }
}

TEST(Blobs, R8_NoPlainTextLiesOnTheDisk) {
  const Folder folder;
  const auto stored = open(folder)->put(sample(100'000));
  const auto file = slurp(folder.file(stored->name));
  EXPECT_EQ(file.find("plain text"), std::string::npos);
  EXPECT_EQ(file.find("홍길동"), std::string::npos);
  struct stat status {};
  ::stat(folder.file(stored->name).c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(Blobs, EqualBytesGiveDifferentFilesAndKeys) {
  const Folder folder;
  const auto blobs = open(folder);
  const auto a = blobs->put("same"), b = blobs->put("same");
  EXPECT_NE(a->wrapped_key, b->wrapped_key);
  EXPECT_NE(slurp(folder.file(a->name)).substr(9), slurp(folder.file(b->name)).substr(9));
}

TEST(Blobs, R12_WithoutItsKeyABlobIsGone) {
  const Folder folder;
  const auto blobs = open(folder);
  const auto a = blobs->put("one"), b = blobs->put("two");
  EXPECT_EQ(code(blobs->get(a->name, "")), "blob.key_wrong");
  EXPECT_EQ(code(blobs->get(a->name, b->wrapped_key)), "blob.key_wrong") << "the key of another";
  EXPECT_EQ(code(open(folder, 8)->get(a->name, a->wrapped_key)), "blob.key_wrong") << "another master key";
}

TEST(Blobs, AnyChangeOfTheFileIsSeen) {
  const Folder folder;
  const auto blobs = open(folder);
  const auto stored = blobs->put(sample(150'000));
  const auto path = folder.file(stored->name);
  const auto file = slurp(path);
  const auto after = [&](const std::string& changed) {
    spill(path, changed);
    return code(blobs->get(stored->name, stored->wrapped_key));
  };
  for (const std::size_t at : {std::size_t{0}, std::size_t{12}, std::size_t{40}, file.size() - 1}) {
    auto changed = file;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_EQ(after(changed), "blob.damaged") << at;
  }
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{20}, std::size_t{33}, std::size_t{33 + 65536 + 17}, file.size() - 1})
    EXPECT_EQ(after(file.substr(0, length)), "blob.damaged") << length;
  EXPECT_EQ(after(file + "x"), "blob.damaged");
  const std::size_t piece = 65536 + 17;
  EXPECT_EQ(after(file.substr(0, 33) + file.substr(33 + piece, piece) + file.substr(33, piece) +
                  file.substr(33 + 2 * piece)),
            "blob.damaged")
      << "pieces in another order";
  EXPECT_EQ(after(file), "ok");
}

TEST(Blobs, NamesNeverBecomePathsOutside) {
  const Folder folder;
  const auto blobs = open(folder);
  const auto stored = blobs->put("x");
  for (const std::string name : {"../secret", "", ".", "/etc/passwd", "0123456789abcdef0123456789abcdeF"}) {
    EXPECT_EQ(code(blobs->get(name, stored->wrapped_key)), "blob.not_found");
    EXPECT_TRUE(blobs->remove(name).ok());
  }
  EXPECT_EQ(code(blobs->get(std::string(32, '0'), wrap(random_key(), test_key(7), std::string(32, '0')))),
            "blob.not_found");
}

TEST(Blobs, RemovedIsGoneAndRemovingTwiceIsFine) {
  const Folder folder;
  const auto blobs = open(folder);
  const auto stored = blobs->put("x");
  EXPECT_TRUE(blobs->remove(stored->name).ok());
  EXPECT_TRUE(blobs->remove(stored->name).ok());
  EXPECT_EQ(code(blobs->get(stored->name, stored->wrapped_key)), "blob.not_found");
}

TEST(Blobs, TooLargeIsRefusedBeforeAnythingIsWritten) {
  const Folder folder;
  FileBlobsOptions options;
  options.folder = folder.blobs();
  options.max_bytes = 100;
  const auto blobs = open_file_blobs(options);
  EXPECT_EQ(code((*blobs)->put(sample(101))), "blob.too_large");
  EXPECT_TRUE((*blobs)->put(sample(100)).ok());
  EXPECT_EQ(folder.names().size(), 1u);
}

TEST(Blobs, CollectTakesOldOrphansOnly) {
  const Folder folder;
  const auto blobs = open(folder);
  const auto kept = blobs->put("known"), orphan = blobs->put("orphan");
  spill(folder.file("tmp-0123456789abcdef0123456789abcdef"), "half");
  spill(folder.file("README"), "not ours");
  const auto known = [&](const std::string& name) { return name == kept->name; };
  ASSERT_TRUE(blobs->collect(known, wall_clock() + base::Span::minutes(59)).ok());
  EXPECT_EQ(folder.names().size(), 4u) << "a row may still be on its way";
  ASSERT_TRUE(blobs->collect(known, wall_clock() + base::Span::minutes(61)).ok());
  EXPECT_EQ(folder.names(), (std::set<std::string>{kept->name, "README"}));
  EXPECT_EQ(code(blobs->get(orphan->name, orphan->wrapped_key)), "blob.not_found");
}

TEST(Blobs, AFolderThatCannotBeWrittenIsSaid) {
  EXPECT_EQ(code(open_file_blobs({"/proc/nowhere/blobs", {}, 100})), "blob.storage_failed");
}

// Puts blobs until it is killed, and tells the reader of the pipe each one that put() promised.
[[noreturn]] void put_for_ever(const Folder& folder, int pipe) {
  const auto blobs = open(folder);
  for (std::size_t i = 0;; ++i) {
    const auto stored = blobs->put(sample(1 + i * 7919 % 300'000));
    if (!stored.ok()) ::_exit(1);
    const auto line = stored->name + " " + stored->wrapped_key + " " + stored->sha256 + "\n";
    if (::write(pipe, line.data(), line.size()) < 0) ::_exit(2);
  }
}

std::string read_until_closed(int pipe) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = ::read(pipe, buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<std::size_t>(got));
  ::close(pipe);
  return text;
}

// The lines of one child that was killed with SIGKILL after a random while.
std::string promises_of_a_killed_child(const Folder& folder, std::mt19937& random) {
  std::array<int, 2> ends{};
  DURE_ASSERT(::pipe(ends.data()) == 0);
  const auto child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    put_for_ever(folder, ends[1]);
  }
  ::close(ends[1]);
  ::usleep(2'000 + random() % 50'000);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "it was to be killed, not to end";
  return read_until_closed(ends[0]);
}

TEST(Blobs, KilledAtAnyMomentNothingPromisedIsLostAndNothingHalfIsSeen) {
  const Folder folder;
  (void)open(folder);
  std::mt19937 random(5);
  std::map<std::string, std::pair<std::string, std::string>> promised;
  for (int round = 0; round < 40; ++round) {
    std::istringstream lines(promises_of_a_killed_child(folder, random));
    for (std::string name, key, sha256; lines >> name >> key >> sha256;) promised[name] = {key, sha256};
  }
  const auto blobs = open(folder);
  for (const auto& [name, key_and_digest] : promised) {
    const auto bytes = blobs->get(name, key_and_digest.first);
    ASSERT_TRUE(bytes.ok()) << name << " " << code(bytes);
    EXPECT_EQ(digest(*bytes), key_and_digest.second);
  }
  std::size_t temporary = 0, unknown = 0;
  for (const auto& name : folder.names()) {
    temporary += name.starts_with("tmp-") ? 1 : 0;
    unknown += !name.starts_with("tmp-") && !promised.contains(name) ? 1 : 0;
    EXPECT_EQ(slurp(folder.file(name)).find("plain text"), std::string::npos);
  }
  std::printf("40 kills: %zu blobs promised and whole, %zu half-written, %zu without a promise\n",
              promised.size(), temporary, unknown);
  EXPECT_GT(promised.size(), 0u);
  EXPECT_GT(temporary + unknown, 0u) << "no kill came at a bad moment";
  ASSERT_TRUE(blobs
                  ->collect([&](const std::string& name) { return promised.contains(name); },
                            wall_clock() + base::Span::hours(2))
                  .ok());
  EXPECT_EQ(folder.names().size(), promised.size());
}

}  // namespace
}  // namespace dure::blobs
