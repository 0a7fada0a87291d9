// The program: a thin main over the verbs in verbs.cpp.
#include "apps/ballast/verb.hpp"

int main(int argc, char** argv) { return ballast::run_command_line(argc, argv); }
