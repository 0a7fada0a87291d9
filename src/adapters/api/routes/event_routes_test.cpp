// Events in: one, many, lines; partly refused; the same key again; no room.
#include <condition_variable>
#include <mutex>

#include "adapters/api/routes/event_text.hpp"
#include "adapters/api/routes/scripted_desk_test.hpp"
#include "base/rng.hpp"

namespace ballast::api {
namespace {

using test::Client;
using test::code_of;
using test::Json;
using test::ScriptedDesk;

/// Takes every line but those that hold "bad" (refused), "kill" (not allowed) or "again".
Result<SubmissionOutcome> judge(const Submission& submission) {
  SubmissionOutcome outcome;
  for (const std::string& line : submission.lines) {
    LineOutcome one;
    one.seq = ++outcome.last_seq;
    if (line.find("bad") != std::string::npos)
      one = {LineOutcome::Kind::refused, 0, "bad_input", "column 31: no such type"};
    if (line.find("kill") != std::string::npos)
      one = {LineOutcome::Kind::refused, 0, "not_allowed", "to post this takes the role trader"};
    if (line.find("again") != std::string::npos) one.kind = LineOutcome::Kind::duplicate;
    outcome.lines.push_back(one);
  }
  outcome.replayed = submission.key == "seen";
  if (submission.key == "other") return fail(Errc::conflict, "the key was used with other events");
  return outcome;
}

class EventRoutes : public ::testing::Test {
 protected:
  EventRoutes() { desk.answer_to = judge; }
  Response post(std::string body,
                std::map<std::string, std::string> headers = {},
                std::string target = "/api/v1/events") {
    return client.ask(Method::post, target,
                      {std::move(headers), std::move(body), {"feed", Role::ingest}});
  }
  ScriptedDesk desk;
  Client client{desk};
};

TEST_F(EventRoutes, one_event_and_an_array_of_them_are_handed_on_as_they_stand) {
  const Response one = post("{\"t\":1,\n \"qty\":0.10000000000000000001}");
  EXPECT_EQ(one.status, 200);
  EXPECT_EQ(desk.submitted[0],
            std::vector<std::string>{R"({"t":1,  "qty":0.10000000000000000001})"});
  const Response many = post(R"([ {"a":[1,{"b":"],}"}]} , {"c":"\"]"} ])");
  EXPECT_EQ(many.status, 200);
  EXPECT_EQ(desk.submitted[1],
            (std::vector<std::string>{R"({"a":[1,{"b":"],}"}]})", R"({"c":"\"]"})"}));
  EXPECT_EQ(Json::parse(many.body),
            Json::parse(R"({"accepted":2,"applied":2,"duplicate":0,"refused":0,"conflated":0,
                            "last_seq":2,"errors":[]})"));
}

TEST_F(EventRoutes, what_is_refused_is_named_by_its_place_and_the_rest_is_kept) {
  const Response some = post(R"([{"good":1},{"bad":1},{"again":1}])");
  EXPECT_EQ(some.status, 207);
  const Json answer = Json::parse(some.body);
  EXPECT_EQ(answer["accepted"], 2);
  EXPECT_EQ(answer["applied"], 1);
  EXPECT_EQ(answer["duplicate"], 1);
  EXPECT_EQ(answer["errors"][0]["index"], 1);
  EXPECT_EQ(answer["errors"][0]["code"], "bad_input");
  EXPECT_EQ(post(R"([{"bad":1},{"bad":2}])").status, 422);
  EXPECT_EQ(post(R"({"kill":"desk"})").status, 403);
  EXPECT_EQ(post(R"([{"kill":"desk"},{"bad":1}])").status, 422);
  EXPECT_EQ(post("[]").status, 200);
}

TEST_F(EventRoutes, a_key_is_handed_on_and_its_answers_are_told_apart) {
  const Response replayed = post(R"({"a":1})", {{"idempotency-key", "seen"}});
  ASSERT_EQ(replayed.headers.size(), 1U);
  EXPECT_EQ(replayed.headers[0].first, "Idempotency-Replayed");
  EXPECT_EQ(code_of(post(R"({"a":1})", {{"idempotency-key", "other"}})), "idempotency_conflict");
  EXPECT_EQ(post(R"({"a":1})", {{"idempotency-key", ""}}).status, 400);
  EXPECT_EQ(post(R"({"a":1})", {{"idempotency-key", std::string(256, 'k')}}).status, 400);
}

TEST_F(EventRoutes, atomic_is_handed_on) {
  bool atomic = false;
  desk.answer_to = [&](const Submission& submission) {
    atomic = submission.atomic;
    return judge(submission);
  };
  EXPECT_EQ(post(R"({"a":1})", {}, "/api/v1/events?atomic=true").status, 200);
  EXPECT_TRUE(atomic);
  EXPECT_EQ(post(R"({"a":1})", {}, "/api/v1/events?atomic=yes").status, 400);
}

TEST_F(EventRoutes, what_is_no_json_is_400) {
  for (const char* body :
       {"", "  ", "[", "[{}", "[{},]", "{", "{]", "{\"a\":\"", "[{}] x", "{} {}", "[,]", "}"}) {
    EXPECT_EQ(code_of(post(body)), "bad_body") << body;
  }
  EXPECT_EQ(post(std::string(1000, '[')).status, 400);
  EXPECT_EQ(post("{}", {{"content-type", "application/json; charset=utf-8"}}).status, 200);
}

