// The sliding windows of one factor: 5 min to 30 days, each of 60 slots on its own grid.
//
// A window begins on its slot grid and says where: at time `now` it covers [floor(now - W, slot),
// now), so it is between W and W * 61/60 long. When time leaves a slot in which something happened,
// the level keeps one tile: the path at the slot's end and the Spans from the slot's beginning to
// that of the next slot in which something happens. Slots in which nothing happens cost nothing,
// however many. Sums are differences of paths; Spans are folded by a two-stack queue, O(1)
// amortised. Memory: at most 61 tiles a level, see memory_bytes(); nothing is allocated before it
// is needed. Queries never change the state, so equal updates give equal bytes whoever asked what
// in between.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "adherence/path.hpp"
#include "adherence/spans.hpp"
#include "adherence/summary.hpp"
#include "base/row_delta.hpp"
#include "base/timestamp.hpp"
#include "model/desk.hpp"

namespace ballast {

constexpr std::int64_t slots_per_window = 60;
constexpr std::size_t level_count = window_infos.size();

constexpr Duration slot_length(Window window) {
  return {window_infos[static_cast<std::size_t>(window)].length.ns / slots_per_window};
}

class SlidingWindows {
 public:
  explicit SlidingWindows(Duration grid) : origin_(grid), grid_(grid) {}

  void start(const Path& path);
  /// The end of the finest slot: the next time to call cross().
  Timestamp next_boundary() const { return levels_[0].end; }

  /// Adds to the open finest slot.
  void append(const Spans& spans) { levels_[0].open = merge(levels_[0].open, spans); }

  /// Leaves the finest slot. `path` stands at next_boundary() and all Spans up to there are
  /// appended; nothing changes before `next` >= next_boundary(). Returns the beginning of the slot
  /// of `next`, up to which the constant state is accounted for.
  Timestamp cross(const Path& path, Timestamp next);

  /// One window at one instant, its figures yet to be computed: each costs only what it needs.
  /// Valid until the windows or the path change.
  class View {
   public:
    Timestamp from() const { return from_; }
    Timestamp to() const { return now_; }
    Times times() const;
    DoubleDouble integral(Integral i) const;
    Spans spans() const;
    Summary summary() const;

   private:
    friend class SlidingWindows;
    View(const SlidingWindows& windows, const Path& path, const Spans& recent)
        : windows_(windows), path_(path), recent_(recent) {}

    const SlidingWindows& windows_;
    const Path& path_;
    const Spans& recent_;
    std::size_t level_ = 0;
    std::size_t before_ = 0;      // how many tiles begin before the window
    bool quiet_ = false;          // nothing happened since the open slot ended, before the window
    const Path* base_ = nullptr;  // constant from its time to the window's beginning
    Timestamp from_;
    Timestamp now_;
  };

  /// The window at `now`, where `path` stands at the last touch <= now and `recent` are the Spans
  /// not yet appended.
  View view(Window window, Timestamp now, const Path& path, const Spans& recent) const;
  /// The same from `from` on, which stands on the window's slot grid and not before its beginning.
  View view_from(
      Window window, Timestamp from, Timestamp now, const Path& path, const Spans& recent) const;

  /// Hints the memory system that the finest slot is about to be left.
  void prefetch() const;

  std::size_t memory_bytes() const;

  template <class Archive>
  void archive(Archive& ar) {
    ar(origin_);
    for (auto& level : levels_)
      level.archive(ar, grid_);
  }

 private:
  struct Tile {
    Timestamp begin;  // the beginning of its slot (or the path's); it lasts until the next tile's
    Path path;        // at the slot's end; its state is constant from there to the tile's end
    Spans spans;      // of the tile; in the front stack: of it and all tiles up to the stack's end
  };

  /// A queue of tiles: the front stack holds suffix sums of Spans, and `back` sums up the rest.
  struct Level {
    Timestamp begin;  // of the open slot
    Timestamp end;
    Spans open;  // of the open slot, up to where the finer levels' open slots begin
    Spans back;
    std::vector<Tile> ring;  // a power of two long
    std::size_t head = 0;
    std::size_t size = 0;
    std::size_t front = 0;  // how many tiles are in the front stack

    Tile& at(std::size_t i) { return ring[(head + i) & (ring.size() - 1)]; }
    const Tile& at(std::size_t i) const { return ring[(head + i) & (ring.size() - 1)]; }
    void push(Timestamp tile_begin, const Path& path, const Spans& spans);
    void pop();
    /// The Spans of all tiles from the i-th on.
    Spans fold(std::size_t i) const;

    template <class Archive>
    void archive(Archive& ar, Duration grid);
  };

  Path origin_;  // at the start
  Duration grid_;
  std::array<Level, level_count> levels_{};
};

template <class Archive>
void SlidingWindows::Level::archive(Archive& ar, Duration grid) {
  constexpr std::size_t size_max = slots_per_window + 1;
  ar(begin, end, open, back, size, front);
  if constexpr (Archive::loading) {
    size = std::min(size, size_max);
    front = std::min(front, size);
    head = 0;
    std::size_t capacity = size > 0 ? 4 : 0;
    while (capacity < size)
      capacity *= 2;
    ring.assign(capacity, Tile{{}, Path(grid), {}});
  }
  RowDelta rows;
  for (std::size_t i = 0; i < size; ++i)
    rows.archive(ar, at(i).begin, at(i).spans, at(i).path);
}

}  // namespace ballast
