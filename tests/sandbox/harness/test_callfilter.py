"""The second filter, instruction by instruction, for both machines whose call numbers it knows."""

from __future__ import annotations

import errno

import pytest

from sandbox.harness import callfilter as cf

X86, ARM = cf.MACHINES["x86_64"][1], cf.MACHINES["aarch64"][1]


def verdict(machine: str, architecture: int, number: int, *arguments: int) -> int:
    """What the kernel would make of one call: 0 where it is allowed, otherwise the errno."""
    program, at, value = list(cf.instructions(machine)), 0, 0
    data = {cf.NUMBER: number, cf.ARCHITECTURE: architecture}
    data |= dict(zip(cf.ARGUMENTS, (*arguments, 0, 0, 0), strict=False))
    while True:
        operation, if_true, if_false, operand = program[at]
        at += 1
        if operation == cf.RETURN:
            return 0 if operand == cf.ALLOW else operand & 0xFFFF
        if operation == cf.LOAD:
            value = data[operand]
            continue
        tests = {cf.EQUAL: value == operand, cf.AT_LEAST: value >= operand, cf.ANY_BIT: bool(value & operand)}
        at += if_true if tests[operation] else if_false


@pytest.mark.parametrize(
    ("machine", "architecture", "number", "arguments", "expected"),
    [
        ("x86_64", X86, 0, (0,), 0),  # read
        ("x86_64", X86, 59, (0,), 0),  # execve
        ("x86_64", X86, 101, (0,), errno.EPERM),  # ptrace
        ("x86_64", X86, 425, (0,), errno.EPERM),  # io_uring_setup
        ("x86_64", X86, 250, (0,), errno.EPERM),  # keyctl
        ("x86_64", X86, 272, (0,), errno.EPERM),  # unshare
        ("x86_64", X86, 165, (0,), errno.EPERM),  # mount
        ("x86_64", X86, 435, (0,), errno.ENOSYS),  # clone3
        ("x86_64", X86, 141, (0, 0, 19), 0),  # setpriority of itself
        ("x86_64", X86, 141, (0, 1, 19), errno.EPERM),  # setpriority of PID 1
        ("x86_64", X86, 141, (0, 0, 2**32 - 20), errno.EPERM),  # setpriority above the usual
        ("aarch64", ARM, 140, (0, 1, 0), errno.EPERM),
        ("aarch64", ARM, 140, (0, 0, 0), 0),
        ("x86_64", X86, 56, (0x11,), 0),  # clone, as fork does it
        ("x86_64", X86, 56, (0x10000011,), errno.EPERM),  # clone into a new user namespace
        ("x86_64", X86, 41, (1,), 0),  # socket, UNIX
        ("x86_64", X86, 41, (16,), 0),  # socket, netlink
        ("x86_64", X86, 41, (40,), errno.EPERM),  # socket, vsock
        ("x86_64", X86, 41, (38,), errno.EPERM),  # socket, the kernel's cryptography
        ("x86_64", X86, cf.X32 | 101, (0,), errno.EPERM),  # by another number
        ("x86_64", 0x40000003, 26, (0,), errno.EPERM),  # by the 32-bit entrance
        ("aarch64", ARM, 63, (0,), 0),  # read
        ("aarch64", ARM, 117, (0,), errno.EPERM),  # ptrace
        ("aarch64", ARM, 97, (0,), errno.EPERM),  # unshare
        ("aarch64", ARM, 220, (0x11,), 0),  # clone
        ("aarch64", ARM, 220, (0x20000000,), errno.EPERM),  # clone into a new PID namespace
        ("aarch64", ARM, 198, (2,), 0),  # socket, IPv4
        ("aarch64", ARM, 198, (17,), errno.EPERM),  # socket, raw packets
        ("aarch64", X86, 63, (0,), errno.EPERM),
    ],
)
def test_calls(machine: str, architecture: int, number: int, arguments: tuple[int, ...], expected: int) -> None:
    """Honest calls pass; those of the list, new namespaces and strange socket families do not."""
    assert verdict(machine, architecture, number, *arguments) == expected


@pytest.mark.parametrize("machine", cf.MACHINES)
def test_no_jump_leaves_the_program(machine: str) -> None:
    """The kernel accepts only programs whose jumps stay inside, fit a byte, and that end by returning."""
    program = list(cf.instructions(machine))
    assert program[-1][0] == cf.RETURN
    assert all(at + 1 + max(one[1], one[2]) < len(program) for at, one in enumerate(program[:-1]))
    assert max(max(one[1], one[2]) for one in program) < 256
