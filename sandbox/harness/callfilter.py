"""A second filter on system calls, put on by the candidate's own process before the candidate's code runs.

The first lies on the whole container and lists what may be called (sandbox/host/seccomp.py).  This one lists what may
never be, and holds where the first is not loaded: gVisor passes it over.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Iterator

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # classic BPF
NUMBER, ARCHITECTURE, *ARGUMENTS = 0, 4, 16, 24, 32  # offsets into the kernel's seccomp_data
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
X32 = 0x40000000
NEGATIVE = 0x80000000  # or above, as an int
NEW_NAMESPACES = 0x7E020000
FAMILIES = (1, 2, 10, 16)  # UNIX, IPv4, IPv6, netlink
CLONE3 = 435

#: What no probe may call: name, number on x86_64, number on aarch64.
REFUSED = """
ptrace 101 117                 process_vm_readv 310 270       process_vm_writev 311 271      kcmp 312 272
pidfd_getfd 438 438            add_key 248 217                request_key 249 218            keyctl 250 219
io_uring_setup 425 425         io_uring_enter 426 426         io_uring_register 427 427      memfd_secret 447 447
unshare 272 97                 setns 308 268                  chroot 161 51                  pivot_root 155 41
mount 165 40                   umount2 166 39                 open_tree 428 428              move_mount 429 429
fsopen 430 430                 fsconfig 431 431               fsmount 432 432                fspick 433 433
mount_setattr 442 442          mknodat 259 33                 personality 135 92             acct 163 89
bpf 321 280                    perf_event_open 298 241        userfaultfd 323 282            swapon 167 224
init_module 175 105            finit_module 313 273           kexec_load 246 104             reboot 169 142
name_to_handle_at 303 264      open_by_handle_at 304 265      mq_open 240 180                shmget 29 194
semget 64 190                  msgget 68 186
"""
#: Column above, code of the architecture, numbers of socket, clone and setpriority.
MACHINES = {"x86_64": (0, 0xC000003E, 41, 56, 141), "aarch64": (1, 0xC00000B7, 198, 220, 140)}

Instruction = tuple[int, int, int, int]  # operation, jump if true, jump if false, operand


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def compiled() -> bytes:
    """The program for this machine; KeyError where its call numbers are not known, before any probe is begun."""
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions(platform.machine()))


def install(code: bytes) -> None:
    """Refuse those calls from here on, in this process and all it starts; OSError where the kernel takes no filter."""
    program = Program(len(code) // 8, code)
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    for arguments in (
        (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0),
    ):
        if prctl(*arguments):
            raise OSError(ctypes.get_errno(), "the system-call filter was not accepted")


def instructions(machine: str) -> Iterator[Instruction]:
    """The program for one machine; KeyError for a machine whose call numbers are not known."""
    column, code, socket, clone, set_priority = MACHINES[machine]
    yield from ((LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, code), refuse(errno.EPERM), (LOAD, 0, 0, NUMBER))
    if machine == "x86_64":
        yield from ((AT_LEAST, 0, 1, X32), refuse(errno.EPERM))
    for number in REFUSED.split()[1 + column :: 3]:
        yield from ((EQUAL, 0, 1, int(number)), refuse(errno.EPERM))
    # its flags lie in memory, where no filter can look: the C library then falls back to clone
    yield from ((EQUAL, 0, 1, CLONE3), refuse(errno.ENOSYS))
    yield from ((EQUAL, 0, 3, clone), (LOAD, 0, 0, ARGUMENTS[0]), (ANY_BIT, 0, 1, NEW_NAMESPACES))
    yield from (refuse(errno.EPERM), (LOAD, 0, 0, NUMBER))
    # of others than itself, or above the usual: gVisor would let it
    yield from ((EQUAL, 0, 6, set_priority), (LOAD, 0, 0, ARGUMENTS[1]), (EQUAL, 1, 0, 0), refuse(errno.EPERM))
    yield from ((LOAD, 0, 0, ARGUMENTS[2]), (AT_LEAST, 0, 1, NEGATIVE), refuse(errno.EPERM), (LOAD, 0, 0, NUMBER))
    yield from ((EQUAL, 0, 2 + 2 * len(FAMILIES), socket), (LOAD, 0, 0, ARGUMENTS[0]))
    for family in FAMILIES:
        yield from ((EQUAL, 0, 1, family), (RETURN, 0, 0, ALLOW))
    yield from (refuse(errno.EPERM), (RETURN, 0, 0, ALLOW))


def refuse(number: int) -> Instruction:
    return RETURN, 0, 0, REFUSE | number
