#include "cli/run.h"

int main(int argc, char** argv) {
  return killify::run_command_line(argc, argv);
}
