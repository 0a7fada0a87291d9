// What the reader refuses, and in which words: each line with the column and the sentence it earns.
#include <gtest/gtest.h>

#include "adapters/codec/codec.hpp"
#include "adapters/codec/codec_samples.hpp"

namespace ballast {
namespace {

struct Refusal {
  std::string_view line;
  std::string_view what;
};

constexpr Refusal refusals[] = {
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDT","price":"1","pricee":"2"})~",
     R"~(column 58: "pricee" is not a field of a "mark" event)~"},
    {R"~({"t":0,"type":"mark","instrment":"BTC-USDT","price":"1"})~",
     R"~(column 22: "instrment" is not a field of a "mark" event; did you mean "instrument"?)~"},
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDT","price":"1","price":"1"})~",
     R"~(column 58: "price" stands here a second time (first in column 46); keep one)~"},
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDT"})~",
     R"~(column 1: a "mark" event needs "price")~"},
    {R"~({"t":0,"type":"mrak","instrument":"BTC-USDT","price":"1"})~",
     R"~(column 15: "type" is "mrak", which is none of fill, correct, bust, balance, transfer)~"
     R"~(, funding, position, mark, top, trade, funding_rate, surface, target, acknowledge, s)~"
     R"~(helve, time, depth, drift, order, quote, decision, approve, kill, rearm, channel, aud)~"
     R"~(it, receipt; did you mean "mark"?)~"},
    {R"~({"t":0,"type":7,"instrument":"BTC-USDT","price":"1"})~",
     R"~(column 15: "type" must be a string, not a number)~"},
    {R"~({"t":0,"instrument":"BTC-USDT","price":"1"})~",
     R"~(column 1: an event needs a "type", such as "fill" or "mark")~"},
    {R"~({"type":"mark","instrument":"BTC-USDT","price":"1"})~",
     R"~(column 1: a "mark" event needs "t")~"},
    {R"~({"t":"yesterday","type":"mark","instrument":"BTC-USDT","price":"1"})~",
     R"~(column 6: "t" is wrong: "yesterday" is not a time; write RFC 3339 UTC such as "2024-)~"
     R"~(08-08T23:54:15.030Z", or integer nanoseconds since the epoch)~"},
    {R"~({"t":true,"type":"mark","instrument":"BTC-USDT","price":"1"})~",
     R"~(column 6: "t" must be a time, not a boolean)~"},
    {R"~({"t":1.5,"type":"mark","instrument":"BTC-USDT","price":"1"})~",
     R"~(column 6: "t" is wrong: "1.5" is not a time; write RFC 3339 UTC such as "2024-08-08T)~"
     R"~(23:54:15.030Z", or integer nanoseconds since the epoch)~"},
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDX","price":"1"})~",
     R"~(column 35: "instrument" is "BTC-USDX", which the desk does not have; did you mean "B)~"
     R"~(TC-USDT"?)~"},
    {R"~({"t":0,"type":"mark","instrument":5,"price":"1"})~",
     R"~(column 35: "instrument" must be a string, not a number)~"},
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDT","price":null})~",
     R"~(column 54: "price" must be a decimal, best as a string such as "12.5", not null; lea)~"
     R"~(ve out what does not apply)~"},
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDT","price":"abc"})~",
     R"~(column 54: "price" is wrong: "abc" is not a plain decimal such as "-12.5")~"},
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDT","price":"1e5"})~",
     R"~(column 54: "price" is wrong: "1e5" is not a plain decimal such as "-12.5")~"},
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDT","price":"0"})~",
     R"~(column 54: "price" must be greater than zero)~"},
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDT","price":-1})~",
     R"~(column 54: "price" must be greater than zero)~"},
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDT","price":0.0000000000000000001})~",
     R"~(column 54: "price" is wrong: "0.0000000000000000001" has more than 18 fractional dig)~"
     R"~(its, which cannot be kept exactly)~"},
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDT","price":"200000000000000000000"})~",
     R"~(column 54: "price" is wrong: "200000000000000000000" leaves the decimal range of +-1)~"
     R"~(.7e20)~"},
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDT","price":1e400})~",
     R"~(column 54: "price" is wrong: "100000000000000000000000000000000000000000000000000000)~"
     R"~(000000..." leaves the decimal range of +-1.7e20)~"},
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDT","price":1e999999999999999999999})~",
     R"~(column 54: "price" is wrong: "1e999999999999999999999" leaves the decimal range)~"},
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDT","price":1e-30})~",
     R"~(column 54: "price" is wrong: "0.000000000000000000000000000001" has more than 18 fra)~"
     R"~(ctional digits, which cannot be kept exactly)~"},
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDT","price":[1]})~",
     R"~(column 54: "price" must be a decimal, best as a string such as "12.5", not an array)~"},
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDT","asset":"BTC","quote":"USDT","price":1})~",
     R"~(column 15: "type" is "mark", which prices either an "instrument", or an "asset" in a)~"
     R"~( "quote")~"},
    {R"~({"t":0,"type":"mark","asset":"BTC","price":1})~",
     R"~(column 15: "type" is "mark", which prices either an "instrument", or an "asset" in a)~"
     R"~( "quote")~"},
    {R"~({"t":0,"type":"fill","id":"","venue":"binance","account":"main","book":"mm","instrum)~"
     R"~(ent":"BTC-USDT","side":"buy","qty":"1","price":"1"})~",
     R"~(column 27: "id" is empty)~"},
    {R"~({"t":0,"type":"fill","id":"1","venue":"binnace","account":"main","book":"mm","instru)~"
     R"~(ment":"BTC-USDT","side":"buy","qty":"1","price":"1"})~",
     R"~(column 39: "venue" is "binnace", which the desk does not have; did you mean "binance)~"
     R"~("?)~"},
    {R"~({"t":0,"type":"fill","id":"1","venue":"binance","account":"mian","book":"mm","instru)~"
     R"~(ment":"BTC-USDT","side":"buy","qty":"1","price":"1"})~",
     R"~(column 59: "account" is "mian", which is no account of the venue "binance"; did you )~"
     R"~(mean "main"?)~"},
    {R"~({"t":0,"type":"fill","id":"1","venue":"binance","account":"main","book":"*","instrum)~"
     R"~(ent":"BTC-USDT","side":"buy","qty":"1","price":"1"})~",
     R"~(column 73: "book" is "*", which stands for all books; name one)~"},
    {R"~({"t":0,"type":"fill","id":"1","venue":"binance","account":"main","book":"mm","instru)~"
     R"~(ment":"BTC-DEX","side":"buy","qty":"1","price":"1"})~",
     R"~(column 91: "instrument" is "BTC-DEX", which trades on "dex", not on "binance")~"},
    {R"~({"t":0,"type":"fill","id":"1","venue":"binance","account":"main","book":"mm","instru)~"
     R"~(ment":"BTC-USDT","side":"Buy","qty":"1","price":"1"})~",
     R"~(column 109: "side" is "Buy", which is none of buy, sell; did you mean "buy"?)~"},
    {R"~({"t":0,"type":"fill","id":"1","venue":"binance","account":"main","book":"mm","instru)~"
     R"~(ment":"BTC-USDT","side":"buy","qty":"0","price":"1"})~",
     R"~(column 121: "qty" must be greater than zero)~"},
    {R"~({"t":0,"type":"fill","id":"1","venue":"binance","account":"main","book":"mm","instru)~"
     R"~(ment":"BTC-USDT","side":"buy","qty":"1","price":"1","fee":"1"})~",
     R"~(column 143: "fee" has no "fee_asset" beside it; say what the fee was paid in)~"},
    {R"~({"t":0,"type":"fill","id":"1","venue":"binance","account":"main","book":"mm","instru)~"
     R"~(ment":"BTC-USDT","side":"buy","qty":"1","price":"1","fee_asset":"BTC"})~",
     R"~(column 149: "fee_asset" has no "fee" beside it; say how much, or leave both out)~"},
    {R"~({"t":0,"type":"fill","id":"1","venue":"binance","account":"main","book":"mm","instru)~"
     R"~(ment":"BTC-USDT","side":"buy","qty":"1","price":"1","leg":65536})~",
     R"~(column 143: "leg" is 65536, which is not an integer from 0 to 65535)~"},
    {R"~({"t":0,"type":"fill","id":"1","venue":"binance","account":"main","book":"mm","instru)~"
     R"~(ment":"BTC-USDT","side":"buy","qty":"1","price":"1","leg":"1"})~",
     R"~(column 143: "leg" must be an integer, not a string)~"},
    {R"~({"t":0,"type":"fill","id":"1","venue":"binance","account":"main","book":"mm","instru)~"
     R"~(ment":"BTC-USDT","side":"buy","qty":"1","price":"1","origin":"hegde"})~",
     R"~(column 146: "origin" is "hegde", which is none of unknown, client, quote, hedge, reb)~"
     R"~(alance, correction; did you mean "hedge"?)~"},
    {R"~({"t":0,"type":"fill","id":"012345678901234567890123456789012345678901234567890123456)~"
     R"~(78901234567890123456789","venue":"binance","account":"main","book":"mm","instrument")~"
     R"~(:"BTC-USDT","side":"buy","qty":"1","price":"1"})~",
     R"~(column 27: "id" is 80 bytes long, and at most 79 are kept; shorten it)~"},
    {R"~({"t":0,"type":"correct","id":"1","venue":"binance","account":"main","instrument":"BT)~"
     R"~(C-USDT"})~",
     R"~(column 15: "type" is "correct", but nothing is corrected; give side, qty, price or f)~"
     R"~(ee)~"},
    {R"~({"t":0,"type":"bust","id":"1","venue":"binance","account":"main","instrument":"BTC-U)~"
     R"~(SDT","qty":"1"})~",
     R"~(column 90: "qty" is not a field of a "bust" event)~"},
    {R"~({"t":0,"type":"transfer","id":"1","asset":"BTC","qty":"1","from":"binance","to":"dex)~"
     R"~(/x","state":"sent"})~",
     R"~(column 66: "from" is "binance"; write "venue/account")~"},
    {R"~({"t":0,"type":"transfer","id":"1","asset":"BTC","qty":"1","from":"binance/main","to")~"
     R"~(:"dex/","state":"sent"})~",
     R"~(column 86: "to" is empty)~"},
    {R"~({"t":0,"type":"transfer","id":"1","asset":"BTC","qty":"-1","from":"binance/main","to)~"
     R"~(":"dex/x","state":"sent"})~",
     R"~(column 55: "qty" must be greater than zero)~"},
    {R"~({"t":0,"type":"transfer","id":"1","asset":"BTC","qty":"1","from":"binance/main","to")~"
     R"~(:"dex/x","state":"send"})~",
     R"~(column 102: "state" is "send", which is none of sent, arrived, failed; did you mean )~"
     R"~("sent"?)~"},
    {R"~({"t":0,"type":"position","venue":"binance","account":"main","qty":"1"})~",
     R"~(column 15: "type" is "position", which states either an "instrument" or an "asset")~"},
    {R"~({"t":0,"type":"top","instrument":"BTC-USDT","bid":"0","bid_qty":"1","ask":"1","ask_q)~"
     R"~(ty":"1"})~",
     R"~(column 51: "bid" must be greater than zero)~"},
    {R"~({"t":0,"type":"top","instrument":"BTC-USDT","bid":"1","bid_qty":"-1","ask":"1","ask_)~"
     R"~(qty":"1"})~",
     R"~(column 65: "bid_qty" must not be negative)~"},
    {R"~({"t":0,"type":"funding_rate","instrument":"BTC-USDT","rate":"0.0001","interval_h":0})~",
     R"~(column 83: "interval_h" must be greater than zero)~"},
    {R"~({"t":0,"type":"surface","underlying":"BTC","expiry":"2024-12-27T08:00:00Z"})~",
     R"~(column 15: "type" is "surface", which takes one of "vol", "strikes" with "vols", "sv)~"
     R"~(i")~"},
    {R"~({"t":0,"type":"surface","underlying":"BTC","expiry":"2024-12-27T08:00:00Z","strikes")~"
     R"~(:[1,2]})~",
     R"~(column 15: "type" is "surface", which takes one of "vol", "strikes" with "vols", "sv)~"
     R"~(i")~"},
    {R"~({"t":0,"type":"surface","underlying":"BTC","expiry":"2024-12-27T08:00:00Z","vol":0})~",
     R"~(column 82: "vol" must be greater than zero)~"},
    {R"~({"t":0,"type":"surface","underlying":"BTC","expiry":"2024-12-27T08:00:00Z","strikes")~"
     R"~(:[1,2],"vols":[0.5]})~",
     R"~(column 99: "vols" has 1 values for 2 strikes)~"},
    {R"~({"t":0,"type":"surface","underlying":"BTC","expiry":"2024-12-27T08:00:00Z","strikes")~"
     R"~(:[2,1],"vols":[0.5,0.5]})~",
     R"~(column 86: "strikes" must be greater than zero and rise)~"},
    {R"~({"t":0,"type":"surface","underlying":"BTC","expiry":"2024-12-27T08:00:00Z","strikes")~"
     R"~(:[],"vols":[]})~",
     R"~(column 86: "strikes" is empty)~"},
    {R"~({"t":0,"type":"surface","underlying":"BTC","expiry":"2024-12-27T08:00:00Z","strikes")~"
     R"~(:[1,2],"vols":[0.5,-0.5]})~",
     R"~(column 99: "vols" must all be greater than zero)~"},
    {R"~({"t":0,"type":"surface","underlying":"BTC","expiry":"2024-12-27T08:00:00Z","vol":1e9)~"
     R"~(99})~",
     R"~(column 82: "vol" is "1e999", which is not a number that a double holds)~"},
    {R"~({"t":0,"type":"surface","underlying":"BTC","expiry":"2024-12-27T08:00:00Z","svi":[1,)~"
     R"~(2,3]})~",
     R"~(column 82: "svi" holds 3 values; write {a, b, rho, m, sigma} or [a, b, rho, m, sigma)~"
     R"~(])~"},
    {R"~({"t":0,"type":"surface","underlying":"BTC","expiry":"2024-12-27T08:00:00Z","svi":{"a)~"
     R"~(":1,"b":1,"rho":0,"m":0,"sgima":1}})~",
     R"~(column 109: "svi" has an unknown parameter "sgima"; it takes a, b, rho, m and sigma )~"
     R"~(once each)~"},
    {R"~({"t":0,"type":"surface","underlying":"BTC","expiry":"2024-12-27T08:00:00Z","svi":{"a)~"
     R"~(":1,"b":1,"rho":0,"m":0,"m":1}})~",
     R"~(column 109: "svi" has a second parameter "m"; it takes a, b, rho, m and sigma once e)~"
     R"~(ach)~"},
    {R"~({"t":0,"type":"surface","underlying":"BTC","expiry":"2024-12-27T08:00:00Z","svi":[1,)~"
     R"~(2,3,4,5]})~",
     R"~(column 82: "svi" needs b >= 0, -1 < rho < 1 and sigma > 0)~"},
    {R"~({"t":0,"type":"target","factor":"delta:BTX","target":"1"})~",
     R"~(column 33: "factor" is "delta:BTX", which the desk does not have for the book "*"; d)~"
     R"~(id you mean "delta:BTC"?)~"},
    {R"~({"t":0,"type":"target","factor":"delta:BTC","book":"other","target":"1"})~",
     R"~(column 33: "factor" is "delta:BTC", which the desk does not have for the book "other)~"
     R"~("; it has it for another book)~"},
    {R"~({"t":0,"type":"target","factor":"delta:BTC"})~",
     R"~(column 15: "type" is "target", but sets nothing; give target, band, limit, until or )~"
     R"~(clear)~"},
    {R"~({"t":0,"type":"target","factor":"delta:BTC","clear":false})~",
     R"~(column 15: "type" is "target", but sets nothing; give target, band, limit, until or )~"
     R"~(clear)~"},
    {R"~({"t":0,"type":"target","factor":"delta:BTC","clear":"true"})~",
     R"~(column 53: "clear" must be true or false, not a string)~"},
    {R"~({"t":0,"type":"target","factor":"delta:BTC","target":"5","band":["-1","1"]})~",
     R"~(column 65: "band" holds absolute levels around the target, but the target is outside)~"
     R"~( them)~"},
    {R"~({"t":0,"type":"target","factor":"delta:BTC","band":["1","-1"]})~",
     R"~(column 52: "band" has its lower level above its upper; swap them)~"},
    {R"~({"t":0,"type":"target","factor":"delta:BTC","band":["1"]})~",
     R"~(column 52: "band" holds 1 values; write two levels [lower, upper])~"},
    {R"~({"t":0,"type":"target","factor":"delta:BTC","band":["1","x"]})~",
     R"~(column 57: "band" is wrong: "x" is not a plain decimal such as "-12.5")~"},
    {R"~({"t":0,"type":"target","factor":"delta:BTC","band":["-2","2"],"limit":["-1","6"]})~",
     R"~(column 71: "limit" must contain the band)~"},
    {R"~({"t":0,"type":"acknowledge","rule":"btc-out-of-bnad"})~",
     R"~(column 36: "rule" is "btc-out-of-bnad", which the desk does not have; did you mean ")~"
     R"~(btc-out-of-band"?)~"},
    {R"~({"t":0,"type":"acknowledge","rule":"btc-out-of-band","book":"mm"})~",
     R"~(column 61: "book" has no "factor" beside it)~"},
    {R"~({"t":0,"type":"time","by":"me"})~",
     R"~(column 22: "by" is not a field of a "time" event)~"},
    {R"~({"t":0,"type":"audit","by":"anna","action":"kill","subject":"desk","event":-1})~",
     R"~(column 76: "event" is -1, which is not an integer from 0 to 18446744073709551615)~"},
    {R"~({"t":0,"type":"audit","by":"anna","action":"kill","subject":"desk","reason":""})~",
     R"~(column 77: "reason" is empty)~"},
    {R"~({"t":0,"type":"receipt","by":"feed","id":"7","request":"12ab","answer":"{}"})~",
     R"~(column 56: "request" is "12ab", not 16 hexadecimal digits)~"},
    {R"~({"t":0,"type":"time"} x)~",
     R"~(column 23: there is more after the end of the object; write one object a line)~"},
    {R"~({"t":0,"type":"time"}{"t":0,"type":"time"})~",
     R"~(column 22: there is more after the end of the object; write one object a line)~"},
    {R"~({"t":0,"type":"time"}})~",
     R"~(column 22: there is more after the end of the object; write one object a line)~"},
    {R"~({"t":0,"type":"time")~",
     R"~(column 21: the line ends inside the object; is it cut off?)~"},
    {R"~({"t":0,"type":"time)~", R"~(column 15: this string does not end; is the line cut off?)~"},
    {R"~({"t":0,"type")~", R"~(column 14: the line ends inside the object; is it cut off?)~"},
    {R"~({"t":0 "type":"time"})~",
     R"~(column 8: unexpected '"'; a comma, colon, quote or bracket is amiss)~"},
    {R"~({"t":0,,"type":"time"})~",
     R"~(column 8: unexpected ','; a comma, colon, quote or bracket is amiss)~"},
    {R"~({"t":0,"type":"time",})~",
     R"~(column 22: unexpected '}'; a comma, colon, quote or bracket is amiss)~"},
    {R"~({"t":0,"type":time})~", R"~(column 15: time is not a JSON value)~"},
    {R"~({"t":01,"type":"time"})~", R"~(column 6: 01 is not a JSON value)~"},
    {R"~({"t":+1,"type":"time"})~", R"~(column 6: +1 is not a JSON value)~"},
    {R"~({"t":0,"type":"ti\me"})~",
     R"~(column 15: a string holds an escape that JSON does not have)~"},
    {R"~({"t":0,"type":"\ud800"})~",
     R"~(column 15: a string holds an escape that JSON does not have)~"},
    {R"~({"t":0,"ty\pe":"time"})~",
     R"~(column 8: a string holds an escape that JSON does not have)~"},
    {R"~({"t":0,'type':'time'})~",
     R"~(column 8: unexpected '''; a comma, colon, quote or bracket is amiss)~"},
    {R"~([{"t":0,"type":"time"}])~",
     R"~(column 1: an event is a JSON object {...}, but here is '[')~"},
    {R"~("time")~", R"~(column 1: an event is a JSON object {...}, but here is '"')~"},
    {R"~(null)~", R"~(column 1: an event is a JSON object {...}, but here is 'n')~"},
    {R"~({})~", R"~(column 1: an event needs a "type", such as "fill" or "mark")~"},
    {R"~()~", R"~(column 1: the line is empty; an event is a JSON object)~"},
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDT","price":{"x":{"y":[[[1]]]}}})~",
     R"~(column 54: "price" must be a decimal, best as a string such as "12.5", not an object)~"},
    {R"~({"t":0,"type":"mark","instrument":"BTC-USDT","price":1,"instrumentinstrumentinstrume)~"
     R"~(nt":1})~",
     R"~(column 56: "instrumentinstrumentinstrument" is not a field of a "mark" event)~"},
};

