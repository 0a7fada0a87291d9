// A disk in memory behind a SQLite VFS, that knows the difference between written and durable, and
// fails when told to.
//
// What is written can be read back at once. It survives a power loss for sure once its file was
// synced; before that any part of it may: each 512-byte piece on its own, so writes are lost, torn
// and reordered. A failed sync leaves what it should have made durable lost for good, as Linux
// does, and a later sync does not bring it back.
//
// The folder is a file of its own kind: names that appear or vanish are durable once it is synced,
// and until then each may be old or new after a power loss, whatever the others are. It is synced
// when SQLite's Unix VFS does so: with the first sync of a log or rollback journal that was just
// created, and with a deletion that asks for it.
//
// One thread at a time may use it (hand-overs between threads are the caller's).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ballast::testing {

enum class Call : std::uint8_t {
  open,
  read,
  write,
  truncate,
  sync,
  size,
  remove,
  access,
  lock,
  shm
};

/// Whether a call can change what a power loss leaves behind.
constexpr bool changes_disk(Call call) {
  return call == Call::open || call == Call::write || call == Call::truncate ||
         call == Call::sync || call == Call::remove;
}

enum class Fault : std::uint8_t {
  none,
  error,       // the call does nothing and fails
  full,        // a write fails: no space
  torn,        // a write stores its first half and fails
  sync_fails,  // a sync fails, and what it was for is lost
  crash,       // the process ends before the call
};
std::string_view name_of(Fault fault);
/// Whether the fault can strike such a call.
bool applies(Fault fault, Call call);

class FaultDisk {
 public:
  using Bytes = std::vector<std::uint8_t>;

  explicit FaultDisk(std::string vfs_name);
  ~FaultDisk();
  FaultDisk(const FaultDisk&) = delete;
  FaultDisk& operator=(const FaultDisk&) = delete;

  const std::string& vfs() const { return vfs_name_; }

  /// From now on calls are counted from 0, and `fault` strikes the one numbered `at`, once.
  void arm(Fault fault, std::uint64_t at);
  const std::vector<Call>& calls() const { return calls_; }  // since arm()
  bool crashed() const { return crashed_; }

  /// A mutant: sync succeeds and does nothing.
  void ignore_sync(bool ignore) { ignore_sync_ = ignore; }

  /// kill -9: every call fails from now on, uncounted, until the next process starts. What is armed
  /// stays armed.
  void kill() { killed_ = true; }
  void start_process();

  // Between processes: nothing is open, and no fault armed afterwards.

  /// The process ended, the machine did not.
  void end_process();
  /// The machine ended: leaves what was durable, and of the rest what `seed` decides (0: nothing).
  void lose_power(std::uint64_t seed);

  struct Change {  // not durable yet
    bool truncate = false;
    std::uint64_t offset = 0;  // or the new size
    Bytes bytes;
  };
  struct File {
    Bytes now;
    Bytes durable;
    std::vector<Change> pending;  // in order
  };
  using Folder = std::map<std::string, std::shared_ptr<File>>;
  /// A copy of everything, to start several checks from the same state.
  struct Image {
    Folder now;
    Folder durable;
  };
  Image image() const { return copy_of({now_, durable_}); }
  /// Equal for equal images.
  std::uint64_t fingerprint() const;
  void restore(const Image& image);

  // From outside, as a bad disk or another program would. Durable at once.
  /// What a file holds; nullptr when there is no such file.
  Bytes* contents(const std::string& name);
  void remove(const std::string& name);

 private:
  friend struct FaultVfs;
  struct Open;

  /// Counts a call; true when it must fail.
  bool strikes(Call call);
  bool dead() const { return crashed_ || killed_; }
  static Image copy_of(const Image& image);

  std::string vfs_name_;
  std::unique_ptr<struct FaultVfs> registered_;
  Folder now_;
  Folder durable_;
  // Shared memory and locks belong to running processes, not to the disk.
  std::map<std::string, std::vector<std::unique_ptr<char[]>>> shared_memory_;
  std::vector<Open*> open_;

  std::vector<Call> calls_;
  Fault fault_ = Fault::none;
  std::uint64_t fault_at_ = 0;
  bool crashed_ = false;
  bool killed_ = false;
  bool ignore_sync_ = false;
};

}  // namespace ballast::testing
