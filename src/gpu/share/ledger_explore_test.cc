// Every interleaving of a few changes of one total, with SIGKILL between any two accesses to shared memory.
//
// The ledger's own code runs here on the explorer's memory: each process is a coroutine that stops before
// each load, store and swap. A state is what the memory holds and what each process has read so far, which is
// all that it can depend on; states seen before are not explored again, so the search is exhaustive and ends.
// In every state, whoever would die there, the rule by which dead processes are settled must add up to the
// total.
// Not under the sanitizers: they keep books of stacks, and these are copied and put back.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define DURE_SANITIZED
#endif
#endif
#if !defined(DURE_SANITIZED) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include <gtest/gtest.h>
#include <setjmp.h>
#include <ucontext.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "gpu/share/ledger_change.h"

namespace dure::gpu::share {
namespace {

class Explorer;
Explorer* exploring = nullptr;

struct SteppedMemory {
  static uint64_t load(const uint64_t* word);
  static void store(uint64_t* word, uint64_t value);
  static bool swap(uint64_t* word, uint64_t* expected, uint64_t value);
};

constexpr std::size_t kStack = 32 * 1024;

// One process: what it does, and where it is. The last three are what a snapshot keeps, with the stack's
// upper part.
struct Actor {
  std::function<void()> work;
  bool is_reaper = false;  // begins when its victim was killed, and has the slot's reaping lock
  std::size_t victim = 0;
  std::unique_ptr<char[]> stack = std::make_unique<char[]>(kStack);
  jmp_buf at{};
  char* low = nullptr;  // of the stack, below which there is nothing
  bool started = false, done = false, killed = false;
  uint64_t history = 0;  // of what it has read: it can depend on nothing else
};

uint64_t mix(uint64_t hash, uint64_t word) {
  hash ^= word + 0x9e3779b97f4a7c15 + (hash << 6) + (hash >> 2);
  hash *= 0xbf58476d1ce4e5b9;
  return hash ^ hash >> 31;
}

// A choice: which actor makes a step, or dies.
struct Choice {
  std::size_t actor;
  bool kill;
};

class Explorer {
 public:
  static constexpr unsigned kSlots = 2;
  struct dure_card_usage usage {};
  std::vector<struct dure_process> processes{kSlots};
  std::vector<Actor> actors;
  std::function<std::string(Explorer&)> broken;         // empty, or what is wrong in this state
  std::function<std::string(Explorer&)> broken_at_end;  // where nobody can make a step
  unsigned kills = 0;                                   // how many processes may be killed
  std::string finding;  // the first state that is wrong, and how it came about

  // How many states there are.
  std::size_t explore() {
    exploring = this;
    for (std::size_t i = 0; i < actors.size(); ++i)
      if (!actors[i].is_reaper) step(i);  // up to its first access
    visit(save({}));
    while (!open_.empty() && finding.empty()) {
      auto [from, choice] = std::move(open_.back());
      open_.pop_back();
      restore(*from);
      std::vector<Choice> path = from->path;
      path.push_back(choice);
      if (choice.kill)
        actors[choice.actor].killed = true;
      else
        step(choice.actor);
      if (seen_.insert(state()).second) visit(save(std::move(path)));
    }
    return seen_.size();
  }

  // A step ends before the next access to memory.
  void stop_before_access() {
    Actor& actor = actors[running_];
    actor.low = static_cast<char*>(__builtin_frame_address(0)) - 512;
    if (_setjmp(actor.at) == 0) _longjmp(explorer_, 1);
  }
  void note(uint64_t read) { actors[running_].history = mix(actors[running_].history, read); }

 private:
  struct Snapshot {
    struct Place {
      jmp_buf at;
      char* low;
      bool started, done, killed;
      uint64_t history;
      std::vector<char> stack;
    };
    struct dure_card_usage usage;
    std::array<std::array<struct dure_lane, DURE_LANES>, kSlots> lanes;
    std::vector<Place> places;
    std::vector<Choice> path;
  };
  using Saved = std::shared_ptr<const Snapshot>;

