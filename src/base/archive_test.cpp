#include "base/archive.hpp"

#include <gtest/gtest.h>

#include "base/decimal.hpp"
#include "base/rng.hpp"
#include "base/text.hpp"

namespace ballast {
namespace {

struct Inner {
  Text<15> name;
  std::optional<std::int64_t> count;
  friend bool operator==(const Inner&, const Inner&) = default;
  template <class Archive>
  void archive(Archive& ar) {
    ar(name, count);
  }
};

struct State {
  Quantity quantity;
  double ratio = 0.0;
  bool open = false;
  std::string note;
  std::vector<Inner> inners;
  std::vector<std::int32_t> plain;
  std::deque<std::pair<std::uint16_t, std::string>> queue;
  std::array<std::optional<bool>, 3> flags;
  friend bool operator==(const State&, const State&) = default;
  template <class Archive>
  void archive(Archive& ar) {
    ar(quantity, ratio, open, note, inners, plain, queue, flags);
  }
};

State sample() {
  State state;
  state.quantity = Quantity::from_raw(int128_min);
  state.ratio = -0.125;
  state.open = true;
  state.note = std::string("nul \0 within", 12);
  state.inners = {{Text<15>("first"), 7}, {Text<15>(""), std::nullopt}};
  state.plain = {1, -2, 3};
  state.queue = {{1, "one"}, {65535, ""}};
  state.flags = {true, std::nullopt, false};
  return state;
}

std::string saved(State state) {
  std::string bytes;
  SaveArchive archive(bytes);
  archive(state);
  return bytes;
}

TEST(Archive, loads_what_it_saved_whatever_was_there_before) {
  const std::string bytes = saved(sample());
  State fresh;
  LoadArchive first(bytes);
  first(fresh);
  EXPECT_TRUE(first.done());
  EXPECT_EQ(fresh, sample());

  State empty;
  const std::string nothing = saved(empty);
  LoadArchive second(nothing);
  second(fresh);  // over a state that holds more
  EXPECT_TRUE(second.done());
  EXPECT_EQ(fresh, empty);
}

TEST(Archive, writes_equal_bytes_for_equal_states) {
  EXPECT_EQ(saved(sample()), saved(sample()));
  State other = sample();
  other.inners[1].count = 0;
  EXPECT_NE(saved(other), saved(sample()));
}

TEST(Archive, notices_every_truncation) {
  const std::string bytes = saved(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    State state;
    LoadArchive archive(std::string_view(bytes).substr(0, size));
    archive(state);
    ASSERT_TRUE(archive.failed()) << size;
    ASSERT_FALSE(archive.done()) << size;
  }
}

TEST(Archive, notices_bytes_left_over) {
  State state;
  const std::string bytes = saved(sample()) + "x";
  LoadArchive archive(bytes);
  archive(state);
  EXPECT_FALSE(archive.failed());
  EXPECT_FALSE(archive.done());
}

TEST(Archive, survives_any_damage_of_its_bytes) {
  constexpr std::uint64_t seed = 29;
  Rng rng(seed);
  const std::string good = saved(sample());
  for (int i = 0; i < 5'000; ++i) {
    std::string bytes = good;
    for (auto n = rng.below(4) + 1; n > 0; --n) {
      bytes[rng.below(bytes.size())] = static_cast<char>(rng.next());
    }
    State state;
    LoadArchive archive(bytes);
    archive(state);
    // What did load is a state like any other: it saves and loads to itself.
    if (!archive.done()) continue;
    State again;
    const std::string resaved = saved(state);
    LoadArchive second(resaved);
    second(again);
    ASSERT_TRUE(second.done()) << "seed " << seed << " case " << i;
    ASSERT_EQ(saved(again), resaved) << "seed " << seed << " case " << i;
  }
}

TEST(Archive, refuses_a_flag_that_is_neither_0_nor_1_and_a_count_beyond_the_bytes) {
  std::string flag(1, '\2');
  bool value = false;
  LoadArchive flags(flag);
  flags(value);
  EXPECT_TRUE(flags.failed());

  std::string count(8, '\x7f');
  std::vector<std::int64_t> values;
  LoadArchive counts(count);
  counts(values);
  EXPECT_TRUE(counts.failed());
  EXPECT_TRUE(values.empty());
}

/// A type with something that hardly ever changes.
struct Archived {
  std::string note;
  std::vector<Block> pages;
  template <class Archive>
  void archive(Archive& ar) {
    auto count = static_cast<std::uint8_t>(pages.size());
    ar(note, count);
    if constexpr (Archive::loading) pages.clear();
    for (std::uint8_t i = 0; i < count && !ar.failed(); ++i) {
      if constexpr (Archive::loading) {
        pages.push_back(ar.block());
      } else {
        ar.block(pages[i]);
      }
    }
  }
};

TEST(Archive, keeps_blocks_beside_the_bytes_of_an_image_and_among_those_of_a_text) {
  Archived state{"note", {Block("first page"), Block(""), Block("last")}};
  StateImage image;
  SaveArchive beside(image);
  beside(state);
  ASSERT_EQ(image.blocks.size(), 3U);
  EXPECT_TRUE(image.blocks[0].is(state.pages[0])) << "the same memory, not a copy";
  EXPECT_EQ(image.bytes.find("page"), std::string::npos);
  EXPECT_EQ(image.size(), image.bytes.size() + 14);

  Archived loaded;
  LoadArchive from_image(image);
  from_image(loaded);
  EXPECT_TRUE(from_image.done());
  EXPECT_EQ(loaded.note, "note");
  EXPECT_EQ(loaded.pages, state.pages);

  std::string text;
  SaveArchive among(text);
  among(state);
  EXPECT_NE(text.find("first page"), std::string::npos);
  Archived again;
  LoadArchive from_text(text);
  from_text(again);
  EXPECT_TRUE(from_text.done());
  EXPECT_EQ(again.pages, state.pages);
}

TEST(Archive, notices_a_block_too_few_and_one_too_many) {
  Archived state{"note", {Block("first"), Block("second")}};
  StateImage image;
  SaveArchive save(image);
  save(state);
  StateImage fewer = image;
  fewer.blocks.pop_back();
  StateImage more = image;
  more.blocks.emplace_back("third");
  for (const StateImage* damaged : {&fewer, &more}) {
    EXPECT_NE(*damaged, image);
    Archived loaded;
    LoadArchive load(*damaged);
    load(loaded);
    EXPECT_FALSE(load.done());
  }
}

TEST(Archive, has_readable_zeros_behind_a_block) {
  const Block block("abc");
  for (std::size_t i = 0; i < Block::padding; ++i)
    EXPECT_EQ(block.memory()[static_cast<std::ptrdiff_t>(block.size() + i)], '\0');
}

}  // namespace
}  // namespace ballast
