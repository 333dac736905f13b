"""Channels and people that many tests write to, by their ids."""

from bot.model import Destination

C0, C1, C2, C5, C7, C8, C9 = (Destination(f"C{number}") for number in (0, 1, 2, 5, 7, 8, 9))
C0123, U0123 = Destination("C0123"), Destination("U0123")
D9, U1 = Destination("D9"), Destination("U1")
UANA, UADMIN = Destination("UANA"), Destination("UADMIN")
