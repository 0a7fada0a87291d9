#include "runtime/live/inbox.hpp"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace ballast {
namespace {

Submission of(std::size_t lines) {
  Submission submission;
  submission.lines.assign(lines, "line");
  submission.done = [](const Result<SubmissionOutcome>&) {};
  return submission;
}
WallClock::time_point soon() { return WallClock::now() + std::chrono::seconds(30); }

TEST(Inbox, refuses_when_it_is_full_and_leaves_the_submission_as_it_was) {
  Inbox inbox(2);
  for (int i = 0; i < 2; ++i) {
    Submission submission = of(1);
    EXPECT_EQ(inbox.put(submission), Inbox::Put::taken);
  }
  Submission third = of(3);
  EXPECT_EQ(inbox.put(third), Inbox::Put::full);
  EXPECT_EQ(inbox.put(third, Duration::milliseconds(1)), Inbox::Put::full);
  EXPECT_EQ(third.lines.size(), 3U);
  Task question{QueryTask{}, {}};
  EXPECT_TRUE(inbox.put(question));  // these are not bounded
  EXPECT_EQ(inbox.queued(), 2U);
  EXPECT_EQ(inbox.take(100, soon()).size(), 3U);
  EXPECT_EQ(inbox.put(third), Inbox::Put::taken);
}

TEST(Inbox, hands_out_about_as_many_lines_as_asked_for_in_order) {
  Inbox inbox(100);
  for (const std::size_t lines : {60, 30, 20, 500, 1}) {
    Submission submission = of(lines);
    inbox.put(submission);
  }
  const auto taken = [&] {
    std::vector<std::size_t> sizes;
    for (const Task& task : inbox.take(100, soon()))
      sizes.push_back(std::get<Submission>(task.what).lines.size());
    return sizes;
  };
  EXPECT_EQ(taken(), (std::vector<std::size_t>{60, 30}));
  EXPECT_EQ(taken(), (std::vector<std::size_t>{20}));
  EXPECT_EQ(taken(), (std::vector<std::size_t>{500}));
  EXPECT_EQ(taken(), (std::vector<std::size_t>{1}));
}

TEST(Inbox, bounds_the_bytes_but_takes_anything_when_it_is_empty) {
  Inbox inbox(100);
  Submission large;
  large.lines.assign(1, std::string(std::size_t{300} << 20U, 'x'));
  EXPECT_EQ(inbox.put(large), Inbox::Put::taken);
  Submission small = of(1);
  EXPECT_EQ(inbox.put(small), Inbox::Put::full);
  inbox.take(1, soon());
  EXPECT_EQ(inbox.put(small), Inbox::Put::taken);
}

TEST(Inbox, lets_who_waits_for_room_in_and_wakes_everybody_when_it_closes) {
  Inbox inbox(1);
  Submission first = of(1);
  inbox.put(first);
  std::atomic<int> taken = 0;
  std::atomic<int> closed = 0;
  std::vector<std::thread> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.emplace_back([&] {
      Submission submission = of(1);
      const auto put = inbox.put(submission, Duration::seconds(60));
      ++(put == Inbox::Put::taken ? taken : closed);
    });
  }
  while (taken < 2)
    inbox.take(1, soon());
  inbox.close();
  for (std::thread& thread : waiting)
    thread.join();
  EXPECT_EQ(taken + closed, 4);
  EXPECT_GE(taken, 2);
  Submission late = of(1);
  EXPECT_EQ(inbox.put(late), Inbox::Put::closed);
  Task question{QueryTask{}, {}};
  EXPECT_FALSE(inbox.put(question));
}

}  // namespace
}  // namespace ballast
