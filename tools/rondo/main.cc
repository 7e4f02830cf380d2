#include "tools/rondo/command.h"

int main(int argc, char** argv) { return rondo::tool::run_command(argc, argv); }
