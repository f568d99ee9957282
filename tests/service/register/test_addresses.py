"""What can be an address of a recipient, and that no message shows one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.register.addresses import KINDS, fault_of


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("email", "duty@example.police.uk"),
        ("email", "first.last+cordon@a-b.example"),
        ("sftp", "sftp://host.example"),
        ("sftp", "sftp://name@host.example:2222/in/box"),
        ("sftp", "sftp://[2001:db8::1]/in"),
        ("webhook", "https://host.example/path?key=value"),
        ("webhook", "https://192.0.2.7:8443"),
    ],
)
def test_an_address_may_be_so(kind: str, address: str) -> None:
    assert fault_of(kind, address) is None


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("email", "duty"),
        ("email", "duty@police"),
        ("email", "@example.police.uk"),
        ("email", "a..b@example.police.uk"),
        ("email", "duty@example.police.uk\nBcc: other@example.org"),
        ("email", "duty@example.police.uk\n"),
        ("email", "Duty <duty@example.police.uk>"),
        ("email", "a@b.example,c@d.example"),
        ("email", "a@-b.example"),
        ("email", f"{'a' * 65}@b.example"),
        ("email", f"a@{'b.' * 130}example"),
        ("sftp", "ftp://host.example"),
        ("sftp", "sftp:///in"),
        ("sftp", "sftp://name:password@host.example/in"),
        ("sftp", "sftp://host.example:99999/in"),
        ("sftp", "sftp://host.example/in box"),
        ("sftp", "sftp://host.example/in?x=1"),
        ("webhook", "http://host.example/path"),
        ("webhook", "https://"),
        ("webhook", "https://name:password@host.example"),
        ("webhook", "https://host.example/path#part"),
        ("webhook", "https://host.example:0/path"),
        ("webhook", "https://[host.example/"),
        ("webhook", "https://höst.example/"),
        ("webhook", f"https://host.example/{'a' * 500}"),
    ],
)
def test_an_address_may_not_be_so(kind: str, address: str) -> None:
    assert fault_of(kind, address) is not None


@given(st.sampled_from(KINDS), st.text(max_size=40) | st.text("sftphtps:/@[]#?.%a1", max_size=40))
def test_any_text_is_answered_and_not_shown(kind: str, address: str) -> None:
    wrong = fault_of(kind, f"{address}SECRET")
    assert wrong is None or "SECRET" not in " ".join(wrong)
