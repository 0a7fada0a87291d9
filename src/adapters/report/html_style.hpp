// The style sheet of the report: two palettes, print, and narrow screens. Text and its ground keep
// a contrast of at least 4.5 to 1, marks of at least 3 to 1; nothing is said by colour alone.
#pragma once

#include <string_view>

namespace ballast {

inline constexpr std::string_view report_style = R"css(
:root{color-scheme:light dark;
--ground:#fff;--panel:#f6f7f9;--ink:#15191f;--quiet:#576070;--rule:#dde1e7;--grid:#e7eaee;
--actual:#1f4fbf;--target:#576070;--band:#0d7a6c;--good:#0b6b5e;--warn:#9a5b00;--bad:#b3261e;
--mark:#c47a12;--hatch:#8b94a3}
@media screen and (prefers-color-scheme:dark){:root{
--ground:#0f1216;--panel:#171b21;--ink:#e7eaef;--quiet:#9ca6b5;--rule:#2b323c;--grid:#20262e;
--actual:#86b4ff;--target:#aab3c0;--band:#2fbfae;--good:#4fd1bf;--warn:#f0b14a;--bad:#ff8f85;
--mark:#e0a040;--hatch:#707a89}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
font-variant-numeric:tabular-nums lining-nums;-webkit-text-size-adjust:100%}
main{max-width:1180px;margin:0 auto;padding:28px 24px 48px}
time{white-space:nowrap}
h1,h2,h3,p,dl,dd,ul,figure,table{margin:0;padding:0}
h1{font-size:24px;line-height:1.2;font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:17px;line-height:1.3;font-weight:650;letter-spacing:-.005em;overflow-wrap:anywhere}
h3{font-size:12px;font-weight:600;color:var(--quiet);margin-bottom:6px}
.quiet,.span{color:var(--quiet)}
.head{display:grid;grid-template-columns:minmax(15rem,22rem) 1fr;gap:20px 40px;align-items:end;
padding-bottom:20px;border-bottom:2px solid var(--ink)}
.kicker{color:var(--quiet);font-size:12px;font-weight:600;margin-bottom:2px}
.hero{font-size:56px;line-height:1;font-weight:600;letter-spacing:-.03em;margin-top:18px}
.hero small{font-size:26px;font-weight:500;letter-spacing:0;margin-left:.1em}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:14px 24px}
.tiles dt,.figures dt{color:var(--quiet);font-size:12px}
.tiles dd{font-size:18px;font-weight:600;line-height:1.3}
.tiles dd{white-space:nowrap}
.tiles dd small{font-size:12px;font-weight:500;color:var(--quiet)}
section{margin-top:34px}
section>h2{padding-bottom:8px}
.factor{border-top:1px solid var(--rule);padding-top:18px}
.factor-head{display:flex;flex-wrap:wrap;gap:4px 18px;align-items:baseline;padding-bottom:10px}
.factor-head .share{margin-left:auto;font-size:20px;font-weight:650}
.factor-head .share small{font-size:12px;font-weight:500;color:var(--quiet)}
.state{font-weight:600}
.good{color:var(--good)}.warning{color:var(--warn)}.critical{color:var(--bad)}
.chart{margin:0 0 14px}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;list-style:none;color:var(--quiet);font-size:12px;
padding:0 0 8px 4.4rem}
.key{display:inline-block;width:18px;height:10px;margin-right:6px;vertical-align:-1px;
-webkit-print-color-adjust:exact;print-color-adjust:exact}
.key.actual{height:0;border-top:2px solid var(--actual);vertical-align:3px}
.key.target{height:0;border-top:2px dashed var(--target);vertical-align:3px}
.key.band{border:1px solid var(--band)}
.key.limit{height:0;border-top:1.5px solid var(--bad);vertical-align:3px}
.key.excursion{background:var(--mark)}
.key.hedge{width:3px;background:var(--actual)}
.key.proposal{background:var(--band)}
.key.lost{background:var(--bad)}
.key.alert{height:8px;background:var(--bad)}
.plot{display:grid;grid-template-columns:4.4rem 1fr;color:var(--quiet);font-size:11.5px}
.values{position:relative}
.values span{position:absolute;right:8px;transform:translateY(-50%)}
.area{position:relative;height:250px;border:1px solid var(--rule);overflow:hidden}
.area svg,.lane svg{position:absolute;inset:0;width:100%;height:100%;display:block}
.area path{vector-effect:non-scaling-stroke;fill:none}
path.grid{stroke:var(--grid);stroke-width:1}
.area path.band{fill:var(--band);fill-opacity:.15}
.area path.beyond{fill:var(--bad);fill-opacity:.07}
path.edge{stroke:var(--band);stroke-width:.75}
path.limit{stroke:var(--bad);stroke-width:1}
path.target{stroke:var(--target);stroke-width:1.25;stroke-dasharray:5 3}
path.actual{stroke:var(--actual);stroke-width:1.4;stroke-linejoin:round}
.area path.out{fill:var(--mark);fill-opacity:.55}
.area path.past{fill:var(--bad);fill-opacity:.8}
.unknown{background:repeating-linear-gradient(135deg,var(--hatch) 0 1px,transparent 1px 6px);
-webkit-print-color-adjust:exact;print-color-adjust:exact}
.area .unknown{position:absolute;top:0;bottom:0;min-width:2px;opacity:.7}
.lane{position:relative;height:9px;margin-top:5px;background:var(--panel)}
.lane.alerts{height:20px;background:none}
.lane-name{text-align:right;padding:3px 8px 0 0;line-height:1.1;font-size:10.5px;white-space:nowrap}
.lane .excursion{fill:var(--mark)}
.lane .hedge{fill:var(--actual)}
.lane .proposal{fill:var(--band)}
.lane .lost{fill:var(--bad)}
.lane.alerts i{position:absolute;top:0;height:4px;min-width:2px;background:var(--bad);
-webkit-print-color-adjust:exact;print-color-adjust:exact}
.lane.alerts b{position:absolute;top:5px;font-size:11px;line-height:14px;font-weight:600;
color:var(--bad)}
.times{grid-column:2;position:relative;height:20px}
.times span{position:absolute;top:3px;transform:translateX(-50%);white-space:nowrap}
.cols{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,6fr);gap:18px 48px;margin-top:14px}
.bars+.bars{margin-top:18px}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(7.6rem,1fr));gap:9px 16px;
padding:12px 0;border-top:1px solid var(--rule);border-bottom:1px solid var(--rule)}
.figures dd{font-weight:600;white-space:nowrap}
.scroll{overflow-x:auto}
.scroll:focus-visible{outline:2px solid var(--actual);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:12.5px}
caption{text-align:left;font-size:12px;font-weight:600;color:var(--quiet);padding-bottom:4px}
th,td{text-align:left;padding:4px 11px 4px 0;border-bottom:1px solid var(--rule);
vertical-align:baseline;white-space:nowrap}
th:last-child,td:last-child{padding-right:0}
thead th{font-size:11.5px;font-weight:500;color:var(--quiet);border-bottom-color:var(--quiet);
vertical-align:bottom}
tbody th{font-weight:600}
.num{text-align:right}
td.wrap{white-space:normal;min-width:14rem;overflow-wrap:anywhere}
.bars td,.bars th{border-bottom:0;padding-top:2px;padding-bottom:2px}
.bars .bar{width:45%;padding-left:2px}
.bars .bar svg{display:block;width:100%;height:12px}
.bars .sum td,.bars .sum th{border-top:1px solid var(--quiet);padding-top:4px;font-weight:650}
.bar .gain{fill:var(--band)}.bar .loss{fill:var(--bad)}.bar .time{fill:var(--mark)}
.bar .zero{stroke:var(--quiet);stroke-width:1;vector-effect:non-scaling-stroke}
.note{color:var(--quiet);font-size:12.5px;margin-top:6px;max-width:46rem}
h3.part{margin-top:18px}
.refusals{margin:6px 0 0;padding-left:1.2em}
code{font:12px/1.4 ui-monospace,"SF Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}
footer{margin-top:40px;padding-top:14px;border-top:1px solid var(--rule);color:var(--quiet);
font-size:12.5px}
@media (max-width:640px){
main{padding:18px 14px 32px}
.head{grid-template-columns:1fr;align-items:start}
.hero{font-size:46px}
.tiles{grid-template-columns:1fr 1fr;gap:12px 14px}
.tiles dd{font-size:16px}
.plot{grid-template-columns:3rem 1fr}
.legend{padding-left:0}
.area{height:210px}
.odd,.lane-name{visibility:hidden}
.figures{grid-template-columns:repeat(3,1fr)}
.cols{grid-template-columns:minmax(0,1fr)}
.factor-head .share{margin-left:0;width:100%}}
@media print{
@page{margin:13mm 12mm}
body{font-size:9.5pt}
main{max-width:none;padding:0}
.head{grid-template-columns:14rem 1fr}
.hero{font-size:40px}
.area{height:52mm}
.scroll{overflow:visible}
table{font-size:8pt}
th,td{padding-right:8px}
.wide table{font-size:6.6pt}
.wide th,.wide td{padding-right:6px;white-space:normal}
.wide thead th{font-size:inherit}
.wide td.num{white-space:nowrap}
figure,tr,.figures,.bars{break-inside:avoid}
h2,h3,.factor-head{break-after:avoid}
section{margin-top:22px}
.cols{grid-template-columns:5fr 6fr;gap:10px 26px}}
)css";

}  // namespace ballast
