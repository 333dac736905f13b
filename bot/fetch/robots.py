"""What a site asks of robots."""

from urllib.robotparser import RobotFileParser

_CAP = 500 * 1024  # bytes; RFC 9309, section 2.5: a reader must take at least so many


def allowed(robots_txt: bytes, url: str, user_agent: str) -> bool:
    """Whether the robots.txt of its site lets `user_agent` read `url`.

    A page in place of a robots.txt forbids nothing; one with nonsense in its rules is taken as a no.
    """
    parser = RobotFileParser()
    try:
        parser.parse(robots_txt[:_CAP].decode("utf-8-sig", "replace").splitlines())
        return parser.can_fetch(user_agent, url)
    except ValueError:  # a rule such as "Disallow: //[" that urllib cannot split
        return False