  void visit(const Saved& now) {
    finding = broken(*this);
    const auto choices = possible(now->path);
    if (finding.empty() && choices.empty()) finding = broken_at_end(*this);
    if (!finding.empty()) finding += describe(now->path);
    for (const auto& choice : choices) open_.emplace_back(now, choice);
  }

  Saved save(std::vector<Choice> path) const {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->usage = usage;
    for (unsigned slot = 0; slot < kSlots; ++slot)
      std::memcpy(&snapshot->lanes[slot], processes[slot].card[0].lane, sizeof(snapshot->lanes[slot]));
    for (const auto& actor : actors) {
      Snapshot::Place place{};
      std::memcpy(&place.at, &actor.at, sizeof(jmp_buf));
      place.low = actor.low;
      place.started = actor.started, place.done = actor.done, place.killed = actor.killed;
      place.history = actor.history;
      if (actor.started && !actor.done) place.stack.assign(actor.low, actor.stack.get() + kStack);
      snapshot->places.push_back(std::move(place));
    }
    snapshot->path = std::move(path);
    return snapshot;
  }

  void restore(const Snapshot& snapshot) {
    usage = snapshot.usage;
    for (unsigned slot = 0; slot < kSlots; ++slot)
      std::memcpy(processes[slot].card[0].lane, &snapshot.lanes[slot], sizeof(snapshot.lanes[slot]));
    for (std::size_t i = 0; i < actors.size(); ++i) {
      Actor& actor = actors[i];
      const auto& place = snapshot.places[i];
      std::memcpy(&actor.at, &place.at, sizeof(jmp_buf));
      actor.low = place.low;
      actor.started = place.started, actor.done = place.done, actor.killed = place.killed;
      actor.history = place.history;
      if (!place.stack.empty()) std::memcpy(actor.low, place.stack.data(), place.stack.size());
    }
  }

  static void run() {
    Explorer& self = *exploring;
    self.actors[self.running_].work();
    self.actors[self.running_].done = true;
    _longjmp(self.explorer_, 1);
  }

  void step(std::size_t index) {
    running_ = index;
    Actor& actor = actors[index];
    actor.history = mix(actor.history, 1);
    if (_setjmp(explorer_) != 0) return;
    if (actor.started) _longjmp(actor.at, 1);
    actor.started = true;
    ucontext_t begin{};
    getcontext(&begin);
    begin.uc_stack.ss_sp = actor.stack.get();
    begin.uc_stack.ss_size = kStack;
    makecontext(&begin, &Explorer::run, 0);
    setcontext(&begin);
  }

  std::vector<Choice> possible(const std::vector<Choice>& path) const {
    const auto killed = static_cast<unsigned>(
        std::count_if(path.begin(), path.end(), [](const Choice& c) { return c.kill; }));
    std::vector<Choice> choices;
    for (std::size_t i = 0; i < actors.size(); ++i) {
      const Actor& actor = actors[i];
      if (actor.done || actor.killed || (actor.is_reaper && !has_lock(i))) continue;
      choices.push_back({i, false});
      if (killed < kills) choices.push_back({i, true});
    }
    return choices;
  }

  // Of several reapers of a slot the first that is neither done nor dead.
  bool has_lock(std::size_t reaper) const {
    if (!actors[actors[reaper].victim].killed) return false;
    for (std::size_t i = 0; i < reaper; ++i)
      if (actors[i].is_reaper && actors[i].victim == actors[reaper].victim && !actors[i].killed) return false;
    return true;
  }

  uint64_t state() const {
    uint64_t hash = 0;
    const auto add = [&](const void* at, std::size_t size) {
      const auto* words = static_cast<const uint64_t*>(at);
      for (std::size_t i = 0; i < size / 8; ++i) hash = mix(hash, words[i]);
    };
    add(&usage, sizeof(usage));
    for (const auto& process : processes) add(process.card[0].lane, sizeof(process.card[0].lane));
    for (const auto& actor : actors) {
      hash = mix(hash, actor.killed ? 0 : actor.history);
      hash = mix(hash, (actor.done ? 1 : 0) + (actor.killed ? 2 : 0));
    }
    return hash;
  }

