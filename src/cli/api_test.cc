// What the command line sends with a write: the tag of the row that it has just read, and of no other.
#include "cli/api.h"

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "net/server.h"

namespace dure::cli {
namespace {

// A server with one row, and a view of it; it keeps what the writes asked for.
class OneRow {
 public:
  OneRow() {
    net::ServerOptions options;
    options.listen = {net::Listen::tcp("127.0.0.1", 0)};
    options.handler = [this](const net::Request& request) { return answer(request); };
    auto started = net::Server::start(std::move(options));
    EXPECT_TRUE(started.ok());
    server_ = std::move(*started);
  }
  Api api() const {
    Connection connection;
    connection.server = "http://127.0.0.1:" + std::to_string(server_->port());
    return *Api::open(connection);
  }
  void change() {
    const std::lock_guard lock(mutex_);
    ++version_;
  }
  std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  net::Response answer(const net::Request& request) {
    const std::lock_guard lock(mutex_);
    const std::string tag = "\"" + std::to_string(version_) + "-0f\"";
    if (request.method == "GET") {
      auto read = net::Response::text(200, "application/json", "{\"id\":\"a\"}");
      read.headers.add("ETag", request.path == "/api/v1/me" ? "\"x0f\"" : tag);
      return read;
    }
    const std::string* match = request.headers.find("If-Match");
    asked_.push_back(match != nullptr ? *match : "");
    if (match == nullptr || *match == tag) return net::Response::text(200, "application/json", "{}");
    return net::Response::text(
        412, "application/problem+json",
        "{\"code\":\"http.version_mismatch\",\"detail\":\"changed\",\"help\":\"read\"}");
  }

  std::mutex mutex_;
  int version_ = 3;
  std::vector<std::string> asked_;
  std::unique_ptr<net::Server> server_;
};

using Tags = std::vector<std::string>;

TEST(Api, AWriteToWhatWasJustReadIsDoneOnlyWhereItIsStillSo) {
  OneRow centre;
  auto api = centre.api();
  ASSERT_TRUE(api.get("/api/v1/applications/a?reveal=x").ok());
  ASSERT_TRUE(api.post("/api/v1/applications/a/decision").ok());
  EXPECT_EQ(centre.asked(), (Tags{"\"3-0f\""}));
  ASSERT_TRUE(api.get("/api/v1/applications/a").ok());
  centre.change();
  EXPECT_FALSE(api.put("/api/v1/applications/a", "{}").ok());
  EXPECT_EQ(api.last_problem().status, 412);
  EXPECT_EQ(api.last_problem().code, "http.version_mismatch");
  EXPECT_EQ(api.last_problem().help, "read") << "and what to do";
}

TEST(Api, NoOtherWriteCarriesATag) {
  OneRow centre;
  auto api = centre.api();
  ASSERT_TRUE(api.post("/api/v1/applications/a/decision").ok()) << "nothing was read";
  ASSERT_TRUE(api.get("/api/v1/applications/a").ok());
  ASSERT_TRUE(api.post("/api/v1/applications/ab/decision").ok()) << "another row";
  ASSERT_TRUE(api.get("/api/v1/applications/a").ok());
  ASSERT_TRUE(api.post("/api/v1/invoices").ok());
  ASSERT_TRUE(api.post("/api/v1/applications/a/decision").ok()) << "not just before";
  ASSERT_TRUE(api.get("/api/v1/me").ok());
  ASSERT_TRUE(api.post("/api/v1/me/password").ok()) << "a view has no version";
  EXPECT_EQ(centre.asked(), (Tags{"", "", "", "", ""}));
}

}  // namespace
}  // namespace dure::cli
