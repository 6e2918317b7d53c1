// A mail server in a few lines: takes letters over a socket of 127.0.0.1, keeps them, and can be told to
// refuse, to answer nothing, or to hang up when it has taken the letter but not yet said so.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace dure::tests {

struct Letter {
  std::string from;
  std::string to;
  std::string text;  // with CRLF, without the last dot, dots unstuffed
};

enum class SmtpMood { kTakes, kBusy, kRefuses, kRefusesSenders, kHangsUpAfterwards, kSaysNothing };

class SmtpPeer {
 public:
  SmtpPeer() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      std::abort();
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~SmtpPeer() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
  }
  SmtpPeer(const SmtpPeer&) = delete;
  SmtpPeer& operator=(const SmtpPeer&) = delete;

  std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
  void set(SmtpMood mood) { mood_ = mood; }
  void forget() {
    const std::lock_guard lock(mutex_);
    letters_.clear();
  }
  std::vector<Letter> letters() const {
    const std::lock_guard lock(mutex_);
    return letters_;
  }

 private:
  bool readable(int fd) const {
    while (!stopping_) {
      pollfd waiting{fd, POLLIN, 0};
      if (::poll(&waiting, 1, 20) > 0) return true;
    }
    return false;
  }

  void serve() {
    while (readable(listener_)) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      if (mood_ != SmtpMood::kSaysNothing) talk(fd);
      ::close(fd);
    }
  }

  // A line without its CRLF; false at the end of the connection.
  bool line(int fd, std::string& kept, std::string& text) const {
    for (;;) {
      if (const auto end = kept.find("\r\n"); end != std::string::npos) {
        text = kept.substr(0, end);
        kept.erase(0, end + 2);
        return true;
      }
      std::array<char, 4096> piece{};
      if (!readable(fd)) return false;
      const auto got = ::recv(fd, piece.data(), piece.size(), 0);
      if (got <= 0) return false;
      kept.append(piece.data(), static_cast<std::size_t>(got));
    }
  }

  static void say(int fd, const std::string& text) {
    static_cast<void>(::send(fd, (text + "\r\n").data(), text.size() + 2, MSG_NOSIGNAL));
  }

  bool take_letter(int fd, std::string& kept, Letter& letter) const {
    std::string text;
    while (line(fd, kept, text)) {
      if (text == ".") return true;
      letter.text += (text.starts_with("..") ? text.substr(1) : text) + "\r\n";
    }
    return false;
  }

  // What stands between < and >.
  static std::string mailbox(const std::string& text) {
    const auto open = text.find('<');
    return text.substr(open + 1, text.find('>') - open - 1);
  }

  void talk(int fd) {
    std::string kept;
    std::string text;
    Letter letter;
    say(fd, "220 peer");
    while (line(fd, kept, text)) {
      if (text.starts_with("MAIL")) {
        letter.from = mailbox(text);
        if (mood_ == SmtpMood::kRefusesSenders) {
          say(fd, "553 sender not allowed");
          continue;
        }
      }
      if (text.starts_with("RCPT")) {
        letter.to = mailbox(text);
        if (mood_ == SmtpMood::kRefuses) {
          say(fd, "550 no such mailbox");
          continue;
        }
        if (mood_ == SmtpMood::kBusy) {
          say(fd, "451 later");
          continue;
        }
      }
      if (text.starts_with("QUIT")) {
        say(fd, "221 bye");
        return;
      }
      if (!text.starts_with("DATA")) {
        say(fd, "250 ok");
        continue;
      }
      say(fd, "354 go on");
      if (!take_letter(fd, kept, letter)) return;
      {
        const std::lock_guard lock(mutex_);
        letters_.push_back(letter);
      }
      if (mood_ == SmtpMood::kHangsUpAfterwards) return;
      say(fd, "250 taken");
    }
  }

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<SmtpMood> mood_ = SmtpMood::kTakes;
  mutable std::mutex mutex_;
  std::vector<Letter> letters_;  // guarded by mutex_
  std::thread thread_;
};

// What a body or header of base64 says; the encoded words of a header one after another.
inline std::string from_base64(std::string_view text) {
  static constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char each : text) {
    const auto value = kLetters.find(each);
    if (value == std::string_view::npos) {
      if (each == '=') bits = 0;
      continue;
    }
    group = group << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(group >> bits & 0xFF);
  }
  return bytes;
}

// The header of that name, unfolded; "" without one.
inline std::string header_of(const Letter& letter, const std::string& name) {
  const std::string head = "\r\n" + letter.text.substr(0, letter.text.find("\r\n\r\n")) + "\r\n";
  const auto at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  auto start = at + name.size() + 4;
  auto end = head.find("\r\n", start);
  while (head.compare(end, 3, "\r\n ") == 0) end = head.find("\r\n", end + 2);
  return head.substr(start, end - start);
}

// Encoded words read back.
inline std::string decoded(const std::string& header) {
  std::string text;
  for (std::size_t at = 0; (at = header.find("=?UTF-8?B?", at)) != std::string::npos;) {
    const auto end = header.find("?=", at + 10);
    text += from_base64(std::string_view(header).substr(at + 10, end - at - 10));
    at = end;
  }
  return text.empty() ? header : text;
}

inline std::string body_of(const Letter& letter) {
  return from_base64(std::string_view(letter.text).substr(letter.text.find("\r\n\r\n") + 4));
}

}  // namespace dure::tests
