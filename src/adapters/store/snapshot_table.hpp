// Engine snapshots inside the journal file.
//
// A snapshot is a list of blocks, each a row with its hash: first the image's bytes, cut into
// pieces, then its blocks as they are. Blocks that the file holds already, because a snapshot
// before it had them, are not written again. One hash covers the list, and with it everything.
//
// Internal to this folder. Writing happens inside the caller's transactions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/store/event_scan.hpp"
#include "adapters/store/sqlite.hpp"
#include "base/result.hpp"
#include "base/state_image.hpp"
#include "ports/journal.hpp"

namespace ballast {

/// Where a block stands in the file.
struct StoredBlock {
  std::int64_t id = 0;
  Chain hash{};
};

/// Blocks of images that the file is known to hold. Keeps them alive, so that no other block can
/// have their memory.
class KnownBlocks {
 public:
  const StoredBlock* find(const Block& block) const;
  void add(const Block& block, const StoredBlock& stored);
  /// Forgets all but those of `blocks`.
  void keep_only(const std::vector<Block>& blocks);

 private:
  struct Known {
    Block block;
    StoredBlock stored;
  };
  std::unordered_map<const char*, Known> by_memory_;
};

/// A snapshot on its way into the file, at most a block a step. It counts once the transaction of
/// the last step is durable; until then the one before it does.
class SnapshotWriter {
 public:
  /// Drops all snapshots but the last before this one. `database` and `known` outlive the writer.
  static Result<SnapshotWriter> begin(sqlite::Database& database,
                                      KnownBlocks& known,
                                      const JournalHead& head,
                                      std::string_view engine_version,
                                      StateImage image);
  /// Writes one block that the file does not hold. True when that was all.
  Result<bool> step();

 private:
  SnapshotWriter(sqlite::Database& database, KnownBlocks& known)
      : database_(&database), known_(&known) {}
  Result<void> drop_others();
  Result<void> remove_one();
  Result<StoredBlock> insert(std::string_view bytes);
  Result<void> finish();

  sqlite::Database* database_;
  KnownBlocks* known_;
  JournalHead head_;
  std::string engine_version_;
  StateImage image_;
  std::vector<StoredBlock> parts_;    // written or known, in order
  std::vector<std::int64_t> unused_;  // blocks of snapshots that are gone, still to be removed
  std::int64_t last_id_ = 0;          // of a block
  sqlite::Statement insert_, remove_;
};

/// The latest snapshot that is whole and of `engine_version`. Tells `known`, if there is one, of
/// its blocks.
Result<SnapshotSearch> find_snapshot(sqlite::Database& database,
                                     std::string_view engine_version,
                                     KnownBlocks* known);

/// Checks every snapshot and block; one sentence for each that is damaged. `count` tells how many
/// snapshots there are.
Result<std::vector<std::string>> check_snapshots(sqlite::Database& database, std::uint64_t& count);

/// The event to verify from after an open: the newest snapshot's, 0 without one.
Result<std::uint64_t> newest_snapshot_seq(sqlite::Database& database);

}  // namespace ballast
