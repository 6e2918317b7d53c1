#include "bench/link.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <utility>

namespace dure::bench {
namespace {

constexpr std::size_t kPiece = 64 * 1024;

base::Error broken(const std::string& why) {
  return base::error(base::ErrorKind::kUnavailable, base::Reason("bench.connection").with("why", why));
}

// The value of Content-Length in the head; -1 where there is none.
std::int64_t content_length(std::string_view head) {
  constexpr std::string_view kName = "\r\nContent-Length: ";
  const auto at = head.find(kName);
  if (at == std::string_view::npos) return -1;
  std::int64_t length = -1;
  std::from_chars(head.data() + at + kName.size(), head.data() + head.size(), length);
  return length;
}

int status_of(std::string_view head) {
  int status = 0;
  if (head.size() > 12) std::from_chars(head.data() + 9, head.data() + 12, status);
  return status;
}

}  // namespace

base::Result<Link> Link::open(const std::string& host, std::uint16_t port) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) return broken(std::strerror(errno));
  Link link(made);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return broken("not an IPv4 address");
  if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return broken(std::strerror(errno));
  const int on = 1;
  ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return link;
}

Link::Link(Link&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), out_(std::move(other.out_)), in_(std::move(other.in_)) {}

Link::~Link() {
  if (socket_ >= 0) ::close(socket_);
}

base::Status Link::send_all() {
  std::size_t sent = 0;
  while (sent < out_.size()) {
    const auto count = ::send(socket_, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return broken(std::strerror(errno));
    sent += static_cast<std::size_t>(count);
  }
  return {};
}

base::Status Link::read_some() {
  char piece[kPiece];
  const auto count = ::recv(socket_, piece, sizeof piece, 0);
  if (count <= 0) return broken(count == 0 ? "closed" : std::strerror(errno));
  in_.append(piece, static_cast<std::size_t>(count));
  return {};
}

base::Result<Answer> Link::call(std::string_view method, std::string_view target, std::string_view token,
                                std::string_view body) {
  out_.clear();
  out_.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: bench\r\n");
  if (!token.empty()) out_.append("Authorization: Bearer ").append(token).append("\r\n");
  if (!body.empty())
    out_.append("Content-Type: application/json\r\nContent-Length: ")
        .append(std::to_string(body.size()))
        .append("\r\n");
  out_.append("\r\n").append(body);
  DURE_TRY(send_all());
  in_.clear();
  auto end = std::string::npos;
  while ((end = in_.find("\r\n\r\n")) == std::string::npos) DURE_TRY(read_some());
  const std::string_view head(in_.data(), end);
  const auto length = content_length(head);
  const int status = status_of(head);
  if (length < 0) return broken("an answer without a length");
  const std::size_t whole = end + 4 + static_cast<std::size_t>(length);
  while (in_.size() < whole) DURE_TRY(read_some());
  return Answer{status, std::string_view(in_).substr(end + 4)};
}

}  // namespace dure::bench
