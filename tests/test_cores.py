"""How many processes a run may keep busy: no more than the control group pays for."""

import pytest

from dedup.cores import cores, quota

# name, what /proc/self/cgroup says, files of the groups, cores
GROUPS = [
    ("no groups", "", {}, None),
    ("any number", "0::/\n", {"cpu.max": "max 100000\n"}, None),
    ("of a container", "0::/\n", {"cpu.max": "150000 100000\n"}, 1.5),
    ("of a group", "0::/user/one\n", {"user/one/cpu.max": "200000 100000\n"}, 2),
    ("of a group around it", "0::/user/one\n", {"user/cpu.max": "50000 100000", "user/one/cpu.max": "max 100000"}, 0.5),
    ("the least of several", "0::/a/b\n", {"a/cpu.max": "300000 100000", "a/b/cpu.max": "200000 50000"}, 3),
    ("of another group", "0::/a\n", {"b/cpu.max": "100000 100000"}, None),
    (
        "of version 1",
        "9:memory:/x\n4:cpu,cpuacct:/docker/1\n",
        {"cpu/docker/1/cpu.cfs_quota_us": "250000\n", "cpu/docker/1/cpu.cfs_period_us": "100000\n"},
        2.5,
    ),
    (
        "of version 1, in its container",
        "4:cpu,cpuacct:/docker/1\n",
        {"cpu/cpu.cfs_quota_us": "100000\n", "cpu/cpu.cfs_period_us": "100000\n"},
        1,
    ),
    (
        "any number of version 1",
        "4:cpu:/\n",
        {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"},
        None,
    ),
    ("what nobody expects", "0\nx:y\n0::/\n", {"cpu.max": "many\n"}, None),
]


@pytest.mark.parametrize(("own", "files", "expected"), [case[1:] for case in GROUPS], ids=[case[0] for case in GROUPS])
def test_the_quota_of_a_group(tmp_path, own, files, expected):
    """It is that of the group, or of one it is in, as the system writes them."""
    (tmp_path / "own").write_text(own)
    for name, text in files.items():
        (tmp_path / "groups" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "groups" / name).write_text(text)
    assert quota(tmp_path / "groups", tmp_path / "own") == expected


@pytest.mark.parametrize(("paid", "expected"), [(None, 64), (0.5, 1), (1.5, 2), (8, 8), (200, 64)])
def test_cores_are_those_that_are_paid_for(monkeypatch, paid, expected):
    """A begun core counts; one is always there."""
    monkeypatch.setattr("os.sched_getaffinity", lambda _: range(64), raising=False)
    monkeypatch.setattr("dedup.cores.quota", lambda *_: paid)
    assert cores() == expected
