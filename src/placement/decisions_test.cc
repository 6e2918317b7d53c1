// What was decided can be decided again: the same board and the same questions have the same answers on every
// machine, with every compiler, and from one release to the next. Beside the answers' properties, which other
// tests prove one by one, each area's figures stand here. Who changes a rule on purpose changes them with it.
#include <gtest/gtest.h>

#include <map>

#include "placement/consolidate.h"
#include "placement/decisions_fixture.h"
#include "placement/gang.h"
#include "placement/horizon.h"
#include "placement/reclaim.h"
#include "placement/room.h"
#include "placement/tighten.h"

namespace dure::placement {
namespace {

constexpr std::int64_t kBoards = 120;

// A board in use: its tenants came and went by the rule.
struct Used {
  Draws draws;
  Forest forest;
  Tenants tenants;
  std::vector<Tenant> running;

  explicit Used(std::int64_t seed, std::int64_t slots = 24, int steps = 160)
      : draws(static_cast<std::uint64_t>(seed)), forest(draws.forest(slots)), tenants(forest.slots().size()) {
    for (int step = 0; step < steps; ++step)
      if (running.empty() || !draws.one_in(3))
        start(draws.shape());
      else
        stop(static_cast<std::size_t>(draws.roll(0, static_cast<std::int64_t>(running.size()) - 1)));
  }

  std::optional<Spot> start(const Shape& shape) {
    forest.ask(shape);
    const auto spot = forest.find(shape);
    const bool movable = !draws.one_in(5);
    const std::int64_t cost = draws.roll(0, 50);
    if (!spot) {
      forest.forget(shape);
      return spot;
    }
    forest.take(shape, *spot);
    running.push_back({next++, shape, *spot, movable, cost});
    tenants.add(running.back());
    return spot;
  }
  void stop(std::size_t which) {
    const Tenant who = running[which];
    forest.give_back(who.shape, who.spot);
    forest.forget(who.shape);
    tenants.remove(who.id, who.spot.slot);
    running.erase(running.begin() + static_cast<std::ptrdiff_t>(which));
  }

