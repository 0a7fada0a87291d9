// Kept<T>: what follows from other members of an object, worked out when it is first asked for and
// kept until one of them changes: whoever changes one calls forget(). With a Key, what also follows
// from a question is kept for the last one asked. It is no state: left out of snapshots, and
// forgotten when one is loaded. Not thread-safe, get() included.
#pragma once

#include <optional>
#include <variant>

namespace ballast {

template <class T, class Key = std::monostate>
class Kept {
 public:
  void forget() { value_.reset(); }
  /// @param work  () -> T; called only when nothing is kept for this key.
  template <class Work>
  const T& get(const Key& key, const Work& work) const {
    if (!value_ || !(key_ == key)) {
      value_.emplace(InPlace<Work>{work});
      key_ = key;
    }
    return *value_;
  }
  template <class Work>
  const T& get(const Work& work) const {
    return get(Key{}, work);
  }

 private:
  /// Becomes what the work returns where it is to stand, without a copy.
  template <class Work>
  struct InPlace {
    const Work& work;
    operator T() const { return work(); }
  };

  mutable std::optional<T> value_;
  mutable Key key_{};
};

}  // namespace ballast
