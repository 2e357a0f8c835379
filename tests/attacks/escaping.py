"""Rows 49 to 54, 64 and 65: out of the container, and at the neighbours' cost."""

from __future__ import annotations

from graders.model.probe import Action, Exit
from tests.attacks.attack import Attack, Otherwise

ATTACKS = (
    Attack(
        49,
        "the network by any address",
        Action.PREDICT,
        """
        def send(family, kind, address):
            with socket.socket(family, kind) as line:
                line.settimeout(1)
                line.connect(address)
                line.sendall(b"x")
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            for address in ("192.0.2.1", "169.254.169.254", "172.17.0.1", "10.0.0.1", "255.255.255.255"):
                attempt(address, lambda: send(socket.AF_INET, kind, (address, 53)))
            attempt("IPv6", lambda: send(socket.AF_INET6, kind, ("2001:db8::1", 53)))
        attempt("names", lambda: socket.getaddrinfo("example.invalid", 80))
        attempt("interfaces", lambda: [1][len(socket.if_nameindex()) - 1])
        got[:] = [name for name in got if name != "interfaces"] + [n for _, n in socket.if_nameindex() if n[:2] == "et"]
        """,
    ),
    Attack(
        51,
        "sockets of the host by name and by path",
        Action.PREDICT,
        """
        def connect(address):
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(address)
        for address in ("\\0LISTENER", "/var/run/docker.sock", "/run/docker.sock", "/run/containerd.sock"):
            attempt(address, lambda: connect(address))
        """,
    ),
    Attack(
        52,
        "files of the kernel that lead out of containers",
        Action.PREDICT,
        """
        places = ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/kernel/modprobe", "/proc/kcore",
                  "/proc/sys/vm/overcommit_memory", "/sys/kernel/uevent_helper", "/sys/power/state", "/dev/mem"]
        for below, _, names in os.walk("/sys/fs/cgroup"):
            dear = {"release_agent", "cgroup.procs", "memory.limit_in_bytes", "devices.allow", "pids.max"}
            places += [os.path.join(below, name) for name in dear & set(names)]
        for place in places:
            attempt(place, lambda: os.close(os.open(place, os.O_WRONLY)))
        """,
    ),
    Attack(
        54,
        "traces in everything the next submission will use",
        Action.PREDICT,
        """
        import assay_harness
        places = [os.path.dirname(np.__file__), os.path.dirname(os.__file__), os.path.dirname(assay_harness.__file__),
                  os.path.dirname(sys.executable), "/", "/etc", "/usr/lib", "/var/tmp", "/run", "/home", "/opt"]
        for place in places:
            attempt(place, lambda: os.close(os.open(os.path.join(place, MARK), os.O_CREAT | os.O_WRONLY)))
            attempt(place, lambda: os.chmod(place, 0o777))
        """,
    ),
    Attack(
        64,
        "more weight than its share",
        Action.PREDICT,
        """
        attempt("niceness", lambda: os.setpriority(os.PRIO_PROCESS, 0, -20))
        attempt("real time", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))
        """,
    ),
    Attack(
        64,
        "more cores than its share",
        Action.PREDICT,
        """
        if len(os.sched_getaffinity(0)) > 1:
            raise PermissionError("more than one core")
        """,
        under_gvisor=Otherwise(
            (Exit.CRASHED,),
            "PermissionError",
            "with --ignore-cgroups it has all cores, but no more CPU seconds: see what an attack does gain",
        ),
    ),
    Attack(
        65,
        "more threads than cores, by accident",
        Action.PREDICT,
        """
        import sklearn.linear_model
        from threadpoolctl import threadpool_info
        got.extend(pool["user_api"] for pool in threadpool_info() if pool["num_threads"] != 1)
        if not threadpool_info():
            got.append("no pool was found to look at")
        """,
    ),
)
