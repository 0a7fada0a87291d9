# Run at installation: what `program` (of `version`) prints of itself, and Debian's changelog.

set(share "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/share")

function(print_to file)
  execute_process(COMMAND "${program}" ${ARGN} OUTPUT_FILE "${file}" COMMAND_ERROR_IS_FATAL ANY)
  file(CHMOD "${file}" PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
endfunction()

file(MAKE_DIRECTORY "${share}/man/man1" "${share}/bash-completion/completions"
     "${share}/zsh/vendor-completions" "${share}/fish/vendor_completions.d")
execute_process(COMMAND "${program}" man --dir "${share}/man/man1" COMMAND_ERROR_IS_FATAL ANY)
print_to("${share}/bash-completion/completions/ballast" completion bash)
print_to("${share}/zsh/vendor-completions/_ballast" completion zsh)
print_to("${share}/fish/vendor_completions.d/ballast.fish" completion fish)

string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC) # SOURCE_DATE_EPOCH, where it is set
file(WRITE "${share}/doc/ballast/changelog" "ballast (${version}) unstable; urgency=medium

  * What changed for users stands in the project's CHANGELOG.md.

 -- Ballast maintainers <maintainers@ballast.example>  ${date}
")

file(GLOB pages "${share}/man/man1/*.1")
find_program(gzip gzip REQUIRED)
execute_process(COMMAND "${gzip}" -9nf ${pages} "${share}/doc/ballast/changelog"
                COMMAND_ERROR_IS_FATAL ANY)
