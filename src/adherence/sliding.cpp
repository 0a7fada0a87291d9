#include "adherence/sliding.hpp"

#include "base/contract.hpp"

namespace ballast {

void SlidingWindows::start(const Path& path) {
  origin_ = path;
  for (std::size_t k = 0; k < level_count; ++k) {
    const Duration slot = slot_length(static_cast<Window>(k));
    levels_[k].begin = path.time();
    levels_[k].end = next_multiple(path.time(), slot);
  }
}

Timestamp SlidingWindows::cross(const Path& path, Timestamp next) {
  const Timestamp now = path.time();
  const Timestamp reached = floor_to(next, slot_length(Window{}));
  Timestamp finer_begin = reached;  // where the finer level's open slot begins
  Spans closed;                     // of the finer level's old open slot, up to now
  for (std::size_t k = 0; k < level_count; ++k) {
    Level& level = levels_[k];
    closed = merge(level.open, closed);
    if (next < level.end) {
      level.open = merge(closed, path.constant(now, finer_begin));
      break;
    }
    const auto window = static_cast<Window>(k);
    const Duration slot = slot_length(window);
    const Timestamp begin = floor_to(next, slot);
    level.push(level.begin, path, merge(closed, path.constant(now, begin)));
    const Timestamp oldest = begin - window_infos[k].length;
    while (level.size > 1 && level.at(1).begin < oldest)
      level.pop();
    level.begin = begin;
    level.end = begin + slot;
    level.open = path.constant(begin, finer_begin);
    finer_begin = begin;
  }
  return reached;
}

SlidingWindows::View SlidingWindows::view(Window window,
                                          Timestamp now,
                                          const Path& path,
                                          const Spans& recent) const {
  const Duration length = window_infos[static_cast<std::size_t>(window)].length;
  return view_from(window, floor_to(now - length, slot_length(window)), now, path, recent);
}

SlidingWindows::View SlidingWindows::view_from(
    Window window, Timestamp from, Timestamp now, const Path& path, const Spans& recent) const {
  const auto k = static_cast<std::size_t>(window);
  const Level& level = levels_[k];
  View view(*this, path, recent);
  view.level_ = k;
  view.now_ = now;
  view.from_ = std::max(from, origin_.time());
  view.quiet_ = view.from_ > level.begin;
  if (view.quiet_) {
    view.base_ = &path;
    return view;
  }
  // Tiles that begin before the window; the last of them holds its beginning.
  for (std::size_t count = level.size; count > 0;) {
    const std::size_t half = count / 2;
    if (level.at(view.before_ + half).begin < view.from_) {
      view.before_ += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  view.base_ = view.before_ == 0 ? &origin_ : &level.at(view.before_ - 1).path;
  return view;
}

Times SlidingWindows::View::times() const {
  Times times = path_.times_at(now_);
  times -= base_->times_at(from_);
  return times;
}

DoubleDouble SlidingWindows::View::integral(Integral i) const {
  return path_.integral_at(i, now_) - base_->integral_at(i, from_);
}

Spans SlidingWindows::View::spans() const {
  if (quiet_) return path_.constant(from_, now_);
  const Level& level = windows_.levels_[level_];
  Spans spans = level.fold(before_);
  for (std::size_t i = level_ + 1; i-- > 0;)
    spans = merge(spans, windows_.levels_[i].open);
  spans = merge(merge(spans, recent_), path_.constant(path_.time(), now_));
  if (before_ == 0) return spans;
  const Timestamp tile_end = before_ < level.size ? level.at(before_).begin : level.begin;
  return merge(base_->constant(from_, tile_end), spans);
}

Summary SlidingWindows::View::summary() const {
  Path base = *base_;
  base.run_to(from_);
  Path end = path_;
  end.run_to(now_);
  return end.since(base, spans());
}

void SlidingWindows::Level::push(Timestamp tile_begin, const Path& path, const Spans& spans) {
  if (size == ring.size()) {
    std::rotate(ring.begin(), ring.begin() + static_cast<std::ptrdiff_t>(head), ring.end());
    head = 0;
    ring.resize(size == 0 ? 4 : size * 2, Tile{tile_begin, path, spans});
  }
  Tile& tile = at(size);
  ++size;
  tile.begin = tile_begin;
  tile.path = path;
  tile.spans = spans;
  back = merge(back, spans);
}

void SlidingWindows::Level::pop() {
  if (front == 0) {
    for (std::size_t i = size - 1; i-- > 0;)
      at(i).spans = merge(at(i).spans, at(i + 1).spans);
    front = size;
    back = {};
  }
  head = (head + 1) & (ring.size() - 1);
  --size;
  --front;
}

Spans SlidingWindows::Level::fold(std::size_t i) const {
  if (i < front) return merge(at(i).spans, back);
  Spans spans;
  for (; i < size; ++i)
    spans = merge(spans, at(i).spans);
  return spans;
}

void SlidingWindows::prefetch() const {
  const Level& level = levels_[0];
  __builtin_prefetch(&levels_[1].open);
  if (level.size == level.ring.size()) return;
  const auto* tile = reinterpret_cast<const char*>(&level.at(level.size));
  for (std::size_t line = 0; line < sizeof(Tile); line += 64)
    __builtin_prefetch(tile + line, 1);
}

std::size_t SlidingWindows::memory_bytes() const {
  std::size_t bytes = 0;
  for (const Level& level : levels_)
    bytes += level.ring.capacity() * sizeof(Tile);
  return bytes;
}

}  // namespace ballast
