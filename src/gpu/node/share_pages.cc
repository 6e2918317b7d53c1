#include "gpu/node/share_pages.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "gpu/node/share_guard.h"
#include "gpu/node/unusable.h"
#include "gpu/share/ledger.h"
#include "gpu/share/ledger_change.h"
#include "gpu/share/page_kernel.h"
#include "gpu/share/reap.h"

namespace dure::gpu {

namespace {

// By name, with the mode and owner that a file of that name has.
struct FileKind {
  const char* name;
  mode_t mode;
  std::uint32_t magic;
  std::size_t size;
};
constexpr FileKind kLimits = {"limits", 0644, DURE_LIMITS_MAGIC, sizeof(dure_limits)};
constexpr FileKind kUsage = {"usage", 0660, DURE_USAGE_MAGIC, sizeof(dure_usage)};

base::Error failed(const std::string& path) {
  return unusable(path, std::strerror(errno));
}

// Maps a file of the share, checked. The container can write `usage`, its header too: nothing of that is
// believed but what is checked here, and the sizes are those of this program.
base::Result<void*> map_page(const std::string& path, const FileKind& kind) {
  const int file = ::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return failed(path);
  struct stat status = {};
  void* at = MAP_FAILED;
  std::string why;
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
    why = "not an ordinary file";
  else if (static_cast<std::size_t>(status.st_size) < kind.size)
    why = "cut off";
  else
    at = ::mmap(nullptr, kind.size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (why.empty() && at == MAP_FAILED) why = std::strerror(errno);
  ::close(file);
  if (!why.empty()) return unusable(path, why);
  const auto* header = static_cast<const dure_header*>(at);
  if (header->magic != kind.magic || header->version != DURE_PAGE_VERSION || header->cards == 0 ||
      header->cards > DURE_MAX_CARDS) {
    ::munmap(at, kind.size);
    return unusable(path, "not a share's file of version " + std::to_string(DURE_PAGE_VERSION));
  }
  return at;
}

// A file of zeros but for its header, under a name that nobody reads.
base::Result<void> write_page(const std::string& path, const FileKind& kind, std::size_t cards,
                              SharePages::Owner owner) {
  ::unlink(path.c_str());
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return failed(path);
  const dure_header header = {kind.magic, DURE_PAGE_VERSION, static_cast<std::uint16_t>(cards), kind.size};
  const bool written = ::ftruncate(file, static_cast<off_t>(kind.size)) == 0 &&
                       ::pwrite(file, &header, sizeof(header), 0) == ssize_t{sizeof(header)} &&
                       ::fchmod(file, kind.mode) == 0 &&
                       (::geteuid() != 0 || ::fchown(file, owner.user, owner.group) == 0);
  const int failure = errno;
  ::close(file);
  errno = failure;
  return written ? base::Result<void>() : failed(path);
}

void write_limit(dure_card_limits& to, const CardLimit& from) {
  DURE_ASSERT(from.uuid.size() < sizeof(to.uuid));
  char uuid[sizeof(to.uuid)] = {};
  std::copy(from.uuid.begin(), from.uuid.end(), uuid);
  for (std::size_t i = 0; i < sizeof(uuid); i += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, uuid + i, sizeof(word));
    __atomic_store_n(reinterpret_cast<std::uint64_t*>(to.uuid + i), word, __ATOMIC_RELAXED);
  }
  __atomic_store_n(&to.memory_bytes, from.memory_bytes, __ATOMIC_RELAXED);
  __atomic_store_n(&to.guaranteed_milli, from.guaranteed_milli, __ATOMIC_RELAXED);
  __atomic_store_n(&to.policy, static_cast<std::uint32_t>(from.policy), __ATOMIC_RELAXED);
  __atomic_store_n(&to.weight, from.weight, __ATOMIC_RELAXED);
  __atomic_store_n(&to.priority, from.priority, __ATOMIC_RELAXED);
  __atomic_store_n(&to.context_bytes, from.context_bytes, __ATOMIC_RELAXED);
}

void add_up(const dure_usage& usage, std::vector<CardTotals>& cards) {
  for (unsigned card = 0; card < cards.size(); ++card) {
    const auto memory = share::memory_totals(&usage, card);
    cards[card].memory_bytes = memory.units * DURE_MEMORY_UNIT;
    cards[card].memory_high_bytes = memory.high * DURE_MEMORY_UNIT;
    cards[card].refused = memory.refused;
  }
  // The work of a slot's former owners stays in it. Slots that nobody had are not looked at: reading makes
  // memory of a hole.
  const std::uint64_t used = __atomic_load_n(&usage.used, __ATOMIC_ACQUIRE);
  for (unsigned slot = 0; slot < used && slot < DURE_MAX_PROCESSES; ++slot) {
    for (unsigned card = 0; card < cards.size(); ++card) {
      const dure_process_work& work = usage.process[slot].card[card].work;
      cards[card].elapsed_ns += __atomic_load_n(&work.elapsed_ns, __ATOMIC_RELAXED);
      cards[card].launches += __atomic_load_n(&work.launches, __ATOMIC_RELAXED);
    }
  }
}

using Change = share::LedgerChange<share::RealMemory>;

// Into room for all; how many there are.
std::size_t read_slots(dure_usage& usage, std::size_t cards, std::vector<SlotBooks>& into) {
  const std::uint64_t used = __atomic_load_n(&usage.used, __ATOMIC_ACQUIRE);
  std::size_t count = 0;
  for (unsigned slot = 0; slot < used && slot < DURE_MAX_PROCESSES; ++slot) {
    const std::uint64_t taken = __atomic_load_n(&usage.taken[slot / 64], __ATOMIC_ACQUIRE);
    if ((taken >> slot % 64 & 1) == 0) continue;
    SlotBooks& books = into[count++];
    books.pid = __atomic_load_n(&usage.process[slot].pid, __ATOMIC_RELAXED);
    books.pid_namespace = __atomic_load_n(&usage.process[slot].pid_namespace, __ATOMIC_RELAXED);
    for (unsigned card = 0; card < cards; ++card)
      books.memory_bytes[card] = Change(&usage.card[card], usage.process, card).held(slot) * DURE_MEMORY_UNIT;
  }
  return count;
}

bool exists(const std::string& path) {
  struct stat status = {};
  return ::lstat(path.c_str(), &status) == 0;
}

}  // namespace

base::Result<SharePages> SharePages::make(const std::string& folder, const std::vector<CardLimit>& cards,
                                          Owner owner) {
  DURE_ASSERT(!cards.empty() && cards.size() <= DURE_MAX_CARDS);
  // `usage` first and `limits` last: a container that finds limits finds both.
  for (const FileKind& kind : {kUsage, kLimits}) {
    const std::string path = folder + "/" + kind.name;
    if (exists(path)) continue;
    const std::string temporary = folder + "/." + kind.name + ".new";
    if (auto written = write_page(temporary, kind, cards.size(), owner); !written.ok())
      return written.failure();
    if (kind.magic == DURE_LIMITS_MAGIC) {
      auto page = map_page(temporary, kind);
      if (!page.ok()) return page.failure();
      SharePages fresh;
      fresh.limits_ = static_cast<dure_limits*>(*page);
      fresh.change(cards);
    }
    if (std::rename(temporary.c_str(), path.c_str()) != 0) return failed(path);
  }
  auto pages = open(folder);
  if (!pages.ok()) return pages;
  if (pages->limits_->header.cards != cards.size()) return unusable(folder, "the number of cards differs");
  if (pages->limits() != cards) pages->change(cards);
  return pages;
}

base::Result<SharePages> SharePages::open(const std::string& folder) {
  SharePages pages;
  pages.folder_ = folder;
  auto limits = map_page(folder + "/" + kLimits.name, kLimits);
  if (!limits.ok()) return limits.failure();
  pages.limits_ = static_cast<dure_limits*>(*limits);
  auto usage = map_page(folder + "/" + kUsage.name, kUsage);
  if (!usage.ok()) return usage.failure();
  pages.usage_ = static_cast<dure_usage*>(*usage);
  // A dure-node that died while it wrote: the limits are those that its successor writes next.
  return pages;
}

SharePages::SharePages(SharePages&& other) noexcept
    : folder_(std::move(other.folder_)),
      limits_(std::exchange(other.limits_, nullptr)),
      usage_(std::exchange(other.usage_, nullptr)) {}

SharePages& SharePages::operator=(SharePages&& other) noexcept {
  if (this == &other) return *this;
  close();
  folder_ = std::move(other.folder_);
  limits_ = std::exchange(other.limits_, nullptr);
  usage_ = std::exchange(other.usage_, nullptr);
  return *this;
}

SharePages::~SharePages() {
  close();
}

void SharePages::close() {
  if (limits_ != nullptr) ::munmap(limits_, sizeof(dure_limits));
  if (usage_ != nullptr) ::munmap(usage_, sizeof(dure_usage));
  limits_ = nullptr;
  usage_ = nullptr;
}

void SharePages::change(const std::vector<CardLimit>& cards) {
  DURE_ASSERT(cards.size() == limits_->header.cards);
  // Odd already where a predecessor died in the middle.
  const std::uint64_t odd = __atomic_load_n(&limits_->sequence, __ATOMIC_RELAXED) | 1;
  __atomic_store_n(&limits_->sequence, odd, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
  for (std::size_t i = 0; i < cards.size(); ++i) write_limit(limits_->card[i], cards[i]);
  __atomic_store_n(&limits_->generation, limits_->generation + 1, __ATOMIC_RELAXED);
  __atomic_store_n(&limits_->sequence, odd + 1, __ATOMIC_RELEASE);
}

std::vector<CardLimit> SharePages::limits() const {
  std::vector<CardLimit> cards;
  for (unsigned i = 0; i < limits_->header.cards; ++i) {
    const dure_card_limits& from = limits_->card[i];
    cards.push_back({.uuid = std::string(from.uuid, ::strnlen(from.uuid, sizeof(from.uuid))),
                     .memory_bytes = from.memory_bytes,
                     .guaranteed_milli = from.guaranteed_milli,
                     .policy = static_cast<dure_policy>(from.policy),
                     .weight = from.weight,
                     .priority = from.priority,
                     .context_bytes = from.context_bytes});
  }
  return cards;
}

std::vector<CardTotals> SharePages::totals() const {
  std::vector<CardTotals> cards(limits_->header.cards);
  touch_pages([&] { add_up(*usage_, cards); });
  return cards;
}

unsigned SharePages::processes() const {
  unsigned count = 0;
  touch_pages([&] {
    for (const auto& word : usage_->taken)
      count += static_cast<unsigned>(__builtin_popcountll(__atomic_load_n(&word, __ATOMIC_RELAXED)));
  });
  return count;
}

std::vector<SlotBooks> SharePages::slots() const {
  std::vector<SlotBooks> slots(DURE_MAX_PROCESSES);
  std::size_t count = 0;
  if (!touch_pages([&] { count = read_slots(*usage_, limits_->header.cards, slots); })) count = 0;
  slots.resize(count);
  return slots;
}

unsigned SharePages::reap() {
  // By the locks alone: the ids are those of the container's namespace.
  share::Reaper reaper = {usage_, -1, {}};
  if (share::open_usage(folder_.c_str(), &reaper.file) != share::PageFault::kNone) return 0;
  unsigned reaped = 0;
  touch_pages([&] { reaped = share::reap_dead(reaper, share::ReapWhat::kAll, 0); });
  share::close_file(reaper.file);
  return reaped;
}

}  // namespace dure::gpu
