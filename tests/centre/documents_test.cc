// Documents: the ground for a look, files that no row names, and uploads that hold nobody up.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>

#include "centre/centre.h"
#include "commands/documents.h"
#include "server/edge.h"

namespace dure::tests {
namespace {

namespace json = boost::json;

std::string content_path(Centre& centre, const Who& filer) {
  const auto list = centre.get("/api/v1/documents?application_id=" + filer.application, filer);
  return "/api/v1/documents/" + list.text("items/0/id") + "/content";
}

TEST(Documents, R3_ALookByTheCentreNeedsAGroundWhichIsKept) {
  Centre centre;
  const Who filer = centre.file_application("hong01");
  const std::string path = content_path(centre, filer);
  EXPECT_EQ(centre.get(path, filer).status, 200) << "the filer's own";
  const auto refused = centre.get(path, centre.operators);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.text("code"), "document.ground_missing");
  EXPECT_EQ(centre.get(path + "?ground=", centre.operators).status, 400);
  EXPECT_EQ(centre.get(path + "?ground=screening", centre.operators).status, 200);
  const auto looks =
      centre.get("/api/v1/audit-entries?action=documents.open&sort=-created_at", centre.operators);
  ASSERT_EQ(looks.body.at("items").as_array().size(), 2u) << "the refused look showed nothing";
  std::string details;
  for (const auto& item : looks.body.at("items").as_array()) details += json::serialize(item);
  EXPECT_NE(details.find("screening"), std::string::npos) << details;
}

// The file of a blob as it would be so much later.
void age_file(Centre& centre, const std::filesystem::path& name, base::Span by) {
  const timespec stamp{(centre.clock.now() - by).us / 1'000'000, 0};
  const timespec times[2] = {stamp, stamp};
  const auto path = std::filesystem::path(centre.folder()) / "blobs" / name;
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
}

TEST(Documents, AnOldFileThatNoRowNamesGoesAndOthersStay) {
  Centre centre;
  const Who filer = centre.file_application("hong01");
  const auto orphan = *centre.world().blobs.put("nobody's");
  const auto young = *centre.world().blobs.put("just put away, its row is on its way");
  for (const auto& entry : std::filesystem::directory_iterator(centre.folder() + "/blobs"))
    age_file(centre, entry.path().filename(), base::Span::minutes(61));
  age_file(centre, young.name, base::Span::minutes(59));
  centre.turn_loops();
  EXPECT_FALSE(centre.world().blobs.get(orphan.name, orphan.wrapped_key).ok());
  EXPECT_TRUE(centre.world().blobs.get(young.name, young.wrapped_key).ok());
  EXPECT_EQ(centre.get(content_path(centre, filer), filer).status, 200);
}

// Puts files away only when it is let: an upload that takes its time.
class SlowBlobs : public ports::Blobs {
 public:
  explicit SlowBlobs(ports::Blobs& real) : real_(real) {}
  base::Result<ports::StoredBlob> put(std::string_view bytes) override {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
    return real_.put(bytes);
  }
  base::Result<std::string> get(const std::string& name, const std::string& key) override {
    return real_.get(name, key);
  }
  base::Status remove(const std::string& name) override { return real_.remove(name); }
  base::Status collect(const std::function<bool(const std::string&)>& known, base::Instant now) override {
    return real_.collect(known, now);
  }
  bool wait_for(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return waiting_ >= count; });
  }
  void let() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  ports::Blobs& real_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

// An empty draft to attach to.
std::string empty_draft(Centre& centre, std::string& token) {
  const Who filer = centre.file_application("form01");
  const auto form = centre.get("/api/v1/applications/" + filer.application, filer).body.at("form");
  const auto created = centre.post("/api/v1/applications", {}, {{"call_id", centre.call}, {"form", form}});
  token = created.text("access_token");
  return "/api/v1/applications/" + created.text("application/id");
}

TEST(Documents, TwoUploadsAtOnceDoNotHoldUpAThirdCommand) {
  Centre centre;
  std::string tokens[2];
  const std::string paths[2] = {empty_draft(centre, tokens[0]), empty_draft(centre, tokens[1])};
  SlowBlobs slow(centre.world().blobs);
  auto& real = centre.world();
  commands::World world{real.store,      real.clock,    real.secrets,       real.tickets, slow,
                        real.file_types, real.policies, real.known_callers, real.settings};
  commands::LedgerCache ledgers;
  server::Api api{world, ledgers};
  server::Router router;
  server::add_application_routes(router, api);
  const auto handler = server::make_handler(router, api);
  const auto upload = [&](int i) {
    net::Request request;
    request.method = "POST";
    request.path = paths[i] + "/documents";
    request.query = {{"kind", "form1"}, {"file_name", "form.pdf"}};
    request.headers.add("Authorization", "Bearer " + tokens[i]);
    request.body = kPdfFile;
    request.peer = "127.0.0.1:50000";
    return handler(request).status;
  };
  auto first = std::async(std::launch::async, upload, 0);
  auto second = std::async(std::launch::async, upload, 1);
  EXPECT_TRUE(slow.wait_for(2)) << "one upload waits for the other";
  auto third = std::async(std::launch::async, [&] {
    return centre
        .post("/api/v1/calls", centre.operators, {{"programme_id", centre.programme}, {"title", "2"}})
        .status;
  });
  EXPECT_EQ(third.wait_for(std::chrono::seconds(30)), std::future_status::ready);
  slow.let();
  EXPECT_EQ(third.get(), 201);
  EXPECT_EQ(first.get(), 201);
  EXPECT_EQ(second.get(), 201);
}

TEST(Documents, AnUploadSentTwiceUnderOneKeyIsOneDocument) {
  Centre centre;
  std::string token;
  const std::string path = empty_draft(centre, token) + "/documents?kind=form1&file_name=form.pdf";
  const net::Headers key{{"Idempotency-Key", "k1"}};
  const auto first = centre.send("POST", path, token, kPdfFile, key);
  const auto again = centre.send("POST", path, token, kPdfFile, key);
  ASSERT_EQ(first.status, 201) << json::serialize(first.body);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(first.text("id"), again.text("id"));
}

}  // namespace
}  // namespace dure::tests
