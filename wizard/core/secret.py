"""Values that never print: a Secret shows as dots in every text, and only `reveal` returns its value."""

from __future__ import annotations

from typing import Any, Final, NoReturn

MASK: Final = "•••"


class Secret:
    """A secret text held in memory.

    `str`, `repr`, `format` and f-strings give `•••`; pickling and copying into JSON are refused.
    Call `reveal` only in the expression that hands the value over.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """Return the value itself."""
        return self.__value

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __len__(self) -> int:
        return len(self.__value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        from hmac import compare_digest  # loads OpenSSL

        return compare_digest(_octets(self.__value), _octets(other.__value))

    def __hash__(self) -> int:
        return hash(("Secret", self.__value))

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return MASK

    def __reduce_ex__(self, _protocol: Any) -> NoReturn:
        raise TypeError("a Secret cannot be pickled or copied")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled or copied")

    def __getstate__(self) -> NoReturn:
        raise TypeError("a Secret does not give its state away")


def _octets(value: str) -> bytes:
    """Encode any text, lone surrogates included: the text of an encoding error would hold the value."""
    return value.encode("utf-8", "surrogatepass")
