#include "live/subscribers.hpp"

#include <array>

#include <sys/epoll.h>

#include "live/desk_shape.hpp"

namespace ballast::live_bench {
namespace {

constexpr int interval_ms = 100;  // the service's own default
constexpr int look_every_ms = 50;
constexpr std::size_t measured_every = 20;  // one in so many tells how late it is told

/// Four kinds of screens: the exposures, the positions, how well it goes, and two factors closely.
std::vector<std::string> channels_of(std::size_t client) {
  switch (client % 4) {
    case 0:
      return {"exposures", "alerts"};
    case 1:
      return {"positions", "alerts"};
    case 2:
      return {"adherence", "alerts"};
    default:
      return {"exposures:" + factor_name(client % instruments), "exposures:" + factor_name(probe),
              "adherence", "alerts"};
  }
}

}  // namespace

Subscribers::~Subscribers() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void Subscribers::start(std::uint16_t port, std::string_view token) {
  epoll_ = Descriptor(::epoll_create1(EPOLL_CLOEXEC));
  for (std::size_t i = 0; i < count_; ++i) {
    clients_.push_back(std::make_unique<StreamClient>(port, token, channels_of(i), interval_ms,
                                                      i / 4 % (measured_every / 4) == 0));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, clients_.back()->fd(), &event) != 0)
      throw Failure("epoll takes no subscriber");
  }
  began_ = steady_ns();
  thread_ = std::thread([this] { run(); });
}

void Subscribers::run() {
  std::array<epoll_event, 64> events{};
  while (!stop_) {
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), look_every_ms);
    for (int i = 0; i < count; ++i) {
      StreamClient& client = *clients_[events[static_cast<std::size_t>(i)].data.u64];
      client.read(outcome_.counts);
      if (!client.ended()) continue;
      if (!end_expected_) ++outcome_.dropped[*client.ended()];
      client.close();  // which also takes it out of epoll
    }
  }
}

void Subscribers::expect_the_end() {
  end_expected_ = true;
  outcome_.seconds = to_seconds(steady_ns() - began_);
}

SubscribersOutcome Subscribers::finish() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  outcome_.clients = clients_.size();
  for (const auto& client : clients_) {
    if (!client->heard_anything()) ++outcome_.silent;
    client->close();
  }
  return std::move(outcome_);
}

}  // namespace ballast::live_bench