TEST(CodecErrors, say_the_column_what_is_wrong_and_what_to_do) {
  const Desk desk = sample_desk();
  EventReader reader(desk);
  Event event;
  for (const Refusal& refusal : refusals) {
    const auto read = reader.read(refusal.line, event);
    ASSERT_FALSE(read) << refusal.line;
    EXPECT_EQ(read.error().what, refusal.what) << refusal.line;
  }
}

TEST(CodecErrors, point_at_bytes_that_no_text_may_hold) {
  const Desk desk = sample_desk();
  EventReader reader(desk);
  Event event;
  const auto what = [&](std::string_view line) {
    const auto read = reader.read(line, event);
    return read ? "" : read.error().what;
  };
  using namespace std::string_view_literals;
  EXPECT_EQ(what("{\"t\":0,\"type\":\"ti\tme\"}"),
            "column 18: a control character must be escaped, such as \\n or \\u0000");
  EXPECT_EQ(what("{\"t\":0,\"type\":\"ti\xffme\"}"),
            "column 18: byte 0xff is not UTF-8; save the file as UTF-8");
  EXPECT_EQ(what("{\"t\":0,\"type\":\"\xc3\xa9\xe2\x82\"}"),
            "column 18: byte 0xe2 is not UTF-8; save the file as UTF-8");
  EXPECT_EQ(what("{\"t\":0,\"type\":\"time\0\"}"sv),
            "column 20: a control character must be escaped, such as \\n or \\u0000");
  EXPECT_EQ(what("{\"t\":0,\0\"type\":\"time\"}"sv),
            "column 8: unexpected byte 0x00; a comma, colon, quote or bracket is amiss");
  EXPECT_EQ(what("{\"t\":0,\"type\":\"time\"}\0"sv),
            "column 22: there is more after the end of the object; write one object a line");
  EXPECT_EQ(what("\xef\xbb\xbf{\"t\":0,\"type\":\"time\"}"),
            "column 1: the line starts with a byte order mark; save the file without one");
}

