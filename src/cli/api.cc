#include "cli/api.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "cli/output.h"
#include "cli/record.h"
#include "net/url.h"
#include "wire/json.h"

namespace dure::cli {
namespace {

namespace json = boost::json;

std::string config_folder() {
  if (const char* given = std::getenv("DURE_CONFIG")) return given;
  const char* home = std::getenv("HOME");
  return std::string(home ? home : ".") + "/.config/dure";
}

std::string token_file(const std::string& server) {
  std::string name = server;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '-';
  return config_folder() + "/token-" + name;
}

// The member at "a/b/0/c", or nullptr.
const json::value* find(const json::value& value, std::string_view path) {
  const json::value* at = &value;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const auto part = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    if (const auto* object = at->if_object()) {
      at = object->if_contains(json::string_view(part.data(), part.size()));
    } else if (const auto* array = at->if_array()) {
      const std::size_t index = std::strtoul(std::string(part).c_str(), nullptr, 10);
      at = index < array->size() ? &(*array)[index] : nullptr;
    } else {
      at = nullptr;
    }
    if (!at) return nullptr;
  }
  return at;
}

std::string without_query(const std::string& target) {
  return target.substr(0, target.find('?'));
}

// The tag of a row begins with its version; that of a view, which no write can match, does not.
bool is_tag_of_row(const std::string& tag) {
  return tag.size() > 2 && tag[0] == '"' && std::isdigit(static_cast<unsigned char>(tag[1])) != 0;
}

// 128 random bits in hex.
std::string fresh_key() {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::random_device random;
  std::string key;
  while (key.size() < 32) key += kDigits[random() % 16];
  return key;
}

}  // namespace

base::Result<Api> Api::open(Connection connection) {
  DURE_LET(endpoint, net::parse_endpoint(connection.server));
  return Api(std::move(connection), std::make_shared<net::Client>(endpoint));
}

net::Headers Api::headers() const {
  net::Headers headers{{"Accept-Language", connection_.language}};
  if (!connection_.token.empty()) headers.add("Authorization", "Bearer " + connection_.token);
  return headers;
}

std::string Api::tag_to_match(const std::string& method, const std::string& path) const {
  if (method == "GET" || read_path_.empty()) return "";
  return (without_query(path) + "/").starts_with(read_path_ + "/") ? read_tag_ : "";
}

base::Error Api::keep_problem(const net::ClientResponse& response) {
  problem_ = {};
  problem_.status = response.status;
  const auto body = wire::parse(response.body);
  if (body) {
    problem_.code = text_at(*body, "code");
    problem_.detail = text_at(*body, "detail");
    problem_.help = text_at(*body, "help");
    if (const auto* errors = find(*body, "errors"); errors && errors->is_array())
      for (const auto& each : errors->as_array())
        problem_.errors.emplace_back(text_at(each, "pointer"), text_at(each, "detail"));
  }
  return base::error(base::ErrorKind::kConflict, base::Reason("cli.problem")
                                                     .with("status", response.status)
                                                     .with("code", problem_.code)
                                                     .with("detail", problem_.detail));
}

base::Result<json::value> Api::call(const std::string& method, const std::string& path, std::string body,
                                    const std::string& content_type, const std::string& key) {
  net::ClientRequest request;
  request.method = method;
  request.target = path;
  request.headers = headers();
  if (!key.empty()) request.headers.add("Idempotency-Key", key);
  if (!body.empty()) request.headers.add("Content-Type", content_type);
  if (const auto tag = tag_to_match(method, path); !tag.empty()) request.headers.add("If-Match", tag);
  request.body = std::move(body);
  DURE_LET(response, client_->send(request));
  const auto tag = response.headers.get("ETag");
  const bool row_read = method == "GET" && response.status < 300 && is_tag_of_row(std::string(tag));
  read_path_ = row_read ? without_query(path) : "";
  read_tag_ = row_read ? std::string(tag) : "";
  record({method, path, request.headers, request.body, response.status, response.headers, response.body});
  if (response.status >= 400) return keep_problem(response);
  if (response.body.empty()) return json::value(nullptr);
  DURE_LET(answer, wire::parse(response.body, wire::Limits{.max_bytes = 64 << 20}));
  add_reason_texts(answer, connection_.language);
  return answer;
}

base::Result<json::value> Api::get(const std::string& path) {
  return call("GET", path, "", "");
}
base::Result<json::value> Api::post(const std::string& path, const std::string& body,
                                    const std::string& type) {
  return call("POST", path, body, type);
}
base::Result<json::value> Api::post_once(const std::string& path, const std::string& body,
                                         const std::string& key) {
  const std::string once = key.empty() ? fresh_key() : key;
  auto answer = call("POST", path, body, "application/json", once);
  const bool lost = !answer && answer.failure().reason.code != "cli.problem";
  return lost ? call("POST", path, body, "application/json", once) : answer;
}
base::Result<json::value> Api::put(const std::string& path, const std::string& body) {
  return call("PUT", path, body, "application/json");
}
base::Result<json::value> Api::remove(const std::string& path) {
  return call("DELETE", path, "", "");
}

base::Result<json::value> Api::list(const std::string& path) {
  json::array items;
  std::string cursor;
  do {
    const std::string glue = path.find('?') == std::string::npos ? "?" : "&";
    DURE_LET(page, get(path + glue + "limit=200" +
                       (cursor.empty() ? "" : "&cursor=" + net::percent_encode(cursor))));
    if (const auto* rows = find(page, "items"); rows && rows->is_array())
      for (const auto& row : rows->as_array()) items.push_back(row);
    cursor = text_at(page, "next");
  } while (!cursor.empty());
  return json::value(std::move(items));
}

base::Status Api::stream(const std::string& path, const std::function<bool(std::string_view)>& on_chunk) {
  net::ClientRequest request;
  request.target = path;
  request.headers = headers();
  int status = 0;
  DURE_TRY(client_->stream(
      request, [&](int code, const net::Headers&) { return (status = code) < 400; }, on_chunk));
  if (status < 400) return {};
  return base::error(base::ErrorKind::kConflict,
                     base::Reason("cli.problem").with("status", status).with("code", "").with("detail", ""));
}

std::string read_token(const std::string& server) {
  if (const char* given = std::getenv("DURE_TOKEN")) return given;
  std::string token;
  std::ifstream(token_file(server)) >> token;
  return token;
}

base::Status keep_token(const std::string& server, const std::string& token) {
  const std::string folder = config_folder();
  const auto parent = folder.substr(0, folder.rfind('/'));
  ::mkdir(parent.c_str(), 0700);
  ::mkdir(folder.c_str(), 0700);
  const std::string path = token_file(server);
  if (token.empty()) {
    ::unlink(path.c_str());
    return {};
  }
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const std::string line = token + "\n";
  const bool kept = fd >= 0 && ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  if (fd >= 0) ::close(fd);
  if (kept) return {};
  return base::error(base::ErrorKind::kUnavailable, base::Reason("cli.token_not_kept").with("path", path));
}

std::string text_at(const json::value& object, std::string_view path) {
  const json::value* value = find(object, path);
  if (!value || value->is_null()) return "";
  if (value->is_string()) return std::string(value->as_string().c_str(), value->as_string().size());
  return json::serialize(*value);
}

std::int64_t number_at(const json::value& object, std::string_view path) {
  const json::value* value = find(object, path);
  return value && value->is_int64() ? value->as_int64() : 0;
}

}  // namespace dure::cli