  std::size_t next = 0;
};

TEST(Decisions, WhereAShapeGoesAndWhatIsFree) {
  Digest digest;
  Decided decided;
  for (std::int64_t seed = 0; seed < kBoards; ++seed) {
    Used used(seed);
    for (int i = 0; i < 30; ++i) {
      const Shape shape = used.draws.shape();
      const auto spot = used.start(shape);
      ++decided.asked;
      decided.granted += spot ? 1 : 0;
      digest.add(spot.value_or(Spot{999, 0}));
      digest.add(used.forest.slope_at(0));
      digest.add(used.forest.most_memory(shape));
      used.forest.each_fit(shape, [&](std::size_t slot) {
        digest.add(slot);
        return decided.asked % 3 != 0;
      });
      if (shape.cards == 0) continue;
      const Forest::Free blocks = used.forest.free_blocks_of(shape);
      const Forest::Free cards = used.forest.whole_cards_of(shape);
      decided.amount += blocks.sum + cards.sum;
      digest.add(blocks.largest);
      digest.add(cards.largest);
      digest.add(used.forest.cards_with_room(static_cast<std::size_t>(i) % 24, shape));
      if (shape.card_memory > 0) continue;
      const Forest::Counts counts = used.forest.counts(shape);
      for (const std::int64_t count :
           {counts.looked_at, counts.out_of_service, counts.closed, counts.busy, counts.too_few, counts.fit})
        digest.add(count);
    }
  }
  decided.digest = digest.value();
  EXPECT_EQ(decided, (Decided{3600, 2935, 5257996, 0x70f85f95ca0f7a11ULL}));
}

TEST(Decisions, P39_WhereAGangGoes) {
  Digest digest;
  Decided decided;
  for (std::int64_t seed = 0; seed < 5 * kBoards; ++seed) {
    Used used(seed, 20, 60);
    std::vector<Path> paths(used.forest.slots().size(), Path{0, 0});
    std::int64_t leaf = 0;
    std::int64_t island = 0;
    for (std::size_t slot = 0; slot < paths.size(); ++slot) {
      if (used.forest.machine_of(slot).first == slot && used.draws.one_in(4))
        ++(used.draws.one_in(2) ? leaf : island);
      paths[slot] = {leaf, 100 * leaf + island};
    }
    const Topology topology(paths);
    for (int i = 0; i < 8; ++i) {
      const Shape shape = used.draws.shape();
      const std::int64_t replicas = used.draws.roll(2, 6);
      const bool apart = used.draws.one_in(3);
      const auto spots = place_gang(used.forest, topology, shape, replicas, apart);
      ++decided.asked;
      decided.granted += spots ? 1 : 0;
      if (spots) digest.add(*spots);
      if (spots) decided.amount += static_cast<std::int64_t>(spots->size());
    }
  }
  decided.digest = digest.value();
  EXPECT_EQ(decided, (Decided{4800, 4110, 15962, 0x19e3ad1894064bfULL}));
}

std::vector<Victim> victims_of(const Used& used) {
  std::map<std::int64_t, Victim> gangs;
  for (const Tenant& each : used.running) {
    Victim& victim = gangs[static_cast<std::int64_t>(each.id) * 2 / 3];
    victim.id = each.id;
    victim.lost += each.cost;
    victim.replicas.push_back({each.shape, each.spot});
  }
  std::vector<Victim> list;
  list.reserve(gangs.size());
  for (auto& [gang, victim] : gangs) list.push_back(std::move(victim));
  return list;
}

TEST(Decisions, WhomToStop) {
  Digest digest;
  Decided decided;
  for (std::int64_t seed = 0; seed < 6 * kBoards; ++seed) {
    Used used(seed, 16, 120);
    const std::vector<Victim> victims = victims_of(used);
    for (const std::size_t looks : {0U, 50U, 2'000U}) {
      const Shape shape = used.draws.shape();
      const std::int64_t replicas = used.draws.roll(1, 4);
      const bool apart = used.draws.one_in(4);
      const auto answer = reclaim(used.forest, victims, shape, replicas, apart, {looks});
      ++decided.asked;
      if (!answer) continue;
      ++decided.granted;
      decided.amount += answer->lost;
      for (const std::size_t victim : answer->victims) digest.add(victim);
      digest.add(answer->spots);
    }
  }
  decided.digest = digest.value();
  EXPECT_EQ(decided, (Decided{2160, 2033, 18573, 0xf9e4ec754ec2d3cfULL}));
}

TEST(Decisions, WhoMoves) {
  Digest digest;
  Decided decided;
  for (std::int64_t seed = 0; seed < 2 * kBoards; ++seed) {
    Used used(seed, 14, 120);
    Goal goal;
    goal.kind = static_cast<Goal::Kind>(seed % 3);
    if (goal.kind == Goal::Kind::kTogether) goal.cards = used.draws.roll(2, 6);
    if (goal.kind == Goal::Kind::kTogether) goal.models = static_cast<std::uint64_t>(used.draws.roll(0, 7));
    ConsolidationEffort effort;
    effort.most_moves = static_cast<std::size_t>(used.draws.roll(1, 8));
    if (used.draws.one_in(3)) effort.most_looks = static_cast<std::uint64_t>(used.draws.roll(100, 20'000));
    std::vector<Spot> promised;
    if (used.draws.one_in(3)) promised.push_back({static_cast<std::size_t>(used.draws.roll(0, 13)), 1});
    const auto plan = consolidate(used.forest, used.tenants, goal, effort, promised);
    ++decided.asked;
    if (!plan) continue;
    ++decided.granted;
    decided.amount += static_cast<std::int64_t>(plan->moves.size());
    digest.add(plan->moves);
    for (const Handover each : plan->handovers) digest.add(static_cast<std::int64_t>(each));
    digest.add(plan->whole_cards_gained);
    digest.add(plan->whole_nodes_gained);
    digest.add(plan->cost);
  }
  decided.digest = digest.value();
  EXPECT_EQ(decided, (Decided{240, 168, 438, 0xe50289528360aff7ULL}));
}

// With memory of cards, cards out of service and machines of two slots.
void expect_done(Forest forest, const Room& room, const Shape& shape) {
  for (const Move& move : room.moves) forest.give_back(move.shape, move.from);
  for (const Move& move : room.moves) {
    ASSERT_TRUE(cards_take(forest.slots()[move.to.slot], move.shape, move.to.cards));
    forest.take(move.shape, move.to);
  }
  EXPECT_TRUE(forest.in_service(room.spot.slot));
  EXPECT_TRUE(cards_take(forest.slots()[room.spot.slot], shape, room.spot.cards));
}

TEST(Decisions, WhoMakesRoomAndWhatGathers) {
  Digest digest;
  Decided decided;
  for (std::int64_t seed = 0; seed < 6 * kBoards; ++seed) {
    Used used(seed, 14, 140);
    for (int i = 0; i < 6; ++i) {
      const Shape shape = used.draws.shape();
      RoomEffort effort;
      effort.most_moves = static_cast<std::size_t>(used.draws.roll(1, 4));
      if (used.draws.one_in(2)) effort.most_tries = static_cast<std::size_t>(used.draws.roll(0, 200));
      if (used.forest.find(shape)) continue;
      ++decided.asked;
      const auto room = make_room(used.forest, used.tenants, shape, effort);
      if (!room) continue;
      ++decided.granted;
      decided.amount += static_cast<std::int64_t>(room->moves.size());
      digest.add(room->spot);
      digest.add(room->moves);
      expect_done(used.forest, *room, shape);
    }
    for (int i = 0; i < 5; ++i) {
      const auto step =
          tighten(used.forest, used.tenants, static_cast<std::size_t>(used.draws.roll(0, 4'000)));
      if (!step) break;
      digest.add(step->moves);
      digest.add(step->gain);
      apply_moves(used.forest, used.tenants, step->moves);
    }
  }
  decided.digest = digest.value();
  EXPECT_EQ(decided, (Decided{889, 390, 471, 0xc83eaf687e0d37c3ULL}));
}

TEST(Decisions, P5_WhenAShapeStarts) {
  Digest digest;
  Decided decided;
  for (std::int64_t seed = 0; seed < 4 * kBoards; ++seed) {
    Used used(seed, 16, 120);
    Horizon horizon(&used.forest.slots());
    horizon.set_now({0});
    for (std::size_t slot = 0; slot < used.forest.slots().size(); ++slot)
      horizon.set_service(slot, used.forest.in_service(slot));
    Horizon::Key key = 0;
    for (const Tenant& each : used.running) {
      const Placed part{each.shape, each.spot};
      const std::int64_t ends = used.draws.roll(-5, 90);
      horizon.run(key++, {&part, 1}, used.draws.one_in(9) ? kNever : base::Instant{ends});
    }
    for (int i = 0; i < 3; ++i) {
      const auto slot = static_cast<std::size_t>(used.draws.roll(0, 15));
      const std::int64_t starts = used.draws.roll(0, 60);
      const std::int64_t length = used.draws.roll(1, 30);
      horizon.block(key++, slot, {starts}, {starts + length},
                    used.draws.one_in(2) ? Heed::kAll : Heed::kWhatEnds);
    }
    for (int i = 0; i < 14; ++i) {
      const Shape shape = used.draws.shape();
      const std::int64_t replicas = used.draws.one_in(3) ? used.draws.roll(2, 4) : 1;
      const bool apart = used.draws.one_in(4);
      const std::int64_t span = used.draws.roll(1, 40);
      const base::Span length = used.draws.one_in(8) ? kForever : base::Span{span};
      const base::Instant before = used.draws.one_in(5) ? base::Instant{60} : kNever;
      const std::vector<std::size_t> some{static_cast<std::size_t>(i), 15};
      const auto there = horizon.earliest_on(some, shape, {i}, length, before);
      digest.add(there ? there->start.us : -1);
      const auto opening = horizon.earliest(shape, replicas, apart, {i}, length, before);
      ++decided.asked;
      if (!opening) continue;
      ++decided.granted;
      decided.amount += opening->start.us;
      digest.add(opening->start.us);
      digest.add(opening->spots);
      std::vector<Placed> parts;
      for (const Spot& spot : opening->spots) parts.push_back({shape, spot});
      digest.add(std::int64_t{horizon.open(parts, {i}, length)});
      if (length != kForever) horizon.reserve(key++, parts, opening->start, opening->start + length);
    }
  }
  decided.digest = digest.value();
  EXPECT_EQ(decided, (Decided{6720, 6337, 73249, 0x716413ea6524c94ULL}));
}

}  // namespace
}  // namespace dure::placement