  static std::string describe(const std::vector<Choice>& path) {
    std::string text = " after";
    for (const auto& choice : path) text += (choice.kill ? " kill" : " ") + std::to_string(choice.actor);
    return text;
  }

  jmp_buf explorer_{};
  std::size_t running_ = 0;
  std::unordered_set<uint64_t> seen_;
  std::vector<std::pair<Saved, Choice>> open_;
};

uint64_t SteppedMemory::load(const uint64_t* word) {
  exploring->stop_before_access();
  exploring->note(*word);
  return *word;
}
void SteppedMemory::store(uint64_t* word, uint64_t value) {
  exploring->stop_before_access();
  *word = value;
}
bool SteppedMemory::swap(uint64_t* word, uint64_t* expected, uint64_t value) {
  exploring->stop_before_access();
  exploring->note(*word);
  if (*word == *expected) {
    *word = value;
    return true;
  }
  *expected = *word;
  return false;
}

constexpr uint64_t kLimit = 10;

// By the rule for dead processes: what the lanes hold, and what is under way and took effect.
template <unsigned Bits>
uint64_t books(const Explorer& explorer) {
  uint64_t units = 0;
  for (uint32_t slot = 0; slot < Explorer::kSlots; ++slot)
    for (uint32_t lane = 0; lane < DURE_LANES; ++lane) {
      const auto& words = explorer.processes[slot].card[0].lane[lane];
      units += memory_units(words.memory);
      if (words.intent == 0 || is_settled(words.memory, words.number)) continue;
      if (is_last_change(explorer.usage.memory, {slot, lane}, low_bits(words.number, Bits)) ||
          words.done == words.number)
        units += intent_delta(words.intent);
    }
  return low_bits(units, kLaneUnitBits);
}

template <unsigned Bits = kSequenceBits>
std::string wrong(Explorer& explorer) {
  const uint64_t total = total_units(explorer.usage.memory);
  if (total > kLimit) return "the limit is passed: " + std::to_string(total);
  if (books<Bits>(explorer) != total)
    return "the total is " + std::to_string(total) + " and the books say " +
           std::to_string(books<Bits>(explorer));
  return "";
}

uint64_t held(const Explorer& explorer, unsigned slot) {
  uint64_t units = 0;
  for (const auto& lane : explorer.processes[slot].card[0].lane) units += memory_units(lane.memory);
  return low_bits(units, kLaneUnitBits);
}

template <unsigned Bits = kSequenceBits>
LedgerChange<SteppedMemory, Bits> ledger(Explorer& explorer) {
  return {&explorer.usage, explorer.processes.data(), 0};
}

// Reserve and release, on one lane.
template <unsigned Bits = kSequenceBits>
Actor tenant(Explorer& explorer, Changer by, const std::vector<int64_t>& deltas) {
  Actor actor;
  actor.work = [&explorer, by, deltas] {
    for (const auto delta : deltas) {
      // What was refused is not given back.
      if (ledger<Bits>(explorer).make(by, delta, kLimit) != Changed::kYes) break;
    }
  };
  return actor;
}

// What reap.cc's empty_card does; two lanes of four are in use here.
Actor reaper(Explorer& explorer, std::size_t victim, unsigned slot) {
  Actor actor;
  actor.is_reaper = true;
  actor.victim = victim;
  actor.work = [&explorer, slot] {
    auto change = ledger(explorer);
    for (uint32_t lane = 0; lane < 2; ++lane) change.settle({slot, lane});
    const uint64_t units = change.held(slot);
    if (units != 0) change.make({slot, 0}, -static_cast<int64_t>(units), 0);
  };
  return actor;
}

// P3. Two processes, one of them with two lanes, in every order.
TEST(LedgerExplore, ThreeLanesOfTwoProcessesKeepTheBooksInEveryState) {
  Explorer explorer;
  explorer.broken = wrong<>;
  explorer.broken_at_end = [](Explorer& e) {
    return total_units(e.usage.memory) == 0 || e.usage.memory_high > 0 ? "" : std::string("no high mark");
  };
  explorer.actors.push_back(tenant(explorer, {0, 0}, {4}));
  explorer.actors.push_back(tenant(explorer, {0, 1}, {5}));
  explorer.actors.push_back(tenant(explorer, {1, 2}, {3}));
  const auto states = explorer.explore();
  EXPECT_EQ(explorer.finding, "");
  EXPECT_GT(states, 1000u);
}

// P3. A process is killed anywhere; who reaps it is killed anywhere; a second reaps what those two left;
// meanwhile another process goes on.
TEST(LedgerExplore, SigkillAnywhereAlsoInTheReaperLosesNothing) {
  Explorer explorer;
  explorer.kills = 2;
  explorer.broken = wrong<>;
  explorer.broken_at_end = [](Explorer& e) -> std::string {
    if (!e.actors[0].killed) return "";
    if (!e.actors[2].done && !e.actors[3].done) return "";
    return held(e, 0) == 0 ? "" : "the dead slot holds " + std::to_string(held(e, 0));
  };
  explorer.actors.push_back(tenant(explorer, {0, 1}, {4}));
  explorer.actors.push_back(tenant(explorer, {1, 0}, {7}));
  explorer.actors.push_back(reaper(explorer, 0, 0));
  explorer.actors.push_back(reaper(explorer, 0, 0));
  const auto states = explorer.explore();
  EXPECT_EQ(explorer.finding, "");
  EXPECT_GT(states, 1000u);
}

// The same where the victim also releases: what is under way may take off as well as add.
TEST(LedgerExplore, SigkillInAReleaseLosesNothing) {
  Explorer explorer;
  explorer.kills = 1;
  explorer.broken = wrong<>;
  explorer.broken_at_end = [](Explorer& e) -> std::string {
    if (!e.actors[0].killed || !e.actors[2].done) return "";
    return held(e, 0) == 0 ? "" : "the dead slot holds " + std::to_string(held(e, 0));
  };
  explorer.actors.push_back(tenant(explorer, {0, 1}, {4, -4}));
  explorer.actors.push_back(tenant(explorer, {1, 0}, {7, -7}));
  explorer.actors.push_back(reaper(explorer, 0, 0));
  EXPECT_GT(explorer.explore(), 1000u);
  EXPECT_EQ(explorer.finding, "");
}

// What was refused takes no number: else its successors would soon carry the sequence of the last that took
// effect.
TEST(LedgerExplore, RefusedChangesDoNotUseUpTheSequence) {
  Explorer explorer;
  explorer.broken = wrong<2>;
  explorer.broken_at_end = [](Explorer&) { return std::string(); };
  Actor greedy;
  greedy.work = [&explorer] {
    ledger<2>(explorer).make({0, 0}, 4, kLimit);
    for (int i = 0; i < 9; ++i) ledger<2>(explorer).make({0, 0}, 8, kLimit);
  };
  explorer.actors.push_back(std::move(greedy));
  explorer.explore();
  EXPECT_EQ(explorer.finding, "");
}

// `done` is true however long a helper slept: with a sequence of one bit the lane's third change looks like
// its first, for which the helper set out. (The units differ each time, so that no word comes back.)
TEST(LedgerExplore, AHelperThatSleptWritesNothingUntrue) {
  Explorer explorer;
  explorer.broken = wrong<1>;
  explorer.broken_at_end = [](Explorer&) { return std::string(); };
  explorer.actors.push_back(tenant<1>(explorer, {0, 0}, {1, 1, 1}));
  explorer.actors.push_back(tenant<1>(explorer, {1, 0}, {5}));
  explorer.explore();
  EXPECT_EQ(explorer.finding, "");
}

// What the sequence is for: with a single bit of it, a word that comes back deceives the one who helped.
TEST(LedgerExplore, WithASequenceOfOneBitTheExplorerFindsTheForgottenChange) {
  Explorer explorer;
  explorer.broken = wrong<1>;
  explorer.broken_at_end = [](Explorer&) { return std::string(); };
  explorer.actors.push_back(tenant<1>(explorer, {0, 0}, {4, -4, 4, -4, 4}));
  explorer.actors.push_back(tenant<1>(explorer, {1, 0}, {2}));
  explorer.explore();
  EXPECT_NE(explorer.finding, "");
}

}  // namespace
}  // namespace dure::gpu::share

#endif
