#include "adapters/store/snapshot_table.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "adapters/store/hashing.hpp"

namespace ballast {

namespace {

/// Pieces of an image's bytes. Small, since a step holds up who waits for the commit it is part of.
constexpr std::size_t piece_size = std::size_t{1} << 20U;
constexpr int snapshots_kept = 2;
/// Room made for a snapshot on the word of a row that is not checked yet.
constexpr std::int64_t size_believed = std::int64_t{1} << 30U;

std::size_t pieces_of(std::size_t bytes) { return (bytes + piece_size - 1) / piece_size; }

struct SnapshotRow {
  std::uint64_t seq = 0;
  std::string engine_version;
  std::int64_t parts = 0;
  std::int64_t size = 0;  // of the image's bytes
  std::string chain;
  std::string hash;
};

/// Everything about a snapshot in one hash. The numbers keep the parts apart.
Chain snapshot_hash(const SnapshotRow& row, const std::vector<Chain>& parts) {
  std::string text = fmt::format("ballast snapshot {} {} {} {} ", row.seq,
                                 row.engine_version.size(), row.size, parts.size());
  text.append(row.engine_version).append(row.chain);
  for (const Chain& part : parts)
    text.append(bytes_of(part));
  return blake2b(text);
}

Result<std::vector<SnapshotRow>> snapshot_rows(sqlite::Database& database) {
  BALLAST_TRY(statement, database.prepare("SELECT seq, engine_version, parts, size, chain, hash "
                                          "FROM snapshots ORDER BY seq DESC"));
  std::vector<SnapshotRow> rows;
  for (;;) {
    BALLAST_TRY(row, statement.step());
    if (!row) return rows;
    rows.push_back({static_cast<std::uint64_t>(statement.integer(0)),
                    std::string(statement.bytes(1)), statement.integer(2), statement.integer(3),
                    std::string(statement.bytes(4)), std::string(statement.bytes(5))});
  }
}

}  // namespace

// ---- known blocks -------------------------------------------------------------------------------

const StoredBlock* KnownBlocks::find(const Block& block) const {
  const auto known = by_memory_.find(block.memory().get());
  return known != by_memory_.end() && known->second.block.is(block) ? &known->second.stored
                                                                    : nullptr;
}

void KnownBlocks::add(const Block& block, const StoredBlock& stored) {
  by_memory_[block.memory().get()] = {block, stored};
}

void KnownBlocks::keep_only(const std::vector<Block>& blocks) {
  KnownBlocks kept;
  for (const Block& block : blocks)
    if (const StoredBlock* stored = find(block)) kept.add(block, *stored);
  *this = std::move(kept);
}

// ---- writing ------------------------------------------------------------------------------------

Result<SnapshotWriter> SnapshotWriter::begin(sqlite::Database& database,
                                             KnownBlocks& known,
                                             const JournalHead& head,
                                             std::string_view engine_version,
                                             StateImage image) {
  SnapshotWriter writer(database, known);
  writer.head_ = head;
  writer.engine_version_ = engine_version;
  writer.image_ = std::move(image);
  known.keep_only(writer.image_.blocks);
  BALLAST_CHECK(writer.drop_others());
  BALLAST_TRY(insert, database.prepare("INSERT INTO snapshot_blocks VALUES(?, ?, ?)"));
  BALLAST_TRY(remove, database.prepare("DELETE FROM snapshot_blocks WHERE id = ?"));
  writer.insert_ = std::move(insert);
  writer.remove_ = std::move(remove);
  return writer;
}

/// Twice at the same event replaces; then the oldest goes, so that two are left with the new one.
Result<void> SnapshotWriter::drop_others() {
  const std::string drop = fmt::format(
      "DELETE FROM snapshots WHERE seq = {0} OR seq NOT IN (SELECT seq FROM snapshots WHERE "
      "seq <> {0} ORDER BY seq DESC LIMIT {1});"
      "DELETE FROM snapshot_parts WHERE seq NOT IN (SELECT seq FROM snapshots)",
      static_cast<std::int64_t>(head_.seq), snapshots_kept - 1);
  BALLAST_CHECK(database_->exec(drop.c_str()));
  std::unordered_set<std::int64_t> wanted;
  for (const Block& block : image_.blocks)
    if (const StoredBlock* stored = known_->find(block)) wanted.insert(stored->id);
  BALLAST_TRY(last, database_->prepare("SELECT max(id) FROM snapshot_blocks"));
  BALLAST_TRY(any, last.step());
  if (any) last_id_ = last.integer(0);
  BALLAST_TRY(orphans, database_->prepare("SELECT id FROM snapshot_blocks WHERE id NOT IN (SELECT "
                                          "block FROM snapshot_parts) ORDER BY id DESC"));
  for (;;) {
    BALLAST_TRY(more, orphans.step());
    if (!more) return {};
    if (wanted.count(orphans.integer(0)) == 0) unused_.push_back(orphans.integer(0));
  }
}

Result<void> SnapshotWriter::remove_one() {
  remove_.bind(1, unused_.back());
  unused_.pop_back();
  return remove_.run();
}

Result<StoredBlock> SnapshotWriter::insert(std::string_view bytes) {
  // First what makes room for it.
  if (!unused_.empty()) BALLAST_CHECK(remove_one());
  const StoredBlock stored{++last_id_, blake2b(bytes)};
  insert_.bind(1, stored.id);
  insert_.bind_blob(2, bytes_of(stored.hash));
  insert_.bind_blob(3, bytes);
  BALLAST_CHECK(insert_.run());
  return stored;
}

Result<bool> SnapshotWriter::step() {
  const std::size_t pieces = pieces_of(image_.bytes.size());
  const std::size_t all = pieces + image_.blocks.size();
  for (bool written = false; parts_.size() < all;) {
    const std::size_t part = parts_.size();
    const Block* block = part < pieces ? nullptr : &image_.blocks[part - pieces];
    if (const StoredBlock* known = block != nullptr ? known_->find(*block) : nullptr) {
      parts_.push_back(*known);
      continue;
    }
    if (written) return false;
    const std::string_view bytes =
        block != nullptr ? block->bytes()
                         : std::string_view(image_.bytes).substr(part * piece_size, piece_size);
    BALLAST_TRY(stored, insert(bytes));
    if (block != nullptr) known_->add(*block, stored);
    parts_.push_back(stored);
    written = true;
  }
  BALLAST_CHECK(finish());
  return true;
}

Result<void> SnapshotWriter::finish() {
  while (!unused_.empty())
    BALLAST_CHECK(remove_one());
  SnapshotRow snapshot;
  snapshot.seq = head_.seq;
  snapshot.engine_version = engine_version_;
  snapshot.size = static_cast<std::int64_t>(image_.bytes.size());
  snapshot.chain = bytes_of(head_.chain);
  const auto seq = static_cast<std::int64_t>(head_.seq);
  std::vector<Chain> hashes;
  BALLAST_TRY(list, database_->prepare("INSERT INTO snapshot_parts VALUES(?, ?, ?)"));
  for (const StoredBlock& part : parts_) {
    list.bind(1, seq);
    list.bind(2, static_cast<std::int64_t>(hashes.size()));
    list.bind(3, part.id);
    BALLAST_CHECK(list.run());
    hashes.push_back(part.hash);
  }
  const Chain hash = snapshot_hash(snapshot, hashes);
  BALLAST_TRY(row, database_->prepare("INSERT INTO snapshots VALUES(?, ?, ?, ?, ?, ?)"));
  row.bind(1, seq);
  row.bind_text(2, snapshot.engine_version);
  row.bind(3, static_cast<std::int64_t>(parts_.size()));
  row.bind(4, snapshot.size);
  row.bind_blob(5, snapshot.chain);
  row.bind_blob(6, bytes_of(hash));
  return row.run();
}

// ---- reading ------------------------------------------------------------------------------------

namespace {

Error damage_of(const SnapshotRow& row, std::string_view what) {
  return {Errc::corrupt, fmt::format("the snapshot at event {}: {}", row.seq, what)};
}

Error altered(const SnapshotRow& row, std::size_t part) {
  return damage_of(row, fmt::format("part {} of {} is not as it was written", part, row.parts));
}

/// Errc::corrupt unless it is of the events that stand here.
Result<void> check_events_of(sqlite::Database& database, const SnapshotRow& row) {
  BALLAST_TRY(chain, stored_chain(database, row.seq));
  if (!chain || bytes_of(*chain) != row.chain)
    return tl::unexpected(damage_of(row, "it is of other events than these"));
  return {};
}

/// The blocks a snapshot lists, in order: each a row of (part, block's id or nothing, ...).
class ListedParts {
 public:
  static Result<ListedParts> of(sqlite::Database& database, const SnapshotRow& row, bool bytes) {
    ListedParts parts(row);
    BALLAST_TRY(rows, database.prepare(fmt::format(
                          "SELECT part, id{} FROM snapshot_parts LEFT JOIN snapshot_blocks ON id = "
                          "block WHERE seq = ? ORDER BY part",
                          bytes ? ", hash, bytes" : "")));
    parts.rows_ = std::move(rows);
    parts.rows_.bind(1, static_cast<std::int64_t>(row.seq));
    return parts;
  }
  /// False after the last; Errc::corrupt when one is missing.
  Result<bool> next() {
    BALLAST_TRY(found, rows_.step());
    if (!found && part_ == row_->parts) return false;
    if (part_ == row_->parts) return tl::unexpected(damage_of(*row_, "it has a part too many"));
    if (!found || rows_.integer(0) != part_ || !rows_.is_integer(1))
      return tl::unexpected(
          damage_of(*row_, fmt::format("part {} of {} is missing", part_, row_->parts)));
    ++part_;
    return true;
  }
  std::int64_t id() const { return rows_.integer(1); }
  std::string_view hash() const { return rows_.bytes(2); }
  std::string_view bytes() const { return rows_.bytes(3); }

