// A channel against a naive model: whoever applies what it is sent holds what the channel holds.

#include "adapters/api/server/channel_state.hpp"

#include <cstdlib>
#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/rng.hpp"

namespace ballast::api {
namespace {

using Json = nlohmann::json;
using Model = std::map<std::string, int>;

std::string item(const std::string& key, int value) {
  return Json{{"key", key}, {"value", value}}.dump();
}

/// What the dashboard does with a frame.
struct Reader {
  std::optional<std::uint64_t> seen;
  Model items;
  std::size_t snapshots = 0;

  void take(const Frame& frame) {
    const Json params = Json::parse(*frame).at("params");
    if (params.at("type") == "snapshot") {
      EXPECT_TRUE(params.at("prev_seq").is_null());
      items.clear();
      ++snapshots;
    } else {
      EXPECT_EQ(params.at("prev_seq"), seen.value());  // no gap
      for (const Json& key : params.at("data").at("removed"))
        items.erase(key.get<std::string>());
    }
    for (const Json& row : params.at("data").at("items"))
      items[row.at("key")] = row.at("value");
    seen = params.at("seq").get<std::uint64_t>();
  }
};

std::uint64_t seed() {
  const char* given = std::getenv("BALLAST_SEED");
  return given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
}

TEST(ChannelState, whoever_applies_what_it_is_sent_holds_what_the_channel_holds) {
  for (std::uint64_t round = 0; round < 40; ++round) {
    const std::uint64_t own_seed = seed() * 1000 + round;
    SCOPED_TRACE("seed " + std::to_string(own_seed));
    Rng rng(own_seed);
    const bool remembers = round % 2 == 0;  // every key that is gone
    ChannelState channel("things", 1000, remembers ? 12 : 2);
    Model model;
    std::vector<Reader> readers(5);
    for (int step = 0; step < 300; ++step) {
      ChannelChange change{.channel = "things"};
      change.whole = rng.chance(0.05);
      if (change.whole) model.clear();
      std::map<std::string, std::string> given;
      for (std::uint64_t n = rng.below(4); n > 0; --n) {
        const std::string key = "k\"" + std::to_string(rng.below(12));
        const int value = static_cast<int>(rng.below(3));
        given[key] = item(key, value);
        model[key] = value;
      }
      change.items.assign(given.begin(), given.end());
      for (std::uint64_t n = change.whole ? 0 : rng.below(3); n > 0; --n) {
        const std::string key = "k\"" + std::to_string(rng.below(12));
        if (given.contains(key)) continue;
        change.removed.push_back(key);
        model.erase(key);
      }
      channel.apply({step}, change);
      for (std::size_t i = 0; i < readers.size(); ++i) {
        if (!rng.chance(1.0 / static_cast<double>(1 + i * i))) continue;  // each is slower
        Reader& reader = readers[i];
        if (const Frame frame = channel.since(reader.seen)) reader.take(frame);
        ASSERT_EQ(reader.items, reader.seen ? model : Model{}) << "step " << step;
        EXPECT_EQ(channel.since(reader.seen), nullptr);
      }
    }
    for (const Reader& reader : readers)
      EXPECT_TRUE(remembers ? reader.snapshots == 1 : reader.snapshots > 1);
  }
}

TEST(ChannelState, a_client_resumes_while_every_change_is_known) {
  ChannelState channel("things", 10, 2);
  channel.apply({}, {.channel = "things", .items = {{"a", item("a", 1)}, {"b", item("b", 1)}}});
  const std::uint64_t seen = channel.seq();
  EXPECT_EQ(seen, 11U);
  channel.apply({}, {.channel = "things", .items = {{"a", item("a", 1)}}});  // nothing new
  EXPECT_EQ(channel.seq(), seen);
  channel.apply({}, {.channel = "things", .items = {{"c", item("c", 1)}}, .removed = {"a"}});
  EXPECT_TRUE(channel.can_resume(seen));
  const Json change = Json::parse(*channel.since(seen)).at("params");
  EXPECT_EQ(change.at("type"), "change");
  EXPECT_EQ(change.at("data").dump(), R"({"items":[{"key":"c","value":1}],"removed":["a"]})");
  EXPECT_FALSE(channel.can_resume(9));  // of another run
  EXPECT_FALSE(channel.can_resume(9999));
  channel.apply({},
                {.channel = "things", .removed = {"b", "c"}});  // a third one gone: a is forgotten
  EXPECT_FALSE(channel.can_resume(seen));
  EXPECT_EQ(Json::parse(*channel.since(seen)).at("params").at("type"), "snapshot");
}

TEST(ChannelState, one_frame_is_made_for_all_who_need_it) {
  ChannelState channel("things", 1, 16);
  channel.apply({}, {.channel = "things", .items = {{"a", item("a", 1)}}});
  const Frame snapshot = channel.since(std::nullopt);
  EXPECT_EQ(channel.since(std::nullopt), snapshot);
  channel.apply({}, {.channel = "things", .items = {{"a", item("a", 2)}}});
  EXPECT_EQ(channel.since(2), channel.since(2));
  EXPECT_NE(channel.since(std::nullopt), snapshot);
}

}  // namespace
}  // namespace ballast::api
