#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/config/alert_config.hpp"

namespace ballast {
namespace {

constexpr std::size_t secret_max = 4096;  // bytes; what is longer is another file

Result<std::string> read_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return fail(Errc::io, fmt::format("{} cannot be read: {}", path, std::strerror(errno)));
  struct stat status {};
  std::array<char, secret_max + 1> bytes{};
  ssize_t count = -1;
  if (::fstat(file, &status) == 0) count = ::read(file, bytes.data(), bytes.size());
  const int error = errno;
  ::close(file);
  if (count < 0)
    return fail(Errc::io, fmt::format("{} cannot be read: {}", path, std::strerror(error)));
  if ((status.st_mode & (S_IROTH | S_IWOTH)) != 0) {
    return fail(Errc::bad_input, fmt::format("{0} can be read or written by everybody; chmod 600 "
                                             "{0}",
                                             path));
  }
  if (static_cast<std::size_t>(count) > secret_max)
    return fail(Errc::bad_input, fmt::format("{} is longer than any secret", path));
  return std::string(bytes.data(), static_cast<std::size_t>(count));
}

}  // namespace

Result<Secret> read_secret(const SinkSettings& sink,
                           const std::string& folder,
                           const Environment& environment) {
  std::string text;
  std::string where;
  if (!sink.secret_file.empty()) {
    where = sink.secret_file.starts_with('/') || folder.empty()
                ? sink.secret_file
                : fmt::format("{}/{}", folder, sink.secret_file);
    auto file = read_file(where);
    if (!file)
      return fail(file.error().code,
                  fmt::format("sink \"{}\": secret_file {}", sink.name, file.error().what));
    text = std::move(*file);
  } else if (!sink.secret_env.empty()) {
    where = "$" + sink.secret_env;
    auto value = environment(sink.secret_env);
    if (!value)
      return fail(Errc::not_found, fmt::format("sink \"{}\": secret_env names {}, which is not set",
                                               sink.name, where));
    text = std::move(*value);
  } else {
    return Secret();
  }
  while (text.ends_with('\n') || text.ends_with('\r') || text.ends_with(' '))
    text.pop_back();
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127; });
  if (text.empty() || !printable) {
    return fail(Errc::bad_input,
                fmt::format("sink \"{}\": the secret in {} is {}", sink.name, where,
                            text.empty() ? "empty" : "not one word of printable characters"));
  }
  return Secret(std::move(text));
}

}  // namespace ballast
