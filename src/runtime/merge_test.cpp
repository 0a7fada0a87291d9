#include "runtime/merge.hpp"

#include <gtest/gtest.h>

namespace ballast {
namespace {

class ListSource final : public EventSource {
 public:
  ListSource(std::string name, std::vector<std::int64_t> times)
      : name_(std::move(name)), times_(std::move(times)) {}
  Result<bool> next(Event& out) override {
    if (at_ == times_.size()) return false;
    out = {Timestamp{times_[at_++]}, Tick{}};
    return true;
  }
  std::string where() const override { return name_ + ":" + std::to_string(at_); }
  std::uint64_t bytes_read() const override { return at_ + 1; }
  std::uint64_t bytes_total() const override { return times_.size() + 1; }

 private:
  std::string name_;
  std::vector<std::int64_t> times_;
  std::size_t at_ = 0;
};

std::string merged(std::vector<std::unique_ptr<EventSource>> sources) {
  MergedSource merge(std::move(sources));
  std::string text;
  Event event;
  while (*merge.next(event)) {
    if (!text.empty()) text += ' ';
    text += merge.where() + "@" + std::to_string(event.t.ns);
  }
  EXPECT_EQ(merge.bytes_read(), merge.bytes_total());
  return text;
}

TEST(Merge, takes_the_earliest_head_and_the_first_source_on_ties) {
  std::vector<std::unique_ptr<EventSource>> sources;
  sources.push_back(std::make_unique<ListSource>("a", std::vector<std::int64_t>{1, 5, 9}));
  sources.push_back(std::make_unique<ListSource>("b", std::vector<std::int64_t>{1, 2, 9, 10}));
  sources.push_back(std::make_unique<ListSource>("empty", std::vector<std::int64_t>{}));
  EXPECT_EQ(merged(std::move(sources)), "a:1@1 b:1@1 b:2@2 a:2@5 a:3@9 b:3@9 b:4@10");
}

TEST(Merge, keeps_the_order_within_a_source_so_that_a_late_event_stays_late) {
  std::vector<std::unique_ptr<EventSource>> sources;
  sources.push_back(std::make_unique<ListSource>("a", std::vector<std::int64_t>{5, 3, 6}));
  sources.push_back(std::make_unique<ListSource>("b", std::vector<std::int64_t>{4}));
  EXPECT_EQ(merged(std::move(sources)), "b:1@4 a:1@5 a:2@3 a:3@6");
}

TEST(Merge, of_nothing_is_nothing) { EXPECT_EQ(merged({}), ""); }

}  // namespace
}  // namespace ballast