TEST(CodecErrors, survive_lines_that_nest_without_end) {
  const Desk desk = sample_desk();
  EventReader reader(desk);
  Event event;
  const std::string brackets(200'000, '[');
  const std::string braces = [] {
    std::string text;
    for (int i = 0; i < 50'000; ++i)
      text += "{\"svi\":";
    return text;
  }();
  for (const std::string& line : {brackets, "{\"band\":" + brackets, braces,
                                  "{\"band\":" + brackets + std::string(200'000, ']') + "}"}) {
    ASSERT_FALSE(reader.read(line, event)) << line.substr(0, 20);
  }
}

TEST(CodecErrors, name_every_cut_of_a_good_line) {
  const Desk desk = sample_desk();
  EventReader reader(desk);
  Event event;
  const std::string line =
      R"({"t":"2024-08-08T23:54:15.03Z","type":"target","factor":"delta:BTC","band":["-1","1"]})";
  ASSERT_TRUE(reader.read(line, event));
  for (std::size_t size = 0; size < line.size(); ++size) {
    const auto read = reader.read(std::string_view(line).substr(0, size), event);
    ASSERT_FALSE(read) << size;
    EXPECT_TRUE(read.error().what.starts_with("column ")) << read.error().what;
  }
}

TEST(CodecErrors, say_how_long_a_text_may_be) {
  const Desk desk = sample_desk();
  EventReader reader(desk);
  Event event;
  const auto audit = [&](std::size_t size) {
    return reader.read(R"({"t":0,"type":"audit","by":"anna","action":"kill","subject":"desk",)"
                       R"("reason":")" +
                           std::string(size, 'x') + "\"}",
                       event);
  };
  ASSERT_TRUE(audit(audit_text_max));
  EXPECT_EQ(std::get<Audit>(event.body).reason.size(), audit_text_max);
  EXPECT_EQ(audit(audit_text_max + 1).error().what,
            "column 77: \"reason\" is 65537 bytes long, and at most 65536 are kept; shorten it");
  const std::string key(256, 'k');
  EXPECT_EQ(reader
                .read(R"({"t":0,"type":"receipt","by":"f","request":"0000000000000001","id":")" +
                          key + R"(","answer":"{}"})",
                      event)
                .error()
                .what,
            "column 68: \"id\" is 256 bytes long, and at most 255 are kept; shorten it");
}

TEST(CodecErrors, carry_codes_that_programs_can_tell_apart) {
  const Desk desk = sample_desk();
  EventReader reader(desk);
  Event event;
  const auto code = [&](std::string price) {
    return reader
        .read(R"({"t":0,"type":"mark","instrument":"BTC-USDT","price":)" + price + "}", event)
        .error()
        .code;
  };
  EXPECT_EQ(code("1e30"), Errc::overflow);
  EXPECT_EQ(code("\"1000000000000000000000\""), Errc::overflow);
  EXPECT_EQ(code("1e-19"), Errc::excess_digits);
  EXPECT_EQ(code("\"x\""), Errc::bad_input);
}

}  // namespace
}  // namespace ballast
