#include "gpu/share/page.h"

#include <errno.h>

#include "gpu/share/ledger_words.h"
#include "gpu/share/page_kernel.h"

namespace dure::gpu::share {

namespace {

constexpr unsigned kMostPath = 4096;

// Null-terminated; false where it is too long.
bool join(const char* folder, const char* name, char (&path)[kMostPath]) noexcept {
  unsigned length = 0;
  const char* parts[] = {folder, "/", name};
  for (const char* part : parts)
    for (; *part != '\0'; ++part) {
      if (length + 1 >= kMostPath) return false;
      path[length++] = *part;
    }
  path[length] = '\0';
  return true;
}

PageFault check(int file, uint32_t magic, uint64_t size) noexcept {
  struct stat status = {};
  if (!stat_file(file, &status) || !S_ISREG(status.st_mode)) return PageFault::kNoAccess;
  struct dure_header header = {};
  if (read_file(file, &header, sizeof(header)) != sizeof(header)) return PageFault::kForeign;
  if (header.magic != magic) return PageFault::kForeign;
  if (header.version != DURE_PAGE_VERSION) return PageFault::kVersion;
  if (header.size < size || static_cast<uint64_t>(status.st_size) < header.size) return PageFault::kSize;
  if (header.cards > DURE_MAX_CARDS) return PageFault::kSize;
  return PageFault::kNone;
}

PageFault open_page(const char* folder, const char* name, int flags, uint32_t magic, uint64_t size,
                    int* file) noexcept {
  char path[kMostPath];
  if (!join(folder, name, path)) return PageFault::kMissing;
  *file = open_file(path, flags | O_NONBLOCK);
  if (*file < 0) return errno == ENOENT || errno == ENOTDIR ? PageFault::kMissing : PageFault::kNoAccess;
  const PageFault fault = check(*file, magic, size);
  if (fault != PageFault::kNone) close_file(*file);
  return fault;
}

// Word by word: the writer changes the words one by one as well.
void copy_words(void* to, const void* from, unsigned size) noexcept {
  auto* into = static_cast<uint64_t*>(to);
  const auto* words = static_cast<const uint64_t*>(from);
  for (unsigned i = 0; i < size / sizeof(uint64_t); ++i)
    into[i] = __atomic_load_n(words + i, __ATOMIC_RELAXED);
}

}  // namespace

const char* sentence(PageFault fault) noexcept {
  switch (fault) {
    case PageFault::kNone:
      return "dure: the share is in order";
    case PageFault::kMissing:
      return "dure: this container has no share of a GPU (/run/dure/share is missing): request blocks for "
             "it, or start it "
             "through dure-node";
    case PageFault::kNoAccess:
      return "dure: this user may not open the container's share of a GPU (/run/dure/share): run as the "
             "container's user";
    case PageFault::kForeign:
      return "dure: the files in /run/dure/share are not those of a share: remove the mount over it and "
             "start the "
             "container again";
    case PageFault::kVersion:
      return "dure: the share is of another version than the library: start the container again, so that "
             "dure-node gives "
             "it both of one version";
    case PageFault::kSize:
      return "dure: the share's files are cut off: start the container again";
    case PageFault::kUnmappable:
      return "dure: no address space for the share's files: raise the limit on virtual memory (ulimit -v)";
    case PageFault::kFull:
      return "dure: 1024 processes of this container use the GPU: end one of them";
  }
  return "dure: the share cannot be used";
}

PageFault map_limits(const char* folder, const struct dure_limits** limits) noexcept {
  int file = -1;
  const PageFault fault =
      open_page(folder, "limits", O_RDONLY, DURE_LIMITS_MAGIC, sizeof(struct dure_limits), &file);
  if (fault != PageFault::kNone) return fault;
  void* at = map_memory(sizeof(struct dure_limits), PROT_READ, MAP_SHARED, file);
  close_file(file);
  if (at == nullptr) return PageFault::kUnmappable;
  advise_memory(at, sizeof(struct dure_limits), MADV_DONTFORK);
  *limits = static_cast<const struct dure_limits*>(at);
  return PageFault::kNone;
}

PageFault open_usage(const char* folder, int* file) noexcept {
  return open_page(folder, "usage", O_RDWR, DURE_USAGE_MAGIC, sizeof(struct dure_usage), file);
}

PageFault map_usage(int file, struct dure_usage** usage) noexcept {
  void* at = map_memory(sizeof(struct dure_usage), PROT_READ | PROT_WRITE, MAP_SHARED, file);
  if (at == nullptr) return PageFault::kUnmappable;
  advise_memory(at, sizeof(struct dure_usage), MADV_DONTFORK);
  *usage = static_cast<struct dure_usage*>(at);
  return PageFault::kNone;
}

void unmap_usage(struct dure_usage* usage) noexcept {
  unmap_memory(usage, sizeof(struct dure_usage));
}

void unmap_limits(const struct dure_limits* limits) noexcept {
  unmap_memory(const_cast<struct dure_limits*>(limits), sizeof(struct dure_limits));
}

bool read_limits(const struct dure_limits* page, Limits* limits) noexcept {
  constexpr unsigned kAttempts = 1000;
  for (unsigned attempt = 0; attempt < kAttempts; ++attempt) {
    const uint64_t before = __atomic_load_n(&page->sequence, __ATOMIC_ACQUIRE);
    if (before % 2 == 0) {
      limits->generation = __atomic_load_n(&page->generation, __ATOMIC_RELAXED);
      limits->cards = page->header.cards;
      copy_words(limits->card, page->card, sizeof(limits->card));
      __atomic_thread_fence(__ATOMIC_ACQUIRE);
      if (__atomic_load_n(&page->sequence, __ATOMIC_RELAXED) == before) return true;
    }
    if (attempt >= 100) call_kernel(SYS_sched_yield);
  }
  return false;
}

uint64_t memory_limit_units(const struct dure_limits* page, unsigned card) noexcept {
  if (card >= page->header.cards || card >= DURE_MAX_CARDS) return 0;
  return limit_units_of(__atomic_load_n(&page->card[card].memory_bytes, __ATOMIC_RELAXED));
}

}  // namespace dure::gpu::share
