#include "gateway/guests.h"

#include <algorithm>
#include <chrono>

namespace dure::gateway {
namespace {

constexpr std::size_t kAtOnce = 500;  // tickets in one question

std::string name_of(const model::AccessTicket& ticket) {
  return ticket.account_id.text + " " + ticket.purpose + " " + ticket.workload_id.text + " " +
         ticket.replica_id.text + " " + ticket.service;
}

}  // namespace

Guests::Guests(ports::Clock& clock, Ask ask, base::Span every, base::Span memory)
    : clock_(clock), ask_(std::move(ask)), every_(every), memory_(memory) {
  if (ask_) thread_ = std::thread([this] { run(); });
}

Guests::~Guests() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Mark Guests::admit(const model::AccessTicket& ticket) {
  if (!ask_) return nullptr;
  const std::lock_guard lock(mutex_);
  Guest& guest = guests_[name_of(ticket)];
  const bool newer = !guest.mark || ticket.expires_at > guest.ticket.expires_at;
  // dured gave a ticket after it had said that the right has ended: it came back. What was cut stays cut.
  if (!guest.mark || (newer && guest.mark->load())) guest.mark = std::make_shared<std::atomic<bool>>(false);
  if (newer) guest.ticket = ticket;
  guest.seen_at = clock_.now();
  return guest.mark;
}

void Guests::look_again() {
  std::vector<Named> all;
  {
    const std::lock_guard lock(mutex_);
    forget_the_gone();
    all.assign(guests_.begin(), guests_.end());
  }
  for (std::size_t from = 0; from < all.size(); from += kAtOnce) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = std::min(kAtOnce, all.size() - from);
    judge({begin, begin + static_cast<std::ptrdiff_t>(count)});
  }
}

void Guests::judge(const std::vector<Named>& some) {
  std::vector<model::AccessTicket> tickets;
  tickets.reserve(some.size());
  for (const auto& [name, guest] : some) tickets.push_back(guest.ticket);
  const auto verdict = ask_(tickets);
  if (!verdict) return;  // its last word counts
  for (std::size_t i = 0; i < some.size(); ++i)
    some[i].second.mark->store(std::find(verdict->begin(), verdict->end(), static_cast<std::int64_t>(i)) !=
                               verdict->end());
}

void Guests::forget_the_gone() {
  const auto now = clock_.now();
  std::erase_if(guests_, [&](const auto& named) {
    return named.second.mark.use_count() == 1 && now - named.second.seen_at > memory_;
  });
}

void Guests::run() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (wake_.wait_for(lock, std::chrono::microseconds(every_.us), [this] { return stopping_; })) return;
    }
    look_again();
  }
}

}  // namespace dure::gateway
