// For tests: a folder with the two files of a share, as dure-node would make them, gone with its owner.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "gpu/abi/page.h"
#include "gpu/share/ledger.h"
#include "gpu/share/ledger_change.h"
#include "gpu/share/page_kernel.h"
#include "gpu/share/reap.h"
#include "gpu/share/slot.h"

namespace dure::gpu::share {

class ShareFolder {
 public:
  explicit ShareFolder(uint64_t memory_bytes, unsigned cards = 1) {
    std::string name = (std::filesystem::exists("/dev/shm") ? "/dev/shm" : "/tmp");
    name += "/dure-share.XXXXXX";
    path_ = ::mkdtemp(name.data());
    limits_ = make<struct dure_limits>("limits");
    usage_ = make<struct dure_usage>("usage");
    limits_->header = {DURE_LIMITS_MAGIC, DURE_PAGE_VERSION, static_cast<uint16_t>(cards),
                       sizeof(dure_limits)};
    usage_->header = {DURE_USAGE_MAGIC, DURE_PAGE_VERSION, static_cast<uint16_t>(cards), sizeof(dure_usage)};
    for (unsigned card = 0; card < cards; ++card) limits_->card[card].memory_bytes = memory_bytes;
  }
  ~ShareFolder() {
    ::munmap(limits_, sizeof(dure_limits));
    ::munmap(usage_, sizeof(dure_usage));
    std::filesystem::remove_all(path_);
  }
  ShareFolder(const ShareFolder&) = delete;
  ShareFolder& operator=(const ShareFolder&) = delete;

  const char* path() const { return path_.c_str(); }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  struct dure_limits* limits() {
    return limits_;
  }
  struct dure_usage* usage() {
    return usage_;
  }
  uint64_t total(unsigned card = 0) const { return memory_totals(usage_, card).units; }

  // What all slots hold together, pending changes counted as they will be.
  uint64_t held_by_all(unsigned card = 0) {
    const LedgerChange<RealMemory> books(&usage_->card[card], usage_->process, card);
    uint64_t units = 0;
    for (unsigned slot = 0; slot < DURE_MAX_PROCESSES; ++slot) {
      if ((usage_->taken[slot / 64] >> slot % 64 & 1) == 0) continue;
      units += books.held(slot);
      for (uint32_t lane = 0; lane < DURE_LANES; ++lane) {
        const auto& words = usage_->process[slot].card[card].lane[lane];
        if (words.intent != 0 && !is_settled(words.memory, words.number) &&
            books.took_effect({slot, lane}, words.number))
          units += intent_delta(words.intent);
      }
    }
    return low_bits(units, kLaneUnitBits);
  }

  unsigned reap() {
    Reaper reaper = {usage_, -1, own_identity()};
    EXPECT_EQ(open_usage(path(), &reaper.file), PageFault::kNone);
    const unsigned reaped = reap_dead(reaper, ReapWhat::kAll, 0);
    close_file(reaper.file);
    return reaped;
  }

 private:
  template <class Page>
  Page* make(const char* name) {
    const int file = ::open(this->file(name).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    EXPECT_EQ(::ftruncate(file, sizeof(Page)), 0);
    void* at = ::mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    return static_cast<Page*>(at);
  }

  std::string path_;
  struct dure_limits* limits_;
  struct dure_usage* usage_;
};

}  // namespace dure::gpu::share
