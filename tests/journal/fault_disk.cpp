#include "journal/fault_disk.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <sqlite3.h>

#include "base/contract.hpp"
#include "base/hash.hpp"
#include "base/rng.hpp"

namespace ballast::testing {

namespace {

constexpr std::uint64_t sector = 512;

void put(FaultDisk::Bytes& to, std::uint64_t offset, const std::uint8_t* from, std::size_t size) {
  if (to.size() < offset + size) to.resize(offset + size);
  std::copy_n(from, size, to.begin() + static_cast<std::ptrdiff_t>(offset));
}

void redo(FaultDisk::Bytes& to, const FaultDisk::Change& change) {
  if (change.truncate) {
    if (change.offset < to.size()) to.resize(change.offset);
  } else {
    put(to, change.offset, change.bytes.data(), change.bytes.size());
  }
}

/// The pieces of a change that `rng` lets survive.
void redo_some(FaultDisk::Bytes& to, const FaultDisk::Change& change, Rng& rng, double chance) {
  if (change.truncate) {
    if (rng.chance(chance)) redo(to, change);
    return;
  }
  for (std::uint64_t done = 0; done < change.bytes.size();) {
    const std::uint64_t at = change.offset + done;
    const std::uint64_t piece = std::min(sector - at % sector, change.bytes.size() - done);
    if (rng.chance(chance)) put(to, at, change.bytes.data() + done, piece);
    done += piece;
  }
}

bool is_log(std::string_view name) { return name.ends_with("-wal") || name.ends_with("-journal"); }

}  // namespace

std::string_view name_of(Fault fault) {
  constexpr std::array<std::string_view, 6> names{"none", "error",      "full",
                                                  "torn", "sync fails", "crash"};
  return names[static_cast<std::size_t>(fault)];
}

bool applies(Fault fault, Call call) {
  switch (fault) {
    case Fault::none:
      return false;
    case Fault::error:
      return call != Call::sync;
    case Fault::full:
    case Fault::torn:
      return call == Call::write;
    case Fault::sync_fails:
      return call == Call::sync;
    case Fault::crash:
      return changes_disk(call);
  }
  return false;
}

// ---- the VFS ------------------------------------------------------------------------------------

/// One open file. SQLite allocates it, so it starts as SQLite's own struct.
struct FaultDisk::Open {
  sqlite3_file base;
  FaultDisk* disk;
  std::shared_ptr<File>* file;  // owned; a pointer because SQLite's memory is raw
  std::string* name;
  bool sync_folder;  // with the next sync
  bool read_only;
  bool shm_mapped;
  int lock;
  unsigned shm_shared;
  unsigned shm_exclusive;
};

struct FaultVfs {
  sqlite3_vfs vfs{};
  using Open = FaultDisk::Open;
  using File = FaultDisk::File;

  static FaultDisk& disk_of(sqlite3_vfs* vfs) { return *static_cast<FaultDisk*>(vfs->pAppData); }
  static Open& self(sqlite3_file* file) { return *reinterpret_cast<Open*>(file); }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
    FaultDisk& disk = disk_of(vfs);
    file->pMethods = nullptr;
    if (disk.strikes(Call::open)) return SQLITE_CANTOPEN;
    BALLAST_ASSERT(name != nullptr);  // temporary files stay in memory
    const bool created = disk.now_.find(name) == disk.now_.end();
    if (created) {
      if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
      disk.now_[name] = std::make_shared<File>();
    }
    Open& opened = self(file);
    opened.disk = &disk;
    opened.file = new std::shared_ptr<File>(disk.now_[name]);
    opened.name = new std::string(name);
    opened.sync_folder = created && is_log(name);
    opened.read_only = (flags & SQLITE_OPEN_READONLY) != 0;
    opened.shm_mapped = false;
    opened.lock = SQLITE_LOCK_NONE;
    opened.shm_shared = 0;
    opened.shm_exclusive = 0;
    opened.base.pMethods = &methods;
    disk.open_.push_back(&opened);
    if (out != nullptr) *out = flags;
    return SQLITE_OK;
  }

  static int close(sqlite3_file* file) {
    Open& opened = self(file);
    std::erase(opened.disk->open_, &opened);
    delete opened.file;
    delete opened.name;
    return SQLITE_OK;
  }

