# Several files of a target are compiled as one (BALLAST_UNITY), but for these: what they keep to
# themselves has the name of something in a neighbour.

include_guard(GLOBAL)

set(ballast_alone
    src/adapters/api/routes/option_routes_test.cpp
    src/adapters/api/routes/schemas.cpp
    src/adapters/api/server/exchange.cpp
    src/adapters/api/server/server_test.cpp
    src/adapters/api/server/stream_test.cpp
    src/adapters/codec/codec_errors_test.cpp
    src/adapters/feed/binance_stream/binance_stream.cpp
    src/adapters/feed/funding_csv/funding_csv.cpp
    src/adapters/feed/gemini/gemini.cpp
    src/adapters/feed/option_chain/option_chain_csv.cpp
    src/adapters/feed/tardis/tardis.cpp
    src/adapters/metrics/prometheus_test.cpp
    src/adapters/report/json_test.cpp
    src/adapters/report/table_test.cpp
    src/adapters/store/lock_file.cpp
    src/adherence/still_run_test.cpp
    src/adherence/summary_test.cpp
    src/adherence/tracker.cpp
    src/adherence/tracker_oracle_test.cpp
    src/apps/ballast/client_output.cpp
    src/apps/ballast/margin_output.cpp
    src/apps/ballast/verb_alerts.cpp
    src/apps/ballast/verb_audit.cpp
    src/apps/ballast/verb_calc.cpp
    src/apps/ballast/verb_calibrate.cpp
    src/apps/ballast/verb_completion.cpp
    src/apps/ballast/verb_limits.cpp
    src/apps/ballast/verb_options.cpp
    src/apps/ballast/verb_positions.cpp
    src/apps/ballast/verb_proposals.cpp
    src/apps/ballast/verb_token.cpp
    src/apps/ballast/verb_watch.cpp
    src/book/position_test.cpp
    src/book/reconciliation_test.cpp
    src/control/joint_quotes.cpp
    src/control/quoting.cpp
    src/control/skew_models_test.cpp
    src/engine/path_recorder_test.cpp
    src/quant/calc/margin_test.cpp
    src/quant/calc/pricing_test.cpp
    src/quant/control/lot_search_windows.cpp
    src/quant/margin/deribit_portfolio_test.cpp
    src/quant/margin/deribit_standard_test.cpp
    src/quant/network/decimal_flow_test.cpp
    src/quant/pricing/heston.cpp
    src/quant/pricing/heston_calibration.cpp
    src/quant/pricing/heston_calibration_test.cpp
    src/quant/pricing/heston_reference_test.cpp
    src/quant/pricing/heston_test.cpp
    src/quant/pricing/lookback_test.cpp
    src/quant/pricing/svi_fit.cpp
    src/quant/pricing/svi_fit_test.cpp
    src/quant/pricing/trigonometry_test.cpp
    src/quant/stats/ou_test.cpp
    src/runtime/outbox/outbox_state_test.cpp
    src/runtime/outbox/outbox_test.cpp
    src/sim/paper_venue_test.cpp
    src/target/share_target_test.cpp
    src/target/target_models_test.cpp
    src/target/target_pipeline_test.cpp
    src/target/target_stages_test.cpp
    tests/client/options_verb_test.cpp
    tests/sim/engine_properties_test.cpp
    tests/sim/paper_venue_properties_test.cpp)

# Marks those of `sources`, in the folder whose target they belong to.
function(ballast_mark_alone)
  foreach(source IN LISTS ARGN)
    file(RELATIVE_PATH path "${PROJECT_SOURCE_DIR}" "${source}")
    if(path IN_LIST ballast_alone)
      set_source_files_properties("${source}" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
endfunction()
