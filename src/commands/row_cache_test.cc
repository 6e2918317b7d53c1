#include "commands/row_cache.h"

#include <gtest/gtest.h>

#include <set>
#include <variant>

#include "model/award.h"

namespace dure::commands {
namespace {

using model::Project;
using model::ProjectId;

// Counts what it is asked; a list with the broken row fails, as that row does alone.
class Rows : public ports::Repository<Project> {
 public:
  std::set<std::string> held;
  std::string broken;
  bool down = false;
  int lists = 0, gets = 0;

  base::Status insert(const Project&) override { return {}; }
  base::Status update(Project&) override { return {}; }
  base::Result<Project> get(const ProjectId& id) override {
    ++gets;
    if (id.text == broken) return corrupt();
    if (!held.contains(id.text))
      return base::error(base::ErrorKind::kNotFound, base::Reason("store.not_found"));
    return named(id.text);
  }
  base::Result<std::optional<Project>> find(const ProjectId&) override { return std::optional<Project>{}; }
  base::Result<std::optional<Project>> first(const ports::Query&) override {
    return std::optional<Project>{};
  }
  base::Result<ports::Page<Project>> list(const ports::Query& query) override {
    ++lists;
    if (down) return base::error(base::ErrorKind::kUnavailable, base::Reason("store.unavailable"));
    ports::Page<Project> page;
    for (const auto& value : query.all.front().values) {
      const std::string& id = std::get<std::string>(value);
      if (id == broken) return corrupt();
      if (held.contains(id)) page.rows.push_back(named(id));
    }
    return page;
  }
  base::Result<std::string> list_text(const ports::Query&, std::string&) override { return std::string(); }
  base::Result<std::int64_t> count(const ports::Query&) override { return std::int64_t{0}; }
  base::Result<std::int64_t> sum(const std::string&, const ports::Query&) override { return std::int64_t{0}; }
  base::Status remove(const ProjectId&) override { return {}; }

 private:
  static Project named(const std::string& id) {
    Project made;
    made.id = ProjectId(id);
    return made;
  }
  static base::Error corrupt() {
    return base::error(base::ErrorKind::kConflict, base::Reason("store.corrupt"));
  }
};

std::vector<ProjectId> ids(Rows& rows, int count) {
  std::vector<ProjectId> made;
  for (int i = 0; i < count; ++i) {
    made.push_back(ProjectId("p" + std::to_string(i)));
    rows.held.insert(made.back().text);
  }
  return made;
}

TEST(RowCache, AsksOnceForHundredsAndNeverTwice) {
  Rows rows;
  auto wanted = ids(rows, 1200);
  wanted.push_back(wanted.front());
  RowCache<Project> cache(rows);
  ASSERT_TRUE(cache.fetch(wanted).ok());
  EXPECT_EQ(rows.lists, 3);
  ASSERT_TRUE(cache.fetch(wanted).ok());
  EXPECT_EQ(rows.lists, 3);
  for (const auto& id : wanted) EXPECT_EQ((*cache.get(id))->id, id);
  EXPECT_EQ(rows.gets, 0);
}

TEST(RowCache, ARowThatCannotBeReadFailsAlone) {
  Rows rows;
  const auto wanted = ids(rows, 20);
  rows.broken = "p7";
  RowCache<Project> cache(rows);
  ASSERT_TRUE(cache.fetch(wanted).ok());
  for (const auto& id : wanted) EXPECT_EQ(cache.get(id).ok(), id.text != rows.broken) << id.text;
  EXPECT_EQ(cache.get(ProjectId("none")).failure().reason.code, "store.not_found");
}

TEST(RowCache, AFailureOfTheStoreFails) {
  Rows rows;
  const auto wanted = ids(rows, 3);
  rows.down = true;
  RowCache<Project> cache(rows);
  EXPECT_EQ(cache.fetch(wanted).failure().reason.code, "store.unavailable");
}

}  // namespace
}  // namespace dure::commands