  static int read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
    Open& opened = self(file);
    if (opened.disk->strikes(Call::read)) return SQLITE_IOERR_READ;
    const auto& bytes = (*opened.file)->now;
    const auto begin = std::min(static_cast<std::size_t>(offset), bytes.size());
    const auto count = std::min(static_cast<std::size_t>(size), bytes.size() - begin);
    std::memset(out, 0, static_cast<std::size_t>(size));
    if (count > 0) std::memcpy(out, bytes.data() + begin, count);
    return count == static_cast<std::size_t>(size) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
  }

  static void change(Open& opened, FaultDisk::Change change) {
    redo((*opened.file)->now, change);
    (*opened.file)->pending.push_back(std::move(change));
  }

  static int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
    Open& opened = self(file);
    FaultDisk& disk = *opened.disk;
    if (opened.read_only) return SQLITE_IOERR_WRITE;
    const auto* begin = static_cast<const std::uint8_t*>(from);
    const Fault fault = disk.fault_;
    const bool struck = disk.strikes(Call::write);
    if (struck && (disk.dead() || fault != Fault::torn))
      return fault == Fault::full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    const int stored = struck ? size / 2 : size;
    change(opened, {.offset = static_cast<std::uint64_t>(offset),
                    .bytes = FaultDisk::Bytes(begin, begin + stored)});
    return struck ? SQLITE_IOERR_WRITE : SQLITE_OK;
  }

  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    Open& opened = self(file);
    if (opened.read_only) return SQLITE_IOERR_TRUNCATE;
    if (opened.disk->strikes(Call::truncate)) return SQLITE_IOERR_TRUNCATE;
    change(opened, {.truncate = true, .offset = static_cast<std::uint64_t>(size), .bytes = {}});
    return SQLITE_OK;
  }

  static int sync(sqlite3_file* file, int /*flags*/) {
    Open& opened = self(file);
    FaultDisk& disk = *opened.disk;
    File& stored = **opened.file;
    if (disk.strikes(Call::sync)) {
      if (!disk.dead()) stored.pending.clear();  // written, readable, and never durable
      return SQLITE_IOERR_FSYNC;
    }
    if (disk.ignore_sync_) return SQLITE_OK;
    for (const FaultDisk::Change& change : stored.pending)
      redo(stored.durable, change);
    stored.pending.clear();
    if (opened.sync_folder) disk.durable_ = disk.now_;
    opened.sync_folder = false;
    return SQLITE_OK;
  }

  static int file_size(sqlite3_file* file, sqlite3_int64* size) {
    Open& opened = self(file);
    if (opened.disk->strikes(Call::size)) return SQLITE_IOERR_FSTAT;
    *size = static_cast<sqlite3_int64>((*opened.file)->now.size());
    return SQLITE_OK;
  }

  static int lock(sqlite3_file* file, int level) {
    Open& opened = self(file);
    if (opened.disk->strikes(Call::lock)) return SQLITE_IOERR_LOCK;
    // As fcntl() does: a write lock takes a file that is open for writing.
    if (opened.read_only && level != SQLITE_LOCK_SHARED) return SQLITE_IOERR_LOCK;
    for (const Open* other : opened.disk->open_) {
      if (other == &opened || *other->file != *opened.file) continue;
      const bool free = level == SQLITE_LOCK_SHARED     ? other->lock < SQLITE_LOCK_PENDING
                        : level == SQLITE_LOCK_RESERVED ? other->lock < SQLITE_LOCK_RESERVED
                                                        : other->lock == SQLITE_LOCK_NONE;
      if (!free) return SQLITE_BUSY;
    }
    opened.lock = std::max(opened.lock, level);
    return SQLITE_OK;
  }
  static int unlock(sqlite3_file* file, int level) {
    self(file).lock = std::min(self(file).lock, level);
    return SQLITE_OK;
  }
  static int check_reserved(sqlite3_file* file, int* reserved) {
    *reserved = 0;
    for (const Open* other : self(file).disk->open_)
      if (*other->file == *self(file).file && other->lock >= SQLITE_LOCK_RESERVED) *reserved = 1;
    return SQLITE_OK;
  }
  static int control(sqlite3_file* /*file*/, int /*op*/, void* /*arg*/) { return SQLITE_NOTFOUND; }
  static int sector_size(sqlite3_file* /*file*/) { return 4096; }
  static int characteristics(sqlite3_file* /*file*/) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  static int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
    Open& opened = self(file);
    *out = nullptr;
    if (opened.disk->strikes(Call::shm)) return SQLITE_IOERR_SHMMAP;
    opened.shm_mapped = true;
    auto& regions = opened.disk->shared_memory_[*opened.name];
    const auto wanted = static_cast<std::size_t>(region);
    while (regions.size() <= wanted && extend != 0)
      regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
    if (wanted < regions.size()) *out = regions[wanted].get();
    return SQLITE_OK;
  }
  static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    Open& opened = self(file);
    const unsigned mask = ((1U << static_cast<unsigned>(count)) - 1U)
                          << static_cast<unsigned>(offset);
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      opened.shm_shared &= ~mask;
      opened.shm_exclusive &= ~mask;
      return SQLITE_OK;
    }
    if (opened.disk->strikes(Call::shm)) return SQLITE_IOERR_SHMLOCK;
    const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    for (const Open* other : opened.disk->open_) {
      if (other == &opened || *other->file != *opened.file) continue;
      const unsigned held = other->shm_exclusive | (exclusive ? other->shm_shared : 0U);
      if ((held & mask) != 0) return SQLITE_BUSY;
    }
    (exclusive ? opened.shm_exclusive : opened.shm_shared) |= mask;
    return SQLITE_OK;
  }
  static void shm_barrier(sqlite3_file* /*file*/) {}
  static int shm_unmap(sqlite3_file* file, int remove) {
    Open& opened = self(file);
    opened.shm_mapped = false;
    // Nobody trusts what the last one to leave has left: the next one begins by recovering.
    const bool last = std::none_of(
        opened.disk->open_.begin(), opened.disk->open_.end(),
        [&](const Open* other) { return other->shm_mapped && *other->file == *opened.file; });
    if (remove != 0 || last) opened.disk->shared_memory_.erase(*opened.name);
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    FaultDisk& disk = disk_of(vfs);
    if (disk.strikes(Call::remove)) return SQLITE_IOERR_DELETE;
    if (disk.now_.erase(name) == 0) return SQLITE_IOERR_DELETE_NOENT;
    if (sync_folder != 0 && !disk.ignore_sync_) disk.durable_ = disk.now_;
    return SQLITE_OK;
  }
  static int access(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
    FaultDisk& disk = disk_of(vfs);
    if (disk.strikes(Call::access)) return SQLITE_IOERR_ACCESS;
    const auto found = disk.now_.find(name);
    const bool there = found != disk.now_.end();
    // As on Unix, where EXISTS overlooks empty files.
    *out = there && (flags != SQLITE_ACCESS_EXISTS || !found->second->now.empty()) ? 1 : 0;
    return SQLITE_OK;
  }
  static int full_path(sqlite3_vfs* /*vfs*/, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
  }
  static int randomness(sqlite3_vfs* /*vfs*/, int size, char* out) {
    std::memset(out, 7, static_cast<std::size_t>(size));
    return size;
  }
  static int sleep(sqlite3_vfs* /*vfs*/, int microseconds) { return microseconds; }
  static int time(sqlite3_vfs* /*vfs*/, sqlite3_int64* out) {
    *out = 0;
    return SQLITE_OK;
  }

  static const sqlite3_io_methods methods;
};