 private:
  explicit ListedParts(const SnapshotRow& row) : row_(&row) {}
  const SnapshotRow* row_;
  sqlite::Statement rows_;
  std::int64_t part_ = 0;
};

/// Errc::corrupt unless these are the parts that were written.
Result<void> check_hashes(const SnapshotRow& row, const std::vector<Chain>& parts) {
  if (bytes_of(snapshot_hash(row, parts)) != row.hash)
    return tl::unexpected(damage_of(row, "its bytes are not those written"));
  return {};
}

/// Copies an image out of the file, and checks what it has while it reads on.
Result<StateImage> read_image(sqlite::Database& database,
                              const SnapshotRow& row,
                              KnownBlocks* known) {
  BALLAST_CHECK(check_events_of(database, row));
  BALLAST_TRY(parts, ListedParts::of(database, row, true));
  StateImage image;
  Hashing hashing;
  std::vector<std::int64_t> ids;
  std::vector<std::string> stated;  // the hashes that stand with the blocks
  std::int64_t left = row.size;     // of the image's bytes
  image.bytes.reserve(static_cast<std::size_t>(std::clamp<std::int64_t>(left, 0, size_believed)));
  for (;;) {
    BALLAST_TRY(more, parts.next());
    if (!more) break;
    const Block block(parts.bytes());
    if (left > 0) {
      image.bytes.append(block.bytes());
      left -= static_cast<std::int64_t>(block.size());
    } else {
      image.blocks.push_back(block);
    }
    ids.push_back(parts.id());
    stated.emplace_back(parts.hash());
    hashing.add(block);
  }
  const std::vector<Chain> hashes = hashing.finish();
  for (std::size_t part = 0; part < hashes.size(); ++part) {
    if (bytes_of(hashes[part]) != stated[part]) return tl::unexpected(altered(row, part));
  }
  BALLAST_CHECK(check_hashes(row, hashes));
  const std::size_t pieces = hashes.size() - image.blocks.size();
  for (std::size_t i = 0; known != nullptr && i < image.blocks.size(); ++i)
    known->add(image.blocks[i], {ids[pieces + i], hashes[pieces + i]});
  return image;
}

/// A block as verify finds it.
struct FoundBlock {
  Chain hash{};
  bool whole = false;
  bool listed = false;  // some snapshot has it
};
using FoundBlocks = std::map<std::int64_t, FoundBlock>;

Result<FoundBlocks> find_blocks(sqlite::Database& database) {
  FoundBlocks found;
  BALLAST_TRY(blocks, database.prepare("SELECT id, hash, bytes FROM snapshot_blocks"));
  for (;;) {
    BALLAST_TRY(more, blocks.step());
    if (!more) return found;
    FoundBlock& block = found[blocks.integer(0)];
    block.hash = blake2b(blocks.bytes(2));
    block.whole = blocks.bytes(1) == bytes_of(block.hash);
  }
}

/// What read_image() checks, with blocks that were read before.
Result<void> check_image(sqlite::Database& database, const SnapshotRow& row, FoundBlocks& found) {
  BALLAST_CHECK(check_events_of(database, row));
  BALLAST_TRY(parts, ListedParts::of(database, row, false));
  std::vector<Chain> hashes;
  for (;;) {
    BALLAST_TRY(more, parts.next());
    if (!more) return check_hashes(row, hashes);
    FoundBlock& block = found[parts.id()];
    block.listed = true;
    if (!block.whole) return tl::unexpected(altered(row, hashes.size()));
    hashes.push_back(block.hash);
  }
}

}  // namespace

Result<SnapshotSearch> find_snapshot(sqlite::Database& database,
                                     std::string_view engine_version,
                                     KnownBlocks* known) {
  BALLAST_TRY(rows, snapshot_rows(database));
  SnapshotSearch search;
  for (const SnapshotRow& row : rows) {
    if (row.engine_version != engine_version) {
      search.damaged.push_back(fmt::format("the snapshot at event {} is of engine version {}",
                                           row.seq, row.engine_version));
      continue;
    }
    auto image = read_image(database, row, known);
    if (image) {
      search.latest = Snapshot{row.seq, std::move(*image)};
      break;
    }
    if (image.error().code != Errc::corrupt) return tl::unexpected(image.error());
    search.damaged.push_back(image.error().what);
  }
  return search;
}

Result<std::vector<std::string>> check_snapshots(sqlite::Database& database, std::uint64_t& count) {
  BALLAST_TRY(blocks, find_blocks(database));
  BALLAST_TRY(rows, snapshot_rows(database));
  count = rows.size();
  std::vector<std::string> damaged;
  for (const SnapshotRow& row : rows) {
    const auto whole = check_image(database, row, blocks);
    if (whole) continue;
    if (whole.error().code != Errc::corrupt) return tl::unexpected(whole.error());
    damaged.push_back(whole.error().what);
  }
  // Those that no snapshot has are of one that was not completed.
  for (const auto& [id, block] : blocks) {
    if (!block.whole && !block.listed)
      damaged.push_back(fmt::format("block {}, of no snapshot, is not as it was written", id));
  }
  BALLAST_TRY(orphans, database.text_of("SELECT count(*) FROM snapshot_parts WHERE seq NOT IN "
                                        "(SELECT seq FROM snapshots)"));
  if (orphans != "0") damaged.push_back(orphans + " snapshot parts belong to no snapshot");
  return damaged;
}

Result<std::uint64_t> newest_snapshot_seq(sqlite::Database& database) {
  BALLAST_TRY(statement, database.prepare("SELECT max(seq) FROM snapshots"));
  BALLAST_TRY(row, statement.step());
  return row ? static_cast<std::uint64_t>(statement.integer(0)) : std::uint64_t{0};
}

}  // namespace ballast
