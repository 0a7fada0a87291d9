#include "adapters/metrics/metric_table.hpp"

#include <array>

namespace ballast::metrics {
namespace {

using enum Kind;

constexpr std::array table{
    MetricInfo{"ballast_build_info", gauge, "version, compiler", "1, with what runs as labels."},
    MetricInfo{"ballast_desk_info", gauge, "desk, currency", "1, with whose desk it is."},
    MetricInfo{"ballast_desk_time_seconds", gauge, "",
               "The desk's clock, in seconds since the epoch."},
    MetricInfo{"ballast_desk_figures_age_seconds", gauge, "",
               "Time since the desk's thread last handed out its figures; it grows when that "
               "thread hangs."},
    MetricInfo{"ballast_desk_draining", gauge, "", "1 while the service stops."},
    MetricInfo{"ballast_desk_clock_problem", gauge, "",
               "1 while the machine's clock cannot be relied on."},
    MetricInfo{"ballast_desk_adherence_ratio", gauge, "window",
               "Adherence of the desk over a sliding window, 0 to 1."},

    MetricInfo{"ballast_factor_info", gauge, "factor, book, unit",
               "1, with the unit that the factor's figures are in."},
    MetricInfo{"ballast_factor_known", gauge, "factor, book",
               "1 when the factor's figures can be relied on, 0 when an input is missing, stale or "
               "disputed."},
    MetricInfo{"ballast_factor_actual", gauge, "factor, book",
               "Exposure now, in the factor's unit; no series while unknown."},
    MetricInfo{"ballast_factor_target", gauge, "factor, book",
               "Where the exposure should be, in the factor's unit; no series while unknown."},
    MetricInfo{"ballast_factor_band", gauge, "factor, book, bound",
               "The band around the target, in the factor's unit; no series while unknown."},
    MetricInfo{"ballast_factor_limit", gauge, "factor, book, bound",
               "The hard limit, in the factor's unit; no series while unknown."},
    MetricInfo{"ballast_factor_deviation", gauge, "factor, book",
               "Actual less target, in the factor's unit; no series while unknown."},
    MetricInfo{"ballast_factor_z", gauge, "factor, book",
               "Deviation in band widths: beyond 1 or -1 the factor is out of its band; no series "
               "while unknown."},
    MetricInfo{"ballast_factor_skew", gauge, "factor, book",
               "Exposure as a share of the limit on its side, -1 to 1; no series while unknown."},
    MetricInfo{"ballast_factor_adherence_ratio", gauge, "factor, book, window",
               "Adherence of the factor over a sliding window, 0 to 1; no series before it was "
               "known."},
    MetricInfo{"ballast_factor_known_seconds_total", counter, "factor, book",
               "Time in which the factor was known."},
    MetricInfo{"ballast_factor_out_of_band_seconds_total", counter, "factor, book, cause",
               "Known time out of the band, by what drove the factor out."},

    MetricInfo{"ballast_alerts", gauge, "severity, state", "Alerts that are not ok."},
    MetricInfo{"ballast_alert_transitions_total", counter, "severity, state",
               "Alerts that entered a state, reminders aside."},
    MetricInfo{"ballast_proposals_open", gauge, "action, state",
               "Proposals that are under way or wait for approval."},
    MetricInfo{"ballast_proposals_total", counter, "action, state",
               "Proposals that entered a state."},
    MetricInfo{"ballast_breakers_tripped", gauge, "",
               "Factors whose control stopped itself and waits to be rearmed."},
    MetricInfo{"ballast_kill_switches", gauge, "scope",
               "Kill switches thrown, by the kind of what they stop."},

    MetricInfo{"ballast_events_total", counter, "outcome",
               "Events taken from outside, by what became of them."},
    MetricInfo{"ballast_events_late_total", counter, "",
               "Applied events that were older than one before them."},
    MetricInfo{"ballast_queue_depth", gauge, "", "Submissions that wait for the desk's thread."},
    MetricInfo{"ballast_queue_capacity", gauge, "", "Submissions that may wait."},
    MetricInfo{"ballast_step_seconds", summary, "",
               "Time that the engine takes for one event; quantiles over the last minute."},
    MetricInfo{"ballast_acknowledge_seconds", summary, "",
               "Time from submission to its durable answer; quantiles over the last minute."},

    MetricInfo{"ballast_journal_last_seq", gauge, "", "Number of the last event written."},
    MetricInfo{"ballast_journal_durable_seq", gauge, "", "Number of the last durable event."},
    MetricInfo{"ballast_journal_size_bytes", gauge, "", "What the journal takes on the disk."},
    MetricInfo{"ballast_journal_failed", gauge, "",
               "1 once writing or syncing has failed: nothing is taken any more."},
    MetricInfo{"ballast_journal_commit_seconds", histogram, "",
               "Time to make one group of events durable."},

    MetricInfo{"ballast_feed_age_seconds", gauge, "venue",
               "Time since the venue was last heard of; no series before it was."},
    MetricInfo{"ballast_feed_lag_p50_seconds", gauge, "venue",
               "Median of arrival less event time over the last minute."},
    MetricInfo{"ballast_feed_lag_p99_seconds", gauge, "venue",
               "99th percentile of arrival less event time over the last minute."},
    MetricInfo{"ballast_feed_clock_skew_seconds", gauge, "venue",
               "What the venue's clock is behind ours, at least: the least of the lags."},
    MetricInfo{"ballast_feed_silent", gauge, "venue", "1 while the venue is silent for too long."},
    MetricInfo{"ballast_feed_gaps_total", counter, "venue", "Silences that were too long."},
    MetricInfo{"ballast_feed_longest_gap_seconds", gauge, "venue", "The longest of them."},
    MetricInfo{"ballast_feed_breaks", gauge, "venue",
               "Open differences between the venue's statements and our books."},

    MetricInfo{"ballast_http_requests_total", counter, "method, route, status, role",
               "Requests answered, by the pattern of their route."},
    MetricInfo{"ballast_http_request_seconds", histogram, "method, route",
               "Time from a request's head to its answer."},
    MetricInfo{"ballast_stream_clients", gauge, "", "Clients of the stream."},
    MetricInfo{"ballast_stream_messages_total", counter, "", "Messages sent on the stream."},
    MetricInfo{"ballast_stream_dropped_total", counter, "",
               "Clients of the stream that were dropped because they did not read."},
    MetricInfo{"ballast_sink_queued", gauge, "sink", "Notifications that wait for delivery."},
    MetricInfo{"ballast_sink_delivered_total", counter, "sink", "Notifications delivered."},
    MetricInfo{"ballast_sink_given_up_total", counter, "sink", "Notifications that were given up."},
    MetricInfo{"ballast_sink_failing", gauge, "sink", "1 while the last attempt has failed."},

    MetricInfo{"ballast_metrics_capped", gauge, "label",
               "Values of a label beyond its cap: their counters are summed under `other`, and "
               "their gauges not given."},

    MetricInfo{"process_cpu_seconds_total", counter, "", "Processor time used."},
    MetricInfo{"process_resident_memory_bytes", gauge, "", "Memory in use."},
    MetricInfo{"process_virtual_memory_bytes", gauge, "", "Address space in use."},
    MetricInfo{"process_threads", gauge, "", "Threads."},
    MetricInfo{"process_open_fds", gauge, "", "Open file descriptors."},
    MetricInfo{"process_max_fds", gauge, "", "File descriptors that may be open."},
    MetricInfo{"process_start_time_seconds", gauge, "",
               "When the process started, in seconds since the epoch."},
};

}  // namespace

std::span<const MetricInfo> metric_table() { return table; }

}  // namespace ballast::metrics
