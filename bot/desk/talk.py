"""The words of questions that people ask in sentences. None of them wants something done, or not done."""

_NEWS = """
anything came coming dropped happened latest launch launched new newest news recent recently release
released releases ship shipped shipping something
"""
_BESIDES = """
a ai all and any are been by come could did do does for from get give go got had has have hello hey hi
how i if in is it just know lab labs lately like list llm llms me model models of on or out over please
see show since so some tell that the their there they this to us was we were what whats when which who
with within would you your
"""
NEWS = frozenset(_NEWS.split())  # what makes a sentence a question about what came out
TALK = NEWS | frozenset(_BESIDES.split())
