// The API as the command line sees it: one call, JSON in and out, problems as errors with the server's own
// words.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/client.h"

namespace dure::cli {

// Where the server is and who asks. The token comes from DURE_TOKEN or from the file that `dure login` wrote
// (~/.config/dure/token, mode 0600, one per server); never from the command line.
struct Connection {
  std::string server = "http://127.0.0.1:8080";
  std::string token;
  std::string language = "ko";
};

// A problem that the server answered with.
struct Problem {
  int status = 0;
  std::string code;
  std::string detail;
  std::string help;
  std::vector<std::pair<std::string, std::string>> errors;  // pointer, detail
};

class Api {
 public:
  static base::Result<Api> open(Connection connection);

  // The answer's body; null for 204. A problem becomes an Error "cli.problem" and is kept in last_problem().
  // A write to the row that the call just before has read, or to a step below it, carries the row's tag
  // (If-Match): where somebody changed it in between nothing is done, and the problem is
  // "http.version_mismatch".
  base::Result<boost::json::value> get(const std::string& path);
  base::Result<boost::json::value> post(const std::string& path, const std::string& body = "{}",
                                        const std::string& content_type = "application/json");
  // With an Idempotency-Key ("": a fresh random one): it is done once, and sent again where the answer was
  // lost on the way, so that a token or password in it is not.
  base::Result<boost::json::value> post_once(const std::string& path, const std::string& body,
                                             const std::string& key = "");
  base::Result<boost::json::value> put(const std::string& path, const std::string& body);
  base::Result<boost::json::value> remove(const std::string& path);
  // All pages of a list, its items in one array.
  base::Result<boost::json::value> list(const std::string& path);

  base::Status stream(const std::string& path, const std::function<bool(std::string_view)>& on_chunk);

  void use_token(std::string token) { connection_.token = std::move(token); }
  const Connection& connection() const { return connection_; }
  const Problem& last_problem() const { return problem_; }

 private:
  explicit Api(Connection connection, std::shared_ptr<net::Client> client)
      : connection_(std::move(connection)), client_(std::move(client)) {}
  base::Result<boost::json::value> call(const std::string& method, const std::string& path, std::string body,
                                        const std::string& content_type, const std::string& key = "");
  net::Headers headers() const;
  std::string tag_to_match(const std::string& method, const std::string& path) const;
  base::Error keep_problem(const net::ClientResponse& response);

  Connection connection_;
  std::shared_ptr<net::Client> client_;
  Problem problem_;
  std::string read_path_;  // of the row that the last call read, "" where it was no such read
  std::string read_tag_;
};

// The kept token of a server, "" for none; and keeping and forgetting it.
std::string read_token(const std::string& server);
base::Status keep_token(const std::string& server, const std::string& token);

// A member of an object as text: strings as they are, numbers and truth values written out, null and missing
// "".
std::string text_at(const boost::json::value& object, std::string_view path);
std::int64_t number_at(const boost::json::value& object, std::string_view path);

}  // namespace dure::cli
