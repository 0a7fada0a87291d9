// Runs a fuzz target without libFuzzer, so that every build can smoke-test it: each file of its
// corpus as it stands, then seeded random mutations of them. Equal seeds try equal inputs.
//
//   <name>_fuzz [--runs N] [--seed S] PATH...      PATH is a file, or a folder of them
//
// The inputs run in a child process. When it dies, by whatever means, the parent still knows the
// input: it writes it to a file, says how to run it again, and exits with 1.

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t size_max = std::size_t{1} << 20;  // of one input; longer ones are cut
constexpr unsigned seconds_per_input_max = 20;

struct Options {
  std::uint64_t runs = 2000;
  std::uint64_t seed = 1;
  std::vector<std::filesystem::path> paths;
};

// What the parent must know when the child has died. It lives in memory that both map.
struct Shared {
  std::uint64_t runs_done = 0;
  std::size_t size = 0;
  std::array<std::uint8_t, size_max> input{};
};

// SplitMix64 (Steele, Lea, Flood 2014): the whole state is the seed.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_{seed} {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  // In [0, bound); bound > 0. The bias of the remainder does not matter here.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }

 private:
  std::uint64_t state_;
};

// Pieces on which parsers of JSON, TOML and numbers tend to stumble.
constexpr std::array<std::string_view, 28> tokens{"\"",
                                                  "{",
                                                  "}",
                                                  "[",
                                                  "]",
                                                  ",",
                                                  ":",
                                                  "=",
                                                  "\\",
                                                  "\n",
                                                  "\r",
                                                  "\t",
                                                  "-",
                                                  "+",
                                                  ".",
                                                  "e",
                                                  "0",
                                                  "-0",
                                                  "NaN",
                                                  "null",
                                                  "true",
                                                  "\\u0000",
                                                  "1e999",
                                                  "\xff",
                                                  "\xef\xbb\xbf",
                                                  "0.000000000000000001",
                                                  "170141183460469231731",
                                                  "9223372036854775808"};

void mutate_once(Bytes& bytes, const std::vector<Bytes>& corpus, Random& random) {
  const auto at = [&](std::size_t index) {
    return bytes.begin() + static_cast<std::ptrdiff_t>(index);
  };
  const std::size_t position = bytes.empty() ? 0 : random.below(bytes.size());
  const std::size_t length = bytes.empty() ? 0 : 1 + random.below(bytes.size() - position);
  switch (random.below(8)) {
    case 0:  // flip a bit
      if (!bytes.empty()) {
        bytes[position] ^= static_cast<std::uint8_t>(1U << random.below(8));
      }
      break;
    case 1:  // another byte
      if (!bytes.empty()) {
        bytes[position] = static_cast<std::uint8_t>(random.below(256));
      }
      break;
    case 2:  // a byte more
      bytes.insert(at(position), static_cast<std::uint8_t>(random.below(256)));
      break;
    case 3:  // a piece less
      bytes.erase(at(position), at(position + std::min<std::size_t>(length, 16)));
      break;
    case 4:  // cut short, as by a broken connection
      bytes.resize(position);
      break;
    case 5: {  // a piece twice
      const Bytes piece(at(position), at(position + length));
      bytes.insert(at(position), piece.begin(), piece.end());
      break;
    }
    case 6: {  // a token
      const std::string_view token = tokens.at(random.below(tokens.size()));
      bytes.insert(at(position), token.begin(), token.end());
      break;
    }
    default: {  // the end of another input
      const Bytes& other = corpus[random.below(corpus.size())];
      const std::size_t from = other.empty() ? 0 : random.below(other.size());
      bytes.resize(position);
      bytes.insert(bytes.end(), other.begin() + static_cast<std::ptrdiff_t>(from), other.end());
      break;
    }
  }
}