const sqlite3_io_methods FaultVfs::methods = {.iVersion = 2,
                                              .xClose = close,
                                              .xRead = read,
                                              .xWrite = write,
                                              .xTruncate = truncate,
                                              .xSync = sync,
                                              .xFileSize = file_size,
                                              .xLock = lock,
                                              .xUnlock = unlock,
                                              .xCheckReservedLock = check_reserved,
                                              .xFileControl = control,
                                              .xSectorSize = sector_size,
                                              .xDeviceCharacteristics = characteristics,
                                              .xShmMap = shm_map,
                                              .xShmLock = shm_lock,
                                              .xShmBarrier = shm_barrier,
                                              .xShmUnmap = shm_unmap,
                                              .xFetch = nullptr,
                                              .xUnfetch = nullptr};

// ---- the disk -----------------------------------------------------------------------------------

FaultDisk::FaultDisk(std::string vfs_name)
    : vfs_name_(std::move(vfs_name)), registered_(std::make_unique<FaultVfs>()) {
  sqlite3_vfs& vfs = registered_->vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(Open);
  vfs.mxPathname = 512;
  vfs.zName = vfs_name_.c_str();
  vfs.pAppData = this;
  vfs.xOpen = FaultVfs::open;
  vfs.xDelete = FaultVfs::remove;
  vfs.xAccess = FaultVfs::access;
  vfs.xFullPathname = FaultVfs::full_path;
  vfs.xRandomness = FaultVfs::randomness;
  vfs.xSleep = FaultVfs::sleep;
  vfs.xCurrentTimeInt64 = FaultVfs::time;
  sqlite3_initialize();
  BALLAST_ASSERT(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
}

FaultDisk::~FaultDisk() {
  BALLAST_ASSERT(open_.empty());
  sqlite3_vfs_unregister(&registered_->vfs);
}

void FaultDisk::arm(Fault fault, std::uint64_t at) {
  calls_.clear();
  fault_ = fault;
  fault_at_ = at;
  crashed_ = false;
}

bool FaultDisk::strikes(Call call) {
  if (crashed_ || killed_) return true;
  calls_.push_back(call);
  if (calls_.size() - 1 != fault_at_ || !applies(fault_, call)) return false;
  crashed_ = fault_ == Fault::crash;
  return true;
}

void FaultDisk::start_process() {
  BALLAST_ASSERT(open_.empty());
  shared_memory_.clear();
  killed_ = false;
}

void FaultDisk::end_process() {
  start_process();
  arm(Fault::none, 0);
}

std::uint64_t FaultDisk::fingerprint() const {
  std::uint64_t hash = 0;
  const auto add = [&hash](const Bytes& bytes) {
    hash = mix(hash, hash_bytes({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
  };
  for (const Folder* folder : {&now_, &durable_}) {
    for (const auto& [name, file] : *folder) {
      hash = mix(hash, hash_bytes(name));
      add(folder == &now_ ? file->now : file->durable);
    }
    hash = mix(hash, 1);
  }
  return hash;
}

void FaultDisk::lose_power(std::uint64_t seed) {
  end_process();
  Rng rng(seed);
  const double chance = seed == 0 ? 0.0 : 0.25 + 0.5 * rng.uniform();
  Folder left;
  for (const auto& [name, file] : durable_)
    if (now_[name] == file || !rng.chance(chance)) left[name] = file;
  for (const auto& [name, file] : now_)
    if (file && left.find(name) == left.end() && rng.chance(chance)) left[name] = file;
  for (auto& [name, file] : left) {
    for (const FaultDisk::Change& change : file->pending)
      redo_some(file->durable, change, rng, chance);
    file->pending.clear();
    file->now = file->durable;
  }
  now_ = left;
  durable_ = left;
}

FaultDisk::Image FaultDisk::copy_of(const Image& image) {
  // A file keeps its identity: under one name in both folders it is one file.
  std::map<const File*, std::shared_ptr<File>> copies;
  Image copy;
  for (auto [from, to] : {std::pair{&image.now, &copy.now}, {&image.durable, &copy.durable}}) {
    for (const auto& [name, file] : *from) {
      auto& made = copies[file.get()];
      if (!made) made = std::make_shared<File>(*file);
      (*to)[name] = made;
    }
  }
  return copy;
}

void FaultDisk::restore(const Image& image) {
  end_process();
  Image copy = copy_of(image);
  now_ = std::move(copy.now);
  durable_ = std::move(copy.durable);
}

FaultDisk::Bytes* FaultDisk::contents(const std::string& name) {
  const auto found = now_.find(name);
  return found == now_.end() ? nullptr : &found->second->now;
}

void FaultDisk::remove(const std::string& name) {
  now_.erase(name);
  durable_.erase(name);
}

}  // namespace ballast::testing
