// The question this answers: does the whole service keep its promises while it is loaded as a desk
// of two hundred instruments loads it?
//
//   ./dev bench live                  twenty seconds
//   ./dev bench live --minutes 10     the full one; takes 8 GB of disk while it runs
//   ./dev bench live --help
//
// `ballast run` is started with tokens, on a fresh journal. Sessions post 10,000 fills and 50,000
// marks a second as JSON lines, 200 subscribers follow the stream, and every half second to second
// one fill takes a factor out of its band, of which a webhook tells. Everything happens on one
// machine, so that client and service share its cores: the figures are those of both together.
//
// At the end the service is stopped, its journal read event by event and verified. It ends with 1
// where an acknowledged event is missing, a line was refused, or a goal is missed by far.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

#include "live/http.hpp"
#include "live/run.hpp"
#include "live/verdict.hpp"

namespace ballast::live_bench {
namespace {

constexpr double alert_ms_most = 250.0;
constexpr double stop_seconds_most = 5.0;
// A fill's record, key and place are 61 bytes; their containers have room to grow, and windows
// fill.
constexpr double bytes_a_fill_most = 100.0;
// In less time, what grows once outweighs what grows with the fills.
constexpr double growth_judged_from_seconds = 300.0;

volatile std::sig_atomic_t interrupted = 0;

/// Gone at the end, with what is in it.
class Folder {
 public:
  explicit Folder(bool keep) : keep_(keep) {
    const char* named = std::getenv("BALLAST_BENCH_DIR");
    const std::filesystem::path where = named == nullptr ? "." : named;
    std::string name = (std::filesystem::absolute(where) / "bench-live-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw Failure(fmt::format("no folder can be made in {}", where.string()));
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    if (keep_) {
      fmt::print(stderr, "kept: {}\n", path_.string());
    } else {
      std::filesystem::remove_all(path_, ignored);
    }
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  const bool keep_;
};

std::uint64_t a_second(std::uint64_t count, double seconds) {
  return static_cast<std::uint64_t>(static_cast<double>(count) / seconds + 0.5);
}

void judge_rate(Verdict& verdict, std::string what, std::uint64_t goal, std::uint64_t rate) {
  verdict.judge(std::move(what), grouped(goal) + "/s", grouped(rate) + "/s",
                at_least(static_cast<double>(rate), static_cast<double>(goal)));
}

void judge_feed(Verdict& verdict, const Options& options, const Findings& found) {
  const FeedOutcome& feed = found.feed;
  const Answered& fills = feed.fills.answered;
  const Answered& marks = feed.marks.answered;
  judge_rate(verdict, "fills acknowledged", options.fills_a_second,
             a_second(fills.applied, feed.seconds));
  judge_rate(verdict, "marks acknowledged", options.marks_a_second,
             a_second(marks.applied + marks.conflated, feed.seconds));
  verdict.judge("lines refused", "0", grouped(fills.refused + marks.refused),
                none_of(fills.refused + marks.refused));
  verdict.judge("lines taken for duplicates", "0", grouped(fills.duplicate + marks.duplicate),
                none_of(fills.duplicate + marks.duplicate));
  verdict.judge("lines never answered", "0", grouped(feed.unanswered), none_of(feed.unanswered));
  verdict.tell("fills: sent to acknowledged, half / 99 % / most", spread(feed.fills.times));
  verdict.tell("marks: sent to acknowledged", spread(feed.marks.times));
  verdict.tell("the disk: sync of 64 KiB, before", spread(found.sync_before));
  verdict.tell("the disk: sync of 64 KiB, beside the load", spread(found.sync_beside));
  for (const auto* answered : {&fills, &marks}) {
    if (!answered->first_refusal.empty())
      fmt::print(stderr, "the first refusal: {}\n", answered->first_refusal);
  }
}

void judge_alerts(Verdict& verdict, const Findings& found) {
  Samples times;
  std::uint64_t missing = 0;
  for (std::size_t i = 0; i < found.feed.probes.size(); ++i) {
    const auto at = found.alerts.firings.find(i + 1);  // episodes count from 1
    if (at == found.alerts.firings.end()) {
      ++missing;
    } else {
      times.add(at->second - found.feed.probes[i]);
    }
  }
  const double p99 = times.quantile_ms(0.99);
  const bool any = times.size() > 0;
  verdict.judge("alerts: fill sent to webhook received, 99 %",
                fmt::format("{:.0f} ms", alert_ms_most),
                any ? fmt::format("{:.1f} ms", p99) : "none came",
                any ? at_most(p99, alert_ms_most) : Grade::failed);
  verdict.tell(fmt::format("alerts: all {}", times.size()), spread(times));
  verdict.judge("alerts that never came", "0", grouped(missing), none_of(missing));
}

void judge_stream(Verdict& verdict, const Findings& found) {
  const SubscribersOutcome& stream = found.stream;
  if (stream.clients == 0) return;
  const StreamCounts& counts = stream.counts;
  std::size_t dropped = 0;
  for (const auto& [why, count] : stream.dropped) {
    dropped += count;
    fmt::print(stderr, "{} subscribers were dropped: {}\n", count, why);
  }
  verdict.tell("subscribers", grouped(stream.clients));
  verdict.tell("stream: messages, bytes a second",
               fmt::format("{}, {}", grouped(a_second(counts.messages, stream.seconds)),
                           mebibytes(a_second(counts.bytes, stream.seconds))));
  verdict.tell("stream: change to its coming", spread(counts.delays));
  // One that had to be dropped for our slowness is a pity; a tenth of them is a fault.
  verdict.judge("subscribers dropped", "0", grouped(dropped),
                dropped * 10 > stream.clients ? Grade::failed
                : dropped > 0                 ? Grade::missed
                                              : Grade::met);
  verdict.judge("subscribers told nothing", "0", grouped(stream.silent), none_of(stream.silent));
  verdict.judge("gaps in what they were told", "0", grouped(counts.gaps), none_of(counts.gaps));
  verdict.judge("messages not understood", "0", grouped(counts.strange), none_of(counts.strange));
}

void judge_memory(Verdict& verdict, const Options& options, const Findings& found) {
  const Growth& growth = found.growth;
  verdict.tell("memory at a tenth of the run; at its end",
               fmt::format("{}; {}", mebibytes(growth.early_bytes), mebibytes(growth.late_bytes)));
  if (growth.late_fills <= growth.early_fills) return;
  const double grown =
      static_cast<double>(growth.late_bytes) - static_cast<double>(growth.early_bytes);
  const double a_fill = grown / static_cast<double>(growth.late_fills - growth.early_fills);
  const bool judged = options.seconds >= growth_judged_from_seconds;
  verdict.judge("memory that a fill adds, in between", fmt::format("{:.0f} B", bytes_a_fill_most),
                fmt::format("{:.0f} B", a_fill),
                judged ? at_most(a_fill, bytes_a_fill_most) : Grade::told);
}

void judge_journal(Verdict& verdict, const Findings& found) {
  const JournalContent& journal = found.journal;
  const std::uint64_t fills = found.feed.fills.answered.applied;
  const std::uint64_t marks = found.feed.marks.answered.applied;
  const auto lacking = [](std::uint64_t acknowledged, std::uint64_t stored) {
    return acknowledged > stored ? acknowledged - stored : 0;
  };
  const std::uint64_t missing =
      std::max(journal.missing, lacking(fills, journal.fills)) + lacking(marks, journal.marks);
  verdict.judge("acknowledged and not in the journal", "0",
                journal.missing > 0
                    ? fmt::format("{}, first {}", grouped(missing), journal.first_missing)
                    : grouped(missing),
                none_of(missing));
  verdict.tell("events in the journal, verified",
               fmt::format("{} in {:.1f} s", grouped(journal.events), journal.seconds));
  verdict.tell("the journal's size", mebibytes(journal.bytes));
  verdict.judge(
      "stopped within", fmt::format("{:.0f} s", stop_seconds_most),
      found.stopped.code == 0 ? fmt::format("{:.1f} s", found.stopped.seconds)
                              : fmt::format("ended with {}", found.stopped.code),
      found.stopped.code == 0 ? at_most(found.stopped.seconds, stop_seconds_most) : Grade::failed);
}

/// How dear the benchmark itself is, and who else was at work: on a machine that is busy with
/// something else the figures above are not the service's alone.
void tell_costs(Verdict& verdict, const Findings& found) {
  const double seconds = found.feed.seconds;
  verdict.tell(
      "processor, of a second: service; benchmark; others",
      fmt::format("{:.2f}; {:.2f}; {:.2f} s", found.service_processor_seconds / seconds,
                  found.own_processor_seconds / seconds, found.other_processor_seconds / seconds));
  const auto own = [&](std::string_view what) {
    const std::size_t at =
        std::min(found.system.find(fmt::format("\"{}\":", what)), found.system.size());
    return fmt::format("{:.1f} / {:.1f} ms", 1e3 * json_number(found.system, "p50", at),
                       1e3 * json_number(found.system, "p99", at));
  };
  verdict.tell("the service says: commit, half / 99 %", own("commit"));
  verdict.tell("the service says: taken to acknowledged", own("ack"));
  verdict.tell("the generator late by", spread(found.feed.lateness));
  if (found.feed.held_back > 0)
    verdict.tell("lines held back, as too much was unanswered", grouped(found.feed.held_back));
}

int bench(const Options& options) {
  const Folder folder(options.keep);
  fmt::print(stderr, "{} fills and {} marks a second for {:.0f} s, {} subscribers\n",
             grouped(options.fills_a_second), grouped(options.marks_a_second), options.seconds,
             options.subscribers);
  const Findings found = run_bench(options, folder.path(), interrupted);
  Verdict verdict;
  judge_feed(verdict, options, found);
  judge_alerts(verdict, found);
  judge_stream(verdict, found);
  judge_memory(verdict, options, found);
  judge_journal(verdict, found);
  tell_costs(verdict, found);
  verdict.print();
  return verdict.failed() ? 1 : 0;
}

}  // namespace
}  // namespace ballast::live_bench

int main(int argc, char** argv) {
  using namespace ballast::live_bench;
  int exit_code = 0;
  const auto options = parse_options(argc, argv, exit_code);
  if (!options) return exit_code;
  std::signal(SIGINT, [](int) { interrupted = 1; });
  std::signal(SIGTERM, [](int) { interrupted = 1; });
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return bench(*options);
  } catch (const Failure& failure) {
    fmt::print(stderr, "live_bench: {}\n", failure.what());
    return 1;
  }
}