void run_one(const Bytes& bytes, Shared& shared) {
  shared.size = std::min(bytes.size(), size_max);
  std::copy_n(bytes.begin(), shared.size, shared.input.begin());
  alarm(seconds_per_input_max);
  // A heap copy of the exact size: AddressSanitizer then sees the first byte read past the end.
  const Bytes exact(shared.input.begin(),
                    shared.input.begin() + static_cast<std::ptrdiff_t>(shared.size));
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
  ++shared.runs_done;
}

void run_all(const Options& options, const std::vector<Bytes>& corpus, Shared& shared) {
  for (const Bytes& bytes : corpus) {
    run_one(bytes, shared);
  }
  Random random{options.seed};
  for (std::uint64_t run = 0; run < options.runs; ++run) {
    Bytes bytes = corpus[random.below(corpus.size())];
    for (std::size_t left = 1 + random.below(4); left > 0; --left) {
      mutate_once(bytes, corpus, random);
    }
    run_one(bytes, shared);
  }
}

bool read_corpus(const Options& options, std::vector<Bytes>& corpus) {
  std::vector<std::filesystem::path> files;
  for (const auto& path : options.paths) {
    if (std::filesystem::is_directory(path)) {
      for (const auto& entry : std::filesystem::directory_iterator(path)) {
        files.push_back(entry.path());
      }
    } else {
      files.push_back(path);
    }
  }
  std::sort(files.begin(), files.end());  // a folder has no order of its own
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
      std::fprintf(stderr, "fuzz: cannot read %s\n", file.c_str());
      return false;
    }
    corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  if (corpus.empty()) {
    std::fprintf(stderr, "fuzz: no input; give at least one file, or a folder that holds one\n");
  }
  return !corpus.empty();
}

bool read_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

bool read_options(const std::vector<std::string_view>& arguments, Options& options) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--runs" || arguments[i] == "--seed") {
      std::uint64_t& number = arguments[i] == "--runs" ? options.runs : options.seed;
      if (i + 1 == arguments.size() || !read_number(arguments[i + 1], number)) {
        return false;
      }
      ++i;
    } else {
      options.paths.emplace_back(arguments[i]);
    }
  }
  return !options.paths.empty();
}

void report_death(std::string_view program,
                  int status,
                  const Options& options,
                  const Shared& shared) {
  const std::string name = std::filesystem::path(program).filename().string();
  const std::string file = "crash-" + name;
  std::ofstream out(file, std::ios::binary);
  for (std::size_t i = 0; i < shared.size; ++i) {
    out.put(static_cast<char>(shared.input[i]));
  }
  out.close();
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    std::fprintf(stderr, "fuzz: %s died by signal %d (%s)%s", name.c_str(), signal,
                 strsignal(signal), signal == SIGALRM ? ", too slow on one input" : "");
  } else {
    std::fprintf(stderr, "fuzz: %s exited with %d", name.c_str(), WEXITSTATUS(status));
  }
  std::fprintf(stderr, " in run %llu with --seed %llu.\nThe input is in %s; run: %s --runs 0 %s\n",
               static_cast<unsigned long long>(shared.runs_done + 1),
               static_cast<unsigned long long>(options.seed), file.c_str(),
               std::string(program).c_str(), file.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read_options({argv + 1, argv + argc}, options)) {
    std::fprintf(stderr, "usage: %s [--runs N] [--seed S] PATH...\n", argv[0]);
    return 2;
  }
  std::vector<Bytes> corpus;
  if (!read_corpus(options, corpus)) {
    return 2;
  }
  void* memory =
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    std::perror("fuzz: mmap");
    return 2;
  }
  Shared& shared = *new (memory) Shared;
  const pid_t child = fork();
  if (child < 0) {
    std::perror("fuzz: fork");
    return 2;
  }
  if (child == 0) {
    run_all(options, corpus, shared);
    return 0;
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child) {
    std::perror("fuzz: waitpid");
    return 2;
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    std::printf("%llu inputs, seed %llu: fine\n", static_cast<unsigned long long>(shared.runs_done),
                static_cast<unsigned long long>(options.seed));
    return 0;
  }
  report_death(argv[0], status, options, shared);
  return 1;
}
