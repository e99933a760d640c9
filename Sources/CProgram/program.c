// Swift has no fork, and posix_spawn(3) sets no limits. Between fork and exec only functions are called
// that are safe there (signal-safety(7)).
#define _GNU_SOURCE
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

// `more` is how far the hard limit lies beyond: at the soft limit of processor time comes SIGXCPU,
// which tells why, at the hard one SIGKILL.
static int limit(int resource, rlim_t value, rlim_t more) {
  struct rlimit limits;
  if (getrlimit(resource, &limits) != 0) return -1;
  if (value + more < limits.rlim_max) limits.rlim_max = value + more;
  limits.rlim_cur = value < limits.rlim_max ? value : limits.rlim_max;
  return setrlimit(resource, &limits);
}

static int become(const struct gitrel_program *program, pid_t parent) {
  if (setpgid(0, 0) != 0) return -1;
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return -1;
  // The parent may have gone before that was set.
  if (getppid() != parent) _exit(127);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  if (limit(RLIMIT_AS, program->memory, 0) != 0) return -1;
  if (limit(RLIMIT_CPU, program->processor, 1) != 0) return -1;
  if (limit(RLIMIT_CORE, 0, 0) != 0) return -1;
  if (dup2(program->input, 0) < 0 || dup2(program->output, 1) < 0 || dup2(program->error, 2) < 0)
    return -1;
  if (chdir(program->directory) != 0) return -1;
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) return -1;
  // gitrel opens everything with O_CLOEXEC; what it was given itself is marked here.
  if (syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */) != 0)
    for (int file = 3; file < 65536; file++) fcntl(file, F_SETFD, FD_CLOEXEC);
  return execve(program->path, program->arguments, program->environment);
}

pid_t gitrel_program_start(const struct gitrel_program *program) {
  int told[2];
  if (pipe2(told, O_CLOEXEC) != 0) return -1;
  pid_t parent = getpid();
  pid_t child = fork();
  if (child == 0) {
    become(program, parent);
    int reason = errno;
    ssize_t written = write(told[1], &reason, sizeof reason);
    _exit(written == sizeof reason ? 127 : 126);
  }
  int failed = errno;
  close(told[1]);
  if (child < 0) {
    close(told[0]);
    errno = failed;
    return -1;
  }
  // Both set the group, so that neither is too early.
  setpgid(child, child);
  // Exec closes the pipe; a number in it says why there was none.
  int reason = 0;
  ssize_t got;
  do got = read(told[0], &reason, sizeof reason);
  while (got < 0 && errno == EINTR);
  close(told[0]);
  if (got == 0) return child;
  int status;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  errno = reason ? reason : ECHILD;
  return -1;
}

int gitrel_program_timer(time_t seconds) {
  int file = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  if (file < 0) return -1;
  struct itimerspec when = {.it_value = {.tv_sec = seconds}};
  if (timerfd_settime(file, 0, &when, NULL) == 0) return file;
  int reason = errno;
  close(file);
  errno = reason;
  return -1;
}

int gitrel_program_handle(pid_t child) {
  int file = (int)syscall(SYS_pidfd_open, child, 0);
  if (file >= 0) fcntl(file, F_SETFD, FD_CLOEXEC);
  return file;
}
