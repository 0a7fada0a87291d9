# The dashboard inside the program: every file of web/dist, which is committed built, so that a C++
# build needs no Node. `npm run build` in web/ makes it anew.

include_guard(GLOBAL)

# Adds to `target` a source that defines ballast::api::embedded_files(). Without web/dist it
# defines none, and the service shows a page that says how to build them.
function(ballast_embed_web target)
  set(dist "${PROJECT_SOURCE_DIR}/web/dist")
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE "${dist}" "${dist}/*")
  list(SORT files)
  set(blobs "")
  set(rows "")
  set(paths "")
  set(count 0)
  foreach(file IN LISTS files)
    set(path "${dist}/${file}")
    # A changed file configures again, for its hash.
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
    file(SHA256 "${path}" hash)
    string(SUBSTRING "${hash}" 0 16 etag)
    list(APPEND paths "${path}")
    # The assembler copies the bytes: no compiler has to read them as text.
    string(APPEND blobs "BLOB(${count}, \"${path}\")\n")
    string(APPEND rows "    FILE_ROW(${count}, \"/${file}\", \"${etag}\"),\n")
    math(EXPR count "${count} + 1")
  endforeach()
  set(source "${CMAKE_CURRENT_BINARY_DIR}/embedded_files.cpp")
  file(
    CONFIGURE
    OUTPUT "${source}"
    CONTENT
      [[// Made by cmake/BallastWeb.cmake of web/dist.
#include "adapters/api/server/static_files.hpp"

#define BLOB(n, path)                                                        \
  asm(".pushsection .rodata\nballast_web_" #n ":\n.incbin \"" path           \
      "\"\nballast_web_end_" #n ":\n.byte 0\n.popsection\n");                  \
  extern "C" const char ballast_web_##n[];                                   \
  extern "C" const char ballast_web_end_##n[];
#define FILE_ROW(n, path, etag) \
  StaticFile{path, content_type_of(path), {ballast_web_##n, ballast_web_end_##n}, etag}

@blobs@
namespace ballast::api {

StaticFiles embedded_files() {
  return {
@rows@  };
}

}  // namespace ballast::api
]]
    @ONLY)
  target_sources(${target} PRIVATE "${source}")
  set_source_files_properties("${source}" PROPERTIES OBJECT_DEPENDS "${paths}")
endfunction()
