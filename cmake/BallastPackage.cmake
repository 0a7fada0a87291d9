# The Debian package: `cpack -G DEB` in a build folder, or `./dev package`.
#
# What dpkg runs and reads stands in ops/debian/, the unit in ops/systemd/. Manual pages and
# completion scripts are what the program itself prints. The CTest `package` builds one and takes it
# through its life in a root of its own (ops/debian/package_test.sh).

include_guard(GLOBAL)
if(NOT TARGET ballast)
  return()
endif()

set(ops "${PROJECT_SOURCE_DIR}/ops")
set(docs share/doc/ballast)
install(TARGETS ballast RUNTIME DESTINATION bin)
install(FILES "${ops}/systemd/ballast.service" DESTINATION lib/systemd/system)
install(FILES "${ops}/systemd/ballast.sysusers" DESTINATION lib/sysusers.d RENAME ballast.conf)
install(FILES "${ops}/systemd/ballast.tmpfiles" DESTINATION lib/tmpfiles.d RENAME ballast.conf)
install(DIRECTORY "${ops}/grafana" "${ops}/prometheus" DESTINATION share/ballast)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/docs/" DESTINATION ${docs} FILES_MATCHING PATTERN "*.md"
        PATTERN adr EXCLUDE PATTERN images EXCLUDE)
install(FILES "${ops}/debian/copyright" DESTINATION ${docs})
# Absolute: the prefix is /usr, and these are not below it.
install(FILES "${ops}/debian/desk.toml" DESTINATION /etc/ballast)
install(FILES "${ops}/systemd/ballast.default" DESTINATION /etc/default RENAME ballast)
install(CODE "set(program \"$<TARGET_FILE:ballast>\")\nset(version \"${PROJECT_VERSION}\")")
install(SCRIPT "${PROJECT_SOURCE_DIR}/cmake/install_pages.cmake")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ballast)
set(CPACK_PACKAGE_VENDOR Ballast)
set(CPACK_PACKAGE_CONTACT "Ballast maintainers <maintainers@ballast.example>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
                                                GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers | systemd-sysusers, \
systemd | systemd-standalone-tmpfiles | systemd-tmpfiles")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus, chrony | time-daemon")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "keeps a trading desk's inventory where it should be
 Ballast keeps exact positions across venues, works out where inventory should
 be now, measures how well the desk keeps to it, raises the alarm when it
 drifts, and says or does the cheapest thing that brings it back: skew a quote,
 trade a hedge, move a balance.
 .
 The package starts one desk, that of /etc/ballast/desk.toml, on loopback.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${ops}/debian/conffiles" "${ops}/debian/postinst" "${ops}/debian/prerm"
    "${ops}/debian/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)

if(BALLAST_TESTS AND NOT BALLAST_SANITIZE)
  add_test(NAME package COMMAND "${ops}/debian/package_test.sh" "${CMAKE_CPACK_COMMAND}"
                                "${PROJECT_BINARY_DIR}")
  set_tests_properties(package PROPERTIES TIMEOUT 300 LABELS ops SKIP_RETURN_CODE 77)
  add_test(NAME systemd_unit COMMAND "${ops}/systemd/unit_test.sh" "$<TARGET_FILE:ballast>")
  set_tests_properties(systemd_unit PROPERTIES TIMEOUT 60 LABELS ops SKIP_RETURN_CODE 77)
endif()
