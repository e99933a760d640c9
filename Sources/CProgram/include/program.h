#ifndef GITREL_PROGRAM_H
#define GITREL_PROGRAM_H

#include <sys/resource.h>
#include <sys/types.h>
#include <time.h>

/// What a program is started with.
struct gitrel_program {
  const char *path;
  char *const *arguments;
  char *const *environment;
  const char *directory;
  /// What becomes its standard input, output and error.
  int input, output, error;
  /// Bytes of address space, seconds of processor time.
  rlim_t memory, processor;
};

/// Starts the program in a process group of its own, with these limits, without core dumps, open files
/// or new privileges, under a process that watches it. That one ends as the program ended, when all that
/// the program started has ended too, wherever it went; SIGTERM makes it end them all, and so does the
/// end of the thread that starts it. Gives its process id, or -1 with errno where the program cannot be
/// started.
pid_t gitrel_program_start(const struct gitrel_program *program);

/// A file that can be read from when so many seconds have passed, or -1 with errno.
int gitrel_program_timer(time_t seconds);

/// A file that can be read from when the child has ended (pidfd_open(2)), or -1 with errno.
int gitrel_program_handle(pid_t child);

#endif
