#include "adapters/store/outbox_store.hpp"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace ballast {
namespace {

class OutboxStoreTest : public ::testing::Test {
 protected:
  OutboxStoreTest()
      : folder_(std::filesystem::temp_directory_path() /
                fmt::format("ballast_outbox_{}_{}",
                            ::getpid(),
                            ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
    path_ = (folder_ / "desk.db.outbox").string();
  }
  ~OutboxStoreTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<OutboxStore> open() {
    auto store = open_outbox_store(path_);
    EXPECT_TRUE(store) << store.error().what;
    return std::move(*store);
  }

  std::filesystem::path folder_;
  std::string path_;
};

Notification sample(const std::string& id) {
  return {.id = id,
          .message = id + "|firing|5|0",
          .rule = "out",
          .factor = "delta:BTC",
          .book = "mm",
          .severity = Severity::critical,
          .state = NotificationState::reminder,
          .t = {5},
          .since = {-4},
          .value = 1.5,
          .threshold = "abs_z > 1",
          .reason = "it's \"so\"\n\xc3\xa4",
          .desk = "maker",
          .link = "https://desk/alerts",
          .level = 2,
          .count = 7};
}

OutboxChanges full() {
  OutboxChanges changes{.durable = true, .seq = 1042, .last_number = 9};
  changes.deliveries = {{.number = 8,
                         .sink = "pager",
                         .notification = sample("a"),
                         .queued_at = {100},
                         .next_at = {200},
                         .attempts = 3,
                         .unavailable = true},
                        {.number = 9, .sink = "chat", .notification = sample("b")}};
  changes.deliveries[1].notification.value.reset();
  changes.alerts = {{.last = sample("a"),
                     .told = {"pager", "chat"},
                     .pending = {{"on-call", {300}, 1}, {"head", {400}, 2}}},
                    {.last = sample("b")}};
  changes.sinks = {{.sink = "chat"},
                   {.sink = "pager",
                    .failing_since = Timestamp{50},
                    .last_error = "answered 500",
                    .paused_until = Timestamp{60},
                    .delivered = 1,
                    .given_up = 2,
                    .held_back = 3,
                    .minute = {60},
                    .admitted = 4,
                    .held_back_now = 5,
                    .worst_held_back = Severity::warning}};
  return changes;
}

TEST_F(OutboxStoreTest, gives_back_what_was_saved) {
  EXPECT_EQ(open()->load(), OutboxImage{});
  const OutboxChanges changes = full();
  ASSERT_TRUE(open()->save(changes));
  const auto image = open()->load();
  ASSERT_TRUE(image);
  EXPECT_EQ(image->seq, 1042u);
  EXPECT_EQ(image->last_number, 9u);
  EXPECT_EQ(image->deliveries, changes.deliveries);
  EXPECT_EQ(image->alerts, changes.alerts);
  EXPECT_EQ(image->sinks, changes.sinks);
}

TEST_F(OutboxStoreTest, replaces_and_removes_rows) {
  const auto store = open();
  ASSERT_TRUE(store->save(full()));
  OutboxChanges changes{.seq = 1043, .last_number = 9, .removed_deliveries = {8, 77}};
  changes.alerts = {full().alerts[0]};
  changes.alerts[0].told = {"chat"};
  changes.alerts[0].pending.clear();
  changes.removed_alerts = {"b"};
  ASSERT_TRUE(store->save(changes));
  const auto image = store->load();
  ASSERT_TRUE(image);
  ASSERT_EQ(image->deliveries.size(), 1u);
  EXPECT_EQ(image->deliveries[0].number, 9u);
  EXPECT_EQ(image->alerts, changes.alerts);
  EXPECT_EQ(image->sinks.size(), 2u);

  ASSERT_TRUE(store->save({.whole = true, .seq = 1044, .last_number = 9}));
  const OutboxImage none{.seq = 1044, .last_number = 9};
  EXPECT_EQ(store->load(), none);
}

TEST_F(OutboxStoreTest, is_readable_by_its_owner_alone) {
  const auto store = open();
  ASSERT_TRUE(store->save(full()));
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    const auto others = entry.status().permissions() &
                        (std::filesystem::perms::group_all | std::filesystem::perms::others_all);
    EXPECT_EQ(others, std::filesystem::perms::none) << entry.path();
  }
}

TEST_F(OutboxStoreTest, refuses_a_file_of_something_else) {
  std::ofstream(path_)
      << "this is no database, and it is long enough to be looked at as one......"
         "........................................................................";
  const auto store = open_outbox_store(path_);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Errc::corrupt);
  EXPECT_NE(store.error().what.find(path_), std::string::npos) << store.error().what;
  EXPECT_FALSE(open_outbox_store((folder_ / "none" / "x").string()));
}

}  // namespace
}  // namespace ballast
