"""The system calls a sandbox container may make: a complete list, everything else is refused.

Names, not numbers, so that one profile serves every architecture; a name the kernel or the engine does not
know is passed over.  Beside what an engine's usual profile refuses, this one also refuses io_uring, tracing and
reading other processes, key rings, message queues and shared memory of System V and POSIX, and every socket
family but UNIX, IPv4, IPv6 and netlink.
"""

from __future__ import annotations

import json
from typing import Any

CALLS = """
read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek _llseek close close_range
open openat openat2 creat dup dup2 dup3 fcntl fcntl64 ioctl flock fsync fdatasync sync_file_range
fallocate ftruncate ftruncate64 truncate truncate64 copy_file_range sendfile sendfile64 splice tee readahead
fadvise64 fadvise64_64 arm_fadvise64_64
stat stat64 lstat lstat64 fstat fstat64 fstatat64 newfstatat statx statfs statfs64 fstatfs fstatfs64
access faccessat faccessat2 getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat
rename renameat renameat2 link linkat symlink symlinkat readlink readlinkat chmod fchmod fchmodat chown fchown
fchownat lchown umask utime utimes utimensat utimensat_time64 futimesat
getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr
inotify_init inotify_init1 inotify_add_watch inotify_rm_watch

mmap mmap2 munmap mremap mprotect madvise msync mincore brk mlock munlock membarrier memfd_create
get_mempolicy

fork vfork execve execveat exit exit_group wait4 waitid waitpid kill tkill tgkill pidfd_open pidfd_send_signal
getpid getppid gettid getpgid getpgrp setpgid getsid setsid getuid getuid32 geteuid geteuid32 getgid getgid32
getegid getegid32 getresuid getresuid32 getresgid getresgid32 getgroups getgroups32
setuid setgid setgroups setresuid setresgid setreuid setregid setfsuid setfsgid
capget capset prctl arch_prctl set_tid_address set_robust_list get_robust_list rseq set_thread_area
get_thread_area set_tls cacheflush riscv_flush_icache
getrlimit ugetrlimit setrlimit prlimit64 getrusage getpriority setpriority
sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_setparam sched_getscheduler
sched_setscheduler sched_get_priority_max sched_get_priority_min sched_rr_get_interval sched_getattr
sched_setattr getcpu sysinfo uname times

rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigtimedwait_time64 rt_sigqueueinfo
rt_tgsigqueueinfo rt_sigsuspend sigaltstack sigreturn sigprocmask signalfd signalfd4 restart_syscall pause alarm
futex futex_time64 futex_waitv select _newselect pselect6 pselect6_time64 poll ppoll ppoll_time64
epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2 pipe pipe2
time gettimeofday clock_gettime clock_gettime64 clock_getres clock_getres_time64 nanosleep clock_nanosleep
clock_nanosleep_time64 getitimer setitimer timer_create timer_delete timer_gettime timer_settime
timer_getoverrun timerfd_create timerfd_settime timerfd_gettime getrandom

socketpair bind connect listen accept accept4 getsockname getpeername getsockopt setsockopt send sendto sendmsg
sendmmsg recv recvfrom recvmsg recvmmsg shutdown
seccomp
"""

FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}
NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET
ENOSYS = 38

ARCHITECTURES: list[dict[str, Any]] = [
    {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []},
    {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": []},
]


def profile() -> str:
    """The profile as JSON text, for `security_opt=["seccomp=" + profile()]`."""
    rules: list[dict[str, Any]] = [{"names": CALLS.split(), "action": "SCMP_ACT_ALLOW"}]
    rules += [allow_if("socket", 0, family, "SCMP_CMP_EQ") for family in FAMILIES.values()]
    rules += [allow_if("clone", 0, NEW_NAMESPACES, "SCMP_CMP_MASKED_EQ")]
    # its flags lie in memory, where no filter can look: the C library then falls back to clone
    rules += [{"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": ENOSYS}]
    return json.dumps({"defaultAction": "SCMP_ACT_ERRNO", "archMap": ARCHITECTURES, "syscalls": rules})


def allow_if(name: str, index: int, value: int, comparison: str) -> dict[str, Any]:
    """Allow a call where one argument compares; for a masked comparison the masked bits must be 0."""
    argument = {"index": index, "value": value, "valueTwo": 0, "op": comparison}
    return {"names": [name], "action": "SCMP_ACT_ALLOW", "args": [argument]}
