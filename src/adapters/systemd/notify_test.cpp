#include "adapters/systemd/notify.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace ballast::systemd {
namespace {

/// What systemd is to us: a datagram socket.
class Manager {
 public:
  explicit Manager(std::string address) : address_(std::move(address)) {
    fd_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, address_.data(), address_.size());
    if (address_[0] == '@') name.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&name), length), 0);
  }
  ~Manager() {
    close(fd_);
    if (address_[0] != '@') std::filesystem::remove(address_);
  }
  /// The next message; empty when there is none.
  std::string heard() const {
    char buffer[4096];
    const ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
    return got < 0 ? std::string{} : std::string(buffer, static_cast<std::size_t>(got));
  }

 private:
  std::string address_;
  int fd_ = -1;
};

std::string path_address() {
  return (std::filesystem::path(::testing::TempDir()) / fmt::format("notify.{}", getpid()))
      .string();
}
std::string abstract_address() { return fmt::format("@ballast-notify-test-{}", getpid()); }

class Notify : public ::testing::TestWithParam<std::string> {};

TEST_P(Notify, says_what_systemd_reads) {
  const Manager manager(GetParam());
  const auto notifier = Notifier::create(GetParam());
  ASSERT_TRUE(notifier) << notifier.error().what;
  EXPECT_TRUE(notifier->wanted());

  ASSERT_TRUE(notifier->ready("serving demo\nREADY=0"));
  EXPECT_EQ(manager.heard(), "READY=1\nSTATUS=serving demo READY=0");
  ASSERT_TRUE(notifier->reloading());
  const std::string reloading = manager.heard();
  EXPECT_TRUE(reloading.starts_with("RELOADING=1\nMONOTONIC_USEC=")) << reloading;
  EXPECT_GT(std::stoll(reloading.substr(reloading.rfind('=') + 1)), 0);
  ASSERT_TRUE(notifier->alive());
  EXPECT_EQ(manager.heard(), "WATCHDOG=1");
  ASSERT_TRUE(notifier->status("1042 events"));
  EXPECT_EQ(manager.heard(), "STATUS=1042 events");
  ASSERT_TRUE(notifier->stopping("draining"));
  EXPECT_EQ(manager.heard(), "STOPPING=1\nSTATUS=draining");
  EXPECT_EQ(manager.heard(), "");
}

INSTANTIATE_TEST_SUITE_P(Addresses,
                         Notify,
                         ::testing::Values(path_address(), abstract_address()),
                         [](const auto& address) {
                           return address.param[0] == '@' ? "abstract" : "path";
                         });

TEST(NotifyEnvironment, is_read_once_and_kept_from_children) {
  const Manager manager(abstract_address());
  setenv("NOTIFY_SOCKET", abstract_address().c_str(), 1);
  setenv("WATCHDOG_USEC", "10000000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  const auto notifier = Notifier::from_environment();
  ASSERT_TRUE(notifier) << notifier.error().what;
  EXPECT_EQ(notifier->alive_every(), Duration::seconds(5));
  EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr);
  EXPECT_EQ(std::getenv("WATCHDOG_USEC"), nullptr);
  ASSERT_TRUE(notifier->alive());
  EXPECT_EQ(manager.heard(), "WATCHDOG=1");
}

TEST(NotifyEnvironment, leaves_the_watchdog_of_another_process_alone) {
  setenv("NOTIFY_SOCKET", "@ballast", 1);
  setenv("WATCHDOG_USEC", "10000000", 1);
  setenv("WATCHDOG_PID", "1", 1);
  const auto notifier = Notifier::from_environment();
  ASSERT_TRUE(notifier);
  EXPECT_EQ(notifier->alive_every(), std::nullopt);
}

TEST(NotifyEnvironment, without_a_manager_does_nothing) {
  unsetenv("NOTIFY_SOCKET");
  const auto notifier = Notifier::from_environment();
  ASSERT_TRUE(notifier);
  EXPECT_FALSE(notifier->wanted());
  EXPECT_TRUE(notifier->ready("to nobody"));
}

TEST(NotifyEnvironment, refuses_an_address_that_is_none) {
  for (const std::string address : {"vsock:2:1234", "relative", "@", "/"}) {
    const auto notifier = Notifier::create(address);
    ASSERT_FALSE(notifier) << address;
    EXPECT_EQ(notifier.error().code, Errc::bad_input);
  }
  EXPECT_FALSE(Notifier::create("/" + std::string(200, 'x')));
}

TEST(NotifyEnvironment, says_when_nobody_listens) {
  const auto notifier = Notifier::create("@ballast-notify-nobody");
  ASSERT_TRUE(notifier);
  const auto said = notifier->ready("up");
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().code, Errc::io);
  EXPECT_NE(said.error().what.find("READY=1"), std::string::npos) << said.error().what;
}

}  // namespace
}  // namespace ballast::systemd
