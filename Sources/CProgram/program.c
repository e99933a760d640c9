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

// Kills every child of this process, which has one thread, until there is none: what is killed leaves
// its own children to the nearest reaper, which this is.
static int sweep(void) {
  for (int round = 0; round < 10000; round++) {
    char text[4096];
    int file = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    ssize_t got = read(file, text, sizeof text);
    close(file);
    if (got < 0) return -1;
    if (got == 0) return 0;
    pid_t child = 0;
    // A number that the end of the buffer cuts off is whole in a later round.
    for (ssize_t at = 0; at < got; at++) {
      if (text[at] >= '0' && text[at] <= '9') {
        child = child * 10 + (text[at] - '0');
        continue;
      }
      if (child > 1) kill(child, SIGKILL);
      child = 0;
    }
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
  }
  return -1;
}

// Starts the program, ends it and all that came of it when it ends or this is told to, and ends as it did.
static _Noreturn void watch(const struct gitrel_program *program, pid_t parent, int told) {
  pid_t self = getpid();
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGCHLD);
  sigaddset(&wanted, SIGTERM);
  signal(SIGCHLD, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  pid_t child = -1;
  if (prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 &&
      getppid() == parent)
    child = fork();
  if (child <= 0) {
    if (child == 0) become(program, self);
    int reason = errno;
    ssize_t written = write(told, &reason, sizeof reason);
    _exit(written == sizeof reason ? 127 : 126);
  }
  // Nothing may stay open here that the program waits for the end of.
  dup2(program->error, 2);
  if (syscall(SYS_close_range, 3U, ~0U, 0U) != 0)
    for (int file = 3; file < 65536; file++) close(file);
  close(0);
  close(1);
  int status = 0;
  for (;;) {
    pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child || (ended < 0 && errno != EINTR)) break;
    if (sigwaitinfo(&wanted, NULL) == SIGTERM) kill(child, SIGKILL);
  }
  if (sweep() != 0) {
    static const char words[] = "gitrel: cannot end what the program left running\n";
    ssize_t ignored = write(2, words, sizeof words - 1);
    (void)ignored;
    status = SIGKILL;
  }
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  limit(RLIMIT_CORE, 0, 0);
  signal(WTERMSIG(status), SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigaddset(&none, WTERMSIG(status));
  kill(self, WTERMSIG(status));
  sigprocmask(SIG_UNBLOCK, &none, NULL);
  _exit(126);
}

pid_t gitrel_program_start(const struct gitrel_program *program) {
  int told[2];
  if (pipe2(told, O_CLOEXEC) != 0) return -1;
  pid_t parent = getpid();
  // The one that watches takes its signals where it looks for them.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t child = fork();
  if (child == 0) watch(program, parent, told[1]);
  int failed = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(told[1]);
  if (child < 0) {
    close(told[0]);
    errno = failed;
    return -1;
  }
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
