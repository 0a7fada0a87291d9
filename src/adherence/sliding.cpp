#include "adherence/sliding.hpp"

#include "base/contract.hpp"

namespace ballast {

void SlidingWindows::start(const Path& path) {
  origin_ = path;
  for (std::size_t k = 0; k < level_count; ++k) {
    const Duration slot = slot_length(static_cast<Window>(k));
    levels_[k].begin = path.time();
    levels_[k].end = floor_to(path.time(), slot) + slot;
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

Summary SlidingWindows::window(Window window,
                               Timestamp now,
                               const Path& path,
                               const Spans& recent) const {
  const auto k = static_cast<std::size_t>(window);
  const Level& level = levels_[k];
  const Timestamp from =
      std::max(floor_to(now - window_infos[k].length, slot_length(window)), origin_.time());
  Path end = path;
  if (from > level.begin) {  // nothing happened since the open slot ended
    end.run_to(from);
    const Path base = end;
    end.run_to(now);
    return end.since(base, end.constant(from, now));
  }
  end.run_to(now);

  // Tiles that begin before `from`; the last of them holds it.
  std::size_t before = 0;
  for (std::size_t count = level.size; count > 0;) {
    const std::size_t half = count / 2;
    if (level.at(before + half).begin < from) {
      before += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  Spans spans = level.fold(before);
  for (std::size_t i = k + 1; i-- > 0;)
    spans = merge(spans, levels_[i].open);
  spans = merge(merge(spans, recent), path.constant(path.time(), now));
  if (before == 0) return end.since(origin_, spans);

  Path base = level.at(before - 1).path;
  const Timestamp tile_end = before < level.size ? level.at(before).begin : level.begin;
  spans = merge(base.constant(from, tile_end), spans);
  base.run_to(from);
  return end.since(base, spans);
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