TEST_F(EventRoutes, failures_of_the_desk_are_told_apart) {
  desk.answer_to = [](const Submission&) -> Result<SubmissionOutcome> {
    return fail(Errc::io, "disk full");
  };
  EXPECT_EQ(code_of(post("{}")), "journal_failed");
  desk.answer_to = [](const Submission&) -> Result<SubmissionOutcome> {
    return fail(Errc::locked, "draining");
  };
  const Response draining = post("{}");
  EXPECT_EQ(draining.status, 503);
  EXPECT_EQ(code_of(draining), "draining");
  EXPECT_EQ(draining.headers[0].first, "Retry-After");
}

/// Waits for an answer that comes from another thread.
Response post_later(Client& client, std::string body) {
  std::mutex mutex;
  std::condition_variable came;
  std::optional<Response> answer;
  Request request;
  request.method = Method::post;
  request.path = "/api/v1/events";
  request.body = std::move(body);
  for (const Route& route : client.routes().table()) {
    if (route.pattern != request.path) continue;
    route.handle(request, [&](Response response) {
      const std::lock_guard lock(mutex);
      answer = std::move(response);
      came.notify_all();
    });
  }
  std::unique_lock lock(mutex);
  came.wait_for(lock, std::chrono::seconds(60), [&] { return answer.has_value(); });
  return answer.value_or(Response{});
}

TEST_F(EventRoutes, an_inbox_without_room_is_waited_for) {
  desk.full = 3;
  const Response answer = post_later(client, R"({"a":1})");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(desk.submitted.size(), 1U);
}

// ---- lines

class EventLines : public EventRoutes {
 protected:
  LineTaker taker(std::map<std::string, std::string> headers = {}) {
    for (const Route& route : client.routes().table()) {
      if (!route.stream_lines) continue;
      Request request;
      request.method = Method::post;
      request.headers = std::move(headers);
      request.by = {"feed", Role::ingest};
      return route.stream_lines(request);
    }
    return {};
  }
  static LineAnswer take(const LineTaker& taker, LineBatch batch) {
    LineAnswer answer;
    taker(std::move(batch), [&](LineAnswer one) { answer = std::move(one); });
    return answer;
  }
};

TEST_F(EventLines, each_batch_is_answered_and_the_last_line_is_the_sum) {
  const LineTaker lines = taker();
  const LineAnswer first = take(lines, {0, {R"({"a":1})", "# a remark", R"({"bad":1})"}, false});
  const Json counted = Json::parse(first.line);
  EXPECT_EQ(counted["accepted"], 1);
  EXPECT_EQ(counted["errors"][0]["index"], 2);
  const LineAnswer last = take(lines, {3, {R"({"again":1})"}, true});
  const auto newline = last.line.find('\n');
  ASSERT_NE(newline, std::string::npos);
  const Json sum = Json::parse(last.line.substr(newline));
  EXPECT_EQ(sum["total"], true);
  EXPECT_EQ(sum["accepted"], 2);
  EXPECT_EQ(sum["refused"], 1);
  EXPECT_EQ(desk.submitted.size(), 2U);
}

TEST_F(EventLines, with_a_key_all_lines_are_one_batch) {
  const LineTaker lines = taker({{"idempotency-key", "k"}});
  EXPECT_TRUE(take(lines, {0, {R"({"a":1})"}, false}).line.empty());
  const LineAnswer last = take(lines, {1, {R"({"bad":1})"}, true});
  ASSERT_TRUE(last.end);
  EXPECT_EQ(last.end->status, 207);
  EXPECT_EQ(desk.submitted,
            (std::vector<std::vector<std::string>>{{R"({"a":1})", R"({"bad":1})"}}));
}

TEST_F(EventLines, a_body_without_events_is_answered_too) {
  EXPECT_FALSE(take(taker(), {0, {}, true}).line.empty());
  EXPECT_TRUE(taker({{"idempotency-key", ""}}));
  EXPECT_EQ(take(taker({{"idempotency-key", ""}}), {0, {}, true}).end->status, 400);
}

TEST(SplitEvents, arrays_of_anything_come_apart_as_they_were_put_together) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    std::vector<std::string> events;
    std::string body = "[";
    for (std::size_t i = rng.below(6); i > 0; --i) {
      Json event;
      for (std::size_t k = rng.below(4); k > 0; --k) {
        std::string text;
        for (std::size_t c = rng.below(8); c > 0; --c)
          text += "\"\\[]{},: a"[rng.below(10)];
        event[text] = Json::array({text, {{"k", text}}, 1.5});
      }
      events.push_back(event.is_null() ? "{}" : event.dump());
      body += (body.size() > 1 ? " , " : "") + events.back();
    }
    EXPECT_EQ(split_events(body + " ]").value(), events);
  }
}

TEST(SplitEvents, noise_is_split_or_refused_and_never_read_past_its_end) {
  const std::string seed_text = R"([{"a":"\"x","b":[1,2,{"c":null}]},{"d":-1e5}])";
  Rng rng(99);
  for (int i = 0; i < 20'000; ++i) {
    std::string body = seed_text.substr(0, rng.below(seed_text.size() + 1));
    if (!body.empty()) body[rng.below(body.size())] = static_cast<char>(rng.below(256));
    const auto split = split_events(body);
    if (split) continue;
    EXPECT_EQ(split.error().code, Errc::bad_input);
  }
}

}  // namespace
}  // namespace ballast::api
